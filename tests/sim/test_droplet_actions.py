"""What can be done to a Droplet, and what becomes of it."""

from __future__ import annotations

import pytest

from doboto.sim import ManualClock

from .client import Client
from .conftest import Simulate

PENDING = "Droplet already has a pending event."


@pytest.mark.parametrize(
    ("type", "attributes", "status"),
    [
        ("power_off", {}, "off"),
        ("shutdown", {}, "off"),
        ("power_on", {}, "active"),
        ("power_cycle", {}, "active"),
        ("reboot", {}, "active"),
        ("password_reset", {}, "active"),
        ("rebuild", {"image": "debian-12-x64"}, "active"),
        ("change_kernel", {"kernel": 7515}, "active"),
        ("enable_private_networking", {}, "active"),
    ],
)
def test_an_action_leads_to_its_status(client: Client, type: str, attributes: dict[str, object], status: str) -> None:
    droplet = client.create_active()
    assert client.act(droplet, type, **attributes)["status"] == status


def test_an_action_is_in_progress_then_completed_and_locks_meanwhile(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    path = f"/v2/droplets/{droplet['id']}"
    action = client.post(f"{path}/actions", {"type": "power_off"})["action"]
    assert (action["status"], action["completed_at"], action["resource_type"]) == ("in-progress", None, "droplet")
    assert action["resource_id"] == droplet["id"]
    assert client.get(path)["droplet"]["locked"]
    clock.advance(3)
    done = client.get(f"{path}/actions/{action['id']}")["action"]
    assert done["status"] == "completed"
    assert done["completed_at"]
    assert client.get(f"/v2/actions/{action['id']}")["action"] == done
    assert not client.get(path)["droplet"]["locked"]


def test_one_event_at_a_time(client: Client, clock: ManualClock) -> None:
    droplet = client.create()
    path = f"/v2/droplets/{droplet['id']}/actions"
    answer = client.call("POST", path, {"type": "reboot"})
    assert (answer.status, answer.body["id"], answer.message) == (422, "unprocessable_entity", PENDING)
    clock.advance(40)
    assert client.call("POST", path, {"type": "reboot"}).status == 201
    assert client.call("POST", path, {"type": "snapshot"}).message == PENDING


def test_a_snapshot_is_an_image_of_the_droplet(client: Client) -> None:
    droplet = client.create_active()
    after = client.act(droplet, "snapshot", name="before-upgrade")
    (number,) = after["snapshot_ids"]
    image = client.get(f"/v2/images/{number}")["image"]
    assert (image["name"], image["type"], image["public"]) == ("before-upgrade", "snapshot", False)
    assert (image["min_disk_size"], image["regions"]) == (25, ["nyc3"])
    assert client.get("/v2/images?private=true")["images"] == [image]
    assert client.get(f"/v2/snapshots/{number}")["snapshot"]["resource_id"] == str(droplet["id"])
    (listed,) = client.get(f"/v2/droplets/{droplet['id']}/snapshots")["snapshots"]
    assert (listed["id"], listed["distribution"], listed["slug"]) == (number, "Ubuntu", None)


def test_an_unnamed_snapshot_is_called_after_the_droplet_and_the_moment(client: Client) -> None:
    droplet = client.create_active("web-01")
    client.act(droplet, "snapshot")
    (snapshot,) = client.get("/v2/snapshots")["snapshots"]
    assert snapshot["name"].startswith("web-01-17")


def test_a_droplet_can_be_made_of_a_snapshot(client: Client) -> None:
    (number,) = client.act(client.create_active(), "snapshot")["snapshot_ids"]
    again = client.create_active("again", image=number)
    assert again["image"]["id"] == number
    assert client.call("DELETE", f"/v2/images/{number}").status == 204
    assert client.get(f"/v2/droplets/{again['id']}")["droplet"]["image"]["id"] == number
    elsewhere = client.call("POST", "/v2/droplets", {"name": "x", "size": "s-1vcpu-1gb", "image": number})
    assert elsewhere.status == 422


def test_snapshots_can_want_the_droplet_off(simulate: Simulate) -> None:
    client = simulate(snapshot_needs_off=True)
    droplet = client.create_active()
    answer = client.call("POST", f"/v2/droplets/{droplet['id']}/actions", {"type": "snapshot"})
    assert answer.message == "Droplet is currently on. Please power it off to run this event."


def test_resize_can_want_the_droplet_off(simulate: Simulate) -> None:
    client = simulate(resize_needs_off=True)
    droplet = client.create_active()
    wanted = {"type": "resize", "size": "s-2vcpu-4gb"}
    refused = client.call("POST", f"/v2/droplets/{droplet['id']}/actions", wanted)
    assert refused.message == "Droplet is currently on. Please power it off to run this event."
    client.act(droplet, "power_off")
    assert client.act(droplet, **wanted)["size_slug"] == "s-2vcpu-4gb"


def test_a_running_droplet_can_be_resized(client: Client) -> None:
    droplet = client.act(client.create_active(), "resize", size="s-2vcpu-4gb")
    assert (droplet["size_slug"], droplet["status"]) == ("s-2vcpu-4gb", "active")


def test_power_off_can_want_the_droplet_on(simulate: Simulate) -> None:
    client = simulate(power_off_needs_on=True)
    droplet = client.act(client.create_active(), "power_off")
    refused = client.call("POST", f"/v2/droplets/{droplet['id']}/actions", {"type": "power_off"})
    assert (refused.status, refused.message) == (422, "Droplet is already powered off")


def test_a_snapshot_is_as_old_as_the_action_that_makes_it(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    clock.advance(100)
    path = f"/v2/droplets/{droplet['id']}"
    action = client.post(f"{path}/actions", {"type": "snapshot", "name": "nightly"})["action"]
    clock.advance(60)
    (snapshot,) = client.get(f"{path}/snapshots")["snapshots"]
    assert snapshot["created_at"] == action["started_at"]


def test_restore_takes_a_snapshot_of_the_same_droplet_only(client: Client) -> None:
    droplet, other = client.create_active(), client.create_active("other")
    (number,) = client.act(droplet, "snapshot")["snapshot_ids"]
    refused = client.call("POST", f"/v2/droplets/{other['id']}/actions", {"type": "restore", "image": number})
    assert refused.status == 422
    assert client.act(droplet, "restore", image=number)["image"]["id"] == number


def test_resize_wants_a_size_with_a_disk_that_is_not_smaller(client: Client) -> None:
    droplet = client.create_active(size="s-1vcpu-2gb")
    path = f"/v2/droplets/{droplet['id']}/actions"
    for size, message in [
        ("s-1vcpu-1gb", "This size is not available because it has a smaller disk."),
        ("nope", "You specified an invalid size for Droplet creation."),
        ("gpu-h100x1-80gb", "Size is not available in this region."),
    ]:
        assert client.call("POST", path, {"type": "resize", "size": size}).message == message


@pytest.mark.parametrize(("disk", "gigabytes"), [(False, 25), (True, 80), ("true", 80), ("True", 80), (None, 25)])
def test_resize_changes_the_disk_only_if_asked(client: Client, disk: object, gigabytes: int) -> None:
    droplet = client.act(client.create_active(), "power_off")
    resized = client.act(droplet, "resize", size="s-2vcpu-4gb", disk=disk)
    assert (resized["size_slug"], resized["memory"], resized["vcpus"]) == ("s-2vcpu-4gb", 4096, 2)
    assert (resized["disk"], resized["disk_info"][0]["size"]["amount"]) == (gigabytes, gigabytes)
    assert resized["status"] == "off"


def test_rename_rebuild_kernel_and_ipv6_show_in_the_droplet(client: Client) -> None:
    droplet = client.create_active()
    assert client.act(droplet, "rename", name="db-01")["name"] == "db-01"
    assert client.act(droplet, "rebuild", image="debian-12-x64")["image"]["slug"] == "debian-12-x64"
    assert client.act(droplet, "change_kernel", kernel=7515)["kernel"]["id"] == 7515
    with_v6 = client.act(droplet, "enable_ipv6")
    assert with_v6["networks"]["v6"][0]["type"] == "public"
    assert "ipv6" in with_v6["features"]
    assert with_v6["networks"]["v4"] == droplet["networks"]["v4"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "explode"},
        {"type": "create"},
        {"type": 7},
        {"type": "rename"},
        {"type": "rename", "name": "under_score"},
        {"type": "rebuild"},
        {"type": "rebuild", "image": 1},
        {"type": "restore"},
        {"type": "restore", "image": 155133621},
        {"type": "restore", "image": "ubuntu-24-04-x64"},
        {"type": "change_kernel", "kernel": 1},
        {"type": "change_backup_policy"},
        {"type": "change_backup_policy", "backup_policy": {"plan": "daily"}},
        {"type": "enable_backups", "backup_policy": {"plan": "weekly", "weekday": "XXX"}},
    ],
)
def test_what_cannot_be_done_is_refused_and_starts_nothing(client: Client, body: dict[str, object]) -> None:
    droplet = client.create_active()
    path = f"/v2/droplets/{droplet['id']}/actions"
    assert client.call("POST", path, body).status == 422
    assert [action["type"] for action in client.get(path)["actions"]] == ["create"]


def test_ipv6_cannot_be_enabled_without_public_networking(client: Client) -> None:
    droplet = client.create_active(public_networking=False)
    answer = client.call("POST", f"/v2/droplets/{droplet['id']}/actions", {"type": "enable_ipv6"})
    assert answer.status == 422


def test_a_shutdown_may_be_ignored_by_the_machine(simulate: Simulate) -> None:
    client = simulate(shutdown_succeeds=False)
    assert client.act(client.create_active(), "shutdown")["status"] == "active"


def test_resize_to_the_same_size_completes(client: Client) -> None:
    droplet = client.create_active()
    assert client.act(droplet, "resize", size=droplet["size_slug"])["size_slug"] == droplet["size_slug"]


def test_resize_to_the_same_size_is_refused_where_nothing_changes(simulate: Simulate) -> None:
    client = simulate(resize_to_same_size="refuse")
    droplet = client.create_active()
    path = f"/v2/droplets/{droplet['id']}/actions"
    for disk in (False, True):
        answer = client.call("POST", path, {"type": "resize", "size": droplet["size_slug"], "disk": disk})
        assert (answer.status, answer.message) == (422, "Droplet already has this size.")
    larger = client.act(droplet, "resize", size="s-2vcpu-2gb")
    assert larger["disk"] == droplet["disk"]
    # The size stays and the disk grows: what was temporary becomes permanent.
    assert client.act(droplet, "resize", size="s-2vcpu-2gb", disk=True)["disk"] == 60


def test_actions_by_tag_run_on_every_droplet_of_the_tag(client: Client, clock: ManualClock) -> None:
    for name in ("a", "b"):
        client.create(name, tags=["web"])
    client.create("c")
    clock.advance(60)
    actions = client.post("/v2/droplets/actions?tag_name=web", {"type": "power_off"})["actions"]
    assert {action["type"] for action in actions} == {"power_off"}
    clock.advance(5)
    statuses = [droplet["status"] for droplet in client.get("/v2/droplets")["droplets"]]
    assert statuses == ["off", "off", "active"]


@pytest.mark.parametrize("type", ["reboot", "resize", "rebuild", "rename", "restore", "enable_private_networking"])
def test_some_actions_cannot_be_had_by_tag(client: Client, type: str) -> None:
    client.create_active(tags=["web"])
    assert client.call("POST", "/v2/droplets/actions?tag_name=web", {"type": type}).status == 422


def test_an_action_by_tag_happens_to_all_or_to_none(client: Client, clock: ManualClock) -> None:
    first = client.create_active("a", tags=["web"])
    client.create("b", tags=["web"])
    assert client.call("POST", "/v2/droplets/actions?tag_name=web", {"type": "power_off"}).message == PENDING
    clock.advance(60)
    assert client.get(f"/v2/droplets/{first['id']}")["droplet"]["status"] == "active"


def test_an_action_by_tag_wants_a_tag(client: Client) -> None:
    assert client.call("POST", "/v2/droplets/actions", {"type": "power_off"}).status == 400
    assert client.post("/v2/droplets/actions?tag_name=nope", {"type": "power_off"}) == {"actions": []}


def test_actions_are_listed_newest_first_and_belong_to_their_droplet(client: Client) -> None:
    first, second = client.create_active("a"), client.create_active("b")
    client.act(first, "reboot")
    assert [one["type"] for one in client.get(f"/v2/droplets/{first['id']}/actions")["actions"]] == ["reboot", "create"]
    everything = client.get("/v2/actions")["actions"]
    assert [one["id"] for one in everything] == sorted((one["id"] for one in everything), reverse=True)
    foreign = everything[0]["id"]
    assert client.call("GET", f"/v2/droplets/{second['id']}/actions/{foreign}").status == 404
    assert client.call("GET", "/v2/actions/1").status == 404
    assert client.call("GET", "/v2/actions/nope").status == 404


def test_an_action_whose_droplet_vanishes_is_errored(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    action = client.post(f"/v2/droplets/{droplet['id']}/actions", {"type": "snapshot"})["action"]
    client.call("DELETE", f"/v2/droplets/{droplet['id']}")
    clock.advance(60)
    assert client.get(f"/v2/actions/{action['id']}")["action"]["status"] == "errored"
    assert client.get("/v2/images?private=true")["images"] == []


def test_private_networking_is_in_the_droplets_own_vpc_also_before_it_has_addresses(simulate: Simulate) -> None:
    client = simulate(address="after", address_gap=100.0, v4_order="public")
    client.post("/v2/vpcs", {"name": "default", "region": "nyc3"})
    vpc = client.post("/v2/vpcs", {"name": "own", "region": "nyc3", "ip_range": "192.168.7.0/24"})["vpc"]
    droplet = client.create_active(vpc_uuid=vpc["id"])
    assert droplet["networks"]["v4"] == []
    (private,) = client.act(droplet, "enable_private_networking")["networks"]["v4"]
    assert private["ip_address"].startswith("192.168.7.")
    client.sim.clock.advance(100)  # type: ignore[attr-defined]
    addressed = client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["networks"]["v4"]
    assert [one["type"] for one in addressed] == ["public", "private"]
    assert addressed[1] == private
