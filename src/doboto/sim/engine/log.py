"""The last requests and their responses, as a ring: what was asked when by which account, and what was answered."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .clock import iso
from .records import Record, as_list, as_record

#: Bytes of a request's and of a response's body that are kept; of longer ones nothing is. `user_data` fits in.
KEPT_REQUEST: Final = 100_000
KEPT_RESPONSE: Final = 20_000
#: Members of bodies that are hidden from the admin interface and the page.
SECRET: Final = frozenset({"private_key", "user_data", "url"})
HIDDEN: Final = "(hidden)"

#: What every path of the API begins with.
API = "/v2"
_WILD = re.compile(r"(\*\*|\*|\{[^{}/]*\})")
_WILDCARDS = {"**": ".*", "*": "[^/]*"}
#: First segments with which a path cannot be one of the API's, nor go on below `/v2`.
_ELSEWHERE = re.compile(r"v\d+|_sim|", re.IGNORECASE)


def compile_path(path: str) -> re.Pattern[str]:
    """Compile a path in which `{name}` stands for one segment, `*` for any part of one, `**` for anything."""
    parts = _WILD.split(path.rstrip("/"))
    found = (_WILDCARDS.get(part[:2], "[^/]+") if _WILD.fullmatch(part) else re.escape(part) for part in parts)
    return re.compile("".join(found))


def api_path(path: str) -> str:
    """Complete a path of the API: `/droplets`, as `do.request` and the client's log have it, is `/v2/droplets`.

    Args:
        path: The path or pattern, from `/v2` or from the resource on.

    Raises:
        ValueError: No request to the API can have that path.
    """
    _, first, *rest = path.split("/") if path.startswith("/") else ("", "")
    if "**" in first or (any(rest) and compile_path(f"/{first}").fullmatch(API)):
        found = path
    elif _ELSEWHERE.fullmatch(first):
        raise ValueError(f"path must be one of the API's, such as /v2/droplets or /droplets, not {path!r}")
    else:
        found = API + path
    if re.search("[?#]|//", found):
        raise ValueError(f"path must have no query and no empty segment, unlike {path!r}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One request, and how it was answered."""

    number: int
    #: Epoch seconds of the simulator's clock, at the end of the request.
    moment: float
    #: The account's label; None if the token opened none. The token itself is never kept.
    account: str | None
    method: str
    path: str
    #: The last value of each parameter of the query.
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    #: None if the connection was dropped before a response.
    status: int | None
    #: The header `x-request-id` of the response.
    request_id: str | None = None
    #: Real time, from the first byte read to the response, faults included.
    milliseconds: float
    #: The bodies as they travelled; empty if they were longer than what is kept.
    content: bytes = field(default=b"", repr=False)
    response_content: bytes = field(default=b"", repr=False)

    @property
    def body(self) -> Any:
        """The JSON that was sent; None if there was none."""
        return _parse(self.content)

    @property
    def response(self) -> Any:
        """The JSON that was answered; None if there was none."""
        return _parse(self.response_content)

    @property
    def time(self) -> str:
        """When, as the API writes times."""
        return iso(self.moment)

    def to_json(self) -> Record:
        """Return what lists show, as JSON."""
        names = ("number", "moment", "account", "method", "path", "status")
        seen = {name: getattr(self, name) for name in names}
        return {**seen, "milliseconds": round(self.milliseconds, 3), "time": self.time}

    def to_detailed_json(self) -> Record:
        """Return all of it as JSON, secrets hidden."""
        bodies = {"body": _without_secrets(self.body), "response": _without_secrets(self.response)}
        return {**self.to_json(), "query": dict(self.query), "request_id": self.request_id, **bodies}


class RequestLog:
    """Keeps so many requests and forgets the oldest; safe to share among threads.

    It is a sequence of requests, the oldest first.
    """

    def __init__(self, size: int) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=size)
        self._lock = threading.Lock()
        self._number = 0

    def __iter__(self) -> Iterator[LogEntry]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, position: int) -> LogEntry:
        return self.entries()[position]

    def __repr__(self) -> str:
        return f"<{len(self)} requests, {self.total} in all>"

    def filter(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        status: int | None = None,
        account: str | None = None,
        after: int = 0,
    ) -> list[LogEntry]:
        """Return the requests that match everything that is given, the oldest first.

        Args:
            method: The HTTP method, in any case.
            path: The path, as `/v2/droplets/{id}` or `/droplets/{id}`: `{name}` stands for one segment, `*` for any
                part of one, `**` for anything.
            status: The status of the response.
            account: The label of the account.
            after: The number of a request: only later ones.
        """
        wanted = {"method": method and method.upper(), "status": status, "account": account}
        exact = {name: value for name, value in wanted.items() if value is not None}
        # A client with a wrong base URL asks outside of the API, and its requests are found as well.
        patterns = None if path is None else [compile_path(path), compile_path(f"{API}{path}")]
        return [
            entry
            for entry in self.entries(after)
            if all(getattr(entry, name) == value for name, value in exact.items())
            and (patterns is None or any(pattern.fullmatch(entry.path) for pattern in patterns))
        ]

    def add(self, *, content: bytes = b"", response_content: bytes = b"", **members: Any) -> None:
        """Note a request: the members of a `LogEntry` but its number."""
        content = content if len(content) <= KEPT_REQUEST else b""
        response_content = response_content if len(response_content) <= KEPT_RESPONSE else b""
        with self._lock:
            self._number += 1
            entry = LogEntry(number=self._number, content=content, response_content=response_content, **members)
            self._entries.append(entry)

    def resize(self, size: int) -> None:
        """Keep so many from now on."""
        with self._lock:
            self._entries = deque(self._entries, maxlen=size)

    @property
    def total(self) -> int:
        """How many requests there have been, forgotten ones included."""
        return self._number

    def entries(self, after: int = 0) -> list[LogEntry]:
        """Return those that are still known with a number above `after`, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry.number > after]

    def clear(self) -> None:
        """Forget them; numbers go on."""
        with self._lock:
            self._entries.clear()


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except (ValueError, RecursionError):
        return content.decode("utf-8", "replace")


def _without_secrets(value: Any) -> Any:
    members, items = as_record(value), as_list(value)
    if members is not None:
        return {name: HIDDEN if _is_secret(name, one) else _without_secrets(one) for name, one in members.items()}
    return value if items is None else [_without_secrets(item) for item in items]


def _is_secret(name: str, value: Any) -> bool:
    return name in SECRET and bool(value)
