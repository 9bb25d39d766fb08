"""Projects of an account, one of them the default, and the resources in them by their names, `do:droplet:123`.

What never was assigned to a project belongs to the default one. A domain's, volume's, VPC's or Droplet's project is
noted beside it; a `load_balancer` and a `reserved_ip` record have a member `project_id` (null for the default project),
because their own replies show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import conflict, not_found, precondition_failed
from ...engine.fields import integer
from ...engine.records import DROPLET, RESERVED_IP, VOLUME, VPC, Key, Kind, Record, StoredDroplet
from ...engine.relations import on_droplet_destroyed
from ...engine.store import index

#: API reference, pattern of `urn`.
#: `reservedip` is taken, too, and written `floatingip`.
URN = re.compile(r"do:(dbaas|domain|droplet|floatingip|reservedip|loadbalancer|space|volume|kubernetes|vpc):(.*)")


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind of resource: its store, the scope that shows it, and its place in paths."""

    store: Kind[Any]
    scope: str
    path: str


#: By their names in URNs; databases, Spaces and Kubernetes clusters are outside this simulator, so that none is ever
#: found. Reserved IPs have their old name here and in links.
KINDS = {
    "droplet": ResourceKind(DROPLET, "droplet:read", "droplets"),
    "volume": ResourceKind(VOLUME, "block_storage:read", "volumes"),
    "domain": ResourceKind(Kind("domain"), "domain:read", "domains"),
    "floatingip": ResourceKind(RESERVED_IP, "reserved_ip:read", "floating_ips"),
    "loadbalancer": ResourceKind(Kind("load_balancer"), "load_balancer:read", "load_balancers"),
    "vpc": ResourceKind(VPC, "vpc:read", "vpcs"),
}
#: Scopes of the kinds that are not there.
OUTSIDE = {"dbaas": "database:read", "space": "spaces:read", "kubernetes": "kubernetes:read"}


class ProjectResource(NamedTuple):
    """A resource that is there; a tuple, because there may be ten thousand at a time."""

    type: str
    kind: ResourceKind
    key: Key
    record: Mapping[str, Any]

    @property
    def urn(self) -> str:
        """Its uniform name."""
        return f"do:{self.type}:{self.key}"


def scope_of(urn: str) -> str | None:
    """Return the scope that a resource of that name takes to be seen; nothing for what is no URN."""
    match = URN.fullmatch(urn)
    if match is None:
        return None
    type = _type(match)
    return KINDS[type].scope if type in KINDS else OUTSIDE[type]


def _type(match: re.Match[str]) -> str:
    return "floatingip" if match.group(1) == "reservedip" else match.group(1)


def find_by_urn(account: Account, urn: str) -> ProjectResource | None:
    """Return the resource of that name, if it is there."""
    match = URN.fullmatch(urn)
    kind = None if match is None else KINDS.get(_type(match))
    if match is None or kind is None:
        return None
    key: Key | None = integer(match.group(2)) if kind.store == DROPLET else match.group(2).lower()
    record = None if key is None else account.find(kind.store, key)
    return None if key is None or record is None else ProjectResource(_type(match), kind, key, record)


def everything(account: Account) -> Iterator[ProjectResource]:
    """Return all resources that a project can hold, kind by kind."""
    for type, kind in KINDS.items():
        for key, record in account.store(kind.store).records.items():
            yield ProjectResource(type, kind, key, record)


class ProjectMembers(TypedDict):
    """The attributes of a new project."""

    name: str
    description: str
    purpose: str
    environment: str


class ProjectOwner(TypedDict):
    """Whose a project is."""

    owner_uuid: str
    owner_id: int


class StoredProject(ProjectMembers, ProjectOwner):
    """A project, as the API shows it."""

    id: str
    created_at: str
    updated_at: str
    is_default: bool


class ProjectNote(TypedDict):
    """The project that a resource was assigned to; by its URN."""

    project_id: str
    assigned_at: str


PROJECT: Kind[StoredProject] = Kind("project")
PROJECT_RESOURCE: Kind[ProjectNote] = Kind("project_resource")

#: API reference, example of a 412.
NOT_EMPTY = "cannot delete a project with resources. move or remove the resources first"


@index(PROJECT, "default")
def _default(project: StoredProject) -> Iterable[Key]:
    return (1,) if project["is_default"] else ()


@index(PROJECT, "name")
def _name(project: StoredProject) -> Iterable[Key]:
    return (project["name"],)


def default_id(account: Account) -> str:
    """Return the id of the default project, also before it was first read."""
    keys = account.store(PROJECT).keys("default", 1)
    return str(keys[0]) if keys else account.uuid("project", "default")


def default_project(account: Account, now: float) -> StoredProject:
    """Return the default project; it comes into being when it is first asked for, as in the API reference's example."""
    found = account.find(PROJECT, default_id(account))
    if found is not None:
        return found
    made: StoredProject = {
        "id": default_id(account),
        **_owner(account),
        "name": "Default",
        "description": "Default project",
        "purpose": "Just trying out DigitalOcean",
        "environment": "Development",
        "created_at": iso(now),
        "updated_at": iso(now),
        "is_default": True,
    }
    return account.put(PROJECT, made["id"], made)


def get(account: Account, now: float, key: str) -> StoredProject:
    """Return the project of that id, or the one called `default`; else 404."""
    default = default_project(account, now)
    return default if key == "default" else account.get(PROJECT, key)


def create(account: Account, now: float, members: ProjectMembers) -> StoredProject:
    """Create a further project."""
    default_project(account, now)
    _require_unused_name(account, members["name"], None)
    key = account.uuid("project", str(account.count("project")))
    project: StoredProject = {
        "id": key,
        **_owner(account),
        **members,
        "created_at": iso(now),
        "updated_at": iso(now),
        "is_default": False,
    }
    return account.put(PROJECT, key, project)


def update(account: Account, now: float, project: StoredProject, members: Record) -> StoredProject:
    """Update the project with some members changed.

    There is always one default project: to make one the default takes it from the other, and to say that the default
    project isn't one changes nothing (unverified; the API reference's samples send that).
    """
    _require_unused_name(account, members.get("name"), project["id"])
    if members.get("is_default") and not project["is_default"]:
        _give_up_default(account, default_project(account, now), now)
    is_default = project["is_default"] or members.get("is_default", False)
    return account.change(PROJECT, project["id"], **{**members, "is_default": is_default, "updated_at": iso(now)})


def delete(account: Account, project: StoredProject) -> None:
    """Delete an empty project."""
    if project["is_default"]:
        raise precondition_failed("cannot delete the default project")  # text unverified
    if any(resources_of(account, project["id"])):
        raise precondition_failed(NOT_EMPTY)
    account.delete(PROJECT, project["id"])


# -- what they hold


def project_of(account: Account, resource: ProjectResource) -> str:
    """Return the id of the project that holds a resource."""
    return _find_recorded_project(account.store(PROJECT_RESOURCE).records, resource) or default_id(account)


def resources_of(account: Account, project_id: str) -> Iterator[ProjectResource]:
    """Return the resources of a project."""
    is_default = project_id == default_id(account)
    notes = account.store(PROJECT_RESOURCE).records
    for each in everything(account):
        noted = _find_recorded_project(notes, each)
        if noted == project_id or (noted is None and is_default):
            yield each


def assign(account: Account, now: float, resource: ProjectResource, project_id: str) -> None:
    """Put a resource into a project, out of the one that it was in."""
    note: ProjectNote = {"project_id": project_id, "assigned_at": iso(now)}
    account.put(PROJECT_RESOURCE, resource.urn, note)
    if "project_id" in resource.record:
        account.change(resource.kind.store, resource.key, project_id=project_id)


def assigned_at(account: Account, resource: ProjectResource) -> str:
    """Return when a resource came into its project: by being assigned, or by being created."""
    noted = account.find(PROJECT_RESOURCE, resource.urn)
    if noted is not None:
        return noted["assigned_at"]
    since = resource.record.get("created_at") or resource.record.get("reserved_at")
    return str(since or account.get(PROJECT, project_of(account, resource))["created_at"])


def forget(account: Account, urn: str) -> None:
    """Let go of a resource that is no more; needed where its name may come again."""
    if account.find(PROJECT_RESOURCE, urn) is not None:
        account.delete(PROJECT_RESOURCE, urn)


def require_project(account: Account, now: float, key: str) -> None:
    """404 unless there is such a project."""
    if get(account, now, key)["id"] != key:
        raise not_found()


@on_droplet_destroyed
def _forget_destroyed(account: Account, _now: float, droplet: StoredDroplet) -> None:
    forget(account, f"do:droplet:{droplet['id']}")


def _find_recorded_project(notes: Mapping[Key, ProjectNote], resource: ProjectResource) -> str | None:
    # With no notes there is no need to write ten thousand names.
    if "project_id" in resource.record or not notes:
        own: str | None = resource.record.get("project_id")
        return own
    note = notes.get(resource.urn)
    return None if note is None else note["project_id"]


def _give_up_default(account: Account, former: StoredProject, now: float) -> None:
    # What was in it by default stays in it.
    notes = account.store(PROJECT_RESOURCE).records
    for resource in list(resources_of(account, former["id"])):
        if _find_recorded_project(notes, resource) is None:
            assign(account, now, resource, former["id"])
    account.change(PROJECT, former["id"], is_default=False)


def _owner(account: Account) -> ProjectOwner:
    return {
        "owner_uuid": account.uuid("account"),
        "owner_id": account.draw("project owner") % 10_000_000,
    }


def _require_unused_name(account: Account, name: str | None, but: str | None) -> None:
    # API reference: names are unique. Status and text are unverified.
    if name is not None and any(key != but for key in account.store(PROJECT).keys("name", name)):
        raise conflict("name is already in use")
