"""A simulator with a program that uses it, for the page to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3

from doboto.sim import ManualClock, Server, Settings, Simulator

#: A moment with nothing special about it: Tuesday, 2026-03-10 10:30:00 UTC.
START = 1_773_138_600.0


class Program:
    """A client of the simulated account, and whoever looks at it."""

    def __init__(self, simulator: Simulator, server: Server, pool: urllib3.PoolManager) -> None:
        self.simulator = simulator
        self.server = server
        self._pool = pool

    def call(self, method: str, path: str, body: object = None, token: str | None = "token") -> Any:
        """A request to the API; what came back, as JSON."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        reply = self._pool.request(method, self.server.url + path, headers=headers, json=body)
        return reply.json() if reply.data else None

    def create(self, name: str = "web-01", token: str = "token", **members: Any) -> Any:
        """A new Droplet."""
        wanted = {"name": name, "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", **members}
        return self.call("POST", "/droplets", wanted, token)["droplet"]

    def overview(self, account: str = "") -> Any:
        """What the page gets to know."""
        return self._pool.request("GET", f"{self.server.origin}/_sim/overview?account={account}").json()


Started = Callable[..., Program]


@pytest.fixture
def start() -> Iterator[Started]:
    """Starts a simulator, at most one a test; served till the test is over."""
    with urllib3.PoolManager(retries=False) as pool:
        running: list[Any] = []

        def started(clock: Any = None, **settings: Any) -> Program:
            simulator = Simulator(
                clock or ManualClock(START),
                Settings(**{"requests_per_minute": 0, "default_vpc_prefix": 16, "v4_order": "public", **settings}),
            )
            running.append(simulator.serve())
            return Program(simulator, running[0].__enter__(), pool)

        yield started
        for one in running:
            one.__exit__(None, None, None)


@pytest.fixture
def program(start: Started) -> Program:
    return start()
