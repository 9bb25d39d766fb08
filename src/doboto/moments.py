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
#: Digits that people mean as a year or a day, as in ISO 8601 (`2026`, `20261126`); as seconds they would be of 1970.
YEAR = re.compile(r"\d{4}")
DAY = re.compile(r"\d{8}")
#: Seconds since 1970 that are beyond any measurement (year 5138): such a number is of milliseconds.
MILLISECONDS = 1e11

#: How a time may be written, for errors.
FORMS = "-1h, 2026-11-26T10:30:00Z, or seconds since 1970"


def to_moment(name: str, value: Any, now: float) -> float:
    """A point in time, in seconds since 1970.

    Args:
        name: The parameter, for errors.
        value: Seconds since 1970, a `datetime`, an ISO 8601 text, `now`, or how long ago (`-1h`). Without a zone, a
            `datetime` is local time, as everywhere in Python, and a text is UTC. A text of eight digits that make a
            date is that day.
        now: The present.

    Raises:
        ValueError: It is before 1970, not finite, in milliseconds, a year alone, or a text that is no time.
        TypeError: It is of another type.
    """
    if isinstance(value, str) and YEAR.fullmatch(value.strip()):
        raise ArgumentValueError("{0} must be a day or seconds since 1970, not a year: {value!r}", name, value=value)
    seconds = _seconds_of(value) if isinstance(value, datetime) else _moment_of(value, now)
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
    day = _seconds_of_text(text) if DAY.fullmatch(text) else math.nan
    if not math.isnan(day):
        return day
    try:
        return float(text)
    except ValueError:
        return _seconds_of_text(text)


def _seconds_of_text(text: str) -> float:
    """The seconds that an ISO 8601 text stands for, NaN if it is no time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return math.nan
    return _seconds_of(found if found.tzinfo else found.replace(tzinfo=UTC))


def _seconds_of(found: datetime) -> float:
    """The seconds since 1970, NaN where they cannot be counted: in the first hours of year 1, the last of 9999."""
    try:
        return found.timestamp()
    except (ValueError, OverflowError, OSError):
        return math.nan


def _type_of(value: Any) -> str:
    return repr(value) if isinstance(value, bool | float) or value is None else type(value).__name__
