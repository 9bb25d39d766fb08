"""Simulators with machines that are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from doboto import DO
from doboto.sim import RealClock, Simulator
from doboto.sim.machines import Machines, MachineSettings

from .fake_engine import FakeEngine

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbK5mNPEnFLkDvGVCQ0CkXdXxTHTtBxWvbQ3DsQb9ex me"
NEW = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
#: Seconds of a clock that runs 500 times as fast: no test comes near to them.
LONG = 100_000
SETTINGS = MachineSettings(images={"ubuntu": "localhost/with-ssh:1"}, limit=3, metadata=False)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def settings(tmp_path: Path) -> MachineSettings:
    return replace(SETTINGS, folder=str(tmp_path / "machines"))


@pytest.fixture
def machines(engine: FakeEngine, settings: MachineSettings) -> Machines:
    return Machines(engine, settings, answers=engine.is_up)


@pytest.fixture
def sim(machines: Machines) -> Iterator[Simulator]:
    with Simulator(RealClock(speed=500), machines=machines) as simulator:
        yield simulator


@pytest.fixture
def do(sim: Simulator) -> DO:
    return DO.simulated(sim, timeout=LONG)


def create(do: DO, name: str = "web-1", **more: Any) -> Any:
    return do.droplet.create(name=name, wait=True, timeout=LONG, **{**NEW, **more})
