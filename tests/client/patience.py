"""Deadlines for tests on real sockets: short where the machine is quiet, long enough where it is busy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from doboto.errors import DOBOTOException, Stage

T = TypeVar("T")

#: Seconds, one after the other.
DEADLINES = (0.3, 1.0, 3.0, 10.0, 30.0)
#: A deadline for what ends by itself, which no machine is too slow for; less than `HELD`, for which peers hold.
AMPLE = 100.0


def until(attempt: Callable[[float], T], reached: Callable[[T], bool]) -> T:
    """Try with longer and longer deadlines until one was long enough for what is tested.

    Args:
        attempt: Called with a deadline in seconds.
        reached: Whether its result shows that the deadline did not pass before.

    Returns:
        The result that shows it, or the last one.
    """
    for seconds in DEADLINES:
        result = attempt(seconds)
        if reached(result):
            break
    return result


def until_stage(attempt: Callable[[float], DOBOTOException], stage: Stage = Stage.EXCHANGE) -> Any:
    """Try with longer and longer deadlines until the error is one of that stage: by default, until it was sent."""
    return until(attempt, lambda error: getattr(error, "stage", None) is stage)
