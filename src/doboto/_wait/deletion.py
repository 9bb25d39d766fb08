"""Waiting until resources no longer exist, after their destruction was requested."""

from __future__ import annotations

from typing import Any

from .._core import pages
from .._core.deadline import Deadline
from .._core.request import Request
from .._json import mapping
from .._session import Session
from ..errors import DOBOTONotFoundException


class DeletionWatch:
    """A resource, until reading it gives 404: what a Droplet held, its volumes and addresses, is free then.

    Args:
        session: Sends the requests.
        id: The resource's id.
        request: Reads it.
        key: The response's root key.
    """

    what = "destroy"
    total = 1
    poll_again_now = False
    failures = 0

    def __init__(self, session: Session, id: int | str, request: Request, key: str) -> None:
        self._session = session
        self._id = id
        self._request = request
        self._key = key
        self._seen: Any = None
        self._gone = False

    def pending(self) -> dict[int | str, str]:
        """Return the resource, while it is there."""
        return {} if self._gone else {self._id: "still there"}

    def last_seen(self) -> Any:
        """Return the resource as last seen."""
        return self._seen

    async def poll(self, deadline: Deadline) -> None:
        """Ask for it."""
        try:
            response: Any = await self._session.call(self._request, deadline)
        except DOBOTONotFoundException:
            self._gone = True
        else:
            self._seen = mapping(response).get(self._key)


class TagDeletionWatch:
    """The Droplets of a tag, until the tag lists none.

    Args:
        session: Sends the requests.
        tag_name: The tag.
    """

    what = "destroy"
    poll_again_now = False
    failures = 0

    def __init__(self, session: Session, tag_name: str) -> None:
        self.total = 1
        self._session = session
        self._tag_name = tag_name
        self._left: list[Any] | None = None

    def pending(self) -> dict[int | str, str]:
        """Return the Droplets that are still there; before the first look, the tag itself."""
        if self._left is None:
            return {self._tag_name: "still there"}
        return {droplet.get("id", number): "still there" for number, droplet in enumerate(self._left)}

    def last_seen(self) -> Any:
        """Return those left."""
        return self._left

    async def poll(self, deadline: Deadline) -> None:
        """Ask for a page of them: that there are any is enough to go on waiting."""
        request = pages.page_request("/droplets", {"tag_name": self._tag_name}, 1)
        try:
            page = await self._session.call(request, deadline, pages.page_reader("droplets"))
        except DOBOTONotFoundException:
            self._left = []  # the tag went with its last Droplet
            return
        self._left = [item for item in page.items if isinstance(item, dict)]
        self.total = max(self.total, len(self._left))


class AssociatedDestroyWatch:
    """The destruction of a Droplet with associated resources: one status for all of it.

    Args:
        session: Sends the requests.
        request: Reads the status.
        id: The Droplet.
    """

    what = "destroy with associated resources"
    total = 1
    poll_again_now = False
    failures = 0

    def __init__(self, session: Session, request: Request, id: int) -> None:
        self._session = session
        self._request = request
        self._id = id
        self._status: dict[str, Any] = {}

    def pending(self) -> dict[int, str]:
        """Return the Droplet, until the API says that the destruction is over."""
        return {} if self._status.get("completed_at") else {self._id: "being destroyed"}

    def last_seen(self) -> Any:
        """Return the status as last seen."""
        return self._status

    async def poll(self, deadline: Deadline) -> None:
        """Read the status."""
        status: Any = await self._session.call(self._request, deadline)
        self._status = status if isinstance(status, dict) else {}
