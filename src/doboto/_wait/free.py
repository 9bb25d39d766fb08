"""Waiting till no other action runs on a Droplet, or on any Droplet of a tag."""

from __future__ import annotations

from typing import Any

from .._core import pages
from .._core.deadline import Deadline
from .._core.request import path
from .._core.target import Target
from .._session import Session
from .actions import RUNNING


class FreeWatch:
    """What keeps a Droplet, or those of a tag, from taking another action.

    A Droplet tells by its actions (as terraform-provider-digitalocean PR#1565 does); those of a tag tell by `locked`,
    which costs one request for all of them.

    Args:
        session: Sends the requests.
        target: The Droplet or the tag.
    """

    what = "pending event"
    total = 1

    def __init__(self, session: Session, target: Target) -> None:
        self._session = session
        self._target = target
        self._busy: dict[Any, str] = {target.id or target.tag_name: "another action is running"}

    def pending(self) -> dict[Any, str]:
        """What is running, by its id."""
        return dict(self._busy)

    def seen(self) -> Any:
        """What is running, as last seen."""
        return self.pending()

    async def look(self, deadline: Deadline) -> None:
        """One request: the newest actions of the Droplet, or the Droplets of the tag."""
        if self._target.id is not None:
            actions = await self._page("actions", path("/droplets/{id}/actions", id=self._target.id), {}, deadline)
            running = [action for action in actions if action.get("status") == RUNNING]
            self._busy = {action.get("id"): f"{action.get('type')} is running" for action in running}
        else:
            droplets = await self._page("droplets", "/droplets", {"tag_name": self._target.tag_name or ""}, deadline)
            locked = [droplet for droplet in droplets if droplet.get("locked")]
            self._busy = {droplet.get("id"): "locked" for droplet in locked}

    async def _page(self, key: str, path: str, query: dict[str, str | int], deadline: Deadline) -> list[Any]:
        page = await self._session.call(pages.numbered(path, query, 1), deadline, pages.reading(key))
        return [item for item in page.items if isinstance(item, dict)]
