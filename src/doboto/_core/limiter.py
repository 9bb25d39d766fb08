"""When the next request may be sent, so that the API never has to refuse one.

Arithmetic only: time comes in as a number.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from bisect import bisect_left
from collections import deque

from ..ratelimit import RateLimit
from .forks import renew_in_forks

# Requests in a minute (API reference, "Rate Limit": 5 % of the 5,000 in an hour).
PER_MINUTE = 250
# A second more than the API's window, for clocks that do not run quite alike.
WINDOW = 61.0
HOUR = 3600.0
#: Seconds that one response can make all wait: an hour, the longest window of the API, and a minute for clocks.
LONGEST_PAUSE = HOUR + 60.0
# Moments closer together than this are one: a sleep may end a rounding error early.
GRAIN = 1e-6


class Turn:
    """A position in the limiter's queue. It is held weakly there: if an interruption drops it, it is over.

    Attributes:
        number: Turns are given in the order of their numbers.
    """

    __slots__ = ("__weakref__", "number")

    def __init__(self, number: int) -> None:
        self.number = number


class Limiter:
    """Says whose turn it is to send; shared by all threads and tasks that use one token.

    The API counts a request when it arrives. We only know that this is before its response, so it is counted from when
    its exchange was over, and holds its position until then: neither a slow connection nor a crowd that is sent at once
    and arrives late brings more than `per_minute` of them into one of the API's windows. Turns are given in the order
    of asking. Safe among threads; never blocks for longer than its own arithmetic. A forked process begins with an
    empty queue.

    Args:
        per_minute: How many requests may be sent in `window` seconds.
        spread: If true, spread what is left of the hour evenly instead of sending at once.
        window: What a minute is, in seconds.

    Attributes:
        hourly: What the last response said of the limit of the hour, or None before the first one.
    """

    def __init__(self, per_minute: int = PER_MINUTE, *, spread: bool = False, window: float = WINDOW) -> None:
        if per_minute < 1:
            raise ValueError("per_minute must be 1 or more")
        self.hourly: RateLimit | None = None
        self._per_minute = per_minute
        self._window = window
        self._spread = spread
        self._numbers = itertools.count()
        self._over: deque[float] = deque()
        self._last = self._closed_until = self._careful_until = float("-inf")
        self._begin()
        renew_in_forks(self)

    def _begin(self) -> None:
        """Make an empty queue."""
        self._lock = threading.RLock()
        self._refs: dict[int, weakref.ref[Turn]] = {}
        self._lost: deque[weakref.ref[Turn]] = deque()
        self._waiting: list[int] = []
        self._under_way: set[int] = set()

    # Each method below changes things in such an order that an interruption between any two steps loses no position
    # and counts no request too few.

    def join(self) -> Turn:
        """Queue for one request; `leave` when its exchange is over."""
        with self._lock:
            turn = Turn(next(self._numbers))
            self._refs[turn.number] = weakref.ref(turn, self._lost.append)
            self._waiting.append(turn.number)
            return turn

    def ask(self, turn: Turn, now: float) -> float:
        """Return 0.0 if it is this one's turn and its request may be sent now.

        Args:
            turn: What `join` gave.
            now: The time on a monotonic clock, in seconds.

        Returns:
            Else how many seconds later at the earliest to ask again.
        """
        with self._lock:
            self._drop_lost(now)
            while self._over and self._over[0] + self._window <= now + GRAIN:
                self._over.popleft()
            position = bisect_left(self._waiting, turn.number)
            if self._waiting[position : position + 1] != [turn.number]:  # queued before a fork
                self._waiting.insert(position, turn.number)
            wait = self._moment(position, now) - now
            if wait > GRAIN:
                return wait
            self._last = now
            self._under_way.add(turn.number)
            del self._waiting[position]
            return 0.0

    def postpone(self, turn: Turn, now: float, seconds: float) -> None:
        """Take a turn back, to the position it had; no request is sent for that many seconds."""
        with self._lock:
            self._closed_until = max(self._closed_until, now + seconds)
            self._waiting.insert(bisect_left(self._waiting, turn.number), turn.number)
            self._under_way.discard(turn.number)

    def leave(self, turn: Turn, now: float, *, counts: bool) -> None:
        """End an exchange, or give it up.

        Args:
            turn: What `join` gave.
            now: The time on a monotonic clock, in seconds.
            counts: If true, the API may have counted the request; it has not if it was never sent.
        """
        with self._lock:
            self._end(turn.number, now, counts=counts)

    def record_refusal(self, now: float, seconds: float) -> None:
        """Note a 429: no request is sent for that many seconds, and requests are spread for a window after that.

        Something else uses the same token, or requests were sent before this limiter began to count. How many positions
        are free after the pause is not known, so they are taken no faster than they would come free.
        """
        with self._lock:
            self._closed_until = max(self._closed_until, now + min(seconds, LONGEST_PAUSE))
            self._careful_until = self._closed_until + self._window

    def record_exhaustion(self, now: float, seconds: float) -> None:
        """Note that nothing is left of the hour: no request is sent for that many seconds."""
        with self._lock:
            self._closed_until = max(self._closed_until, now + min(seconds, LONGEST_PAUSE))

    def update(self, hourly: RateLimit) -> None:
        """Remember what a response's headers said."""
        self.hourly = hourly

    def renew(self) -> None:
        """Begin with an empty queue, in a forked process: those who wait there are threads of the other one."""
        self._begin()

    def _drop_lost(self, now: float) -> None:
        """End the turns that were dropped; a request that was under way may have been counted."""
        if self._lost:
            self._lost.clear()
            for number in [number for number, ref in self._refs.items() if ref() is None]:
                self._end(number, now, counts=True)

    def _end(self, number: int, now: float, *, counts: bool) -> None:
        if number in self._under_way:
            if counts:  # threads may come here in another order than they read the clock
                self._over.append(max(now, self._over[-1]) if self._over else now)
            self._under_way.discard(number)
        position = bisect_left(self._waiting, number)
        if self._waiting[position : position + 1] == [number]:
            del self._waiting[position]
        self._refs.pop(number, None)

    def _moment(self, position: int, now: float) -> float:
        """Return the earliest moment for a position; what happens until then can only make it later."""
        gap = self._gap(now)
        # The others are given their gaps from the last request on, and not from now: one that does not come when its
        # moment has come, since its thread runs what wants to send here, holds up nobody.
        moment = max(now, max(self._closed_until, self._last + gap) + position * gap)
        missing = position - (self._per_minute - len(self._over) - len(self._under_way))
        if missing < 0:
            return moment
        rounds, nth = divmod(missing, self._per_minute)
        freed = self._over[nth] if nth < len(self._over) else now
        return max(moment, freed + (rounds + 1) * self._window)

    def _gap(self, now: float) -> float:
        """Return how many seconds apart requests are sent at least."""
        careful = self._window / self._per_minute if now < self._careful_until else 0.0
        if not self._spread or self.hourly is None:
            return careful
        return max(careful, HOUR / max(1, self.hourly.remaining))
