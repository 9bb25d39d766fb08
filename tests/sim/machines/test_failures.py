"""What becomes of a simulator with machines when its time, its beginning or its end fails, and what it lets go of."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest

from doboto import DO
from doboto.sim import RealClock, Simulator
from doboto.sim.machines import EngineError, Machines, MachineSettings
from doboto.sim.machines.machine import Machine
from doboto.sim.machines.metadata import MetadataService
from doboto.sim.persistence import is_in_use

from .conftest import LONG, NEW, create
from .fake_engine import FakeEngine


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def test_time_goes_on_after_a_failure(
    engine: FakeEngine, machines: Machines, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("doboto.sim.machines.machines.TICK", 0.001)
    failed = threading.Event()

    def fail(*_: object) -> None:
        failed.set()
        raise OSError(28, "No space left on device")

    with Simulator(RealClock(speed=500), machines=machines) as simulator:
        monkeypatch.setattr(simulator, "commit", fail)
        assert failed.wait(100)
        monkeypatch.delattr(simulator, "commit")
        do = DO.simulated(simulator, timeout=LONG)
        id = do.droplet.create(name="web-1", **NEW)["id"]
        while machines._time is not None and machines._time.is_alive() and not engine.running:
            pass
        assert engine.of(id).name in engine.running
    assert "what is due could not be applied" in caplog.text
    assert "No space left on device" in caplog.text


def test_creation_that_the_end_cuts_short_is_not_noted_as_failed(
    engine: FakeEngine, settings: MachineSettings, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = Machines(engine, settings, answers=lambda _host, _port: False)
    with Simulator(RealClock(speed=500), state=state, machines=machines) as simulator:
        do = DO.simulated(simulator, timeout=LONG)
        id = do.droplet.create(name="web-1", **NEW)["id"]
        while not engine.running:
            pass
        time, closing = machines._time, list[bool]()
        assert time is not None
        join = time.join

        def note() -> None:
            closing.append(machines._worker.closing.is_set())
            join()

        monkeypatch.setattr(time, "join", note)
        machines._end_threads()
        assert closing == [False]  # time ends before anything is cut short
        assert [action["status"] for action in do.action.list()] == ["in-progress"]
    again = Machines(engine, settings, answers=engine.is_up)
    with Simulator(RealClock(speed=500), state=state, machines=again) as simulator:
        assert DO.simulated(simulator, timeout=LONG).droplet.wait(id, timeout=LONG)["status"] == "active"


def test_machine_that_cannot_be_stopped_is_logged(
    engine: FakeEngine, settings: MachineSettings, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    machines = Machines(engine, settings, answers=engine.is_up)
    with Simulator(RealClock(speed=500), state=state, machines=machines) as simulator:
        name = engine.of(create(DO.simulated(simulator, timeout=LONG))["id"]).name
        engine.failures["stop"] = EngineError("fake stop failed")
    assert f"stop of {name} failed: fake stop failed" in caplog.text


def test_end_that_fails_lets_go_of_the_file(engine: FakeEngine, machines: Machines, state: Path) -> None:
    simulator = Simulator(RealClock(), state=state, machines=machines)
    close = machines.close

    def fail() -> None:
        close()
        raise EngineError("fake close failed")

    machines.close = fail  # type: ignore[method-assign]
    with pytest.raises(EngineError, match="fake close failed"):
        simulator.close()
    assert not is_in_use(state)


@pytest.mark.parametrize("failing", ["Worker", "MachineFollower"])
def test_beginning_that_fails_leaves_no_metadata_service(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failing: str
) -> None:
    running: list[MetadataService] = []

    def fail(*_: object, **__: object) -> None:
        raise EngineError("fake version failed")

    monkeypatch.setattr(f"doboto.sim.machines.machines.{failing}", fail)
    monkeypatch.setattr(MetadataService, "start", lambda service: running.append(service))
    monkeypatch.setattr(MetadataService, "close", lambda service: running.remove(service))
    with pytest.raises(EngineError, match="fake version failed"):
        Simulator(RealClock(), machines=Machines(engine, MachineSettings(folder=str(tmp_path))))
    assert running == []


def test_machine_that_is_gone_is_forgotten(
    do: DO, sim: Simulator, engine: FakeEngine, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[str] = []
    monkeypatch.setattr(MetadataService, "forget", lambda _, machine: forgotten.append(machine.name))
    id, account = create(do)["id"], sim.account("simulated").name
    name = engine.of(id).name
    machine = weakref.ref(find(machines, account, id))
    machines.describe(account, id, with_console=True)
    do.droplet.destroy(id, wait=True, timeout=LONG)
    while machines._queue.last(name) is not None or machines._queue.last(f"console of {name}") is not None:
        pass
    assert forgotten == [name]
    create(do)  # threads keep their last job until the next one
    gc.collect()
    assert machine() is None


def find(machines: Machines, account: str, id: int) -> Machine:
    found = machines._follower.find(account, id)
    assert found is not None
    return found


class FakeNamespace:
    """A namespace in which nothing happens; every machine has the address 198.18.0.5."""

    def run(self, _function: Any) -> dict[str, str]:
        return {"198.18.0.5": "02:00:00:00:00:01"}

    def connect(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass


def test_metadata_service_knows_a_machine_by_its_last_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doboto.sim.machines.metadata.Namespace.of", lambda _: FakeNamespace())
    service = MetadataService(lambda one: {"id": one.droplet_id})
    monkeypatch.setattr(service, "_namespace", FakeNamespace())
    droplet: Any = {"networks": {"v4": [{"ip_address": "198.18.0.5", "type": "public"}]}}
    machine, other = (Machine("a", id, "m", droplet, {}, [], ("", ""), "", {}) for id in (1, 2))  # type: ignore[typeddict-item]
    for one in (machine, other, machine):
        service.connect(one, 4711)
    assert service._answer("169.254.1.2", "/metadata/v1/id") == "2"
    assert service._answer("169.254.1.3", "/metadata/v1/id") == "1"
    service.forget(machine)
    for address in ("169.254.1.1", "169.254.1.3"):
        with pytest.raises(LookupError):
            service._answer(address, "/metadata/v1/id")
