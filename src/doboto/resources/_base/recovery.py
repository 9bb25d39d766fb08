"""What happens after a change whose response was lost: looking whether it took effect, with patience for lag.

It is never sent again: that could make a second Droplet. It is found, and the call goes on as if nothing had happened,
or the error says what was asked, what was looked for, and what to do next.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ..._core.deadline import Deadline
from ..._core.ownership import OpenRequest
from ..._core.request import Request, path
from ..._io.log import logger
from ..._json import items
from ..._operation import Mode
from ..._wait.search import look_until_known
from ...errors import DOBOTOException
from ...outcomes import STATE, attach_state
from .resource import OperationGroup, T

ListBy = Callable[[Mapping[str, str | int], Deadline], Coroutine[Any, Any, list[Any]]]
#: Looks for what a request did whose response was lost.
Recover: TypeAlias = Callable[[OpenRequest, DOBOTOException], Awaitable[T]]


class Recovery(OperationGroup[Mode]):
    """Looks for what lost responses would have said."""

    async def _send_change(
        self,
        request: Request,
        deadline: Deadline,
        recover: Recover[T],
        read: Callable[[Any], T] | None = None,
        *,
        what: str = "",
        key: Hashable = None,
        claimed: Callable[[T], Iterable[Any]] | None = None,
    ) -> T:
        """Send a change; if its response is lost, look for what it did.

        Args:
            request: The change.
            deadline: Bounds the request and the search.
            recover: Looks for what it did. If there is a key, it takes what it finds through the ownership registry.
                Its arguments are the request, as the registry knows it, and how its response was lost.
            read: Reads the response.
            what: The change in words, for interruptions.
            key: What identifies like requests, or None if what they do can't be taken for another's.
            claimed: Under what the result is claimed.
        """
        open_request = self._session.ownership.open(() if key is None else (key,))
        try:
            result, lost = await self._send_open(request, open_request, deadline, read, claimed)
            return result if lost is None else await recover(open_request, lost)
        except BaseException as failure:
            if not isinstance(failure, DOBOTOException) and getattr(failure, STATE, None) is None:
                attach_state(failure, unresolved=[what or f"{request.method} {request.path}"])
            raise
        finally:
            open_request.end()

    async def _send_open(
        self,
        request: Request,
        open_request: OpenRequest,
        deadline: Deadline,
        read: Callable[[Any], T] | None,
        claimed: Callable[[T], Iterable[Any]] | None,
    ) -> tuple[T, None] | tuple[Any, DOBOTOException]:
        """Send a change and claim what its response has.

        Returns:
            What the response has, and None; or, if the response was lost, anything, and how it was lost.

        Raises:
            DOBOTOException: It certainly took no effect.
        """
        try:
            result = await self._session.call(request, deadline, read)
        except DOBOTOException as failure:
            if not failure.outcome_open:
                raise
            open_request.lose(failure.sent_at or 0.0)
            return None, failure
        self._session.ownership.claim(() if claimed is None else claimed(result))
        return result, None

    async def _discard_tag(self, tag: str | None, tagged: Sequence[Any], deadline: Deadline) -> None:
        """Remove the tag that a request was to be found by, if the client is to; that it stays does no harm."""
        if tag is None or self._session.recovery_tag != "remove":
            return
        request = Request("DELETE", path("/tags/{tag}", tag=tag), repeatable=True)
        try:
            await self._delete(request, missing_ok=True, deadline=deadline)
        except DOBOTOException as failure:
            logger().warning("the tag %s could not be removed: %s", tag, failure)
            return
        for one in tagged:
            one["tags"] = [each for each in items(one.get("tags")) if each != tag]

    async def _look_for_one(
        self,
        key: Hashable,
        find: Callable[[], Awaitable[Sequence[Any]]],
        identity: Callable[[Any], tuple[Any, ...]],
        deadline: Deadline,
        open_request: OpenRequest,
        *,
        tag: str | None = None,
        is_shown: Callable[[Sequence[Any]], Awaitable[bool | None]] | None = None,
    ) -> tuple[Any, str]:
        """Look for the one resource that a lost request made; take it if it certainly is not another program's.

        Args:
            key: What identifies like requests.
            find: Gives those that may be it.
            identity: Under what one is claimed.
            deadline: Bounds the search.
            open_request: The request whose response was lost.
            tag: The tag that this request alone has: then only what has it is taken.
            is_shown: Whether something else shows that one of them is it; None while that is not known yet.

        Returns:
            The resource and an empty text, or None and why there is none.
        """
        ownership = self._session.ownership
        found: list[Any] = []
        taken: list[Any] = []
        shown: bool | None = is_shown is None

        def take(*, last: bool) -> list[Any]:
            if not shown:
                return []
            if tag is None:
                return ownership.take(open_request, key, found, last=last, key=identity)
            own = [one for one in found if tag in items(one.get("tags"))][:1]
            for one in own:
                ownership.adopt(open_request, key, identity(one))
            return own

        async def look() -> bool | None:
            nonlocal shown
            found[:] = await find()
            if found and is_shown is not None:
                shown = await is_shown(found)
            taken[:] = take(last=False)
            return None if found and shown is None else bool(taken)

        why = await look_until_known(self._session, look, deadline)
        taken = taken or take(last=True)
        if taken:
            return taken[0], ""
        if doubtful := ownership.free(found, identity):
            ownership.doubt(map(identity, doubtful))
            ids = ", ".join(str(identity(one)[-1]) for one in doubtful)
            why += f"; found {ids}, which may be another program's"
        return None, why
