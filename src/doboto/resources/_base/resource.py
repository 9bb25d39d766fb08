"""What all resources share: one request, a list in pages, an item's envelope."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from ..._core import pages
from ..._core.deadline import Deadline, check_callback, duration
from ..._core.request import Query, Request, get
from ..._core.response import member_reader
from ..._io.protocol import Job, OnEvent
from ..._operation import Async, Bound, Mode
from ..._session import Session
from ..._session.list_reader import read_list, results
from ...errors import DOBOTOInvalidResponseException, DOBOTONotFoundException

if TYPE_CHECKING:
    from ..._wait.polling import WaitPlan

T = TypeVar("T")


class OperationGroup(Bound[Mode]):
    """A group of operations of one client.

    Args:
        mode: Whose operations they are: `Sync` or `Async`.
        session: Sends their requests.
    """

    #: What one of the resources is called in texts, and several; see `doboto._operation.documentation`.
    _noun: ClassVar[str] = "resource"
    _nouns: ClassVar[str]
    #: Descriptions of parameters that operations of a class share.
    _parameters: ClassVar[Mapping[str, str]] = {}

    def __init__(self, mode: type[Mode], session: Session) -> None:
        self._mode: type[Any] = mode
        self._session = session
        #: The client that it is an attribute of, and the attribute's name.
        self._origin: tuple[Callable[[], Any], str] | None = None
        self._async_view: Any = self if self._mode is Async else type(self)(cast(Any, Async), session)

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        client = self._origin and self._origin[0]()
        if client is None or self._origin is None:
            raise TypeError("operations are not pickled without their client")
        return getattr, (client, self._origin[1])

    def __repr__(self) -> str:
        return f"<{type(self).__name__.removesuffix('Operations').lower()} operations of {self._session.url}>"

    def _plan(self, poll: float, timeout: float, progress: OnEvent | None) -> WaitPlan:
        """Check how to wait. A `timeout` of 0 means to look once, as in DOBOTO 0.6; requests have the client's then.

        Raises:
            ValueError: A time is negative or not finite, or `poll` is 0.
            TypeError: A time is not a number, or `progress` cannot be called.
        """
        duration("poll", poll, positive=True)
        duration("timeout", timeout)
        check_callback("progress", progress, awaits=self._session.io.suspends)
        from ..._wait.polling import WaitPlan  # not with every first request

        return WaitPlan(poll, self._session.deadline(timeout or None), progress, once=timeout == 0)

    async def _fetch(self, key: str, request: Request, deadline: Deadline | None = None) -> Any:
        """Send a request whose response holds one object under `key`, and return that."""
        return await self._session.call(request, deadline, member_reader(key, dict))

    async def _fetch_list(self, key: str, request: Request, deadline: Deadline | None = None) -> list[Any]:
        """Send a request whose response holds a whole list under `key`, and return that."""
        return await self._session.call(request, deadline, member_reader(key, list))

    async def _send(self, request: Request, deadline: Deadline | None = None) -> None:
        """Send a request whose response is not needed."""
        await self._session.call(request, deadline)

    async def _delete(self, request: Request, missing_ok: bool, deadline: Deadline | None = None) -> bool:
        """Send a request that destroys one resource; return whether it existed.

        Raises:
            DOBOTONotFoundException: It did not exist, and `missing_ok` is false.
        """
        try:
            await self._send(request, deadline)
        except DOBOTONotFoundException:
            if not missing_ok:
                raise
            return False
        return True

    async def _list_all(
        self,
        key: str,
        path: str,
        query: Query | None = None,
        deadline: Deadline | None = None,
        identity: Callable[[Any], Hashable] = pages.by_id,
    ) -> list[Any]:
        """Read every page of a list; if one fails, the call fails.

        Raises:
            DOBOTOInvalidResponseException: The list got shorter each time it was read; items may be missing.
        """
        deadline = deadline or self._session.deadline()
        for _ in range(pages.READINGS):
            read = await read_list(self._session, key, path, query or {}, deadline)
            # What an earlier reading had and this one has not is gone, so only the last reading counts.
            if not pages.has_shrunk(read):
                return pages.items_of(read, identity)
        raise DOBOTOInvalidResponseException(
            f"the list of {key} got shorter each of the {pages.READINGS} times that it was read"
        )

    async def _list_request(self, key: str, request: Request) -> list[Any]:
        """Read every item of the list that a request asks for."""
        return await self._list_all(key, request.path, request.query)

    async def _gather(self, jobs: Sequence[Job[T]]) -> list[T]:
        """Run jobs side by side and return their results; the first failure fails them all."""
        return results(await self._session.io.gather(jobs))

    async def _iterate(self, key: str, path: str, query: Query | None = None) -> AsyncGenerator[Any, None]:
        """Yield the items of a list; the next page is read ahead.

        Raises:
            DOBOTOInvalidResponseException: The list kept getting shorter without anything new; items may be missing.
        """
        from ..._session.page_reader import PageReader  # not with every first request

        reader = PageReader(self._session, key, path, query or {})
        try:
            while (page := await reader.page()) is not None:
                for index, item in enumerate(page.items):
                    reader.at(index)
                    if reader.seen.add(pages.by_id(item)):
                        yield item
        finally:
            await reader.cancel()

    async def _get(self, key: str, path: str, deadline: Deadline | None = None) -> Any:
        """Read one object."""
        return await self._fetch(key, get(path), deadline)
