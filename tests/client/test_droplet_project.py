"""Droplets created in a project: one call, and nothing lost or charged for in silence when a part of it fails."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from doboto import (
    DOBOTOException,
    DOBOTOForbiddenException,
    DOBOTONotFoundException,
    DOBOTOServerException,
    call_states,
)
from doboto.events import Created
from doboto.sim import Simulator

from .conftest import Log, client, one, several

NOWHERE = "a6a6a6a6-0000-4000-8000-000000000000"


@pytest.fixture
def project(api: Any) -> str:
    id: str = api.project.create(name="shop", purpose="Web Application")["id"]
    return id


def inside(api: Any, project: str) -> list[str]:
    return sorted(resource["urn"] for resource in api.project.resource_list(project))


def urns(droplets: list[Any]) -> list[str]:
    return sorted(f"do:droplet:{droplet['id']}" for droplet in droplets)


@pytest.mark.usefixtures("contract")
def test_new_droplets_are_put_into_the_project(api: Any, project: str, log: Log) -> None:
    droplet = api.droplet.create(one(), project_id=project, wait=True)
    assert log.count(f"POST /projects/{project}/resources") == 1
    more = api.droplet.create(several(*(f"web-{number}" for number in range(12))), project_id=project)
    assert log.count(f"POST /projects/{project}/resources") == 3
    assert inside(api, project) == urns([droplet, *more])


@pytest.mark.usefixtures("contract")
def test_present_puts_only_what_it_creates_into_the_project(api: Any, project: str, log: Log) -> None:
    api.droplet.create(one("old"))
    _, created = api.droplet.present(several("old", "new", project_id=project))
    assert inside(api, project) == urns(created)
    log.take()
    assert api.droplet.present(one("new", project_id=project))[1] is None
    assert log.count("/projects/") == 0


def test_a_project_that_is_not_there_is_refused_before_anything_is_created(api: Any, log: Log) -> None:
    with pytest.raises(DOBOTONotFoundException, match=f"projects/{NOWHERE}") as caught:
        api.droplet.create(several("a", "b"), project_id=NOWHERE)
    assert (caught.value.created, caught.value.not_begun) == ([], ["a", "b"])
    assert log.count("POST") == 0
    with pytest.raises(ValueError, match="project_id must not be empty"):
        api.droplet.create(one(), project_id=" ")
    with pytest.raises(TypeError, match="project_id must be text"):
        api.droplet.create(one(), project_id=7)


@pytest.mark.parametrize(
    ("path", "when"),
    [("/v2/droplets", "after"), ("/v2/projects/*/resources", "before"), ("/v2/projects/*/resources", "after")],
)
def test_lost_responses_change_nothing(api: Any, sim: Simulator, project: str, path: str, when: str) -> None:
    sim.faults.add("drop", method="POST", path=path, count=1, when=when)
    droplets = api.droplet.create(several("a", "b"), project_id=project)
    assert inside(api, project) == urns(droplets) == urns(api.droplet.list())


@pytest.mark.parametrize(("lagging", "found"), [(3, True), (None, False)])
def test_a_droplet_that_the_project_does_not_know_yet_is_assigned_again(
    flavour: str, runner: Any, sim: Simulator, lagging: int | None, found: bool
) -> None:
    def lag(event: Any) -> None:
        if isinstance(event, Created) and event.kind == "droplet":
            unknown = {"resources": [{"urn": f"do:droplet:{event.id}", "status": "not_found"}]}
            sim.faults.add(
                "status", method="POST", path="/v2/projects/*/resources", count=lagging, status=200, body=unknown
            )

    api = client(flavour, runner, sim, on_event=lag)
    project = api.project.create(name="shop", purpose="Web Application")["id"]
    if found:
        assert urns([api.droplet.create(one(), project_id=project)]) == inside(api, project)
        return
    with pytest.raises(DOBOTOException, match="the project does not find do:droplet:.*looked for 1") as caught:
        api.droplet.create(one(), project_id=project)
    assert urns(caught.value.created) == urns(api.droplet.list())


def test_what_was_created_is_known_when_the_project_refuses_it(flavour: str, runner: Any, sim: Simulator) -> None:
    project = client(flavour, runner, sim).project.create(name="shop", purpose="Web Application")["id"]
    sim.register("narrow", scopes=["droplet:create", "droplet:read", "image:read", "project:read"], account="simulated")
    api = client(flavour, runner, sim, token="narrow")
    with pytest.raises(DOBOTOForbiddenException, match=f"not in project {project}: do:droplet:") as caught:
        api.droplet.create(one(), project_id=project)
    assert urns(caught.value.created) == urns(api.droplet.list())


def test_an_outage_of_projects_leaves_the_droplets_known(api: Any, sim: Simulator, project: str) -> None:
    sim.faults.add("status", method="POST", path="/v2/projects/*/resources", status=503)
    with pytest.raises(DOBOTOServerException, match="put them there with") as caught:
        api.droplet.create(several("a", "b"), project_id=project)
    assert urns(caught.value.created) == urns(api.droplet.list())
    assert len(caught.value.created) == 2


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, asyncio.CancelledError])
def test_an_interrupted_assignment_leaves_the_droplets_known(
    flavour: str, runner: Any, sim: Simulator, interruption: type[BaseException]
) -> None:
    api = client(flavour, runner, sim)
    project = api.project.create(name="shop", purpose="Web Application")["id"]

    def interrupt(incoming: Any, _reply: Any) -> None:
        if incoming.method == "POST" and incoming.path.endswith("/resources"):
            raise interruption

    sim.on_seen.append(interrupt)
    with pytest.raises(interruption) as caught:
        api.droplet.create(one(), project_id=project)
    sim.on_seen.remove(interrupt)
    (state,) = call_states(caught.value)
    assert urns(state.created) == urns(api.droplet.list())
    assert any("perhaps not in project" in note for note in caught.value.__notes__)
