"""Points in time as people write them: seconds since 1970, ISO 8601, `now`, or how long ago."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

from ._json import is_finite
from .errors import ArgumentTypeError, ArgumentValueError

#: `-1h`, `-30m`, `-2d`: that long ago, and the seconds of each unit.
AGO = r"-(\d+(?:\.\d+)?)([smhdw])"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
#: Seconds since 1970 that are beyond any measurement (year 5138): such a number is of milliseconds.
MILLISECONDS = 1e11

#: How a time may be written, for errors.
FORMS = "-1h, 2026-11-26T10:30:00Z, or seconds since 1970"


def to_moment(name: str, value: Any, now: float) -> float:
    """A point in time, in seconds since 1970.

    Args:
        name: The parameter, for errors.
        value: Seconds since 1970, a `datetime`, an ISO 8601 text, `now`, or how long ago (`-1h`). Without a zone, a
            `datetime` is local time, as everywhere in Python, and a text is UTC.
        now: The present.

    Raises:
        ValueError: It is before 1970, not finite, in milliseconds, or a text that is no time.
        TypeError: It is of another type.
    """
    seconds = value.timestamp() if isinstance(value, datetime) else _moment_of(value, now)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ArgumentTypeError("{0} must be a time in seconds since 1970, not {type}", name, type=_type_of(value))
    if is_finite(seconds) and seconds >= MILLISECONDS:
        raise ArgumentValueError("{0} must be in seconds since 1970, not in milliseconds: {value!r}", name, value=value)
    if not (is_finite(seconds) and seconds >= 0):
        raise ArgumentValueError(f"{{0}} must be a time from 1970 on ({FORMS}), not {{value!r}}", name, value=value)
    return seconds


def _moment_of(value: Any, now: float) -> Any:
    """The seconds that a text stands for, NaN if it is no time; anything else as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text == "now":
        return now
    if ago := re.fullmatch(AGO, text):
        return now - float(ago[1]) * UNITS[ago[2]]
    try:
        return float(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):  # of a time in the first hours of year 1
        return math.nan


def _type_of(value: Any) -> str:
    return repr(value) if isinstance(value, bool | float) or value is None else type(value).__name__
