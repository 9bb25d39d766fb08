"""Tags, SSH keys, the account and the catalog."""

from __future__ import annotations

import pytest

from .client import Client
from .conftest import Simulate

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1example me@example.com"


def test_tags_come_into_being_with_what_they_are_on(client: Client) -> None:
    droplet = client.create(tags=["web", "env:prod"])
    assert droplet["tags"] == ["web", "env:prod"]
    tag = client.get("/v2/tags/env%3Aprod")["tag"]
    assert tag["resources"]["count"] == tag["resources"]["droplets"]["count"] == 1
    assert tag["resources"]["droplets"]["last_tagged_uri"].endswith(f"/v2/droplets/{droplet['id']}")
    assert tag["resources"]["images"] == {"count": 0}


def test_the_first_capitalisation_of_a_tag_stays(client: Client) -> None:
    client.create(tags=["Prod"])
    assert client.create("b", tags=["PROD", "prod"])["tags"] == ["Prod"]
    assert client.post("/v2/tags", {"name": "prod"})["tag"]["name"] == "Prod"
    assert client.call("GET", "/v2/tags/prod").status == 404
    assert client.get("/v2/tags/Prod")["tag"]["resources"]["count"] == 2
    assert client.get("/v2/droplets?tag_name=pROD")["meta"]["total"] == 2


def test_tagging_and_untagging_resources(client: Client) -> None:
    droplet = client.create()
    wanted = {"resources": [{"resource_id": str(droplet["id"]), "resource_type": "droplet"}]}
    assert client.call("POST", "/v2/tags/web/resources", wanted).status == 404
    client.post("/v2/tags", {"name": "web"})
    for _ in range(2):
        assert client.call("POST", "/v2/tags/web/resources", wanted).status == 204
    assert client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["tags"] == ["web"]
    assert client.get("/v2/tags")["tags"][0]["resources"]["droplets"]["count"] == 1
    assert client.call("DELETE", "/v2/tags/web/resources", wanted).status == 204
    assert client.get("/v2/droplets?tag_name=web")["meta"]["total"] == 0


def test_deleting_a_tag_takes_it_off_everything(client: Client) -> None:
    droplet = client.create(tags=["web", "db"])
    assert client.call("DELETE", "/v2/tags/web").status == 204
    assert client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["tags"] == ["db"]
    assert client.call("GET", "/v2/tags/web").status == 404


def test_a_destroyed_droplet_no_longer_counts(client: Client) -> None:
    droplet = client.create(tags=["web"])
    client.call("DELETE", f"/v2/droplets/{droplet['id']}")
    assert client.get("/v2/tags/web")["tag"]["resources"]["droplets"] == {"count": 0}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"resources": []}, 400),
        ({"resources": "x"}, 422),
        ({"resources": ["x"]}, 422),
        ({"resources": [{"resource_id": 1, "resource_type": "droplet"}]}, 422),
        ({"resources": [{"resource_id": "1", "resource_type": "planet"}]}, 422),
        ({"resources": [{"resource_id": "1", "resource_type": "droplet"}]}, 404),
    ],
)
def test_what_cannot_be_tagged_is_refused(client: Client, body: dict[str, object], status: int) -> None:
    client.post("/v2/tags", {"name": "web"})
    assert client.call("POST", "/v2/tags/web/resources", body).status == status


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 256, "é", None, 7])
def test_tags_that_cannot_be(client: Client, name: object) -> None:
    answer = client.call("POST", "/v2/tags", {"name": name})
    assert answer.status == 400
    assert answer.body["messages"] is None
    assert answer.body["root_causes"] == [f"rpc error: code = InvalidArgument desc = {answer.body['error']}"]


def test_a_new_tag_that_cannot_be_read_is_refused_in_the_same_form(client: Client) -> None:
    assert set(client.send("POST", "/v2/tags", b"[").body) == {"error", "messages", "root_causes"}


def test_a_key_by_either_of_its_names(client: Client) -> None:
    key = client.post("/v2/account/keys", {"name": "laptop", "public_key": KEY})["ssh_key"]
    assert len(key["fingerprint"].split(":")) == 16
    for name in (key["id"], key["fingerprint"], key["fingerprint"].replace(":", "%3A")):
        assert client.get(f"/v2/account/keys/{name}")["ssh_key"] == key
    renamed = client.call("PUT", f"/v2/account/keys/{key['id']}", {"name": "desk"}).body["ssh_key"]
    assert renamed == {**key, "name": "desk"}
    assert client.get("/v2/account/keys")["ssh_keys"] == [renamed]
    assert client.call("DELETE", f"/v2/account/keys/{key['fingerprint']}").status == 204
    assert client.call("GET", f"/v2/account/keys/{key['id']}").status == 404


def test_a_key_cannot_be_added_twice(client: Client) -> None:
    client.post("/v2/account/keys", {"name": "a", "public_key": KEY})
    answer = client.call("POST", "/v2/account/keys", {"name": "b", "public_key": f"{KEY} other comment"})
    assert (answer.status, answer.message) == (422, "SSH Key is already in use on your account")


@pytest.mark.parametrize("key", ["", "nonsense", "ssh-rsa !!!", None, 5])
def test_what_is_no_key_is_refused(client: Client, key: object) -> None:
    assert client.call("POST", "/v2/account/keys", {"name": "a", "public_key": key}).status == 422


def test_the_key_list_has_a_limit_of_its_own(simulate: Simulate) -> None:
    client = simulate()
    for _ in range(10):
        client.get("/v2/account/keys")
    refused = client.call("GET", "/v2/account/keys")
    assert (refused.status, refused.headers["retry-after"]) == (429, "60")
    assert client.call("GET", "/v2/account").status == 200
    client.sim.clock.advance(60)  # type: ignore[attr-defined]
    client.get("/v2/account/keys")


def test_regions_and_sizes_agree_with_each_other(client: Client) -> None:
    regions = client.get("/v2/regions?per_page=200")["regions"]
    sizes = client.get("/v2/sizes?per_page=200")["sizes"]
    assert {region["slug"]: region["sizes"] for region in regions} == {
        region["slug"]: [size["slug"] for size in sizes if region["slug"] in size["regions"]] for region in regions
    }
    assert all(not region["sizes"] for region in regions if not region["available"])
    assert any("gpu_info" in size for size in sizes)


def test_images_are_offered_where_droplets_can_be_made(client: Client) -> None:
    available = {region["slug"] for region in client.get("/v2/regions")["regions"] if region["available"]}
    for image in client.get("/v2/images?per_page=200")["images"]:
        assert set(image["regions"]) == available


def test_one_clicks(client: Client) -> None:
    everything = client.get("/v2/1-clicks")["1_clicks"]
    kinds = [client.get(f"/v2/1-clicks?type={kind}")["1_clicks"] for kind in ("droplet", "kubernetes")]
    assert everything == kinds[0] + kinds[1]
    body = {"addon_slugs": ["loki"], "cluster_uuid": "50a994b6-c303-438f-9495-7e896cfe6b08"}
    assert client.call("POST", "/v2/1-clicks/kubernetes", body).status == 404


def test_each_token_is_an_account_of_its_own(client: Client) -> None:
    client.create()
    first = client.get("/v2/account")["account"]
    client.token = "another"
    assert client.get("/v2/droplets")["meta"]["total"] == 0
    assert client.get("/v2/account")["account"]["email"] != first["email"]
