"""Machines behind Droplets, with an engine that is none: what is done when, and what becomes of failures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from dataclasses import replace
from typing import Any

import pytest

from doboto import DO, DOBOTOActionException, public_ipv4
from doboto.sim import InstantClock, ManualClock, RealClock, Settings, Simulator, snapshot
from doboto.sim.engine.records import ACTION
from doboto.sim.machines import EngineError, Machines, MachineSettings
from doboto.sim.machines.engine import Leftover
from doboto.sim.page.overview import overview
from doboto.sim.resources import image_actions
from doboto.sim.resources.account import email_of
from doboto.testing import ServedAccount

from .conftest import KEY, LONG, NEW, create
from .fake_engine import FakeEngine


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


def test_machine_is_created_without_a_further_request(do: DO, engine: FakeEngine) -> None:
    droplet = do.droplet.create(name="web-1", **NEW)
    while not engine.running:
        pass
    assert engine.of(droplet["id"]).hostname == "web-1"


def test_create_is_over_when_ssh_answers(do: DO, engine: FakeEngine) -> None:
    engine.free.clear()
    droplet = do.droplet.create(name="web-1", **NEW)
    for _ in range(20):
        assert do.droplet.info(droplet["id"])["status"] == "new"
    engine.free.set()
    assert do.droplet.wait(droplet["id"], timeout=LONG)["status"] == "active"


def test_creation_of_several_droplets_is_over_when_each_is(engine: FakeEngine, machines: Machines) -> None:
    engine.free.clear()
    with Simulator(RealClock(speed=500), Settings(names_link="batch"), machines=machines) as sim:
        do = DO.simulated(sim, timeout=LONG)
        do.droplet.create(names=["a", "b"], **NEW)

        def statuses() -> list[str]:
            do.droplet.list()
            return [action["status"] for action in sim.account("simulated").store(ACTION)]

        for _ in range(20):
            assert statuses() == ["in-progress"] * 3
        engine.free.set()
        while statuses() != ["completed"] * 3:
            pass


LIVES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("reboot", {}, ["stop", "start"]),
    ("power_cycle", {}, ["stop", "start"]),
    ("power_off", {}, ["stop"]),
    ("shutdown", {}, ["stop"]),
    ("rename", {"name": "other"}, []),
    ("snapshot_create", {"snapshot_name": "before"}, ["commit"]),
    ("rebuild", {"image": "ubuntu-22-04-x64"}, ["remove", "create", "run"]),
    ("password_reset", {}, ["start", "run", "stop", "start"]),
    ("ipv6_enable", {}, []),
]


@pytest.mark.parametrize(("action", "arguments", "calls"), LIVES)
def test_actions_are_done_to_the_container(
    do: DO, engine: FakeEngine, action: str, arguments: dict[str, Any], calls: list[str]
) -> None:
    droplet = create(do)
    engine.calls.clear()
    done = getattr(do.droplet, action)(droplet["id"], wait=True, timeout=LONG, **arguments)
    assert done["status"] == "completed"
    assert [call[0] for call in engine.calls] == calls


def test_power_on_and_resize_change_what_is_there(do: DO, engine: FakeEngine) -> None:
    id = create(do)["id"]
    do.droplet.power_off(id, wait=True, timeout=LONG)
    do.droplet.resize(id, "s-2vcpu-4gb", wait=True, timeout=LONG)
    name = engine.of(id).name
    assert engine.named("limit") == [("limit", name, "512", "2")]
    do.droplet.power_on(id, wait=True, timeout=LONG)
    assert name in engine.running


def test_droplet_of_a_snapshot_is_made_of_the_committed_disk(do: DO, engine: FakeEngine) -> None:
    first = create(do)["id"]
    for number in (1, 2):
        do.droplet.snapshot_create(first, snapshot_name=f"s{number}", wait=True, timeout=LONG)
    snapshots = {one["name"]: one["id"] for one in do.droplet.snapshot_list(first)}
    second = create(do, "web-2", image=snapshots["s1"])["id"]
    assert engine.of(second).image == engine.commits[0]
    do.droplet.rebuild(second, snapshots["s2"], wait=True, timeout=LONG)
    assert engine.of(second).image == engine.commits[1]


def test_automatic_backup_is_a_disk(do: DO, engine: FakeEngine, sim: Simulator) -> None:
    droplet = create(do, backups=True)["id"]
    account = sim.account("simulated")
    with sim.lock:
        account.apply_due_events(account.clock.now() + 2 * 86400)
        sim.commit(account)
    backup = do.droplet.backup_list(droplet)[0]["id"]
    copy = create(do, "copy", image=backup)["id"]
    assert engine.of(copy).image == engine.commits[0]


def test_snapshot_that_is_handed_over_keeps_its_disk(do: DO, engine: FakeEngine, sim: Simulator) -> None:
    first = create(do)["id"]
    do.droplet.snapshot_create(first, snapshot_name="s", wait=True, timeout=LONG)
    mine, theirs = sim.account("simulated"), sim.account("other")
    snapshot = mine.get("image", do.droplet.snapshot_list(first)[0]["id"])
    with sim.lock:
        transfer = image_actions.offer(mine, snapshot, email_of(theirs))
        image_actions.accept(theirs, snapshot["id"], transfer["id"])
        sim.commit(theirs)
    copy = create(DO.simulated(sim, token="other", timeout=LONG), "copy", image=snapshot["id"])["id"]
    assert copy == first
    assert sorted(one.image for one in engine.machines.values()) == sorted(["localhost/with-ssh:1", *engine.commits])
    assert engine.named("remove_image") == []


def test_deleted_snapshot_s_disk_is_removed(do: DO, engine: FakeEngine, sim: Simulator) -> None:
    droplet = create(do)["id"]
    do.droplet.snapshot_create(droplet, snapshot_name="s", wait=True, timeout=LONG)
    do.snapshot.destroy(do.droplet.snapshot_list(droplet)[0]["id"])
    while engine.commits:
        do.droplet.info(droplet)
    assert len(engine.named("remove_image")) == 1


def test_snapshot_without_a_disk_cannot_be_started_from(
    do: DO, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    droplet = create(do)["id"]
    do.droplet.snapshot_create(droplet, snapshot_name="s", wait=True, timeout=LONG)
    engine.commits.clear()
    with pytest.raises(DOBOTOActionException):
        create(do, "copy", image=do.droplet.snapshot_list(droplet)[0]["id"])
    assert "image 's' was made of a Droplet without a machine: there is no disk to start from" in caplog.text


def test_custom_image_is_found_by_its_name(
    engine: FakeEngine, settings: MachineSettings, caplog: pytest.LogCaptureFixture
) -> None:
    mine = Machines(engine, replace(settings, images={"golden": "localhost/with-ssh:1"}), answers=engine.is_up)
    with Simulator(RealClock(speed=500), machines=mine) as sim:
        do = DO.simulated(sim, timeout=LONG)
        more: dict[str, Any] = {"url": "https://example.com/x.qcow2", "region": "nyc3", "wait": True, "timeout": LONG}
        golden, other = (do.image.create(name=name, **more)["id"] for name in ("golden", "other"))
        assert engine.of(create(do, image=golden)["id"]).image == "localhost/with-ssh:1"
        with pytest.raises(DOBOTOActionException):
            create(do, image=other)
    assert "no container image is known for 'other'; name one in the setting `images` of machines" in caplog.text


def test_droplet_without_keys_gets_a_password(do: DO, engine: FakeEngine, sim: Simulator) -> None:
    key = do.ssh_key.create(name="me", public_key=KEY)
    secured, open = create(do, ssh_keys=[key["id"]])["id"], create(do, "web-2")["id"]
    assert [engine.of(open).name] == list(engine.inputs)
    first = password_of(sim, open)
    assert engine.inputs[engine.of(open).name] == f"{first}\n"
    do.droplet.password_reset(secured, wait=True, timeout=LONG)
    assert engine.inputs[engine.of(secured).name] == f"{password_of(sim, secured)}\n"
    assert password_of(sim, open) == first


def password_of(sim: Simulator, droplet_id: int) -> Any:
    account = sim.account("simulated")
    assert account.executor is not None
    described = account.executor.describe(account.name, droplet_id)
    assert described is not None
    return described["password"]


def test_password_is_in_no_log(do: DO, sim: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    droplet = create(do)["id"]
    assert "has a new password" in caplog.text
    assert password_of(sim, droplet) not in caplog.text


@pytest.mark.parametrize(("publish", "reachable"), [(True, True), (None, False)])
def test_ssh_port_is_published_where_addresses_cannot_be_reached(
    engine: FakeEngine, settings: MachineSettings, publish: bool | None, reachable: bool
) -> None:
    engine.has_reachable_addresses = reachable
    mine = Machines(engine, replace(settings, publish_ssh=publish), answers=engine.is_up)
    with Simulator(RealClock(speed=500), machines=mine) as sim:
        droplet = create(DO.simulated(sim, timeout=LONG))["id"]
        assert engine.of(droplet).publishes_ssh
        shown = mine.describe(sim.account("simulated").name, droplet)
        assert shown is not None
        assert shown["ssh"] == {"host": "127.0.0.1", "port": 40000}


def test_page_and_admin_interface_show_machines(sim: Simulator, engine: FakeEngine) -> None:
    do = DO.simulated(sim, timeout=LONG)
    droplet = create(do)
    (shown,) = overview(sim, None)["droplets"]
    assert shown["machine"]["ssh"] == {"host": public_ipv4(droplet), "port": 22}
    assert "console" not in shown["machine"]
    name = engine.of(droplet["id"]).name
    assert list_machines(sim) == [{"name": "web-1", "container": name, "console": []}]
    while not (console := list_machines(sim)[0]["console"]):
        pass
    assert console == [f"console of {name}"]


def list_machines(sim: Simulator) -> list[dict[str, Any]]:
    """What `/_sim/machines` says, in part."""
    with sim.serve() as server, urllib.request.urlopen(f"{server.url[:-3]}/_sim/machines", timeout=100) as response:
        found: list[dict[str, Any]] = json.load(response)["machines"]
    return [{name: one[name] for name in ("name", "container", "console")} for one in found]


def test_destroyed_droplet_leaves_no_container(do: DO, engine: FakeEngine, sim: Simulator) -> None:
    droplet = create(do)
    do.droplet.destroy(droplet["id"], wait=True, timeout=LONG)
    sim.close()
    assert engine.machines == {}


def test_end_of_the_simulator_removes_everything(do: DO, engine: FakeEngine, sim: Simulator) -> None:
    droplet = create(do)
    do.droplet.snapshot_create(droplet["id"], snapshot_name="s", wait=True, timeout=LONG)
    sim.close()
    assert (engine.machines, engine.networks, engine.commits) == ({}, {}, [])
    kinds = [call[1] for call in engine.named("discard")]
    assert kinds == sorted(kinds, key=["container", "network", "image"].index)


def test_accounts_have_machines_of_their_own(sim: Simulator, engine: FakeEngine) -> None:
    droplets = [create(DO.simulated(sim, token=token, timeout=LONG)) for token in ("one", "other")]
    assert droplets[0]["id"] == droplets[1]["id"]
    assert len(engine.machines) == 2
    # Both have a default VPC of the same range; the second account's Droplet is there, without its private address.
    assert sorted(len(one.attachments) for one in engine.machines.values()) == [1, 2]


def test_reset_account_loses_its_machines_and_gets_new_ones(sim: Simulator, engine: FakeEngine) -> None:
    do = DO.simulated(sim, timeout=LONG)
    name = engine.of(create(do)["id"]).name
    snapshot.reset(sim, None)
    assert engine.of(create(do)["id"]).name == name  # ids start over
    calls = [call[0] for call in engine.calls if call[1:] == (name,) and call[0] in ("create", "remove")]
    assert calls == ["create", "remove", "create"]


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


def test_machine_that_stops_while_it_boots_ends_as_errored_action(
    engine: FakeEngine,
    settings: MachineSettings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answers(_host: str, _port: int) -> bool:
        engine.running.clear()
        return False

    monkeypatch.setattr("doboto.sim.machines.jobs.ATTEMPTS", 0)
    mine = Machines(engine, settings, answers=answers)
    with Simulator(RealClock(speed=500), machines=mine) as sim, pytest.raises(DOBOTOActionException):
        create(DO.simulated(sim, timeout=LONG))
    assert "the machine has stopped; the console's last lines: console of doboto-" in caplog.text


def test_unknown_image_ends_as_errored_action(do: DO, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DOBOTOActionException):
        create(do, image="debian-12-x64")
    assert "no registry has docker.io/library/debian:12" in caplog.text


def test_failed_action_is_errored_and_the_droplet_stays(do: DO, engine: FakeEngine) -> None:
    id = create(do)["id"]
    engine.failures["stop"] = EngineError("fake stop failed")
    with pytest.raises(DOBOTOActionException):
        do.droplet.power_off(id, wait=True, timeout=LONG)
    assert do.droplet.info(id)["status"] == "active"


def test_more_machines_than_the_limit_are_refused(do: DO, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(3):
        create(do, f"web-{number}")
    with pytest.raises(DOBOTOActionException):
        create(do, "web-3")
    assert "there are 3 machines already; see the setting `limit`" in caplog.text
    do.droplet.destroy(do.droplet.list()[0]["id"], wait=True, timeout=LONG)
    create(do, "web-4")


def test_image_without_ssh_server_is_built_once(engine: FakeEngine, settings: MachineSettings) -> None:
    engine.images.add("docker.io/library/debian:12")
    mine = Machines(engine, replace(settings, images={}), answers=engine.is_up)
    with Simulator(RealClock(speed=500), machines=mine) as sim:
        do = DO.simulated(sim, timeout=LONG)
        first, second = (create(do, name, image="debian-12-x64")["id"] for name in ("a", "b"))
        assert (
            engine.of(first).image
            == engine.of(second).image
            == "localhost/doboto-machine/docker-io-library-debian-12:1"
        )
    assert len(engine.named("build")) == 1
    assert engine.named("build")[0][2].startswith("FROM docker.io/library/debian:12\n")


def test_leftovers_of_dead_processes_are_removed_at_start_and_others_stay(
    engine: FakeEngine, settings: MachineSettings
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    engine.left = [
        Leftover("network", "n", f"{dead.pid}-a"),
        Leftover("container", "c", f"{dead.pid}-a"),
        Leftover("image", "i", f"{os.getpid()}-a"),
    ]
    Machines(engine, settings).prepare()
    assert engine.named("discard") == [("discard", "container", "c"), ("discard", "network", "n")]


@pytest.mark.parametrize("clock", [ManualClock, InstantClock])
def test_clock_that_is_not_real_is_refused(machines: Machines, clock: Any) -> None:
    with pytest.raises(ValueError, match="machines run in real time"):
        Simulator(clock(), machines=machines)


WITHOUT = """
import sys
started = []
sys.addaudithook(lambda event, _: event in {"subprocess.Popen", "os.fork", "os.exec"} and started.append(event))
from doboto import DO
do = DO.simulated()
new = dict(region="nyc3", size="s-1vcpu-1gb", image="debian-12-x64")
id = do.droplet.create(name="a", wait=True, **new)["id"]
do.droplet.reboot(id, wait=True)
do.droplet.destroy(id)
print(*sys.modules, *(f"started:{event}" for event in started))
"""


def test_without_machines_nothing_of_them_is_imported_and_no_program_started() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True, timeout=300)
    found = done.stdout.split()
    assert "doboto.sim.simulator" in found
    assert [one for one in found if one.startswith(("doboto.sim.machines", "started:"))] == []


@pytest.fixture
def doboto_machines(machines: Machines) -> Machines:
    """The engine of the fixture that the pytest plugin brings."""
    return machines


def test_fixture_serves_droplets_with_machines(doboto_machine_server: ServedAccount, engine: FakeEngine) -> None:
    with DO(doboto_machine_server.token, doboto_machine_server.url) as client:
        droplet = client.droplet.create(name="web-1", wait=True, poll=0.01, timeout=LONG, **NEW)
    assert engine.of(droplet["id"]).name in engine.running
