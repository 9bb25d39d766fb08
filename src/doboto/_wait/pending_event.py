"""Waiting until no other action runs on a resource, or on any Droplet of a tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._core import pages
from .._core.deadline import Deadline
from .._json import records
from .._session import Session
from .actions import read_running


class PendingEventWatch:
    """What keeps a resource from taking another action: those of its newest actions that are running.

    This is how terraform-provider-digitalocean does it (PR#1565).

    Args:
        session: Sends the requests.
        listing: The path of the resource's actions.
        target: The resource, in words.
        own: Whether an action of that list may be the resource's.
    """

    what = "pending event"
    total = 1
    poll_again_now = False
    failures = 0

    def __init__(
        self, session: Session, listing: str, target: str, own: Callable[[Mapping[str, Any]], bool] = bool
    ) -> None:
        self._session = session
        self._listing = listing
        self._own = own
        self._target = target
        self._running: list[Any] | None = None

    def pending(self) -> dict[Any, str]:
        """Return what is running, by its id; before the first look, the resource itself."""
        if self._running is None:
            return {self._target: "another action is running"}
        return {action.get("id"): f"{action.get('type')} is running" for action in self._running}

    def last_seen(self) -> Any:
        """Return the actions that are running, as last seen."""
        return self._running or []

    async def poll(self, deadline: Deadline) -> None:
        """Read the newest actions."""
        running = await read_running(self._session, self._listing, deadline)
        self._running = [action for action in running if self._own(action)]


class TagPendingEventWatch:
    """What keeps the Droplets of a tag from taking another action: they say `locked`, all of them in one request.

    Args:
        session: Sends the requests.
        tag_name: The tag.
    """

    what = "pending event"
    total = 1
    poll_again_now = False
    failures = 0

    def __init__(self, session: Session, tag_name: str) -> None:
        self._session = session
        self._tag_name = tag_name
        self._locked: list[Any] | None = None

    def pending(self) -> dict[Any, str]:
        """Return the Droplets that are locked, by their ids; before the first look, the tag itself."""
        if self._locked is None:
            return {self._tag_name: "another action is running"}
        return {droplet.get("id"): "locked" for droplet in self._locked}

    def last_seen(self) -> Any:
        """Return the Droplets that are locked, as last seen."""
        return self._locked or []

    async def poll(self, deadline: Deadline) -> None:
        """Read the Droplets."""
        request = pages.page_request("/droplets", {"tag_name": self._tag_name}, 1)
        page = await self._session.call(request, deadline, pages.page_reader("droplets"))
        self._locked = [droplet for droplet in records(list(page.items)) if _is_busy(droplet)]


def _is_busy(droplet: Mapping[str, Any]) -> bool:
    # Since 2020-09 a Droplet that is still being created says that it is not locked.
    return bool(droplet.get("locked")) or droplet.get("status") == "new"
