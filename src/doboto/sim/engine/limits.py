"""Rate limits in sliding windows, as the introduction of the API reference describes them.

Each token has its own (`api-v2#118`), also where several open one account.

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

    def count(self, now: float) -> int:
        """Return how many requests are still counted."""
        while self._moments and self._moments[0] <= now - self.seconds:
            self._moments.popleft()
        return len(self._moments)

    def is_full(self, now: float) -> bool:
        """Return whether one more would be too many."""
        return bool(self.limit) and self.count(now) >= self.limit

    def add(self, now: float) -> None:
        """Count a request."""
        if self.limit:
            self._moments.append(now)

    def next_free_at(self, now: float) -> float:
        """Return when the oldest request stops counting."""
        return (self._moments[0] if self._moments else now) + self.seconds


class TokenRateLimit:
    """What may still be asked with one token."""

    def __init__(self, settings: Settings) -> None:
        self._hour = Window(0, HOUR)
        self._minute = Window(0, MINUTE)
        self._special = {"key_list": Window(0, MINUTE)}
        self.adopt(settings)

    def adopt(self, settings: Settings) -> None:
        """Go on with other limits; what has been counted stays counted."""
        self._hour.limit = settings.requests_per_hour
        self._minute.limit = settings.requests_per_minute
        self._special["key_list"].limit = settings.key_lists_per_minute
        # Without a limit, the headers say what they would say of a fresh token.
        self._shown = settings.requests_per_hour or Settings().requests_per_hour

    def admit(self, now: float, special: str | None = None) -> None:
        """Count a request, or refuse it."""
        if self._hour.is_full(now):
            raise too_many_requests()
        windows = [self._minute, *([self._special[special]] if special else [])]
        for window in windows:
            if window.is_full(now):
                raise self._refuse_burst(window, now)
        for window in (self._hour, *windows):
            window.add(now)

    def remaining(self, now: float) -> int:
        """Requests left in this hour."""
        return max(self._shown - self._hour.count(now), 0)

    def oldest(self, now: float) -> float:
        """Return the moment of the oldest request that is counted in this hour."""
        return self._hour.next_free_at(now) - HOUR

    def headers(self, now: float) -> dict[str, str]:
        """Return the three headers of every reply."""
        return {
            "ratelimit-limit": str(self._shown),
            "ratelimit-remaining": str(self.remaining(now)),
            "ratelimit-reset": str(math.ceil(self._hour.next_free_at(now))),
        }

    def _refuse_burst(self, window: Window, now: float) -> ApiError:
        error = too_many_requests(retry_after=max(math.ceil(window.next_free_at(now) - now), 1))
        error.headers["ratelimit-remaining"] = "0"
        return error


class AccountRateLimits:
    """Those of an account's tokens."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._by_token: dict[str, TokenRateLimit] = {}

    def of(self, token: str) -> TokenRateLimit:
        """Return the token's own; a fresh one for a token that has not been used."""
        found = self._by_token.get(token)
        if found is None:
            found = self._by_token[token] = TokenRateLimit(self._settings)
        return found

    def lowest(self, now: float) -> TokenRateLimit:
        """That of the token that has the least left: the one which matters to a reader of the account."""
        limits = self._by_token.values()
        return min(limits, key=lambda one: one.remaining(now), default=TokenRateLimit(self._settings))

    def adopt(self, settings: Settings) -> None:
        """Go on with other limits."""
        self._settings = settings
        for one in self._by_token.values():
            one.adopt(settings)
