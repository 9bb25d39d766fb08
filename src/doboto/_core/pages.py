"""Lists that come in pages: how many there are, what is still to be asked for, what is the same thing twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .reply import member
from .request import Request, get
from .shape import mapping

#: The most the API puts on a page (API reference, "Links & Pagination").
PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    Attributes:
        items: What is on it.
        total: How many there are on all pages; None where the API does not say.
        last: The number of the last page that its links tell of; 0 where they tell of none.
        following: The number of the page after this one, or None on the last.
    """

    items: Sequence[Any]
    total: int | None
    last: int
    following: int | None


def numbered(path: str, query: Mapping[str, str | int], number: int) -> Request:
    """The request for a page. Links are followed by number alone: the token goes to no host that a link names."""
    return get(path, {**query, "per_page": PER_PAGE, "page": number})


def reading(key: str) -> Callable[[Any], Page]:
    """Reads a page of what is under `key`: see `read`."""
    return lambda result: read(result, key)


def read(result: Any, key: str) -> Page:
    """Read a reply that is a page.

    Raises:
        DOBOTOReplyException: It has no list, and no map, under `key`.
    """
    held = mapping(mapping(result).get(key))
    # Backup policies come as a map by Droplet id; their records name the Droplet too.
    items = list(held.values()) if held else member(result, key, list)
    pages = mapping(mapping(mapping(result).get("links")).get("pages"))
    total = mapping(mapping(result).get("meta")).get("total")
    following = _number(pages.get("next"))
    return Page(
        items,
        total if isinstance(total, int) and not isinstance(total, bool) else None,
        max(_number(pages.get("last")) or 0, following or 0),
        following,
    )


def rest(first: Page) -> range:
    """The numbers of the pages after the first, as far as the first one tells."""
    if first.following is None:
        return range(0)
    by_total = -(-(first.total or 0) // PER_PAGE)
    return range(2, max(first.last, by_total) + 1)


def shrunk(pages: Sequence[Page]) -> bool:
    """Whether the list got shorter while it was read: later items move up, and some were on no page that was read."""
    totals = [page.total for page in pages if page.total is not None]
    return any(later < earlier for earlier, later in pairwise(totals))


def unique(items: Iterable[Any], identity: Callable[[Any], Hashable]) -> list[Any]:
    """The items without those that came twice (the list grew while it was read), in their order."""
    seen: dict[Hashable, Any] = {}
    for item in items:
        seen.setdefault(identity(item), item)
    return list(seen.values())


def by_id(item: Any) -> Hashable:
    """What makes an item the same: its id, or itself where it has none."""
    found = mapping(item).get("id")
    return id(item) if found is None else str(found)


def _number(link: Any) -> int | None:
    """The page number in a link's query, wherever it stands in it (python-digitalocean PR#122)."""
    if not isinstance(link, str):
        return None
    try:
        number = int(parse_qs(urlsplit(link).query)["page"][0])
    except (KeyError, ValueError):
        return None
    return number if number > 0 else None
