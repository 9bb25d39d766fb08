"""Updates keep what is not given, show what changes, and reset it only when asked."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from doboto.cli.schema.catalog import operations
from doboto.cli.schema.parameters import REPLACING

from .conftest import NEW, Doboto
from .terminal import Terminal

SSH = "protocol=tcp,ports=22,sources.addresses=0.0.0.0/0"
WEB = "protocol=tcp,ports=80,sources.addresses=0.0.0.0/0"
OUT = "protocol=tcp,ports=443,destinations.addresses=0.0.0.0/0"


@pytest.fixture
def firewall(simulated: Doboto) -> dict[str, Any]:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    rules = ("--inbound-rules", SSH, "--outbound-rules", OUT, "--droplet-ids", "web")
    made: dict[str, Any] = simulated.ok("-q", "firewall", "create", "fw", *rules, "-o", "json").json
    return made


def test_update_of_a_firewall_keeps_what_is_not_given(simulated: Doboto, firewall: dict[str, Any]) -> None:
    done = simulated.ok("firewall", "update", "fw", "--inbound-rules", WEB, "-o", "json")
    assert [rule["ports"] for rule in done.json["inbound_rules"]] == ["80"]
    for kept in ("name", "droplet_ids", "outbound_rules"):
        assert done.json[kept] == firewall[kept]
    (change,) = [json.loads(line) for line in done.err.splitlines() if json.loads(line)["event"] == "change"]
    assert change["message"].startswith("inbound-rules: [")


def test_update_with_replace_asks_and_resets(simulated: Doboto, firewall: dict[str, Any]) -> None:
    order = ("firewall", "update", "fw", "--name", "fw", "--inbound-rules", WEB, "--replace")
    assert "--yes" in simulated.refused(5, "refused", *order)["message"]
    done = simulated.ok(*order, "--yes", "-o", "json")
    assert (done.json["outbound_rules"], done.json["droplet_ids"]) == ([], [])
    assert "droplet-ids: [480000000] -> reset" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_update_on_a_terminal_shows_the_difference_and_asks(simulated: Doboto, firewall: dict[str, Any]) -> None:
    with Terminal(["firewall", "update", "fw", "--name", "other"], simulated.environment, width=120) as terminal:
        text = terminal.read(lambda seen: "[y/N]" in seen)
        assert 'name: "fw" -> "other"' in text
        assert f"Update firewall fw ({firewall['id']}) in the simulated account? [y/N]" in text
        terminal.type("n\n")
        assert terminal.end() == 5
    assert simulated.ok("firewall", "info", "fw", "--query", "name").out == "fw\n"


def test_update_of_a_load_balancer_keeps_its_rules(simulated: Doboto) -> None:
    rules = "entry_protocol=http,entry_port=80,target_protocol=http,target_port=80"
    order = ("load-balancer", "create", "lb", "--region", "nyc3", "--forwarding-rules", rules, "--tag", "web")
    made = simulated.ok("-q", *order, "--wait", "-o", "json").json
    changed = simulated.ok("-q", "load-balancer", "update", "lb", "--algorithm", "least_connections", "-o", "json").json
    for kept in ("name", "tag", "forwarding_rules", "region", "health_check"):
        assert changed[kept] == made[kept]


def test_attributes_that_say_the_same_are_no_change(simulated: Doboto) -> None:
    """The API has a load balancer's size twice, and takes it once."""
    rules = "entry_protocol=http,entry_port=80,target_protocol=http,target_port=80"
    simulated.ok("-q", "load-balancer", "create", "lb", "--region", "nyc3", "--forwarding-rules", rules, "--wait")
    assert simulated.ok("load-balancer", "update", "lb", "--name", "front").err == 'name: "lb" -> "front"\n'
    assert simulated.ok("load-balancer", "update", "front", "--size-unit", "2").err == "size-unit: 1 -> 2\n"


def test_update_of_an_alert_policy_keeps_what_is_not_given(simulated: Doboto) -> None:
    alerts = '{"email": ["a@example.com"], "slack": []}'
    order = ("monitoring", "alert-create", "v1/insights/droplet/cpu", "--description", "busy", "--compare",
             "GreaterThan", "--value", "80", "--window", "5m", "--alerts", alerts, "--entities", "[]", "--tags", "[]",
             "--enabled")  # fmt: skip
    made = simulated.ok("-q", *order, "-o", "json")
    uuid = made.json["uuid"]
    changed = simulated.ok("-q", "monitoring", "alert-update", uuid, "--value", "90", "-o", "json").json
    assert (changed["value"], changed["description"]) == (90, "busy")


@pytest.mark.parametrize(("resource", "name"), sorted(REPLACING))
def test_every_replacing_update_can_read_first(resource: str, name: str) -> None:
    from doboto.cli.run.affected import reader_of

    assert reader_of(operations(resource)[name.replace("_", "-")]) is not None


def test_what_only_results_have_is_not_sent_back(simulated: Doboto) -> None:
    order = ("nat-gateway", "create", "gw", "--type", "PUBLIC", "--region", "nyc3", "--size", "1")
    simulated.ok("-q", "vpc", "create", "net", "--region", "nyc3")
    made = simulated.ok("-q", *order, "--vpcs", "vpc_uuid=net", "--wait", "-o", "json").json
    assert made["vpcs"][0]["gateway_ip"]
    done = simulated.ok("nat-gateway", "update", "gw", "--size", "2", "-o", "json")
    assert [json.loads(line)["event"] for line in done.err.splitlines()] == ["change"]
    assert (done.json["size"], done.json["vpcs"]) == (2, made["vpcs"])
