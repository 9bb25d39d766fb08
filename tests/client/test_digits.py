"""Numbers where the API has text, as YAML and JSON have them without quotes: sent as text, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from doboto.errors import ArgumentValueError
from doboto.sim import Simulator

from .conftest import Log, one

SSH: dict[str, Any] = {"protocol": "tcp", "ports": 22, "sources": {"addresses": ["0.0.0.0/0"]}}
OUT: dict[str, Any] = {"protocol": "tcp", "ports": 443, "destinations": {"addresses": ["0.0.0.0/0"], "tags": [2026]}}
POLICY: dict[str, Any] = {
    "alerts": {"email": ["me@example.com"]},
    "compare": "GreaterThan",
    "enabled": True,
    "type": "v1/insights/droplet/cpu",
    "value": 80,
    "window": "5m",
}


@pytest.fixture
def sent(sim: Simulator) -> list[Any]:
    """The bodies of all changes, as the API gets them."""
    bodies: list[Any] = []
    sim.on_seen.append(lambda incoming, reply: bodies.append(incoming.body()) if incoming.method != "GET" else None)
    return bodies


@pytest.fixture
def firewall(api: Any) -> str:
    api.tag.create("2026")
    id: str = api.firewall.create(name="web", inbound_rules=[SSH | {"ports": "80"}])["id"]
    return id


@pytest.fixture
def volume(api: Any) -> str:
    id: str = api.volume.create(name="data", region="nyc3", size_gigabytes=1)["id"]
    return id


@pytest.mark.parametrize("create", ["create", "present"])
def test_ports_of_a_firewall_are_sent_as_text(api: Any, sent: list[Any], firewall: str, create: str) -> None:
    getattr(api.firewall, create)(name=2026, inbound_rules=[SSH], outbound_rules=[OUT], tags=[2026])
    body = sent[-1]
    assert (body["name"], body["tags"]) == ("2026", ["2026"])
    assert [rule["ports"] for rule in (*body["inbound_rules"], *body["outbound_rules"])] == ["22", "443"]
    assert body["outbound_rules"][0]["destinations"]["tags"] == ["2026"]


def test_what_exists_is_compared_with_the_text(api: Any, sent: list[Any], firewall: str) -> None:
    reported: list[Any] = []
    _, made = api.with_options(on_event=reported.append).firewall.present(
        name="web", inbound_rules=[{**SSH, "ports": 80}]
    )
    assert (made, reported) == (None, [])


def test_rules_and_tags_of_a_firewall_are_changed_by_the_text(api: Any, sent: list[Any], firewall: str) -> None:
    api.firewall.rule_add(firewall, [SSH], wait=True)
    api.firewall.tag_add(firewall, [2026], wait=True)
    assert (sent[-2]["inbound_rules"][0]["ports"], sent[-1]) == ("22", {"tags": ["2026"]})
    api.firewall.rule_remove(firewall, [SSH], wait=True)
    api.firewall.tag_remove(firewall, (2026,), wait=True)
    assert (sent[-2]["inbound_rules"][0]["ports"], sent[-1]) == ("22", {"tags": ["2026"]})
    assert [rule["ports"] for rule in api.firewall.info(firewall)["inbound_rules"]] == ["80"]


def test_data_and_name_of_a_record_are_sent_as_text(api: Any, sent: list[Any]) -> None:
    api.domain.create("example.com")
    record = api.domain.record_create("example.com", {"type": "TXT", "name": 10, "data": 123456})
    assert (sent[-1]["name"], sent[-1]["data"]) == ("10", "123456")
    assert api.domain.record_present("example.com", {"type": "TXT", "name": 10, "data": 123456}) == (record, None)
    api.domain.record_update("example.com", record["id"], data=7)
    assert sent[-1]["data"] == "7"
    assert api.domain.record_create("example.com", type="TXT", name=11, data=1)["data"] == "1"


def test_ids_of_droplets_in_an_alert_policy_are_sent_as_text(api: Any, sent: list[Any]) -> None:
    droplet = api.droplet.create(one())["id"]
    policy = api.monitoring.alert_create(**POLICY, description=1, entities=[droplet], tags=[])
    assert (sent[-1]["entities"], sent[-1]["description"]) == ([str(droplet)], "1")
    found, made = api.monitoring.alert_present(**POLICY, description=1, entities=[droplet], tags=[])
    assert (found["uuid"], made) == (policy["uuid"], None)


#: Other attributes that may consist of digits: what creates the resource, and what is sent of it.
CREATED: dict[str, tuple[Callable[[Any, str], Any], dict[str, Any]]] = {
    "droplet": (lambda do, _: do.droplet.create(one(7, tags=[2026])), {"name": "7", "tags": ["2026"]}),
    "volume": (
        lambda do, _: do.volume.create(name="d1", region="nyc3", size_gigabytes=1, description=5, tags=[1, "b"]),
        {"description": "5", "tags": ["1", "b"]},
    ),
    "snapshot": (lambda do, id: do.volume.snapshot_create(id, "s", tags=[2026]), {"tags": ["2026"]}),
    "project": (
        lambda do, _: do.project.create(name=2026, purpose=1, description=2),
        {"name": "2026", "purpose": "1", "description": "2"},
    ),
    "vpc": (lambda do, _: do.vpc.create(name=10, region="nyc3"), {"name": "10"}),
}


@pytest.mark.parametrize("kind", CREATED)
def test_names_tags_and_descriptions_are_sent_as_text(api: Any, sent: list[Any], volume: str, kind: str) -> None:
    create, expected = CREATED[kind]
    assert create(api, volume)
    assert {name: sent[-1][name] for name in expected} == expected


@pytest.mark.parametrize("ports", [True, 22.0, 8000.9000, [80, 443], {"from": 80}, b"22"])
def test_ports_that_are_neither_are_refused_by_name(api: Any, log: Log, ports: Any) -> None:
    for operation in (api.firewall.create, api.firewall.present):
        with pytest.raises(TypeError, match=r"^inbound_rules\[1\]\.ports must be text or a whole number, not "):
            operation(name="web", inbound_rules=[SSH, {**SSH, "ports": ports}])
    assert log.take() == []


@pytest.mark.parametrize("digits", [5000, 100_000])
def test_a_number_of_more_digits_than_python_writes_is_refused_by_name(api: Any, log: Log, digits: int) -> None:
    with pytest.raises(ArgumentValueError, match=r"^data must not be a number of thousands of digits$"):
        api.domain.record_create("example.com", type="TXT", name="@", data=10**digits)
    with pytest.raises(ArgumentValueError, match=r"^size_gigabytes must be a whole number, "):
        api.volume.create(name="data", region="nyc3", size_gigabytes="1" * digits)
    assert log.take() == []


@pytest.mark.parametrize("data", [True, 1.10, float("nan"), ["a"]])
def test_data_that_is_neither_is_refused_by_name(api: Any, log: Log, data: Any) -> None:
    """1.10 without quotes is 1.1: what was meant is lost."""
    with pytest.raises(TypeError, match=r"^data must be text or a whole number, not "):
        api.domain.record_create("example.com", type="TXT", name="@", data=data)
    assert log.take() == []
