"""A whole list: its first page, then side by side those that it announces."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from .._core import pages
from .._core.deadline import Deadline
from .._core.pages import Page
from .._core.request import Query
from .._core.response import Response
from ..errors import DOBOTOInvalidResponseException
from .session import LARGE, Session

T = TypeVar("T")


async def read_list(session: Session, key: str, path: str, query: Query, deadline: Deadline) -> list[Page]:
    """Read the first page, then side by side those it announces, then any that appeared since.

    Args:
        session: Sends the requests.
        key: The list's root key.
        path: The list's path.
        query: Its filters.
        deadline: Bounds all requests together.

    Raises:
        DOBOTOException: A page could not be read.
    """

    async def page(number: int) -> Page:
        return await session.call(pages.page_request(path, query, number), deadline, pages.page_reader(key))

    request = pages.page_request(path, query, 1)
    first = await session.call(request, deadline, partial(_FirstPage, session, key), undecoded=True)
    jobs = [partial(page, number) for number in pages.remaining_pages(first.announced)]
    others = results(await session.gather_reads(jobs, meanwhile=first.decode))
    read = [first.decode() or await page(1), *others]
    while read[-1].following == len(read) + 1 and read[-1].items:
        read.append(await page(len(read) + 1))
    return read


class _FirstPage:
    """A list's first page, decoded only after the others are asked for where its end already announces them.

    If it turns out to be damaged it is read again: not decoded late where nothing may be sent twice.

    Attributes:
        announced: What is known of the others.

    Raises:
        DOBOTOInvalidResponseException: It had to be decoded, and is no page.
    """

    def __init__(self, session: Session, key: str, response: Response) -> None:
        self._session = session
        self._key = key
        self._response: Response | None = response
        self._page: Page | None = None
        may_wait = len(response.body) >= LARGE and session.retry.attempts > 1
        ending = pages.read_ending(response.body) if may_wait else None
        self.announced = ending or self._read(response)

    def decode(self) -> Page | None:
        """Return the page; None if it is damaged, and has to be read again."""
        if self._page is None and self._response is not None:
            with suppress(DOBOTOInvalidResponseException):
                self._read(self._response)
        self._response = None
        return self._page

    def _read(self, response: Response) -> Page:
        self._page = pages.read_page(self._session.decode(response), self._key)
        return self._page


def results(outcomes: Sequence[T | Exception]) -> list[T]:
    """Return the results of jobs.

    Raises:
        Exception: The first failure of a job, if there is one.
    """
    found: list[T] = []
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
        found.append(outcome)
    return found
