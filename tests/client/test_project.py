"""Projects: every operation in both clients, held against the specification; what is lost is found."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOConflictException, DOBOTONotFoundException, DOBOTOOutcomeUnknownException
from doboto.sim import Simulator

from .conftest import Log, one, several
from .contract import Contract

DATA = {"name": "shop", "purpose": "Web Application"}
WHOLE = {**DATA, "description": "", "environment": "Production", "is_default": False}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def project(api: Any) -> Any:
    return api.project.create(**DATA, environment="Staging")


def test_life_of_a_project(api: Any, contract: Contract, log: Log) -> None:
    project = api.project.create(**DATA, description="what is sold")
    id = project["id"]
    assert (project["name"], project["is_default"]) == ("shop", False)
    assert api.project.list() == list(api.project.each()) == [api.project.default_info(), project]
    assert api.project.info(id) == project

    log.take()
    assert api.project.update(id, description="")["description"] == ""
    assert api.project.update(id, **WHOLE, replace=True)["environment"] == "Production"
    assert api.project.default_update(name="rest")["name"] == "rest"
    whole = {**WHOLE, "name": "the rest", "is_default": True}
    assert api.project.default_update(**whole, replace=True)["name"] == "the rest"
    where = f"/projects/{id}"
    assert log.take() == [f"PATCH {where}", f"PUT {where}", "PATCH /projects/default", "PUT /projects/default"]

    droplet = api.droplet.create(one(), wait=True)
    urn = f"do:droplet:{droplet['id']}"
    assert [resource["urn"] for resource in api.project.default_resource_list() if "droplet" in resource["urn"]] == [
        urn
    ]
    (assigned,) = api.project.resource_assign(id, [urn])
    assert (assigned["urn"], assigned["status"]) == (urn, "assigned")
    assert [resource["urn"] for resource in api.project.resource_list(id)] == [urn]
    with pytest.raises(DOBOTOConflictException, match="resources"):
        api.project.destroy(id)
    missing = "do:droplet:1"
    back = api.project.default_resource_assign([urn, missing])
    assert [resource["status"] for resource in back] == ["assigned", "not_found"]

    assert api.project.destroy(id) is None
    with pytest.raises(DOBOTONotFoundException):
        api.project.destroy(id)
    assert api.project.destroy(id, missing_ok=True) is None
    assert len({name for name in contract.asked if name.startswith("projects")}) == 13


def test_the_default_project_can_be_another_one(api: Any, project: Any) -> None:
    assert api.project.update(project["id"], is_default=True)["is_default"]
    assert api.project.default_info()["id"] == project["id"]


def test_all_resources_of_the_default_project_are_listed(api: Any, contract: Contract, sim: Simulator) -> None:
    sim.on_seen.remove(contract)  # the document has no `page` there; links in its replies do
    names = [f"web-{number}" for number in range(30)]
    droplets = api.droplet.create(several(*names), wait=True)
    urns = [resource["urn"] for resource in api.project.default_resource_list()]
    assert len(urns) == len(set(urns))
    assert {f"do:droplet:{droplet['id']}" for droplet in droplets} <= set(urns)


def test_present(api: Any, project: Any, log: Log) -> None:
    log.take()
    assert api.project.present(**DATA) == (project, None)
    assert log.take() == ["GET /projects?page=1"]
    there, created = api.project.present(name="other", purpose="IoT")
    assert there == created
    with pytest.raises(DOBOTOConflictException):
        api.project.create(**DATA)


def test_bad_input_is_told_before_any_request(api: Any, log: Log) -> None:
    lacking = [{key: value for key, value in WHOLE.items() if key != left_out} for left_out in WHOLE]
    for call in (
        lambda: api.project.create(name="shop"),
        lambda: api.project.create(purpose="IoT"),
        lambda: api.project.info(""),
        lambda: api.project.update("some-id"),
        lambda: api.project.default_update(),
        lambda: api.project.resource_assign("some-id", []),
        lambda: api.project.default_resource_assign([""]),
        *((lambda part=part: api.project.update("some-id", **part, replace=True)) for part in lacking),
    ):
        with pytest.raises(ValueError, match="required|empty|change"):
            call()
    with pytest.raises(TypeError, match="resources must be a list"):
        api.project.resource_assign("some-id", "do:droplet:1")
    assert log.take() == []


def test_one_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/projects", count=1, when="after")
    assert api.project.create(**DATA)["name"] == "shop"
    assert log.count("POST /projects") == 1
    sim.faults.add("drop", method="POST", path="/v2/projects", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="project other"):
        api.project.create(name="other", purpose="IoT")
