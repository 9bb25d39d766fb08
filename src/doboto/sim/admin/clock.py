"""The clock, and moving it."""

from __future__ import annotations

from ..engine.clock import KINDS, LAST_MOMENT, Clock, ManualClock, RealClock, iso, kind_of
from ..engine.errors import conflict, unprocessable
from ..engine.records import Record
from .request import Ask


def shown(ask: Ask) -> Record:
    """What time it is, and by what clock."""
    clock = ask.simulator.clock
    return {
        "kind": kind_of(clock),
        "now": clock.now(),
        "time": iso(clock.now()),
        "speed": clock.speed if isinstance(clock, RealClock) else None,
    }


def change(ask: Ask) -> Record:
    """Run faster or slower, or by a clock of another kind."""
    kind = ask.members.get("kind")
    speed = ask.number("speed") if kind is None or "speed" in ask.members else 1.0
    if speed <= 0:
        raise unprocessable("speed must be above 0")
    if kind is None:
        _run_at(ask.simulator.clock, speed)
    else:
        _use_clock(ask, kind, speed)
    return shown(ask)


def _run_at(clock: Clock, speed: float) -> None:
    if not isinstance(clock, RealClock):
        raise conflict("This clock does not run by itself.")
    clock.run_at(speed)


def _use_clock(ask: Ask, kind: object, speed: float) -> None:
    if not isinstance(kind, str) or kind not in KINDS:
        raise unprocessable(f"kind must be one of {', '.join(KINDS)}")
    if kind != "real" and "speed" in ask.members:
        raise unprocessable("only a real clock has a speed")
    ask.simulator.use_clock(KINDS[kind](speed, ask.simulator.clock.now()))
    if ask.simulator.state is not None:
        ask.simulator.state.keep()


def advance(ask: Ask) -> Record:
    """Move a manual clock."""
    clock, seconds = ask.simulator.clock, ask.number("seconds")
    if not isinstance(clock, ManualClock):
        raise conflict("This clock is not moved by hand.")
    if seconds < 0 or clock.now() + seconds > LAST_MOMENT:
        raise unprocessable("seconds must not be negative, and not lead beyond the year 9999")
    clock.advance(seconds)
    if ask.simulator.state is not None:
        ask.simulator.state.keep()
    return shown(ask)
