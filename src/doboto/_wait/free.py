"""Waiting till no other action runs on a resource, or on any Droplet of a tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._core import pages
from .._core.deadline import Deadline
from .._core.shape import records
from .._session import Session
from .actions import RUNNING


class FreeWatch:
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

    def __init__(
        self, session: Session, listing: str, target: str, own: Callable[[Mapping[str, Any]], bool] = bool
    ) -> None:
        self._session = session
        self._listing = listing
        self._own = own
        self._busy: dict[Any, str] = {target: "another action is running"}

    def pending(self) -> dict[Any, str]:
        """What is running, by its id."""
        return dict(self._busy)

    def seen(self) -> Any:
        """What is running, as last seen."""
        return self.pending()

    async def look(self, deadline: Deadline) -> None:
        """Read the newest actions."""
        request = pages.numbered(self._listing, {}, 1)
        page = await self._session.call(request, deadline, pages.reading("actions"))
        own = [action for action in records(list(page.items)) if self._own(action)]
        running = [action for action in own if action.get("status") == RUNNING]
        self._busy = {action.get("id"): f"{action.get('type')} is running" for action in running}


class TagFreeWatch:
    """What keeps the Droplets of a tag from taking another action: they say `locked`, all of them in one request.

    Args:
        session: Sends the requests.
        tag_name: The tag.
    """

    what = "pending event"
    total = 1

    def __init__(self, session: Session, tag_name: str) -> None:
        self._session = session
        self._tag_name = tag_name
        self._locked: dict[Any, str] = {tag_name: "another action is running"}

    def pending(self) -> dict[Any, str]:
        """The Droplets that are locked, by their ids."""
        return dict(self._locked)

    def seen(self) -> Any:
        """The Droplets that are locked, as last seen."""
        return self.pending()

    async def look(self, deadline: Deadline) -> None:
        """Read the Droplets."""
        request = pages.numbered("/droplets", {"tag_name": self._tag_name}, 1)
        page = await self._session.call(request, deadline, pages.reading("droplets"))
        locked = [droplet for droplet in records(list(page.items)) if droplet.get("locked")]
        self._locked = {droplet.get("id"): "locked" for droplet in locked}
