"""A deadline: one value that travels with a call and bounds everything it does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the client's monotonic clock.

    Attributes:
        start: When the call began.
        seconds: How long it may take.
    """

    start: float
    seconds: float

    def elapsed(self, now: float) -> float:
        """Seconds since the call began."""
        return now - self.start

    def remaining(self, now: float) -> float:
        """Seconds left, 0 when it is over."""
        return max(0.0, self.start + self.seconds - now)
