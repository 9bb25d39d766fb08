"""What is shown of a simulator in a debugger or a failing test."""

from __future__ import annotations

import pytest

from doboto.sim import InstantClock, ManualClock, RealClock, Simulator
from doboto.sim.engine import clock


def test_reprs_name_times_and_rules() -> None:
    sim = Simulator(clock=ManualClock(1_790_000_000))
    sim.faults.add("drop", method="POST", path="/v2/droplets", count=1)
    sim.account("some-token")
    clock = "ManualClock(2026-09-21T14:13:20Z)"
    assert repr(sim.clock) == clock
    assert repr(sim) == f"Simulator(clock={clock}, accounts=1, faults=1)"
    (fault,) = sim.faults
    assert "kind='drop'" in repr(fault)
    assert "path='/v2/droplets'" in repr(fault)
    assert "seen=0, triggered=0" in repr(fault)
    assert repr(sim.faults) == f"Faults([{fault!r}])"


def test_reprs_of_clocks_that_run_name_the_time_and_the_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "real_monotonic", lambda: 5.0)
    assert repr(RealClock(start=1_790_000_000)) == "RealClock(2026-09-21T14:13:20Z)"
    assert repr(RealClock(60, 1_790_000_000)) == "RealClock(2026-09-21T14:13:20Z, speed=60)"
    assert repr(InstantClock(start=1_790_000_000)) == "InstantClock(2026-09-21T14:13:20Z)"
