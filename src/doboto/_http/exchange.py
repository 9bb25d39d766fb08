"""One request and its reply, and the time that is left for them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from .._io.protocol import Timeouts

#: Seconds beyond which no exchange is waited for: more than 49 days are too many for a lock on Windows.
LONGEST = 1e6


@dataclass(slots=True)
class Exchange:
    """One request and its reply.

    Attributes:
        timeouts: Its bounds.
        end: When it must be over.
        connected: Whether there was a connection to the API, so that something may have been sent.
    """

    timeouts: Timeouts
    end: float
    connected: bool = False

    @classmethod
    def begin(cls, timeouts: Timeouts) -> Exchange:
        """An exchange that begins now."""
        return cls(timeouts, time.monotonic() + min(timeouts.total, LONGEST))

    def left(self, most: float) -> float:
        """Seconds left, `most` of them at once.

        Raises:
            TimeoutError: None.
        """
        return min(most, till(self.end))


def till(end: float) -> float:
    """Seconds from now to a moment of the monotonic clock.

    Raises:
        TimeoutError: It has passed.
    """
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline is over")
    return left
