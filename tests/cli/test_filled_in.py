"""What a command fills in, the other names of options, and what a dry run finds wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import NEW, Doboto

ALERT = ("-q", "monitoring", "alert-create")


def test_an_address_is_enough_for_an_alert(simulated: Doboto) -> None:
    made = simulated.ok(*ALERT, "--email", "me@web.example", "-o", "json").json
    assert {name: made[name] for name in made if name != "uuid"} == {
        "type": "v1/insights/droplet/cpu", "description": "cpu above 80 for 5m", "compare": "GreaterThan", "value": 80,
        "window": "5m", "entities": [], "tags": [], "enabled": True,
        "alerts": {"email": ["me@web.example"], "slack": []},
    }  # fmt: skip


def test_an_alert_is_what_was_said(simulated: Doboto) -> None:
    channel = {"channel": "ops", "url": "https://hooks.slack.example/x"}
    alerts = json.dumps({"slack": [channel], "email": ["a@b.example"]})
    made = simulated.ok(
        *ALERT, "v1/insights/droplet/load_5", "--value", "2.5", "--compare", "LessThan", "--window", "1h",
        "--tag", "web", "--no-enabled", "--email", "c@d.example", "--email", "e@f.example", "--alerts", alerts,
        "-o", "json",
    ).json  # fmt: skip
    assert (made["description"], made["value"], made["enabled"]) == ("load 5 below 2.5 for 1h", 2.5, False)
    assert made["tags"] == ["web"]
    assert made["alerts"]["email"] == ["a@b.example", "c@d.example", "e@f.example"]
    assert made["alerts"]["slack"] == [channel]


@pytest.mark.parametrize(("more", "message"), [
    ((), "no recipient is given; pass --email or --alerts"), (("--email", "me"), "'me' is no email address"),
    (("--alerts", "email=me example.com"), "'me example.com' is no email address"),
    (("v1/insights/droplet/load_5", "--email", "a@b.example"), "needs a --value"),
])  # fmt: skip
def test_an_alert_that_lacks_something_is_refused(simulated: Doboto, more: tuple[str, ...], message: str) -> None:
    assert message in simulated.refused(2, "usage", *ALERT, *more)["message"]


@pytest.mark.parametrize("option", ["--size", "--size-gigabytes"])
def test_the_size_of_a_volume_is_given_as_of_other_things(simulated: Doboto, option: str) -> None:
    made = simulated.ok("-q", "volume", "create", "data", "--region", "nyc3", option, "10", "-o", "json").json
    assert made["size_gigabytes"] == 10


@pytest.mark.parametrize("option", ["--name", "--snapshot-name"])
def test_the_name_of_a_snapshot_is_given_as_of_other_things(simulated: Doboto, option: str) -> None:
    simulated.ok("-q", "volume", "create", "data", "--region", "nyc3", "--size", "10")
    assert simulated.ok("volume", "snapshot-create", "data", option, "v", "-o", "json").json["name"] == "v"
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "droplet", "snapshot-create", "web", option, "before", "--wait")
    assert "before" in [one["name"] for one in simulated.ok("snapshot", "list", "-o", "json").json]


def requested(simulated: Doboto, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = simulated.ok("droplet", "create", "web", *NEW, *more, "--dry-run", "-o", "json").json
    return found


def test_a_policy_for_backups_asks_for_backups(simulated: Doboto) -> None:
    found = requested(simulated, "--backup-policy", "plan=weekly,weekday=SUN,hour=4")
    assert found["requests"][0]["backups"] is True
    assert found["price"]["backups"] == "weekly"
    refused = simulated.refused(
        2, "usage", "droplet", "create", "web", *NEW, "--no-backups", "--backup-policy", "plan=weekly"
    )
    assert refused["message"] == "--backup-policy goes with --backups, not with --no-backups"


def test_a_dry_run_finds_a_network_elsewhere(simulated: Doboto) -> None:
    network = simulated.ok("vpc", "create", "inner", "--region", "sfo3", "-o", "json").json["id"]
    assert requested(simulated, "--vpc-uuid", "inner", "--region", "nyc3")["problems"] == [
        f"It would be refused: the VPC {network} is in sfo3, not in nyc3."
    ]
    assert requested(simulated, "--vpc-uuid", "inner", "--region", "sfo3")["problems"] == []


def test_a_dry_run_finds_a_disk_that_is_too_small_for_an_own_image(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "big", *NEW, "--size", "s-4vcpu-8gb", "--wait")
    simulated.ok("-q", "droplet", "snapshot-create", "big", "--name", "large", "--wait")
    (problem,) = requested(simulated, "--image", "large")["problems"]
    assert problem.startswith("It would be refused: ")
    assert "disk" in problem


@pytest.mark.parametrize("tag", ["two words", "a.b", "x" * 256])
def test_a_tag_that_can_not_be_is_refused(simulated: Doboto, tag: str) -> None:
    refused = simulated.refused(2, "usage", "droplet", "create", "web", *NEW, "--tag", tag, "--dry-run")
    assert "a tag cannot be" in refused["message"]


@pytest.mark.parametrize("option", ["--project", "--project-id"])
def test_a_droplet_is_created_in_a_project_by_name(simulated: Doboto, option: str) -> None:
    order = ("project", "create", "lab", "--purpose", "tests", "-o", "json")
    project = simulated.ok("-q", *order).json["id"]
    assert requested(simulated, option, "lab")["project_id"] == project
    shown = simulated.ok("droplet", "create", "web", *NEW, option, "lab", "--dry-run").out
    assert f"Then they would be put into the project {project}." in shown
    made = simulated.ok("-q", "droplet", "create", "web", *NEW, option, "lab", "--wait", "-o", "json").json
    listed = simulated.ok("project", "resource-list", "lab", "-o", "json").json
    assert [one["urn"] for one in listed] == [f"do:droplet:{made['id']}"]
    refused = simulated.refused(3, "not_found", "droplet", "create", "other", *NEW, option, "lap")
    assert "'lap'" in refused["message"]
