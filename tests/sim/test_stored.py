"""Each kind of records has a type; after each test the suite's clients check that what is stored is of that type."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import Simulator
from doboto.sim.engine.records import DROPLET

from .client import Client, in_process
from .stored import DECLARED, problems, problems_of

LARGE = {"droplet", "action", "image", "volume", "firewall", "load_balancer", "domain", "domain_record"}


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    found = Simulator()
    Client(found, in_process(found.app), None).create("web-1", tags=["web"], backups=True, ipv6=True)
    return found


def test_every_large_kind_has_a_type_of_its_own() -> None:
    assert set(DECLARED) >= LARGE
    assert dict not in DECLARED.values()


def test_account_with_a_droplet_is_as_declared(simulator: Simulator) -> None:
    account = simulator.account()
    assert account.dump().keys() >= {"droplet", "action", "tag", "vpc", "event", "counter"}
    assert problems_of(account) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"tags": None}, "droplet.tags: None is not list[str]"),
        ({"disk": "25"}, "droplet.disk: '25' is not <class 'int'>"),
        ({"disk": True}, "droplet.disk: True is not <class 'int'>"),
        ({"status": "ready"}, "droplet.status: 'ready' is not one of ('new', 'active', 'off', 'archive')"),
        ({"colour": 1}, "droplet has colour, which StoredDroplet does not know"),
        ({"networks": {"v4": []}}, "droplet.networks lacks v6"),
    ],
)
def test_record_of_another_type_is_found(simulator: Simulator, change: dict[str, Any], problem: str) -> None:
    (droplet,) = simulator.account().store(DROPLET)
    assert problems({**droplet, **change}, DECLARED["droplet"], "droplet") == [problem]
