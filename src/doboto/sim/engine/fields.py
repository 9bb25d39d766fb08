"""Reading members of requests as the real API takes them: numbers as text, booleans as `"true"`, absence as null."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..catalog import is_open_region
from .errors import unprocessable
from .records import Record, as_list, as_record

T = TypeVar("T")

_WHOLE = re.compile(r"[+-]?[0-9]+")
#: API reference, `description` of images, projects and VPCs.
DESCRIPTION_LENGTH = 255

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def integer(value: object) -> int | None:
    """Return a whole number, also as text; nothing if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        return None  # Python reads "1_000" and digits of other scripts, too
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return number if isinstance(value, str) or number == value else None


def decimal(value: object) -> float | None:
    """Return a finite number, also as text; nothing if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float("" if isinstance(value, str) and "_" in value else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def boolean(value: object) -> bool | None:
    """Return a boolean, also as `"true"`, `"True"`, `"1"` or 1; nothing if it is none."""
    return _BOOLEANS.get(str(value).lower()) if isinstance(value, bool | int | str) else None


def text(value: object) -> str | None:
    """Return a string; nothing if it is none."""
    return value if isinstance(value, str) else None


def texts(value: object) -> list[str] | None:
    """Return a list of strings; nothing if it is none."""
    items = as_list(value)
    return None if items is None or not all(isinstance(item, str) for item in items) else items


def read_required(body: Mapping[str, Any], name: str, read: Callable[[object], T | None]) -> T:
    """Return a member that must be there and must be readable, else 422; the texts are our own."""
    if body.get(name) is None:
        raise unprocessable(f"{name} is required")
    return _require_valid(name, read(body[name]))


def read_optional(body: Mapping[str, Any], name: str, read: Callable[[object], T | None], default: T) -> T:
    """Return a member that may be missing or null, but must be readable if it is there, else 422."""
    if body.get(name) is None:
        return default
    return _require_valid(name, read(body[name]))


def flag(body: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Return a boolean that may be missing."""
    return read_optional(body, name, boolean, default)


def read_name(body: Mapping[str, Any], name: str = "name") -> str:
    """Read a name that must not be empty."""
    value = read_required(body, name, text)
    if not value.strip():
        raise unprocessable(f"{name} can't be blank")
    return value


def read_description(body: Mapping[str, Any], default: str = "") -> str:
    """Read a description that may be missing."""
    return require_length("description", read_optional(body, "description", text, default), DESCRIPTION_LENGTH)


def require_length(name: str, value: str, most: int) -> str:
    """Return a text of so many characters at most, else 422; the text is our own."""
    if len(value) > most:
        raise unprocessable(f"{name} is too long (maximum is {most} characters)")
    return value


def read_region(body: Mapping[str, Any]) -> str:
    """Read the slug of a region that takes new resources, else 422."""
    slug = read_required(body, "region", text)
    if not is_open_region(slug):
        raise unprocessable("region is invalid")
    return slug


def require_open_region(slug: str) -> str:
    """Return the slug of a region that takes new resources, else 422 with the text for Droplets (`api-v2#41`)."""
    if not is_open_region(slug):
        raise unprocessable("Region is not available")
    return slug


def objects(body: Mapping[str, Any], name: str) -> list[Record]:
    """Return a list of JSON objects that must be there."""
    items = [as_record(item) for item in read_required(body, name, as_list)]
    return [_require_valid(name, item) for item in items]


def _require_valid(name: str, value: T | None) -> T:
    if value is None:
        raise unprocessable(f"{name} is invalid")
    return value


def read_identifiers(body: Mapping[str, Any], name: str) -> list[str]:
    """Read a list of identifiers, numbers taken as text; missing means none."""
    nothing: list[Any] = []
    return [str(item) for item in read_optional(body, name, as_list, nothing)]
