"""Projects: the default one that holds everything else, and those that resources are moved to."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import ManualClock

from .client import Answer, Client
from .conftest import Simulate

NEW = {"name": "my-web-api", "purpose": "Service or API", "environment": "Production", "description": "My website API"}


def project(client: Client, **attributes: Any) -> Any:
    return client.post("/v2/projects", {**NEW, **attributes})["project"]


def urns(client: Client, project_id: str = "default") -> list[str]:
    found = client.get(f"/v2/projects/{project_id}/resources?per_page=200")["resources"]
    return [resource["urn"] for resource in found if not resource["urn"].startswith("do:vpc:")]


def assign(client: Client, project_id: str, *names: str) -> list[Any]:
    found = client.post(f"/v2/projects/{project_id}/resources", {"resources": names}, status=200)["resources"]
    assert isinstance(found, list)
    return found


def narrow(client: Client, scopes: list[str], method: str, path: str, body: object = None) -> Answer:
    client.sim.register("narrow", scopes=scopes, account="token")
    client.token = "narrow"
    try:
        return client.call(method, path, body)
    finally:
        client.token = "token"


def test_an_account_begins_with_its_default_project(client: Client) -> None:
    (only,) = client.get("/v2/projects")["projects"]
    assert only["is_default"]
    assert client.get("/v2/projects/default")["project"] == only
    assert client.get(f"/v2/projects/{only['id']}")["project"] == only


def test_a_project_is_created_shown_listed_and_deleted(client: Client) -> None:
    made = project(client)
    assert {name: made[name] for name in NEW} == NEW
    assert not made["is_default"]
    path = f"/v2/projects/{made['id']}"
    assert client.get(path)["project"] == made
    assert client.get("/v2/projects")["meta"]["total"] == 2
    assert client.call("DELETE", path).status == 204
    assert client.call("GET", path).status == 404
    assert client.call("DELETE", path).status == 404


def test_only_name_and_purpose_are_needed(client: Client) -> None:
    made = client.post("/v2/projects", {"name": "small", "purpose": "my own purpose"})["project"]
    assert (made["description"], made["purpose"]) == ("", "Other: my own purpose")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"name": " "},
        {"name": 7},
        {"name": "x" * 176},
        {"purpose": None},
        {"purpose": "x" * 250},
        {"description": "x" * 256},
        {"description": []},
        {"environment": "Elsewhere"},
        {"environment": 1},
    ],
)
def test_what_no_project_can_be_is_refused(client: Client, wrong: dict[str, object]) -> None:
    assert client.call("POST", "/v2/projects", {**NEW, **wrong}).status == 422
    assert client.get("/v2/projects")["meta"]["total"] == 1


def test_names_are_unique(client: Client) -> None:
    first, second = project(client), project(client, name="second")
    assert client.call("POST", "/v2/projects", NEW).status == 409
    path = f"/v2/projects/{second['id']}"
    assert client.call("PATCH", path, {"name": first["name"]}).status == 409
    assert client.call("PATCH", path, {"name": "second"}).status == 200


def test_put_wants_all_attributes_and_patch_any(client: Client, clock: ManualClock) -> None:
    made = project(client)
    path = f"/v2/projects/{made['id']}"
    assert client.call("PUT", path, NEW).status == 422
    clock.advance(60)
    put = client.call("PUT", path, {**NEW, "name": "renamed", "is_default": "false"}).body["project"]
    assert (put["name"], put["created_at"]) == ("renamed", made["created_at"])
    assert put["updated_at"] > made["updated_at"]
    assert client.call("PATCH", path, {"unknown": 1}).status == 422
    patched = client.call("PATCH", path, {"environment": "staging"}).body["project"]
    assert (patched["name"], patched["environment"]) == ("renamed", "Staging")


def test_the_default_project_can_be_changed_but_stays_one(client: Client) -> None:
    put = client.call("PUT", "/v2/projects/default", {**NEW, "is_default": False}).body["project"]
    assert (put["name"], put["is_default"]) == (NEW["name"], True)
    assert (
        client.call("PATCH", "/v2/projects/default", {"description": "mine"}).body["project"]["description"] == "mine"
    )
    assert client.call("DELETE", f"/v2/projects/{put['id']}").status == 412


def test_the_default_project_holds_what_no_other_does(client: Client) -> None:
    first, second = (client.create_active(name) for name in ("a", "b"))
    assert urns(client) == [f"do:droplet:{first['id']}", f"do:droplet:{second['id']}"]
    made = project(client)
    (moved,) = assign(client, made["id"], f"do:droplet:{first['id']}")
    assert moved["status"] == "assigned"
    assert moved["links"]["self"].endswith(f"/v2/droplets/{first['id']}")
    assert urns(client) == [f"do:droplet:{second['id']}"]
    assert urns(client, made["id"]) == [f"do:droplet:{first['id']}"]
    (again,) = assign(client, made["id"], f"do:droplet:{first['id']}")
    assert again["status"] == "already_assigned"
    assign(client, "default", f"do:droplet:{first['id']}")
    assert urns(client, made["id"]) == []


def test_volumes_addresses_balancers_and_domains_can_be_assigned(client: Client) -> None:
    volume = client.post("/v2/volumes", {"name": "data", "size_gigabytes": 10, "region": "nyc3"})["volume"]
    address = client.post("/v2/reserved_ips", {"region": "nyc3"}, status=202)["reserved_ip"]
    rules = [{"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}]
    balancer = {"name": "front", "region": "nyc3", "forwarding_rules": rules}
    balancer = client.post("/v2/load_balancers", balancer, status=202)["load_balancer"]
    client.post("/v2/domains", {"name": "example.com"})
    names = [
        f"do:volume:{volume['id']}",
        f"do:floatingip:{address['ip']}",
        f"do:loadbalancer:{balancer['id']}",
        "do:domain:example.com",
    ]
    assert set(urns(client)) == set(names)
    made = project(client)
    assert [one["status"] for one in assign(client, made["id"], *names)] == ["assigned"] * 4
    assert set(urns(client, made["id"])) == set(names)
    assert client.get(f"/v2/reserved_ips/{address['ip']}")["reserved_ip"]["project_id"] == made["id"]
    assert client.get(f"/v2/load_balancers/{balancer['id']}")["load_balancer"]["project_id"] == made["id"]


def test_a_domain_that_comes_again_is_in_the_default_project(client: Client) -> None:
    made = project(client)
    client.post("/v2/domains", {"name": "example.com"})
    assign(client, made["id"], "do:domain:example.com")
    client.call("DELETE", "/v2/domains/example.com")
    client.post("/v2/domains", {"name": "example.com"})
    assert (urns(client, made["id"]), urns(client)) == ([], ["do:domain:example.com"])


def test_a_resource_can_be_born_into_a_project(client: Client) -> None:
    made = project(client)
    address = client.post("/v2/reserved_ips", {"region": "nyc3", "project_id": made["id"]}, status=202)["reserved_ip"]
    assert urns(client, made["id"]) == [f"do:floatingip:{address['ip']}"]
    assert urns(client) == []


def test_what_is_not_there_cannot_be_assigned(client: Client) -> None:
    found = assign(client, project(client)["id"], "do:droplet:1", "do:space:pictures", "do:droplet:x", "do:domain:a.b")
    assert [one["status"] for one in found] == ["not_found"] * 4
    for body in ({}, {"resources": "do:droplet:1"}, {"resources": ["droplet:1"]}, {"resources": [1]}):
        assert client.call("POST", "/v2/projects/default/resources", body).status == 422
    assert client.call("POST", "/v2/projects/nowhere/resources", {"resources": []}).status == 404
    assert client.call("GET", "/v2/projects/nowhere/resources").status == 404


def test_only_an_empty_project_can_be_deleted(client: Client, clock: ManualClock) -> None:
    droplet, made = client.create_active(), project(client)
    assign(client, made["id"], f"do:droplet:{droplet['id']}")
    refused = client.call("DELETE", f"/v2/projects/{made['id']}")
    message = "cannot delete a project with resources. move or remove the resources first"
    assert (refused.status, refused.body["id"], refused.message) == (412, "precondition_failed", message)
    client.call("DELETE", f"/v2/droplets/{droplet['id']}")
    clock.advance(10)
    assert client.call("DELETE", f"/v2/projects/{made['id']}").status == 204


@pytest.mark.parametrize("sent", [{}, {"content_type": "text/plain"}, {"content_type": "application/jsonish"}])
def test_deletion_without_json_content_type_is_415(client: Client, sent: dict[str, str]) -> None:
    path = f"/v2/projects/{project(client)['id']}"
    refused = client.send("DELETE", path, **sent)
    assert (refused.status, refused.content) == (415, b"")
    assert refused.headers["x-doboto-sim-setting"] == "project_delete_needs_type"
    assert client.send("DELETE", path, content_type="Application/JSON; charset=utf-8").status == 204


def test_deletion_may_be_taken_without_content_type(simulate: Simulate) -> None:
    client = simulate(project_delete_needs_type=False)
    assert client.send("DELETE", f"/v2/projects/{project(client)['id']}").status == 204


def test_another_default_project_takes_only_what_comes_after(client: Client) -> None:
    before, former = client.create_active("before"), client.get("/v2/projects/default")["project"]
    made = project(client)
    assert client.call("PATCH", f"/v2/projects/{made['id']}", {"is_default": True}).body["project"]["is_default"]
    after = client.create_active("after")
    assert client.get("/v2/projects/default")["project"]["id"] == made["id"]
    assert not client.get(f"/v2/projects/{former['id']}")["project"]["is_default"]
    assert urns(client, former["id"]) == [f"do:droplet:{before['id']}"]
    assert urns(client) == [f"do:droplet:{after['id']}"]


def test_pages_of_resources(client: Client) -> None:
    for number in range(3):
        client.create(f"n-{number}")
    body = client.get("/v2/projects/default/resources?per_page=2")
    assert (len(body["resources"]), body["meta"]["total"]) == (2, 4)  # with the VPC
    assert "page=2" in body["links"]["pages"]["next"]


def test_a_token_sees_and_assigns_what_its_scopes_allow(client: Client) -> None:
    droplet = client.create_active()
    path, body = "/v2/projects/default/resources", {"resources": [f"do:droplet:{droplet['id']}"]}
    assert narrow(client, ["project:read"], "GET", path).body["resources"] == []
    seen = narrow(client, ["project:read", "droplet:read"], "GET", path).body["resources"]
    assert [one["urn"] for one in seen] == body["resources"]
    assert narrow(client, ["project:assign_resource"], "POST", path, body).status == 403
    assert narrow(client, ["project:assign_resource", "droplet:read"], "POST", path, body).status == 200
    assert narrow(client, ["project:update", "droplet:read"], "POST", path, body).status == 200
    assert narrow(client, ["project:read", "droplet:read"], "POST", path, body).status == 403
