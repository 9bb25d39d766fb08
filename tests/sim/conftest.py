"""The simulator's suite runs in process, over HTTP and over HTTPS: `client` is one of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from doboto.sim import ManualClock, Settings, Simulator
from doboto.sim.http.server import serve

from .client import Client, Transport, in_process, over_http
from .specification import Specification
from .stored import check

#: A moment with nothing special about it: Tuesday, 2026-03-10 10:30:00 UTC.
START = 1_773_138_600.0

Simulate = Callable[..., Client]


class Switchboard:
    """One server for the whole session; each test puts its own app behind it."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


def _serve(*, tls: bool) -> Iterator[tuple[Switchboard, Transport]]:
    switchboard = Switchboard()
    with serve(switchboard, tls=tls) as server:
        transport, pool = over_http(server.origin, server.ca_file)
        yield switchboard, transport
        pool.clear()


@pytest.fixture(scope="session")
def http_server() -> Iterator[tuple[Switchboard, Transport]]:
    yield from _serve(tls=False)


@pytest.fixture(scope="session")
def https_server() -> Iterator[tuple[Switchboard, Transport]]:
    yield from _serve(tls=True)


@pytest.fixture(scope="session")
def specification(request: pytest.FixtureRequest) -> Specification | None:
    try:
        return Specification(request.getfixturevalue("openapi"))
    except pytest.skip.Exception:
        return None  # the tests then say what they can without it; test_contract says that it was skipped


@pytest.fixture(params=["in process", "http", "https"])
def simulate(request: pytest.FixtureRequest, specification: Specification | None) -> Iterator[Simulate]:
    """Makes a client of a new simulator with given settings; what is stored in the end has to be of its type."""
    made: list[Simulator] = []

    def make(clock: Any = None, seed: int = 0, **settings: Any) -> Client:
        sim = Simulator(clock or ManualClock(START), Settings(**{"requests_per_minute": 0, **settings}), seed)
        made.append(sim)
        if request.param == "in process":
            return Client(sim, in_process(sim.app), specification)
        switchboard, transport = request.getfixturevalue(f"{request.param}_server")
        switchboard.app = sim.app
        return Client(sim, transport, specification)

    yield make
    for sim in made:
        check(sim)


@pytest.fixture
def client(simulate: Simulate) -> Client:
    return simulate()


@pytest.fixture
def clock(client: Client) -> ManualClock:
    found = client.sim.clock
    assert isinstance(found, ManualClock)
    return found
