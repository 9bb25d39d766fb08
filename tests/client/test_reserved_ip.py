"""Reserved IPs by their new name; what they have in common with floating IPs is in test_floating_ip.py."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTONotFoundException, DOBOTOPollingException
from doboto.sim import Simulator

from .conftest import client, one
from .contract import Contract

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def droplet(api: Any) -> Any:
    return api.droplet.create(one(), wait=True)


def test_life_of_a_reserved_ip(api: Any, droplet: Any, contract: Contract) -> None:
    address = api.reserved_ip.create(region="nyc3")
    ip = address["ip"]
    assert (address["droplet"], address["region"]["slug"]) == (None, "nyc3")
    assert api.reserved_ip.list() == list(api.reserved_ip.each()) == [api.reserved_ip.info(ip)]

    action = api.reserved_ip.assign(ip, droplet["id"], wait=True)
    assert (action["type"], action["status"]) == ("assign_ip", "completed")
    assert api.reserved_ip.info(ip)["droplet"]["id"] == droplet["id"]
    assert api.reserved_ip.action_info(ip, action["id"]) == action
    assert api.reserved_ip.unassign(ip, wait=True)["type"] == "unassign_ip"
    assert api.reserved_ip.info(ip)["droplet"] is None
    assert [done["type"] for done in api.reserved_ip.action_list(ip)] == ["unassign_ip", "assign_ip", "reserve_ip"]

    assert api.reserved_ip.destroy(ip) is None
    with pytest.raises(DOBOTONotFoundException):
        api.reserved_ip.destroy(ip)
    assert api.reserved_ip.destroy(ip, missing_ok=True) is None
    asked = {operation for operation in contract.asked if operation.startswith("reservedIPs")}
    assert len(asked) == 7, asked


def test_a_token_that_may_not_see_droplets_waits_for_the_address(flavour: str, runner: Any, sim: Simulator) -> None:
    droplet = client(flavour, runner, sim).droplet.create(one(), wait=True)
    sim.register("narrow", scopes=["reserved_ip:create", "reserved_ip:read"], account="simulated")
    address = client(flavour, runner, sim, token="narrow").reserved_ip.create(droplet["id"], wait=True)
    assert (address["locked"], "droplet" in address) == (False, False)


def test_an_address_that_was_created_is_named_in_few_words(api: Any) -> None:
    droplet = api.droplet.create(one(), wait=True)
    with pytest.raises(DOBOTOPollingException) as caught:
        api.reserved_ip.create(droplet["id"], wait=True, timeout=1)
    (address,) = caught.value.created
    assert f"created before that: {address['ip']}" in str(caught.value)
    assert len(str(caught.value)) < 200
