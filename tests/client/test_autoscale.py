"""Autoscale pools: in both clients, held against the specification; their Droplets are waited for."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DOBOTOActionException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPollingException,
    DOBOTOUnprocessableException,
)
from doboto.sim import Settings, Simulator

from .conftest import IMAGE, REGION, SIZE, Log

TEMPLATE = {"region": REGION, "size": SIZE, "image": IMAGE, "ssh_keys": [], "tags": ["web"]}
POOL = {"name": "web", "config": {"target_number_instances": 2}, "droplet_template": TEMPLATE}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def settings() -> Settings:
    return Settings(droplet_limit=6)


def test_life_of_a_pool(api: Any) -> None:
    pool = api.autoscale.create(**POOL)
    assert (pool["name"], pool["status"], pool["active_resources_count"]) == ("web", "active", 0)
    assert api.autoscale.list() == list(api.autoscale.each()) == [pool]
    assert api.autoscale.list(name="web") == list(api.autoscale.each(name="web")) == [pool]
    assert api.autoscale.list(name="other") == []
    there, created = api.autoscale.present(**POOL, wait=True)
    assert (there["id"], there["active_resources_count"], created) == (pool["id"], 2, None)
    assert [member["status"] for member in api.autoscale.member_list(pool["id"])] == ["active"] * 2
    members = {member["droplet_id"] for member in api.autoscale.member_list(pool["id"])}
    assert members == {droplet["id"] for droplet in api.droplet.list("web")}

    larger = api.autoscale.update(pool["id"], {**there, "config": {"target_number_instances": 4}}, wait=True)
    assert larger["active_resources_count"] == 4
    smaller = api.autoscale.update(pool["id"], {**POOL, "config": {"min_instances": 1, "max_instances": 3}}, wait=True)
    assert 1 <= smaller["active_resources_count"] <= 3
    assert {event["reason"] for event in api.autoscale.history_list(pool["id"])} == {"CONFIGURATION_CHANGE"}
    assert len(api.autoscale.history_list(pool["id"])) == 3

    assert api.autoscale.destroy(pool["id"], wait=True) is None
    with pytest.raises(DOBOTONotFoundException):
        api.autoscale.info(pool["id"])
    assert api.droplet.list("web")
    with pytest.raises(DOBOTONotFoundException):
        api.autoscale.destroy(pool["id"])
    assert api.autoscale.destroy(pool["id"], wait=True, missing_ok=True) is None


def test_a_pool_goes_with_its_droplets_if_that_is_said(api: Any, sim: Simulator, log: Log) -> None:
    pool = api.autoscale.create(**POOL, wait=True)
    assert len(api.droplet.list("web")) == 2
    api.autoscale.destroy(pool["id"], wait=True, dangerous=True)
    assert log.count(f"DELETE /droplets/autoscale/{pool['id']}/dangerous") == 1
    sim.clock.advance(60)  # type: ignore[attr-defined]
    assert api.droplet.list("web") == []
    with pytest.raises(DOBOTONotFoundException):
        api.autoscale.info(pool["id"])
    with pytest.raises(TypeError, match="dangerous must be True or False"):
        api.autoscale.destroy(pool["id"], dangerous="perhaps")


def test_a_destruction_that_is_not_waited_for(api: Any) -> None:
    pool = api.autoscale.create(**POOL)
    api.autoscale.destroy(pool["id"])
    assert api.autoscale.info(pool["id"])["status"] == "deleting"
    with pytest.raises(DOBOTOActionException, match="deleting"):
        api.autoscale.present(**POOL, wait=True)


def test_present_makes_what_is_missing(api: Any) -> None:
    pool, created = api.autoscale.present(**POOL, wait=True)
    assert pool == created
    assert pool["active_resources_count"] == 2
    assert api.autoscale.present(**POOL) == (pool, None)


def test_a_pool_that_can_not_make_its_droplets(api: Any, sim: Simulator) -> None:
    with pytest.raises(DOBOTOActionException, match="error") as caught:
        api.autoscale.create(**POOL | {"config": {"target_number_instances": 7}}, wait=True)
    assert caught.value.created == [caught.value.result]


def test_waiting_ends(api: Any) -> None:
    with pytest.raises(DOBOTOPollingException, match="0 Droplets are active instead of 2") as caught:
        api.autoscale.create(**POOL, wait=True, poll=1, timeout=5)
    assert caught.value.polling["name"] == "web"
    pool = api.autoscale.list()[0]
    seen: list[str] = []
    with pytest.raises(DOBOTOPollingException, match="instead of 3 to 5"):
        api.autoscale.update(
            pool["id"],
            {**POOL, "config": {"min_instances": 3, "max_instances": 5}},
            wait=True,
            timeout=5,
            poll=1,
            progress=lambda progress: seen.append(str(progress)),
        )
    assert seen


def test_a_pool_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/droplets/autoscale", count=1, when="after")
    pool = api.autoscale.create(**POOL, wait=True)
    assert api.autoscale.list() == [pool]
    assert log.count("POST /droplets/autoscale") == 1
    sim.faults.add("drop", method="POST", path="/v2/droplets/autoscale", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="autoscale pool other"):
        api.autoscale.create(**{**POOL, "name": "other"})


@pytest.mark.parametrize("missing", POOL)
def test_a_pool_that_lacks_something_is_refused(api: Any, log: Log, missing: str) -> None:
    attribs = {name: value for name, value in POOL.items() if name != missing}
    for call in (api.autoscale.create, api.autoscale.present, lambda **attribs: api.autoscale.update("p", attribs)):
        with pytest.raises(ValueError, match=f"{missing} is required"):
            call(**attribs)
    assert log.take() == []


def test_the_name_stays(api: Any) -> None:
    pool = api.autoscale.create(**POOL)
    with pytest.raises(DOBOTOUnprocessableException):
        api.autoscale.update(pool["id"], {**POOL, "name": "other"})


@pytest.mark.parametrize("name", ["info", "destroy", "member_list", "history_list"])
def test_a_pool_has_an_id(api: Any, log: Log, name: str) -> None:
    with pytest.raises(ValueError, match="id must not be empty"):
        getattr(api.autoscale, name)("")
    with pytest.raises(ValueError, match="name must not be empty"):
        api.autoscale.list(name="")
    assert log.take() == []
