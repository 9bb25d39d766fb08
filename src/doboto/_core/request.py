"""A request as the operations make it: before base URL, token and time-outs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the API.

    Attributes:
        method: The HTTP method.
        path: The path below `/v2`, its parts quoted: see `path`.
        query: Names and values of the query.
        body: What is sent as JSON, or None; in no repr, since it may hold a private key.
        headers: Headers beside those that every request has.
        repeatable: Whether sending it twice does the same as sending it once; reading always does.
    """

    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict[str, "str | int"])
    body: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    repeatable: bool = False

    @property
    def target(self) -> str:
        """Path and query, ready for a URL."""
        return f"{self.path}?{urlencode(self.query, quote_via=quote)}" if self.query else self.path


def get(path: str, query: Mapping[str, str | int] | None = None) -> Request:
    """A request that reads."""
    return Request("GET", path, query or {}, repeatable=True)


def any_request(method: str, path: str, query: Mapping[str, str | int] | None, body: Any) -> Request:
    """A request as a user spells it; only what reads is taken to be repeatable.

    Raises:
        ValueError: The path is none below the base URL, or has a query of its own.
    """
    if not path.startswith("/") or path.startswith("//") or {"?", "#", " "} & set(path):
        raise ValueError(f"not a path: {path!r}; it begins with one /, and the query goes in query=")
    below = path.removeprefix("/v2") if path.startswith("/v2/") else path
    return Request(method.upper(), below, query or {}, body, repeatable=method.upper() in {"GET", "HEAD"})


def path(template: str, **parts: str | int) -> str:
    """Fill a path, each part quoted whole, so that `a/b` stays one part and `env:prod` keeps its colon.

    Raises:
        ValueError: A part is empty, or one that HTTP clients and servers resolve (`.`, `..`): either would reach
            another resource than was meant.
        TypeError: A part is neither text nor a whole number.
    """
    return template.format_map({name: quote(text(name, part), safe="") for name, part in parts.items()})


def text(name: str, value: str | int) -> str:
    """An id, name or tag as text, refused if it can't be one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(f"{name} must be text or a whole number, not {type(value).__name__}")
    if not str(value).strip():
        raise ValueError(f"{name} must not be empty")
    if str(value) in {".", ".."}:
        raise ValueError(f"{name} must not be {value!r}")
    return str(value)


def filters(**given: str | int | None) -> dict[str, str | int]:
    """A query of those that are given; none may be empty."""
    return {name: text(name, value) for name, value in given.items() if value is not None}


def flag(name: str, value: bool) -> bool:
    """A boolean, refused if it is anything else: the text "false" would otherwise count as true."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return value
