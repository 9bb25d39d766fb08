"""Firewalls: rules, Droplets behind them by id and by tag, and changes on their way."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import ManualClock

from .client import Client
from .conftest import Simulate

SSH = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["18.0.0.0/8", "::/0"]}}
WEB = {"protocol": "tcp", "ports": "8000-9000", "sources": {"addresses": ["0.0.0.0/0"]}}
OUT = {"protocol": "udp", "ports": "53", "destinations": {"addresses": ["0.0.0.0/0", "::/0"]}}


def create(client: Client, name: str = "fence", **members: Any) -> Any:
    wanted = {"name": name, "inbound_rules": [SSH], "outbound_rules": [OUT], **members}
    return client.post("/v2/firewalls", wanted, status=202)["firewall"]


def get(client: Client, firewall: Any) -> Any:
    return client.get(f"/v2/firewalls/{firewall['id']}")["firewall"]


def refusal(client: Client, **members: Any) -> tuple[int, str]:
    answer = client.call("POST", "/v2/firewalls", {"name": "fence", "inbound_rules": [SSH], **members})
    assert client.get("/v2/firewalls")["meta"]["total"] == 0
    return answer.status, answer.message


def test_rules_arrive_at_the_droplets_after_a_moment(client: Client, clock: ManualClock) -> None:
    droplet = client.create()
    firewall = create(client, droplet_ids=[str(droplet["id"])])
    assert firewall["status"] == "waiting"
    assert firewall["pending_changes"] == [{"droplet_id": droplet["id"], "removing": False, "status": "waiting"}]
    assert (firewall["droplet_ids"], firewall["tags"]) == ([droplet["id"]], [])
    assert (firewall["inbound_rules"], firewall["outbound_rules"]) == ([SSH], [OUT])
    clock.advance(5)
    applied = get(client, firewall)
    assert (applied["status"], applied["pending_changes"]) == ("succeeded", [])
    assert client.get("/v2/firewalls")["firewalls"] == [applied]
    assert client.get(f"/v2/droplets/{droplet['id']}/firewalls")["firewalls"] == [applied]


def test_a_firewall_without_droplets_has_nothing_to_wait_for(client: Client) -> None:
    assert create(client)["status"] == "succeeded"


def test_droplets_come_and_go_and_only_they_are_updated(client: Client, clock: ManualClock) -> None:
    first, second = client.create("one"), client.create("two")
    firewall = create(client, droplet_ids=[first["id"]])
    clock.advance(5)
    path = f"/v2/firewalls/{firewall['id']}/droplets"
    client.post(path, {"droplet_ids": [second["id"]]}, status=204)
    assert get(client, firewall)["droplet_ids"] == [first["id"], second["id"]]
    assert [one["droplet_id"] for one in get(client, firewall)["pending_changes"]] == [second["id"]]
    clock.advance(5)
    assert client.call("DELETE", path, {"droplet_ids": [first["id"]]}).status == 204
    after = get(client, firewall)
    assert after["droplet_ids"] == [second["id"]]
    assert after["pending_changes"] == [{"droplet_id": first["id"], "removing": True, "status": "waiting"}]
    assert client.get(f"/v2/droplets/{first['id']}/firewalls")["firewalls"] == []
    clock.advance(5)
    assert get(client, firewall)["status"] == "succeeded"


def test_the_latest_change_of_a_droplet_is_the_one_that_counts(client: Client, clock: ManualClock) -> None:
    droplet = client.create()
    firewall = create(client, droplet_ids=[droplet["id"]])
    clock.advance(3)
    client.post(f"/v2/firewalls/{firewall['id']}/rules", {"inbound_rules": [WEB]}, status=204)
    clock.advance(3)
    assert len(get(client, firewall)["pending_changes"]) == 1
    clock.advance(2)
    assert get(client, firewall)["status"] == "succeeded"


def test_a_tag_puts_all_its_droplets_behind_the_firewall(client: Client, clock: ManualClock) -> None:
    tagged = client.create("one", tags=["Front"])
    firewall = create(client, tags=["front"])
    assert firewall["tags"] == ["Front"]
    assert [one["droplet_id"] for one in firewall["pending_changes"]] == [tagged["id"]]
    clock.advance(5)
    later = client.create("two", tags=["front"])
    for droplet in (tagged, later):
        names = [one["name"] for one in client.get(f"/v2/droplets/{droplet['id']}/firewalls")["firewalls"]]
        assert names == ["fence"]
    path = f"/v2/firewalls/{firewall['id']}/tags"
    assert client.call("DELETE", path, {"tags": ["FRONT"]}).status == 204
    assert client.get(f"/v2/droplets/{later['id']}/firewalls")["firewalls"] == []
    assert {one["removing"] for one in get(client, firewall)["pending_changes"]} == {True}
    client.post(path, {"tags": ["Front"]}, status=204)
    assert get(client, firewall)["tags"] == ["Front"]


def test_a_deleted_tag_leaves_firewalls_and_their_rules(client: Client) -> None:
    droplet = client.create(tags=["front", "back"])
    firewall = create(
        client,
        tags=["front", "back"],
        inbound_rules=[
            SSH,
            {**SSH, "ports": "80", "sources": {"tags": ["front"]}},
            {**SSH, "ports": "81", "sources": {"tags": ["front", "back"]}},
        ],
    )
    assert client.call("DELETE", "/v2/tags/front").status == 204
    after = get(client, firewall)
    assert after["tags"] == ["back"]
    assert [rule["sources"] for rule in after["inbound_rules"]] == [SSH["sources"], {"tags": ["back"]}]
    assert len(client.get(f"/v2/droplets/{droplet['id']}/firewalls")["firewalls"]) == 1


def test_a_destroyed_droplet_leaves_the_firewall(client: Client, clock: ManualClock) -> None:
    droplet, other = client.create("one"), client.create("two")
    peer = {**SSH, "sources": {"droplet_ids": [droplet["id"]]}}
    firewall = create(client, droplet_ids=[droplet["id"], other["id"]], inbound_rules=[SSH, peer])
    client.call("DELETE", f"/v2/droplets/{droplet['id']}")
    clock.advance(4)
    after = get(client, firewall)
    assert after["droplet_ids"] == [one["droplet_id"] for one in after["pending_changes"]] == [other["id"]]
    assert after["inbound_rules"] == [SSH]


def test_rules_can_be_added_once_and_removed(client: Client) -> None:
    firewall = create(client)
    path = f"/v2/firewalls/{firewall['id']}/rules"
    for _ in range(2):
        client.post(path, {"inbound_rules": [WEB], "outbound_rules": [OUT]}, status=204)
    assert get(client, firewall)["inbound_rules"] == [SSH, WEB]
    assert get(client, firewall)["outbound_rules"] == [OUT]
    assert client.call("DELETE", path, {"inbound_rules": [SSH], "outbound_rules": [OUT]}).status == 204
    assert (get(client, firewall)["inbound_rules"], get(client, firewall)["outbound_rules"]) == (
        [WEB],
        [],
    )
    assert client.call("POST", path, {}).status == 422


def test_an_update_replaces_everything(client: Client, clock: ManualClock) -> None:
    droplet = client.create()
    firewall = create(client, droplet_ids=[droplet["id"]])
    clock.advance(5)
    path = f"/v2/firewalls/{firewall['id']}"
    answer = client.call("PUT", path, {"name": "fence", "outbound_rules": [OUT]})
    assert answer.status == 200
    after = answer.body["firewall"]
    assert (after["droplet_ids"], after["inbound_rules"], after["outbound_rules"]) == ([], [], [OUT])
    assert after["pending_changes"] == [{"droplet_id": droplet["id"], "removing": True, "status": "waiting"}]
    assert after["created_at"] == firewall["created_at"]


def test_two_firewalls_cannot_have_one_name(client: Client) -> None:
    create(client)
    answer = client.call("POST", "/v2/firewalls", {"name": "fence", "inbound_rules": [SSH]})
    assert (answer.status, answer.body["id"], answer.message) == (409, "conflict", "duplicate name")
    other = create(client, "wall")
    put = {"name": "fence", "inbound_rules": [SSH]}
    assert client.call("PUT", f"/v2/firewalls/{other['id']}", put).status == 409


def test_a_deleted_firewall_is_gone(client: Client, clock: ManualClock) -> None:
    droplet = client.create()
    firewall = create(client, droplet_ids=[droplet["id"]])
    path = f"/v2/firewalls/{firewall['id']}"
    assert client.call("DELETE", path).status == 204
    clock.advance(10)
    for method, rest in (("GET", ""), ("DELETE", ""), ("PUT", ""), ("POST", "/droplets"), ("DELETE", "/rules")):
        assert client.call(method, path + rest, {}).status == 404
    assert client.get(f"/v2/droplets/{droplet['id']}/firewalls")["firewalls"] == []


@pytest.mark.parametrize(("ports", "becomes"), [("80", "80"), (443, "443"), ("0", "0"), ("all", "0"), ("1-5", "1-5")])
def test_ports_are_a_port_a_range_or_all(client: Client, ports: object, becomes: str) -> None:
    assert create(client, inbound_rules=[{**SSH, "ports": ports}])["inbound_rules"][0]["ports"] == becomes


def test_rules_for_icmp_have_no_ports(client: Client) -> None:
    rule = {"protocol": "icmp", "sources": {"addresses": ["::/0"], "tags": None}}
    firewall = create(client, inbound_rules=[rule])
    assert firewall["inbound_rules"] == [{**rule, "ports": "0", "sources": {"addresses": ["::/0"]}}]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"inbound_rules": [{**SSH, "ports": None}]}, "You must specify a positive value for ports."),
        ({"inbound_rules": [{**SSH, "ports": "9-1"}]}, "you must specify a valid range for ports"),
        ({"inbound_rules": [{**SSH, "ports": "65536"}]}, "you must specify a valid range for ports"),
        ({"inbound_rules": [{**SSH, "ports": True}]}, "You must specify a positive value for ports."),
        ({"inbound_rules": [{**SSH, "sources": {"addresses": ["nowhere"]}}]}, "invalid address"),
        ({"inbound_rules": [{**SSH, "sources": {"tags": ["nope"]}}]}, "tag nope does not exist"),
        ({"inbound_rules": [{**SSH, "sources": {"load_balancer_uids": ["x"]}}]}, "load balancer x does not exist"),
        ({"inbound_rules": [{**SSH, "sources": None}]}, "sources is required"),
        ({"inbound_rules": [{**SSH, "protocol": "gre"}]}, "protocol must be one of tcp, udp, icmp"),
        ({"inbound_rules": "all"}, "inbound_rules is invalid"),
        ({"inbound_rules": []}, "at least one inbound or outbound rule is required"),
        ({"droplet_ids": [1]}, "Droplet 1 does not exist"),
        ({"droplet_ids": [{}]}, "Droplet {} does not exist"),
        ({"tags": ["nope"]}, "tag nope does not exist"),
        ({"name": None}, "name is required"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(client: Client, members: Any, message: str) -> None:
    assert refusal(client, **members) == (422, message)


@pytest.mark.parametrize("name", ["x", "-a", "two words", 7])
def test_a_name_has_letters_digits_periods_and_dashes(client: Client, name: object) -> None:
    assert refusal(client, name=name)[0] == 422


def test_a_token_sees_and_attaches_only_what_it_may_read(simulate: Simulate) -> None:
    client = simulate()
    droplet = client.create(tags=["front"])
    firewall = create(client, droplet_ids=[droplet["id"]], tags=["front"])
    client.sim.register("narrow", ["firewall:read", "firewall:update"], account="token")
    client.token = "narrow"
    assert not {"droplet_ids", "tags"} & set(get(client, firewall))
    assert not {"droplet_ids", "tags"} & set(client.get("/v2/firewalls")["firewalls"][0])
    path = f"/v2/firewalls/{firewall['id']}"
    assert client.call("PUT", path, {"name": "fence", "inbound_rules": [SSH]}).status == 403
    assert client.call("POST", f"{path}/droplets", {"droplet_ids": [droplet["id"]]}).status == 403
    assert client.call("DELETE", path).status == 403
    client.post(f"{path}/rules", {"inbound_rules": [WEB]}, status=204)


def test_a_change_can_be_given_any_duration(simulate: Simulate) -> None:
    client = simulate(durations={"firewall.apply": 60.0})
    firewall = create(client, droplet_ids=[client.create()["id"]])
    client.sim.clock.advance(59)  # type: ignore[attr-defined]
    assert get(client, firewall)["status"] == "waiting"
    client.sim.clock.advance(1)  # type: ignore[attr-defined]
    assert get(client, firewall)["status"] == "succeeded"
