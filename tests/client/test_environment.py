"""A program is pointed at another API, or at a simulated account, from outside."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from doboto import DO, AsyncDO, DOBOTOConfigurationException
from doboto.sim import ManualClock, Simulator

NAMES = ("DOBOTO_URL", "DIGITALOCEAN_API_URL", "DOBOTO_SIM", "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN")
REAL = "dop_v1_" + "0" * 64


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def make(flavour: str, *arguments: Any, **settings: Any) -> Any:
    return (DO if flavour == "blocking" else AsyncDO)(*arguments, **settings)


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, "https://api.digitalocean.com/v2"),
        ({"DOBOTO_URL": "http://localhost:8000"}, "http://localhost:8000/v2"),
        ({"DIGITALOCEAN_API_URL": "https://proxy.example/v2/"}, "https://proxy.example/v2"),
        (
            {"DOBOTO_URL": "https://one.example", "DIGITALOCEAN_API_URL": "https://two.example"},
            "https://one.example/v2",
        ),
        ({"DOBOTO_URL": "", "DIGITALOCEAN_API_URL": "https://two.example"}, "https://two.example/v2"),
        ({"DOBOTO_SIM": "0"}, "https://api.digitalocean.com/v2"),
    ],
)
def test_the_environment_names_the_api(
    environment: pytest.MonkeyPatch, flavour: str, variables: dict[str, str], url: str
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    assert make(flavour, "t").url == url
    assert make(flavour, "t", "https://mine.example").url == "https://mine.example/v2"


@pytest.mark.parametrize("name", ["DOBOTO_URL", "DIGITALOCEAN_API_URL"])
def test_a_url_of_the_environment_is_checked_like_any(environment: pytest.MonkeyPatch, flavour: str, name: str) -> None:
    environment.setenv(name, "http://api.example.test")
    with pytest.raises(DOBOTOConfigurationException, match="allow_http"):
        make(flavour, "t")
    environment.setenv(name, "ftp://api.example.test")
    with pytest.raises(DOBOTOConfigurationException, match="http or https"):
        make(flavour, "t")


PROGRAM = """
import asyncio, sys
from doboto import DO, AsyncDO
do = DO({token!r})
do.droplet.create(name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
async def names():
    return [one["name"] async for one in AsyncDO().droplet.each()]
print(asyncio.run(names()), [one["name"] for one in DO("other").droplet.list()])
"""


@pytest.mark.parametrize("token", [None, "t", REAL])
@pytest.mark.parametrize("yes", ["1", "true"])
def test_an_unchanged_program_runs_on_a_simulated_account(
    environment: pytest.MonkeyPatch, yes: str, token: str | None
) -> None:
    """The same for all clients of the process, whatever token they have, without a token and without waiting."""
    environment.setenv("DOBOTO_SIM", yes)
    command = [sys.executable, "-W", "error", "-c", PROGRAM.format(token=token)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.stderr, done.stdout) == ("", "['web-1'] ['web-1']\n")


def test_what_is_neither_yes_nor_no_is_refused(environment: pytest.MonkeyPatch, flavour: str) -> None:
    environment.setenv("DOBOTO_SIM", "maybe")
    with pytest.raises(DOBOTOConfigurationException, match="DOBOTO_SIM"):
        make(flavour, "t")


def test_a_client_that_names_its_api_or_simulator_has_that_one(environment: pytest.MonkeyPatch, flavour: str) -> None:
    environment.setenv("DOBOTO_SIM", "1")
    assert make(flavour, "t", "https://mine.example").url == "https://mine.example/v2"
    sim = Simulator(ManualClock(1_790_000_000))
    client = (DO if flavour == "blocking" else AsyncDO).simulated(sim)
    found: Any = client.account.info()
    assert (found if flavour == "blocking" else asyncio.run(found))["status"] == "active"
    assert sim.account("simulated") is not None
