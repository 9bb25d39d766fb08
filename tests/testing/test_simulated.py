"""Every client of a program becomes simulated, without a change to the program; frozen time and proxies do no harm."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import unittest
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

import doboto
from doboto import DO, AsyncDO
from doboto.sim import InstantClock, ManualClock, RealClock, Settings, Simulator
from doboto.testing import simulated, switchboard

NEW = {"name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
PROXY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def deploy() -> str:
    """A program that makes its own client."""
    with DO() as do:
        return str(do.droplet.create(NEW, wait=True)["status"])


async def deploy_async() -> str:
    async with AsyncDO("dop_v1_" + "0" * 64, url="https://api.digitalocean.com") as do:
        droplet = await do.droplet.create(NEW, wait=True)
        return str(droplet["status"])


def test_clients_of_both_kinds_are_simulated() -> None:
    with simulated() as simulator:
        assert deploy() == asyncio.run(deploy_async()) == "active"
        assert [one["name"] for one in DO(TOKEN).droplet.list()] == ["web-1", "web-1"]
        assert len(simulator.requests.filter("POST", "/v2/droplets")) == 2
    with pytest.raises(doboto.DOBOTOConfigurationException):
        DO()


TOKEN = "whatever"


@simulated()
def test_a_function_can_be_decorated() -> None:
    assert deploy() == "active"


@simulated()
def test_each_call_of_a_decorated_function_has_a_new_account() -> None:
    with DO() as do:
        assert do.droplet.list() == []


def test_a_coroutine_can_be_decorated() -> None:
    assert asyncio.run(simulated()(deploy_async)()) == "active"


@simulated()
class TestOfUnittest(unittest.TestCase):
    def test_a_class_can_be_decorated(self) -> None:
        self.assertEqual(deploy(), "active")  # noqa: PT009 - as such classes do


def test_it_can_be_nested() -> None:
    inner = Simulator(ManualClock())
    with simulated() as outer:
        with simulated(inner):
            deploy()
        deploy()
    assert [len(one.requests.filter("POST")) for one in (outer, inner)] == [1, 1]


def test_a_registered_token_keeps_its_scopes() -> None:
    simulator = Simulator(ManualClock())
    simulator.register("reader", scopes=["droplet:read"], account="simulated")
    with simulated(simulator), DO("reader") as reader:
        deploy()
        assert len(reader.droplet.list()) == 1
        with pytest.raises(doboto.DOBOTOForbiddenException):
            reader.droplet.create(NEW)


def test_a_program_with_a_transport_of_its_own_keeps_it() -> None:
    own = Simulator(ManualClock())
    with simulated() as simulator:
        DO.simulated(own).droplet.create(NEW)
    assert (len(own.requests), len(simulator.requests)) == (1, 0)


def test_the_fixture_shares_the_account_of_the_other_fixtures(doboto_simulated: Simulator, doboto_client: DO) -> None:
    deploy()
    assert [one["name"] for one in doboto_client.droplet.list()] == ["web-1"]
    assert len(doboto_simulated.requests.filter("POST")) == 1


def test_programs_are_told_by_their_environment(doboto_simulated_environment: Simulator) -> None:
    deploy()
    done = subprocess.run(
        [sys.executable, "-c", "import doboto.cli as cli; cli.main()", "droplet", "list", "--output", "json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert [one["name"] for one in json.loads(done.stdout)] == ["web-1"]
    assert doboto_simulated_environment.requests.filter("GET", "/v2/droplets")


@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_waits_in_the_process_take_no_real_time(
    kind: type[Any], monkeypatch: pytest.MonkeyPatch, doboto_simulated_environment: Simulator
) -> None:
    slept: list[float] = []
    real_sleep = asyncio.sleep
    monkeypatch.setattr("doboto.simulated._pause", slept.append)
    monkeypatch.setattr("asyncio.sleep", lambda seconds: slept.append(seconds) or real_sleep(0))
    before = doboto_simulated_environment.clock.now()

    async def create() -> Any:
        found = kind().droplet.create(NEW, wait=True)
        return await found if kind is AsyncDO else found

    assert asyncio.run(create())["status"] == "active"
    assert [seconds for seconds in slept if seconds >= 1] == []  # the server sleeps for less
    assert doboto_simulated_environment.clock.now() > before + 1


CHILD = """
import asyncio
from doboto import DO, AsyncDO

async def names():
    async with AsyncDO() as do:
        return [droplet["name"] for droplet in await do.droplet.list()]

with DO() as do:
    do.droplet.create(name="web-2", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64")
print(asyncio.run(names()))
"""


def test_clients_of_other_processes_are_simulated(
    monkeypatch: pytest.MonkeyPatch, doboto_simulated_environment: Simulator
) -> None:
    deploy()
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, PROXY)
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=False, timeout=300)
    assert (done.stdout, done.stderr) == ("['web-1', 'web-2']\n", "")
    assert len(doboto_simulated_environment.requests.filter("POST", "/v2/droplets")) == 2


# -- proxies


def test_proxies_in_the_environment_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, PROXY)
    monkeypatch.setenv("no_proxy", "example.com")
    with switchboard() as board:
        account = board.connect(Simulator(InstantClock()))
        with DO(account.token, account.url) as do:
            assert do.droplet.list() == []
        assert os.environ["no_proxy"].startswith("example.com,")
    assert os.environ["no_proxy"] == "example.com"


# -- frozen time


def ask(url: str) -> Any:
    request = urllib.request.Request(f"{url}/droplets", headers={"Authorization": "Bearer any"})
    with urllib.request.urlopen(request, timeout=100) as reply:
        return json.load(reply)


@pytest.fixture(params=["freezegun", "time-machine"])
def frozen(request: pytest.FixtureRequest) -> Any:
    """Freezes time in the past, as tests do."""
    if request.param == "freezegun":
        return lambda: pytest.importorskip("freezegun").freeze_time("2020-01-01")
    return lambda: pytest.importorskip("time_machine").travel("2020-01-01", tick=False)


@pytest.fixture
def bounded() -> Iterator[None]:
    """Not longer than a test may take, by a clock that nobody freezes."""
    began = time.clock_gettime(time.CLOCK_MONOTONIC)
    yield
    assert time.clock_gettime(time.CLOCK_MONOTONIC) - began < 100


@pytest.mark.usefixtures("bounded")
def test_a_server_starts_and_stops_while_time_is_frozen(frozen: Any) -> None:
    with frozen():
        simulator = Simulator(RealClock())
        with simulator.serve() as server:
            assert ask(server.url)["droplets"] == []
        assert simulator.clock.now() > 1_700_000_000


@pytest.mark.usefixtures("bounded")
def test_time_frozen_after_the_start_does_not_stop_the_clock(frozen: Any) -> None:
    simulator = Simulator(RealClock(speed=1000), Settings(requests_per_minute=0))
    with simulator.serve() as server:
        before = simulator.clock.now()
        with frozen():
            ask(server.url)
            assert before <= simulator.clock.now() < before + 600_000
        assert before <= simulator.clock.now() < before + 600_000


def test_a_simulated_client_works_while_time_is_frozen(frozen: Any) -> None:
    with frozen(), simulated():
        assert deploy() == "active"
