"""What projects hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from .._operation import Mode, operation
from ..types import ProjectResource
from ._base.create import Creation
from ._base.project import assign_request, project_path

Resources: TypeAlias = list[ProjectResource]

#: The path of the default project.
DEFAULT = "/projects/default"


class ProjectResources(Creation[Mode]):
    """The resources of projects."""

    _noun = "project"

    @operation(ref="projects_list_resources", scopes="project:read", scopes_note="the read scopes of the resources")
    async def resource_list(self, id: str) -> Resources:
        """List what is in a project, as far as the token may see it; every page of it.

        Returns:
            A list of resources, each with its URN.
        """
        return await self._list_all("resources", f"{project_path(id)}/resources")

    @operation(
        ref="projects_list_resources_default", scopes="project:read", scopes_note="the read scopes of the resources"
    )
    async def default_resource_list(self) -> Resources:
        """List what is in the default project, as far as the token may see it; every page of it.

        Returns:
            A list of resources, each with its URN.
        """
        return await self._list_all("resources", f"{DEFAULT}/resources")

    @operation(
        ref="projects_assign_resources",
        scopes="project:assign_resource",
        effect="update",
        scopes_note="the read scope of each resource, such as droplet:read",
    )
    async def resource_assign(self, id: str, resources: Sequence[str]) -> Resources:
        """Put resources into a project, out of the ones that they are in.

        Args:
            resources: The resources' URNs: `do:droplet:1`, `do:volume:...`, `do:domain:example.com`.

        Returns:
            A list of these resources, each with a `status`: `assigned`, `already_assigned`, `not_found`.

        Raises:
            DOBOTOUnprocessableException: One is no URN.
        """
        return await self._fetch_list("resources", assign_request(project_path(id), resources))

    @operation(
        ref="projects_assign_resources_default",
        scopes="project:assign_resource",
        effect="update",
        scopes_note="the read scope of each resource, such as droplet:read",
    )
    async def default_resource_assign(self, resources: Sequence[str]) -> Resources:
        """Put resources into the default project, out of the ones that they are in.

        Args:
            resources: The resources' URNs, as for `resource_assign`.

        Returns:
            A list of these resources, each with a `status`: `assigned`, `already_assigned`, `not_found`.

        Raises:
            DOBOTOUnprocessableException: One is no URN.
        """
        return await self._fetch_list("resources", assign_request(DEFAULT, resources))
