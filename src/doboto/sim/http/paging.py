"""Pages of lists: `page`, `per_page`, `links` and `meta` (API reference; forms as seen in `pydo#468`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from ..engine.errors import unprocessable
from ..engine.fields import integer
from ..engine.records import Record
from .messages import ApiCall

T = TypeVar("T")


def page(call: ApiCall, root: str, items: Sequence[T], show: Callable[[T], object]) -> Record:
    """Return one page of the items under their root key; only what is on the page is shown."""
    number, size = _number(call), _size(call)
    shown = [show(item) for item in items[(number - 1) * size : number * size]]
    return {root: shown, **page_links(call, number, size, len(items))}


def page_links(call: ApiCall, number: int, size: int, total: int) -> Record:
    """`links` and `meta`; there are no page links when everything is on one page."""
    last = max(-(-total // size), 1)
    pages = {rel: _link(call, to) for rel, to in _relations(number, last) if last > 1 or number > 1}
    return {"links": {"pages": pages} if pages else {}, "meta": {"total": total}}


def page_window(call: ApiCall) -> tuple[int, int]:
    """Number and size of the page asked for."""
    return _number(call), _size(call)


def _relations(number: int, last: int) -> list[tuple[str, int]]:
    back = [("first", 1), ("prev", min(number - 1, last))] if number > 1 else []
    forth = [("next", number + 1), ("last", last)] if number < last else []
    return back + forth


def _link(call: ApiCall, number: int) -> str:
    kept = {name: value for name, value in call.query.items() if name != "page"}
    return f"{call.base}{call.path}?{urlencode({'page': number, **kept}, errors='replace')}"


def _number(call: ApiCall) -> int:
    number = integer(call.query.get("page"))
    return number if number is not None and number >= 1 else 1


def _size(call: ApiCall) -> int:
    settings = call.account.settings
    size = integer(call.query.get("per_page"))
    if size is None or size < 1:
        return settings.per_page_default
    if size > settings.per_page_max and settings.per_page_over_max == "refuse":
        raise unprocessable(f"per_page must be between 1 and {settings.per_page_max}")
    return min(size, settings.per_page_max)
