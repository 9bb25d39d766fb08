"""What is shown before something is destroyed: the very thing, as its own kind is shown; asked of nobody in vain."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from doboto.cli.run.affected import reader_of
from doboto.cli.schema import catalog

from .conftest import NEW, Doboto

DESTROYING = [
    one
    for resource in catalog.resources()
    for one in catalog.operations(resource).values()
    if resource != "droplet" and one.may_ask
]


@pytest.mark.parametrize("operation", DESTROYING, ids=lambda one: f"{one.resource}-{one.command}")
def test_whatever_is_destroyed_can_be_read_first(operation: catalog.Operation) -> None:
    """A new operation that destroys finds its reader by its name, and that says which kind it reads."""
    reader = reader_of(operation)
    assert reader is not None
    assert reader.result is not None
    assert not reader.may_ask


def domain_record(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    doboto.ok("domain", "create", "example.com")
    made = doboto.ok("domain", "record-create", "example.com", "--type", "A", "--name", "www", "--data", "192.0.2.1",
                     "-o", "json").json  # fmt: skip
    order = ["domain", "record-destroy", "example.com", "--record-id", made["id"]]
    return order, {"id": made["id"], "type": "A", "name": "www", "data": "192.0.2.1", "domain": "example.com"}


def domain(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    doboto.ok("domain", "create", "example.com")
    return ["domain", "destroy", "example.com"], {"id": "example.com", "name": "example.com", "ttl": 1800}


def volume(doboto: Doboto) -> str:
    made = doboto.ok("volume", "create", "data", "--region", "nyc3", "--size-gigabytes", "10", "-o", "json").json
    return str(made["id"])


def volume_by_id(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    id = volume(doboto)
    return ["volume", "destroy", id], {"id": id, "name": "data", "size_gigabytes": 10, "region": "nyc3"}


def volume_by_name(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    shown = {"id": volume(doboto), "name": "data", "size_gigabytes": 10, "region": "nyc3"}
    return ["volume", "destroy", "--name", "data", "--region", "nyc3"], shown


def volume_resize(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    id = volume(doboto)
    return ["volume", "resize", id, "--size", "20", "--region", "nyc3"], {"id": id, "size_gigabytes": 10}


def volume_snapshot(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    id = volume(doboto)
    made = doboto.ok("volume", "snapshot-create", id, "--snapshot-name", "before", "-o", "json").json
    shown = {"id": made["id"], "name": "before", "resource_type": "volume", "resource_id": id}
    return ["volume", "snapshot-destroy", made["id"]], shown


def snapshot(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    order, shown = volume_snapshot(doboto)
    return ["snapshot", "destroy", order[-1]], shown


def peering(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    ids = [doboto.ok("vpc", "create", name, "--region", "nyc3", "--query", "id").out.strip() for name in ("a", "b")]
    made = doboto.ok("vpc", "peering-create", "--name", "bridge", "--vpc-ids", ",".join(ids), "-o", "json").json
    return ["vpc", "peering-destroy", made["id"]], {"id": made["id"], "name": "bridge", "vpc_ids": ids}


def alert(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    made = doboto.ok(
        "monitoring", "alert-create", "v1/insights/droplet/cpu", "--description", "busy", "--compare", "GreaterThan",
        "--value", "80", "--window", "5m", "--entities", "[]", "--tag", "[]", "--alerts", '{"email": [], "slack": []}',
        "--enabled", "-o", "json",
    ).json  # fmt: skip
    shown = {"id": made["uuid"], "uuid": made["uuid"], "type": "v1/insights/droplet/cpu", "description": "busy"}
    return ["monitoring", "alert-destroy", made["uuid"]], shown


def address(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    made = doboto.ok("reserved-ip", "create", "--region", "nyc3", "-o", "json").json
    return ["reserved-ip", "destroy", made["ip"]], {"id": made["ip"], "ip": made["ip"], "region": "nyc3"}


def tag(doboto: Doboto) -> tuple[list[str], dict[str, Any]]:
    doboto.ok("-q", "droplet", "create", "web-{1..2}", *NEW, "--tag", "prod", "--wait")
    doboto.ok("-q", "volume", "create", "data", "--region", "nyc3", "--size-gigabytes", "10", "--tag", "prod")
    return ["tag", "destroy", "prod"], {"id": "prod", "name": "prod", "resources": 3, "droplets": 2, "volumes": 1}


THINGS = [domain_record, domain, volume_by_id, volume_by_name, volume_resize, volume_snapshot, snapshot, peering,
          alert, address, tag]  # fmt: skip


@pytest.mark.parametrize("thing", THINGS, ids=lambda one: one.__name__)
def test_a_refusal_names_the_thing_as_its_kind_is_shown(simulated: Doboto, thing: Any) -> None:
    order, shown = thing(simulated)
    error = simulated.refused(5, "refused", *order)
    (target,) = error["targets"]
    assert target.items() >= shown.items()
    for value in shown.values():
        assert all(str(one) in error["message"] for one in (value if isinstance(value, list) else [value]))


@pytest.mark.parametrize("thing", THINGS, ids=lambda one: one.__name__)
def test_with_yes_nothing_is_asked_of_the_api_but_to_do_it(simulated: Doboto, asked: list[str], thing: Any) -> None:
    order, _ = thing(simulated)
    asked.clear()
    simulated.ok("-q", *order, "--yes")
    doing = [line for line in asked if not line.startswith("GET ")]
    assert len(doing) == 1
    # By its name a volume is looked up by the library itself, for its id.
    assert len(asked) == 1 or "--name" in order


def test_a_tag_is_shown_with_its_droplets(simulated: Doboto) -> None:
    order, _ = tag(simulated)
    error = simulated.refused(5, "refused", *order)
    assert [one["name"] for one in error["targets"][0]["tagged"]] == ["web-1", "web-2"]
    assert "on web-1 (480000000), web-2 (480000001)" in error["message"]


@pytest.mark.parametrize("order", [
    ("domain", "destroy", "example.org"), ("domain", "record-destroy", "example.org", "--record-id", "7"),
    ("volume", "destroy", "--name", "data", "--region", "nyc3"), ("snapshot", "destroy", "404"),
    ("tag", "destroy", "prod"), ("reserved-ip", "destroy", "203.0.113.7"), ("droplet", "destroy", "404"),
    ("image", "destroy", "404"), ("monitoring", "alert-destroy", "c9d2d5a4-0000-4000-8000-000000000000"),
])  # fmt: skip
def test_what_is_not_there_is_not_asked_about(simulated: Doboto, asked: list[str], order: tuple[str, ...]) -> None:
    simulated.refused(3, "not_found", *order)
    if "volume" not in order:
        simulated.ok(*order, "--missing-ok")
    assert all(line.startswith("GET ") for line in asked)


@pytest.mark.parametrize("order", [
    ("droplet", "destroy"), ("droplet", "destroy", "--tag", ""), ("volume", "destroy"),
    ("volume", "destroy", "--name", "data"), ("domain", "destroy", ""),
])  # fmt: skip
def test_what_is_not_named_as_it_must_be_is_wrong_usage(
    simulated: Doboto, asked: list[str], order: tuple[str, ...]
) -> None:
    """With and without a question, and nothing is sent."""
    assert simulated.refused(2, "usage", *order, "--yes")["message"]
    assert simulated.refused(2, "usage", *order)["message"]
    assert asked == []


def test_what_is_not_there_leaves_the_others_to_be_asked_about(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    error = simulated.refused(5, "refused", "droplet", "destroy", "web", "404", "--missing-ok")
    assert [one["id"] for one in error["targets"]] == [480000000]


def test_a_token_that_may_not_read_is_told_what_was_given(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", method="GET", status=403)
    error = served.refused(5, "refused", "domain", "record-destroy", "example.com", "--record-id", "7")
    assert error["targets"] == [{"id": "example.com 7", "name": ""}]
    served.refused(4, "unauthorized", "droplet", "destroy", "7")


def test_an_api_that_fails_is_no_reason_to_ask(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", method="GET", status=501)
    served.refused(11, "unreachable", "domain", "destroy", "example.com")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_question_shows_a_table_of_the_kind_and_what_carries_a_tag(simulated: Doboto) -> None:
    from .terminal import Terminal

    order, _ = tag(simulated)
    with Terminal(order, simulated.environment) as terminal:
        question = terminal.read(lambda text: "[y/N]" in text).splitlines()
        assert question[0].split() == ["NAME", "DROPLETS", "RESOURCES", "VOLUMES"]
        assert question[1].split() == ["prod", "2", "3", "1"]
        assert question[2] == "prod is on 2 Droplets, which stay:"
        assert [line.split()[0] for line in question[3:6]] == ["NAME", "web-1", "web-2"]
        terminal.type("y\n")
        assert terminal.end() == 0
    assert simulated.ok("tag", "list", "-o", "json").json == []
    assert len(simulated.ok("droplet", "list", "-o", "json").json) == 2
