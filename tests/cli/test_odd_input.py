"""Names, kinds, values, columns and queries that are wrong or unknown: nothing is sent, or with a warning."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import NEW, Doboto

RULE = "protocol=tcp,ports=22,sources.addresses=::/0"


@pytest.fixture
def zone(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "domain", "create", "example.com")
    for address in ("192.0.2.1", "192.0.2.2"):
        order = ("domain", "record-create", "example.com", "--type", "A", "--name", "www", "--data", address)
        simulated.ok("-q", *order)
    return simulated


def test_records_of_one_name_are_listed(zone: Doboto) -> None:
    error = zone.refused(3, "not_found", "domain", "record-info", "example.com", "--record-id", "www")
    assert error["message"].startswith("2 records of example.com are called 'www', so say which by id: ")
    assert len(error["matches"]) == 2
    error = zone.refused(3, "not_found", "domain", "record-info", "example.com", "--record-id", "MX:www")
    assert "write NAME:TYPE" in error["message"]


@pytest.mark.parametrize(("resource", "told"), [
    ("web", "'web' is no resource: write KIND:NAME or KIND:ID"), ("droplet:", "'droplet:' is no resource"),
    (":web", "':web' is no resource"),
])  # fmt: skip
def test_a_urn_without_a_kind_is_refused(simulated: Doboto, resource: str, told: str) -> None:
    simulated.ok("-q", "project", "create", "shop", "--purpose", "test")
    order = ("project", "resource-assign", "shop", "--resources", resource)
    assert told in simulated.refused(2, "usage", *order)["message"]


def test_kinds_of_urns_may_have_hyphens(simulated: Doboto) -> None:
    simulated.ok("-q", "project", "create", "shop", "--purpose", "test")
    ip = simulated.ok("-q", "-o", "json", "reserved-ip", "create", "--region", "nyc3").json["ip"]
    vpc = simulated.ok("-q", "-o", "json", "vpc", "create", "net", "--region", "nyc3").json["id"]
    order = ("project", "resource-assign", "shop", "--resources", f"reserved-ip:{ip},VPC:net")
    urns = [one["urn"] for one in simulated.ok("-o", "json", *order).json]
    assert urns == [f"do:floatingip:{ip}", f"do:vpc:{vpc}"]


def test_tagged_resources_are_named_with_their_type(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    simulated.ok("-q", "volume", "create", "data", "--size", "1", "--region", "nyc3")
    simulated.ok("-q", "tag", "create", "blue")
    simulated.ok("tag", "attach", "blue", "--resources", "droplet:web,volume:data")
    resources = simulated.ok("-o", "json", "tag", "info", "blue").json["resources"]
    assert (resources["droplets"]["count"], resources["volumes"]["count"]) == (1, 1)
    order = ("tag", "attach", "blue", "--resources")
    assert "'droplet:' is no resource" in simulated.refused(2, "usage", *order, "droplet:")["message"]
    assert "keys are resource_id" in simulated.refused(2, "usage", *order, "web")["message"]


@pytest.mark.parametrize("rule", [f"{RULE},shiny=1", json.dumps({"protocol": "tcp", "ports": "22", "shiny": 1})])
def test_a_key_that_the_api_may_have_since_is_warned_of_and_sent(served: Doboto, doboto_server: Any, rule: str) -> None:
    done = served("-o", "json", "firewall", "create", "fw", "--inbound-rules", rule)
    warning = json.loads(done.err.splitlines()[0])
    assert warning["event"] == "warning"
    assert "unknown attribute inbound_rules[0].shiny; it is sent as it is" in warning["message"]
    (sent,) = [one for one in doboto_server.simulator.requests if one.method == "POST"]
    assert "shiny" in sent.body["inbound_rules"][0]


def test_a_value_that_the_api_may_have_since_is_warned_of_and_sent(simulated: Doboto) -> None:
    order = ("droplet", "create", "web", *NEW, "--backup-policy", "plan=hourly", "--dry-run", "-o", "json")
    done = simulated.ok(*order)
    assert done.json["requests"][0]["backup_policy"] == {"plan": "hourly"}
    assert "unknown value 'hourly' is sent as it is; known are daily, weekly" in done.err
    assert simulated.ok("-q", *order).err == ""
    order = ("firewall", "create", "fw", "--inbound-rules", "protocol=gre,sources.addresses=::/0")
    done = simulated(*order)  # the simulator is of today
    assert (done.code, "unknown value 'gre'" in done.err) == (5, True)
    order = ("firewall", "create", "fw", "--inbound-rules", "protocol=tpc")
    assert "'tpc' is not one of" in simulated.refused(2, "usage", *order)["message"]


@pytest.mark.parametrize(("option", "told"), [
    ("--columns=", "--columns names no column"), ("--columns=,", "--columns names no column"),
    ("--columns=size", "did you mean size_gigabytes?"),
    ("--query=lenght(@)", "no function lenght(); did you mean length?"),
    ("--query=length(@, @)", "length() takes 1 argument, not 2"),
    ("--query=[].join('x')", "join() takes 2 arguments, not 1"),
    ("--query=[?nosuch(name)]", "there is no function nosuch()"),
])  # fmt: skip
def test_an_expression_that_can_not_be_right_is_refused_before_anything_is_sent(
    doboto: Doboto, option: str, told: str
) -> None:
    assert told in doboto.refused(2, "usage", "volume", "list", option)["message"]


@pytest.mark.parametrize("query", [
    "max_by(@, &size_gigabytes).name", "not_null(a, b, c)", "merge(`{}`)", "sort_by(@, &name)[].name",
    "[?contains(name, 'a')]",
])  # fmt: skip
def test_functions_of_jmespath_are_accepted(simulated: Doboto, query: str) -> None:
    simulated.ok("-q", "volume", "create", "data", "--size", "1", "--region", "nyc3")
    simulated.ok("volume", "list", "--query", query)


def test_a_reason_that_quotes_the_result_is_cut(simulated: Doboto) -> None:
    simulated.ok("-q", "volume", "create", "data", "--size", "1", "--region", "nyc3")
    error = simulated.refused(1, "failed", "volume", "list", "--query", "sort_by(@, &nosuch)")
    assert "does not fit the result" in error["message"]
    assert len(error["message"]) < 400


@pytest.mark.parametrize("option", ["--tag", "--ssh-keys", "--volumes", "--user-data"])
@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_value_is_refused(doboto: Doboto, option: str, value: str) -> None:
    """As of a variable that is not set: without keys nobody could log in."""
    message = doboto.refused(2, "usage", "droplet", "create", "web", *NEW, option, value)["message"]
    assert "it is empty" in message


def test_a_list_of_nothing_is_one(simulated: Doboto) -> None:
    order = ("droplet", "create", "web", *NEW, "--tag", "[]", "--volumes", "null", "--dry-run", "-o", "json")
    assert simulated.ok(*order).json["requests"][0]["tags"] == []


def test_times_are_read_in_one_way(doboto: Doboto) -> None:
    metrics = ("monitoring", "droplet-metric-info", "7", "--metric", "cpu", "--start")
    for order in (("action", "list", "--after"), metrics):
        for wrong, told in (
            ("1764000000000", "not in milliseconds"),
            ("tomorrow", "must be a time from 1970 on (-1h, "),
        ):
            assert told in doboto.refused(2, "usage", *order, wrong)["message"]


@pytest.mark.parametrize("text", ["prod", "production", "Prodution", "dev"])
def test_a_value_that_is_short_for_a_known_one_is_refused(simulated: Doboto, text: str) -> None:
    """It is sent only where it may be one that the API has since."""
    simulated.ok("-q", "project", "create", "shop", "--purpose", "Trying")
    message = simulated.refused(2, "usage", "project", "update", "shop", "--environment", text)["message"]
    assert message.endswith("is not one of 'Development', 'Staging', 'Production'")
