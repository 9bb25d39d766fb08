"""A response as it came, and what it says: a value, or the error it stands for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar, cast

from .._json import decode, mapping
from ..errors import (
    DOBOTOBadRequestException,
    DOBOTOConflictException,
    DOBOTOException,
    DOBOTOForbiddenException,
    DOBOTOHTTPException,
    DOBOTOInvalidResponseException,
    DOBOTONotFoundException,
    DOBOTOPendingEventException,
    DOBOTORateLimitException,
    DOBOTOServerException,
    DOBOTOUnauthorizedException,
    DOBOTOUnprocessableException,
)
from ..ratelimit import RateLimit
from .limiter import LONGEST_PAUSE

#: How many members an error names of a response that lacks one, and how much of a name it shows.
NAMES, NAME = 10, 50

E = TypeVar("E", bound=DOBOTOException)

BY_STATUS: Mapping[int, type[DOBOTOHTTPException]] = {
    400: DOBOTOBadRequestException,
    401: DOBOTOUnauthorizedException,
    403: DOBOTOForbiddenException,
    404: DOBOTONotFoundException,
    408: DOBOTOServerException,
    409: DOBOTOConflictException,
    412: DOBOTOConflictException,
    422: DOBOTOUnprocessableException,
    429: DOBOTORateLimitException,
}
#: Retry-After in seconds; the API sends whole ones, proxies also fractions.
SECONDS = r"[0-9]{1,300}(\.[0-9]{1,300})?"
# "Droplet already has a pending event." (packer#1814, terraform#1034), "The floating IP already has ..." (doctl#493).
PENDING_EVENT = "already has a pending event"


class Response(NamedTuple):
    """What came back: status, headers with names in lower case, the body's bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Return whether the API did what was asked."""
        return 200 <= self.status < 300

    def describe(self, kind: type[E], message: str, result: Any = None) -> E:
        """Return an error of that kind with everything that the response has."""
        error = kind(
            message,
            status=self.status,
            id=_id(result),
            request_id=self.headers.get("x-request-id") or _text(result, "request_id"),
            headers=self.headers,
            body=self.body.decode("utf-8", "replace"),
        )
        error.result = result
        return error


def read_action(response: Any) -> Any:
    """Return the action of a response, wrapped or bare (the API reference shows both for images); it has an id.

    Raises:
        DOBOTOInvalidResponseException: It has none.
    """
    action = response if "type" in mapping(response) else read_member(response, "action", dict)
    if not isinstance(mapping(action).get("id"), int):
        raise DOBOTOInvalidResponseException(f"the response has an action without id: {str(action)[:200]}", response)
    return action


def read_value(response: Response) -> Any:
    """Return the JSON of a response that is a success; None for an empty one (204).

    Raises:
        DOBOTOInvalidResponseException: The body is no JSON, or was cut short.
    """
    if not response.body.strip():
        return None
    try:
        return decode(response.body)
    except (ValueError, RecursionError):
        pass  # raised below, without the decoder's traceback
    raise response.describe(DOBOTOInvalidResponseException, f"the response is no valid JSON: {_extract(response.body)}")


def to_exception(response: Response) -> DOBOTOException:
    """Return the error that a response stands for, also if its body is not JSON."""
    result = _parse_leniently(response.body)
    message = _message(result) or f"no message; the response began: {_extract(response.body)}"
    if 300 <= response.status < 400:
        where = response.headers.get("location", "nowhere")
        return response.describe(DOBOTOInvalidResponseException, f"redirects are not followed: to {where}", result)
    kind = _kind(response.status, message)
    failure = response.describe(kind, message, result)
    failure.retry_after = parse_retry_after(response.headers)
    if isinstance(failure, DOBOTORateLimitException):
        failure.ratelimit = RateLimit.from_headers(response.headers)
    return failure


def member_reader(key: str, kind: type[dict[str, Any] | list[Any]]) -> Callable[[Any], Any]:
    """Reads what a response holds under its root key: see `read_member`."""
    return lambda result: read_member(result, key, kind)


def read_member(result: Any, key: str, kind: type[dict[str, Any] | list[Any]]) -> Any:
    """Return what a response holds under its root key.

    Raises:
        DOBOTOInvalidResponseException: There is none, or it is of another type.
    """
    found = mapping(result).get(key)
    if isinstance(found, kind):
        return cast(Any, found)
    raise DOBOTOInvalidResponseException(
        f"the response has no {kind.__name__} {key!r}; {_describe_members(result, key)}", result
    )


def _describe_members(result: Any, key: str) -> str:
    """Say what a response has instead of a member, by names and types: its values may be long, or secret."""
    if not isinstance(result, Mapping):
        return f"it is {_type(result)}"
    found = mapping(result)
    if key in found:
        return f"it has {_type(found[key])} there"
    names = [str(name)[:NAME] for name in found]
    more = [f"{len(names) - NAMES} more"] if len(names) > NAMES else []
    return f"it has {', '.join([*map(repr, names[:NAMES]), *more]) or 'no members'}"


def _type(value: Any) -> str:
    return "null" if value is None else f"a value of type {type(value).__name__}"


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the Retry-After header asks to wait, None if it is missing or neither of its two forms.

    A date counts from the response's own Date header (RFC 9110, 10.2.3).
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(SECONDS, text):
        return min(float(text), LONGEST_PAUSE)
    until, now = parse_http_date(text), parse_http_date(headers.get("date", ""))
    return None if until is None or now is None else min(max(0.0, until - now), LONGEST_PAUSE)


def parse_http_date(date: str) -> float | None:
    """Return an HTTP date (RFC 9110, 5.6.7) in seconds since 1970, None if it is none."""
    if not date:
        return None
    from email.utils import parsedate_to_datetime  # needed only where a response was lost or refused

    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _kind(status: int, message: str) -> type[DOBOTOHTTPException]:
    if status == 422 and PENDING_EVENT in message:
        return DOBOTOPendingEventException
    if status >= 500:
        return DOBOTOServerException
    return BY_STATUS.get(status, DOBOTOHTTPException)


def _parse_leniently(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _message(result: Any) -> str:
    """Return the API's words: `message` of any type (packer#6384), or `error`, as its other form of errors has it."""
    for key in ("message", "error"):
        if found := mapping(result).get(key):
            return found if isinstance(found, str) else json.dumps(found)
    return ""


def _id(result: Any) -> str | None:
    return _text(result, "id")


def _text(result: Any, key: str) -> str | None:
    found = mapping(result).get(key)
    return found if isinstance(found, str) and found else None


def _extract(body: bytes) -> str:
    return repr(" ".join(body[:120].decode("utf-8", "replace").split())) if body else "nothing"
