"""When the next request may be sent, so that the API never has to refuse one.

Arithmetic only: time comes in as a number.
"""

from __future__ import annotations

import itertools
import threading
from bisect import bisect_left
from collections import deque

from ..ratelimit import RateLimit

# Requests in a minute (API reference, "Rate Limit": 5 % of the 5,000 in an hour).
PER_MINUTE = 250
# A second more than the API's window, for clocks that do not run quite alike.
WINDOW = 61.0
HOUR = 3600.0
# Moments closer together than this are one: a sleep may end a rounding error early.
GRAIN = 1e-6


class Limiter:
    """Says whose turn it is to send; shared by all threads and tasks that use one token.

    The API counts a request when it arrives. We only know that this is before its reply, so it is counted from when
    its exchange was over, and holds its place till then: neither a slow connection nor a crowd that is sent at once
    and arrives late brings more than `per_minute` of them into one of the API's windows. Turns are given in the order
    of asking. Safe among threads; never blocks for longer than its own arithmetic.

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
        self.hourly: RateLimit | None = None
        self._per_minute = per_minute
        self._window = window
        self._spread = spread
        self._tickets = itertools.count()
        self._waiting: list[int] = []
        self._under_way: set[int] = set()
        self._over: deque[float] = deque()
        self._last = self._closed_until = self._careful_until = float("-inf")
        self._lock = threading.Lock()

    def join(self) -> int:
        """Stand in line for one request; whoever does must `leave`."""
        with self._lock:
            ticket = next(self._tickets)
            self._waiting.append(ticket)
            return ticket

    def ask(self, ticket: int, now: float) -> float:
        """Whether it is this one's turn.

        Args:
            ticket: What `join` gave.
            now: The time on a monotonic clock.

        Returns:
            0.0 when the request may be sent now, else how many seconds later at the earliest to ask again.
        """
        with self._lock:
            while self._over and self._over[0] + self._window <= now + GRAIN:
                self._over.popleft()
            place = bisect_left(self._waiting, ticket)
            wait = self._moment(place, now) - now
            if wait > GRAIN:
                return wait
            del self._waiting[place]
            self._under_way.add(ticket)
            self._last = now
            return 0.0

    def postpone(self, ticket: int, now: float, seconds: float) -> None:
        """Take a turn back, to the place it had: nobody sends for that many seconds."""
        with self._lock:
            self._under_way.discard(ticket)
            self._waiting.insert(bisect_left(self._waiting, ticket), ticket)
            self._closed_until = max(self._closed_until, now + seconds)

    def leave(self, ticket: int, now: float, *, counts: bool) -> None:
        """The exchange is over, or was given up.

        Args:
            ticket: What `join` gave.
            now: The time on a monotonic clock.
            counts: Whether the API may have counted the request; one that was never sent it has not.
        """
        with self._lock:
            if ticket not in self._under_way:
                self._waiting.remove(ticket)
                return
            self._under_way.remove(ticket)
            if counts:  # threads may come here in another order than they read the clock
                self._over.append(max(now, self._over[-1]) if self._over else now)

    def refused(self, now: float, seconds: float) -> None:
        """The API said 429: nobody sends for that many seconds, and nobody in a crowd for a window after that.

        Something else uses the same token, or requests were sent before this limiter began to count. How many places
        are free after the pause is not known, so they are taken no faster than they would come free.
        """
        with self._lock:
            self._closed_until = max(self._closed_until, now + seconds)
            self._careful_until = self._closed_until + self._window

    def exhausted(self, now: float, seconds: float) -> None:
        """The API said that nothing is left of the hour: nobody sends for that many seconds."""
        with self._lock:
            self._closed_until = max(self._closed_until, now + seconds)

    def told(self, hourly: RateLimit) -> None:
        """Remember what a reply's headers said."""
        self.hourly = hourly

    def _moment(self, place: int, now: float) -> float:
        """The earliest moment for whoever has `place` others before it; things may only make it later."""
        gap = self._gap(now)
        moment = max(now, self._closed_until, self._last + gap) + place * gap
        lacking = place - (self._per_minute - len(self._over) - len(self._under_way))
        if lacking < 0:
            return moment
        rounds, nth = divmod(lacking, self._per_minute)
        freed = self._over[nth] if nth < len(self._over) else now
        return max(moment, freed + (rounds + 1) * self._window)

    def _gap(self, now: float) -> float:
        """How far apart requests are sent at least."""
        careful = self._window / self._per_minute if now < self._careful_until else 0.0
        if not self._spread or self.hourly is None:
            return careful
        return max(careful, HOUR / max(1, self.hourly.remaining))
