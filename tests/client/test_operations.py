"""All documented operations, in both clients: what comes back is what is documented, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTONotFoundException
from doboto.sim import Simulator

from .conftest import Log, one, several

NUMBER, TEXT, FLAG, LIST, DICT = (int, float), str, bool, list, dict
DROPLET = {
    "id": NUMBER,
    "name": TEXT,
    "memory": NUMBER,
    "vcpus": NUMBER,
    "disk": NUMBER,
    "locked": FLAG,
    "created_at": TEXT,
    "status": TEXT,
    "backup_ids": LIST,
    "snapshot_ids": LIST,
    "features": LIST,
    "region": DICT,
    "image": DICT,
    "size": DICT,
    "size_slug": TEXT,
    "networks": DICT,
    "kernel": (DICT, type(None)),
    "next_backup_window": (DICT, type(None)),
    "tags": LIST,
    "volume_ids": LIST,
}
ACTION = {
    "id": NUMBER,
    "status": TEXT,
    "type": TEXT,
    "started_at": TEXT,
    "completed_at": (TEXT, type(None)),
    "resource_id": NUMBER,
    "resource_type": TEXT,
    "region": (DICT, TEXT, type(None)),  # a slug when DOBOTO was documented, the whole region today
    "region_slug": (TEXT, type(None)),
}
IMAGE = {
    "id": NUMBER,
    "name": TEXT,
    "type": TEXT,
    "distribution": TEXT,
    "slug": (TEXT, type(None)),
    "public": FLAG,
    "regions": LIST,
    "min_disk_size": NUMBER,
    "created_at": TEXT,
}
#: Documented in 2017, and no longer in what the API sends for the snapshots of a Droplet (it is for backups).
GONE = {"distribution", "slug", "public"}
KERNEL = {"id": NUMBER, "name": TEXT, "version": TEXT}


def check(found: Any, documented: dict[str, Any], *, without: set[str] | None = None) -> None:
    assert isinstance(found, dict)
    for name, kinds in documented.items():
        if name in (without or set()) and name not in found:
            continue
        assert isinstance(found[name], kinds), (name, found.get(name))


def check_action(action: Any, type: str, status: str = "completed") -> None:
    check(action, ACTION)
    assert action["type"] == type
    assert action["status"] == status


@pytest.fixture
def droplet(api: Any) -> Any:
    """A Droplet that is ready."""
    return api.droplet.create(one(), wait=True)


def test_create_one_gives_a_droplet(api: Any) -> None:
    droplet = api.droplet.create(one())
    check(droplet, DROPLET)
    assert (droplet["name"], droplet["status"]) == ("web-1", "new")


def test_create_several_gives_a_list_in_the_order_of_the_names(api: Any) -> None:
    droplets = api.droplet.create(several("b", "a", "c"), wait=True)
    for droplet in droplets:
        check(droplet, DROPLET)
    assert [droplet["name"] for droplet in droplets] == ["b", "a", "c"]
    assert {droplet["status"] for droplet in droplets} == {"active"}


def test_info(api: Any, droplet: Any) -> None:
    found = api.droplet.info(droplet["id"])
    check(found, DROPLET)
    assert found == droplet


def test_list(api: Any, droplet: Any) -> None:
    other = api.droplet.create(one("db-1", tags=["env:prod"]), wait=True)
    for found in api.droplet.list():
        check(found, DROPLET)
    assert api.droplet.list() == [droplet, other]
    assert api.droplet.list("env:prod") == [other]
    assert api.droplet.list(name="DB-1") == [other]
    assert api.droplet.list(name="nobody") == []


def test_neighbors(api: Any) -> None:
    droplets = api.droplet.create(several(*(f"w{n}" for n in range(30))), wait=True)
    groups = api.droplet.droplet_neighbor_list()
    for group in groups:
        for found in group:
            check(found, DROPLET)
    by_server = next(group for group in groups if len(group) > 1)
    neighbors = api.droplet.neighbor_list(by_server[0]["id"])
    assert {found["id"] for found in neighbors} == {found["id"] for found in by_server[1:]}
    assert {found["id"] for group in groups for found in group} <= {found["id"] for found in droplets}


def test_present_creates_what_is_missing_and_only_that(api: Any, log: Log) -> None:
    droplet, created = api.droplet.present(one())
    check(droplet, DROPLET)
    assert created == droplet
    log.take()
    assert api.droplet.present(one()) == (droplet, None)
    assert log.count("POST") == 0
    everything, created = api.droplet.present(several("web-2", "web-1", "web-3"))
    assert [found["name"] for found in everything] == ["web-2", "web-1", "web-3"]
    assert [found["name"] for found in created] == ["web-2", "web-3"]
    assert everything[1] == droplet
    assert api.droplet.present(several("web-1", "web-2"))[1] == []


def test_destroy_by_id(api: Any, droplet: Any) -> None:
    assert api.droplet.destroy(droplet["id"]) is None
    with pytest.raises(DOBOTONotFoundException):
        api.droplet.info(droplet["id"])


def test_destroy_by_tag_leaves_the_others(api: Any, droplet: Any) -> None:
    api.droplet.create(several("a", "b", tags=["env:prod"]), wait=True)
    assert api.droplet.destroy(tag_name="env:prod", wait=True) is None
    assert api.droplet.list() == [droplet]


@pytest.mark.parametrize("wait", [False, True])
def test_destroying_by_a_tag_that_no_droplet_has_is_no_error(api: Any, droplet: Any, wait: bool) -> None:
    api.tag.create("unused")
    assert api.droplet.destroy(tag_name="unused", wait=wait) is None
    with pytest.raises(DOBOTONotFoundException):
        api.droplet.destroy(tag_name="misspelt", wait=wait)
    assert api.droplet.destroy(tag_name="misspelt", wait=wait, missing_ok=True) is None
    assert api.droplet.list() == [droplet]


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("power_off", "power_off"),
        ("shutdown", "shutdown"),
        ("power_cycle", "power_cycle"),
        ("backup_enable", "enable_backups"),
        ("ipv6_enable", "enable_ipv6"),
    ],
)
def test_actions_by_id_and_by_tag(api: Any, droplet: Any, name: str, type: str) -> None:
    check_action(getattr(api.droplet, name)(droplet["id"]), type, "in-progress")
    tagged = api.droplet.create(several("a", "b", tags=["env:prod"]), wait=True)
    actions = getattr(api.droplet, name)(tag_name="env:prod", wait=True)
    for action in actions:
        check_action(action, type)
    assert {action["resource_id"] for action in actions} == {found["id"] for found in tagged}


def test_power(api: Any, droplet: Any) -> None:
    id = droplet["id"]
    check_action(api.droplet.power_off(id, wait=True), "power_off")
    assert api.droplet.info(id)["status"] == "off"
    check_action(api.droplet.power_on(id, wait=True), "power_on")
    assert api.droplet.info(id)["status"] == "active"
    check_action(api.droplet.reboot(id, wait=True), "reboot")


def test_backups(api: Any, sim: Simulator, droplet: Any) -> None:
    id = droplet["id"]
    check_action(
        api.droplet.backup_enable(id, wait=True, backup_policy={"plan": "weekly", "weekday": "SUN"}), "enable_backups"
    )
    assert api.droplet.backup_policy_info(id)["backup_policy"]["plan"] == "weekly"
    check_action(api.droplet.backup_policy_update(id, {"plan": "daily", "hour": 4}, wait=True), "change_backup_policy")
    assert [record["droplet_id"] for record in api.droplet.backup_policy_list()] == [id]
    assert {policy["name"] for policy in api.droplet.backup_policy_supported_list()} == {"daily", "weekly"}
    sim.clock.advance(3 * 86400)  # type: ignore[attr-defined]
    backups = api.droplet.backup_list(id)
    assert backups
    for backup in backups:
        check(backup, IMAGE)
        assert backup["type"] == "backup"
    check_action(api.droplet.restore(id, backups[0]["id"], wait=True), "restore")
    check_action(api.droplet.backup_disable(id, wait=True), "disable_backups")
    assert "backups" not in api.droplet.info(id)["features"]


def test_snapshots(api: Any, droplet: Any) -> None:
    id = droplet["id"]
    check_action(api.droplet.snapshot_create(id, snapshot_name="before", wait=True), "snapshot")
    (snapshot,) = api.droplet.snapshot_list(id)
    check(snapshot, IMAGE, without=GONE)
    assert (snapshot["name"], snapshot["type"]) == ("before", "snapshot")
    assert api.droplet.info(id)["snapshot_ids"] == [snapshot["id"]]
    check_action(api.droplet.rebuild(id, snapshot["id"], wait=True), "rebuild")


def test_password_reset_rename_rebuild(api: Any, droplet: Any) -> None:
    id = droplet["id"]
    check_action(api.droplet.password_reset(id, wait=True), "password_reset")
    check_action(api.droplet.rename(id, "web-2", wait=True), "rename")
    assert api.droplet.info(id)["name"] == "web-2"
    check_action(api.droplet.rebuild(id, "debian-12-x64", wait=True), "rebuild")
    assert api.droplet.info(id)["image"]["slug"] == "debian-12-x64"


def test_resize_of_processor_alone_and_with_the_disk(api: Any, droplet: Any) -> None:
    id = droplet["id"]
    api.droplet.power_off(id, wait=True)
    check_action(api.droplet.resize(id, "s-1vcpu-2gb", wait=True), "resize")
    assert (api.droplet.info(id)["size_slug"], api.droplet.info(id)["disk"]) == ("s-1vcpu-2gb", droplet["disk"])
    api.droplet.resize(id, "s-2vcpu-4gb", disk=True, wait=True)
    assert api.droplet.info(id)["disk"] > droplet["disk"]


def test_kernels(api: Any, droplet: Any) -> None:
    kernels = api.droplet.kernel_list(droplet["id"])
    for kernel in kernels:
        check(kernel, KERNEL)
    assert kernels
    check_action(api.droplet.kernel_update(droplet["id"], kernels[0]["id"], wait=True), "change_kernel")


def test_networking(api: Any, droplet: Any) -> None:
    check_action(api.droplet.ipv6_enable(droplet["id"], wait=True), "enable_ipv6")
    assert api.droplet.info(droplet["id"])["networks"]["v6"]
    check_action(api.droplet.private_networking_enable(droplet["id"], wait=True), "enable_private_networking")


def test_actions_of_a_droplet(api: Any, droplet: Any) -> None:
    id = droplet["id"]
    rename = api.droplet.rename(id, "web-2", wait=True)
    actions = api.droplet.action_list(id)
    for action in actions:
        check(action, ACTION)
    assert {action["type"] for action in actions} == {"create", "rename"}
    assert api.droplet.action_info(id, rename["id"]) == rename


def test_firewalls_of_a_droplet_that_is_behind_none(api: Any, droplet: Any) -> None:
    assert api.droplet.firewall_list(droplet["id"]) == []


def test_destroy_with_associated_resources(api: Any) -> None:
    first, second = api.droplet.create(several("a", "b"), wait=True)
    for droplet in (first, second):
        api.droplet.snapshot_create(droplet["id"], wait=True)
    kept = api.droplet.associated_resource_list(first["id"])["snapshots"]
    assert len(kept) == 1
    status = api.droplet.destroy_with_associated_resources(first["id"], {"snapshots": []}, wait=True)
    assert status["failures"] == 0
    gone = api.droplet.associated_resource_list(second["id"])["snapshots"]
    status = api.droplet.destroy_with_associated_resources(second["id"], dangerous=True, wait=True)
    assert [found["id"] for found in status["resources"]["snapshots"]] == [gone[0]["id"]]
    assert api.droplet.list() == []
    assert api.droplet.destroy_status(second["id"])["completed_at"]


def test_each_is_lazy_and_complete(api: Any, log: Log) -> None:
    names = [f"w{n}" for n in range(15)]
    api.droplet.create(several(*names))
    log.take()
    items = api.droplet.each()
    assert log.take() == []
    assert next(items)["name"] == "w0"
    assert [droplet["name"] for droplet in items] == names[1:]
