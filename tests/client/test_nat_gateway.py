"""VPC NAT gateways: every operation in both clients, held against the specification; what is lost is found."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DOBOTOActionException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPollingException,
)
from doboto.sim import Settings, Simulator

from .conftest import Log
from .contract import Contract

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture(params=["reference", "observed"])
def settings(request: pytest.FixtureRequest) -> Settings:
    return Settings(nat_gateway_statuses=request.param)


@pytest.fixture
def data(api: Any) -> dict[str, Any]:
    vpc = api.vpc.create(name="net", region="nyc3")
    return {"name": "way-out", "type": "PUBLIC", "region": "nyc3", "size": 1, "vpcs": [{"vpc_uuid": vpc["id"]}]}


def test_life_of_a_gateway(api: Any, data: Any, contract: Contract) -> None:
    reports: list[Any] = []
    gateway = api.nat_gateway.create(**data, wait=True, progress=reports.append, tcp_timeout_seconds=60)
    id = gateway["id"]
    assert (gateway["state"], gateway["tcp_timeout_seconds"]) == ("ACTIVE", 60)
    assert gateway["egresses"]["public_gateways"][0]["ipv4"]
    assert reports[0].pending == {id: "state is NEW"}
    assert api.nat_gateway.list() == list(api.nat_gateway.each()) == [api.nat_gateway.info(id)] == [gateway]
    for given in ({"name": "way-out"}, {"state": "ACTIVE"}, {"region": "nyc3", "type": "PUBLIC"}):
        assert api.nat_gateway.list(**given) == list(api.nat_gateway.each(**given)) == [gateway]
    assert api.nat_gateway.list(state="NEW") == []

    changed = api.nat_gateway.update(id, name="exit", size=2, udp_timeout_seconds=10, wait=True)
    assert (changed["name"], changed["size"], changed["udp_timeout_seconds"]) == ("exit", 2, 10)
    assert api.nat_gateway.destroy(id) is None
    assert api.nat_gateway.info(id)["state"] == "DELETING"
    assert api.nat_gateway.destroy(id, wait=True, progress=reports.append) is None
    assert reports[-1].pending == {}
    with pytest.raises(DOBOTONotFoundException):
        api.nat_gateway.destroy(id, wait=True)
    assert api.nat_gateway.destroy(id, missing_ok=True, wait=True) is None
    assert len({name for name in contract.asked if name.startswith("vpcnatgateways")}) == 5


def test_present(api: Any, data: Any, log: Log) -> None:
    made = api.nat_gateway.create(**data)
    log.take()
    assert api.nat_gateway.present(**data) == (made, None)
    assert log.take() == ["GET /vpc_nat_gateways?name=way-out&page=1"]
    there, created = api.nat_gateway.present(**data, wait=True)
    assert (there["state"], created) == ("ACTIVE", None)


def test_one_that_fails_or_takes_too_long_is_told(api: Any, data: Any, sim: Simulator) -> None:
    with pytest.raises(DOBOTOPollingException, match="state is NEW"):
        api.nat_gateway.create(**data, wait=True, timeout=20)
    (gateway,) = api.nat_gateway.list()
    sim.account("simulated").change("nat_gateway", gateway["id"], state="ERROR")
    with pytest.raises(DOBOTOActionException, match=f"create of VPC NAT gateway {gateway['id']} failed: its state is"):
        api.nat_gateway.present(**data, wait=True)


def test_bad_input_is_told_before_any_request(api: Any, data: Any, log: Log) -> None:
    log.take()
    for missing in data:
        with pytest.raises(ValueError, match=f"{missing} is required"):
            api.nat_gateway.create(**{key: value for key, value in data.items() if key != missing})
    for call in (
        lambda: api.nat_gateway.list(name=""),
        lambda: api.nat_gateway.list(state=""),
        lambda: api.nat_gateway.info(""),
        lambda: api.nat_gateway.update("some-id", name="exit"),
        lambda: api.nat_gateway.update("", name="exit", size=1),
        lambda: api.nat_gateway.destroy(""),
    ):
        with pytest.raises(ValueError, match="name|state|id|size"):
            call()
    with pytest.raises(TypeError, match="vpcs must be a list"):
        api.nat_gateway.create(**{**data, "vpcs": {"vpc_uuid": "some-id"}})
    assert log.take() == []


def test_one_whose_answer_was_lost_is_found(api: Any, data: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/vpc_nat_gateways", count=1, when="after")
    assert api.nat_gateway.create(**data, wait=True)["state"] == "ACTIVE"
    assert log.count("POST /vpc_nat_gateways") == 1
    sim.faults.add("drop", method="POST", path="/v2/vpc_nat_gateways", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="NAT gateway other"):
        api.nat_gateway.create(**data | {"name": "other"})
