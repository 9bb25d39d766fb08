"""Lists that come in pages: how many there are, which are still to be read, which items came twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import chain, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from .._json import OBJECT, mapping
from ..errors import DOBOTOInvalidResponseException
from .request import Query, Request, get
from .response import read_member

#: The most the API puts on a page (API reference, "Links & Pagination").
PER_PAGE = 200

#: What identifies the items of a list: the first of these members that they have.
IDENTITY = ("id", "uuid", "urn", "ip", "fingerprint", "slug", "history_event_id", "droplet_id", "name")
#: Lists whose requests have no paging parameters in the API reference, though their responses have links to further
#: pages: the size of a page is the API's own there.
PLAIN = re.compile(r"/(?:images|floating_ips|reserved_ips)/[^/]+/actions|/projects/default/resources")

#: Bytes at a page's end that hold its links and its total.
ENDING = 4096
ID = itemgetter("id")

#: Lists of resources whose ids are numbers; an item without one cannot be used.
NUMBERED = frozenset({"droplets", "actions"})
#: Items of a list that are compared with those to come while it changes little: ten pages.
RECENT = 10 * PER_PAGE
#: The most pages that a list can have: two million items. A response that announces more is wrong.
MOST = 10_000
#: How often a list that got shorter while it was read is read again.
READINGS = 5


class Page(NamedTuple):
    """One page of a list.

    Attributes:
        items: What is on it.
        total: How many there are on all pages; None where the API does not say.
        last: The number of the last page that its links name; 0 if they name none.
        following: The number of the page after this one, or None on the last.
        ids: The ids of its items, if all of them are numbers.
    """

    items: Sequence[Any]
    total: int | None
    last: int
    following: int | None
    ids: Sequence[int] | None = None


def page_request(path: str, query: Query, number: int) -> Request:
    """Return the request for a page. Of links only the number counts: the token goes to no host that they name."""
    if PLAIN.fullmatch(path):
        return get(path, {**query, "page": number} if number > 1 else query)
    return get(path, {**query, "per_page": PER_PAGE, "page": number})


def page_reader(key: str) -> Callable[[Any], Page]:
    """Reads a page of what is under `key`: see `read_page`."""
    return lambda result: read_page(result, key)


def read_page(result: Any, key: str) -> Page:
    """Read a response that is a page.

    Raises:
        DOBOTOInvalidResponseException: It has no list and no map under `key`, its items are not objects or lack their
            id, or it announces more pages than there can be.
    """
    links, announced = _links(result), _announcement(result)
    items = _items(result, key, empty=announced.total == 0 or ("prev" in links and "next" not in links))
    numbered, ids = key in NUMBERED, _numbers(items)
    if ids is None and (
        wrong := [item for item in items if not isinstance(item, OBJECT) or (numbered and not _has_number(item))]
    ):
        raise DOBOTOInvalidResponseException(f"the response lists {str(wrong[0])[:200]} among the {key}", result)
    if not _is_possible(announced):
        text = f"the response announces {announced.last} pages with {announced.total} {key}"
        raise DOBOTOInvalidResponseException(text, result)
    return announced._replace(items=items, ids=ids)


def read_ending(body: bytes) -> Page | None:
    """Read what a page's end says of the pages after it, so that they can be asked for before it is decoded.

    Links and total are its last members. A quote within a string has a backslash before it, so that one after a comma
    begins a name; and if all that follows is the rest of one object, this is the outermost one.

    Returns:
        A page without items; None if it is the last page, or if only decoding all of it can tell.
    """
    start = body.rfind(b'"links"', -ENDING)
    if start < 0 or not body[start - 2 : start].endswith((b",", b", ")):
        return None
    try:
        announced = _announcement(json.loads(b"{" + body[start:]))
    except (ValueError, RecursionError):
        return None
    return announced if announced.following and announced.total is not None and _is_possible(announced) else None


def _announcement(result: Any) -> Page:
    """Return what a response says of its list's pages: a page without items."""
    links, total = _links(result), mapping(mapping(result).get("meta")).get("total")
    following = _number(links.get("next"))
    total = total if isinstance(total, int) and not isinstance(total, bool) else None
    return Page((), total, max(_number(links.get("last")) or 0, following or 0), following)


def _links(result: Any) -> Mapping[str, Any]:
    return mapping(mapping(mapping(result).get("links")).get("pages"))


def _is_possible(announced: Page) -> bool:
    return max(announced.last, (announced.total or 0) // PER_PAGE) <= MOST


def _items(result: Any, key: str, *, empty: bool) -> list[Any]:
    """Return what a page has under its key; no key, or null, is an empty list where nothing can be on that page.

    Raises:
        DOBOTOInvalidResponseException: There is no list.
    """
    if empty and isinstance(result, Mapping) and mapping(result).get(key) is None:
        return []
    held = mapping(mapping(result).get(key))
    # Backup policies come as a map by Droplet id; their records name the Droplet too.
    return list(held.values()) if held else read_member(result, key, list)


def _numbers(items: Iterable[Any]) -> list[int] | None:
    """Return the items' ids if all are objects with a numeric one, in a few steps for a page and not for each item."""
    try:
        ids = [*map(ID, items)]
    except (KeyError, TypeError):
        return None
    return ids if set(map(type, ids)) <= {int} else None


def _has_number(item: dict[str, Any]) -> bool:
    """Return whether it has a numeric id, as members of autoscale pools have by another name."""
    return type(item.get("id", item.get("droplet_id"))) is int


def remaining_pages(first: Page) -> range:
    """Return the numbers of the pages after the first, as the first one announces them by its links or its total."""
    full = len(first.items) >= PER_PAGE or first.following is not None
    by_total = -(-(first.total or 0) // PER_PAGE) if full else 0
    return range(2, max(first.last, by_total) + 1)


def has_shrunk(pages: Sequence[Page]) -> bool:
    """Return whether a list got shorter while it was read, so that items moved up past the page being read."""
    totals = [page.total for page in pages if page.total is not None]
    return any(later < earlier for earlier, later in pairwise(totals))


class Seen:
    """What was gone through of a list, in eight bytes an item.

    A list that grows moves items on, to pages that are still to come: those of the last pages are compared. After a
    change by more than these hold, or a return to the first page, all are, by their hashes of 64 bits.
    """

    def __init__(self) -> None:
        from array import array  # most programs read lists as a whole

        self._recent: dict[int, None] = {}
        self._log = array("q")
        self._all: set[int] | None = None

    def add(self, identity: Hashable) -> bool:
        """Record an item; return whether it is new."""
        key = hash(identity)
        known = self._recent if self._all is None else self._all
        if key in known:
            return False
        self._log.append(key)
        if self._all is not None:
            self._all.add(key)
            return True
        self._recent[key] = None
        if len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]
        return True

    def __len__(self) -> int:
        return len(self._log)

    def recall_all(self) -> None:
        """Compare with all items from now on: the list has changed by more than the last pages."""
        if self._all is None:
            self._all = set(self._log)


def items_of(pages: Sequence[Page], identity: Callable[[Any], Hashable]) -> list[Any]:
    """Return the items of all pages, in order, without those that came twice: the list grew while it was read."""
    items = [*chain.from_iterable(page.items for page in pages)]
    if identity is by_id and _have_distinct_numbers(pages):
        return items
    seen: dict[Hashable, Any] = {}
    for item in items:
        seen.setdefault(identity(item), item)
    return list(seen.values())


def _have_distinct_numbers(pages: Sequence[Page]) -> bool:
    """Return whether each item has a numeric id of its own: quicker to see than what `by_id` makes of each."""
    ids = [page.ids for page in pages if page.ids is not None]
    return len(ids) == len(pages) and len(set[int]().union(*ids)) == sum(map(len, ids))


def by_id(item: Any) -> Hashable:
    """Return what makes an item the same: its id or what it has instead, or itself where it has nothing of the kind."""
    found = mapping(item)
    return next(((key, str(found[key])) for key in IDENTITY if found.get(key) is not None), id(item))


def _number(link: Any) -> int | None:
    """Return the page number in a link's query, wherever it stands in it (python-digitalocean PR#122).

    What is not written as in the API's own links is left to the standard library's parser, which takes long to import.
    """
    if not isinstance(link, str):
        return None
    for part in link.partition("#")[0].partition("?")[2].split("&"):
        name, _, value = part.partition("=")
        if name == "page":
            if value.isascii() and value.isdigit() and len(value) < 10:
                return int(value) or None
            break
    from urllib.parse import parse_qs, urlsplit

    try:
        number = int(parse_qs(urlsplit(link).query)["page"][0])
    except (KeyError, ValueError):
        return None
    return number if number > 0 else None
