"""Rate limits in sliding windows, as the introduction of the API reference describes them.

Each request counts for an hour from the moment it was made. Refused ones don't count: the reference is silent on that,
and a client that keeps knocking would otherwise never get in again.
"""

from __future__ import annotations

import math
from collections import deque

from .errors import ApiError, too_many_requests
from .settings import Settings

HOUR = 3600.0
MINUTE = 60.0


class Window:
    """The moments of the last so many seconds; a limit of 0 means none."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._moments: deque[float] = deque()

    def used(self, now: float) -> int:
        """How many requests are still counted."""
        while self._moments and self._moments[0] <= now - self.seconds:
            self._moments.popleft()
        return len(self._moments)

    def full(self, now: float) -> bool:
        """Whether one more would be too many."""
        return bool(self.limit) and self.used(now) >= self.limit

    def add(self, now: float) -> None:
        """Count a request."""
        if self.limit:
            self._moments.append(now)

    def frees_at(self, now: float) -> float:
        """When the oldest request stops counting."""
        return (self._moments[0] if self._moments else now) + self.seconds


class RateLimit:
    """What one account may still ask."""

    def __init__(self, settings: Settings) -> None:
        self._hour = Window(settings.requests_per_hour, HOUR)
        self._minute = Window(settings.requests_per_minute, MINUTE)
        # Without a limit, the headers say what they would say of a fresh account.
        self._shown = settings.requests_per_hour or Settings().requests_per_hour
        self._special = {"key_list": Window(settings.key_lists_per_minute, MINUTE)}

    def admit(self, now: float, special: str | None = None) -> None:
        """Count a request, or refuse it."""
        if self._hour.full(now):
            raise too_many_requests()
        windows = [self._minute, *([self._special[special]] if special else [])]
        for window in windows:
            if window.full(now):
                raise self._burst(window, now)
        for window in (self._hour, *windows):
            window.add(now)

    def remaining(self, now: float) -> int:
        """Requests left in this hour."""
        return max(self._shown - self._hour.used(now), 0)

    def headers(self, now: float) -> dict[str, str]:
        """The three headers of every reply."""
        return {
            "ratelimit-limit": str(self._shown),
            "ratelimit-remaining": str(self.remaining(now)),
            "ratelimit-reset": str(math.ceil(self._hour.frees_at(now))),
        }

    def _burst(self, window: Window, now: float) -> ApiError:
        error = too_many_requests(retry_after=max(math.ceil(window.frees_at(now) - now), 1))
        error.headers["ratelimit-remaining"] = "0"
        return error
