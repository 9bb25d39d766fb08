"""The kinds of faults, as a table: what each does, which arguments it takes, and when it can happen.

`before` means that the request takes no effect, or takes it after the fault; `after` that it has taken effect (and was
saved) by the time the fault happens to its reply. Kinds that concern what a request creates are only noted in
`call.faults`; the handlers do the rest.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ..engine.clock import SimulatorClock
from ..engine.records import as_record, is_number, is_whole
from ..http.messages import JSON_TYPE, NO_CONTENT, ApiCall, ApiReply, Dropped, Selects


@dataclass(frozen=True, slots=True)
class TriggeredFault:
    """One request that triggered a rule."""

    kind: str
    call: ApiCall
    clock: SimulatorClock
    arguments: Mapping[str, Any]
    #: A number from 0 to 1, drawn by the rule's generator.
    chance: float
    #: Picks the Droplets that it is for; None for all.
    selects: Selects | None = None

    def argument(self, name: str) -> Any:
        """Return an argument, or the kind's default for it."""
        return self.arguments.get(name, KINDS[self.kind].arguments[name].default)


#: What a kind does. Before the effect there is no reply yet; one that is returned is sent in place of the operation.
Act = Callable[[TriggeredFault, ApiReply | None], Awaitable[ApiReply | None]]
Check = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class FaultArgument:
    """An argument of a kind of fault."""

    is_valid: Check
    description: str
    default: Any = None


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault; of its stages the first is the usual one."""

    act: Act
    about: str
    stages: tuple[str, ...] = ("before",)
    arguments: Mapping[str, FaultArgument] = field(default_factory=dict[str, FaultArgument])
    #: The requests that a rule of this kind is for unless it says otherwise.
    method: str | None = None
    path: str | None = None

    def check(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Raise ValueError for an argument that is unknown or invalid."""
        for key, value in arguments.items():
            argument = self.arguments.get(key)
            if argument is None:
                raise ValueError(f"{name} takes {', '.join(self.arguments) or 'no arguments'}, not {key!r}")
            if not argument.is_valid(value):
                raise ValueError(f"{name}: {key} must be {argument.description}, not {value!r}")


#: Errors as the API words them (API reference, shared responses); gateways in front of it have words of their own.
ERRORS = {
    429: ("too_many_requests", "API rate limit exceeded."),
    500: ("server_error", "Unexpected server-side error"),
    502: ("bad_gateway", "Bad Gateway"),
    503: ("service_unavailable", "Service Unavailable"),
    504: ("gateway_timeout", "Gateway Timeout"),
}
NOT_JSON = "<html><head><title>Please wait</title></head><body><h1>Please wait</h1></body></html>\n"
#: JSON that is not what the operation answers with: under the reply's own root key where `{}` is its place.
WRONG_SHAPES: tuple[Callable[[str], object], ...] = (
    lambda _: [],
    lambda _: None,
    lambda _: "unexpected",
    lambda _: 42,
    lambda _: {},
    lambda root: {root: None},
    lambda root: {root: "unexpected"},
    lambda root: {root: 42},
    lambda root: {f"un{root}": {}},
)


async def _status(fault: TriggeredFault, _reply: ApiReply | None) -> ApiReply:
    status: int = fault.argument("status")
    id, message = ERRORS.get(status, ("error", "An error on demand"))
    content, type = _content(fault.arguments.get("body", {"id": id, "message": message}))
    headers = {"content-type": type, **{name.lower(): value for name, value in fault.argument("headers").items()}}
    raw = b"" if status in NO_CONTENT else content
    return ApiReply(status, None, headers, raw=raw, bare=fault.argument("bare"))


async def _latency(fault: TriggeredFault, reply: ApiReply | None) -> ApiReply | None:
    await fault.clock.sleep(fault.call.peer.waits(fault.argument("seconds")))
    return reply


async def _drop(_fault: TriggeredFault, _reply: ApiReply | None) -> ApiReply | None:
    raise Dropped


async def _cut(fault: TriggeredFault, reply: ApiReply | None) -> ApiReply | None:
    length = 0 if reply is None else len(reply.content())
    if reply is None or not length or reply.status in NO_CONTENT or fault.call.method == "HEAD":
        raise Dropped  # there is no body to cut
    at = fault.argument("bytes")
    keep = int(fault.chance * length) if at is None else min(at, length - 1)
    return ApiReply(reply.status, reply.body, reply.headers, raw=reply.raw, cut=keep)


async def _not_json(fault: TriggeredFault, reply: ApiReply | None) -> ApiReply | None:
    return _replace_body(reply, str(fault.argument("body")).encode("utf-8", "surrogatepass"))


async def _wrong_shape(fault: TriggeredFault, reply: ApiReply | None) -> ApiReply | None:
    root = next(iter((reply.body if reply else None) or {"result": None}))
    drawn = WRONG_SHAPES[int(fault.chance * len(WRONG_SHAPES))](root)
    return _replace_body(reply, _json(fault.arguments.get("body", drawn)))


async def _note(fault: TriggeredFault, _reply: ApiReply | None) -> ApiReply | None:
    seconds: float = fault.argument("seconds") if "seconds" in KINDS[fault.kind].arguments else 0.0
    fault.call.add_fault(fault.kind, seconds, fault.selects)
    return None


async def _reset_in_past(fault: TriggeredFault, reply: ApiReply | None) -> ApiReply | None:
    rate = fault.call.rate
    if reply is None or rate is None:
        return reply
    oldest = rate.oldest(fault.clock.now())
    return replace(reply, headers={**reply.headers, "ratelimit-reset": str(math.ceil(oldest))})


def _replace_body(reply: ApiReply | None, content: bytes) -> ApiReply:
    status = 200 if reply is None or reply.status in NO_CONTENT else reply.status
    return ApiReply(status, None, dict(reply.headers) if reply else {}, raw=content)


def _content(body: object) -> tuple[bytes, str]:
    if isinstance(body, str):
        kind = "html" if body.lstrip().startswith("<") else "plain"
        return body.encode("utf-8", "surrogatepass"), f"text/{kind}; charset=utf-8"
    return (b"" if body is None else _json(body)), JSON_TYPE


_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OF_THE_SERVER = ("content-length", "transfer-encoding", "connection")


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


#: A year; much more, and the clock leaves the calendar.
_LONGEST = 31_536_000


def _is_status(value: object) -> bool:
    return is_whole(value, 200, 599)


def _are_headers(value: object) -> bool:
    return all(_is_header(name, text) for name, text in (as_record(value) or {"": ""}).items()) or value == {}


def _is_header(name: object, text: object) -> bool:
    # The length is the server's business: a wrong one would break the connection, for which there are other kinds.
    allowed = isinstance(name, str) and _TOKEN.fullmatch(name) and name.lower() not in _OF_THE_SERVER
    return bool(allowed) and isinstance(text, str) and text.isascii() and (text.isprintable() or not text)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_json(value: object) -> bool:
    try:
        _json(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _seconds(default: float) -> dict[str, FaultArgument]:
    is_duration = partial(is_number, least=0, most=_LONGEST)
    return {"seconds": FaultArgument(is_duration, "a number of seconds, a year at most", default)}


_STATUS = {
    "status": FaultArgument(_is_status, "a status from 200 to 599", 503),
    "headers": FaultArgument(_are_headers, "an object of header names and texts", {}),
    "body": FaultArgument(_is_json, "text, sent as it is, or JSON, or null for none"),
    "bare": FaultArgument(lambda value: isinstance(value, bool), "true or false", default=False),
}
_BOTH, _AFTER = ("before", "after"), ("after",)
_NEW_DROPLETS = ("POST", "/v2/droplets")

KINDS: dict[str, FaultKind] = {
    "status": FaultKind(
        _status, "Answers with a status; bare: without rate limit and request id, as a gateway does.", _BOTH, _STATUS
    ),
    "latency": FaultKind(_latency, "Lets time pass on the simulator's clock.", _BOTH, _seconds(1.0)),
    "drop": FaultKind(_drop, "Closes the connection without a reply.", _BOTH),
    "cut": FaultKind(
        _cut,
        "Sends a part of the reply's body, of random length unless `bytes` is given, and closes the connection.",
        _AFTER,
        {"bytes": FaultArgument(partial(is_whole, least=0), "a whole number")},
    ),
    "not_json": FaultKind(
        _not_json, "Sends text that is no JSON as JSON.", _AFTER, {"body": FaultArgument(_is_text, "text", NOT_JSON)}
    ),
    "wrong_shape": FaultKind(
        _wrong_shape,
        "Sends JSON that the operation never answers with, drawn from a list unless `body` is given.",
        _AFTER,
        {"body": FaultArgument(_is_json, "JSON")},
    ),
    "reset_in_past": FaultKind(
        _reset_in_past,
        "`ratelimit-reset` is the moment of the oldest counted request, as recorded in 2018 and 2020.",
        _AFTER,
    ),
    "list_lag": FaultKind(
        _note, "A new Droplet is missing in lists for a while.", ("before",), _seconds(3.0), *_NEW_DROPLETS
    ),
    "get_lag": FaultKind(
        _note, "A new Droplet answers 404 by its id for a while.", ("before",), _seconds(3.0), *_NEW_DROPLETS
    ),
    "create_errored": FaultKind(
        _note, "A new Droplet's action ends errored and the Droplet vanishes.", ("before",), {}, *_NEW_DROPLETS
    ),
    "lost_tags": FaultKind(_note, "A new Droplet does not get its tags.", ("before",), {}, *_NEW_DROPLETS),
    "address_before": FaultKind(
        _note, "A new Droplet has its addresses before it is active.", ("before",), {}, *_NEW_DROPLETS
    ),
    "address_after": FaultKind(
        _note, "A new Droplet is active before it has addresses.", ("before",), {}, *_NEW_DROPLETS
    ),
    "action_errored": FaultKind(_note, "An action ends errored.", ("before",), {}, "POST", "/v2/**/actions"),
}
