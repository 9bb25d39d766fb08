"""Load balancers: new, then active with an address; Droplets by id or tag; rules."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import ManualClock

from .client import Client
from .conftest import Simulate

HTTP = {
    "entry_protocol": "http",
    "entry_port": 80,
    "target_protocol": "http",
    "target_port": 8080,
    "certificate_id": "",
    "tls_passthrough": False,
}
TLS = {**HTTP, "entry_protocol": "https", "entry_port": 443, "target_protocol": "https", "tls_passthrough": True}
UDP = {**HTTP, "entry_protocol": "udp", "target_protocol": "udp", "entry_port": 53}
WANTED = {"name": "lb-01", "region": "nyc3", "forwarding_rules": [HTTP]}
BUSY = "Load Balancer can't be updated while it processes previous actions"


def create(client: Client, **members: Any) -> Any:
    return client.post("/v2/load_balancers", {**WANTED, **members}, status=202)["load_balancer"]


def create_active(client: Client, **members: Any) -> Any:
    made = create(client, **members)
    client.sim.clock.advance(60)  # type: ignore[attr-defined]
    return get_balancer(client, made)


def get_balancer(client: Client, balancer: Any) -> Any:
    return client.get(f"/v2/load_balancers/{balancer['id']}")["load_balancer"]


def put(client: Client, balancer: Any, **members: Any) -> Any:
    return client.call("PUT", f"/v2/load_balancers/{balancer['id']}", {**WANTED, **members})


def test_a_new_load_balancer_gets_its_address_when_it_is_active(client: Client, clock: ManualClock) -> None:
    droplet = client.create()
    made = create(client, droplet_ids=[str(droplet["id"])])
    assert (made["status"], made["ip"], made["droplet_ids"], made["tag"]) == ("new", "", [droplet["id"]], "")
    clock.advance(59)
    assert get_balancer(client, made)["status"] == "new"
    clock.advance(1)
    active = get_balancer(client, made)
    assert active == {**made, "status": "active", "ip": active["ip"]}
    addresses = [one["ip_address"] for one in client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["networks"]["v4"]]
    assert active["ip"]
    assert active["ip"] not in addresses
    assert client.get("/v2/load_balancers")["load_balancers"] == [active]


def test_defaults_are_those_of_the_reference(client: Client) -> None:
    made = create(client)
    assert (made["size"], made["size_unit"], made["algorithm"]) == ("lb-small", 1, "round_robin")
    assert (made["network"], made["network_stack"], made["type"]) == ("EXTERNAL", "IPV4", "REGIONAL")
    assert (made["tls_cipher_policy"], made["http_idle_timeout_seconds"]) == ("DEFAULT", 60)
    assert made["sticky_sessions"] == {"type": "none"}
    assert made["firewall"] == {"deny": [], "allow": []}
    assert made["health_check"] == {
        "protocol": "http",
        "port": 80,
        "path": "/",
        "check_interval_seconds": 10,
        "response_timeout_seconds": 5,
        "unhealthy_threshold": 5,
        "healthy_threshold": 3,
    }
    assert made["forwarding_rules"] == [HTTP]
    assert made["region"]["slug"] == "nyc3"
    assert made["vpc_uuid"] == client.create_active()["vpc_uuid"]
    assert not made["redirect_http_to_https"]


def test_what_is_asked_for_is_what_one_gets(client: Client) -> None:
    wanted = {
        "size_unit": 4,
        "enable_proxy_protocol": "true",
        "http_idle_timeout_seconds": "90",
        "sticky_sessions": {"type": "cookies", "cookie_name": "DO-LB", "cookie_ttl_seconds": 300},
        "firewall": {"deny": ["cidr:1.2.0.0/16"], "allow": ["ip:2.3.4.5"]},
        "health_check": {"protocol": "tcp", "port": 53},
        "forwarding_rules": [HTTP, TLS, UDP],
    }
    made = create(client, **wanted)
    assert made["size_unit"] == 4
    assert "size" not in made
    assert made["enable_proxy_protocol"] is True
    assert made["http_idle_timeout_seconds"] == 90
    assert (made["sticky_sessions"], made["firewall"]) == (wanted["sticky_sessions"], wanted["firewall"])
    assert made["health_check"]["protocol"] == "tcp"
    assert "path" not in made["health_check"]
    assert made["forwarding_rules"] == [HTTP, TLS, UDP]
    assert create(client, size="lb-large")["size_unit"] == 6


def test_an_internal_one_has_no_public_address_and_a_dual_stack_one_has_two(client: Client) -> None:
    assert create_active(client, network="INTERNAL")["ip"] == ""
    dual = create_active(client, network_stack="DUALSTACK")
    assert dual["ip"]
    assert ":" in dual["ipv6"]


def test_droplets_are_added_and_removed_once_it_is_active(client: Client, clock: ManualClock) -> None:
    droplets = [client.create(name)["id"] for name in ("one", "two")]
    balancer = create(client, droplet_ids=droplets[:1])
    path = f"/v2/load_balancers/{balancer['id']}/droplets"
    answer = client.call("POST", path, {"droplet_ids": droplets})
    assert (answer.status, answer.body["id"], answer.message) == (403, "forbidden", BUSY)
    clock.advance(60)
    client.post(path, {"droplet_ids": droplets}, status=204)
    assert get_balancer(client, balancer)["droplet_ids"] == droplets
    assert client.call("DELETE", path, {"droplet_ids": droplets[:1]}).status == 204
    assert get_balancer(client, balancer)["droplet_ids"] == droplets[1:]
    for body in ({}, {"droplet_ids": []}):
        assert client.call("POST", path, body).message == "need to provide either a tag or a list of droplets"


def test_a_tag_stands_for_its_droplets_where_the_load_balancer_is(client: Client) -> None:
    here = client.create("here", tags=["web"])
    client.create("elsewhere", tags=["web"], region="ams3")
    balancer = create_active(client, tag="web")
    assert (balancer["tag"], balancer["droplet_ids"]) == ("web", [here["id"]])
    later = client.create("later", tags=["web"])
    assert get_balancer(client, balancer)["droplet_ids"] == [here["id"], later["id"]]
    answer = client.call("POST", f"/v2/load_balancers/{balancer['id']}/droplets", {"droplet_ids": [here["id"]]})
    assert answer.status == 422
    assert create(client, tag="new-tag", name="lb-02")["droplet_ids"] == []
    assert client.get("/v2/tags/new-tag")["tag"]["resources"]["count"] == 0
    assert client.call("DELETE", "/v2/tags/web").status == 204
    assert (get_balancer(client, balancer)["tag"], get_balancer(client, balancer)["droplet_ids"]) == ("", [])


def test_a_destroyed_droplet_leaves_the_load_balancer(client: Client, clock: ManualClock) -> None:
    droplets = [client.create(name)["id"] for name in ("one", "two")]
    balancer = create(client, droplet_ids=droplets)
    client.call("DELETE", f"/v2/droplets/{droplets[0]}")
    clock.advance(4)
    assert get_balancer(client, balancer)["droplet_ids"] == droplets[1:]


def test_forwarding_rules_are_added_and_removed(client: Client) -> None:
    balancer = create_active(client)
    path = f"/v2/load_balancers/{balancer['id']}/forwarding_rules"
    client.post(path, {"forwarding_rules": [{**TLS, "certificate_id": None}]}, status=204)
    assert get_balancer(client, balancer)["forwarding_rules"] == [HTTP, TLS]
    assert client.call("POST", path, {"forwarding_rules": [TLS]}).status == 422
    assert client.call("DELETE", path, {"forwarding_rules": [HTTP]}).status == 204
    assert get_balancer(client, balancer)["forwarding_rules"] == [TLS]
    assert client.call("DELETE", path, {"forwarding_rules": [TLS]}).status == 422
    assert client.call("DELETE", path, {"forwarding_rules": []}).status == 422


def test_an_update_replaces_everything_but_what_is_fixed(client: Client) -> None:
    droplet = client.create()
    balancer = create_active(client, droplet_ids=[droplet["id"]], enable_backend_keepalive=True, network="INTERNAL")
    answer = put(client, balancer, name="renamed", forwarding_rules=[TLS], tag="web")
    assert answer.status == 200
    after = answer.body["load_balancer"]
    assert after == get_balancer(client, balancer)
    assert (after["name"], after["droplet_ids"], after["tag"]) == ("renamed", [], "web")
    assert (after["enable_backend_keepalive"], after["network"], after["status"]) == (False, "INTERNAL", "active")
    for member, value in {"network": "EXTERNAL", "region": "ams3", "type": "GLOBAL"}.items():
        answer = put(client, balancer, **{member: value})
        assert (answer.status, answer.message) == (422, f"{member} can't be changed after creation")


def test_a_load_balancer_is_resized_once_an_hour_at_most(client: Client, clock: ManualClock) -> None:
    balancer = create_active(client)
    assert put(client, balancer, size_unit=3).body["load_balancer"]["size"] == "lb-medium"
    assert put(client, balancer, size_unit=3).status == 200
    assert put(client, balancer, size_unit=2).status == 422
    clock.advance(3600)
    assert put(client, balancer, size_unit=2).status == 200


def test_the_hour_can_be_switched_off(simulate: Simulate) -> None:
    client = simulate(load_balancer_resize_seconds=0)
    assert put(client, create_active(client), size_unit=3).status == 200


def test_a_deleted_load_balancer_leaves_firewalls(client: Client) -> None:
    balancer = create(client)
    rules = [{"protocol": "tcp", "ports": ports, "sources": {"addresses": ["::/0"]}} for ports in ("1", "2")]
    rules[1]["sources"] = {"load_balancer_uids": [balancer["id"]]}
    firewall = client.post("/v2/firewalls", {"name": "fence", "inbound_rules": rules}, status=202)["firewall"]
    path = f"/v2/load_balancers/{balancer['id']}"
    assert client.call("DELETE", path).status == 204
    assert client.get(f"/v2/firewalls/{firewall['id']}")["firewall"]["inbound_rules"] == rules[:1]
    for method, rest in (("GET", ""), ("DELETE", ""), ("PUT", ""), ("POST", "/droplets"), ("DELETE", "/cache")):
        assert client.call(method, path + rest, {}).status == 404


def test_a_global_one_spreads_over_regional_ones(client: Client) -> None:
    regional = create_active(client)
    cdn = {"target_protocol": "http", "target_port": 81, "cdn": {"is_enabled": True}, "region_priorities": {"nyc3": 1}}
    made = create_active(
        client,
        name="everywhere",
        type="GLOBAL",
        region=None,
        forwarding_rules=None,
        glb_settings=cdn,
        domains=[{"name": "example.com", "is_managed": True}],
        target_load_balancer_ids=[regional["id"]],
    )
    assert not {"region", "vpc_uuid"} & set(made)
    assert (made["forwarding_rules"], made["network"]) == ([], "")
    assert made["glb_settings"] == {**cdn, "failover_threshold": 50}
    assert made["domains"] == [{"name": "example.com", "is_managed": True, "certificate_id": ""}]
    assert client.call("DELETE", f"/v2/load_balancers/{made['id']}/cache").status == 204
    assert client.call("DELETE", f"/v2/load_balancers/{regional['id']}/cache").status == 422
    assert client.call("DELETE", f"/v2/load_balancers/{regional['id']}").status == 204
    assert get_balancer(client, made)["target_load_balancer_ids"] == []


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"name": None}, 422),
        ({"region": None}, 422),
        ({"region": "sfo1"}, 422),
        ({"forwarding_rules": None}, 422),
        ({"forwarding_rules": []}, 422),
        ({"forwarding_rules": [1]}, 422),
        ({"forwarding_rules": [{**HTTP, "entry_port": 0}]}, 422),
        ({"forwarding_rules": [{**HTTP, "entry_port": True}]}, 422),
        ({"forwarding_rules": [{**HTTP, "entry_protocol": "ftp"}]}, 422),
        ({"forwarding_rules": [{**HTTP, "target_protocol": "udp"}]}, 422),
        ({"forwarding_rules": [{**HTTP, "tls_passthrough": True}]}, 422),
        ({"forwarding_rules": [{**TLS, "tls_passthrough": False}]}, 422),
        ({"forwarding_rules": [{**TLS, "tls_passthrough": False, "certificate_id": "nope"}]}, 422),
        ({"forwarding_rules": [HTTP, HTTP]}, 422),
        ({"droplet_ids": [1]}, 422),
        ({"droplet_ids": "1"}, 422),
        ({"tag": "no tag"}, 422),
        ({"vpc_uuid": "nope"}, 404),
        ({"project_id": "nope"}, 404),
        ({"size": "lb-huge"}, 422),
        ({"size_unit": 101}, 422),
        ({"http_idle_timeout_seconds": 29}, 422),
        ({"health_check": []}, 422),
        ({"health_check": {"port": 70000}}, 422),
        ({"sticky_sessions": {"type": "cookies"}}, 422),
        ({"firewall": {"deny": ["1.2.3.4"]}}, 422),
        ({"firewall": {"allow": ["ip:1.2.0.0/16"]}}, 422),
        ({"firewall": {"allow": ["cidr:nowhere"]}}, 422),
        ({"algorithm": "magic"}, 422),
        ({"network": "OTHER"}, 422),
        ({"type": "GLOBAL", "target_load_balancer_ids": ["nope"]}, 422),
        ({"type": "GLOBAL", "glb_settings": {"region_priorities": {"nope": 1}}}, 422),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(client: Client, members: Any, status: int) -> None:
    assert client.call("POST", "/v2/load_balancers", {**WANTED, **members}).status == status
    assert client.get("/v2/load_balancers")["meta"]["total"] == 0
    assert client.get("/v2/tags")["meta"]["total"] == 0


def test_a_load_balancer_is_in_a_project_and_in_a_vpc(client: Client) -> None:
    default = client.get("/v2/projects/default")["project"]["id"]
    own = client.post("/v2/projects", {"name": "shop", "purpose": "IoT"})["project"]["id"]
    first, second = create(client), create_active(client, name="lb-02", project_id=own)
    assert (first["project_id"], second["project_id"]) == (default, own)
    assert put(client, second, name="lb-02").body["load_balancer"]["project_id"] == own
    urns = [one["urn"] for one in client.get(f"/v2/projects/{own}/resources")["resources"]]
    assert urns == [f"do:loadbalancer:{second['id']}"]
    members = client.get(f"/v2/vpcs/{first['vpc_uuid']}/members")["members"]
    assert [one["name"] for one in members] == ["lb-01", "lb-02"]


def test_droplets_must_be_in_reach_and_not_be_named_beside_a_tag(client: Client) -> None:
    near, far = client.create("near")["id"], client.create("far", region="ams3")["id"]
    for members in ({"droplet_ids": [far]}, {"droplet_ids": [near], "tag": "web"}):
        assert client.call("POST", "/v2/load_balancers", {**WANTED, **members}).status == 422


def test_a_creation_can_be_made_to_fail(client: Client) -> None:
    client.sim.faults.add("create_errored", path="/v2/load_balancers", count=1)
    assert (create_active(client)["status"], create_active(client, name="lb-02")["status"]) == ("errored", "active")
