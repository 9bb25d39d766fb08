"""Destroying a Droplet with what belongs to it."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import ManualClock

from .client import Client

CREATED = "2026-03-10T10:00:00Z"
UNFORMATTED = {"filesystem_type": "", "filesystem_label": ""}
SNAPSHOT = {
    "id": "vs-1",
    "name": "vol-snap",
    "created_at": CREATED,
    "regions": ["nyc3"],
    "resource_id": "v-1",
    "resource_type": "volume",
    "min_disk_size": 10,
    "size_gigabytes": 10,
    "tags": [],
    **UNFORMATTED,
}
ADDRESS = {"ip": "198.18.9.9", "region": "nyc3", "reserved_at": CREATED, "project_id": None}
NAMES = ("reserved_ips", "floating_ips", "snapshots", "volumes", "volume_snapshots")


@pytest.fixture
def droplet(client: Client) -> Any:
    """A Droplet with one of each."""
    made = client.create_active()
    account, number = client.sim.account("token"), made["id"]
    account.put("volume", "v-1", _volume([number]))
    account.put("volume_snapshot", "vs-1", SNAPSHOT)
    account.put("reserved_ip", "198.18.9.9", {**ADDRESS, "droplet_id": number})
    return client.act(made, "snapshot", name="snap")


def _volume(droplet_ids: list[int]) -> dict[str, Any]:
    return {
        "id": "v-1",
        "name": "vol",
        "size_gigabytes": 10,
        "region": "nyc3",
        "description": "",
        "droplet_ids": droplet_ids,
        "created_at": CREATED,
        "tags": [],
        **UNFORMATTED,
    }


def test_associated_resources_are_listed_with_what_they_cost(client: Client, droplet: Any) -> None:
    found = client.get(f"/v2/droplets/{droplet['id']}/destroy_with_associated_resources")
    assert tuple(found) == NAMES
    assert found["volumes"] == [{"id": "v-1", "name": "vol", "cost": "1.00"}]
    assert found["volume_snapshots"] == [{"id": "vs-1", "name": "vol-snap", "cost": "0.60"}]
    assert (
        found["reserved_ips"] == found["floating_ips"] == [{"id": "198.18.9.9", "name": "198.18.9.9", "cost": "4.00"}]
    )
    assert found["snapshots"][0]["name"] == "snap"


def test_dangerous_wants_its_header(client: Client, droplet: Any) -> None:
    path = f"/v2/droplets/{droplet['id']}"
    assert client.call("DELETE", f"{path}/destroy_with_associated_resources/dangerous").status == 400
    assert not client.get(path)["droplet"]["locked"]


def test_dangerous_destroys_everything(client: Client, clock: ManualClock, droplet: Any) -> None:
    path = f"/v2/droplets/{droplet['id']}/destroy_with_associated_resources"
    assert client.call("DELETE", f"{path}/dangerous", x_dangerous="true").status == 202
    assert "completed_at" not in client.get(f"{path}/status")
    assert client.call("POST", f"{path}/retry").status == 409
    clock.advance(10)
    status = client.get(f"{path}/status")
    assert (status["failures"], status["droplet"]["name"]) == (0, "web-01")
    assert all(item["destroyed_at"] for name in NAMES for item in status["resources"][name])
    assert client.call("GET", f"/v2/droplets/{droplet['id']}").status == 404
    assert client.get("/v2/images?private=true")["images"] == []
    assert not list(client.sim.account("token").store("volume"))


def test_selective_leaves_the_rest(client: Client, clock: ManualClock, droplet: Any) -> None:
    path = f"/v2/droplets/{droplet['id']}/destroy_with_associated_resources"
    snapshot = str(droplet["snapshot_ids"][0])
    assert client.call("DELETE", f"{path}/selective", {"snapshots": ["1"]}).status == 422
    assert client.call("DELETE", f"{path}/selective", {"snapshots": [snapshot]}).status == 202
    clock.advance(10)
    assert client.get(f"{path}/status")["resources"]["volumes"] == []
    assert client.call("GET", f"/v2/snapshots/{snapshot}").status == 404
    assert client.sim.account("token").find("volume", "v-1")


def test_what_failed_can_be_retried(client: Client, clock: ManualClock, droplet: Any) -> None:
    from doboto.sim.engine import actions

    account, path = client.sim.account("token"), f"/v2/droplets/{droplet['id']}/destroy_with_associated_resources"
    actions.start(account, clock.now(), "resize", "volume", "v-1", "nyc3", seconds=8)
    assert client.call("DELETE", f"{path}/dangerous", x_dangerous="true").status == 202
    clock.advance(6)
    status = client.get(f"{path}/status")
    assert (status["failures"], "error_message" in status["resources"]["volumes"][0]) == (1, True)
    clock.advance(6)
    assert client.call("POST", f"{path}/retry").status == 202
    clock.advance(6)
    assert client.get(f"{path}/status")["failures"] == 0
    assert account.find("volume", "v-1") is None


def test_what_has_moved_to_another_droplet_is_spared(client: Client, clock: ManualClock, droplet: Any) -> None:
    other, path = client.create_active("web-02"), f"/v2/droplets/{droplet['id']}/destroy_with_associated_resources"
    assert client.call("DELETE", f"{path}/dangerous", x_dangerous="true").status == 202
    account = client.sim.account("token")
    account.change("volume", "v-1", droplet_ids=[other["id"]])
    account.change("reserved_ip", "198.18.9.9", droplet_id=other["id"])
    clock.advance(6)
    status = client.get(f"{path}/status")
    moved = [*status["resources"]["volumes"], *status["resources"]["reserved_ips"]]
    assert ["error_message" in item for item in moved] == [True, True]
    assert client.get(f"/v2/droplets/{other['id']}")["droplet"]["volume_ids"] == ["v-1"]


def test_without_a_destruction_there_is_no_status(client: Client) -> None:
    droplet = client.create_active()
    assert client.call("GET", f"/v2/droplets/{droplet['id']}/destroy_with_associated_resources/status").status == 404
    assert client.call("GET", "/v2/droplets/1/destroy_with_associated_resources").status == 404


def test_destroyed_droplets_let_go_of_their_resources_a_moment_later(client: Client, clock: ManualClock) -> None:
    from doboto.sim.engine import relations

    droplet = client.create_active()
    account, freed = client.sim.account("token"), list[int]()
    hook = relations.on_droplet_destroyed(lambda _account, _now, gone: freed.append(gone["id"]))
    try:
        client.call("DELETE", f"/v2/droplets/{droplet['id']}")
        account.apply_due_events(clock.now())
        assert freed == []
        clock.advance(4)
        account.apply_due_events(clock.now())
        assert freed == [droplet["id"]]
    finally:
        relations._HOOKS.remove(hook)


def test_volumes_show_on_the_droplet_and_can_come_with_it(client: Client) -> None:
    client.sim.account("token").put("volume", "v-1", _volume([]))
    droplet = client.create(volumes=["v-1"])
    assert droplet["volume_ids"] == ["v-1"]
    again = {"name": "b", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "volumes": ["v-1"]}
    assert client.call("POST", "/v2/droplets", again).status == 422
