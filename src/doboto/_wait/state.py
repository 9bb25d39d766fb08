"""Waiting until a resource reaches a state that its own fields show: a load balancer's status, an image's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._core.deadline import Deadline
from .._core.request import Request
from .._core.response import member_reader
from .._session import Session
from ..errors import DOBOTOActionException

#: What a resource still has to become, in words; empty when it is there.
Missing = Callable[[Mapping[str, Any]], str]


class StateWatch:
    """One thing and what was last seen of it.

    Args:
        session: Sends the requests.
        what: What is waited for: `create`, `update`, ...
        key: The reply's root key.
        request: Reads the thing.
        thing: The thing as last seen.
        missing: What it still has to become.
        failed: The states that it won't come out of.
        member: The field that has its state.
    """

    total = 1
    poll_again_now = False
    failures = 0

    def __init__(
        self,
        session: Session,
        what: str,
        key: str,
        request: Request,
        thing: Any,
        missing: Missing,
        failed: frozenset[str] = frozenset(),
        member: str = "status",
    ) -> None:
        self.what = what
        self._session = session
        self._key = key
        self._request = request
        self._id = thing.get("id")
        self._thing = thing
        self._missing = missing
        self._failed = failed
        self._member = member

    def pending(self) -> dict[Any, str]:
        """What the resource still has to become."""
        missing = self._missing(self._thing)
        return {self._id: missing} if missing else {}

    def last_seen(self) -> Any:
        """The thing as last seen."""
        return self._thing

    async def poll(self, deadline: Deadline) -> None:
        """Read it.

        Raises:
            DOBOTOActionException: It has failed.
        """
        self._thing = await self._session.call(self._request, deadline, member_reader(self._key, dict))
        self.check()

    def check(self) -> None:
        """See whether it has failed.

        Raises:
            DOBOTOActionException: It has.
        """
        if (state := str(self._thing.get(self._member))) in self._failed:
            # The API reference's example of an image without an error has a blank here.
            about = str(self._thing.get("error_message") or "").strip() or f"its {self._member} is {state}"
            raise DOBOTOActionException(f"{self.what} of {self._id} failed: {about}", self._thing)
