"""A clock of another kind: at run time through the admin interface, and for a state that began on another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from doboto import DO
from doboto.sim import InstantClock, ManualClock, RealClock, Simulator, snapshot

from .client import Client
from .conftest import START, Simulate
from .test_admin import call_admin, refusal

NEW = {"name": "web", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
DAY = 86400


def status(client: Client, droplet_id: int) -> str:
    found: str = client.get(f"/v2/droplets/{droplet_id}")["droplet"]["status"]
    return found


def test_a_running_clock_becomes_one_that_is_moved_by_hand(simulate: Simulate) -> None:
    client = simulate(RealClock())
    droplet = client.create()
    clock = call_admin(client, "PUT", "/clock", {"kind": "manual"})
    assert (clock["kind"], clock["speed"]) == ("manual", None)
    assert call_admin(client, "GET", "/clock") == clock
    assert status(client, droplet["id"]) == "new"
    assert call_admin(client, "POST", "/clock/advance", {"seconds": 40})["now"] == clock["now"] + 40
    assert status(client, droplet["id"]) == "active"


def test_a_clock_that_stood_still_runs(client: Client) -> None:
    clock = call_admin(client, "PUT", "/clock", {"kind": "real", "speed": 100})
    assert (clock["kind"], clock["speed"]) == ("real", 100)
    assert START <= clock["now"] < START + DAY
    assert call_admin(client, "PUT", "/clock", {"kind": "real"})["speed"] == 1


def test_what_has_begun_is_over_on_an_instant_clock_and_the_calendar_is_not(client: Client) -> None:
    droplet = client.create(backups=True)
    call_admin(client, "PUT", "/clock", {"kind": "instant"})
    assert status(client, droplet["id"]) == "active"
    assert client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["backup_ids"] == []
    assert status(client, client.create()["id"]) == "active"


def test_a_client_in_process_goes_along() -> None:
    simulator = Simulator(RealClock())
    with DO.simulated(simulator) as do:
        simulator.use_clock(ManualClock(START))
        assert do.droplet.create(**NEW, wait=True)["status"] == "active"  # waiting moves the clock, and takes no time
        assert simulator.clock.now() > START + 30


@pytest.mark.parametrize(
    "body", [{"kind": "sundial"}, {"kind": 3}, {"kind": "manual", "speed": 2}, {"kind": "real", "speed": 0}, {}]
)
def test_a_clock_that_makes_no_sense_changes_nothing(client: Client, body: object) -> None:
    before = client.sim.clock
    assert refusal(client, "PUT", "/clock", body)[0] == 422
    assert client.sim.clock is before


def test_the_moment_of_the_change_is_kept(tmp_path: Path) -> None:
    with Simulator(RealClock(), state=tmp_path / "s") as simulator:
        simulator.use_clock(ManualClock(START + DAY))
    with Simulator(ManualClock(START), state=tmp_path / "s") as again:
        assert again.clock.now() == START + DAY


# -- a state that began on another clock


def test_a_file_is_resumed_with_everything_over_on_an_instant_clock(tmp_path: Path) -> None:
    with Simulator(RealClock(), state=tmp_path / "s") as simulator, DO.simulated(simulator) as do:
        droplet = do.droplet.create(**NEW, backups=True, wait=False)
    with Simulator(InstantClock(), state=tmp_path / "s") as again, DO.simulated(again) as do:
        found = do.droplet.info(droplet["id"])
        assert (found["status"], found["backup_ids"]) == ("active", [])
        assert do.action.list()[0]["status"] == "completed"
        assert again.can_connect(found["networks"]["v4"][-1]["ip_address"], 22)


def test_a_machine_that_was_booting_has_booted_on_an_instant_clock(tmp_path: Path) -> None:
    with Simulator(ManualClock(), state=tmp_path / "s") as simulator, DO.simulated(simulator) as do:
        created = do.droplet.create(**NEW, wait=False)
        simulator.clock.advance(32)  # type: ignore[attr-defined]
        (address, *_) = [one["ip_address"] for one in do.droplet.info(created["id"])["networks"]["v4"]]
        assert not simulator.can_connect(address, 22)
    with Simulator(InstantClock(), state=tmp_path / "s") as again:
        assert again.can_connect(address, 22)


def test_so_is_a_state_that_is_put_back() -> None:
    slow, quick = Simulator(ManualClock(START)), Simulator(InstantClock())
    with DO.simulated(slow, token="t") as do:
        droplet = do.droplet.create(**NEW, wait=False)
    snapshot.load(quick, snapshot.dump(slow))
    with DO.simulated(quick, token="t") as do:
        assert do.droplet.info(droplet["id"])["status"] == "active"


def test_what_lasts_goes_on_as_it_was_on_a_clock_of_the_same_kind(tmp_path: Path) -> None:
    with Simulator(ManualClock(START), state=tmp_path / "s") as simulator, DO.simulated(simulator, token="t") as do:
        do.droplet.create(**NEW, wait=False)
        before = list(simulator.account("t").store("event"))
    assert before
    with Simulator(ManualClock(START), state=tmp_path / "s") as again:
        assert list(again.account("t").store("event")) == before
