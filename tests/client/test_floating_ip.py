"""Floating IPs and reserved IPs, the same by two names: every operation, both clients, held against the document."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DOBOTOActionException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPendingEventException,
    DOBOTOUnprocessableException,
)
from doboto.sim import Settings, Simulator
from doboto.sim.resources.reserved_ips.routes import state as reserved_ips

from .conftest import Log, one
from .contract import Contract

ROOTS = {"floating_ip": "floating_ips", "reserved_ip": "reserved_ips"}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def settings() -> Settings:
    return Settings(reserved_ip_limit=100)


@pytest.fixture(params=ROOTS)
def name(request: pytest.FixtureRequest) -> str:
    """Which of the two names."""
    found: str = request.param
    return found


@pytest.fixture
def ips(api: Any, name: str) -> Any:
    return getattr(api, name)


@pytest.fixture
def droplet(api: Any) -> Any:
    return api.droplet.create(one(), wait=True)


def elsewhere(sim: Simulator, droplet_id: int | None = None) -> None:
    """Another program, of whose addresses this one knows nothing, reserves one."""
    account, now = sim.account("simulated"), sim.clock.now()
    address = reserved_ips.reserve(account, now, reserved_ips.V4, "nyc3", None)
    if droplet_id is None:
        reserved_ips.note_reserved(account, now, address)
    else:
        reserved_ips.assign(account, now, reserved_ips.V4, address, {"id": droplet_id}, ())


def test_life_of_a_floating_ip(api: Any, droplet: Any, contract: Contract) -> None:
    address = api.floating_ip.create(region="nyc3")
    ip = address["ip"]
    assert (address["droplet"], address["region"]["slug"]) == (None, "nyc3")
    assert api.floating_ip.list() == list(api.floating_ip.each()) == [api.floating_ip.info(ip)]

    action = api.floating_ip.assign(ip, droplet["id"], wait=True)
    assert (action["type"], action["status"]) == ("assign_ip", "completed")
    assert api.floating_ip.info(ip)["droplet"]["id"] == droplet["id"]
    assert api.floating_ip.action_info(ip, action["id"]) == action
    assert api.floating_ip.unassign(ip, wait=True)["type"] == "unassign_ip"
    assert api.floating_ip.info(ip)["droplet"] is None
    assert [done["type"] for done in api.floating_ip.action_list(ip)] == ["unassign_ip", "assign_ip", "reserve_ip"]

    assert api.floating_ip.destroy(ip) is None
    with pytest.raises(DOBOTONotFoundException):
        api.floating_ip.destroy(ip)
    assert api.floating_ip.destroy(ip, missing_ok=True) is None
    asked = {operation for operation in contract.asked if operation.startswith("floatingIPs")}
    assert len(asked) == 7, asked


def test_all_actions_are_listed_though_there_is_no_page_size_to_ask_for(
    ips: Any, droplet: Any, contract: Contract, sim: Simulator
) -> None:
    ip = ips.create(region="nyc3")["ip"]
    sim.on_seen.remove(contract)  # the document has no `page` there; links in its replies do
    for _ in range(13):
        ips.assign(ip, droplet["id"], wait=True)
        ips.unassign(ip, wait=True)
    actions = ips.action_list(ip)
    assert len(actions) == len({action["id"] for action in actions}) == 27


def test_one_for_a_droplet_is_waited_for(ips: Any, droplet: Any) -> None:
    reports: list[Any] = []
    address = ips.create(droplet["id"], wait=True, progress=reports.append)
    assert address["droplet"]["id"] == droplet["id"]
    assert not address["locked"]
    assert list(reports[0].pending) == [address["ip"]]
    with pytest.raises(DOBOTOUnprocessableException):
        ips.create(droplet_id=droplet["id"])


def test_one_that_could_not_be_assigned_is_told(ips: Any, droplet: Any, name: str, sim: Simulator) -> None:
    sim.faults.add("action_errored", method="POST", path=f"/v2/{ROOTS[name]}")
    with pytest.raises(DOBOTOActionException, match="was not assigned") as caught:
        ips.create(droplet["id"], wait=True)
    assert [made["ip"] for made in caught.value.created] == [ips.list()[0]["ip"]]


def test_an_action_that_errored_is_told(ips: Any, droplet: Any, name: str, sim: Simulator) -> None:
    ip = ips.create(region="nyc3")["ip"]
    sim.faults.add("action_errored", method="POST", path=f"/v2/{ROOTS[name]}/**")
    with pytest.raises(DOBOTOActionException, match="assign_ip"):
        ips.assign(ip, droplet["id"], wait=True)


def test_a_busy_address_is_waited_for(ips: Any, droplet: Any) -> None:
    ip = ips.create(droplet["id"])["ip"]
    with pytest.raises(DOBOTOPendingEventException):
        ips.unassign(ip)
    assert ips.unassign(ip, wait=True)["status"] == "completed"


def test_bad_input_is_told_before_any_request(ips: Any, log: Log) -> None:
    for call in (
        lambda: ips.create(),
        lambda: ips.create(region=""),
        lambda: ips.info(""),
        lambda: ips.destroy(""),
        lambda: ips.assign("192.0.2.1", None),
        lambda: ips.action_list(""),
        lambda: ips.action_info("192.0.2.1", ""),
        lambda: ips.create(region="nyc3", poll=0),
    ):
        with pytest.raises(ValueError, match="droplet_id|region|ip|id|poll"):
            call()
    assert log.take() == []


def test_one_for_a_region_whose_answer_was_lost_is_found(ips: Any, name: str, sim: Simulator, log: Log) -> None:
    old = ips.create(region="nyc3")
    sim.clock.advance(60)  # type: ignore[attr-defined]
    sim.faults.add("drop", method="POST", path=f"/v2/{ROOTS[name]}", count=1, when="after")
    found = ips.create(region="nyc3")
    assert {found["ip"], old["ip"]} == {address["ip"] for address in ips.list()}
    assert found["ip"] != old["ip"]
    assert log.count(f"POST /{ROOTS[name]}") == 2


def test_an_older_one_of_another_program_is_not_taken_for_it(ips: Any, name: str, sim: Simulator) -> None:
    elsewhere(sim)
    sim.clock.advance(60)  # type: ignore[attr-defined]
    sim.faults.add("drop", method="POST", path=f"/v2/{ROOTS[name]}", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="IP for nyc3"):
        ips.create(region="nyc3")


def test_one_made_by_the_other_name_is_not_taken_for_it(ips: Any, api: Any, name: str, sim: Simulator) -> None:
    getattr(api, next(other for other in ROOTS if other != name)).create(region="nyc3")
    sim.faults.add("drop", method="POST", path=f"/v2/{ROOTS[name]}", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="IP for nyc3"):
        ips.create(region="nyc3")


def test_one_for_a_droplet_whose_answer_was_lost_is_found(ips: Any, name: str, droplet: Any, sim: Simulator) -> None:
    ips.create(region="nyc3")
    sim.clock.advance(60)  # type: ignore[attr-defined]
    sim.faults.add("drop", method="POST", path=f"/v2/{ROOTS[name]}", count=1, when="after")
    assert ips.create(droplet["id"], wait=True)["droplet"]["id"] == droplet["id"]
    assert len(ips.list()) == 2


def test_one_reserved_for_another_droplet_meanwhile_is_not_taken_for_it(
    ips: Any, name: str, droplet: Any, sim: Simulator, api: Any
) -> None:
    other = api.droplet.create(one("web-2"), wait=True)
    path = f"/v2/{ROOTS[name]}"
    sim.faults.add("drop", method="POST", path=path, count=1, when="before")

    def meanwhile(incoming: Any, reply: Any) -> None:
        if (incoming.method, incoming.path) == ("POST", path):
            elsewhere(sim, other["id"])

    sim.on_seen.append(meanwhile)
    with pytest.raises(DOBOTOOutcomeUnknownException, match="another program's"):
        ips.create(droplet["id"])


def test_an_assignment_whose_answer_was_lost_is_found(ips: Any, name: str, droplet: Any, sim: Simulator) -> None:
    ip = ips.create(region="nyc3")["ip"]
    sim.faults.add("drop", method="POST", path=f"/v2/{ROOTS[name]}/**", count=1, when="after")
    action = ips.assign(ip, droplet["id"], wait=True)
    assert (action["type"], action["status"]) == ("assign_ip", "completed")
