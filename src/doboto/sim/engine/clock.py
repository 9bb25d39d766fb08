"""Time as a parameter: real, faster than real, at once, or moved by hand; and moments as the API writes them.

All clocks give epoch seconds. `now` is read once a request; `lasting` says how long something that takes so many
seconds really takes on this clock; `sleep` serves injected latency only, since waiting is otherwise the client's
business.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, Protocol


class SimulatorClock(Protocol):
    """What the simulator needs to know of time."""

    def now(self) -> float:
        """Return the moment in epoch seconds."""
        ...

    def lasting(self, seconds: float) -> float:
        """Return how long an event of that many seconds takes on this clock."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let that many seconds of this clock pass."""
        ...


#: Linux's CLOCK_REALTIME_COARSE, which has no name in `time`.
_COARSE = 5


def real_monotonic() -> float:
    """Return the machine's monotonic time, also where a test has frozen `time.monotonic` (freezegun, time-machine)."""
    if sys.platform == "win32":
        return time.monotonic()
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def real_time() -> float:
    """Return the machine's time, also where a test has frozen `time.time` or travels in time.

    freezegun replaces the functions of `time` but `clock_gettime`, time-machine the clock CLOCK_REALTIME.
    """
    if sys.platform == "win32":
        return time.time()
    return time.clock_gettime(_COARSE if sys.platform == "linux" else time.CLOCK_REALTIME)


class RealClock:
    """Runs like the wall's, or `speed` times as fast; `start` is its first moment (default: the real one)."""

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.speed = speed
        self._start = real_time() if start is None else start
        self._since = real_monotonic()

    def __repr__(self) -> str:
        speed = "" if self.speed == 1 else f", speed={self.speed:g}"
        return f"{type(self).__name__}({iso(self.now())}{speed})"

    def now(self) -> float:
        """Return the moment in epoch seconds."""
        return self._start + (real_monotonic() - self._since) * self.speed

    def lasting(self, seconds: float) -> float:
        """Events last what they last; it is the clock that runs faster."""
        return seconds

    async def sleep(self, seconds: float) -> None:
        """Wait in real time: in the event loop where there is one, else by blocking this thread."""
        await _sleep(seconds / self.speed)

    def move_to(self, moment: float) -> None:
        """Go on from another moment (a saved account carries the time at which it was saved)."""
        self._start, self._since = moment, real_monotonic()

    def run_at(self, speed: float) -> None:
        """Go on from now at another speed."""
        if not speed > 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.move_to(self.now())
        self.speed = speed


class InstantClock(RealClock):
    """Real time in which every event is over at the next request; injected latency really passes.

    A client in the same process that waits between polls does not wait in real time: it moves the clock on.
    """

    def lasting(self, seconds: float) -> float:  # noqa: ARG002 - the signature is SimulatorClock's
        """No time at all."""
        return 0.0


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self, start: float | None = None) -> None:
        self._now = real_time() if start is None else start

    def now(self) -> float:
        """Return the moment in epoch seconds."""
        return self._now

    def lasting(self, seconds: float) -> float:
        """Events last what they last."""
        return seconds

    def __repr__(self) -> str:
        return f"ManualClock({iso(self._now)})"

    def advance(self, seconds: float) -> None:
        """Move on; time never goes backwards."""
        if not seconds >= 0:
            raise ValueError(f"a clock moves forward only, not by {seconds}")
        self._now += seconds

    def move_to(self, moment: float) -> None:
        """Go on from another moment (a saved account carries the time at which it was saved)."""
        self._now = moment

    async def sleep(self, seconds: float) -> None:
        """Move on by so many seconds, without suspending any task."""
        self.advance(seconds)


#: How to make each kind: with a speed, which a real clock alone makes use of, and with its first moment.
KINDS: Final[dict[str, Callable[[float, float], SimulatorClock]]] = {
    "manual": lambda _speed, start: ManualClock(start),
    "instant": lambda _speed, start: InstantClock(start=start),
    "real": RealClock,
}


def kind_of(clock: SimulatorClock) -> str:
    """Return what kind of clock it is; its class for one of the user's own."""
    kinds = ((ManualClock, "manual"), (InstantClock, "instant"), (RealClock, "real"))
    return next((name for kind, name in kinds if isinstance(clock, kind)), type(clock).__name__)


def stopwatch() -> Callable[[], float]:
    """Starts a watch; what it gives says how many real milliseconds have passed since."""
    started = real_monotonic()
    return lambda: (real_monotonic() - started) * 1000


async def _sleep(seconds: float) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # No event loop: a blocking client runs the app in its own thread.
        time.sleep(seconds)  # noqa: ASYNC251, TID251
    else:
        await asyncio.sleep(seconds)


#: The last second that datetime can write: a clock moved further must not break a reply.
LAST_MOMENT = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()


def iso(moment: float) -> str:
    """Return an epoch moment as `2020-07-21T18:37:44Z`, whole seconds in UTC."""
    return f"{_moment(moment):%Y-%m-%dT%H:%M:%S}Z"


def iso_with_fraction(moment: float, nanoseconds: int) -> str:
    """Return an epoch moment as `2019-06-21T15:04:05.99218061Z`: up to nine digits of fraction, trailing zeros cut.

    Args:
        moment: Epoch seconds; what is finer than a millisecond is not read from it.
        nanoseconds: What to write below the millisecond, from 0 to 999,999.
    """
    at = _moment(moment)
    fraction = f"{at.microsecond // 1000 * 1_000_000 + nanoseconds:09}".rstrip("0")
    return f"{at:%Y-%m-%dT%H:%M:%S}.{fraction}Z" if fraction else iso(moment)


def http_date(moment: float) -> str:
    """Return an epoch moment as the header `date` has it: `Tue, 21 Jul 2020 18:37:44 GMT`."""
    return format_datetime(_moment(moment), usegmt=True)


def _moment(moment: float) -> datetime:
    return datetime.fromtimestamp(min(max(moment, 0.0), LAST_MOMENT), UTC)
