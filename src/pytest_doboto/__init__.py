"""Fixtures for tests of programs that use DigitalOcean; the documentation's page "Testing your own code" shows them.

pytest loads this package in every run, wanted or not, so it lies beside `doboto` and not in it, and imports that only
in fixtures.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from .guard import Guard

if TYPE_CHECKING:
    from doboto import DO, AsyncDO
    from doboto.sim import Settings, Simulator, SimulatorClock
    from doboto.sim.machines import Machines
    from doboto.testing import ServedAccount, Switchboard

GUARD = "doboto-guard"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option."""
    parser.addini(
        "doboto_real_api", "let tests talk to the real DigitalOcean API (default: false)", "bool", default=False
    )


def pytest_configure(config: pytest.Config) -> None:
    """Guard the run, unless its configuration says otherwise."""
    if not config.getini("doboto_real_api"):
        config.pluginmanager.register(Guard(), GUARD)


@pytest.fixture
def doboto_clock() -> SimulatorClock:
    """The clock of `doboto_simulator`: it stands still until a test moves it or a client of the simulator waits.

    Override it to test with another one.
    """
    clock: SimulatorClock = _import("doboto.sim").ManualClock()
    return clock


@pytest.fixture
def doboto_settings() -> Settings:
    """The settings of `doboto_simulator` and `doboto_server`. Override it to test with others."""
    settings: Settings = _import("doboto.sim").Settings()
    return settings


@pytest.fixture
def doboto_simulator(doboto_clock: SimulatorClock, doboto_settings: Settings) -> Simulator:
    """A fresh simulated DigitalOcean, in this process."""
    simulator: Simulator = _import("doboto.sim").Simulator(doboto_clock, doboto_settings)
    return simulator


@pytest.fixture
def doboto_client(doboto_simulator: Simulator) -> Iterator[DO]:
    """A blocking client of `doboto_simulator`."""
    from doboto import DO

    with DO.simulated(doboto_simulator) as client:
        yield client


@pytest.fixture
def doboto_async_client(doboto_simulator: Simulator) -> AsyncDO:
    """An asynchronous client of `doboto_simulator`; it holds nothing that must be closed."""
    from doboto import AsyncDO

    return AsyncDO.simulated(doboto_simulator)


@pytest.fixture
def doboto_simulated(doboto_simulator: Simulator) -> Iterator[Simulator]:
    """`doboto_simulator`, and every `DO()` and `AsyncDO()` that is made in this process is a client of it."""
    with _import("doboto.testing").simulated(doboto_simulator):
        yield doboto_simulator


@pytest.fixture
def doboto_simulated_environment(doboto_server_clock: SimulatorClock, doboto_settings: Settings) -> Iterator[Simulator]:
    """A fresh simulator for clients in this process, and for programs that the test starts, by their environment."""
    simulator = _import("doboto.sim").Simulator(doboto_server_clock, doboto_settings)
    with _import("doboto.testing").simulated(simulator, environment=True):
        yield simulator


@pytest.fixture
def doboto_server_clock() -> SimulatorClock:
    """The clock of `doboto_server`: what was begun is over at the next request, since clients wait in real time.

    Override it to test with another one.
    """
    clock: SimulatorClock = _import("doboto.sim").InstantClock()
    return clock


@pytest.fixture
def doboto_server(
    doboto_switchboard: Switchboard, doboto_server_clock: SimulatorClock, doboto_settings: Settings
) -> ServedAccount:
    """A fresh simulated DigitalOcean over HTTP, with an account for the test: `url`, `token`, `simulator`."""
    return doboto_switchboard.connect(_import("doboto.sim").Simulator(doboto_server_clock, doboto_settings))


@pytest.fixture
def doboto_machines() -> Machines | str:
    """The container engine of `doboto_machine_server`; override it for docker, or for `Machines` with settings."""
    return "podman"


@pytest.fixture
def doboto_machine_server(
    doboto_switchboard: Switchboard, doboto_machines: Machines | str, doboto_settings: Settings
) -> Iterator[ServedAccount]:
    """A fresh simulated DigitalOcean over HTTP, in real time, with a container behind every Droplet."""
    sim = _import("doboto.sim")
    with sim.Simulator(sim.RealClock(), doboto_settings, machines=doboto_machines) as simulator:
        yield doboto_switchboard.connect(simulator)


@pytest.fixture(scope="session")
def doboto_switchboard() -> Iterator[Switchboard]:
    """The server that all tests of a process share."""
    with _import("doboto.testing").switchboard() as board:
        yield board


@pytest.fixture
def doboto_real_api(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let this test talk to the real API."""
    guard: Guard | None = request.config.pluginmanager.get_plugin(GUARD)
    if guard is None:
        yield
        return
    guard.lifted = True
    yield
    guard.lifted = False


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        from doboto._version import install_command

        pytest.fail(f"the simulator needs {package}: {install_command('sim')}", pytrace=False)
