"""Waiting until a Droplet and its associated resources are destroyed."""

from __future__ import annotations

from typing import Any

from .._core.deadline import Deadline
from .._core.request import Request
from .._session import Session


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
        """The Droplet, until the API says that the destruction is over."""
        return {} if self._status.get("completed_at") else {self._id: "being destroyed"}

    def last_seen(self) -> Any:
        """The status as last seen."""
        return self._status

    async def poll(self, deadline: Deadline) -> None:
        """Read the status."""
        status: Any = await self._session.call(self._request, deadline)
        self._status = status if isinstance(status, dict) else {}
