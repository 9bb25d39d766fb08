"""Projects, what requests say of them, and the resources that are in them."""

from __future__ import annotations

from collections.abc import Callable

from ...engine.errors import SETTING, precondition_failed, unprocessable
from ...engine.fields import boolean, read_description, read_name, read_required, require_length, text, texts
from ...engine.records import Record
from ...http.messages import ApiCall, ApiReply, page
from ...http.routes import Operations
from . import state
from .state import PROJECT, ProjectMembers, ProjectResource, StoredProject

#: API reference, `purpose`: what is not one of these is kept as `Other: ...`.
PURPOSES = (
    "Just trying out DigitalOcean", "Class project / Educational purposes", "Website or blog", "Web Application",
    "Service or API", "Mobile Application", "Machine learning / AI / Data processing", "IoT",
    "Operational / Developer tooling",
)  # fmt: skip
OTHER = "Other: "
ENVIRONMENTS = {name.lower(): name for name in ("Development", "Staging", "Production")}
#: API reference.
LENGTHS = {"name": 175, "purpose": 255}


def read_create(body: Record) -> ProjectMembers:
    """Read a new project's attributes."""
    return {
        "name": _name(body),
        "description": read_description(body),
        "purpose": _purpose(body),
        # Left out or "", it is "" (acceptance tests of the Terraform provider).
        "environment": "" if body.get("environment") is None else _environment(body),
    }


def read_replace(body: Record) -> Record:
    """Read all attributes, as PUT wants them."""
    return {name: read(body) for name, read in _READERS.items()}


def read_patch(body: Record) -> Record:
    """Read the attributes that are there; there must be one."""
    found = {name: read(body) for name, read in _READERS.items() if body.get(name) is not None}
    if not found:
        raise unprocessable(f"at least one of {', '.join(_READERS)} is required")
    return found


def _name(body: Record) -> str:
    return require_length("name", read_name(body), LENGTHS["name"])


def _description(body: Record) -> str:
    read_required(body, "description", text)
    return read_description(body)


def _purpose(body: Record) -> str:
    purpose = read_name(body, "purpose")
    known = purpose in PURPOSES or purpose.startswith(OTHER)
    return require_length("purpose", purpose if known else OTHER + purpose, LENGTHS["purpose"])


def _environment(body: Record) -> str:
    found = {**ENVIRONMENTS, "": ""}.get(read_required(body, "environment", text).lower())
    if found is None:
        raise unprocessable(f"environment must be one of {', '.join(ENVIRONMENTS.values())}")
    return found


def _is_default(body: Record) -> bool:
    return read_required(body, "is_default", boolean)


_READERS: dict[str, Callable[[Record], str | bool]] = {
    "name": _name,
    "description": _description,
    "purpose": _purpose,
    "environment": _environment,
    "is_default": _is_default,
}


OPERATIONS = Operations()

_DEFAULT, _ONE = "/v2/projects/default", "/v2/projects/{project_id}"


def project_in_path(call: ApiCall) -> StoredProject:
    """Return the project whose id is in the path; a path without one is about the default project."""
    return state.get(call.account, call.now, call.params.get("project_id", "default"))


@OPERATIONS("GET", "/v2/projects", "project:read")
def list_projects(call: ApiCall) -> Record:
    """List all projects."""
    state.default_project(call.account, call.now)
    return page(call, "projects", list(call.account.store(PROJECT)), lambda project: project)


@OPERATIONS("POST", "/v2/projects", "project:create", status=201)
def create_project(call: ApiCall) -> Record:
    """Create a project, which is not the default one."""
    return {"project": state.create(call.account, call.now, read_create(call.body))}


@OPERATIONS("GET", _DEFAULT, "project:read")
@OPERATIONS("GET", _ONE, "project:read")
def get_project(call: ApiCall) -> Record:
    """Return one project."""
    return {"project": project_in_path(call)}


@OPERATIONS("PUT", _DEFAULT, "project:update")
@OPERATIONS("PUT", _ONE, "project:update")
def replace_project(call: ApiCall) -> Record:
    """New values for all attributes."""
    project = project_in_path(call)
    return {"project": state.update(call.account, call.now, project, read_replace(call.body))}


@OPERATIONS("PATCH", _DEFAULT, "project:update")
@OPERATIONS("PATCH", _ONE, "project:update")
def change_project(call: ApiCall) -> Record:
    """New values for some attributes."""
    project = project_in_path(call)
    return {"project": state.update(call.account, call.now, project, read_patch(call.body))}


@OPERATIONS("DELETE", _ONE, "project:delete", status=204)
def delete_project(call: ApiCall) -> ApiReply | None:
    """Delete an empty project; 415 without a body where the content type of JSON is missing."""
    if call.account.settings.project_delete_needs_type and not call.is_json:
        # No body: of that reply pydo shows the status alone (module `project` of the official Ansible collection).
        return ApiReply(415, headers={SETTING: "project_delete_needs_type"})
    state.delete(call.account, project_in_path(call))
    return None


_DEFAULT_RESOURCES, _RESOURCES = "/v2/projects/default/resources", "/v2/projects/{project_id}/resources"


@OPERATIONS("GET", _DEFAULT_RESOURCES, "project:read")
@OPERATIONS("GET", _RESOURCES, "project:read")
def list_resources(call: ApiCall) -> Record:
    """List the project's resources, as far as the token may see them."""
    seeing = {kind.store for kind in state.KINDS.values() if call.scopes.allow(kind.scope)}
    found = state.resources_of(call.account, project_in_path(call)["id"])
    seen = [resource for resource in found if resource.kind.store in seeing]
    return page(call, "resources", seen, lambda resource: _show(call, resource, "ok"))


@OPERATIONS("POST", _DEFAULT_RESOURCES, "project:assign_resource")
@OPERATIONS("POST", _RESOURCES, "project:assign_resource")
def assign_resources(call: ApiCall) -> Record:
    """Put resources into the project; one that isn't there says so in its own status (API reference, `status`)."""
    project = project_in_path(call)
    names = read_required(call.body, "resources", texts)
    call.scopes.require(*(_scope(name) for name in names))
    return {"resources": [_assign(call, name, project["id"]) for name in names]}


def _scope(name: str) -> str:
    scope = state.scope_of(name)
    if scope is None:
        raise unprocessable(f"{name} is not a valid URN")
    return scope


def _assign(call: ApiCall, name: str, project_id: str) -> Record:
    resource = state.find_by_urn(call.account, name)
    if resource is None:
        return {"urn": name, "status": "not_found"}
    if state.project_of(call.account, resource) == project_id:
        return _show(call, resource, "already_assigned")
    if resource.type == "floatingip" and resource.record["droplet_id"] is not None:
        # It goes where its Droplet is (acceptance tests of the Terraform provider); the text is our own.
        raise precondition_failed(f"{resource.urn} is assigned to a Droplet: move the Droplet instead")
    state.assign(call.account, call.now, resource, project_id)
    return _show(call, resource, "assigned")


def _show(call: ApiCall, resource: ProjectResource, status: str) -> Record:
    return {
        "urn": resource.urn,
        "assigned_at": state.assigned_at(call.account, resource),
        "links": {"self": f"{call.base}/v2/{resource.kind.path}/{resource.key}"},
        "status": status,
    }
