"""A request as the operations make it: before base URL, token and time-outs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, TypeAlias, cast
from urllib.parse import quote, unquote, urlencode

from .._json import is_finite
from ..errors import ArgumentError, ArgumentTypeError, ArgumentValueError

#: Names and values of a query; a list repeats its name.
Query: TypeAlias = Mapping[str, "str | int | list[str]"]
#: A method (RFC 9110, 9.1): a token.
METHOD = r"[-!#$%&'*+.^_`|~0-9A-Za-z]+"
#: A path below the base URL: one slash, then no query, fragment, blank or control character.
PATH = r"/(?:[^/?#\s\x00-\x20\x7f-\x9f\\][^?#\s\x00-\x20\x7f-\x9f\\]*)?"
#: What stays as it is in a path, `%` of what is quoted already included (RFC 3986, 3.3).
SAFE = "/%:@!$&'()*+,;=~"


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
    query: Query = field(default_factory=dict[str, "str | int | list[str]"])
    body: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    repeatable: bool = False

    @property
    def target(self) -> str:
        """Path and query, ready for a URL."""
        return f"{self.path}?{urlencode(self.query, doseq=True, quote_via=quote)}" if self.query else self.path


def get(path: str, query: Query | None = None) -> Request:
    """Return a request that reads."""
    return Request("GET", path, query or {}, repeatable=True)


def any_request(method: object, path: object, query: Mapping[str, Any] | None, body: Any) -> Request:
    """Make a request as a user spells it; only one that reads is repeatable.

    Args:
        method: The HTTP method.
        path: The path, with or without `/v2`, its parts quoted. What is not ASCII is quoted here (RFC 3987, 3.1).
        query: Names and values: text, numbers, booleans, or lists of them, which repeat the name. None is left out.
        body: What is sent as JSON.

    Raises:
        ValueError: The method or the path is none, the path has a query of its own or leaves its place, a number is
            not finite, or the body contains itself.
        TypeError: A part is of another type.
    """
    if not isinstance(method, str) or not re.fullmatch(METHOD, method) or method.upper() == "CONNECT":
        raise ValueError(f"not an HTTP method: {method!r}")
    if not isinstance(path, str):
        raise ArgumentTypeError("{0} must be text, not {type}", "path", type=type(path).__name__)
    if not re.fullmatch(PATH, path):
        raise ValueError(f"not a path: {path!r}; it begins with one /, and the query goes in query=")
    if any(unquote(part) in {".", ".."} for part in path.split("/")):
        raise ValueError(f"the path must not have . or .. in it: {path!r}")
    below = quote(path.removeprefix("/v2") if path.startswith("/v2/") else path, safe=SAFE)
    encode(body, "body")  # what can't be sent is refused before it waits for the rate limit
    values = {name: value for name, given in (query or {}).items() if (value := _query_value(name, given)) is not None}
    return Request(method.upper(), below, values, body, repeatable=method.upper() in {"GET", "HEAD"})


def encode(body: Any, parameter: str = "") -> bytes:
    """Encode a request's body as JSON.

    Args:
        body: The body.
        parameter: The parameter that it was given as. Default: each of its members is one.

    Raises:
        ValueError, TypeError: A part of it is nothing that JSON can hold; the message names the part.
    """
    try:
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError):
        for path, kind, why in _unsendable(body):
            names = (parameter, *path) if parameter else path or ("attribs",)
            inside = "".join(f"[{name!r}]" for name in names[1:])
            raise kind("{0}{inside} can't be sent as JSON: {why}", str(names[0]), inside=inside, why=why) from None
        raise
    except RecursionError:
        raise ArgumentValueError("{0} is nested too deeply", parameter or "attribs") from None


def _unsendable(
    value: Any, path: tuple[Any, ...] = (), outer: tuple[int, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], type[ArgumentError], str]]:
    """Yield what JSON can't hold: the keys and indexes that lead to it, the error that it is, and why."""
    if id(value) in outer:
        yield path, ArgumentValueError, "it contains itself"
    elif isinstance(value, dict):
        members = cast("Mapping[Any, Any]", value)
        for key in members:
            if key is not None and not isinstance(key, str | int | float):
                yield path, ArgumentTypeError, f"it has a key of type {type(key).__name__}"
            yield from _unsendable(members[key], (*path, key), (*outer, id(members)))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(cast("Iterable[Any]", value)):
            yield from _unsendable(inner, (*path, index), (*outer, id(cast(object, value))))
    elif isinstance(value, float) and not isfinite(value):
        yield path, ArgumentValueError, f"it is {value}"
    elif value is not None and not isinstance(value, str | int | float):
        yield path, ArgumentTypeError, f"it is of type {type(value).__name__}"


def _query_value(name: str, value: Any) -> str | list[str] | None:
    """Write a value of a query as the API reads it: true and false in lower case, numbers in digits."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if not is_finite(value):
            raise ArgumentValueError("{0} in the query must be finite, not {value!r}", name, value=value)
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        given = [_query_value(name, one) for one in cast("Iterable[Any]", value)]
        return [one for one in given if isinstance(one, str)] or None
    raise ArgumentTypeError(
        "{0} in the query must be text, a number, a boolean or a list, not {type}", name, type=type(value).__name__
    )


def path(template: str, **parts: str | int) -> str:
    """Fill a path, each part quoted whole, so that `a/b` stays one part and `env:prod` keeps its colon.

    Raises:
        ValueError: A part is empty, or one that HTTP clients and servers resolve (`.`, `..`): either would reach
            another resource than was meant.
        TypeError: A part is neither text nor a whole number.
    """
    return template.format_map({name: quote(check_text(name, part), safe="") for name, part in parts.items()})


def check_text(name: str, value: str | int) -> str:
    """Return an id, name or tag as text, refused if it can't be one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ArgumentTypeError("{0} must be text or a whole number, not {type}", name, type=type(value).__name__)
    if not str(value).strip():
        raise ArgumentValueError("{0} must not be empty", name)
    if str(value) in {".", ".."}:
        raise ArgumentValueError("{0} must not be {value!r}", name, value=value)
    return str(value)


def check_text_only(name: str, value: Any) -> str:
    """Return an id, name or slug as text, refused if it can't be one; a number is none."""
    if not isinstance(value, str):
        raise ArgumentTypeError("{0} must be text, not {type}", name, type=type(value).__name__)
    return check_text(name, value)


def id_or_slug(name: str, value: str | int) -> str | int:
    """Return an id or a slug; an id that comes as text, as DOBOTO 0.6 took it, is a number for the API."""
    found = check_text(name, value)
    return int(found) if found.isascii() and found.isdigit() else value


def filters(**given: str | int | None) -> dict[str, str | int]:
    """Return a query of those that are given; none may be empty."""
    return {name: check_text(name, value) for name, value in given.items() if value is not None}


def check_flag(name: str, value: bool) -> bool:
    """Return a boolean, refused if it is anything else: the text "false" would otherwise count as true."""
    if not isinstance(value, bool):
        raise ArgumentTypeError("{0} must be True or False, not {value!r}", name, value=value)
    return value
