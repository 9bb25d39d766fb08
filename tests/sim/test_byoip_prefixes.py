"""Prefixes of one's own, and their addresses on Droplets."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import ManualClock
from doboto.sim.resources.byoip_prefixes import create as begin

from .client import Client
from .conftest import Simulate
from .test_vpcs import NOWHERE

PATH = "/v2/byoip_prefixes"
WANTED = {"prefix": "203.0.113.0/24", "region": "nyc3", "signature": "signed"}


def active(client: Client, **attributes: Any) -> str:
    uuid = client.post(PATH, {**WANTED, **attributes}, status=202)["byoip_prefix"]["uuid"]
    client.sim.clock.advance(121)  # type: ignore[attr-defined]
    return f"{PATH}/{uuid}"


def assign(client: Client, ip: str, droplet: Any, type: str = "assign") -> None:
    client.post(f"/v2/reserved_ips/{ip}/actions", {"type": type, "droplet_id": droplet["id"]})
    client.sim.clock.advance(12)  # type: ignore[attr-defined]


def test_a_prefix_is_in_progress_active_advertised_and_given_back(client: Client, clock: ManualClock) -> None:
    made = client.post(PATH, WANTED, status=202)["byoip_prefix"]
    assert made == {"uuid": made["uuid"], "region": "nyc3", "status": "in_progress"}
    path = f"{PATH}/{made['uuid']}"
    assert client.call("PATCH", path, {"advertise": True}).status == 422
    clock.advance(121)
    shown = client.get(path)["byoip_prefix"]
    assert (shown["status"], shown["prefix"], shown["advertised"]) == ("active", "203.0.113.0/24", False)
    assert (shown["validations"], shown["failure_reason"], shown["locked"]) == ([], "", False)
    changed = client.call("PATCH", path, {"advertise": "true"})
    assert (changed.status, changed.body["byoip_prefix"]) == (202, {**shown, "advertised": True})
    assert client.get(PATH)["byoip_prefixes"] == [{**shown, "advertised": True}]
    for _ in range(2):
        answer = client.call("DELETE", path)
        assert (answer.status, answer.content) == (202, b"")
    assert client.get(path)["byoip_prefix"]["status"] == "deleting"
    clock.advance(31)
    assert client.call("GET", path).status == 404


def test_a_prefix_can_fail(client: Client, clock: ManualClock) -> None:
    account = client.sim.account("token")
    prefix = begin(account, clock.now(), WANTED, fails=True)
    clock.advance(121)
    shown = client.get(f"{PATH}/{prefix['uuid']}")["byoip_prefix"]
    assert (shown["status"], shown["validations"][0]["status"]) == ("failed", "FAILED")
    assert shown["failure_reason"]
    assert client.call("PATCH", f"{PATH}/{prefix['uuid']}", {"advertise": True}).status == 422
    assert client.call("DELETE", f"{PATH}/{prefix['uuid']}").status == 202


def test_its_addresses_are_assigned_like_reserved_ones(client: Client, clock: ManualClock) -> None:
    path, droplet = active(client), client.create_active()
    assert client.get(f"{path}/ips")["ips"] == []
    assert client.get("/v2/reserved_ips/203.0.113.7")["reserved_ip"]["droplet"] is None
    assert client.get("/v2/reserved_ips")["reserved_ips"] == []
    assign(client, "203.0.113.7", droplet)
    assert client.get("/v2/reserved_ips/203.0.113.7")["reserved_ip"]["droplet"]["id"] == droplet["id"]
    listed = client.get(f"{path}/ips")
    assert listed["meta"]["total"] == 1
    assert listed["ips"][0] == {
        "id": 3405803783,
        "byoip": "203.0.113.7",
        "region": "nyc3",
        "resource": f"do:droplet:{droplet['id']}",
        "assigned_at": "2026-03-10T10:33:12Z",
    }
    refused = client.call("DELETE", path)
    assert (refused.status, refused.message) == (422, "The prefix has addresses assigned to Droplets.")
    assign(client, "203.0.113.7", droplet, "unassign")
    assert client.get(f"{path}/ips")["ips"] == []
    assert client.call("DELETE", path).status == 202
    clock.advance(31)
    assert client.call("GET", "/v2/reserved_ips/203.0.113.7").status == 404


def test_the_actions_of_its_addresses_may_be_unreadable(simulate: Simulate, clock: ManualClock) -> None:
    """404 while they run and afterwards, and the address is assigned all the same (provider#1557)."""
    client = simulate(clock, byoip_actions_readable=False)
    active(client)
    droplet, other = client.create_active(), client.create_active()
    reserved = client.post("/v2/reserved_ips", {"region": "nyc3"}, status=202)["reserved_ip"]["ip"]
    for ip, number, status in (("203.0.113.7", droplet["id"], 404), (reserved, other["id"], 200)):
        root = f"/v2/reserved_ips/{ip}/actions"
        action = client.post(root, {"type": "assign", "droplet_id": number})["action"]
        for _ in ("running", "completed"):
            assert client.call("GET", f"{root}/{action['id']}").status == status
            assert client.call("GET", f"/v2/actions/{action['id']}").status == status
            clock.advance(12)
        assert client.get(f"/v2/reserved_ips/{ip}")["reserved_ip"]["droplet"]["id"] == number
        assert client.get(root)["actions"][0]["id"] == action["id"]


def test_a_destroyed_droplet_lets_go_of_its_address(client: Client, clock: ManualClock) -> None:
    path, droplet = active(client), client.create_active()
    assign(client, "203.0.113.7", droplet)
    client.call("DELETE", f"/v2/droplets/{droplet['id']}")
    assert client.call("DELETE", path).status == 422
    clock.advance(5)
    assert client.get(f"{path}/ips")["ips"] == []
    assert client.call("DELETE", path).status == 202


def test_addresses_outside_an_active_prefix_are_not_there(client: Client, clock: ManualClock) -> None:
    client.post(PATH, WANTED, status=202)
    assert client.call("GET", "/v2/reserved_ips/203.0.113.7").status == 404
    clock.advance(121)
    assert client.call("GET", "/v2/reserved_ips/203.0.113.7").status == 200
    assert client.call("GET", "/v2/reserved_ips/203.0.112.7").status == 404
    assert client.call("GET", "/v2/reserved_ips/2001:db8::7").status == 404


def test_a_droplet_of_another_region_can_not_have_them(client: Client) -> None:
    active(client)
    droplet = client.create_active(region="fra1")
    wanted = {"type": "assign", "droplet_id": droplet["id"]}
    assert client.call("POST", "/v2/reserved_ips/203.0.113.7/actions", wanted).status == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"prefix": None},
        {"prefix": "203.0.113.0"},
        {"prefix": "203.0.113.1/24"},
        {"prefix": "203.0.113.0/25"},
        {"prefix": "203.0.0.0/17"},
        {"prefix": "2001:db8::/32"},
        {"prefix": 24},
        {"prefix": "198.51.100.0/24"},
        {"region": None},
        {"region": "atlantis"},
        {"signature": None},
        {"signature": ""},
        {"signature": 1},
    ],
)
def test_what_no_prefix_can_be(client: Client, wrong: dict[str, Any]) -> None:
    client.post(PATH, {**WANTED, "prefix": "198.51.100.0/22"}, status=202)
    answer = client.call("POST", PATH, {**WANTED, **wrong})
    assert (answer.status, answer.body["id"]) == (422, "unprocessable_entity")
    assert client.get(PATH)["meta"]["total"] == 1


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/ips")])
def test_a_prefix_that_is_not_there_is_404(client: Client, method: str, path: str) -> None:
    assert client.call(method, f"{PATH}/{NOWHERE}{path}", {"advertise": True}).status == 404


def test_patch_wants_a_boolean(client: Client) -> None:
    path = active(client)
    for body in ({}, {"advertise": "perhaps"}, {"advertise": None}):
        assert client.call("PATCH", path, body).status == 422
