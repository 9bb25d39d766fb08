"""VPCs and their peerings: every operation in both clients, held against the specification; what is lost is found."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DOBOTOConflictException,
    DOBOTOForbiddenException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
)
from doboto.sim import Settings, Simulator

from .conftest import Log, one
from .contract import Contract

DATA = {"name": "net", "region": "nyc3"}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def settings() -> Settings:
    return Settings(first_vpc_is_default=False)


@pytest.fixture
def pair(api: Any) -> list[str]:
    return [api.vpc.create(name=name, region=region)["id"] for name, region in (("a", "nyc3"), ("b", "ams3"))]


def test_life_of_a_vpc(api: Any, contract: Contract, log: Log) -> None:
    vpc = api.vpc.create(**DATA, ip_range="10.9.0.0/24", description="all")
    id = vpc["id"]
    assert (vpc["name"], vpc["ip_range"], vpc["default"]) == ("net", "10.9.0.0/24", False)
    assert vpc in api.vpc.list()
    assert api.vpc.list() == list(api.vpc.each())
    assert api.vpc.info(id) == vpc

    log.take()
    assert api.vpc.update(id, description="")["name"] == "net"
    assert api.vpc.update(id, name="front")["name"] == "front"
    assert api.vpc.update(id, name="net", replace=True, description="new")["description"] == "new"
    assert log.take() == [f"PATCH /vpcs/{id}", f"PATCH /vpcs/{id}", f"PUT /vpcs/{id}"]

    assert api.vpc.member_list(id) == []
    droplet = api.droplet.create(one(vpc_uuid=id), wait=True)
    (member,) = api.vpc.member_list(id)
    assert (member["name"], member["urn"]) == ("web-1", f"do:droplet:{droplet['id']}")
    assert api.vpc.member_list(id, resource_type="droplet") == [member]
    assert api.vpc.member_list(id, resource_type="load_balancer") == []
    with pytest.raises(DOBOTOConflictException, match="members"):
        api.vpc.destroy(id)
    api.droplet.destroy(droplet["id"], wait=True)
    assert api.vpc.destroy(id) is None
    with pytest.raises(DOBOTONotFoundException):
        api.vpc.destroy(id)
    assert api.vpc.destroy(id, missing_ok=True) is None
    wanted = {"list", "create", "get", "update", "patch", "delete", "list_members"}
    assert {name for name in contract.asked if name.startswith("vpcs")} == {f"vpcs_{verb}" for verb in wanted}


def test_the_default_of_a_region_changes_and_stays(api: Any) -> None:
    vpc = api.vpc.create(**DATA)
    assert api.vpc.update(vpc["id"], default=True)["default"]
    with pytest.raises(DOBOTOForbiddenException):
        api.vpc.destroy(vpc["id"])


def test_present(api: Any, log: Log) -> None:
    vpc = api.vpc.create(**DATA)
    log.take()
    assert api.vpc.present(**DATA) == (vpc, None)
    assert log.take() == ["GET /vpcs?page=1"]
    there, created = api.vpc.present(name="other", region="nyc3")
    assert there == created


def test_life_of_a_peering(api: Any, pair: list[str], contract: Contract) -> None:
    reports: list[Any] = []
    peering = api.vpc.peering_create("bridge", pair, wait=True, progress=reports.append)
    id = peering["id"]
    assert (peering["status"], peering["vpc_ids"]) == ("ACTIVE", pair)
    assert reports[0].pending == {id: "status is PROVISIONING"}
    for given, more in (((), {}), ((pair[0],), {}), ((), {"region": "ams3"})):
        assert api.vpc.peering_list(*given, **more) == list(api.vpc.peering_each(*given, **more)) == [peering]
    assert api.vpc.peering_list(region="fra1") == []
    assert api.vpc.peering_info(id) == peering
    assert api.vpc.peering_update(id, "one")["name"] == "one"
    assert api.vpc.peering_update(id, "two", id=pair[1])["name"] == "two"
    assert api.vpc.peering_present("two", pair)[1] is None

    assert api.vpc.peering_destroy(id) is None
    assert api.vpc.peering_info(id)["status"] == "DELETING"
    assert api.vpc.peering_destroy(id, wait=True) is None
    with pytest.raises(DOBOTONotFoundException):
        api.vpc.peering_destroy(id, wait=True)
    assert api.vpc.peering_destroy(id, missing_ok=True, wait=True) is None

    there, created = api.vpc.peering_present("again", id=pair[0], vpc_id=pair[1], wait=True)
    assert there == created
    assert there["status"] == "ACTIVE"
    assert len({name for name in contract.asked if name.lower().startswith("vpcpeerings") or "peerings" in name}) == 8


def test_bad_input_is_told_before_any_request(api: Any, log: Log) -> None:
    for call in (
        lambda: api.vpc.create(name="net"),
        lambda: api.vpc.create(region="nyc3"),
        lambda: api.vpc.info(""),
        lambda: api.vpc.update("some-id"),
        lambda: api.vpc.update("some-id", description="x", replace=True),
        lambda: api.vpc.member_list("some-id", resource_type=""),
        lambda: api.vpc.peering_list("some-id", region="nyc3"),
        lambda: api.vpc.peering_create("bridge"),
        lambda: api.vpc.peering_create("bridge", ["a"]),
        lambda: api.vpc.peering_create("bridge", ["a", "a"]),
        lambda: api.vpc.peering_create("bridge", ["a", "b", "c"]),
        lambda: api.vpc.peering_create("bridge", ["a", "b"], id="a"),
        lambda: api.vpc.peering_create("bridge", id="a"),
        lambda: api.vpc.peering_create("bridge", vpc_id="a"),
        lambda: api.vpc.peering_create("", ["a", "b"]),
        lambda: api.vpc.peering_update("some-id", ""),
    ):
        with pytest.raises(ValueError, match="name|region|id|change|resource_type"):
            call()
    with pytest.raises(TypeError, match="vpc_ids must be a list"):
        api.vpc.peering_create("bridge", "ab")
    assert log.take() == []


def test_one_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/vpcs", count=1, when="after")
    assert api.vpc.create(**DATA)["name"] == "net"
    assert log.count("POST /vpcs") == 1
    sim.faults.add("drop", method="POST", path="/v2/vpcs", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="VPC other"):
        api.vpc.create(name="other", region="nyc3")


@pytest.mark.parametrize("path", ["/v2/vpc_peerings", "/v2/vpcs/*/peerings"])
def test_a_peering_whose_answer_was_lost_is_found(api: Any, sim: Simulator, pair: list[str], path: str) -> None:
    sim.faults.add("drop", method="POST", path=path, count=1, when="after")
    given = {"vpc_ids": pair} if path == "/v2/vpc_peerings" else {"id": pair[0], "vpc_id": pair[1]}
    assert api.vpc.peering_create("bridge", **given)["vpc_ids"] == pair
    assert len(api.vpc.peering_list()) == 1
