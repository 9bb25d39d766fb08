"""Volumes, their snapshots, and how they come to a Droplet and off it."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import ManualClock

from .client import Answer, Client
from .conftest import Simulate

PENDING = "Droplet already has a pending event."
ATTACHED = "A volume that's attached to a Droplet cannot be deleted. Please detach it first before deleting."


def make(client: Client, name: str = "data", **attributes: Any) -> Any:
    return client.post("/v2/volumes", {"name": name, "region": "nyc3", "size_gigabytes": 10, **attributes})["volume"]


def volume_of(client: Client, volume: Any) -> Any:
    return client.get(f"/v2/volumes/{volume['id']}")["volume"]


def try_act(client: Client, volume: Any, type: str, **attributes: Any) -> Answer:
    return client.call("POST", f"/v2/volumes/{volume['id']}/actions", {"type": type, **attributes})


def act(client: Client, volume: Any, type: str, **attributes: Any) -> Any:
    """An action that completes."""
    path = f"/v2/volumes/{volume['id']}/actions"
    action = client.post(path, {"type": type, **attributes}, status=202)["action"]
    client.sim.clock.advance(10)  # type: ignore[attr-defined]
    done = client.get(f"{path}/{action['id']}")["action"]
    assert done["status"] == "completed"
    return done


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.message


# -- volumes


def test_a_new_volume_is_shown_whole(client: Client) -> None:
    volume = make(client, description="db", filesystem_type="ext4", filesystem_label="label", tags=["prod"])
    assert (volume["name"], volume["description"], volume["size_gigabytes"]) == ("data", "db", 10)
    assert (volume["region"]["slug"], volume["droplet_ids"], volume["tags"]) == ("nyc3", None, ["prod"])
    assert (volume["filesystem_type"], volume["filesystem_label"]) == ("ext4", "label")
    assert volume["created_at"] == "2026-03-10T10:30:00Z"
    assert volume_of(client, volume) == {**volume, "droplet_ids": []}


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (422, "name is required")),
        ({"name": "data"}, (422, "region is required")),
        ({"name": 7, "region": "nyc3", "size_gigabytes": 1}, (422, "name is invalid")),
        *(
            (
                {"name": name, "region": "nyc3", "size_gigabytes": 1},
                (422, "failed to create volume: invalid volume name. names must be lowercase and alphanumeric"),
            )
            for name in ("Data", "1data", "under_score", "a" * 65, "")
        ),
        ({"name": "data", "region": "nowhere", "size_gigabytes": 1}, (422, None)),
        ({"name": "data", "region": "sfo1", "size_gigabytes": 1}, (422, None)),
        ({"name": "data", "region": ["nyc3"], "size_gigabytes": 1}, (422, "region is invalid")),
        ({"name": "data", "region": "nyc3"}, (422, "size_gigabytes is required")),
        ({"name": "data", "region": "nyc3", "size_gigabytes": 0}, (422, None)),
        ({"name": "data", "region": "nyc3", "size_gigabytes": 16385}, (422, None)),
        ({"name": "data", "region": "nyc3", "size_gigabytes": 1.5}, (422, "size_gigabytes is invalid")),
        ({"name": "data", "region": "nyc3", "size_gigabytes": 1, "filesystem_type": "ntfs"}, (422, None)),
        ({"name": "data", "region": "nyc3", "size_gigabytes": 1, "filesystem_label": "alone"}, (422, None)),
        (
            {
                "name": "data",
                "region": "nyc3",
                "size_gigabytes": 1,
                "filesystem_type": "xfs",
                "filesystem_label": "13" * 7,
            },
            (422, "filesystem_label is too long (maximum is 12 characters)"),
        ),
        ({"name": "data", "region": "nyc3", "size_gigabytes": 1, "tags": ["no spaces"]}, (422, None)),
        ({"name": "data", "region": "nyc3", "size_gigabytes": 1, "snapshot_id": "nope"}, (404, None)),
    ],
)
def test_a_volume_that_cannot_be_is_refused(
    client: Client, body: dict[str, object], refusal: tuple[int, str | None]
) -> None:
    answer = client.call("POST", "/v2/volumes", body)
    assert answer.status == refusal[0]
    assert refusal[1] in (None, answer.message)
    assert client.get("/v2/volumes")["volumes"] == []


def test_sizes_are_taken_as_text(client: Client) -> None:
    assert make(client, size_gigabytes="16384")["size_gigabytes"] == 16384


def test_a_name_is_good_for_one_volume_in_each_region(client: Client) -> None:
    make(client)
    again = client.call("POST", "/v2/volumes", {"name": "data", "region": "nyc3", "size_gigabytes": 1, "tags": ["new"]})
    assert (again.status, again.body["id"]) == (409, "conflict")
    assert client.call("GET", "/v2/tags/new").status == 404
    assert make(client, region="fra1")["region"]["slug"] == "fra1"


def test_an_account_has_a_limit_of_volumes(simulate: Simulate) -> None:
    client = simulate(volume_limit=1)
    assert client.get("/v2/account")["account"]["volume_limit"] == 1
    make(client)
    answer = client.call("POST", "/v2/volumes", {"name": "more", "region": "nyc3", "size_gigabytes": 1})
    assert refusal(answer) == (403, "failed to create volume: volume/snapshot capacity limit exceeded")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["a-nyc3", "b-nyc3", "a-fra1"]),
        ("?name=a", ["a-nyc3", "a-fra1"]),
        ("?region=nyc3", ["a-nyc3", "b-nyc3"]),
        ("?name=a&region=fra1", ["a-fra1"]),
        ("?name=b&region=fra1", []),
        ("?region=nowhere", []),
    ],
)
def test_the_list_is_filtered_by_name_and_region(client: Client, query: str, found: list[str]) -> None:
    for name, region in (("a", "nyc3"), ("b", "nyc3"), ("a", "fra1")):
        make(client, name, region=region)
    listed = client.get(f"/v2/volumes{query}")
    assert [f"{volume['name']}-{volume['region']['slug']}" for volume in listed["volumes"]] == found
    assert listed["meta"]["total"] == len(found)


def test_the_list_has_pages_that_keep_the_filter(client: Client) -> None:
    for name in ("a", "b", "c"):
        make(client, name)
    page = client.get("/v2/volumes?per_page=2&region=nyc3")
    assert [volume["name"] for volume in page["volumes"]] == ["a", "b"]
    assert page["links"]["pages"]["next"].endswith("/v2/volumes?page=2&per_page=2&region=nyc3")


def test_a_volume_is_deleted_by_its_id(client: Client) -> None:
    path = f"/v2/volumes/{make(client)['id']}"
    assert (client.call("DELETE", path).status, client.call("DELETE", path).status) == (204, 404)
    assert client.call("GET", path).status == 404
    make(client)  # the name is free again


def test_a_volume_is_deleted_by_its_name_and_region_only(client: Client) -> None:
    make(client)
    for query, status in [("", 400), ("?name=data", 400), ("?region=nyc3", 400), ("?name=data&region=fra1", 404)]:
        assert client.call("DELETE", f"/v2/volumes{query}").status == status
    assert client.call("DELETE", "/v2/volumes?name=data&region=nyc3").status == 204
    assert client.get("/v2/volumes")["volumes"] == []


def test_paths_of_volumes_that_are_not_there_answer_404(client: Client) -> None:
    volume = make(client)
    for path in ("nope", "nope/snapshots", "nope/actions", "snapshots/nope", f"{volume['id']}/actions/1", "snapshots"):
        assert client.call("GET", f"/v2/volumes/{path}").status == 404
    assert client.call("DELETE", "/v2/volumes/snapshots/nope").status == 404
    assert client.call("POST", "/v2/volumes/nope/actions", {"type": "resize", "size_gigabytes": 20}).status == 404
    assert client.call("POST", "/v2/volumes/nope/snapshots", {"name": "x"}).status == 404


# -- attaching and detaching


def test_attaching_takes_a_while_and_ends_at_the_droplet(client: Client, clock: ManualClock) -> None:
    droplet, volume = client.create_active(), make(client)
    path = f"/v2/volumes/{volume['id']}/actions"
    body = {"type": "attach", "droplet_id": str(droplet["id"]), "region": "nyc3"}
    action = client.post(path, body, status=202)["action"]
    assert (action["status"], action["type"], action["resource_type"]) == ("in-progress", "attach_volume", "volume")
    assert (action["resource_id"], action["region_slug"], action["completed_at"]) == (None, "nyc3", None)
    assert volume_of(client, volume)["droplet_ids"] == []
    clock.advance(5)
    done = client.get(f"{path}/{action['id']}")["action"]
    assert done["status"] == "completed"
    assert client.get(f"/v2/actions/{action['id']}")["action"] == done
    assert client.get(path)["actions"] == [done]
    assert volume_of(client, volume)["droplet_ids"] == [droplet["id"]]
    assert client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["volume_ids"] == [volume["id"]]


def test_a_detached_volume_can_be_attached_elsewhere(client: Client) -> None:
    first, second, volume = client.create_active("a"), client.create_active("b"), make(client)
    act(client, volume, "attach", droplet_id=first["id"])
    assert act(client, volume, "detach", droplet_id=first["id"])["type"] == "detach_volume"
    assert client.get(f"/v2/droplets/{first['id']}")["droplet"]["volume_ids"] == []
    act(client, volume, "attach", droplet_id=second["id"])
    assert volume_of(client, volume)["droplet_ids"] == [second["id"]]
    types = [action["type"] for action in client.get(f"/v2/volumes/{volume['id']}/actions")["actions"]]
    assert types == ["attach_volume", "detach_volume", "attach_volume"]


def test_a_volume_is_attached_and_detached_by_its_name(client: Client, clock: ManualClock) -> None:
    droplet, volume = client.create_active(), make(client)
    body = {"volume_name": "data", "droplet_id": droplet["id"], "region": "nyc3"}
    for type, droplet_ids in (("attach", [droplet["id"]]), ("detach", [])):
        client.post("/v2/volumes/actions", {"type": type, **body}, status=202)
        clock.advance(10)
        assert volume_of(client, volume)["droplet_ids"] == droplet_ids


def test_a_name_finds_one_volume_or_none(client: Client) -> None:
    droplet = client.create_active()
    make(client)
    make(client, region="fra1")
    body = {"type": "attach", "volume_name": "data", "droplet_id": droplet["id"]}
    path = "/v2/volumes/actions"
    assert refusal(client.call("POST", path, body)) == (422, "region is required")
    assert client.call("POST", path, {**body, "volume_name": "other"}).status == 404
    assert client.call("POST", path, {**body, "region": "sgp1"}).status == 404
    assert client.call("POST", path, {"type": "attach", "droplet_id": droplet["id"]}).status == 422
    resize = {"type": "resize", "volume_name": "data", "region": "nyc3", "size_gigabytes": 20}
    assert client.call("POST", path, resize).status == 422


def test_a_volume_that_is_attached_is_not_attached_again(client: Client) -> None:
    first, second, volume = client.create_active("a"), client.create_active("b"), make(client)
    act(client, volume, "attach", droplet_id=first["id"])
    for droplet in (first, second):
        answer = try_act(client, volume, "attach", droplet_id=droplet["id"])
        assert refusal(answer) == (422, "This volume is already attached")


def test_volume_and_droplet_are_in_one_region(client: Client) -> None:
    droplet, volume = client.create_active(), make(client, region="fra1")
    answer = try_act(client, volume, "attach", droplet_id=droplet["id"])
    assert refusal(answer) == (422, "Volume and Droplet must be in the same region.")
    assert try_act(client, volume, "attach", droplet_id=droplet["id"], region="nyc3").status == 422
    assert client.get(f"/v2/volumes/{volume['id']}/actions")["actions"] == []


def test_a_droplet_takes_fifteen_volumes(client: Client) -> None:
    volumes = [make(client, f"data-{number}") for number in range(16)]
    droplet = client.create_active(volumes=[volume["id"] for volume in volumes[:14]])
    act(client, volumes[14], "attach", droplet_id=droplet["id"])
    answer = try_act(client, volumes[15], "attach", droplet_id=droplet["id"])
    assert refusal(answer) == (422, "cannot attach more volumes to the Droplet (maximum is 15)")


def test_the_number_of_volumes_of_a_droplet_can_be_set(simulate: Simulate) -> None:
    client = simulate(volumes_per_droplet=1)
    volumes = [make(client, name)["id"] for name in ("a", "b")]
    droplet = {"name": "x", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
    answer = client.call("POST", "/v2/droplets", {**droplet, "volumes": volumes})
    assert refusal(answer) == (422, "cannot attach more volumes to the Droplet (maximum is 1)")
    assert client.create_active(volumes=volumes[:1])["volume_ids"] == volumes[:1]


def test_attaching_is_an_event_of_the_droplet(client: Client, clock: ManualClock) -> None:
    droplet, first, second = client.create(), make(client, "a"), make(client, "b")
    assert refusal(try_act(client, first, "attach", droplet_id=droplet["id"])) == (422, PENDING)
    clock.advance(60)
    assert try_act(client, first, "attach", droplet_id=droplet["id"]).status == 202
    assert client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["locked"]
    assert refusal(try_act(client, second, "attach", droplet_id=droplet["id"])) == (422, PENDING)
    reboot = client.call("POST", f"/v2/droplets/{droplet['id']}/actions", {"type": "reboot"})
    assert refusal(reboot) == (422, PENDING)
    assert try_act(client, first, "resize", size_gigabytes=20).status == 422
    assert client.call("DELETE", f"/v2/volumes/{first['id']}").status == 422
    clock.advance(5)
    assert not client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["locked"]
    assert try_act(client, second, "attach", droplet_id=droplet["id"]).status == 202


def test_detaching_waits_for_the_droplets_event(client: Client, clock: ManualClock) -> None:
    volume = make(client)
    droplet = client.create_active(volumes=[volume["id"]])
    client.post(f"/v2/droplets/{droplet['id']}/actions", {"type": "reboot"})
    assert refusal(try_act(client, volume, "detach", droplet_id=droplet["id"])) == (422, PENDING)
    clock.advance(10)
    assert try_act(client, volume, "detach", droplet_id=droplet["id"]).status == 202


def test_nothing_is_attached_to_a_droplet_that_is_being_destroyed(simulate: Simulate) -> None:
    client = simulate(destroy_seconds=30.0)
    droplet, volume = client.create_active(), make(client)
    assert client.call("DELETE", f"/v2/droplets/{droplet['id']}").status == 204
    assert refusal(try_act(client, volume, "attach", droplet_id=droplet["id"])) == (422, PENDING)


def test_only_what_is_attached_is_detached(client: Client) -> None:
    droplet, other, volume = client.create_active("a"), client.create_active("b"), make(client)
    assert refusal(try_act(client, volume, "detach", droplet_id=droplet["id"])) == (422, "Attachment not found")
    act(client, volume, "attach", droplet_id=droplet["id"])
    for wrong in ({"droplet_id": other["id"]}, {"droplet_id": 1}, {}):
        assert refusal(try_act(client, volume, "detach", **wrong)) == (422, "Attachment not found")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"type": "explode"}, 422),
        ({"type": ["attach"]}, 422),
        ({"type": "attach"}, 422),
        ({"type": "attach", "droplet_id": 1}, 404),
        ({"type": "attach", "droplet_id": {}}, 422),
        ({"type": "detach", "droplet_id": []}, 422),
        ({"type": "resize"}, 422),
        ({"type": "resize", "size_gigabytes": 10}, 422),
        ({"type": "resize", "size_gigabytes": 5}, 422),
        ({"type": "resize", "size_gigabytes": 16385}, 422),
        ({"type": "resize", "size_gigabytes": 20, "region": 3}, 422),
    ],
)
def test_actions_that_cannot_be_start_nothing(client: Client, body: dict[str, object], status: int) -> None:
    path = f"/v2/volumes/{make(client)['id']}/actions"
    assert client.call("POST", path, body).status == status
    assert client.get(path)["actions"] == []


def test_a_volume_grows(client: Client) -> None:
    droplet, volume = client.create_active(), make(client)
    act(client, volume, "attach", droplet_id=droplet["id"])
    assert act(client, volume, "resize", size_gigabytes=20)["type"] == "resize_volume"
    assert volume_of(client, volume)["size_gigabytes"] == 20


def test_volumes_look_as_in_2017_if_that_is_set(simulate: Simulate) -> None:
    client = simulate(volume_form="2017")
    volume, droplet = make(client), client.create_active()
    assert (volume["droplet_ids"], volume["tags"]) == ([], [])
    resize = try_act(client, volume, "resize", size_gigabytes=20).body["action"]
    assert (resize["type"], resize["status"], resize["resource_type"]) == ("resize_volume", "completed", "backend")
    assert resize["completed_at"] == resize["started_at"]
    assert volume_of(client, volume)["size_gigabytes"] == 20
    attach = try_act(client, volume, "attach", droplet_id=droplet["id"]).body["action"]
    assert (attach["status"], attach["resource_type"], attach["resource_id"]) == ("in-progress", "backend", None)
    client.sim.clock.advance(10)  # type: ignore[attr-defined]
    assert volume_of(client, volume)["droplet_ids"] == [droplet["id"]]
    for path in (f"/v2/volumes/{volume['id']}/actions", f"/v2/droplets/{droplet['id']}/actions", "/v2/actions"):
        shown = {action["id"]: action for action in client.get(path)["actions"]}[attach["id"]]
        assert shown == {**attach, "status": "completed", "completed_at": shown["completed_at"]}


def test_an_attach_whose_droplet_is_destroyed_meanwhile_is_errored(client: Client, clock: ManualClock) -> None:
    droplet, volume = client.create_active(), make(client)
    action = try_act(client, volume, "attach", droplet_id=droplet["id"]).body["action"]
    assert client.call("DELETE", f"/v2/droplets/{droplet['id']}").status == 204
    clock.advance(10)
    assert client.get(f"/v2/actions/{action['id']}")["action"]["status"] == "errored"
    assert volume_of(client, volume)["droplet_ids"] == []


def test_an_action_of_another_volume_is_not_found(client: Client) -> None:
    first, second = make(client, "a"), make(client, "b")
    action = act(client, first, "resize", size_gigabytes=20)
    assert client.call("GET", f"/v2/volumes/{second['id']}/actions/{action['id']}").status == 404


# -- with the Droplet


def test_a_new_droplet_comes_with_its_volumes(client: Client) -> None:
    volumes = [make(client, name) for name in ("a", "b", "c")]
    wanted = [volumes[0]["id"], {"id": volumes[1]["id"]}, {"name": "c"}, volumes[0]["id"]]
    droplet = client.create_active(volumes=wanted)
    assert droplet["volume_ids"] == [volume["id"] for volume in volumes]
    assert volume_of(client, volumes[2])["droplet_ids"] == [droplet["id"]]


def test_a_new_droplet_cannot_have_just_any_volume(client: Client) -> None:
    free, taken, far, busy = (
        make(client, "free"),
        make(client, "taken"),
        make(client, "far", region="fra1"),
        make(client, "busy"),
    )
    client.create_active(volumes=[taken["id"]])
    assert try_act(client, busy, "resize", size_gigabytes=20).status == 202
    droplet = {"name": "x", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
    for volumes, message in [
        (["nope"], "Invalid volume allocations"),
        ([{"name": "far"}], "Invalid volume allocations"),
        ([7], "Invalid volume allocations"),
        ([["a"]], "Invalid volume allocations"),
        ([taken["id"]], "This volume is already attached"),
        ([free["id"], far["id"]], "Volume and Droplet must be in the same region."),
        ([busy["id"]], "Volume already has a pending event."),
    ]:
        assert refusal(client.call("POST", "/v2/droplets", {**droplet, "volumes": volumes})) == (422, message)
    several = {**droplet, "name": None, "names": ["a", "b"], "volumes": [free["id"]]}
    assert client.call("POST", "/v2/droplets", several).status == 422
    assert volume_of(client, free)["droplet_ids"] == []
    assert client.get("/v2/droplets")["meta"]["total"] == 1


def test_a_new_droplet_goes_where_its_volumes_are(client: Client) -> None:
    far, also = make(client, "far", region="fra1"), make(client, "also", region="fra1")
    make(client, "also", region="nyc3")
    anywhere = {"region": None, "volumes": [far["id"], {"name": "also"}]}
    assert client.create(**anywhere)["region"]["slug"] == "fra1"
    assert volume_of(client, also)["droplet_ids"] != []
    assert client.create(region="nyc", volumes=[{"name": "also"}])["region"]["slug"] == "nyc3"


def test_volumes_that_are_not_together_have_no_droplet(client: Client) -> None:
    apart = [make(client, "a", region="fra1")["id"], make(client, "b", region="nyc3")["id"]]
    body = {"name": "x", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "volumes": apart}
    expected = (422, "Volume and Droplet must be in the same region.")
    assert refusal(client.call("POST", "/v2/droplets", body)) == expected


def test_a_destroyed_droplet_frees_its_volumes_after_a_moment(client: Client, clock: ManualClock) -> None:
    volume = make(client)
    droplet = client.create_active(volumes=[volume["id"]])
    path = f"/v2/volumes/{volume['id']}"
    assert client.call("DELETE", path).body == {"id": "Illegal Action", "message": ATTACHED}
    assert client.call("DELETE", f"/v2/droplets/{droplet['id']}").status == 204
    for method, where in (("DELETE", path), ("DELETE", "/v2/volumes?name=data&region=nyc3")):
        assert refusal(client.call(method, where)) == (409, ATTACHED)
    clock.advance(4)
    assert volume_of(client, volume)["droplet_ids"] == []
    assert client.call("DELETE", path).status == 204


def test_a_volume_can_be_detached_of_a_droplet_that_is_just_gone(client: Client, clock: ManualClock) -> None:
    volume = make(client)
    droplet = client.create_active(volumes=[volume["id"]])
    client.call("DELETE", f"/v2/droplets/{droplet['id']}")
    act(client, volume, "detach", droplet_id=droplet["id"])
    other = client.create_active()
    act(client, volume, "attach", droplet_id=other["id"])
    clock.advance(60)
    assert volume_of(client, volume)["droplet_ids"] == [other["id"]]


def test_volumes_and_their_snapshots_can_be_destroyed_with_the_droplet(client: Client, clock: ManualClock) -> None:
    kept, lost = make(client, "kept"), make(client, "lost", size_gigabytes=100)
    droplet = client.create_active(volumes=[kept["id"], lost["id"]])
    snapshot = client.post(f"/v2/volumes/{lost['id']}/snapshots", {"name": "nightly"})["snapshot"]
    path = f"/v2/droplets/{droplet['id']}/destroy_with_associated_resources"
    associated = client.get(path)
    assert associated["volumes"][1] == {"id": lost["id"], "name": "lost", "cost": "10.00"}
    assert associated["volume_snapshots"] == [{"id": snapshot["id"], "name": "nightly", "cost": "0.00"}]
    chosen = {"volumes": [lost["id"]], "volume_snapshots": [snapshot["id"]]}
    assert client.call("DELETE", f"{path}/selective", chosen).status == 202
    clock.advance(30)
    assert client.get("/v2/volumes")["volumes"] == [{**kept, "droplet_ids": [], "tags": []}]
    assert client.get("/v2/snapshots?resource_type=volume")["snapshots"] == []


# -- snapshots


def test_a_snapshot_is_found_wherever_snapshots_are(client: Client) -> None:
    volume = make(client, size_gigabytes=20)
    path = f"/v2/volumes/{volume['id']}/snapshots"
    snapshot = client.post(path, {"name": "nightly", "tags": ["backup"]})["snapshot"]
    assert (snapshot["resource_id"], snapshot["resource_type"]) == (volume["id"], "volume")
    assert (snapshot["regions"], snapshot["min_disk_size"], snapshot["tags"]) == (["nyc3"], 20, ["backup"])
    assert client.get(path)["snapshots"] == [snapshot]
    assert client.get(f"/v2/volumes/snapshots/{snapshot['id']}")["snapshot"] == snapshot
    assert client.get(f"/v2/snapshots/{snapshot['id']}")["snapshot"] == snapshot
    assert client.get("/v2/snapshots?resource_type=volume")["snapshots"] == [snapshot]
    assert client.get("/v2/snapshots?resource_type=droplet")["snapshots"] == []


@pytest.mark.parametrize("path", ["/v2/volumes/snapshots/{}", "/v2/snapshots/{}"])
def test_a_snapshot_is_deleted_under_either_path(client: Client, path: str) -> None:
    volume = make(client)
    snapshot = client.post(f"/v2/volumes/{volume['id']}/snapshots", {"name": "nightly"})["snapshot"]
    assert client.call("DELETE", path.format(snapshot["id"])).status == 204
    assert client.get(f"/v2/volumes/{volume['id']}/snapshots")["snapshots"] == []
    assert client.call("GET", f"/v2/volumes/snapshots/{snapshot['id']}").status == 404


def test_a_snapshot_wants_a_name(client: Client) -> None:
    path = f"/v2/volumes/{make(client)['id']}/snapshots"
    for body in ({}, {"name": ""}, {"name": 3}, {"name": "x", "tags": "no"}):
        assert client.call("POST", path, body).status == 422
    assert client.get(path)["snapshots"] == []


def test_a_volume_of_a_snapshot_outlives_what_it_was_made_of_and_has_its_size(client: Client) -> None:
    volume = make(client, filesystem_type="xfs", filesystem_label="old")
    snapshot = client.post(f"/v2/volumes/{volume['id']}/snapshots", {"name": "nightly"})["snapshot"]
    act(client, volume, "resize", size_gigabytes=50)
    assert client.call("DELETE", f"/v2/volumes/{volume['id']}").status == 204
    again = make(client, "again", snapshot_id=snapshot["id"], size_gigabytes=200)
    assert (again["size_gigabytes"], again["filesystem_type"], again["filesystem_label"]) == (10, "xfs", "old")
    bare = client.post("/v2/volumes", {"name": "bare", "snapshot_id": snapshot["id"]})["volume"]
    assert (bare["region"]["slug"], bare["size_gigabytes"]) == ("nyc3", 10)
    elsewhere = {"name": "far", "region": "fra1", "size_gigabytes": 10, "snapshot_id": snapshot["id"]}
    assert client.call("POST", "/v2/volumes", elsewhere).status == 422


# -- tags and scopes


def test_volumes_and_snapshots_are_counted_under_their_tags(client: Client) -> None:
    volume = make(client, tags=["Prod"])
    snapshot = client.post(f"/v2/volumes/{volume['id']}/snapshots", {"name": "nightly", "tags": ["prod"]})["snapshot"]
    assert snapshot["tags"] == ["Prod"]
    resources = client.get("/v2/tags/Prod")["tag"]["resources"]
    assert (resources["count"], resources["volumes"]["count"], resources["volume_snapshots"]["count"]) == (2, 1, 1)
    assert resources["volumes"]["last_tagged_uri"].endswith(f"/v2/volumes/{volume['id']}")
    body = {"resources": [{"resource_id": volume["id"], "resource_type": "volume"}]}
    assert client.call("DELETE", "/v2/tags/Prod/resources", body).status == 204
    assert volume_of(client, volume)["tags"] == []
    assert client.call("POST", "/v2/tags/Prod/resources", body).status == 204
    assert volume_of(client, volume)["tags"] == ["Prod"]
    assert client.call("DELETE", f"/v2/volumes/{volume['id']}").status == 204
    assert client.get("/v2/tags/Prod")["tag"]["resources"]["volumes"]["count"] == 0


def test_an_attach_can_tag_the_volume(client: Client) -> None:
    droplet, volume = client.create_active(), make(client, tags=["a"])
    act(client, volume, "attach", droplet_id=droplet["id"], tags=["b", "a"])
    assert volume_of(client, volume)["tags"] == ["a", "b"]


def test_scopes_open_what_they_are_for(client: Client) -> None:
    body = {"name": "data", "region": "nyc3", "size_gigabytes": 1}
    client.sim.register("narrow", scopes=["block_storage:read", "block_storage:create"], account="token")
    client.token = "narrow"
    volume = client.post("/v2/volumes", body)["volume"]
    assert client.get("/v2/volumes")["volumes"] == [{**volume, "droplet_ids": []}]
    tagged = client.call("POST", "/v2/volumes", {**body, "name": "tagged", "tags": ["prod"]})
    assert refusal(tagged) == (403, "You are not authorized to perform this operation")
    assert client.call("DELETE", f"/v2/volumes/{volume['id']}").status == 403
    assert client.call("DELETE", "/v2/volumes?name=data&region=nyc3").status == 403
    assert client.call("GET", f"/v2/volumes/{volume['id']}/actions").status == 403
