"""Images, image actions and snapshots."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import ManualClock

from .client import Client
from .conftest import Simulate

CUSTOM = {"name": "mine", "url": "https://example.com/disk.qcow2", "region": "nyc3", "distribution": "Debian"}


@pytest.fixture
def snapshot(client: Client) -> Any:
    (number,) = client.act(client.create_active(), "snapshot", name="snap")["snapshot_ids"]
    return client.get(f"/v2/images/{number}")["image"]


def test_images_can_be_listed_by_kind_and_ownership(client: Client, snapshot: Any) -> None:
    distributions = client.get("/v2/images?type=distribution&per_page=200")["images"]
    applications = client.get("/v2/images?type=application&per_page=200")["images"]
    everything = client.get("/v2/images?per_page=200")["images"]
    assert {image["slug"] for image in distributions} >= {"ubuntu-24-04-x64", "debian-12-x64"}
    assert "docker-20-04" in {image["slug"] for image in applications}
    assert everything == [*distributions, *applications, snapshot]
    for yes in ("true", "True", "1"):
        assert client.get(f"/v2/images?private={yes}")["images"] == [snapshot]


def test_an_image_is_found_by_id_and_by_slug(client: Client) -> None:
    by_slug = client.get("/v2/images/ubuntu-24-04-x64")["image"]
    assert client.get(f"/v2/images/{by_slug['id']}")["image"] == by_slug
    assert client.call("GET", "/v2/images/1").status == 404
    assert client.call("GET", "/v2/images/nope").status == 404


def test_a_droplet_is_not_rebuilt_from_an_image_that_is_still_being_imported(
    client: Client, clock: ManualClock
) -> None:
    droplet = client.create_active()
    image = client.post("/v2/images", CUSTOM, status=202)["image"]
    path, wanted = f"/v2/droplets/{droplet['id']}/actions", {"type": "rebuild", "image": image["id"]}
    refusal = client.call("POST", path, wanted)
    assert (refusal.status, refusal.message) == (422, "You specified an invalid image for Droplet rebuild.")
    clock.advance(61)
    assert client.act(droplet, "rebuild", image=image["id"])["image"]["id"] == image["id"]


def test_a_custom_image_can_be_used_once_it_is_imported(client: Client, clock: ManualClock) -> None:
    image = client.post("/v2/images", {**CUSTOM, "tags": ["base"]}, status=202)["image"]
    assert (image["status"], image["type"], image["tags"]) == ("NEW", "custom", ["base"])
    wanted = {"name": "a", "size": "s-1vcpu-1gb", "image": image["id"], "region": "nyc3"}
    assert client.call("POST", "/v2/droplets", wanted).status == 422
    clock.advance(61)
    assert client.get(f"/v2/images/{image['id']}")["image"]["status"] == "available"
    assert client.call("POST", "/v2/droplets", wanted).status == 202
    assert client.get("/v2/images?tag_name=base")["meta"]["total"] == 1


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"url": None}, {"url": "x"}, {"region": "moon"}, {"description": "x" * 256}]
)
def test_an_import_that_cannot_work_is_refused(client: Client, change: dict[str, object]) -> None:
    assert client.call("POST", "/v2/images", {**CUSTOM, **change}).status == 422
    assert client.get("/v2/images?private=true")["images"] == []


def test_an_own_image_can_be_updated_and_deleted(client: Client, snapshot: Any) -> None:
    path = f"/v2/images/{snapshot['id']}"
    changed = client.call("PUT", path, {"name": "new", "description": "d", "distribution": "Plan 9"}).body["image"]
    assert (changed["name"], changed["description"], changed["distribution"]) == ("new", "d", "Unknown OS")
    assert client.call("DELETE", path).status == 204
    assert client.call("GET", path).status == 404


def test_an_image_deleted_twice_can_be_refused(simulate: Simulate) -> None:
    client = simulate(deleted_image="refuse")
    (number,) = client.act(client.create_active(), "snapshot")["snapshot_ids"]
    assert client.call("DELETE", f"/v2/images/{number}").status == 204
    again = client.call("DELETE", f"/v2/images/{number}")
    assert (again.status, again.message) == (422, "Image Can not delete an already deleted image.")


@pytest.mark.parametrize(("method", "path"), [("PUT", ""), ("DELETE", ""), ("POST", "/actions")])
def test_public_images_are_not_ones_own(client: Client, method: str, path: str) -> None:
    answer = client.call(method, f"/v2/images/155133621{path}", {"name": "x", "type": "convert"})
    assert (answer.status, answer.message) == (403, "You do not have access for the attempted action.")


def test_an_image_can_be_transferred_to_a_region(client: Client, clock: ManualClock, snapshot: Any) -> None:
    path = f"/v2/images/{snapshot['id']}"
    action = client.post(f"{path}/actions", {"type": "transfer", "region": "fra1"})["action"]
    assert (action["resource_type"], action["region_slug"]) == ("image", "fra1")
    assert client.call("POST", f"{path}/actions", {"type": "transfer", "region": "lon1"}).status == 422
    clock.advance(60)
    assert client.get(path)["image"]["regions"] == ["nyc3", "fra1"]
    assert client.get(f"{path}/actions/{action['id']}")["action"]["status"] == "completed"
    assert client.get(f"{path}/actions")["meta"]["total"] == 1


@pytest.mark.parametrize(
    "body", [{"type": "convert"}, {"type": "transfer"}, {"type": "transfer", "region": "moon"}, {}]
)
def test_image_actions_that_cannot_work_are_refused(client: Client, snapshot: Any, body: dict[str, object]) -> None:
    assert client.call("POST", f"/v2/images/{snapshot['id']}/actions", body).status == 422


def test_a_backup_converted_to_a_snapshot_outlives_its_time(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active(backups=True)
    clock.advance(86_400)
    (number,) = client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["backup_ids"]
    client.post(f"/v2/images/{number}/actions", {"type": "convert"})
    clock.advance(20 * 86_400)
    after = client.get(f"/v2/droplets/{droplet['id']}")["droplet"]
    assert after["snapshot_ids"] == [number]


def test_an_image_can_change_accounts(client: Client, snapshot: Any) -> None:
    path, team = f"/v2/images/{snapshot['id']}/account_transfer", None
    client.token = "other"
    team = client.get("/v2/account")["account"]["team"]["uuid"]
    client.token = "token"
    transfer = client.post(path, {"recipient_uuid": team})
    accept = {**transfer, "recipient_uuid": team}
    assert client.call("POST", f"{path}/accept", accept).status == 404
    client.token = "other"
    assert client.call("POST", f"{path}/cancel", transfer).status == 404
    assert client.call("POST", f"{path}/accept", accept).status == 201
    assert client.call("POST", f"{path}/accept", accept).status == 400
    assert client.get("/v2/images?private=true")["images"][0]["name"] == "snap"
    assert client.get("/v2/snapshots")["meta"]["total"] == 1
    client.token = "token"
    assert client.get("/v2/images?private=true")["images"] == []


@pytest.mark.parametrize(("end", "by"), [("cancel", "token"), ("decline", "other")])
def test_an_offer_can_be_cancelled_or_declined(client: Client, snapshot: Any, end: str, by: str) -> None:
    path = f"/v2/images/{snapshot['id']}/account_transfer"
    client.token = "other"
    email = client.get("/v2/account")["account"]["email"]
    client.token = "token"
    transfer = client.post(path, {"recipient_email": email})
    client.token = by
    assert client.call("POST", f"{path}/{end}", transfer).status == 204
    client.token = "other"
    assert client.call("POST", f"{path}/accept", transfer).status == 400


def test_snapshots_of_droplets_and_volumes_are_listed_side_by_side(client: Client, snapshot: Any) -> None:
    volume_snapshot = {
        "id": "11111111-2222-4333-8444-555555555555",
        "name": "vol",
        "created_at": "2026-01-01T00:00:00Z",
        "regions": ["nyc3"],
        "resource_id": "v-1",
        "min_disk_size": 10,
        "size_gigabytes": 0.1,
        "tags": [],
    }
    client.sim.account("token").put("volume_snapshot", volume_snapshot["id"], volume_snapshot)
    kinds = [one["resource_type"] for one in client.get("/v2/snapshots")["snapshots"]]
    assert kinds == ["droplet", "volume"]
    for kind in kinds:
        (one,) = client.get(f"/v2/snapshots?resource_type={kind}")["snapshots"]
        assert client.get(f"/v2/snapshots/{one['id']}")["snapshot"] == one
        assert client.call("DELETE", f"/v2/snapshots/{one['id']}").status == 204
        assert client.call("GET", f"/v2/snapshots/{one['id']}").status == 404
    assert client.call("GET", "/v2/snapshots?resource_type=x").status == 422
