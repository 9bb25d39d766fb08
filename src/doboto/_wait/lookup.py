"""Finding a few resources in a long list with few requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._core import pages
from .._core.deadline import Deadline
from .._json import mapping, records
from .._session import Session
from ..errors import DOBOTONotFoundException

#: How many pages of the newest items are read at most.
MOST_NEWEST = 10


class Finder:
    """Finds resources by id in a list of the API.

    New resources are at one end of a list, which end is not documented: the first page shows it by the order of its
    ids, and the pages where something was found are remembered for the next round.

    Args:
        session: Sends the requests.
        key: The list's root key.
        path: The list's path.
        query: Its filters.
        thorough: Whether to read further pages as long as that takes fewer requests than reading what is missing one
            by one: for what may be anywhere in the list.
    """

    def __init__(
        self, session: Session, key: str, path: str, query: Mapping[str, str | int], *, thorough: bool = False
    ) -> None:
        self._session = session
        self._key = key
        self._path = path
        self._query = query
        self._thorough = thorough
        self._known: list[int] = [1]
        self._begin()

    def _begin(self) -> None:
        self._queue: list[int] = list(self._known)
        self._read: set[int] = set()
        self._hits: list[int] = []
        self._found: dict[Any, Any] = {}

    @property
    def is_finished(self) -> bool:
        """Return whether all likely pages were read: what was not found by then is on none of them."""
        return not self._queue

    async def find(self, ids: Iterable[Any], deadline: Deadline, most: int) -> dict[Any, Any]:
        """Return those of the ids that stand on the likely pages read so far.

        Args:
            ids: What to find.
            deadline: Bounds the requests.
            most: How many pages to read now; where that is not all, the next call goes on from there, and gives what
                this one has found as well.
        """
        if self.is_finished:
            self._begin()
        wanted = set(ids)
        missing = wanted - self._found.keys()
        limit = 2 + len(wanted) // pages.PER_PAGE
        while self._queue and missing and most > 0:
            most -= 1
            number = self._queue.pop(0)
            page = await self._page(number, deadline)
            self._read.add(number)
            here = {item["id"]: item for item in page.items if _id(item) in missing}
            self._found |= here
            missing -= here.keys()
            self._hits += [number] if here else []
            # A page with some of them may have a neighbour with the others: the end of a list is rarely a whole page.
            cheaper = self._thorough and max(page.last, number) - len(self._read) < len(missing)
            if not self._queue and (len(self._read) < limit or here or cheaper):
                self._queue = likely_pages(page, number, self._read)
        if not missing or self.is_finished:
            self._known, self._queue = self._hits or [1], []
        return {id: item for id, item in self._found.items() if id in wanted}

    async def _page(self, number: int, deadline: Deadline) -> pages.Page:
        request = pages.page_request(self._path, self._query, number)
        return await self._session.call(request, deadline, pages.page_reader(self._key))


async def read_newest(
    session: Session, key: str, path: str, deadline: Deadline, is_old: Callable[[Mapping[str, Any]], bool]
) -> list[Mapping[str, Any]]:
    """Return the items of a list from the end where it grows, read page by page until a page has something old.

    One page is enough in most accounts; in one where hundreds of actions begin in a minute, it may end before the one
    that is looked for. Each has an id.

    Args:
        session: Sends the requests.
        key: The list's root key.
        path: The list's path.
        deadline: Bounds the requests.
        is_old: Whether an item is older than all that matter; asked once a response has come.
    """
    found: dict[Any, Mapping[str, Any]] = {}  # by id: what begins meanwhile moves the others on, to be read again
    queue, read = [1], set[int]()
    while queue:
        number = queue.pop()
        page = await session.call(pages.page_request(path, {}, number), deadline, pages.page_reader(key))
        read.add(number)
        items = records(list(page.items))
        found |= {item["id"]: item for item in items}
        queue = likely_pages(page, number, read) if len(read) < MOST_NEWEST else []
        if any(map(is_old, items)) and not (number == 1 and _is_ascending(page)):
            break
    return list(found.values())


def likely_pages(page: pages.Page, number: int, read: Iterable[int]) -> list[int]:
    """Return the page to read next for resources newer than most: the neighbour of the end where the list grows."""
    last = max(page.last, number)
    order = range(last, 0, -1) if _is_ascending(page) else range(1, last + 1)
    done = set(read)
    return [candidate for candidate in order if candidate not in done][:1]


def _is_ascending(page: pages.Page) -> bool:
    """Return whether the ids of a page grow, so that what is newest is on the last page."""
    ids = [id for item in page.items if isinstance(id := _id(item), int)]
    return len(ids) > 1 and ids[0] < ids[-1]


def raise_failures(noun: str, ids: Sequence[Any], outcomes: Sequence[Any]) -> None:
    """Raise what reading several resources gave instead of them.

    Args:
        noun: What they are called, in the plural.
        ids: Their ids.
        outcomes: What was read of each, or the exception.

    Raises:
        DOBOTONotFoundException: Some do not exist; it names all of them, and has the data of the first response.
        Exception: The first other failure, if there is one.
    """
    failures = {id: one for id, one in zip(ids, outcomes, strict=True) if isinstance(one, Exception)}
    absent = {id: one for id, one in failures.items() if isinstance(one, DOBOTONotFoundException)}
    if len(absent) < 2 or len(absent) < len(failures):
        for failure in failures.values():
            raise failure
    elif absent:
        error = DOBOTONotFoundException()
        vars(error).update(vars(next(iter(absent.values()))))
        error.message = f"{len(absent)} {noun} do not exist: {', '.join(map(str, absent))}"
        error.method = error.url = error.request_id = None
        raise error


def unused_tag_error(tag_name: str) -> DOBOTONotFoundException:
    """Return the error for a tag that no Droplet has: it may be mistyped."""
    return DOBOTONotFoundException(f"no Droplet has the tag {tag_name!r}")


def _id(item: Any) -> int | str | None:
    found = mapping(item).get("id")
    return found if isinstance(found, int | str) else None
