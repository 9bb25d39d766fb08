"""What all resources share: one request, a list in pages, an item's envelope."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from ..._core import pages
from ..._core.deadline import Deadline, check_callback, duration
from ..._core.request import Query, Request, get
from ..._core.response import holding
from ..._io.protocol import Job
from ..._operation import Async, Bound, Mode
from ..._session import Session
from ..._wait.polling import WaitPlan
from ...errors import DOBOTOInvalidResponseException, DOBOTONotFoundException
from ...progress import OnProgress
from .reader import Reader

T = TypeVar("T")

#: How often a list that got shorter while it was read is read again.
READINGS = 5


class Resource(Bound[Mode]):
    """A group of operations of one client.

    Args:
        mode: Whose operations they are: `Sync` or `Async`.
        session: Sends their requests.
    """

    def __init__(self, mode: type[Mode], session: Session) -> None:
        self._mode: type[Any] = mode
        self._session = session
        self._async_view: Any = self if self._mode is Async else type(self)(cast(Any, Async), session)

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} operations of {self._session.url}>"

    def _plan(self, poll: float, timeout: float, progress: OnProgress | None) -> WaitPlan:
        """How to wait, checked.

        Raises:
            ValueError: A time is negative or not finite, or `timeout` is 0.
            TypeError: A time is no number, or `progress` can't be called.
        """
        duration("poll", poll)
        duration("timeout", timeout, positive=True)
        check_callback("progress", progress, awaits=self._session.io.suspends)
        return WaitPlan(poll, self._session.deadline(timeout), progress)

    async def _one(self, returns: type[T], key: str, request: Request, deadline: Deadline | None = None) -> T:
        """Send a request whose reply holds one object under `key`."""
        found: T = await self._session.call(request, deadline, holding(key, dict))
        return found

    async def _some(self, returns: type[T], key: str, request: Request, deadline: Deadline | None = None) -> list[T]:
        """Send a request whose reply holds a whole list under `key`."""
        found: list[T] = await self._session.call(request, deadline, holding(key, list))
        return found

    async def _none(self, request: Request, deadline: Deadline | None = None) -> None:
        """Send a request whose reply holds nothing of interest."""
        await self._session.call(request, deadline)

    async def _remove(self, request: Request, missing_ok: bool, deadline: Deadline | None = None) -> bool:
        """Send a request that destroys one thing; returns whether there was one.

        Raises:
            DOBOTONotFoundException: There was none, and `missing_ok` is False.
        """
        try:
            await self._none(request, deadline)
        except DOBOTONotFoundException:
            if not missing_ok:
                raise
            return False
        return True

    async def _all(
        self,
        returns: type[T],
        key: str,
        path: str,
        query: Query | None = None,
        deadline: Deadline | None = None,
        identity: Callable[[Any], Hashable] = pages.by_id,
    ) -> list[T]:
        """Every item of a list, all pages; a page that fails fails the call.

        Raises:
            DOBOTOInvalidResponseException: The list got shorter each time it was read; items may be missing.
        """
        deadline = deadline or self._session.deadline()
        for _ in range(READINGS):
            read = await self._pages(key, path, query or {}, deadline)
            # What an earlier reading had and this one has not is gone, so only the last reading counts.
            if not pages.shrunk(read):
                return pages.unique((item for page in read for item in page.items), identity)
        raise DOBOTOInvalidResponseException(
            f"the list of {key} got shorter each of the {READINGS} times that it was read"
        )

    async def _everything(self, key: str, request: Request) -> list[Any]:
        """Every item of the list that a request asks for."""
        return await self._all(dict[str, Any], key, request.path, request.query)

    async def _pages(self, key: str, path: str, query: Query, deadline: Deadline) -> list[pages.Page]:
        """The first page, then those it tells of at once, then any that came to be meanwhile."""

        async def page(number: int) -> pages.Page:
            return await self._session.call(pages.numbered(path, query, number), deadline, pages.reading(key))

        read = [await page(1)]
        read += await self._at_once([partial(page, number) for number in pages.rest(read[0])])
        while read[-1].following == len(read) + 1 and read[-1].items:
            read.append(await page(len(read) + 1))
        return read

    async def _at_once(self, jobs: Sequence[Job[T]]) -> list[T]:
        """The results of jobs that run side by side; the first that failed fails them all."""
        results: list[T] = []
        for outcome in await self._session.io.gather(jobs):
            if isinstance(outcome, Exception):
                raise outcome
            results.append(outcome)
        return results

    async def _each(self, returns: type[T], key: str, path: str, query: Query | None = None) -> AsyncGenerator[T, None]:
        """The items of a list as they are asked for, the next page read ahead."""
        seen: set[Hashable] = set()
        reader = Reader(self._session, key, path, query or {})
        try:
            while (page := await reader.page()) is not None:
                for place, item in enumerate(page.items):
                    reader.at(place)
                    identity = pages.by_id(item)
                    if identity not in seen:
                        seen.add(identity)
                        yield item
        finally:
            await reader.drop()

    async def _got(self, returns: type[T], key: str, path: str, deadline: Deadline | None = None) -> T:
        """Read one object."""
        return await self._one(returns, key, get(path), deadline)
