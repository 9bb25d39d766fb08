"""The module `droplet`: what it creates, changes and reports, also where requests fail."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.doboto.droplets.plugins.module_utils.journal import TaskFailure

from .conftest import NEW, World


def test_create_then_nothing_changes(world: World) -> None:
    first = world.droplet(name="web-1", tags=["web"], **NEW)
    assert (first["changed"], [one["name"] for one in first["created"]]) == (True, ["web-1"])
    assert first["droplet"]["status"] == "active"
    assert first["droplet"]["public_ipv4"]

    second = world.droplet(name="web-1", tags=["web"], **NEW)
    assert (second["changed"], second["created"], second["diff"]) == (False, [], {"before": {}, "after": {}})
    assert second["ids"] == first["ids"]


def test_count_creates_only_what_is_missing(world: World) -> None:
    world.droplet(name="web", count=2, **NEW)
    result = world.droplet(name="web", count=4, **NEW)
    assert [one["name"] for one in result["created"]] == ["web-3", "web-4"]
    assert [one["name"] for one in result["droplets"]] == ["web-1", "web-2", "web-3", "web-4"]


def test_check_mode_predicts_and_sends_reads_only(world: World) -> None:
    result = world.droplet(name="web-1", state="active", check_mode=True, **NEW)
    assert result["changed"]
    assert result["diff"]["after"] == {"web-1": NEW}
    assert world.names() == []
    assert world.count("POST") == 0


def test_fifty_cost_nine_requests(world: World) -> None:
    result = world.droplet(name="web", count=50, **NEW)
    assert len(world.requests) <= 9
    assert {one["status"] for one in result["droplets"]} == {"active"}
    assert all(one["public_ipv4"] for one in result["droplets"])


#: What may befall the request that creates.
FAULTS: dict[str, list[dict[str, Any]]] = {
    "503 after effect": [{"kind": "status", "when": "after", "arguments": {"status": 503}}],
    "dropped after effect": [{"kind": "drop", "when": "after"}],
    "cut": [{"kind": "cut"}],
    "not JSON": [{"kind": "not_json"}],
    "429": [{"kind": "status", "when": "before", "arguments": {"status": 429, "headers": {"retry-after": "2"}}}],
    "404 while polling": [{"kind": "get_lag", "arguments": {"seconds": 20}}],
    "missing in lists": [{"kind": "list_lag", "arguments": {"seconds": 10}}],
    "addresses after active": [{"kind": "address_after"}],
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("count", [1, 12])
def test_faults_leave_one_droplet_each_and_correct_changed(world: World, fault: str, count: int) -> None:
    for rule in FAULTS[fault]:
        world.sim.faults.load([{"method": "POST", "path": "/v2/droplets", "count": 1, **rule}])
    task = {"name": "web", "count": count, "tags": ["web"], **NEW}
    result = world.droplet(**task)
    names = [f"web-{number}" for number in range(1, count + 1)]
    assert result["changed"]
    assert sorted(world.names()) == sorted(names)
    assert [one["name"] for one in result["droplets"]] == names
    assert all(one["public_ipv4"] and one["status"] == "active" for one in result["droplets"])

    second = world.droplet(**task)
    assert (second["changed"], second["ids"]) == (False, result["ids"])


def test_unknown_outcome_fails_as_changed_and_is_completed_by_next_run(world: World) -> None:
    """The create takes effect, its response is lost, and every list afterwards fails."""
    world.sim.faults.load(
        [
            {"kind": "drop", "when": "after", "method": "POST", "path": "/v2/droplets", "count": 1},
            {"kind": "status", "method": "GET", "path": "/v2/droplets", "after": 2, "arguments": {"status": 400}},
        ]
    )
    with pytest.raises(TaskFailure) as caught:
        world.droplet(name="web-1", **NEW)
    result = caught.value.result
    assert (result["changed"], result["created"], result["unknown"]) == (True, [], ["web-1"])
    assert "Run the task again" in result["msg"]

    world.sim.faults.clear()
    again = world.droplet(name="web-1", **NEW)
    assert (again["changed"], world.names()) == (False, ["web-1"])


@pytest.mark.parametrize("rule", [{"kind": "status", "arguments": {"status": 503}}, {"kind": "drop"}], ids=str)
@pytest.mark.parametrize("count", [1, 12])
def test_create_that_took_no_effect_is_made_by_next_run(world: World, rule: dict[str, Any], count: int) -> None:
    world.sim.faults.load([{"method": "POST", "path": "/v2/droplets", "when": "before", "count": 1, **rule}])
    with pytest.raises(TaskFailure) as caught:
        world.droplet(name="web", count=count, **NEW)
    names = [f"web-{number}" for number in range(1, count + 1)]
    assert (caught.value.result["changed"], caught.value.result["unknown"]) == (True, names[:10])
    again = world.droplet(name="web", count=count, **NEW)
    assert (again["changed"], sorted(world.names())) == (True, sorted(names))


def test_failure_reports_what_was_created(make_world: Any) -> None:
    world = make_world(droplet_limit=10)
    with pytest.raises(TaskFailure) as caught:
        world.droplet(name="web", count=12, **NEW)
    result = caught.value.result
    assert result["changed"]
    assert len(result["created"]) == len(world.names()) == 10


def test_refused_create_has_not_changed_anything(world: World) -> None:
    with pytest.raises(TaskFailure) as caught:
        world.droplet(name="web-1", **{**NEW, "size": "s-none"})
    assert (caught.value.result["changed"], caught.value.result["status"]) == (False, 422)


@pytest.mark.parametrize("missing", ["size", "image"])
def test_create_without_attribute_is_refused_before_any_change(world: World, missing: str) -> None:
    with pytest.raises(TaskFailure, match=f"web-1 does not exist; to create it, give {missing}"):
        world.droplet(name="web-1", **{**NEW, missing: None})
    assert world.count("POST") == 0


CHANGES: list[tuple[dict[str, Any], str, tuple[Any, Any]]] = [
    ({"tags": ["db"]}, "tags", (["Web"], ["Web", "db"])),
    ({"tags": ["db"], "purge_tags": True}, "tags", (["Web"], ["db"])),
    ({"backups": True}, "backups", (False, True)),
    ({"ipv6": True}, "ipv6", (False, True)),
    ({"size": "s-2vcpu-4gb", "allow_reboot": True}, "size", ("s-1vcpu-1gb", "s-2vcpu-4gb")),
    ({"state": "off"}, "status", ("active", "off")),
]


@pytest.mark.parametrize(("options", "field", "values"), CHANGES, ids=[str(one[0]) for one in CHANGES])
def test_differences_are_changed_once(
    world: World, options: dict[str, Any], field: str, values: tuple[Any, Any]
) -> None:
    id = world.droplet(name="web-1", tags=["Web"], **NEW)["ids"][0]
    predicted = world.droplet(name="web-1", check_mode=True, **options)
    result = world.droplet(name="web-1", **options)
    label = f"web-1 ({id})"
    assert predicted["diff"] == result["diff"]
    assert (result["diff"]["before"][label][field], result["diff"]["after"][label][field]) == values
    assert predicted["changed"]
    assert result["changed"]

    again = world.droplet(name="web-1", **options)
    assert (again["changed"], again["mismatches"]) == (False, [])


def test_resize_restarts_droplet_only_if_allowed(world: World) -> None:
    world.droplet(name="web-1", **NEW)
    refused = world.droplet(name="web-1", size="s-2vcpu-4gb")
    assert (refused["changed"], refused["mismatches"][0]["option"]) == (False, "size")
    allowed = world.droplet(name="web-1", size="s-2vcpu-4gb", allow_reboot=True, resize_disk=True)
    assert (allowed["droplet"]["size_slug"], allowed["droplet"]["status"]) == ("s-2vcpu-4gb", "active")
    assert [action["type"] for action in allowed["actions"]] == ["shutdown", "resize", "power_on"]


def test_resize_and_off_shut_down_once(world: World) -> None:
    world.droplet(name="web-1", **NEW)
    result = world.droplet(name="web-1", size="s-2vcpu-4gb", state="off")
    assert [action["type"] for action in result["actions"]] == ["shutdown", "resize"]
    assert (result["droplet"]["status"], result["droplet"]["size_slug"]) == ("off", "s-2vcpu-4gb")


def test_system_that_does_not_shut_down_is_powered_off(make_world: Any) -> None:
    world = make_world(shutdown_succeeds=False)
    world.droplet(name="web-1", **NEW)
    result = world.droplet(name="web-1", state="off")
    assert [action["type"] for action in result["actions"]] == ["shutdown", "power_off"]
    assert result["droplet"]["status"] == "off"


def test_rename_by_id(world: World) -> None:
    id = world.droplet(name="web-1", **NEW)["ids"][0]
    result = world.droplet(id=id, name="web-2")
    assert (result["changed"], result["droplet"]["name"]) == (True, "web-2")
    assert not world.droplet(id=id, name="web-2")["changed"]


UNCHANGEABLE: list[dict[str, Any]] = [
    {"region": "sfo3"}, {"image": "debian-12-x64"}, {"monitoring": True}, {"vpc_uuid": "another"},
]  # fmt: skip


@pytest.mark.parametrize("options", UNCHANGEABLE, ids=str)
def test_what_cannot_be_changed_is_reported(world: World, options: dict[str, Any]) -> None:
    world.droplet(name="web-1", **NEW)
    result = world.droplet(name="web-1", **options)
    assert not result["changed"]
    assert [one["option"] for one in result["mismatches"]] == list(options)
    assert len(result["warnings"]) == 1
    with pytest.raises(TaskFailure, match="nothing was changed"):
        world.droplet(name="web-1", tags=["new"], on_mismatch="fail", **options)
    assert "new" not in world.client().droplet.list()[0]["tags"]


def test_states_by_tag(world: World) -> None:
    world.droplet(name="web", count=3, tags=["web"], **NEW)
    world.droplet(name="db", **NEW)
    off = world.droplet(tag_name="web", state="off")
    assert {one["name"]: one["status"] for one in world.client().droplet.list()} == {
        "web-1": "off", "web-2": "off", "web-3": "off", "db": "active",
    }  # fmt: skip
    assert (off["changed"], world.droplet(tag_name="web", state="off")["changed"]) == (True, False)
    on = world.droplet(tag_name="web", state="active")
    assert {one["status"] for one in on["droplets"]} == {"active"}
    gone = world.droplet(tag_name="web", state="absent")
    assert (gone["changed"], len(gone["destroyed"]), world.names()) == (True, 3, ["db"])
    assert not world.droplet(tag_name="web", state="absent")["changed"]


def test_rebuild_keeps_id_and_address(world: World) -> None:
    before = world.droplet(name="web-1", **NEW)["droplet"]
    result = world.droplet(name="web-1", state="rebuilt", image="debian-12-x64")
    after = result["droplet"]
    assert (after["id"], after["public_ipv4"]) == (before["id"], before["public_ipv4"])
    assert after["image"]["slug"] == "debian-12-x64"
    assert result["diff"]["after"] == {f"web-1 ({before['id']})": {"image": "debian-12-x64"}}


def test_twins_are_not_destroyed_by_name(world: World) -> None:
    do = world.client()
    ids = [do.droplet.create(name="web-1", wait=True, **NEW)["id"] for _ in range(2)]
    with pytest.raises(TaskFailure, match=f"other Droplets have the same name: web-1 \\({ids[1]}\\)"):
        world.droplet(name="web-1", state="absent")
    present = world.droplet(name="web-1", **NEW)
    assert (present["changed"], present["ids"]) == (False, ids[:1])
    assert "the oldest of each name is used" in present["warnings"][0]


def test_destroy_with_lost_response_changes_once(world: World) -> None:
    world.droplet(name="web-1", **NEW)
    world.sim.faults.load([{"kind": "drop", "when": "after", "method": "DELETE", "path": "/v2/droplets/*", "count": 1}])
    assert world.droplet(name="web-1", state="absent")["changed"]
    assert (world.names(), world.droplet(name="web-1", state="absent")["changed"]) == ([], False)


def test_destroy_that_fails_for_one_reports_the_others(world: World) -> None:
    ids = world.droplet(name="web", count=3, **NEW)["ids"]
    world.sim.faults.load(
        [{"kind": "status", "method": "DELETE", "path": f"/v2/droplets/{ids[1]}", "arguments": {"status": 403}}]
    )
    with pytest.raises(TaskFailure) as caught:
        world.droplet(ids=ids, state="absent")
    result = caught.value.result
    assert (result["changed"], [one["id"] for one in result["destroyed"]]) == (True, [ids[0], ids[2]])
    assert set(result["outcomes"]) == {str(id) for id in ids}


def test_project_is_brought_into_line(world: World) -> None:
    do = world.client()
    project = do.project.create(name="shop", purpose="Web Application")
    created = world.droplet(name="web-1", project="shop", **NEW)
    assert created["diff"]["after"]["web-1"]["project"] == "shop"
    assert [one["urn"] for one in do.project.resource_list(project["id"])] == [f"do:droplet:{created['ids'][0]}"]
    assert not world.droplet(name="web-1", project=project["id"], **NEW)["changed"]
    with pytest.raises(TaskFailure, match="there is no project 'none'"):
        world.droplet(name="web-1", project="none", **NEW)


def test_backup_policy_is_compared(world: World) -> None:
    weekly = {"plan": "weekly", "weekday": "SUN", "hour": 4}
    world.droplet(name="web-1", backups=True, backup_policy=weekly, **NEW)
    assert not world.droplet(name="web-1", backups=True, backup_policy=weekly)["changed"]
    changed = world.droplet(name="web-1", backup_policy={**weekly, "hour": 8})
    assert changed["changed"]
    assert not world.droplet(name="web-1", backup_policy={**weekly, "hour": 8})["changed"]


def test_next_run_waits_for_what_was_created_without_waiting(world: World) -> None:
    first = world.droplet(name="web-1", wait=False, **NEW)
    assert (first["droplet"]["status"], first["droplet"]["public_ipv4"]) == ("new", None)
    second = world.droplet(name="web-1", state="active", **NEW)
    assert (second["changed"], second["droplet"]["status"]) == (False, "active")
    assert second["droplet"]["public_ipv4"]


def test_ready_port_is_waited_for_in_every_run(world: World) -> None:
    world.droplet(name="web-1", **NEW)
    began = world.clock.now()
    result = world.droplet(name="web-1", ready_port=22, **NEW)
    assert not result["changed"]
    assert world.clock.now() - began >= world.sim.settings.boot_seconds - 5
    with pytest.raises(TaskFailure, match="port 5432") as caught:
        world.droplet(name="web-1", ready_port=5432, timeout=30, **NEW)
    assert not caught.value.result["changed"]


def test_timeout_while_waiting_is_a_change_and_names_what_was_created(world: World) -> None:
    with pytest.raises(TaskFailure) as caught:
        world.droplet(names=["web-1", "web-2"], timeout=10, **NEW)
    result = caught.value.result
    assert (result["changed"], sorted(one["name"] for one in result["created"])) == (True, ["web-1", "web-2"])
    assert "Running the task again uses them" in result["msg"]
    assert not world.droplet(names=["web-1", "web-2"], **NEW)["changed"]


def test_user_data_is_not_shown(world: World) -> None:
    result = world.droplet(name="web-1", user_data="#!/bin/sh\necho hunter2", **NEW)
    assert "hunter2" not in str(result)


def test_every_option_that_creates_is_sent(world: World) -> None:
    key = world.client().ssh_key.create(
        name="me", public_key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbK5mNPEnFLkDvGVCQ0CkXdXxTHTtBxWvbQ3DsQb9ex me"
    )
    result = world.droplet(name="web-1", ssh_keys=[str(key["id"])], ipv6=True, monitoring=True, backups=True, **NEW)
    assert {"ipv6", "monitoring", "backups"} <= set(result["droplet"]["features"])
    assert result["droplet"]["public_ipv6"]


@pytest.mark.parametrize(("first", "second"), [*itertools.permutations(["present", "active", "off"], 2)])
def test_states_follow_each_other(world: World, first: str, second: str) -> None:
    world.droplet(name="web-1", state=first, **NEW)
    result = world.droplet(name="web-1", state=second)
    wanted = {"present": "off" if first == "off" else "active", "active": "active", "off": "off"}[second]
    assert result["droplet"]["status"] == wanted
    assert not world.droplet(name="web-1", state=second)["changed"]
