"""Puts new Droplets into a project: the API has no attribute for that, so it is a request of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.deadline import Deadline
from ..._json import records
from ..._operation import Async
from ..._session import Session
from ..._wait.search import look_until_known
from ...errors import DOBOTOException
from .._base.recovery import Recovery
from ..project_resources import assign_request, project_path


class ProjectAssignment(Recovery[Async]):
    """Puts Droplets into a project; it has no operations of its own.

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

    async def assign(self, droplets: Sequence[Mapping[str, Any]], deadline: Deadline) -> None:
        """Put Droplets into the project.

        Raises:
            DOBOTOException: It failed; the Droplets are there all the same.
        """
        left = [f"do:droplet:{droplet['id']}" for droplet in droplets]
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

        # Another part of the API may not know a Droplet yet that has just been created.
        if not await look() and (why := await look_until_known(self._session, look, deadline)):
            raise DOBOTOException(f"the project does not find {', '.join(left)} ({why})")

    def _describe_unassigned(self, urns: Sequence[str]) -> str:
        return (
            f"created, but perhaps not in project {self._project_id}: {', '.join(urns)}; "
            "put them there with project.resource_assign"
        )
