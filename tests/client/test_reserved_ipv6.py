"""Reserved IPv6 addresses: every operation in both clients, held against the specification; what is lost is found."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DOBOTOHTTPException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPendingEventException,
)
from doboto.sim import Simulator
from doboto.sim.resources.reserved_ips.routes import state as reserved_ips

from .conftest import Log, one
from .contract import Contract

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def droplet(api: Any) -> Any:
    return api.droplet.create(one(ipv6=True), wait=True)


def test_life_of_an_address(api: Any, droplet: Any, contract: Contract) -> None:
    ip = api.reserved_ipv6.create("nyc3")["ip"]
    address = api.reserved_ipv6.info(ip)
    assert (address["region_slug"], address["droplet"]) == ("nyc3", None)
    assert api.reserved_ipv6.list() == list(api.reserved_ipv6.each()) == [address]
    action = api.reserved_ipv6.assign(ip, droplet["id"], wait=True)
    assert (action["type"], action["status"]) == ("assign_ip", "completed")
    assert api.reserved_ipv6.info(ip)["droplet"]["id"] == droplet["id"]
    with pytest.raises(DOBOTOHTTPException, match="assigned"):
        api.reserved_ipv6.destroy(ip)
    assert api.reserved_ipv6.unassign(ip, wait=True)["type"] == "unassign_ip"
    assert api.reserved_ipv6.destroy(ip) is None
    with pytest.raises(DOBOTONotFoundException):
        api.reserved_ipv6.destroy(ip)
    assert api.reserved_ipv6.destroy(ip, missing_ok=True) is None
    assert len({name for name in contract.asked if name.startswith("reservedIPv6")}) == 5


def test_a_busy_address_is_waited_for_and_nothing_else_is(api: Any, droplet: Any) -> None:
    ip = api.reserved_ipv6.create("nyc3")["ip"]
    api.reserved_ipv6.assign(ip, droplet["id"])
    slow = api.droplet.create(one("slow", region="ams3"))
    with pytest.raises(DOBOTOPendingEventException):
        api.reserved_ipv6.unassign(ip)
    assert api.reserved_ipv6.unassign(ip, wait=True)["status"] == "completed"
    assert api.droplet.info(slow["id"])["status"] == "new"


def test_bad_input_is_told_before_any_request(api: Any, log: Log) -> None:
    for call in (
        lambda: api.reserved_ipv6.create(""),
        lambda: api.reserved_ipv6.info(""),
        lambda: api.reserved_ipv6.destroy(" "),
        lambda: api.reserved_ipv6.assign("2001:db8::1", None),
        lambda: api.reserved_ipv6.unassign("", wait=True),
    ):
        with pytest.raises(ValueError, match="region|ip|droplet_id"):
            call()
    assert log.take() == []


def test_one_whose_answer_was_lost_is_found(api: Any, sim: Simulator) -> None:
    old = api.reserved_ipv6.create("nyc3")
    sim.clock.advance(60)  # type: ignore[attr-defined]
    sim.faults.add("drop", method="POST", path="/v2/reserved_ipv6", count=1, when="after")
    assert api.reserved_ipv6.create("nyc3")["ip"] != old["ip"]
    sim.clock.advance(60)  # type: ignore[attr-defined]
    sim.faults.add("drop", method="POST", path="/v2/reserved_ipv6", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="reserved IPv6 in nyc3"):
        api.reserved_ipv6.create("nyc3")


def test_an_assignment_whose_answer_was_lost_is_found(api: Any, droplet: Any, sim: Simulator) -> None:
    ip = api.reserved_ipv6.create("nyc3")["ip"]
    sim.faults.add("drop", method="POST", path="/v2/reserved_ipv6/**", count=1, when="after")
    action = api.reserved_ipv6.assign(ip, droplet["id"], wait=True)
    assert (action["type"], action["status"]) == ("assign_ip", "completed")


def test_the_assignment_of_another_address_is_not_taken_for_it(api: Any, droplet: Any, sim: Simulator) -> None:
    ip, other = api.reserved_ipv6.create("nyc3")["ip"], api.reserved_ipv6.create("nyc3")["ip"]
    second = api.droplet.create(one("web-2"), wait=True)

    def meanwhile(incoming: Any, reply: Any) -> None:
        if incoming.method == "POST" and incoming.path.endswith("/actions") and meanwhile in sim.on_seen:
            sim.on_seen.remove(meanwhile)
            account, now = sim.account("simulated"), sim.clock.now()
            address = reserved_ips.get(account, reserved_ips.V6, other)
            reserved_ips.assign(account, now, reserved_ips.V6, address, {"id": second["id"]}, ())

    sim.on_seen.append(meanwhile)
    sim.faults.add("drop", method="POST", path="/v2/reserved_ipv6/**", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="assign_ip"):
        api.reserved_ipv6.assign(ip, droplet["id"])
