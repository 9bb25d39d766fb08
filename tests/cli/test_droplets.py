"""What the command line adds for Droplets: names, several at once, ranges, slugs, prices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto.cli.errors import Failure
from doboto.cli.run.run import expand_names

from .conftest import NEW, Doboto


@pytest.mark.parametrize(
    ("names", "count", "wanted"),
    [
        (["web-{01..03}"], None, ["web-01", "web-02", "web-03"]),
        (["web-{9..11}"], None, ["web-9", "web-10", "web-11"]),
        (["web-{3..1}"], None, ["web-3", "web-2", "web-1"]),
        (["{web,db}-{1..2}", "one"], None, ["web-1", "web-2", "db-1", "db-2", "one"]),
        (["web"], 3, ["web-1", "web-2", "web-3"]),
        (["w{}.example.com"], 2, ["w1.example.com", "w2.example.com"]),
        (["{}", "{a}", "plain"], None, ["{}", "{a}", "plain"]),
    ],
)
def test_names_are_written_out(names: list[str], count: int | None, wanted: list[str]) -> None:
    assert expand_names(names, count) == wanted


@given(st.integers(0, 500), st.integers(0, 400))
def test_a_range_has_all_its_numbers(first: int, more: int) -> None:
    assert expand_names([f"n{{{first}..{first + more}}}"], None) == [
        f"n{number}" for number in range(first, first + more + 1)
    ]


@pytest.mark.parametrize(("names", "count"), [(["a", "b"], 2), (["a{1..2000}"], None), (["a{1..100}{1..100}"], None)])
def test_a_typing_error_makes_no_fleet(names: list[str], count: int | None) -> None:
    with pytest.raises(Failure):
        expand_names(names, count)


def test_a_name_that_fits_several_is_refused_with_the_list(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    error = simulated.refused(3, "not_found", "droplet", "power-off", "web")
    assert [match["id"] for match in error["matches"]] == [480000000, 480000001]
    assert "480000000 nyc3" in error["message"]
    assert simulated.ok("droplet", "power-off", "480000001", "-o", "json").json["resource_id"] == 480000001


def test_several_at_once_by_names_ids_and_tag(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web-{1..3}", *NEW, "--tag", "web", "--wait")
    actions = simulated.ok("-q", "droplet", "power-off", "web-1", "480000001", "web-1", "--wait", "-o", "json").json
    assert [(action["resource_id"], action["status"]) for action in actions] == [
        (480000000, "completed"), (480000001, "completed"),
    ]  # fmt: skip
    on = simulated.ok("-q", "droplet", "power-on", "--tag", "web", "--wait", "-o", "json").json
    assert {action["resource_id"] for action in on} == {480000000, 480000001, 480000002}
    assert simulated("droplet", "power-on", "web-1", "--tag", "web").code == 2
    sizes = simulated.ok("droplet", "info", "web-1", "web-3", "-o", "json").json
    assert [droplet["name"] for droplet in sizes] == ["web-1", "web-3"]


def test_slugs_are_checked_before_anything_is_sent(simulated: Doboto) -> None:
    for option, wrong, meant in (
        ("--size", "s-1vcpu-1g", "s-1vcpu-1gb"),
        ("--region", "nyc33", "nyc3"),
        ("--image", "ubuntu-24-04-x86", "ubuntu-24-04-x64"),
    ):
        error = simulated.refused(2, "usage", "droplet", "create", "web", *NEW, option, wrong)
        assert "did you mean" in error["message"]
        assert meant in error["message"]
    assert simulated.ok("droplet", "list", "-o", "json").json == []
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--region", "nyc")


def test_a_dry_run_shows_the_request_and_the_price_and_creates_nothing(simulated: Doboto) -> None:
    order = ("droplet", "create", "web", "--count", "3", *NEW, "--dry-run")
    plan = simulated.ok(*order, "--tag", "a,b", "-o", "json").json
    assert plan["requests"] == [{
        "names": ["web-1", "web-2", "web-3"], "size": "s-1vcpu-1gb", "region": "nyc3", "image": "ubuntu-24-04-x64",
        "tags": ["a", "b"],
    }]  # fmt: skip
    assert plan["price"] == {"hourly": 0.02679, "monthly": 18.0, "backups": "none"}
    assert "$18 a month" in simulated.ok(*order).out
    assert simulated.ok("droplet", "list", "-o", "json").json == []


def test_present_creates_what_is_missing(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web-1", *NEW, "--wait")
    done = simulated.ok("droplet", "present", "web-{1..2}", *NEW, "-o", "json")
    assert [droplet["name"] for droplet in done.json] == ["web-1", "web-2"]
    assert [json.loads(line)["name"] for line in done.err.splitlines()] == ["web-2"]


def test_attributes_of_every_kind_arrive(simulated: Doboto, tmp_path: Path) -> None:
    (tmp_path / "first-boot").write_text("#!/bin/sh\n")
    more = ("--user-data", "@first-boot", "--backups", "--backup-policy", "plan=weekly,weekday=SUN,hour=4", "--no-ipv6")
    (request,) = simulated.ok("droplet", "create", "web", *NEW, *more, "--dry-run", "-o", "json").json["requests"]
    assert request["user_data"] == "#!/bin/sh\n"
    assert request["backup_policy"] == {"plan": "weekly", "weekday": "SUN", "hour": 4}
    assert (request["backups"], request["ipv6"]) == (True, False)
    for wrong in ("plan=weekl", "plann=weekly", "plan", "{"):
        assert simulated("droplet", "create", "web", *NEW, "--backup-policy", wrong, "--dry-run").code == 2


def test_other_resources_name_droplets_too(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    volume = simulated.ok("volume", "create", "data", "--region", "nyc3", "--size-gigabytes", "10", "-o", "json").json
    action = simulated.ok("volume", "attach", volume["id"], "--droplet-id", "web", "--wait", "-q", "-o", "json").json
    assert action["status"] == "completed"
    assert simulated.ok("droplet", "info", "web", "-o", "json").json["volume_ids"] == [volume["id"]]


def test_attributes_that_come_as_a_dict_and_values_that_may_be_none(simulated: Doboto) -> None:
    simulated.ok("domain", "create", "example.com")
    record = ("domain", "record-create", "example.com", "--type", "A", "--name", "www", "--data", "192.0.2.1")
    made = simulated.ok(*record, "--ttl", "600", "-o", "json").json
    assert (made["type"], made["name"], made["data"], made["ttl"]) == ("A", "www", "192.0.2.1", 600)
    simulated.ok("domain", "destroy", "example.com", "--yes")
    assert simulated.ok("domain", "list", "-o", "json").json == []


def test_structures_are_json_a_file_or_pairs(simulated: Doboto, tmp_path: Path) -> None:
    inbound = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}
    (tmp_path / "rule.yaml").write_text(json.dumps(inbound))
    order = ("firewall", "create", "web", "--outbound-rules", "@rule-out.json", "--inbound-rules", "@rule.yaml")
    (tmp_path / "rule-out.json").write_text('{"protocol": "icmp", "destinations": {"addresses": ["0.0.0.0/0"]}}')
    made = simulated.ok(*order, "--inbound-rules", json.dumps({**inbound, "ports": "80"}), "-o", "json").json
    assert [rule["ports"] for rule in made["inbound_rules"]] == ["22", "80"]


@pytest.mark.parametrize("rule", ['{"protocol": "tcp", "ports": 22, "sources": {"tags": [2026]}}', "@rule.yaml"])
def test_numbers_without_quotes_are_sent_as_text(simulated: Doboto, tmp_path: Path, rule: str) -> None:
    (tmp_path / "rule.yaml").write_text("- protocol: tcp\n  ports: 22\n  sources: {tags: [2026]}\n")
    simulated.ok("tag", "create", "2026")
    made = simulated.ok("firewall", "create", "web", "--inbound-rules", rule, "-o", "json").json
    assert (made["inbound_rules"][0]["ports"], made["inbound_rules"][0]["sources"]["tags"]) == ("22", ["2026"])


@pytest.mark.parametrize("ports", ["true", "22.5", "[80, 443]", '{"from": 80}'])
def test_ports_that_are_no_text_are_refused(simulated: Doboto, ports: str) -> None:
    rule = f'{{"protocol": "tcp", "ports": {ports}, "sources": {{"addresses": ["0.0.0.0/0"]}}}}'
    refused = simulated("firewall", "create", "web", "--inbound-rules", rule)
    assert refused.code == 2
    assert "ports" in refused.err
    assert simulated.ok("firewall", "list", "-o", "json").json == []


def test_wait_waits_for_what_runs(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web-{1..2}", *NEW, "--tag", "web")
    assert {one["status"] for one in simulated.ok("-q", "droplet", "wait", "--tag", "web", "-o", "json").json} == {
        "active"
    }
    simulated.ok("-q", "droplet", "power-off", "web-1")
    assert simulated.ok("-q", "droplet", "wait", "web-1", "-o", "json").json[0]["status"] == "off"
    assert simulated("droplet", "wait").code == 2
