"""VPC peerings: two VPCs joined, seen from either of them."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import ManualClock

from .client import Client
from .conftest import Simulate
from .test_vpcs import NOWHERE, create


def two(client: Client, first: str = "nyc3", second: str = "fra1") -> tuple[str, str]:
    return create(client, "one", region=first)["id"], create(client, "two", region=second)["id"]


def peer(client: Client, *vpc_ids: str, name: str = "joined") -> Any:
    return client.post("/v2/vpc_peerings", {"name": name, "vpc_ids": vpc_ids}, status=202)["vpc_peering"]


def test_a_peering_is_provisioned_active_renamed_and_deleted(client: Client, clock: ManualClock) -> None:
    vpc_ids = two(client)
    peering = peer(client, *vpc_ids)
    assert peering == {
        "id": peering["id"],
        "name": "joined",
        "vpc_ids": list(vpc_ids),
        "created_at": "2026-03-10T10:30:00Z",
        "status": "PROVISIONING",
    }
    clock.advance(11)
    path = f"/v2/vpc_peerings/{peering['id']}"
    assert client.get(path)["vpc_peering"] == {**peering, "status": "ACTIVE"}
    assert client.call("PATCH", path, {"name": "renamed"}).body["vpc_peering"]["name"] == "renamed"
    for _ in range(2):
        deleted = client.call("DELETE", path)
        assert (deleted.status, deleted.body["vpc_peering"]["status"]) == (202, "DELETING")
    assert client.get(path)["vpc_peering"]["status"] == "DELETING"
    clock.advance(11)
    assert client.call("GET", path).status == 404
    assert client.get("/v2/vpc_peerings")["vpc_peerings"] == []


def test_a_peering_deleted_while_it_is_provisioned_never_becomes_active(simulate: Simulate) -> None:
    client = simulate(durations={"vpc_peering.create": 10.0, "vpc_peering.delete": 20.0})
    path = f"/v2/vpc_peerings/{peer(client, *two(client))['id']}"
    client.call("DELETE", path)
    client.sim.clock.advance(15)  # type: ignore[attr-defined]
    assert client.get(path)["vpc_peering"]["status"] == "DELETING"


def test_both_vpcs_show_the_peering_and_can_rename_it(client: Client) -> None:
    first, second = two(client)
    third = create(client, "three")["id"]
    made = client.post(f"/v2/vpcs/{first}/peerings", {"name": "joined", "vpc_id": second}, status=202)["peering"]
    assert made["vpc_ids"] == [first, second]
    for vpc_id in (first, second):
        assert client.get(f"/v2/vpcs/{vpc_id}/peerings")["peerings"] == [made]
    assert client.get(f"/v2/vpcs/{third}/peerings")["peerings"] == []
    renamed = client.call("PATCH", f"/v2/vpcs/{second}/peerings/{made['id']}", {"name": "renamed"})
    assert (renamed.status, renamed.body["peering"]) == (200, {**made, "name": "renamed"})
    assert client.call("PATCH", f"/v2/vpcs/{third}/peerings/{made['id']}", {"name": "x"}).status == 404


def test_the_list_can_be_of_one_region(client: Client) -> None:
    first, second = two(client)
    made, third = peer(client, first, second), create(client, "three", region="sfo3")["id"]
    other = peer(client, first, third, name="other")
    assert client.get("/v2/vpc_peerings?region=fra1")["vpc_peerings"] == [made]
    assert client.get("/v2/vpc_peerings?region=nyc3")["vpc_peerings"] == [made, other]
    assert client.get("/v2/vpc_peerings?region=tor1")["vpc_peerings"] == []
    assert client.get("/v2/vpc_peerings?per_page=1")["meta"]["total"] == 2


def test_a_peered_vpc_can_only_be_deleted_after_the_peering(client: Client, clock: ManualClock) -> None:
    create(client, "default")
    spare, other = create(client, "spare")["id"], create(client, "other")["id"]
    peering = peer(client, spare, other)
    assert client.call("DELETE", f"/v2/vpcs/{spare}").status == 409
    client.call("DELETE", f"/v2/vpc_peerings/{peering['id']}")
    clock.advance(11)
    assert client.call("DELETE", f"/v2/vpcs/{spare}").status == 204


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"name": None}, 422),
        ({"name": "with.dot"}, 422),
        ({"name": "taken"}, 422),
        ({"vpc_ids": None}, 422),
        ({"vpc_ids": "one"}, 422),
        ({"vpc_ids": [1, 2]}, 422),
        ({"vpc_ids": []}, 422),
        ({"vpc_ids": [NOWHERE, NOWHERE]}, 422),
        ({"vpc_ids": [NOWHERE, "nope"]}, 404),
        ({}, 422),
    ],
)
def test_what_can_not_be_peered(client: Client, wrong: dict[str, Any], status: int) -> None:
    vpc_ids = two(client)
    peer(client, *vpc_ids, name="taken")
    assert client.call("POST", "/v2/vpc_peerings", {"name": "x", "vpc_ids": vpc_ids[::-1], **wrong}).status == status
    assert client.get("/v2/vpc_peerings")["meta"]["total"] == 1


def test_blr1_is_only_peered_with_itself(client: Client) -> None:
    first, second = two(client, "blr1", "nyc3")
    assert client.call("POST", "/v2/vpc_peerings", {"name": "x", "vpc_ids": [first, second]}).status == 422
    assert peer(client, first, create(client, "three", region="blr1")["id"])["status"] == "PROVISIONING"


def test_a_range_that_is_reserved_in_the_other_region_is_refused(client: Client) -> None:
    first = create(client, "one", region="fra1", ip_range="10.17.3.0/24")["id"]
    second = create(client, "two", region="nyc3")["id"]
    answer = client.call("POST", "/v2/vpc_peerings", {"name": "x", "vpc_ids": [second, first]})
    assert (answer.status, answer.message) == (422, "The IP range of VPC one is reserved in nyc3.")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_peering_that_is_not_there_is_404(client: Client, method: str) -> None:
    assert client.call(method, f"/v2/vpc_peerings/{NOWHERE}", {"name": "x"}).status == 404
