"""What projects hold."""

from __future__ import annotations

from ...engine.errors import unprocessable
from ...engine.fields import required, texts
from ...engine.records import Record
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import state, urns
from .routes import project_in_path
from .urns import Resource

OPERATIONS = Operations()

_DEFAULT, _ONE = "/v2/projects/default/resources", "/v2/projects/{project_id}/resources"


@OPERATIONS("GET", _DEFAULT, "project:read")
@OPERATIONS("GET", _ONE, "project:read")
def list_resources(call: Call) -> Record:
    """The project's resources, as far as the token may see them."""
    seeing = {kind.store for kind in urns.KINDS.values() if call.scopes.allow(kind.scope)}
    found = state.held(call.account, project_in_path(call)["id"])
    seen = [resource for resource in found if resource.kind.store in seeing]
    return page(call, "resources", seen, lambda resource: _show(call, resource, "ok"))


@OPERATIONS("POST", _DEFAULT, "project:assign_resource")
@OPERATIONS("POST", _ONE, "project:assign_resource")
def assign_resources(call: Call) -> Record:
    """Put resources into the project; one that isn't there says so in its own status (API reference, `status`)."""
    project = project_in_path(call)
    names = required(call.body, "resources", texts)
    call.scopes.require(*(_scope(name) for name in names))
    return {"resources": [_assign(call, name, project["id"]) for name in names]}


def _scope(name: str) -> str:
    scope = urns.scope_of(name)
    if scope is None:
        raise unprocessable(f"{name} is not a valid URN")
    return scope


def _assign(call: Call, name: str, project_id: str) -> Record:
    resource = urns.find(call.account, name)
    if resource is None:
        return {"urn": name, "status": "not_found"}
    if state.project_of(call.account, resource) == project_id:
        return _show(call, resource, "already_assigned")
    state.assign(call.account, call.now, resource, project_id)
    return _show(call, resource, "assigned")


def _show(call: Call, resource: Resource, status: str) -> Record:
    return {
        "urn": resource.urn,
        "assigned_at": state.assigned_at(call.account, resource),
        "links": {"self": f"{call.base}/v2/{resource.kind.path}/{resource.key}"},
        "status": status,
    }
