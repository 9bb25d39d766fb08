"""A whole list: its first page, then side by side those that it announces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from .._core import pages
from .._core.deadline import Deadline
from .._core.pages import Page
from .._core.request import Query
from .._core.response import Response
from .._json import is_large
from ..errors import DOBOTOInvalidResponseException
from .session import Session

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
    read = pages.page_reader(key)

    async def page(number: int, response: Response | None = None) -> Page:
        return await session.call(pages.page_request(path, query, number), deadline, read, response=response)

    request = pages.page_request(path, query, 1)
    first = await session.call(request, deadline, partial(_FirstPage, session, read), undecoded=True)
    jobs = [partial(page, number) for number in pages.remaining_pages(first.announced)]
    others = await session.gather_reads(jobs, on_idle=first.decode)
    found = [first.page or await page(1, first.response), *results(others)]
    while found[-1].following == len(found) + 1 and found[-1].items:
        found.append(await page(len(found) + 1))
    return found


class _FirstPage:
    """A list's first page, decoded only after the others are asked for where its end already announces them.

    Attributes:
        announced: What is known of the others.
        page: The page; None while it is not decoded, or if it turned out to be damaged.
        response: What it is decoded from; None if it is decoded.

    Raises:
        DOBOTOInvalidResponseException: It had to be decoded, and is no page.
    """

    def __init__(self, session: Session, read: Callable[[Any], Page], response: Response) -> None:
        self._session = session
        self._read = read
        self.page: Page | None = None
        self.response: Response | None = response
        ending = pages.read_ending(response.body) if is_large(response.body) else None
        self.announced = ending or self._decode(response)

    def decode(self) -> None:
        """Decode it, if it can be: else it counts as an attempt that failed, when the others are there."""
        if self.response is not None:
            with suppress(DOBOTOInvalidResponseException):
                self._decode(self.response)

    def _decode(self, response: Response) -> Page:
        self.page, self.response = self._read(self._session.decode(response)), None
        return self.page


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
