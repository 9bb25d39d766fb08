"""Finding a few things in a long list with as few requests as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._core import pages
from .._core.deadline import Deadline
from .._core.shape import mapping
from .._session import Session


class Finder:
    """Finds things by id in a list of the API.

    New things stand at one end of a list, which end is not documented: the first page tells, by the order of its
    ids, and the pages where something was found are remembered for the next round.

    Args:
        session: Sends the requests.
        key: The list's root key.
        path: The list's path.
        query: Its filters.
    """

    def __init__(self, session: Session, key: str, path: str, query: Mapping[str, str | int]) -> None:
        self._session = session
        self._key = key
        self._path = path
        self._query = query
        self._known: list[int] = [1]

    async def find(self, ids: Iterable[int], deadline: Deadline) -> dict[int, Any]:
        """Those of the ids that stand on the likely pages; never more than a page beyond what they fill."""
        wanted = set(ids)
        found: dict[int, Any] = {}
        here: dict[int, Any] = {}
        budget = 2 + len(wanted) // pages.PER_PAGE
        queue, read = list(self._known), dict[int, pages.Page]()
        hits: list[int] = []
        # A page with some of them may have a neighbour with the others: the end of a list is rarely a whole page.
        while queue and (len(read) < budget or here) and wanted - found.keys():
            number = queue.pop(0)
            page = read[number] = await self._page(number, deadline)
            here = {item["id"]: item for item in page.items if _id(item) in wanted}
            found |= here
            if here:
                hits.append(number)
            if not queue:
                queue = likely(page, number, read.keys())
        self._known = hits or [1]
        return found

    async def _page(self, number: int, deadline: Deadline) -> pages.Page:
        request = pages.numbered(self._path, self._query, number)
        return await self._session.call(request, deadline, pages.reading(self._key))


def likely(page: pages.Page, number: int, read: Iterable[int]) -> list[int]:
    """The page to look at next for things newer than most: the neighbour of the end where the list grows."""
    last = max(page.last, number)
    ids = [id for item in page.items if (id := _id(item)) is not None]
    ascending = len(ids) > 1 and ids[0] < ids[-1]
    order = range(last, 0, -1) if ascending else range(1, last + 1)
    done = set(read)
    return [candidate for candidate in order if candidate not in done][:1]


def _id(item: Any) -> int | None:
    found = mapping(item).get("id")
    return found if isinstance(found, int) else None
