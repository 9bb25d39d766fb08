"""VPCs: their ranges, who is the default, what is in them, and why one can't be deleted."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto.sim import ManualClock
from doboto.sim.engine.errors import ApiError
from doboto.sim.resources.vpcs import free_range, network_of, read_network, require_free

from .client import Client
from .conftest import Simulate

NOWHERE = "5a4981aa-9653-4bd1-bef5-d6bff52042e4"


def create(client: Client, name: str = "prod", region: str = "nyc3", **attributes: Any) -> Any:
    return client.post("/v2/vpcs", {"name": name, "region": region, **attributes})["vpc"]


def spare(client: Client, **attributes: Any) -> Any:
    """A VPC that is not its region's default."""
    create(client, "first")
    return create(client, "spare", **attributes)


def urns(client: Client, vpc: Any, query: str = "") -> list[str]:
    return [member["urn"] for member in client.get(f"/v2/vpcs/{vpc['id']}/members{query}")["members"]]


def test_a_vpc_is_made_shown_listed_and_deleted(client: Client) -> None:
    vpc = spare(client, description="for tests", ip_range="10.42.0.0/24")
    assert vpc["urn"] == f"do:vpc:{vpc['id']}"
    assert (vpc["name"], vpc["region"], vpc["ip_range"]) == ("spare", "nyc3", "10.42.0.0/24")
    assert (vpc["description"], vpc["default"], vpc["created_at"]) == ("for tests", False, vpc["created_at"])
    assert re.fullmatch(r"2026-03-10T10:30:00\.[0-9]{0,8}[1-9]Z", vpc["created_at"])
    assert client.get(f"/v2/vpcs/{vpc['id']}")["vpc"] == vpc
    assert vpc in client.get("/v2/vpcs")["vpcs"]
    assert client.call("DELETE", f"/v2/vpcs/{vpc['id']}").status == 204
    assert client.call("GET", f"/v2/vpcs/{vpc['id']}").status == 404
    assert vpc not in client.get("/v2/vpcs")["vpcs"]


def test_the_first_vpc_of_a_region_is_its_default_and_new_droplets_go_there(simulate: Simulate) -> None:
    client = simulate(first_vpc_is_default=True)
    vpc = create(client)
    assert vpc["default"] is True
    assert client.create_active()["vpc_uuid"] == vpc["id"]
    assert create(client, "second")["default"] is False
    assert create(client, "elsewhere", region="fra1")["default"] is True


def test_in_an_account_in_use_the_first_vpc_made_is_not_the_default(simulate: Simulate) -> None:
    client = simulate()
    defaults = client.get("/v2/vpcs?per_page=200")["vpcs"]
    regions = [region["slug"] for region in client.get("/v2/regions")["regions"] if region["available"]]
    assert sorted(one["name"] for one in defaults) == sorted(f"default-{slug}" for slug in regions)
    assert {(one["default"], one["description"], one["created_at"]) for one in defaults} == {
        (True, "", "2026-03-10T10:30:00Z")
    }
    assert {ipaddress.IPv4Network(one["ip_range"]).prefixlen for one in defaults} == {20}
    vpc = create(client)
    assert vpc["default"] is False
    assert client.call("DELETE", f"/v2/vpcs/{vpc['id']}").status == 204


def test_the_default_can_be_another_one_but_not_none_and_not_be_deleted(simulate: Simulate) -> None:
    client = simulate(first_vpc_is_default=True)
    first, second = create(client, "first"), create(client, "second")
    refused = client.call("DELETE", f"/v2/vpcs/{first['id']}")
    assert (refused.status, refused.message) == (403, "Can not delete default VPCs")
    assert client.call("PATCH", f"/v2/vpcs/{first['id']}", {"default": False}).status == 422
    changed = client.call("PATCH", f"/v2/vpcs/{second['id']}", {"default": "true"})
    assert changed.body["vpc"]["default"] is True
    assert client.get(f"/v2/vpcs/{first['id']}")["vpc"]["default"] is False
    assert client.create_active()["vpc_uuid"] == second["id"]
    assert client.call("DELETE", f"/v2/vpcs/{first['id']}").status == 204


def test_put_wants_a_name_and_keeps_what_it_does_not_say(client: Client) -> None:
    vpc = spare(client, description="old")
    path = f"/v2/vpcs/{vpc['id']}"
    assert client.call("PUT", path, {"description": "new"}).status == 422
    renamed = client.call("PUT", path, {"name": "renamed", "description": None})
    assert (renamed.status, renamed.body["vpc"]) == (200, {**vpc, "name": "renamed"})
    assert client.call("PATCH", path, {"description": "new"}).body["vpc"]["description"] == "new"
    assert client.call("PATCH", path, {"name": "renamed"}).status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"name": "with blank"},
        {"name": 7},
        {"name": "taken"},
        {"region": None},
        {"region": "atlantis"},
        {"region": "ams1"},
        {"region": ["nyc3"]},
        {"description": "x" * 256},
        {"description": {}},
        {"ip_range": "10.42.0.0"},
        {"ip_range": "10.42.0.1/24"},
        {"ip_range": "nonsense/24"},
        {"ip_range": "fd00::/64"},
        {"ip_range": 10},
        {"ip_range": "10.0.0.0/15"},
        {"ip_range": "10.42.0.0/29"},
        {"ip_range": "8.8.8.0/24"},
        {"ip_range": "10.244.7.0/24"},
        {"ip_range": "10.17.3.0/24"},
    ],
)
def test_what_no_vpc_can_be(client: Client, wrong: dict[str, Any]) -> None:
    create(client, "taken")
    before = client.get("/v2/vpcs")["meta"]["total"]
    answer = client.call("POST", "/v2/vpcs", {"name": "vpc", "region": "nyc3", **wrong})
    assert (answer.status, answer.body["id"]) == (422, "unprocessable_entity")
    assert client.get("/v2/vpcs")["meta"]["total"] == before


def test_overlapping_ranges_are_refused_in_all_regions_with_the_name_of_the_other(client: Client) -> None:
    create(client, "prod", ip_range="10.42.0.0/20")
    answer = client.call("POST", "/v2/vpcs", {"name": "b", "region": "fra1", "ip_range": "10.42.15.0/24"})
    assert answer.status == 422
    assert answer.message == ("This range/size overlaps with another VPC network in your account: prod 10.42.0.0/20.")
    assert client.call("POST", "/v2/vpcs", {"name": "b", "region": "fra1", "ip_range": "10.42.16.0/24"}).status == 201


def test_a_reserved_range_of_another_region_is_free(client: Client) -> None:
    assert create(client, region="fra1", ip_range="10.17.3.0/24")["ip_range"] == "10.17.3.0/24"


def test_generated_ranges_are_20_bits_and_do_not_overlap(client: Client) -> None:
    create(client, "small", ip_range="10.116.16.16/28")
    ranges = [ipaddress.IPv4Network(create(client, f"vpc-{number}")["ip_range"]) for number in range(5)]
    assert {one.prefixlen for one in ranges} == {20}
    ranges.append(ipaddress.IPv4Network("10.116.16.16/28"))
    assert not any(one.overlaps(other) for one in ranges for other in ranges if one is not other)


def test_a_default_vpc_makes_way_for_ranges_that_are_taken(simulate: Simulate) -> None:
    client = simulate(first_vpc_is_default=True)
    # 10.100.0.0 to 10.115.255.255, where default VPCs would be.
    for number in range(16):
        create(client, f"taken-{number}", region="fra1", ip_range=f"10.{100 + number}.0.0/16")
    client.create()
    default = next(vpc for vpc in client.get("/v2/vpcs?per_page=50")["vpcs"] if vpc["name"] == "default-nyc3")
    assert ipaddress.IPv4Network(default["ip_range"]).network_address >= ipaddress.IPv4Address("10.116.0.0")


PREFIXES = st.integers(16, 28)


@given(st.lists(PREFIXES, max_size=12), PREFIXES)
def test_free_ranges_never_overlap_and_can_be_asked_for(taken: list[int], prefix: int) -> None:
    vpcs: list[dict[str, Any]] = []
    for number, one in enumerate([*taken, prefix]):
        vpcs.append({"name": f"vpc-{number}", "ip_range": str(free_range(one, "nyc3", vpcs))})
    found = vpcs.pop()
    assert network_of(found).prefixlen == prefix
    require_free(read_network(found["ip_range"]), "nyc3", vpcs)
    with pytest.raises(ApiError):
        require_free(network_of(found), "nyc3", [*vpcs, found])


def test_droplets_are_members_and_have_addresses_in_the_range(client: Client) -> None:
    vpc = spare(client, ip_range="192.168.7.0/24")
    droplets = [client.create_active(f"web-{number}", vpc_uuid=vpc["id"]) for number in range(3)]
    client.create_active("elsewhere")
    private = [v4["ip_address"] for one in droplets for v4 in one["networks"]["v4"] if v4["type"] == "private"]
    assert len(set(private)) == 3
    assert all(ipaddress.IPv4Address(one) in ipaddress.IPv4Network("192.168.7.0/24") for one in private)
    members = client.get(f"/v2/vpcs/{vpc['id']}/members")["members"]
    assert [(one["urn"], one["name"]) for one in members] == [(f"do:droplet:{d['id']}", d["name"]) for d in droplets]
    assert members[0]["created_at"] == droplets[0]["created_at"]


def test_members_are_listed_by_type_in_pages_and_as_far_as_the_token_sees(client: Client) -> None:
    vpc = spare(client)
    for number in range(3):
        client.create(f"web-{number}", vpc_uuid=vpc["id"])
    rule = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
    wanted = {"name": "lb", "region": "nyc3", "forwarding_rules": [rule], "vpc_uuid": vpc["id"]}
    balancer = client.post("/v2/load_balancers", wanted, status=202)["load_balancer"]
    assert len(urns(client, vpc)) == 4
    assert len(urns(client, vpc, "?resource_type=droplet")) == 3
    assert urns(client, vpc, "?resource_type=loadbalancer") == [f"do:loadbalancer:{balancer['id']}"]
    assert urns(client, vpc, "?resource_type=kubernetes") == []
    page = client.get(f"/v2/vpcs/{vpc['id']}/members?per_page=2&page=2")
    assert (len(page["members"]), page["meta"]["total"]) == (2, 4)
    client.sim.register("narrow", ["vpc:read", "load_balancer:read"], account="token")
    client.token = "narrow"
    assert urns(client, vpc) == [f"do:loadbalancer:{balancer['id']}"]


def test_a_vpc_with_members_stays_until_they_are_gone_for_a_moment(client: Client, clock: ManualClock) -> None:
    vpc = spare(client)
    droplet = client.create(vpc_uuid=vpc["id"])
    refused = client.call("DELETE", f"/v2/vpcs/{vpc['id']}")
    assert (refused.status, refused.body["id"], refused.message) == (
        409,
        "conflict",
        "Can not delete VPC with members",
    )
    assert client.call("DELETE", f"/v2/droplets/{droplet['id']}").status == 204
    assert client.call("DELETE", f"/v2/vpcs/{vpc['id']}").status == 409
    assert urns(client, vpc) == [f"do:droplet:{droplet['id']}"]
    clock.advance(5)
    assert urns(client, vpc) == []
    assert client.call("DELETE", f"/v2/vpcs/{vpc['id']}").status == 204


def test_a_small_vpc_fills_up_and_its_addresses_come_again(simulate: Simulate) -> None:
    client = simulate(droplet_limit=100, names_per_request=20)
    vpc = spare(client, ip_range="10.42.0.0/28")
    wanted = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "vpc_uuid": vpc["id"]}
    names = [f"web-{number}" for number in range(13)]
    assert client.call("POST", "/v2/droplets", {**wanted, "names": [*names, "one-more"]}).status == 422
    droplets = client.post("/v2/droplets", {**wanted, "names": names}, status=202)["droplets"]
    assert client.call("POST", "/v2/droplets", {**wanted, "name": "one-more"}).status == 422
    client.sim.clock.advance(60)  # type: ignore[attr-defined]
    freed = private(client.get(f"/v2/droplets/{droplets[7]['id']}")["droplet"])
    client.call("DELETE", f"/v2/droplets/{droplets[7]['id']}")
    client.sim.clock.advance(60)  # type: ignore[attr-defined]
    assert private(client.create_active("again", vpc_uuid=vpc["id"])) == freed
    every = [private(one) for one in client.get("/v2/droplets?per_page=50")["droplets"]]
    assert len(set(every)) == 13


def private(droplet: Any) -> str:
    return next(v4["ip_address"] for v4 in droplet["networks"]["v4"] if v4["type"] == "private")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PUT", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/members"), ("GET", "/peerings")],
)
def test_a_vpc_that_is_not_there_is_404(client: Client, method: str, path: str) -> None:
    body = {"name": "x"} if method.startswith("P") else None
    assert client.call(method, f"/v2/vpcs/{NOWHERE}{path}", body).status == 404


def test_scopes_are_those_of_vpcs(client: Client) -> None:
    vpc = spare(client)
    client.sim.register("reader", ["vpc:read"], account="token")
    client.token = "reader"
    assert client.get(f"/v2/vpcs/{vpc['id']}")["vpc"] == vpc
    assert client.call("DELETE", f"/v2/vpcs/{vpc['id']}").status == 403
    assert client.call("POST", "/v2/vpcs", {"name": "x", "region": "nyc3"}).status == 403
    assert client.call("GET", f"/v2/vpcs/{vpc['id']}/peerings").status == 403
