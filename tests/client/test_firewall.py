"""Firewalls: every operation in both clients, held against the specification; what is lost is found."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOConflictException, DOBOTONotFoundException, DOBOTOOutcomeUnknownException
from doboto.sim import Simulator

from .conftest import Log, one
from .contract import Contract

SSH = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0", "::/0"]}}
PING = {"protocol": "icmp", "ports": "0", "sources": {"addresses": ["0.0.0.0/0"]}}
OUT = {"protocol": "tcp", "ports": "0", "destinations": {"addresses": ["0.0.0.0/0"]}}
DATA = {"name": "web", "inbound_rules": [SSH]}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def firewall(api: Any) -> Any:
    return api.firewall.create(**DATA)


@pytest.fixture
def droplets(api: Any) -> list[int]:
    return [api.droplet.create(one(name, tags=["web"]), wait=True)["id"] for name in ("web-1", "web-2")]


def test_life_of_a_firewall(api: Any, droplets: list[int], contract: Contract) -> None:
    reports: list[Any] = []
    firewall = api.firewall.create(**DATA, droplet_ids=droplets[:1], wait=True, progress=reports.append)
    id = firewall["id"]
    assert (firewall["status"], firewall["pending_changes"]) == ("succeeded", [])
    assert reports[0].what == "create"
    assert api.firewall.list() == list(api.firewall.each()) == [api.firewall.info(id)] == [firewall]
    assert api.droplet.firewall_list(droplets[0]) == [firewall]

    for change, given, field, left in (
        (api.firewall.droplet_add, droplets[1:], "droplet_ids", droplets),
        (api.firewall.droplet_remove, droplets, "droplet_ids", []),
        (api.firewall.tag_add, ["web"], "tags", ["web"]),
        (api.firewall.tag_remove, ["web"], "tags", []),
    ):
        assert change(id, given, wait=True) is None
        seen = api.firewall.info(id)
        assert (seen[field], seen["status"]) == (left, "succeeded")

    assert api.firewall.rule_add(id, [PING], [OUT], wait=True) is None
    assert api.firewall.info(id)["inbound_rules"] == [SSH, PING]
    assert api.firewall.rule_remove(id, outbound_rules=[OUT]) is None
    assert api.firewall.info(id)["outbound_rules"] == []

    changed = api.firewall.update(id, name="front", outbound_rules=[OUT], tags=["web"], wait=True)
    assert (changed["name"], changed["inbound_rules"], changed["status"]) == ("front", [], "succeeded")
    assert api.firewall.destroy(id) is None
    with pytest.raises(DOBOTONotFoundException):
        api.firewall.destroy(id)
    assert api.firewall.destroy(id, missing_ok=True) is None
    assert len({name for name in contract.asked if name.startswith("firewalls")}) == 11


def test_without_wait_a_change_is_still_under_way(api: Any, firewall: Any, droplets: list[int]) -> None:
    api.firewall.droplet_add(firewall["id"], droplets)
    assert api.firewall.info(firewall["id"])["status"] == "waiting"
    there, created = api.firewall.present(**DATA, wait=True)
    assert (there["status"], created) == ("succeeded", None)


def test_present(api: Any, firewall: Any, log: Log) -> None:
    log.take()
    assert api.firewall.present(**DATA) == (firewall, None)
    assert log.take() == ["GET /firewalls?page=1"]
    there, created = api.firewall.present(name="other", outbound_rules=[OUT])
    assert there == created
    with pytest.raises(DOBOTOConflictException):
        api.firewall.create(**DATA)


def test_bad_input_is_told_before_any_request(api: Any, log: Log) -> None:
    for call in (
        lambda: api.firewall.create(inbound_rules=[SSH]),
        lambda: api.firewall.create(name="web"),
        lambda: api.firewall.create(name="web", inbound_rules=[]),
        lambda: api.firewall.update("some-id", name="web"),
        lambda: api.firewall.update("", **DATA),
        lambda: api.firewall.info(""),
        lambda: api.firewall.droplet_add("some-id", []),
        lambda: api.firewall.tag_remove("some-id", []),
        lambda: api.firewall.rule_add("some-id"),
        lambda: api.firewall.rule_remove("some-id", []),
        lambda: api.firewall.rule_add("some-id", [SSH], poll=0),
    ):
        with pytest.raises(ValueError, match="name|rule|id|tags|poll"):
            call()
    for call in (lambda: api.firewall.tag_add("some-id", "web"), lambda: api.firewall.rule_add("some-id", SSH)):
        with pytest.raises(TypeError, match="must be a list"):
            call()
    assert log.take() == []


def test_one_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/firewalls", count=1, when="after")
    assert api.firewall.create(**DATA, wait=True)["name"] == "web"
    assert log.count("POST /firewalls") == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_droplets_are_added_though_an_answer_was_lost(
    api: Any, sim: Simulator, firewall: Any, droplets: list[int], when: str
) -> None:
    sim.faults.add("drop", method="POST", path="/v2/firewalls/*/droplets", count=1, when=when)
    api.firewall.droplet_add(firewall["id"], droplets, wait=True)
    assert api.firewall.info(firewall["id"])["droplet_ids"] == droplets


@pytest.mark.parametrize(
    ("rule", "listed"),
    [
        (PING, PING),
        ({**SSH, "ports": "8000 - 9000"}, {**SSH, "ports": "8000-9000"}),
        ({"protocol": "icmp", "ports": "all", "sources": PING["sources"]}, PING),
    ],
)
def test_rules_whose_answer_was_lost_are_looked_for(
    api: Any, sim: Simulator, firewall: Any, log: Log, rule: Any, listed: Any
) -> None:
    for method, change, left in (
        ("POST", api.firewall.rule_add, [SSH, listed]),
        ("DELETE", api.firewall.rule_remove, [SSH]),
    ):
        where = {"method": method, "path": "/v2/firewalls/*/rules", "count": 1}
        sim.faults.add("drop", when="before", **where)
        with pytest.raises(DOBOTOOutcomeUnknownException, match="rules of firewall"):
            change(firewall["id"], [rule])
        sim.faults.add("drop", when="after", **where)
        log.take()
        change(firewall["id"], [rule])
        assert log.count(method) == 1
        assert api.firewall.info(firewall["id"])["inbound_rules"] == left
