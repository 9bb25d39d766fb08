"""When the next request may be sent, so that the API never has to refuse one.

Arithmetic only: time comes in as a number.
"""

from __future__ import annotations

import threading
from collections import deque

from .ratelimit import RateLimit

#: Requests in a minute (API reference, "Rate Limit": 5 % of the 5,000 in an hour).
PER_MINUTE = 250
# The API counts when a request arrives, we when it leaves: a second more than its window keeps us from disagreeing.
WINDOW = 61.0
HOUR = 3600.0


class Limiter:
    """Hands out moments at which requests may be sent; shared by all threads and tasks that use one token.

    Each caller reserves its own moment, so that a crowd that was held back does not wake up all at once. Safe among
    threads; never blocks for longer than its own arithmetic.

    Args:
        per_minute: How many requests may be sent in `window` seconds.
        spread: Whether to spread what is left of the hour evenly instead of sending at once.
        window: What a minute is, in seconds.

    Attributes:
        hourly: What the last reply said of the limit of the hour, or None before the first one.
    """

    def __init__(self, per_minute: int = PER_MINUTE, *, spread: bool = False, window: float = WINDOW) -> None:
        if per_minute < 1:
            raise ValueError("per_minute must be 1 or more")
        self._sent: deque[float] = deque(maxlen=per_minute)
        self._window = window
        self._spread = spread
        self._closed_until = float("-inf")
        self.hourly: RateLimit | None = None
        self._lock = threading.Lock()

    def reserve(self, now: float, patience: float) -> float | None:
        """The moment at which one request may be sent, reserved for the caller.

        Args:
            now: The time on a monotonic clock.
            patience: How many seconds the caller can wait at most.

        Returns:
            The moment, `now` or later; None when it would come too late (nothing is reserved then).
        """
        with self._lock:
            moment = self._next(now)
            if moment - now > patience:
                return None
            self._sent.append(moment)
            return moment

    def wait(self, now: float) -> float:
        """Seconds till a request could be sent, were it reserved now."""
        with self._lock:
            return self._next(now) - now

    def closed(self, now: float) -> bool:
        """Whether the API refused a request and its pause is not over: a moment reserved before that is void."""
        return now < self._closed_until

    def refused(self, now: float, seconds: float) -> None:
        """The API said 429: nobody sends for that many seconds."""
        with self._lock:
            self._closed_until = max(self._closed_until, now + seconds)

    def told(self, hourly: RateLimit) -> None:
        """Remember what a reply's headers said."""
        self.hourly = hourly

    def _next(self, now: float) -> float:
        moment = max(now, self._closed_until)
        if len(self._sent) == self._sent.maxlen:
            moment = max(moment, self._sent[0] + self._window)
        if self._sent:  # moments are handed out in order, and apart when they are to be spread
            moment = max(moment, self._sent[-1] + self._gap())
        return moment

    def _gap(self) -> float:
        if not self._spread or self.hourly is None:
            return 0.0
        return HOUR / max(1, self.hourly.remaining)
