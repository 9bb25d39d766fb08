"""Resources created in a project by one call, where the API has no member for that: volumes, domains and VPCs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from doboto import (
    DOBOTOException,
    DOBOTOForbiddenException,
    DOBOTONotFoundException,
    DOBOTOServerException,
    call_states,
)
from doboto.sim import Simulator

from .conftest import Log, client

NOWHERE = "a6a6a6a6-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Kind:
    """A resource that can be created in a project.

    Attributes:
        attribute: The client's attribute.
        arguments: What it is created with.
        root: The path of its list.
        member: The member that identifies it.
        scopes: Those that creating and finding it takes.
    """

    attribute: str
    arguments: dict[str, Any]
    root: str
    member: str
    scopes: tuple[str, ...]

    def create(self, do: Any, **more: Any) -> Any:
        return getattr(do, self.attribute).create(**self.arguments, **more)

    def present(self, do: Any, **more: Any) -> Any:
        return getattr(do, self.attribute).present(**self.arguments, **more)

    def list(self, do: Any) -> list[Any]:
        """Those of the name; a region has its default VPC, too."""
        return [one for one in getattr(do, self.attribute).list() if one["name"] == self.arguments["name"]]

    def urns(self, made: list[Any]) -> list[str]:
        return [f"do:{self.attribute}:{one[self.member]}" for one in made]


KINDS = {
    "volume": Kind(
        "volume",
        {"name": "data", "region": "nyc3", "size_gigabytes": 10},
        "/volumes",
        "id",
        ("block_storage:create", "block_storage:read"),
    ),
    "domain": Kind(
        "domain",
        {"name": "example.com", "ip_address": "203.0.113.7"},
        "/domains",
        "name",
        ("domain:create", "domain:read"),
    ),
    "vpc": Kind("vpc", {"name": "inner", "region": "nyc3"}, "/vpcs", "id", ("vpc:create", "vpc:read")),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
def project(api: Any) -> str:
    id: str = api.project.create(name="shop", purpose="Web Application")["id"]
    return id


def inside(api: Any, project: str) -> list[str]:
    return [resource["urn"] for resource in api.project.resource_list(project)]


@pytest.mark.usefixtures("contract")
def test_what_is_created_is_put_into_the_project(api: Any, project: str, log: Log, kind: Kind) -> None:
    log.take()
    made = kind.create(api, project_id=project)
    assert log.take() == [f"GET /projects/{project}", f"POST {kind.root}", f"POST /projects/{project}/resources"]
    assert inside(api, project) == kind.urns([made])


@pytest.mark.usefixtures("contract")
def test_present_leaves_what_exists_in_its_project(api: Any, project: str, log: Log, kind: Kind) -> None:
    _, created = kind.present(api)
    assert inside(api, project) == []
    log.take()
    assert kind.present(api, project_id=project) == (kind.list(api)[0], None)
    assert log.count("POST") == 0
    assert inside(api, project) == []
    getattr(api, kind.attribute).destroy(created[kind.member])
    _, created = kind.present(api, project_id=project)
    assert inside(api, project) == kind.urns([created])


def test_a_project_that_is_not_there_is_refused_before_anything_is_created(api: Any, log: Log, kind: Kind) -> None:
    with pytest.raises(DOBOTONotFoundException, match=f"projects/{NOWHERE}") as caught:
        kind.create(api, project_id=NOWHERE)
    assert caught.value.created == []
    with pytest.raises(DOBOTONotFoundException, match=f"projects/{NOWHERE}"):
        kind.present(api, project_id=NOWHERE)
    assert log.count("POST") == 0
    log.take()
    for operation in (kind.create, kind.present):
        with pytest.raises(ValueError, match="project_id must not be empty"):
            operation(api, project_id=" ")
        with pytest.raises(TypeError, match="project_id must be text"):
            operation(api, project_id=7)
    assert log.take() == []


@pytest.mark.parametrize("recovery_tag", [None, "remove"])
@pytest.mark.parametrize(
    ("assigned", "when"),
    [(False, "after"), (True, "before"), (True, "after")],
    ids=["created", "unassigned", "assigned"],
)
def test_lost_responses_change_nothing(
    flavour: str, runner: Any, sim: Simulator, kind: Kind, assigned: bool, when: str, recovery_tag: Any
) -> None:
    api = client(flavour, runner, sim, recovery_tag=recovery_tag)
    project = api.project.create(name="shop", purpose="Web Application")["id"]
    path = "/v2/projects/*/resources" if assigned else f"/v2{kind.root}"
    sim.faults.add("drop", method="POST", path=path, count=1, when=when)
    made = kind.create(api, project_id=project)
    assert inside(api, project) == kind.urns([made]) == kind.urns(kind.list(api))


@pytest.mark.parametrize(("lagging", "found"), [(3, True), (None, False)])
def test_what_the_project_does_not_know_yet_is_assigned_again(
    api: Any, sim: Simulator, kind: Kind, project: str, lagging: int | None, found: bool
) -> None:
    def lag(incoming: Any, reply: Any) -> None:
        if incoming.method == "POST" and incoming.path == f"/v2{kind.root}":
            (urn,) = kind.urns([reply.body[kind.attribute]])
            unknown = {"resources": [{"urn": urn, "status": "not_found"}]}
            sim.faults.add(
                "status", method="POST", path="/v2/projects/*/resources", count=lagging, status=200, body=unknown
            )

    sim.on_seen.append(lag)
    if found:
        assert kind.urns([kind.create(api, project_id=project)]) == inside(api, project)
        return
    with pytest.raises(
        DOBOTOException, match=f"the project does not find do:{kind.attribute}:.*looked for 1"
    ) as caught:
        kind.create(api, project_id=project)
    assert kind.urns(caught.value.created) == kind.urns(kind.list(api))


def test_what_was_created_is_known_when_the_project_refuses_it(
    flavour: str, runner: Any, sim: Simulator, kind: Kind
) -> None:
    project = client(flavour, runner, sim).project.create(name="shop", purpose="Web Application")["id"]
    sim.register("narrow", scopes=[*kind.scopes, "project:read"], account="simulated")
    api = client(flavour, runner, sim, token="narrow")
    with pytest.raises(DOBOTOForbiddenException, match=f"not in project {project}: do:{kind.attribute}:") as caught:
        kind.create(api, project_id=project)
    assert kind.urns(caught.value.created) == kind.urns(kind.list(api))


def test_an_outage_of_projects_leaves_it_known(api: Any, sim: Simulator, project: str, kind: Kind) -> None:
    sim.faults.add("status", method="POST", path="/v2/projects/*/resources", status=503)
    with pytest.raises(DOBOTOServerException, match="put them there with project.resource_assign") as caught:
        kind.present(api, project_id=project)
    assert kind.urns(caught.value.created) == kind.urns(kind.list(api))


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, asyncio.CancelledError])
def test_an_interrupted_assignment_leaves_what_was_created_known(
    flavour: str, runner: Any, sim: Simulator, kind: Kind, interruption: type[BaseException]
) -> None:
    api = client(flavour, runner, sim)
    project = api.project.create(name="shop", purpose="Web Application")["id"]
    interrupt = raising(interruption)
    sim.on_seen.append(interrupt)
    with pytest.raises(interruption) as caught:
        kind.create(api, project_id=project)
    sim.on_seen.remove(interrupt)
    (state,) = call_states(caught.value)
    assert kind.urns(state.created) == kind.urns(kind.list(api))
    assert any("perhaps not in project" in note for note in caught.value.__notes__)


def raising(interruption: type[BaseException]) -> Callable[[Any, Any], None]:
    """Interrupts the assignment."""

    def interrupt(incoming: Any, _reply: Any) -> None:
        if incoming.method == "POST" and incoming.path.endswith("/resources"):
            raise interruption

    return interrupt
