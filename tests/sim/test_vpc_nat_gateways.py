"""NAT gateways of VPCs: their life, their place in a VPC, and what is refused."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from doboto.sim import ManualClock

from .client import Client
from .conftest import Simulate
from .test_vpcs import NOWHERE, create, spare, urns

PATH = "/v2/vpc_nat_gateways"


def order(vpc: Any, **attributes: Any) -> dict[str, Any]:
    place = {"vpc_uuid": vpc["id"], "default_gateway": True}
    return {"name": "nat", "type": "PUBLIC", "region": "nyc3", "size": 1, "vpcs": [place], **attributes}


def gateway(client: Client, vpc: Any, **attributes: Any) -> Any:
    return client.post(PATH, order(vpc, **attributes), status=202)["vpc_nat_gateway"]


@pytest.mark.parametrize(("answers", "created", "deleted"), [("reference", 202, 202), ("observed", 200, 204)])
def test_statuses_follow_the_setting(simulate: Simulate, answers: str, created: int, deleted: int) -> None:
    client = simulate(nat_gateway_statuses=answers)
    made = client.post(PATH, order(spare(client)), status=created)["vpc_nat_gateway"]
    assert client.call("DELETE", f"{PATH}/{made['id']}").status == deleted


@pytest.mark.parametrize("starting", ["NEW", "PROVISIONING"])
def test_a_gateway_is_new_until_active_and_deleted(simulate: Simulate, starting: str) -> None:
    client = simulate(nat_gateway_starting_state=starting)
    clock: Any = client.sim.clock
    vpc = spare(client, ip_range="10.42.0.0/24")
    made = gateway(client, vpc)
    assert (made["state"], made["egresses"], made["vpcs"][0]["vpc_uuid"]) == ("NEW", {}, vpc["id"])
    assert made["project_id"] == client.get("/v2/projects/default")["project"]["id"]
    assert [made[f"{name}_timeout_seconds"] for name in ("udp", "icmp", "tcp")] == [30, 30, 300]
    path = f"{PATH}/{made['id']}"
    clock.advance(5)
    assert client.get(path)["vpc_nat_gateway"]["state"] == starting
    clock.advance(60)
    active = client.get(path)["vpc_nat_gateway"]
    assert active["state"] == "ACTIVE"
    assert active["updated_at"] > active["created_at"] == made["created_at"]
    place = active["vpcs"][0]
    assert (place["vpc_uuid"], place["default_gateway"]) == (vpc["id"], True)
    assert place["subnet_uuid"] == made["vpcs"][0]["subnet_uuid"]
    assert ipaddress.IPv4Address(place["gateway_ip"]) in ipaddress.IPv4Network("10.42.0.0/24")
    assert ipaddress.IPv4Address(active["egresses"]["public_gateways"][0]["ipv4"]).version == 4
    for _ in range(2):
        answer = client.call("DELETE", path)
        assert (answer.status, answer.content) == (202, b"")
    assert client.get(path)["vpc_nat_gateway"]["state"] == "DELETING"
    clock.advance(21)
    gone = client.call("GET", path)
    assert (gone.status, gone.message) == (404, f"nat gateway with id {made['id']} not found")


def test_a_gateway_deleted_early_never_becomes_active(simulate: Simulate) -> None:
    client = simulate(durations={"nat_gateway.start": 5.0, "nat_gateway.create": 5.0, "nat_gateway.delete": 100.0})
    vpc = spare(client)
    path = f"{PATH}/{gateway(client, vpc)['id']}"
    client.call("DELETE", path)
    client.sim.clock.advance(50)  # type: ignore[attr-defined]
    assert client.get(path)["vpc_nat_gateway"]["state"] == "DELETING"
    assert client.call("PUT", path, {"name": "nat", "size": 1}).status == 422


def test_a_vpc_with_a_gateway_can_not_be_deleted(client: Client, clock: ManualClock) -> None:
    vpc = spare(client)
    path = f"{PATH}/{gateway(client, vpc)['id']}"
    assert urns(client, vpc) == []
    assert client.call("DELETE", f"/v2/vpcs/{vpc['id']}").status == 409
    client.call("DELETE", path)
    clock.advance(21)
    assert client.call("DELETE", f"/v2/vpcs/{vpc['id']}").status == 204


def test_put_changes_name_size_timeouts_and_role(client: Client, clock: ManualClock) -> None:
    vpc = spare(client)
    path = f"{PATH}/{gateway(client, vpc, tcp_timeout_seconds=60)['id']}"
    clock.advance(66)
    before = client.get(path)["vpc_nat_gateway"]
    clock.advance(10)
    wanted = {"name": "renamed", "size": "2", "udp_timeout_seconds": 45, "tcp_timeout_seconds": 0}
    after = client.call("PUT", path, {**wanted, "type": "PUBLIC", "region": "nyc3"}).body["vpc_nat_gateway"]
    changed = {"name": "renamed", "size": 2, "udp_timeout_seconds": 45, "updated_at": "2026-03-10T10:31:16Z"}
    assert after == {**before, **changed}
    lesser = {"name": "renamed", "size": 2, "vpcs": [{"vpc_uuid": vpc["id"], "default_gateway": False}]}
    assert client.call("PUT", path, lesser).body["vpc_nat_gateway"]["vpcs"][0]["default_gateway"] is False
    for wrong in ({"name": None}, {"size": None}, {"vpcs": [{"vpc_uuid": NOWHERE}]}):
        assert client.call("PUT", path, {"name": "renamed", "size": 2, **wrong}).status == 422


def test_a_vpc_has_one_default_gateway_at_a_time(client: Client, clock: ManualClock) -> None:
    vpc = spare(client)
    paths = [f"{PATH}/{gateway(client, vpc, name=name)['id']}" for name in ("one", "two")]
    clock.advance(66)
    assert [_is_default(client, path) for path in paths] == [False, True]
    place = {"vpc_uuid": vpc["id"], "default_gateway": True}
    assert client.call("PUT", paths[0], {"name": "one", "size": 1, "vpcs": [place]}).status == 200
    assert [_is_default(client, path) for path in paths] == [True, False]


def _is_default(client: Client, path: str) -> bool:
    return bool(client.get(path)["vpc_nat_gateway"]["vpcs"][0]["default_gateway"])


def test_the_list_is_filtered_by_state_region_type_and_name(client: Client, clock: ManualClock) -> None:
    here, there = spare(client), create(client, "there", region="fra1")
    first = gateway(client, here)["id"]
    clock.advance(66)
    second = gateway(client, there, name="nat-2", region="fra1")["id"]

    def find_names(query: str) -> list[str]:
        return [one["id"] for one in client.get(f"{PATH}?{query}")["vpc_nat_gateways"]]

    assert find_names("") == find_names("type=public") == [first, second]
    assert find_names("state=active") == find_names("region=nyc3") == find_names("name=nat") == [first]
    assert find_names("state=new&region=fra1") == find_names("page=2&per_page=1") == [second]
    assert find_names("state=error") == find_names("type=private") == []


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"name": None}, 422),
        ({"name": "two words"}, 422),
        ({"name": "taken"}, 422),
        ({"type": "PRIVATE"}, 422),
        ({"type": None}, 422),
        ({"region": "fra1"}, 422),
        ({"region": "atlantis"}, 422),
        ({"size": None}, 422),
        ({"size": 0}, 422),
        ({"size": 4}, 422),
        ({"size": "large"}, 422),
        ({"vpcs": None}, 422),
        ({"vpcs": []}, 422),
        ({"vpcs": [{}]}, 422),
        ({"vpcs": ["x"]}, 422),
        ({"vpcs": [{"vpc_uuid": NOWHERE}]}, 404),
        ({"vpcs": [{"vpc_uuid": NOWHERE}, {"vpc_uuid": NOWHERE}]}, 422),
        ({"tcp_timeout_seconds": -1}, 422),
        ({"udp_timeout_seconds": "soon"}, 422),
    ],
)
def test_what_no_gateway_can_be(client: Client, wrong: dict[str, Any], status: int) -> None:
    vpc = spare(client)
    gateway(client, vpc, name="taken")
    answer = client.call("POST", PATH, order(vpc, **wrong))
    assert answer.status == status
    assert client.get(PATH)["meta"]["total"] == 1


def test_the_limit_of_sizes_is_a_setting(simulate: Simulate) -> None:
    client = simulate(nat_gateway_size_limit=4)
    vpc = spare(client)
    assert gateway(client, vpc, size=4)["size"] == 4
    answer = client.call("POST", PATH, order(vpc, name="larger", size=5))
    assert answer.message == "exceeded NAT Gateway size limit"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_gateway_that_is_not_there_is_404(client: Client, method: str) -> None:
    assert client.call(method, f"{PATH}/nope", {"name": "x", "size": 1}).status == 404
