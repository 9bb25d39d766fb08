"""Names wherever an id is taken, inside of objects too; what cannot be resolved is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import NEW, Doboto

FIRST = 480000000


@pytest.fixture
def account(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "volume", "create", "data", "--size-gigabytes", "1", "--region", "nyc3")
    simulated.ok("-q", "domain", "create", "example.com")
    return simulated


def test_tag_attach_takes_names(account: Doboto) -> None:
    account.ok("-q", "tag", "create", "prod")
    for resource in ("resource_type=droplet,resource_id=web", "resource_type=volume,resource_id=data"):
        account.ok("-q", "tag", "attach", "prod", "--resources", resource)
    assert account.ok("droplet", "list", "--tag", "prod", "-o", "json").json[0]["name"] == "web"
    assert account.ok("volume", "info", "data", "-o", "json").json["tags"] == ["prod"]


def test_firewall_sources_take_names(account: Doboto) -> None:
    rule = "protocol=tcp,ports=22,sources.droplet_ids=web"
    made = account.ok("-q", "firewall", "create", "fw", "--inbound-rules", rule, "-o", "json").json
    assert made["inbound_rules"][0]["sources"]["droplet_ids"] == [FIRST]
    rules = '[{"protocol": "tcp", "ports": "22", "sources": {"droplet_ids": ["web"]}}]'
    made = account.ok("-q", "firewall", "create", "fw2", "--inbound-rules", rules, "-o", "json").json
    assert made["inbound_rules"][0]["sources"]["droplet_ids"] == [FIRST]


def test_project_resources_take_names(account: Doboto) -> None:
    account.ok("-q", "project", "create", "mine", "--purpose", "Web Application")
    done = account.ok(
        "-q", "project", "resource-assign", "mine", "--resources", "droplet:web,do:volume:data", "-o", "json"
    )
    assert [one["urn"].split(":")[1] for one in done.json] == ["droplet", "volume"]
    assert done.json[0]["urn"] == f"do:droplet:{FIRST}"


def test_entities_of_an_alert_policy_take_names(account: Doboto) -> None:
    alerts = '{"email": ["a@example.com"], "slack": []}'
    order = ("monitoring", "alert-create", "v1/insights/droplet/cpu", "--description", "busy", "--compare",
             "GreaterThan", "--value", "80", "--window", "5m", "--alerts", alerts, "--entities", "web", "--tags", "[]",
             "--enabled")  # fmt: skip
    assert account.ok("-q", *order, "-o", "json").json["entities"] == [str(FIRST)]


@pytest.mark.parametrize("given", ["www", "WWW", "www:A"])
def test_record_ids_take_names(account: Doboto, given: str) -> None:
    order = ("domain", "record-create", "example.com", "--type", "A", "--name", "www", "--data", "192.0.2.1")
    id = account.ok("-q", *order, "-o", "json").json["id"]
    found = account.ok("domain", "record-info", "example.com", "--record-id", given, "-o", "json").json
    assert found["id"] == id


@pytest.mark.parametrize("order", [
    ("tag", "attach", "prod", "--resources", "resource_type=volume,resource_id=nope"),
    ("firewall", "create", "fw", "--inbound-rules", "protocol=tcp,ports=22,sources.droplet_ids=nope"),
    ("load-balancer", "create", "lb", "--region", "nyc3", "--forwarding-rules",
     "entry_protocol=https,entry_port=443,target_protocol=http,target_port=80,certificate_id=nope"),
    ("domain", "record-info", "example.com", "--record-id", "nope"),
    ("domain", "record-info", "example.com", "--record-id", "www:MX"),
], ids=lambda order: " ".join(order[:2]))  # fmt: skip
def test_unknown_names_are_refused_before_anything_is_sent(account: Doboto, order: tuple[str, ...]) -> None:
    error: dict[str, Any] = account.refused(3, "not_found", *order)
    assert "nope" in error["message"] or "www" in error["message"]
