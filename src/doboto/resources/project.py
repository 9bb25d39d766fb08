"""Projects."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any, TypeAlias, Unpack

from .._core.attributes import check_attributes
from .._core.request import Request
from .._operation import Mode, operation, stream
from ..errors import ArgumentValueError
from ..types import Project, ProjectAttributes, ProjectCreate
from ._base.create import CreateSpec, change_request, check_changes, has_name
from ._base.project import project_path
from .project_resources import DEFAULT, ProjectResources

Projects: TypeAlias = list[Project]
Present: TypeAlias = tuple[Project, Project | None]


class ProjectOperations(ProjectResources[Mode]):
    """Projects: what resources are grouped by. One of them is the default."""

    _noun = "project"

    @operation(ref="projects_list", scopes="project:read")
    async def list(self) -> Projects:
        """List all projects, all pages."""
        return await self._list_all("projects", "/projects")

    @stream(ref="projects_list", scopes="project:read")
    async def each(self) -> AsyncGenerator[Project, None]:
        """Iterate over projects; the next page is read in advance."""
        async for project in self._iterate("projects", "/projects"):
            yield project

    @operation(ref="projects_create", scopes="project:create", effect="create")
    async def create(self, **attributes: Unpack[ProjectCreate]) -> Project:
        """Create a project.

        Args:
            attributes: The project's attributes:

                - `name` (str): its name, up to 175 characters, unique in the account; required.
                - `purpose` (str), required: what it is for; what DigitalOcean does not know it keeps as `Other: ...`.
                - `description` (str): what it is, up to 255 characters.
                - `environment` (str): `Development`, `Staging` or `Production`.

        Raises:
            DOBOTOConflictException: There is a project of that name.
        """
        return await self._create_resource(create_spec(attributes), self._session.deadline())

    @operation(ref=("projects_list", "projects_create"), scopes=("project:read", "project:create"), effect="present")
    async def present(self, **attributes: Unpack[ProjectCreate]) -> Present:
        """Create a project unless there is one of its name."""
        return await self._create_unless_exists(create_spec(attributes), self._session.deadline())

    @operation(ref="projects_get", scopes="project:read")
    async def info(self, id: str) -> Project:
        """Read one project."""
        return await self._get("project", project_path(id))

    @operation(ref="projects_get_default", scopes="project:read")
    async def default_info(self) -> Project:
        """Read the default project."""
        return await self._get("project", DEFAULT)

    @operation(ref=("projects_patch", "projects_update"), scopes="project:update", effect="update")
    async def update(self, id: str, *, replace: bool = False, **attributes: Unpack[ProjectAttributes]) -> Project:
        """Change a project, or make it the default.

        Args:
            attributes: What changes: `name`, `description`, `purpose`,
                `environment` (`Development`, `Staging`, `Production`), all of them str, and `is_default` (True).
            replace: If true, replace the whole project, so that no attribute may be missing: sent as PUT instead of
                PATCH.

        Raises:
            ValueError, TypeError: Nothing is to be changed, or one is missing where all are needed.
            DOBOTOConflictException: There is another project of that name.
        """
        return await self._fetch("project", update_request(project_path(id), attributes, replace=replace))

    @operation(ref=("projects_patch_default", "projects_update_default"), scopes="project:update", effect="update")
    async def default_update(self, *, replace: bool = False, **attributes: Unpack[ProjectAttributes]) -> Project:
        """Change the default project.

        Args:
            attributes: What changes: `name`, `description`, `purpose`,
                `environment` (`Development`, `Staging`, `Production`), all of them str, and `is_default` (True).
            replace: If true, replace the whole project, so that no attribute may be missing: sent as PUT instead of
                PATCH.

        Raises:
            ValueError, TypeError: Nothing is to be changed, or one is missing where all are needed.
            DOBOTOConflictException: There is another project of that name.
        """
        return await self._fetch("project", update_request(DEFAULT, attributes, replace=replace))

    @operation(ref="projects_delete", scopes="project:delete", effect="destroy", irreversible="The project is lost.")
    async def destroy(self, id: str, *, missing_ok: bool = False) -> None:
        """Destroy a project that is empty and not the default one.

        Raises:
            DOBOTOConflictException: Something is in it, or it is the default project.
        """
        await self._delete(Request("DELETE", project_path(id), repeatable=True), missing_ok)


def create_spec(attributes: Mapping[str, Any]) -> CreateSpec:
    """Return how to create a project, which is identified by its name."""
    body = check_attributes(attributes, needed=("name", "purpose"))
    request = Request("POST", "/projects", body=body)
    same = has_name(body["name"])
    return CreateSpec(f"project {body['name']}", request, "project", same, rules={"purpose": is_same_purpose})


def is_same_purpose(asked: Any, there: Any) -> bool:
    """Return whether a project has the purpose asked for, which the API may show as an "Other"."""
    return there in (asked, f"Other: {asked}")


def update_request(where: str, attributes: Mapping[str, Any], *, replace: bool) -> Request:
    """Return the request that changes a project.

    Raises:
        ValueError: Nothing is to be changed, or one is missing where all are needed.
    """
    body = check_changes(attributes, needed=("name", "purpose", "environment", "is_default") if replace else ())
    if replace and "description" not in body:
        raise ArgumentValueError("{0} is required", "description")  # it may be empty, unlike the others
    return change_request(where, body, replace=replace)
