"""A list's pages, one after the other, the next one read while this one is gone through."""

from __future__ import annotations

from functools import partial

from .._core import pages
from .._core.pages import READINGS, RECENT, Page, Seen
from .._core.request import Query
from .._io.protocol import BackgroundResult, Job
from ..errors import DOBOTOInvalidResponseException
from .session import Session


class PageReader:
    """Reads pages. It holds two at most, and who goes no further than half of the first pays for no second one.

    Args:
        session: Sends the requests.
        key: The list's root key.
        path: The list's path.
        query: Its filters.

    Attributes:
        seen: What was gone through.
    """

    def __init__(self, session: Session, key: str, path: str, query: Query) -> None:
        self._session = session
        self._key = key
        self._path = path
        self._query = query
        self._next: int | None = 1
        self._middle = 0
        self._total: int | None = None
        self._ahead: BackgroundResult[Page] | None = None
        self._known = 0
        self._in_vain = 0
        self.seen = Seen()

    async def page(self) -> Page | None:
        """The next page, or None after the last.

        Raises:
            DOBOTOInvalidResponseException: The list got shorter time and again, and nothing new was read.
        """
        if self._next is None:
            return None
        number = self._next
        page = await (self._job()() if self._ahead is None else self._ahead.result())
        self._ahead = None
        self._next = page.following if page.items and page.following != number else None
        growth = self._growth(page)
        if growth < 0 and number > 1:
            # What was further on has moved up: some of it to pages that were gone through, so they are read again.
            # What was seen there is known by its id, and not seen twice.
            self._return()
        if self._next == 1 or growth > RECENT - pages.PER_PAGE:
            self.seen.recall_all()
        self._middle = len(page.items) // 2
        return page

    def _return(self) -> None:
        """Go on with the first page.

        Raises:
            DOBOTOInvalidResponseException: That was done in vain too often: servers may not agree on the total.
        """
        self._in_vain = self._in_vain + 1 if len(self.seen) == self._known else 0
        self._known = len(self.seen)
        if self._in_vain == READINGS:
            raise DOBOTOInvalidResponseException(
                f"the list of {self._key} got shorter each of the {READINGS} times that it was read again, "
                "and nothing new came"
            )
        self._next = 1

    def _growth(self, page: Page) -> int:
        """Return by how many items the list got longer since the last page, negative if it got shorter."""
        before, self._total = self._total, page.total
        return 0 if before is None or page.total is None else page.total - before

    def at(self, index: int) -> None:
        """Record that the item at an index is used: from the middle of a page on, the next one is read."""
        if index == self._middle and self._next is not None:
            self._ahead = self._session.io.start(self._job())

    async def cancel(self) -> None:
        """No page is wanted any more."""
        if self._ahead is not None:
            await self._ahead.cancel()

    def _job(self) -> Job[Page]:
        request = pages.page_request(self._path, self._query, self._next or 1)
        return partial(self._session.call, request, None, pages.page_reader(self._key))
