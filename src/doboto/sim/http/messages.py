"""A request and a reply as handlers see them, and pages of lists.

Pages have `page`, `per_page`, `links` and `meta` (API reference; forms as seen in `pydo#468`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from ..engine.account import Account
from ..engine.errors import ApiError, unprocessable
from ..engine.fields import integer
from ..engine.limits import TokenRateLimit
from ..engine.records import Record
from .peers import Dropped, Peer, UnknownPeer
from .scopes import Scopes

__all__ = [
    "JSON_TYPE", "NO_CONTENT", "ApiCall", "ApiReply", "Dropped", "error_reply", "page", "page_links", "page_window",
]  # fmt: skip

JSON_TYPE = "application/json; charset=utf-8"
#: What the gateway in front of the services adds to its own replies and to theirs (recordings of 2022-06 and 2026-08).
GATEWAY = {"x-gateway": "Edge-Gateway", "x-response-from": "Edge-Gateway"}
SERVICE = {"x-gateway": "Edge-Gateway", "x-response-from": "service"}
UNAUTHORIZED = 401
#: Statuses whose replies never have a body (RFC 9110).
NO_CONTENT = (204, 304)
#: Each reply has a new body, so that nothing in them can contain itself.
_JSON = json.JSONEncoder(separators=(",", ":"), check_circular=False)

#: Return whether a fault is for a Droplet of that name with these tags.
Selects = Callable[[str, Sequence[str]], bool]


@dataclass(slots=True)
class ApiCall:
    """One authenticated request to one operation."""

    account: Account
    method: str
    #: The path without doubled or trailing slashes, as in `/v2/droplets/1`.
    path: str
    #: Scheme and host as the client sees them, for links: `http://127.0.0.1:8080`.
    base: str
    now: float
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    #: The JSON object that was sent; an empty one for no body, `null` and `{}`.
    body: Record = field(default_factory=dict[str, Any])
    scopes: Scopes = field(default_factory=Scopes)
    #: The token's rate limit; every reply shows what remains of it.
    rate: TokenRateLimit | None = None
    #: Faults that a handler takes part in (`create_errored`, `lost_tags`, `action_errored`...), set before it runs,
    #: with the seconds of those that last.
    faults: dict[str, float] = field(default_factory=dict[str, float])
    peer: Peer = field(default_factory=UnknownPeer)
    #: Faults that are for some Droplets only: seconds by kind, with what picks these Droplets.
    selective_faults: list[tuple[str, float, Selects]] = field(default_factory=list[tuple[str, float, "Selects"]])

    @property
    def is_json(self) -> bool:
        """Whether the client says that it sends JSON, with a body or without one."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"

    def add_fault(self, kind: str, seconds: float, selects: Selects | None) -> None:
        """Note a fault for the handler: for all Droplets of the request, or for those that are selected."""
        if selects is None:
            self.faults[kind] = max(seconds, self.faults.get(kind, 0.0))
        else:
            self.selective_faults.append((kind, seconds, selects))

    def faults_of(self, name: str, tags: Sequence[str]) -> dict[str, float]:
        """Return the faults of the request that befall a Droplet of that name with these tags."""
        found = dict(self.faults)
        for kind, seconds, selects in self.selective_faults:
            if selects(name, tags):
                found[kind] = max(seconds, found.get(kind, 0.0))
        return found


@dataclass(slots=True)
class ApiReply:
    """Status, JSON body (or none) and headers beyond the usual ones."""

    status: int
    body: Record | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    #: Bytes to send in place of the body; for replies that are no JSON.
    raw: bytes | None = None
    #: Without the headers that every reply of the API has: something in front of the API answers.
    bare: bool = False
    #: Bytes of the body after which the connection ends.
    cut: int | None = None
    #: The body of a refusal repeats the request id, as the newer services write it.
    shows_request_id: bool = False

    def content(self) -> bytes:
        """Return the bytes of the body."""
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else _JSON.encode(self.body).encode("ascii")


def error_reply(error: ApiError) -> ApiReply:
    """Return the reply with the body that every refusal has."""
    if error.at_gateway:
        return _gateway_reply(error)
    return ApiReply(error.status, dict(error.body), dict(error.headers))


def _gateway_reply(error: ApiError) -> ApiReply:
    """Return a refusal of the gateway: no character set, and 401 with the spaces of the recording of 2022-06-25."""
    headers = {"content-type": "application/json", **GATEWAY, **error.headers}
    written = json.dumps(error.body)[:-1] + " }" if error.status == UNAUTHORIZED else _JSON.encode(error.body)
    return ApiReply(error.status, error.body, headers, raw=written.encode("ascii"))


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
