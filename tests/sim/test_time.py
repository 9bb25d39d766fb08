"""Clocks, and events that happen when somebody looks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto.sim import Account, InstantClock, ManualClock, RealClock, Settings, Simulator
from doboto.sim.engine.clock import iso
from doboto.sim.engine.lifecycle import EFFECTS, effect
from doboto.sim.engine.limits import Window
from doboto.sim.engine.world import Change

from .conftest import START, Simulate


@pytest.fixture
def account() -> Account:
    return Simulator(ManualClock(START)).account("t")


@pytest.fixture
def notes() -> Any:
    seen: list[tuple[float, int]] = []

    @effect("test.note")
    def note(account: Account, now: float, *, number: int) -> None:
        seen.append((now, number))
        if number < 0:
            account.after(1, "test.note", now, number=-number)

    yield seen
    del EFFECTS["test.note"]


def test_events_happen_in_due_order_each_at_its_own_moment(account: Account, notes: list[tuple[float, int]]) -> None:
    for seconds, number in [(5, 5), (1, 1), (5, 6), (3, 3)]:
        account.after(seconds, "test.note", START, number=number)
    account.apply_due_events(START + 4)
    assert notes == [(START + 1, 1), (START + 3, 3)]
    account.apply_due_events(START + 100)
    assert notes[2:] == [(START + 5, 5), (START + 5, 6)]


def test_an_event_may_lead_to_another(account: Account, notes: list[tuple[float, int]]) -> None:
    account.after(1, "test.note", START, number=-7)
    account.apply_due_events(START + 10)
    assert notes == [(START + 1, -7), (START + 2, 7)]


def test_an_account_that_was_saved_goes_on(notes: list[tuple[float, int]]) -> None:
    first = Simulator(ManualClock(START)).account("t")
    first.after(5, "test.note", START, number=1)
    first.next_id("droplet")
    saved = json.loads(
        json.dumps([(kind, key, record) for kind, found in first.dump().items() for key, record in found.items()])
    )
    second = Simulator(ManualClock(START)).account("t")
    for kind, key, record in saved:
        second.load(kind, key, record)
    second.apply_due_events(START + 9)
    assert notes == [(START + 5, 1)]
    assert second.next_id("droplet") == first.next_id("droplet")


def test_what_a_request_touched_is_told_once_and_before_the_reply(simulate: Simulate) -> None:
    client, commits = simulate(), list[list[Change]]()
    client.sim.on_commit.append(commits.append)
    client.get("/v2/account")
    assert commits == []
    client.create(tags=["web"])
    ((account, touched),) = commits.pop()
    kinds = {kind for kind, _ in touched}
    assert account is client.sim.account("token")
    assert {"droplet", "action", "event", "tag", "vpc", "counter"} <= kinds
    client.call("POST", "/v2/droplets", {})
    assert commits == []


def test_an_instant_clock_has_everything_over_at_the_next_look(simulate: Simulate) -> None:
    client = simulate(InstantClock())
    droplet = client.create(backups=True)
    assert droplet["status"] == "new"
    seen = client.get(f"/v2/droplets/{droplet['id']}")["droplet"]
    assert (seen["status"], seen["locked"], len(seen["networks"]["v4"])) == ("active", False, 2)
    assert seen["backup_ids"] == []


def test_a_faster_clock_is_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([10.0, 10.5, 12.0])
    monkeypatch.setattr("doboto.sim.engine.clock.real_monotonic", lambda: next(ticks))
    clock = RealClock(speed=100, start=START)
    assert [clock.now(), clock.now()] == [START + 50, START + 200]


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_clock_cannot_stand_still_or_run_backwards(speed: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        RealClock(speed=speed)
    with pytest.raises(ValueError, match="forward"):
        ManualClock().advance(-1)


def test_a_manual_clock_sleeps_without_suspending() -> None:
    clock = ManualClock(START)
    with pytest.raises(StopIteration):
        clock.sleep(5).send(None)
    assert clock.now() == START + 5


def test_a_real_clock_sleeps_in_the_loop_or_in_its_thread() -> None:
    clock = RealClock(speed=1e6)
    asyncio.run(clock.sleep(1))
    with pytest.raises(StopIteration):
        clock.sleep(1).send(None)


@given(st.floats(allow_nan=False))
def test_any_moment_can_be_written(moment: float) -> None:
    assert iso(moment).endswith("Z")
    assert len(iso(moment)) == 20


@given(st.lists(st.floats(0, 100)), st.integers(1, 5))
def test_no_window_ever_holds_more_than_its_limit(gaps: list[float], limit: int) -> None:
    window, now, admitted = Window(limit, 60), 0.0, list[float]()
    for gap in gaps:
        now += gap
        if not window.is_full(now):
            window.add(now)
            admitted.append(now)
    for moment in admitted:
        assert sum(moment - 60 < other <= moment for other in admitted) <= limit


@pytest.mark.parametrize("count", [10_000])
def test_pending_actions_cost_nothing_until_they_are_due(count: int) -> None:
    sim = Simulator(ManualClock(START), Settings(droplet_limit=count))
    account, applied = sim.account("t"), list[str]()
    for number in range(count):
        account.after(100 + number, "test.never", START, number=number)

    def apply(_account: Account, _now: float, *, number: int) -> None:
        applied.append(str(number))

    EFFECTS["test.never"] = apply
    try:
        account.apply_due_events(START + 99)
        assert applied == []
        account.apply_due_events(START + 101)
        assert applied == ["0", "1"]
    finally:
        del EFFECTS["test.never"]
