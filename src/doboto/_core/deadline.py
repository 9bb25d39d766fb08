"""A deadline: one value that travels with a call and bounds everything it does."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import NamedTuple

from .._json import is_finite
from ..errors import ArgumentTypeError, ArgumentValueError


class Deadline(NamedTuple):
    """A moment on the client's monotonic clock.

    Attributes:
        start: When the call began.
        seconds: How long it may take.
    """

    start: float
    seconds: float

    def elapsed(self, now: float) -> float:
        """Return the seconds since the call began."""
        return now - self.start

    def remaining(self, now: float) -> float:
        """Return the seconds left, 0 when it has passed."""
        return max(0.0, self.start + self.seconds - now)


def duration(name: str, value: float, *, positive: bool = False) -> float:
    """Check a number of seconds and return it.

    Raises:
        ValueError: It is negative or not finite, or 0 where it must be more.
        TypeError: It is not a number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ArgumentTypeError("{0} must be a number of seconds, not {type}", name, type=type(value).__name__)
    if not is_finite(value) or value < 0 or (positive and value == 0):
        raise ArgumentValueError(
            "{0} must be {least} seconds, and finite, not {value!r}",
            name,
            least="more than 0" if positive else "0 or more",
            value=value,
        )
    return value


def check_callback(name: str, callback: object, *, awaits: bool) -> None:
    """Refuse a callback that can't be called, or that the client can't await.

    Args:
        name: What it was given as.
        callback: The callback, or None.
        awaits: If true, the client is the asynchronous one.

    Raises:
        TypeError: It can't be used.
    """
    if callback is None:
        return
    if not callable(callback):
        raise ArgumentTypeError("{0} must be a function, not {type}", name, type=type(callback).__name__)
    if not awaits and (iscoroutinefunction(callback) or iscoroutinefunction(getattr(callback, "__call__", None))):  # noqa: B004 - of an instance
        raise ArgumentTypeError(
            "{0} is an async function: DO calls plain functions only, AsyncDO awaits async ones", name
        )
