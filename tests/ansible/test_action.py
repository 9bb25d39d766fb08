"""The module `droplet_action`."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.doboto.droplets.plugins.module_utils.action_task import ACTIONS
from ansible_collections.doboto.droplets.plugins.module_utils.journal import TaskFailure

from doboto import catalog

from .conftest import NEW, World


def test_reboot_by_tag_waits_for_all_together(world: World) -> None:
    world.droplet(name="web", count=20, tags=["web"], **NEW)
    world.requests.clear()
    began = world.clock.now()
    result = world.action("reboot", tag_name="web")
    assert (result["changed"], {one["status"] for one in result["actions"]}) == (True, {"completed"})
    assert len(result["actions"]) == world.count("POST") == 20
    assert world.count("GET") <= 8
    assert world.clock.now() - began <= 20


@pytest.mark.parametrize(
    ("first", "second"), [("power_off", "power_on"), ("shutdown", "power_on"), ("backup_enable", "backup_disable")]
)
def test_action_that_would_change_nothing_is_not_started(world: World, first: str, second: str) -> None:
    ids = world.droplet(names=["a", "b"], **NEW)["ids"]
    for action in (first, second):
        predicted = world.action(action, names=["a", "b"], check_mode=True)
        assert (predicted["changed"], set(predicted["diff"]["after"])) == (True, {f"a ({ids[0]})", f"b ({ids[1]})"})
        assert world.action(action, names=["a", "b"])["changed"]
        again = world.action(action, ids=ids)
        assert (again["changed"], again["unchanged"], again["actions"]) == (False, ids, [])


def test_only_those_that_need_it_are_acted_on(world: World) -> None:
    ids = world.droplet(names=["a", "b"], **NEW)["ids"]
    world.action("power_off", id=ids[0])
    result = world.action("power_off", ids=ids)
    assert ([one["resource_id"] for one in result["actions"]], result["unchanged"]) == (ids[1:], ids[:1])


SINGLE: list[tuple[str, dict[str, Any]]] = [
    ("rename", {"new_name": "b"}),
    ("snapshot_create", {"snapshot_name": "before"}),
    ("rebuild", {"image": "debian-12-x64"}),
    ("password_reset", {}),
    ("power_cycle", {}),
    ("ipv6_enable", {}),
]


@pytest.mark.parametrize(("action", "options"), SINGLE)
def test_each_action_completes(world: World, action: str, options: dict[str, Any]) -> None:
    world.droplet(name="a", **NEW)
    result = world.action(action, name="a", **options)
    assert (result["changed"], [one["status"] for one in result["actions"]]) == (True, ["completed"])


def test_image_may_be_the_number_of_a_snapshot(world: World) -> None:
    id = world.droplet(name="a", **NEW)["ids"][0]
    world.action("snapshot_create", id=id, snapshot_name="before")
    snapshot = world.client().droplet.snapshot_list(id)[0]["id"]
    assert world.action("rebuild", id=id, image=str(snapshot))["droplets"][0]["image"]["id"] == snapshot


def test_missing_droplet_fails_before_anything_is_done(world: World) -> None:
    world.droplet(name="a", **NEW)
    with pytest.raises(TaskFailure, match="nothing was done: there is no Droplet b"):
        world.action("reboot", names=["a", "b"])
    assert world.count("POST") == 1


def test_failed_action_is_a_change_and_reported(world: World) -> None:
    ids = world.droplet(names=["a", "b"], **NEW)["ids"]
    world.sim.faults.load([{"kind": "action_errored", "count": 1}])
    with pytest.raises(TaskFailure) as caught:
        world.action("reboot", ids=ids)
    result = caught.value.result
    assert (result["changed"], sorted(one["status"] for one in result["actions"])) == (True, ["completed", "errored"])
    assert set(result["outcomes"]) == {str(id) for id in ids}


def test_actions_are_those_of_the_library() -> None:
    operations = catalog.resources()["droplet"].operations
    assert set(ACTIONS) == {name for name, one in operations.items() if one.info.effect == "action"}
    for name, action in ACTIONS.items():
        parameters = {one.name for one in operations[name].parameters}
        assert set(action.arguments) <= parameters
