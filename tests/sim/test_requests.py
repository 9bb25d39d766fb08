"""What was asked and answered, answers of a test's own, and faults that are for some Droplets only."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doboto.sim import ManualClock, Simulator

from .client import Client, in_process
from .conftest import Simulate

NAMES = [f"web-{number}" for number in range(1, 11)]
MANY = {"names": NAMES, "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "tags": ["web"]}


def admin(client: Client, method: str, path: str, body: object = None) -> Any:
    """The status and body of a request to the admin interface; its responses have no rate limit."""
    content = b"" if body is None else json.dumps(body).encode()
    answer = client._transport(method, f"/_sim{path}", {"content-type": "application/json"}, content)
    return answer.status, answer.body


# -- requests


def test_requests_are_kept_with_what_was_sent_and_answered(client: Client, clock: ManualClock) -> None:
    droplet = client.create(user_data="#!/bin/sh")
    clock.advance(5)
    client.call("GET", "/v2/droplets?page=2&tag_name=web")
    created, listed = client.sim.requests
    assert (created.method, created.path, created.status) == ("POST", "/v2/droplets", 202)
    assert created.body["user_data"] == "#!/bin/sh"
    assert created.response["droplet"]["id"] == droplet["id"]
    assert created.account == client.sim.account("token").name
    assert listed.query == {"page": "2", "tag_name": "web"}
    assert listed.moment - created.moment == 5
    assert listed.request_id == client.call("GET", "/v2/droplets").headers["x-request-id"] or listed.request_id
    assert "token" not in repr(created)
    assert len(client.sim.requests) == 3


def test_requests_can_be_picked(client: Client) -> None:
    droplet = client.create()
    client.call("GET", f"/v2/droplets/{droplet['id']}")
    client.call("GET", "/v2/droplets/7")
    requests = client.sim.requests
    assert [one.path for one in requests.filter("post")] == ["/v2/droplets"]
    assert len(requests.filter("GET", "/v2/droplets/{id}")) == 2
    assert [one.path for one in requests.filter(status=404)] == ["/v2/droplets/7"]
    assert requests.filter(after=requests[-1].number) == []
    assert requests.filter(account="account-000000000000") == []
    requests.clear()
    assert list(requests) == []


def test_requests_are_shown_over_http_without_secrets(client: Client) -> None:
    client.create(user_data="a secret")
    client.call("GET", "/v2/droplets")
    status, found = admin(client, "GET", "/requests?method=POST&path=/v2/droplets")
    (created,) = found["requests"]
    assert (status, created["body"]["user_data"], created["body"]["name"]) == (200, "(hidden)", "web-01")
    assert created["response"]["droplet"]["name"] == "web-01"
    assert admin(client, "GET", f"/requests/{created['number']}") == (200, {"request": created})
    assert admin(client, "GET", "/requests/99")[0] == 404
    assert admin(client, "DELETE", "/requests")[1]["requests"] == []


# -- stubs


def test_a_path_can_be_answered_by_a_test(client: Client) -> None:
    assert client.call("GET", "/v2/databases").status == 501
    client.sim.stub("GET", "/v2/databases", json={"databases": []})
    client.sim.stub("POST", "/v2/databases/{id}/users", json={"user": {}}, status=201, headers={"X-Own": "1"})
    assert client.call("GET", "/v2/databases").body == {"databases": []}
    made = client.call("POST", "/v2/databases/7/users", {"name": "a"})
    assert (made.status, made.headers["x-own"], made.body) == (201, "1", {"user": {}})
    assert client.sim.requests[-1].body == {"name": "a"}
    assert client.call("GET", "/v2/databases/7/users").status == 501


def test_a_stub_replaces_an_operation_and_meets_faults(client: Client) -> None:
    client.sim.stub("GET", "/v2/account", json={"account": None})
    assert client.sim.requests is client.sim.log
    client._specification = None
    assert client.call("GET", "/v2/account").body == {"account": None}
    client.sim.faults.add("status", path="/v2/account", status=503)
    assert client.call("GET", "/v2/account").status == 503
    client.token = None
    assert client.call("GET", "/v2/account").status == 401


def test_stubs_over_http(client: Client) -> None:
    stub = {"method": "GET", "path": "/v2/apps", "json": {"apps": []}, "status": 203}
    assert admin(client, "POST", "/stubs", stub) == (200, {"stubs": 1})
    client._specification = None
    assert client.call("GET", "/v2/apps").status == 203
    assert admin(client, "POST", "/stubs", {"path": "elsewhere"})[0] == 422
    assert admin(client, "DELETE", "/stubs") == (200, {"stubs": 0})
    assert client.call("GET", "/v2/apps").status == 501


@pytest.mark.parametrize(("wrong", "why"), [
    ({"method": "G T"}, "invalid stub"),
    ({"status": 99}, "invalid stub"),
    ({"path": "/v3/x"}, "path must be one of the API's"),
    ({"path": "/v2"}, "path must be one of the API's"),
    ({"path": "databases"}, "path must be one of the API's"),
    ({"path": "/v2/x?page=2"}, "no query"),
])  # fmt: skip
def test_what_is_no_stub_is_refused(client: Client, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        client.sim.stub(**{"method": "GET", "path": "/v2/x", **wrong})


def test_paths_are_taken_with_and_without_the_version(client: Client) -> None:
    client.sim.stub("GET", "/databases/{id}", json={"database": {}})
    assert client.call("GET", "/v2/databases/7").body == {"database": {}}
    fault = client.sim.faults.add("status", path="/databases/*", count=1)
    assert client.call("GET", "/v2/databases/7").status == 503
    assert (fault.triggered, fault.rule.path) == (1, "/v2/databases/*")
    short, full = (client.sim.requests.filter("GET", path) for path in ("/databases/{id}", "/v2/databases/{id}"))
    assert [one.status for one in short] == [one.status for one in full] == [200, 503]


def test_a_request_outside_of_the_api_is_found_by_its_path(client: Client) -> None:
    assert client.call("GET", "/droplets").status == 404
    client.call("GET", "/v2/droplets")
    assert [one.path for one in client.sim.requests.filter(path="/droplets")] == ["/droplets", "/v2/droplets"]
    assert [one.path for one in client.sim.requests.filter(path="/v2/droplets")] == ["/v2/droplets"]


# -- faults for some Droplets


def test_the_third_of_ten_fails(client: Client, clock: ManualClock) -> None:
    client.sim.faults.add("create_errored", names=["web-3"])
    client.post("/v2/droplets", MANY, status=202)
    clock.advance(60)
    assert [one["name"] for one in client.get("/v2/droplets")["droplets"]] == [*NAMES[:2], *NAMES[3:]]
    statuses = [one["status"] for one in client.get("/v2/actions")["actions"]]
    assert (statuses.count("errored"), statuses.count("completed")) == (1, 9)


def test_an_action_by_tag_fails_for_one_droplet(client: Client, clock: ManualClock) -> None:
    client.post("/v2/droplets", MANY, status=202)
    clock.advance(60)
    client.sim.faults.add("action_errored", path="/v2/**/actions", names=["web-1*"])
    client.post("/v2/droplets/actions?tag_name=web", {"type": "power_off"})
    clock.advance(60)
    on = [one["name"] for one in client.get("/v2/droplets")["droplets"] if one["status"] == "active"]
    assert on == ["web-1", "web-10"]


def test_tags_and_addresses_of_some_droplets(client: Client, clock: ManualClock) -> None:
    client.sim.faults.add("lost_tags", names=["web-2", "web-4"])
    client.sim.faults.add("list_lag", names=["web-5"], seconds=100)
    client.post("/v2/droplets", MANY, status=202)
    clock.advance(60)
    droplets = client.get("/v2/droplets")["droplets"]
    assert [one["name"] for one in droplets if not one["tags"]] == ["web-2", "web-4"]
    assert "web-5" not in {one["name"] for one in droplets}


def test_requests_about_one_droplet_fail(client: Client) -> None:
    first, second = client.create("first"), client.create("second")
    fault = client.sim.faults.add("status", names=["second"], status=503, count=2)
    assert client.call("GET", f"/v2/droplets/{first['id']}").status == 200
    assert client.call("GET", "/v2/droplets").status == 200
    assert client.call("GET", f"/v2/droplets/{second['id']}").status == 503
    assert client.call("POST", f"/v2/droplets/{second['id']}/actions", {"type": "reboot"}).status == 503
    assert client.call("GET", f"/v2/droplets/{second['id']}").status == 200
    assert (fault.seen, fault.triggered) == (3, 2)


def test_droplets_created_with_a_tag_fail(client: Client, clock: ManualClock) -> None:
    client.sim.faults.add("create_errored", tags="canary")
    client.create("old", tags=["web"])
    client.create("new", tags=["web", "Canary"])
    clock.advance(60)
    assert [one["name"] for one in client.get("/v2/droplets")["droplets"]] == ["old"]


def test_action_by_tag_fails_for_droplets_of_another_tag(client: Client, clock: ManualClock) -> None:
    for name, tags in (("a", ["web"]), ("b", ["web", "canary"]), ("c", ["web", "slow"])):
        client.create(name, tags=tags)
    clock.advance(60)
    client.sim.faults.add("action_errored", tags=["canary", "slow"])
    client.post("/v2/droplets/actions?tag_name=web", {"type": "power_off"})
    clock.advance(60)
    assert [one["name"] for one in client.get("/v2/droplets")["droplets"] if one["status"] == "off"] == ["a"]


def test_requests_about_tagged_droplets_fail(client: Client) -> None:
    tagged, other = client.create("tagged", tags=["web"]), client.create("other")
    fault = client.sim.faults.add("status", names="tag*", tags=["web"])
    assert client.call("GET", f"/v2/droplets/{other['id']}").status == 200
    assert client.call("GET", f"/v2/droplets/{tagged['id']}").status == 503
    assert client.call("GET", "/v2/droplets?tag_name=web").status == 503
    assert client.call("GET", "/v2/droplets?tag_name=none").status == 200
    assert (fault.seen, fault.to_json()["tags"]) == (2, ["web"])


def test_a_tag_added_later_counts_from_then_on(client: Client) -> None:
    droplet = client.create("web")
    client.sim.faults.add("status", tags=["web"])
    assert client.call("GET", f"/v2/droplets/{droplet['id']}").status == 200
    client.post("/v2/tags", {"name": "web"})
    resource = {"resource_id": str(droplet["id"]), "resource_type": "droplet"}
    assert client.call("POST", "/v2/tags/web/resources", {"resources": [resource]}).status == 204
    assert client.call("GET", f"/v2/droplets/{droplet['id']}").status == 503


@pytest.mark.parametrize("member", ["names", "tags"])
def test_names_and_tags_are_lists_of_texts(client: Client, member: str) -> None:
    for wrong in ([], "web-3", [3]):
        status, body = admin(client, "POST", "/faults", {"kind": "create_errored", member: wrong})
        assert status == 422, body
    assert admin(client, "POST", "/faults", {"kind": "create_errored", member: ["web-3"]})[0] == 200


# -- health


def test_health_is_for_everybody(client: Client) -> None:
    assert admin(client, "GET", "/health")[1]["status"] == "ok"


def test_health_answers_other_machines_as_nothing_else_does() -> None:
    sim = Simulator(ManualClock())
    transport = in_process(sim.app, client=("192.0.2.1", 1))
    assert transport("GET", "/_sim/health", {}, b"").status == 200
    assert transport("GET", "/_sim/requests", {}, b"").status == 403


# -- limits


@pytest.mark.parametrize(
    ("settings", "path", "body"),
    [
        ({"droplet_limit": 0}, "/v2/droplets", {**MANY, "names": ["a"]}),
        ({"names_per_request": 9}, "/v2/droplets", MANY),
        ({"volume_limit": 0}, "/v2/volumes", {"name": "a", "region": "nyc3", "size_gigabytes": 1}),
        ({"volume_capacity": 1}, "/v2/volumes", {"name": "a", "region": "nyc3", "size_gigabytes": 2}),
        ({"reserved_ip_limit": 0}, "/v2/reserved_ips", {"region": "nyc3"}),
    ],
)
def test_a_refusal_names_the_setting_that_it_comes_from(
    simulate: Simulate, caplog: pytest.LogCaptureFixture, settings: dict[str, int], path: str, body: dict[str, Any]
) -> None:
    answer = simulate(**settings).call("POST", path, body)
    (name,) = settings
    assert (answer.status in (403, 422), answer.headers["x-doboto-sim-setting"]) == (True, name)
    assert f"refused by the setting {name}" in caplog.text
    assert name not in answer.message
