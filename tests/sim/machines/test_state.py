"""Machines of a simulator whose Droplets are kept in a file: they are stopped with it, and go on with the next one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doboto import DO
from doboto.sim import RealClock, Simulator
from doboto.sim.machines import EngineError, Machines, MachineSettings
from doboto.sim.machines.engine import Leftover
from doboto.sim.machines.leftovers import create_folder, find_abandoned, find_kept, new_id, remove

from .conftest import LONG, NEW, create
from .fake_engine import FakeEngine


class Killed(BaseException):
    """The end of a simulator that is killed."""


@contextmanager
def kept(engine: FakeEngine, settings: MachineSettings, state: Path, *, killed: bool = False) -> Iterator[DO]:
    """A client of a simulator with that file; a simulator that is killed closes nothing but what its process has."""
    machines = Machines(engine, settings, answers=engine.is_up)
    simulator = Simulator(RealClock(speed=500), state=state, machines=machines)
    yield DO.simulated(simulator, timeout=LONG)
    if killed:
        simulator.machines = None
        machines._end_threads()
    simulator.close()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.mark.parametrize("killed", [False, True], ids=["closed", "killed"])
def test_machines_go_on(engine: FakeEngine, settings: MachineSettings, state: Path, killed: bool) -> None:
    with kept(engine, settings, state, killed=killed) as do:
        on, off = create(do, "on")["id"], create(do, "off")["id"]
        do.droplet.power_off(off, wait=True, timeout=LONG)
        do.droplet.snapshot_create(on, snapshot_name="s", wait=True, timeout=LONG)
    names = {engine.of(on).name, engine.of(off).name}
    assert engine.running == ({engine.of(on).name} if killed else set())
    engine.calls.clear()
    with kept(engine, settings, state) as do:
        assert set(engine.machines) == names
        assert engine.running == {engine.of(on).name}
        assert engine.named("create") == engine.named("create_network") == []
        snapshot = do.droplet.snapshot_list(on)[0]["id"]
        assert engine.of(create(do, "copy", image=snapshot)["id"]).image == engine.commits[0]


def test_action_under_way_is_done_again(engine: FakeEngine, settings: MachineSettings, state: Path) -> None:
    with kept(engine, settings, state, killed=True) as do:
        id = create(do)["id"]
        do.droplet.snapshot_create(id, snapshot_name="s")
        do.droplet.create(name="new", **NEW)
    with kept(engine, settings, state) as do:
        while any(action["status"] == "in-progress" for action in do.action.list()):
            pass
        assert {action["status"] for action in do.action.list()} == {"completed"}
        assert [one["type"] for one in do.droplet.action_list(id)] == ["snapshot", "create"]
        new = next(one for one in do.droplet.list() if one["name"] == "new")
        assert engine.of(new["id"]).name in engine.running
    assert len(engine.commits) == 1


def test_droplet_that_was_destroyed_is_removed(engine: FakeEngine, settings: MachineSettings, state: Path) -> None:
    with kept(engine, settings, state, killed=True) as do:
        id = create(do)["id"]
        machine = engine.of(id)
        do.droplet.destroy(id, wait=True, timeout=LONG)
    engine.machines[machine.name] = machine  # the simulator was killed before it removed the machine
    with kept(engine, settings, state):
        assert engine.machines == {}


def test_machine_that_is_gone_starts_afresh(
    engine: FakeEngine, settings: MachineSettings, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with kept(engine, settings, state) as do:
        id = create(do)["id"]
    engine.machines.clear()
    with kept(engine, settings, state):
        assert engine.of(id).name in engine.running
    assert f"the machine of Droplet {id} is not there; it starts afresh" in caplog.text


def test_droplets_without_machines_get_some(engine: FakeEngine, settings: MachineSettings, state: Path) -> None:
    with Simulator(RealClock(speed=500), state=state) as simulator:
        ids = [create(DO.simulated(simulator, timeout=LONG), f"web-{number}")["id"] for number in range(4)]
    with kept(engine, settings, state) as do:
        assert len(engine.machines) == 3  # the limit
        assert len(do.droplet.list()) == len(ids)


def test_what_a_state_keeps_is_left_alone_while_there_is_the_file(
    engine: FakeEngine, settings: MachineSettings, state: Path
) -> None:
    folder = Path(settings.folder)
    with kept(engine, settings, state) as do:
        create(do)
    assert find_abandoned(engine, folder) == []
    found = find_kept(engine, folder, state)
    assert [one.kind for one in found] == ["container", "network", "network", "folder"]
    for file in state.parent.glob(f"{state.name}*"):
        file.unlink()
    assert find_abandoned(engine, folder) == found
    for one in found:
        remove(engine, folder, one)
    assert (engine.machines, engine.networks, list(folder.iterdir())) == ({}, {}, [])


def test_other_file_has_other_machines(engine: FakeEngine, settings: MachineSettings, state: Path) -> None:
    with kept(engine, settings, state) as do:
        create(do)
    engine.networks.clear()  # they have the same ranges
    with kept(engine, settings, state.with_name("other.db")) as do:
        create(do)
        assert len(engine.machines) == 2


@pytest.mark.parametrize("method", ["check", "discard"])
def test_failure_of_the_engine_lets_go_of_the_file(
    engine: FakeEngine, settings: MachineSettings, state: Path, method: str
) -> None:
    with kept(engine, settings, state, killed=True) as do:
        id = create(do)["id"]
        machine = engine.of(id)
        do.droplet.destroy(id, wait=True, timeout=LONG)
    engine.machines[machine.name] = machine  # it is to be removed at the next start
    engine.failures[method] = EngineError(f"fake {method} failed")
    with pytest.raises(EngineError, match=f"fake {method} failed"):
        Simulator(RealClock(), machines=Machines(engine, settings), state=state)
    Simulator(RealClock(), state=state).close()


def test_windows_sends_no_signal_to_look_for_a_process(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: int) -> None:
        pytest.fail("signal 0 is Ctrl-C on Windows")

    engine.left = [Leftover("container", "mine", new_id())]
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("os.kill", kill)
    assert find_abandoned(engine, tmp_path) == []


def test_process_that_got_the_number_of_a_dead_one_keeps_nothing(engine: FakeEngine, tmp_path: Path) -> None:
    mine = new_id()
    other = mine.replace(".", ".1")
    engine.left = [Leftover("container", "mine", mine), Leftover("container", "other", other)]
    assert [one.name for one in find_abandoned(engine, tmp_path)] == ["other"]


def test_folder_that_cannot_be_removed_stops_nobody(
    engine: FakeEngine, settings: MachineSettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    create_folder(Path(settings.folder) / "0-0000000a", None)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.rmtree", refuse)
    Machines(engine, settings).prepare()
    assert "could not remove the folder" in caplog.text
