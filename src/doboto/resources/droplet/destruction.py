"""How Droplets are destroyed: one, several, those of a tag, or one with what belongs to it."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any

from ..._core.deadline import Deadline
from ..._core.droplet.target import Target
from ..._core.ownership import OpenRequest
from ..._core.request import Request, get, path
from ..._json import mapping, records
from ..._wait.bulk import BulkWatch
from ..._wait.deletion import AssociatedDestroyWatch, DeletionWatch, TagDeletionWatch
from ..._wait.followers import DeletionFollower
from ..._wait.polling import WaitPlan, wait
from ..._wait.search import look_until_known, outcome_unknown
from ...errors import DOBOTOActionException, DOBOTOException, DOBOTONotFoundException
from .run_action import DropletActionRunner

#: Where the progress of a destruction with associated resources is read.
STATUS = "/droplets/{id}/destroy_with_associated_resources/status"


class DropletDestruction(DropletActionRunner):
    """Destroys Droplets, and waits until they are gone; it has no operations of its own."""

    async def destroy(self, target: Target, plan: WaitPlan, patient: bool, missing_ok: bool) -> None:
        """Destroy one Droplet, each of several, or all with a tag; with `patient`, wait until they are gone.

        Raises:
            DOBOTONotFoundException: There is no such Droplet or tag, and `missing_ok` is false.
        """
        if target.ids is not None:
            await self._destroy_each(target.ids, plan, patient, missing_ok)
            return
        try:
            await self._destroy(target, plan, patient)
        except DOBOTONotFoundException:
            if not missing_ok:
                raise
            return
        if patient:
            await self._wait_until_gone(target, plan)

    async def destroy_with_associated(self, id: int, request: Request, plan: WaitPlan, patient: bool) -> Any:
        """Send what destroys a Droplet with what belongs to it, or tries that again.

        Returns:
            With `patient`, the status once it is over; else None.

        Raises:
            DOBOTOActionException: Something could not be destroyed.
        """
        await self._send_change(request, plan.deadline, partial(self._recover_associated, id, plan.deadline))
        return await self.wait_for_associated(id, plan) if patient else None

    async def wait_for_associated(self, id: int, plan: WaitPlan, *, at_once: bool = False) -> Any:
        """Return the status of a destruction once it is over; with `at_once`, read it before the first pause.

        Raises:
            DOBOTOActionException: Something could not be destroyed.
        """
        watch = AssociatedDestroyWatch(self._session, get(path(STATUS, id=id)), id)
        await wait(self._session, watch, plan, at_once=at_once)
        status: Any = watch.last_seen()
        if status.get("failures"):
            raise DOBOTOActionException(f"destroying failed for: {', '.join(_failures(status))}", status)
        return status

    async def _destroy(self, target: Target, plan: WaitPlan, patient: bool) -> None:
        """Ask for it; while another action keeps the Droplet locked, wait for that one first if `patient`."""

        def recover(_open: OpenRequest, lost: DOBOTOException) -> Awaitable[None]:
            if target.tag_name is None:
                raise lost
            return self._recover_destroy_by_tag(target.tag_name, lost, plan.deadline)

        await self._retry_while_locked(
            target, plan, patient, partial(self._send_change, destroy_request(target), plan.deadline, recover)
        )

    async def _destroy_each(self, ids: Sequence[int], plan: WaitPlan, patient: bool, missing_ok: bool) -> None:
        """Ask for the destruction of each of several; wait until all are gone if asked to."""

        async def start(id: int) -> None:
            await self._delete(destroy_request(Target(id, None)), missing_ok, plan.deadline)

        follower = DeletionFollower(self._session)
        await BulkWatch(self._session, "destroy", ids, start, follower, plan).run(patient=patient)

    async def _wait_until_gone(self, target: Target, plan: WaitPlan) -> None:
        session = self._session
        if target.id is not None:
            request = get(path("/droplets/{id}", id=target.id))
            await wait(session, DeletionWatch(session, target.id, request, "droplet"), plan)
        else:
            await wait(session, TagDeletionWatch(session, target.tag_name or ""), plan)

    async def _recover_associated(
        self, id: int, deadline: Deadline, _open: OpenRequest, failure: DOBOTOException
    ) -> None:
        """Whether a destruction whose response was lost has begun: it goes on, or has ended without failures.

        Raises:
            DOBOTOOutcomeUnknownException: There is none.
        """

        async def has_begun() -> bool:
            try:
                status: Any = await self._session.call(get(path(STATUS, id=id)), deadline)
            except DOBOTONotFoundException:
                return False
            return not mapping(status).get("completed_at") or not mapping(status).get("failures")

        if why := await look_until_known(self._session, has_begun, deadline):
            looked_for = f"a destruction of Droplet {id} with associated resources"
            raise outcome_unknown(failure, {"id": id}, looked_for, why, [])


def destroy_request(target: Target) -> Request:
    """Return the request that destroys: one Droplet, repeatable; or those of a tag, which may have got new ones."""
    if target.id is not None:
        return Request("DELETE", path("/droplets/{id}", id=target.id), repeatable=True)
    return Request("DELETE", "/droplets", {"tag_name": target.tag_name or ""})


def _failures(status: Any) -> list[str]:
    """What could not be destroyed, and why, in words."""
    every = [("droplet", mapping(status.get("droplet")))]
    every += [(kind, one) for kind, some in mapping(status.get("resources")).items() for one in records(some)]
    return [f"{kind} {one.get('id')} ({one['error_message']})" for kind, one in every if one.get("error_message")]
