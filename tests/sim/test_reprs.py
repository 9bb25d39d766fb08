"""What is shown of a simulator in a debugger or a failing test."""

from __future__ import annotations

from doboto.sim import ManualClock, Simulator


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
