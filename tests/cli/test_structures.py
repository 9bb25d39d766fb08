"""Options that take dicts: one, a list, several times; what is printed goes in again; what is wrong is not sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from doboto.cli.schema.values import load_yaml

from .conftest import NEW, Doboto

RULE = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0", "::/0"]}}
MORE = {**RULE, "ports": "443"}
FORWARDING = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 8080}


@pytest.mark.parametrize("given", [
    [json.dumps([RULE, MORE])], [json.dumps(RULE), json.dumps(MORE)], [json.dumps([RULE]), json.dumps([MORE])],
], ids=["a list", "twice", "lists"])  # fmt: skip
def test_a_list_is_as_good_as_the_option_several_times(simulated: Doboto, given: list[str]) -> None:
    options = [part for text in given for part in ("--inbound-rules", text)]
    made = simulated.ok("firewall", "create", "fw", *options, "-o", "json").json
    assert made["inbound_rules"] == [RULE, MORE]


def test_a_dot_leads_inside_and_a_key_given_again_adds_to_its_list(simulated: Doboto) -> None:
    simulated.ok("-q", "tag", "create", "prod")
    rule = "protocol=tcp,ports=22,sources.addresses=10.0.0.0/8,sources.addresses=::/0,sources.tags=prod"
    made = simulated.ok("-q", "firewall", "create", "fw", "--inbound-rules", rule, "-o", "json").json
    assert made["inbound_rules"] == [
        {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["10.0.0.0/8", "::/0"], "tags": ["prod"]}}
    ]


@pytest.mark.parametrize(("rule", "expected"), [
    ("sources.addreses=::/0", "no such key: addreses; there is addresses"),
    ("ports=22,ports.from=22", "no such key: ports.from"), ("sorces.tags=a", "no such key: sorces.tags"),
    ("sources.tags", "'sources.tags' is neither JSON nor key=value"),
])  # fmt: skip
def test_a_dot_that_leads_nowhere_is_refused(doboto: Doboto, rule: str, expected: str) -> None:
    assert expected in doboto.refused(2, "usage", "firewall", "create", "fw", "--inbound-rules", rule)["message"]


def test_what_is_printed_goes_in_again(simulated: Doboto) -> None:
    """Rules, none of them, ids and tags of a firewall."""
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--tag", "prod", "--wait")
    simulated.ok("-q", "firewall", "create", "fw-a", "--inbound-rules", json.dumps(RULE), "--tag", "prod",
                 "--droplet-ids", "web")  # fmt: skip
    first = simulated.ok("firewall", "list", "-o", "json").json[0]
    names = ("inbound_rules", "outbound_rules", "droplet_ids", "tags")
    options = [part for name in names for part in (f"--{name.replace('_', '-')}", json.dumps(first[name]))]
    again = simulated.ok("-q", "firewall", "create", "fw-b", *options, "--outbound-rules", "null", "-o", "json").json
    assert {name: again[name] for name in names} == {name: first[name] for name in names}


def test_rules_come_through_a_pipe(simulated: Doboto) -> None:
    simulated.ok("-q", "firewall", "create", "a1", "--inbound-rules", json.dumps([RULE, MORE]))
    printed = simulated.ok("firewall", "info", "a1", "-o", "json", "--query", "inbound_rules").out
    again = simulated.ok("firewall", "create", "a2", "--inbound-rules", "@-", "-o", "json", stdin=printed)
    assert again.json["inbound_rules"] == [RULE, MORE]


def test_forwarding_rules_and_resources_are_lists_too(simulated: Doboto) -> None:
    rules = [FORWARDING, {**FORWARDING, "entry_port": 81}]
    made = simulated.ok("-q", "load-balancer", "create", "lb", "--region", "nyc3", "--forwarding-rules",
                        json.dumps(rules), "-o", "json").json  # fmt: skip
    assert [one["entry_port"] for one in made["forwarding_rules"]] == [80, 81]
    printed = json.dumps(made["forwarding_rules"])
    again = simulated.ok("-q", "load-balancer", "create", "again", "--region", "nyc3", "--forwarding-rules", printed,
                         "-o", "json").json  # fmt: skip
    assert again["forwarding_rules"] == made["forwarding_rules"]
    ids = simulated.ok("-q", "droplet", "create", "web-{1..2}", *NEW, "--wait", "--query", "[].id").out.split()
    simulated.ok("tag", "create", "prod")
    resources = [{"resource_id": id, "resource_type": "droplet"} for id in ids]
    simulated.ok("tag", "attach", "prod", "--resources", json.dumps(resources))
    assert simulated.ok("droplet", "list", "--tag", "prod", "--query", "[].id").out.split() == ids


@pytest.mark.parametrize(("text", "expected"), [
    ('[{"protocol":', "no JSON"), ("7", "neither JSON nor key=value"), ("[7]", "a whole number, not an object"),
    ("[[]]", "a list, not an object"), ('{"sources": []}', "sources is a list, not an object"),
    ('[{"ports": 22.5}]', "ports is a number, not a text"), ('{"protcol": "tcp"}', "no such key: protcol"),
    ('{"sources": {"addresses": "x"}}', "sources.addresses is a text, not a list"),
    ('{"sources": {"addresses": [7]}}', "sources.addresses[0] is a whole number, not a text"),
    ("protocol=tcp,ports", "'ports' is neither"), ("@/nope", "cannot read /nope: No such file"),
])  # fmt: skip
def test_what_has_another_shape_is_wrong_usage_that_names_the_option(doboto: Doboto, text: str, expected: str) -> None:
    """Without a token: nothing can have been sent."""
    message = doboto.refused(2, "usage", "firewall", "create", "fw", "--inbound-rules", text)["message"]
    assert "--inbound-rules" in message
    assert expected in message


def test_a_single_dict_is_no_list(doboto: Doboto) -> None:
    order = ("droplet", "backup-enable", "7", "--backup-policy", "[1]")
    assert "a list, not an object" in doboto.refused(2, "usage", *order)["message"]


def test_the_help_says_so(doboto: Doboto) -> None:
    for order in (("firewall", "create"), ("load-balancer", "create"), ("tag", "attach")):
        assert "as JSON, one or a list" in " ".join(doboto.ok(*order, "--help").out.split())


def test_what_was_created_is_told_with_its_id(simulated: Doboto) -> None:
    done = simulated.ok("volume", "create", "data", "--region", "nyc3", "--size-gigabytes", "10", "-o", "json")
    event = json.loads(done.err.splitlines()[0])
    assert (event["event"], event["id"], event["name"]) == ("created", done.json["id"], "data")


@pytest.mark.parametrize(("text", "value"), [
    ("0", 0), ("-5", -5), ("443", 443), ("1.5", 1.5), ("-0.5e+3", -500.0), ("yes", True), ("null", None),
    *((text, text) for text in (
        "0443", "010", "007", "08", "0o17", "0x1F", "0b1", "1_000", "22:30", "12:30", "-1:30", "+5",
        "1_0.5", "1:30.5", "190:20:30.15", ".5", "5.", "01.5", ".inf", "-.inf", ".nan", "1e3", "1.0e3", "2026-01-01",
    )),
])  # fmt: skip
def test_yaml_has_no_numbers_but_those_of_json(text: str, value: Any) -> None:
    found = load_yaml(f"- {text}\n- {{inside: [{text}]}}\n")
    assert found == [value, {"inside": [value]}]
    assert type(found[0]) is type(value)
    assert load_yaml(yaml.safe_dump([value])) == [value]


def test_ports_in_yaml_are_sent_as_they_are_written(simulated: Doboto) -> None:
    file = simulated.folder / "in.yaml"
    order = ("-q", "firewall", "create", "fw", "--inbound-rules", f"@{file}", "-o", "json")
    file.write_text("- {protocol: tcp, ports: 0443, sources: {addresses: [10.0.0.0/8]}}\n", encoding="utf-8")
    assert simulated.ok(*order).json["inbound_rules"][0]["ports"] == "0443"
    file.write_text("- {protocol: tcp, ports: 22:30, sources: {addresses: [10.0.0.0/8]}}\n", encoding="utf-8")
    assert "valid range for ports" in simulated.refused(5, "refused", *order[1:-2])["message"]


def test_a_whole_result_is_given_back_where_one_member_is_asked_for(served: Doboto, doboto_server: Any) -> None:
    folder = served.folder
    served.ok("-q", "droplet", "create", "web", *NEW, "--backup-policy", "plan=weekly,weekday=SUN,hour=4", "--wait")
    (folder / "policy.json").write_text(served.ok("droplet", "backup-policy-info", "web", "-o", "json").out)
    served.ok("-q", "droplet", "backup-policy-update", "web", "--backup-policy", "@policy.json")
    (sent,) = [one for one in doboto_server.simulator.requests if "change_backup_policy" in str(one.body)]
    assert (sent.body["backup_policy"]["plan"], sent.body["backup_policy"]["hour"]) == ("weekly", 4)
    rules = "entry_protocol=http,entry_port=80,target_protocol=http,target_port=80"
    made = served.ok(
        "-q", "load-balancer", "create", "a", "--region", "nyc3", "--forwarding-rules", rules, "-o", "yaml"
    )
    (folder / "balancer.yaml").write_text(made.out)
    given = ("--forwarding-rules", "@balancer.yaml", "--health-check", "@balancer.yaml")
    served.ok("-q", "load-balancer", "create", "b", "--region", "nyc3", *given)
    first, second = served.ok("load-balancer", "list", "-o", "json").json
    for name in ("forwarding_rules", "health_check"):
        assert first[name] == second[name]


@pytest.mark.parametrize("form", [
    ("-o", "json"), ("-o", "jsonl"), ("-o", "json", "--query", "[].id"), ("-o", "json", "--columns", "name"),
    ("--query", "[].name"), ("--columns", "id", "--no-header"), ("-o", "jsonl", "--query", "[].name"),
    ("-o", "jsonl", "--query", "[].id"),
])  # fmt: skip
def test_what_a_list_prints_names_what_another_command_is_for(simulated: Doboto, form: tuple[str, ...]) -> None:
    simulated.ok("-q", "droplet", "create", "a", "b", *NEW, "--wait")
    listed = simulated.ok("droplet", "list", *form).out
    assert simulated.ok("droplet", "info", "@-", "--query", "[].name", stdin=listed).out.split() == ["a", "b"]


ACTION = {"id": 7, "status": "completed", "type": "reboot", "resource_id": 3, "resource_type": "droplet"}
SNAPSHOT = {"id": "8", "name": "a", "size_gigabytes": 1, "resource_id": "3", "resource_type": "droplet"}
IMAGE = {"id": 8, "name": "a", "distribution": "Debian", "slug": None, "description": "", "status": "available"}
FIREWALL = {"id": "f", "name": "a", "inbound_rules": []}


@pytest.mark.parametrize(("found", "wanted"), [
    ([ACTION], "item 1 is of kind Action, not Droplet; `doboto droplet list -o json` prints those"),
    (ACTION, "item 1 is of kind Action"), ([{"id": 1, "name": "a"}, ACTION], "item 2 is of kind Action"),
    ([{"id": 7, "status": "completed"}], "item 1 has no name"), ([{"id": 7}], "--query '[].id'"),
    ([SNAPSHOT], "of kind Snapshot, not Droplet"), ([IMAGE], "of kind Image"), ([FIREWALL], "of kind Firewall"),
    ([{"id": "8", "name": "a"}], "its id is a text"), ([None], "item 1 is null"), ([[1]], "item 1 is a list"),
    ([True], "item 1 is true or false"), ([1.5], "item 1 is a number"), ([], "empty input"), ([{}], "has no name"),
])  # fmt: skip
def test_objects_that_are_no_droplets_are_never_destroyed(simulated: Doboto, found: Any, wanted: str) -> None:
    order = ("droplet", "destroy", "@-", "--yes", "--missing-ok")
    assert wanted in simulated.refused(2, "usage", *order, stdin=json.dumps(found))["message"]


@pytest.mark.parametrize("text", ["[\n  1,\n  2", '{"id": 1}\n{', "[1]\n[2]"])
def test_broken_json_is_not_read_as_names(simulated: Doboto, text: str) -> None:
    order = ("droplet", "destroy", "@-", "--yes", "--missing-ok")
    assert "no JSON" in simulated.refused(2, "usage", *order, stdin=text)["message"]


def test_new_droplets_are_not_called_by_the_ids_of_others(simulated: Doboto) -> None:
    listed = json.dumps([{"id": 1, "name": "a"}])
    message = simulated.refused(2, "usage", "droplet", "create", "@-", *NEW, "--dry-run", stdin=listed)["message"]
    assert "names are needed" in message


def test_snapshots_of_a_droplet_name_the_images_that_they_are(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "a", *NEW, "--wait")
    simulated.ok("-q", "droplet", "snapshot-create", "a", "--name", "before", "--wait")
    listed = simulated.ok("droplet", "snapshot-list", "a", "-o", "json").out
    assert simulated.ok("snapshot", "info", "@-", "--query", "[].name || name", stdin=listed).out.strip() == "before"
    simulated.ok("image", "destroy", "@-", "--yes", stdin=listed)
    assert simulated.ok("snapshot", "list", "-o", "json").json == []
