"""What a client makes of the simulator's faults: the same in process as over a socket, in both flavours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from doboto import DO, AsyncDO, Retry
from doboto.errors import (
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOInvalidResponseException,
    DOBOTOServerException,
    DOBOTOTimeoutException,
)
from doboto.sim import InstantClock, ManualClock, RealClock, Simulator

from .conftest import Blockingly, one
from .patience import AMPLE

EXPECTED: dict[str, tuple[dict[str, Any], type[DOBOTOException]]] = {
    "dropped": ({"kind": "drop"}, DOBOTOConnectionException),
    "dropped after": ({"kind": "drop", "when": "after"}, DOBOTOConnectionException),
    "cut": ({"kind": "cut", "arguments": {"bytes": 20}}, DOBOTOConnectionException),
    "late": ({"kind": "latency", "arguments": {"seconds": 1_000_000}}, DOBOTOTimeoutException),
    "no JSON": ({"kind": "not_json"}, DOBOTOInvalidResponseException),
    "gateway": (
        {"kind": "status", "arguments": {"status": 502, "body": "<html>Bad Gateway</html>", "bare": True}},
        DOBOTOServerException,
    ),
}


@pytest.fixture(params=["in process", "over a socket"])
def place(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def sim(place: str) -> Simulator:
    return Simulator(ManualClock(1_790_000_000) if place == "in process" else RealClock(speed=1000))


@pytest.fixture
def api(place: str, flavour: str, sim: Simulator, runner: asyncio.Runner) -> Iterator[Any]:
    """A client that sends everything once and has the patience for a reply that comes."""
    kind: Any = DO if flavour == "blocking" else AsyncDO
    if place == "in process":
        made = kind.simulated(sim, retry=Retry.never())
        yield made if flavour == "blocking" else Blockingly(made, runner)
        return
    with sim.serve() as server:
        made = kind("simulated", url=server.url, retry=Retry.never(), timeout=AMPLE, read_timeout=AMPLE)
        yield made if flavour == "blocking" else Blockingly(made, runner)
        made.close() if flavour == "blocking" else runner.run(made.aclose())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_fault_is_the_same_error_in_process_and_over_a_socket(name: str, sim: Simulator, api: Any) -> None:
    rule, kind = EXPECTED[name]
    if kind is DOBOTOTimeoutException:
        api = api.with_options(read_timeout=0.2)
    sim.faults.load([{"method": "POST", "path": "/v2/droplets", **rule}])
    with pytest.raises(kind) as caught:
        api.request("POST", "/droplets", body=one())
    assert type(caught.value) is kind
    assert getattr(caught.value, "sent", True)


def test_a_client_in_process_gives_up_when_its_patience_ends_and_the_effect_happens() -> None:
    sim = Simulator(ManualClock(1_790_000_000))
    sim.faults.add("latency", seconds=600, method="POST", count=1)
    do = DO.simulated(sim, retry=Retry.never(), read_timeout=45)
    with pytest.raises(DOBOTOTimeoutException):
        do.request("POST", "/droplets", body=one())
    assert sim.clock.now() == 1_790_000_045
    assert len(do.droplet.list()) == 1


def test_latency_beyond_patience_is_a_time_out_at_once_where_nothing_takes_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gc_paused: list[float] = []

    async def pause(seconds: float) -> None:
        gc_paused.append(seconds)

    monkeypatch.setattr("doboto.sim.engine.clock._sleep", pause)
    sim = Simulator(InstantClock())
    sim.faults.add("latency", seconds=600, count=1)
    with pytest.raises(DOBOTOTimeoutException):
        DO.simulated(sim, retry=Retry.never(), read_timeout=45).droplet.list()
    assert gc_paused == [0.0]


def test_pauses_add_up_till_the_client_gives_up() -> None:
    sim = Simulator(ManualClock(1_790_000_000))
    sim.faults.add("latency", seconds=30)
    sim.faults.add("latency", seconds=30, when="after")
    do = DO.simulated(sim, retry=Retry.never(), read_timeout=60)
    assert do.droplet.list() == []
    with pytest.raises(DOBOTOTimeoutException):
        do.with_options(read_timeout=59).droplet.list()
