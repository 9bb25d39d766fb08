"""Projects."""

from __future__ import annotations

from ...engine.records import Record
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import state
from .request import ordered, patched, replaced

OPERATIONS = Operations()

_DEFAULT, _ONE = "/v2/projects/default", "/v2/projects/{project_id}"


def project_in_path(call: Call) -> Record:
    """The project whose id is in the path; a path without one is about the default project."""
    return state.get(call.account, call.now, call.params.get("project_id", "default"))


@OPERATIONS("GET", "/v2/projects", "project:read")
def list_projects(call: Call) -> Record:
    """All projects."""
    state.default_project(call.account, call.now)
    return page(call, "projects", list(call.account.store("project")), lambda project: project)


@OPERATIONS("POST", "/v2/projects", "project:create", status=201)
def create_project(call: Call) -> Record:
    """A new project, which is not the default one."""
    return {"project": state.create(call.account, call.now, ordered(call.body))}


@OPERATIONS("GET", _DEFAULT, "project:read")
@OPERATIONS("GET", _ONE, "project:read")
def get_project(call: Call) -> Record:
    """One project."""
    return {"project": project_in_path(call)}


@OPERATIONS("PUT", _DEFAULT, "project:update")
@OPERATIONS("PUT", _ONE, "project:update")
def replace_project(call: Call) -> Record:
    """New values for all attributes."""
    project = project_in_path(call)
    return {"project": state.update(call.account, call.now, project, replaced(call.body))}


@OPERATIONS("PATCH", _DEFAULT, "project:update")
@OPERATIONS("PATCH", _ONE, "project:update")
def change_project(call: Call) -> Record:
    """New values for some attributes."""
    project = project_in_path(call)
    return {"project": state.update(call.account, call.now, project, patched(call.body))}


@OPERATIONS("DELETE", _ONE, "project:delete", status=204)
def delete_project(call: Call) -> None:
    """Delete an empty project."""
    state.delete(call.account, project_in_path(call))
