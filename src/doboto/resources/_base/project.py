"""Puts new resources into a project, where the API has no attribute for that: by a request of its own."""

from __future__ import annotations

from collections.abc import Sequence

from ..._core.attributes import to_nonempty_list
from ..._core.deadline import Deadline
from ..._core.request import Request, check_text, path
from ..._json import records
from ..._operation import Async
from ..._session import Session
from ..._wait.search import look_until_known
from ...errors import DOBOTOException
from .resource import OperationGroup

#: What an operation with a `project_id` declares beside its own: what it asks for, and the scopes for that.
REFS = ("projects_get", "projects_assign_resources")
SCOPES = ("project:read", "project:assign_resource")


class ProjectAssignment(OperationGroup[Async]):
    """Puts resources into a project; it has no operations of its own.

    Args:
        session: Sends the requests.
        project_id: The project's id.
    """

    def __init__(self, session: Session, project_id: str) -> None:
        super().__init__(Async, session)
        self._project_id = project_id

    async def check(self, deadline: Deadline) -> None:
        """Read the project, so that a wrong id is refused before anything is created.

        Raises:
            DOBOTONotFoundException: There is no such project.
        """
        await self._get("project", project_path(self._project_id), deadline)

    async def assign(self, urns: Sequence[str], deadline: Deadline) -> None:
        """Put resources into the project.

        Args:
            urns: Their uniform names, such as `do:droplet:1`.
            deadline: Bounds all of it.

        Raises:
            DOBOTOException: It failed; the resources are there all the same.
        """
        left = [*urns]
        try:
            await self._assign(left, deadline)
        except DOBOTOException as failure:
            failure.message += f"; {self._describe_unassigned(left)}"
            raise
        except BaseException as interruption:
            interruption.add_note(f"doboto: {self._describe_unassigned(left)}")
            raise

    async def _assign(self, left: list[str], deadline: Deadline) -> None:
        """Put resources into the project, and take those that are there out of the list."""

        async def look() -> bool:
            listed = await self._fetch_list("resources", assign_request(project_path(self._project_id), left), deadline)
            unknown = {one.get("urn") for one in records(listed) if one.get("status") == "not_found"}
            left[:] = [urn for urn in left if urn in unknown]
            return not left

        # Another part of the API may not know a resource yet that has just been created.
        if not await look() and (why := await look_until_known(self._session, look, deadline)):
            raise DOBOTOException(f"the project does not find {', '.join(left)} ({why})")

    def _describe_unassigned(self, urns: Sequence[str]) -> str:
        return (
            f"created, but perhaps not in project {self._project_id}: {', '.join(urns)}; "
            "put them there with project.resource_assign"
        )


def project_path(id: str) -> str:
    """Return the path of a project."""
    return path("/projects/{id}", id=id)


def assign_request(where: str, resources: Sequence[str]) -> Request:
    """Return the request that puts resources into a project; sent twice it does the same."""
    body = {"resources": [check_text("resources", each) for each in to_nonempty_list("resources", resources)]}
    return Request("POST", f"{where}/resources", body=body, repeatable=True)
