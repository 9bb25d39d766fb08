"""Load balancers: every operation in both clients, held against the specification; what is lost is found."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DOBOTOActionException,
    DOBOTOForbiddenException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPollingException,
    DOBOTOUnprocessableException,
)
from doboto.sim import Simulator

from .conftest import Log, one
from .contract import Contract

HTTP = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 8080}
MORE = {"entry_protocol": "http", "entry_port": 81, "target_protocol": "http", "target_port": 8081}
DATA = {"name": "lb", "region": "nyc3", "forwarding_rules": [HTTP], "droplet_ids": []}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def balancer(api: Any) -> Any:
    return api.load_balancer.create(DATA, wait=True)


def ports(api: Any, balancer: Any) -> list[int]:
    return [rule["entry_port"] for rule in api.load_balancer.info(balancer["id"])["forwarding_rules"]]


def test_life_of_a_load_balancer(api: Any, contract: Contract) -> None:
    droplets = [api.droplet.create(one(name), wait=True)["id"] for name in ("web-1", "web-2")]
    reports: list[Any] = []
    balancer = api.load_balancer.create({**DATA, "droplet_ids": droplets[:1]}, wait=True, progress=reports.append)
    id = balancer["id"]
    assert (balancer["status"], balancer["droplet_ids"]) == ("active", droplets[:1])
    assert balancer["ip"]
    assert reports[0].pending == {id: "status is new"}
    assert api.load_balancer.list() == list(api.load_balancer.each()) == [api.load_balancer.info(id)] == [balancer]

    assert api.load_balancer.droplet_add(id, droplets[1:]) is None
    assert api.load_balancer.info(id)["droplet_ids"] == droplets
    assert api.load_balancer.droplet_remove(id, droplets) is None
    assert api.load_balancer.info(id)["droplet_ids"] == []
    assert api.load_balancer.forwarding_rule_add(id, [MORE]) is None
    assert ports(api, balancer) == [80, 81]
    assert api.load_balancer.forwarding_rule_remove(id, [MORE]) is None
    assert ports(api, balancer) == [80]

    changed = api.load_balancer.update(id, DATA | {"name": "front"}, redirect_http_to_https=True, wait=True)
    assert (changed["name"], changed["redirect_http_to_https"], changed["status"]) == ("front", True, "active")
    anew = api.load_balancer.update(id, **DATA)
    assert (anew["name"], anew["redirect_http_to_https"]) == ("lb", False)

    assert api.load_balancer.destroy(id) is None
    with pytest.raises(DOBOTONotFoundException):
        api.load_balancer.destroy(id)
    assert api.load_balancer.destroy(id, missing_ok=True) is None
    assert len({name for name in contract.asked if name.startswith("loadBalancers")}) == 9


def test_the_cache_of_a_global_one_is_purged(api: Any, balancer: Any, contract: Contract) -> None:
    settings = {"target_protocol": "http", "target_port": 80}
    everywhere = api.load_balancer.create(
        {**DATA, "name": "global"}, type="GLOBAL", glb_settings=settings, target_load_balancer_ids=[balancer["id"]]
    )
    assert api.load_balancer.cache_purge(everywhere["id"]) is None
    with pytest.raises(DOBOTOUnprocessableException):
        api.load_balancer.cache_purge(balancer["id"])
    assert "loadBalancers_delete_cache" in contract.asked


def test_present(api: Any, log: Log) -> None:
    made = api.load_balancer.create(DATA)
    assert made["status"] == "new"
    log.take()
    assert api.load_balancer.present(DATA) == (made, None)
    assert log.take() == ["GET /load_balancers?page=1"]
    there, created = api.load_balancer.present(DATA, wait=True)
    assert (there["status"], created) == ("active", None)
    there, created = api.load_balancer.present(name="other", region="nyc3", forwarding_rules=[HTTP], tag="web")
    assert there == created
    assert there["tag"] == "web"


def test_one_that_fails_is_told(api: Any, sim: Simulator) -> None:
    sim.faults.add("create_errored", method="POST", path="/v2/load_balancers")
    with pytest.raises(DOBOTOActionException, match="its status is errored") as caught:
        api.load_balancer.create(DATA, wait=True)
    assert [made["name"] for made in caught.value.created] == ["lb"]


def test_one_that_takes_too_long_is_told(api: Any) -> None:
    with pytest.raises(DOBOTOPollingException, match="status is new") as caught:
        api.load_balancer.create(DATA, wait=True, timeout=20)
    (made,) = api.load_balancer.list()
    assert (caught.value.ids, caught.value.polling["id"]) == ([made["id"]], made["id"])
    assert caught.value.created == [made]
    with pytest.raises(DOBOTOForbiddenException, match="previous actions"):
        api.load_balancer.update(made["id"], DATA)


def test_bad_input_is_told_before_any_request(api: Any, log: Log) -> None:
    lb = api.load_balancer
    for call in (
        lambda: lb.create({"region": "nyc3", "forwarding_rules": [HTTP]}),
        lambda: lb.create({"name": "lb", "region": "nyc3"}),
        lambda: lb.create({**DATA, "droplet_ids": [1]}, tag="web"),
        lambda: lb.update("", DATA),
        lambda: lb.update("some-id", name="lb"),
        lambda: lb.info(""),
        lambda: lb.droplet_add("some-id", []),
        lambda: lb.forwarding_rule_remove("some-id", []),
        lambda: lb.create(DATA, wait=True, poll=-1),
    ):
        with pytest.raises(ValueError, match="name|forwarding_rules|droplet_ids|id|poll"):
            call()
    for call in (
        lambda: lb.create(DATA | {"forwarding_rules": HTTP}),
        lambda: lb.droplet_add("some-id", "1"),
        lambda: lb.create("lb"),
    ):
        with pytest.raises(TypeError, match="must be a"):
            call()
    assert log.take() == []


def test_one_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/load_balancers", count=1, when="after")
    assert api.load_balancer.create(DATA, wait=True)["status"] == "active"
    assert log.count("POST /load_balancers") == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_droplets_are_added_though_an_answer_was_lost(api: Any, sim: Simulator, balancer: Any, when: str) -> None:
    droplet = api.droplet.create(one(), wait=True)
    sim.faults.add("drop", method="POST", path="/v2/load_balancers/*/droplets", count=1, when=when)
    api.load_balancer.droplet_add(balancer["id"], [droplet["id"]])
    assert api.load_balancer.info(balancer["id"])["droplet_ids"] == [droplet["id"]]


def test_a_rule_whose_answer_was_lost_is_looked_for(api: Any, sim: Simulator, balancer: Any, log: Log) -> None:
    for method, change, left in (
        ("POST", api.load_balancer.forwarding_rule_add, [80, 81]),
        ("DELETE", api.load_balancer.forwarding_rule_remove, [80]),
    ):
        where = {"method": method, "path": "/v2/load_balancers/*/forwarding_rules", "count": 1}
        sim.faults.add("drop", when="before", **where)
        with pytest.raises(DOBOTOOutcomeUnknownException, match="forwarding rules of load balancer"):
            change(balancer["id"], [MORE])
        sim.faults.add("drop", when="after", **where)
        log.take()
        change(balancer["id"], [MORE])
        assert log.count(method) == 1
        assert ports(api, balancer) == left
