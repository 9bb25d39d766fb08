"""A Droplet's life: ordered, new, addressed, active, destroyed."""

from __future__ import annotations

import pytest

from doboto.sim import ManualClock

from .client import Client
from .conftest import Simulate

WANTED = {"name": "web-01", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}


def test_a_new_droplet_is_new_and_without_addresses(client: Client) -> None:
    body = client.post("/v2/droplets", WANTED, status=202)
    droplet = body["droplet"]
    assert (droplet["status"], droplet["locked"]) == ("new", False)
    assert droplet["networks"] == {"v4": [], "v6": []}
    assert droplet["kernel"] is None
    assert droplet["next_backup_window"] is None
    assert droplet["backup_ids"] == droplet["snapshot_ids"] == droplet["volume_ids"] == droplet["tags"] == []
    assert droplet["region"]["slug"] == "nyc3"
    assert droplet["image"]["slug"] == "ubuntu-24-04-x64"
    link = body["links"]["actions"][0]
    assert link["rel"] == "create"
    assert link["href"].endswith(f"/v2/actions/{link['id']}")


def test_addresses_come_first_and_active_follows(client: Client, clock: ManualClock) -> None:
    droplet = client.create(ipv6=True)
    path = f"/v2/droplets/{droplet['id']}"
    clock.advance(25)
    addressed = client.get(path)["droplet"]
    assert addressed["status"] == "new"
    assert {interface["type"] for interface in addressed["networks"]["v4"]} == {"public", "private"}
    assert addressed["networks"]["v6"][0]["netmask"] == 64
    clock.advance(10)
    active = client.get(path)["droplet"]
    assert (active["status"], active["locked"]) == ("active", False)


def test_addresses_can_come_after_active(simulate: Simulate) -> None:
    client = simulate(address="after", durations={"droplet.create": 3.0}, address_gap=2.0)
    droplet = client.create()
    path = f"/v2/droplets/{droplet['id']}"
    client.sim.clock.advance(3)  # type: ignore[attr-defined]
    assert client.get(path)["droplet"]["status"] == "active"
    assert client.get(path)["droplet"]["networks"]["v4"] == []
    client.sim.clock.advance(2)  # type: ignore[attr-defined]
    assert client.get(path)["droplet"]["networks"]["v4"]


def test_the_create_action_says_when_it_was_over(client: Client, clock: ManualClock) -> None:
    link = client.post("/v2/droplets", WANTED, status=202)["links"]["actions"][0]
    action = client.get(f"/v2/actions/{link['id']}")["action"]
    assert (action["status"], action["completed_at"], action["type"]) == ("in-progress", None, "create")
    assert action["region_slug"] == action["region"]["slug"] == "nyc3"
    clock.advance(1000)
    action = client.get(f"/v2/actions/{link['id']}")["action"]
    assert action["status"] == "completed"
    assert (action["started_at"], action["completed_at"]) == ("2026-03-10T10:30:00Z", "2026-03-10T10:30:32Z")


def test_several_names_make_several_droplets_in_their_order(client: Client) -> None:
    names = [f"node-{number}" for number in range(10)]
    body = client.post("/v2/droplets", {**WANTED, "name": None, "names": names}, status=202)
    assert [droplet["name"] for droplet in body["droplets"]] == names
    assert len({link["id"] for link in body["links"]["actions"]}) == 10
    assert client.get("/v2/droplets")["meta"]["total"] == 10


def test_addresses_are_never_shared(client: Client, clock: ManualClock) -> None:
    for batch in range(2):
        names = [f"n-{batch}-{number}" for number in range(10)]
        client.post("/v2/droplets", {**WANTED, "name": None, "names": names, "ipv6": True}, status=202)
    clock.advance(60)
    networks = [droplet["networks"] for droplet in client.get("/v2/droplets")["droplets"]]
    found = [interface["ip_address"] for network in networks for interface in network["v4"] + network["v6"]]
    assert len(found) == len(set(found)) == 60


def test_a_droplet_without_public_networking_has_a_private_address_only(client: Client) -> None:
    droplet = client.create_active(public_networking=False)
    assert [interface["type"] for interface in droplet["networks"]["v4"]] == ["private"]


def test_a_gpu_droplet_is_listed_only_when_asked_for(client: Client) -> None:
    client.create("plain")
    gpu = client.create("brain", region="tor1", size="gpu-h100x1-80gb", image="gpu-h100x1-base")
    assert gpu["gpu_info"]["model"] == "nvidia_h100"
    assert [disk["type"] for disk in gpu["disk_info"]] == ["local", "scratch"]
    assert [one["name"] for one in client.get("/v2/droplets")["droplets"]] == ["plain"]
    assert [one["name"] for one in client.get("/v2/droplets?type=gpus")["droplets"]] == ["brain"]


def test_the_name_filter_is_exact_but_ignores_case(client: Client) -> None:
    for name in ("Web", "web", "web-2"):
        client.create(name)
    assert [one["name"] for one in client.get("/v2/droplets?name=WEB")["droplets"]] == ["Web", "web"]


def test_tag_and_name_filters_exclude_each_other(client: Client) -> None:
    assert client.call("GET", "/v2/droplets?tag_name=a&name=b").status == 422
    assert client.call("GET", "/v2/droplets?tag_name=a&type=gpus").status == 422


@pytest.mark.parametrize("region", [None, "nyc"])
def test_a_region_may_be_left_to_the_provider(client: Client, region: str | None) -> None:
    droplet = client.create(region=region)
    assert droplet["region"]["available"]
    assert droplet["region"]["slug"].startswith(region or "")


@pytest.mark.parametrize(
    ("attributes", "status", "message"),
    [
        ({"image": "nope"}, 422, "You specified an invalid image for Droplet creation."),
        ({"image": None}, 422, "You specified an invalid image for Droplet creation."),
        ({"size": "nope"}, 422, "You specified an invalid size for Droplet creation."),
        ({"size": ["s-1vcpu-1gb"]}, 422, "You specified an invalid size for Droplet creation."),
        ({"region": "nope"}, 422, "You specified an invalid region for Droplet creation."),
        ({"region": "sfo1"}, 422, "Region is not available"),
        ({"size": "gpu-h100x1-80gb"}, 422, "Size is not available in this region."),
        ({"ssh_keys": [1]}, 422, "1 are invalid key identifiers for Droplet creation."),
        ({"name": "under_score"}, 422, "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"),
        ({"name": "ends-with-"}, 422, "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"),
        ({"name": "x" * 256}, 422, "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"),
        ({"vpc_uuid": "nope"}, 404, "The resource you were accessing could not be found."),
        ({"user_data": "x" * (64 * 1024 + 1)}, 422, "user_data is too long (maximum is 65536 bytes)"),
        ({"public_networking": False, "ipv6": True}, 422, "ipv6 must be false when public_networking is false"),
        ({"tags": ["not ok"]}, 422, None),
        ({"volumes": ["nope"]}, 422, None),
        ({"backups": True, "backup_policy": {"plan": "hourly"}}, 422, None),
        ({"backups": True, "backup_policy": {"plan": "weekly", "hour": 3}}, 422, None),
        ({"image": "wordpress-20-04", "size": "s-1vcpu-512mb-10gb"}, 422, None),
        ({"names": ["a", "b"]}, 422, None),
        ({"name": None, "names": [f"n{number}" for number in range(11)]}, 422, None),
        ({"name": None}, 422, None),
    ],
)
def test_what_cannot_be_had_is_refused_and_leaves_nothing(
    client: Client, attributes: dict[str, object], status: int, message: str | None
) -> None:
    answer = client.call("POST", "/v2/droplets", {**WANTED, **attributes})
    assert answer.status == status
    assert answer.body["id"] == {404: "not_found", 422: "unprocessable_entity"}[status]
    assert message is None or answer.message == message
    assert client.get("/v2/droplets")["meta"]["total"] == 0
    assert client.get("/v2/tags")["meta"]["total"] == 0


def test_the_droplet_limit_counts_all_names_of_a_request(simulate: Simulate) -> None:
    client = simulate(droplet_limit=3)
    client.create()
    answer = client.call("POST", "/v2/droplets", {**WANTED, "name": None, "names": ["a", "b", "c"]})
    assert (answer.status, answer.message) == (422, "creating this/these droplet(s) will exceed your droplet limit")
    assert client.get("/v2/account")["account"]["droplet_limit"] == 3


def test_destroying_answers_204_with_a_content_type_and_then_404(client: Client) -> None:
    droplet = client.create_active()
    path = f"/v2/droplets/{droplet['id']}"
    answer = client.call("DELETE", path)
    assert (answer.status, answer.content) == (204, b"")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert client.call("GET", path).message == "The resource you were accessing could not be found."
    assert client.call("DELETE", path).status == 404


def test_destroying_may_take_its_time(simulate: Simulate) -> None:
    client = simulate(destroy_seconds=30.0)
    droplet = client.create_active()
    path = f"/v2/droplets/{droplet['id']}"
    assert client.call("DELETE", path).status == 204
    assert client.get(path)["droplet"]["locked"]
    assert client.call("DELETE", path).status == 204
    assert client.call("POST", f"{path}/actions", {"type": "reboot"}).status == 422
    client.sim.clock.advance(31)  # type: ignore[attr-defined]
    assert client.call("GET", path).status == 404


def test_destroying_by_tag_takes_all_of_the_tag_and_only_those(client: Client) -> None:
    client.create("a", tags=["env:test"])
    client.create("b", tags=["env:test"])
    client.create("c")
    assert client.call("DELETE", "/v2/droplets?tag_name=env%3Atest").status == 204
    assert [one["name"] for one in client.get("/v2/droplets")["droplets"]] == ["c"]


@pytest.mark.parametrize("query", ["", "?tag_name=", "?tag=env"])
def test_destroying_without_a_tag_destroys_nothing(client: Client, query: str) -> None:
    client.create()
    assert client.call("DELETE", f"/v2/droplets{query}").status == 400
    assert client.get("/v2/droplets")["meta"]["total"] == 1


def test_destroying_by_an_unknown_tag_is_404(client: Client) -> None:
    assert client.call("DELETE", "/v2/droplets?tag_name=nope").status == 404


def test_destroying_a_droplet_in_the_making_errors_its_create_action(client: Client, clock: ManualClock) -> None:
    body = client.post("/v2/droplets", WANTED, status=202)
    assert client.call("DELETE", f"/v2/droplets/{body['droplet']['id']}").status == 204
    clock.advance(60)
    assert client.get(f"/v2/actions/{body['links']['actions'][0]['id']}")["action"]["status"] == "errored"


def test_destroying_with_a_pending_event_can_be_refused(simulate: Simulate) -> None:
    client = simulate(delete_while_pending=False)
    droplet = client.create(tags=["t"])
    for path in (f"/v2/droplets/{droplet['id']}", "/v2/droplets?tag_name=t"):
        answer = client.call("DELETE", path)
        assert (answer.status, answer.message) == (422, "Droplet already has a pending event.")


def test_neighbours_are_told_by_droplet_and_in_the_report(client: Client) -> None:
    ids = [client.create(f"n{number}")["id"] for number in range(5)]
    others = client.get(f"/v2/droplets/{ids[0]}/neighbors")["droplets"]
    assert [one["id"] for one in others] == ids[1:4]
    assert client.get("/v2/reports/droplet_neighbors_ids") == {"neighbor_ids": [ids[:4]]}
    assert client.get(f"/v2/droplets/{ids[4]}/neighbors") == {"droplets": []}


def test_kernels_and_firewalls_are_listed(client: Client) -> None:
    droplet = client.create()
    kernels = client.get(f"/v2/droplets/{droplet['id']}/kernels?per_page=3")
    assert (len(kernels["kernels"]), kernels["meta"]["total"]) == (3, 10)
    assert client.get(f"/v2/droplets/{droplet['id']}/firewalls")["firewalls"] == []


def test_lists_and_reads_can_lag_behind_a_create(simulate: Simulate) -> None:
    client = simulate(list_lag=2.0, get_lag=1.0)
    droplet = client.create()
    path = f"/v2/droplets/{droplet['id']}"
    assert client.get("/v2/droplets") == {"droplets": [], "links": {}, "meta": {"total": 0}}
    assert client.call("GET", path).status == 404
    client.sim.clock.advance(1)  # type: ignore[attr-defined]
    assert client.call("GET", path).status == 200
    assert client.get("/v2/droplets")["meta"]["total"] == 0
    client.sim.clock.advance(1)  # type: ignore[attr-defined]
    assert client.get("/v2/droplets")["meta"]["total"] == 1


def test_ssh_keys_may_be_named_by_id_text_or_fingerprint(client: Client) -> None:
    key = client.post("/v2/account/keys", {"name": "k", "public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtl me"})
    names = [key["ssh_key"]["id"], str(key["ssh_key"]["id"]), key["ssh_key"]["fingerprint"]]
    for number, name in enumerate(names):
        client.create(f"d{number}", ssh_keys=[name])


def test_the_default_vpc_of_a_region_is_always_the_same(simulate: Simulate) -> None:
    first = [simulate().create_active(region=region)["vpc_uuid"] for region in ("nyc3", "nyc3", "fra1")]
    assert first[0] == first[1] != first[2]
