"""Machines behind Droplets, with an engine that is none: what is done when, and what becomes of failures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from doboto import DO, DOBOTOActionException, public_ipv4
from doboto.sim import InstantClock, ManualClock, RealClock, Simulator, snapshot
from doboto.sim.machines import EngineError, Machines, MachineSettings
from doboto.sim.machines.engine import Leftover
from doboto.testing import ServedAccount

from .fake_engine import FakeEngine

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbK5mNPEnFLkDvGVCQ0CkXdXxTHTtBxWvbQ3DsQb9ex me"
NEW = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
SETTINGS = MachineSettings(images={"ubuntu": "localhost/with-ssh:1"}, limit=3)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def machines(engine: FakeEngine) -> Machines:
    return Machines(engine, SETTINGS, answers=engine.is_up)


@pytest.fixture
def sim(machines: Machines) -> Iterator[Simulator]:
    with Simulator(RealClock(speed=500), machines=machines) as simulator:
        yield simulator


@pytest.fixture
def do(sim: Simulator) -> DO:
    return DO.simulated(sim)


def create(do: DO, name: str = "web-1", **more: Any) -> Any:
    return do.droplet.create(name=name, wait=True, timeout=3000, **{**NEW, **more})


def test_droplet_is_a_container_with_its_name_addresses_key_and_user_data(do: DO, engine: FakeEngine) -> None:
    key = do.ssh_key.create(name="me", public_key=KEY)
    droplet = create(do, ssh_keys=[key["id"]], user_data="#!/bin/sh\necho made\n")
    machine = engine.of(droplet["id"])
    assert (machine.hostname, machine.image) == ("web-1", "localhost/with-ssh:1")
    private = next(one["ip_address"] for one in droplet["networks"]["v4"] if one["type"] == "private")
    assert [one.address for one in machine.attachments] == [public_ipv4(droplet), private]
    assert machine.environment["MACHINE_KEYS"] == KEY
    assert machine.environment["MACHINE_USER_DATA"] == "#!/bin/sh\necho made\n"
    assert (machine.memory, machine.cpus) == (128, 1)


def test_create_is_over_when_ssh_answers(do: DO, engine: FakeEngine) -> None:
    engine.free.clear()
    droplet = do.droplet.create(name="web-1", **NEW)
    for _ in range(20):
        assert do.droplet.info(droplet["id"])["status"] == "new"
    engine.free.set()
    assert do.droplet.wait(droplet["id"], timeout=3000)["status"] == "active"


LIVES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("reboot", {}, ["stop", "start"]),
    ("power_cycle", {}, ["stop", "start"]),
    ("power_off", {}, ["stop"]),
    ("shutdown", {}, ["stop"]),
    ("rename", {"name": "other"}, []),
    ("snapshot_create", {"snapshot_name": "before"}, ["commit"]),
    ("rebuild", {"image": "ubuntu-22-04-x64"}, ["remove", "create"]),
    ("ipv6_enable", {}, []),
]


@pytest.mark.parametrize(("action", "arguments", "calls"), LIVES)
def test_actions_are_done_to_the_container(
    do: DO, engine: FakeEngine, action: str, arguments: dict[str, Any], calls: list[str]
) -> None:
    droplet = create(do)
    engine.calls.clear()
    done = getattr(do.droplet, action)(droplet["id"], wait=True, timeout=3000, **arguments)
    assert done["status"] == "completed"
    assert [call[0] for call in engine.calls] == calls


def test_power_on_and_resize_change_what_is_there(do: DO, engine: FakeEngine) -> None:
    id = create(do)["id"]
    do.droplet.power_off(id, wait=True)
    do.droplet.resize(id, "s-2vcpu-4gb", wait=True, timeout=3000)
    name = engine.of(id).name
    assert engine.named("limit") == [("limit", name, "512", "2")]
    do.droplet.power_on(id, wait=True, timeout=3000)
    assert name in engine.running


def test_droplet_of_a_snapshot_is_made_of_the_committed_disk(do: DO, engine: FakeEngine) -> None:
    first = create(do)["id"]
    for number in (1, 2):
        do.droplet.snapshot_create(first, snapshot_name=f"s{number}", wait=True, timeout=3000)
    snapshots = {one["name"]: one["id"] for one in do.droplet.snapshot_list(first)}
    second = create(do, "web-2", image=snapshots["s1"])["id"]
    assert engine.of(second).image == engine.commits[0]
    do.droplet.rebuild(second, snapshots["s2"], wait=True, timeout=3000)
    assert engine.of(second).image == engine.commits[1]


def test_destroyed_droplet_leaves_no_container(do: DO, engine: FakeEngine, sim: Simulator) -> None:
    droplet = create(do)
    do.droplet.destroy(droplet["id"], wait=True)
    sim.close()
    assert engine.machines == {}


def test_end_of_the_simulator_removes_everything(do: DO, engine: FakeEngine, sim: Simulator) -> None:
    droplet = create(do)
    do.droplet.snapshot_create(droplet["id"], snapshot_name="s", wait=True, timeout=3000)
    sim.close()
    assert (engine.machines, engine.networks, engine.commits) == ({}, {}, [])
    kinds = [call[1] for call in engine.named("discard")]
    assert kinds == sorted(kinds, key=["container", "network", "image"].index)


def test_accounts_have_machines_of_their_own(sim: Simulator, engine: FakeEngine) -> None:
    droplets = [create(DO.simulated(sim, token=token)) for token in ("one", "other")]
    assert droplets[0]["id"] == droplets[1]["id"]
    assert len(engine.machines) == 2
    # Both have a default VPC of the same range; the second account's Droplet is there, without its private address.
    assert sorted(len(one.attachments) for one in engine.machines.values()) == [1, 2]


def test_reset_account_loses_its_machines_and_gets_new_ones(sim: Simulator, engine: FakeEngine) -> None:
    do = DO.simulated(sim)
    before = engine.of(create(do)["id"]).name
    snapshot.reset(sim, None)
    after = engine.of(create(do)["id"]).name
    sim.close()
    assert before != after
    assert ("remove", before) in engine.calls


FAILURES = {
    "create": "fake create failed: no space left on device",
    "create_network": "fake network failed: permission denied",
}


@pytest.mark.parametrize("method", FAILURES)
def test_machine_that_cannot_be_created_ends_as_errored_action(
    do: DO, engine: FakeEngine, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine.failures[method] = EngineError(FAILURES[method])
    with pytest.raises(DOBOTOActionException):
        create(do)
    assert do.droplet.list() == []
    assert FAILURES[method] in caplog.text


def test_unknown_image_ends_as_errored_action(do: DO, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DOBOTOActionException):
        create(do, image="debian-12-x64")
    assert "no registry has docker.io/library/debian:12" in caplog.text


def test_failed_action_is_errored_and_the_droplet_stays(do: DO, engine: FakeEngine) -> None:
    id = create(do)["id"]
    engine.failures["stop"] = EngineError("fake stop failed")
    with pytest.raises(DOBOTOActionException):
        do.droplet.power_off(id, wait=True)
    assert do.droplet.info(id)["status"] == "active"


def test_more_machines_than_the_limit_are_refused(do: DO, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(3):
        create(do, f"web-{number}")
    with pytest.raises(DOBOTOActionException):
        create(do, "web-3")
    assert "there are 3 machines already; see the setting `limit`" in caplog.text
    do.droplet.destroy(do.droplet.list()[0]["id"], wait=True)
    create(do, "web-4")


def test_console_shows_the_machine_s_last_lines(do: DO, sim: Simulator, machines: Machines) -> None:
    droplet = create(do)
    account = sim.account("simulated").name
    assert machines.console(account, droplet["id"]).startswith("console of doboto-")
    assert machines.console(account, 1) == ""


def test_image_without_ssh_server_is_built_once(engine: FakeEngine) -> None:
    engine.images.add("docker.io/library/debian:12")
    settings = MachineSettings(limit=3)
    with Simulator(RealClock(speed=500), machines=Machines(engine, settings, answers=engine.is_up)) as sim:
        do = DO.simulated(sim)
        first, second = (create(do, name, image="debian-12-x64")["id"] for name in ("a", "b"))
        assert (
            engine.of(first).image
            == engine.of(second).image
            == "localhost/doboto-machine/docker-io-library-debian-12:1"
        )
    assert len(engine.named("build")) == 1
    assert engine.named("build")[0][2].startswith("FROM docker.io/library/debian:12\n")


def test_leftovers_of_dead_processes_are_removed_at_start_and_others_stay(engine: FakeEngine) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    engine.left = [
        Leftover("network", "n", dead.pid),
        Leftover("container", "c", dead.pid),
        Leftover("image", "i", os.getpid()),
    ]
    Machines(engine, SETTINGS).prepare()
    assert engine.named("discard") == [("discard", "container", "c"), ("discard", "network", "n")]


@pytest.mark.parametrize("clock", [ManualClock, InstantClock])
def test_clock_that_is_not_real_is_refused(machines: Machines, clock: Any) -> None:
    with pytest.raises(ValueError, match="machines run in real time"):
        Simulator(clock(), machines=machines)


def test_state_is_refused(machines: Machines, tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="cannot be combined with state"):
        Simulator(machines=machines, state=tmp_path / "state.db")


def test_without_machines_nothing_of_them_is_imported() -> None:
    program = "import sys; from doboto import DO; DO.simulated().droplet.list(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    modules = loaded.stdout.split()
    assert "doboto.sim.simulator" in modules
    assert [module for module in modules if module.startswith("doboto.sim.machines")] == []


@pytest.fixture
def doboto_machines(machines: Machines) -> Machines:
    """The engine of the fixture that the pytest plugin brings."""
    return machines


def test_fixture_serves_droplets_with_machines(doboto_machine_server: ServedAccount, engine: FakeEngine) -> None:
    with DO(doboto_machine_server.token, doboto_machine_server.url) as client:
        droplet = client.droplet.create(name="web-1", wait=True, poll=0.01, timeout=30, **NEW)
    assert engine.of(droplet["id"]).name in engine.running
