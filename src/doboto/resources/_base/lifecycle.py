"""How resources that become active later are created, changed and destroyed: waiting reads their own fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.deadline import Deadline
from ..._core.ownership import OpenRequest
from ..._core.request import Request, get, path
from ..._core.response import member_reader
from ..._operation import Mode
from ..._wait.deletion import DeletionWatch
from ..._wait.polling import WaitPlan, wait
from ..._wait.state import StateWatch
from ...errors import DOBOTOException
from ...outcomes import attach_state
from .create import CreateSpec, Creation
from .recovery import outcome_unknown


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How a kind of thing comes to rest.

    Attributes:
        key: The root key of replies that hold one.
        place: The path of one, with `{id}` in it.
        rest: Its state at rest.
        failed: The states that it won't come out of.
        member: The field that has its state.
    """

    key: str
    place: str
    rest: str
    failed: frozenset[str] = frozenset()
    member: str = "status"

    def reading(self, id: int | str) -> Request:
        """The request that reads one."""
        return get(path(self.place, id=id))

    def missing(self, thing: Mapping[str, Any]) -> str:
        """What one lacks until it is at rest, in words."""
        state = thing.get(self.member, "not known yet")
        return "" if state == self.rest else f"{self.member} is {state}"


class LifecycleOperations(Creation[Mode]):
    """Makes, changes and destroys things, and waits for them."""

    async def _create_and_wait(self, spec: CreateSpec, course: Lifecycle, plan: WaitPlan, wait: bool) -> Any:
        """The new thing; with `wait`, at rest."""
        made = await self._create_resource(spec, plan.deadline)
        try:
            return await self._wait_until_active("create", made, course, plan) if wait else made
        except DOBOTOException as failure:
            failure.created = failure.created or [made]
            raise
        except BaseException as interruption:
            attach_state(interruption, created=[made])
            raise

    async def _create_and_wait_unless_exists(
        self, spec: CreateSpec, course: Lifecycle, plan: WaitPlan, wait: bool
    ) -> Any:
        """The thing, and the thing again if it was made just now, else None; with `wait`, at rest either way."""
        there = await self._find_existing(spec, plan.deadline)
        if there is not None:
            return (await self._wait_until_active("create", there, course, plan) if wait else there), None
        made = await self._create_and_wait(spec, course, plan, wait)
        return made, made

    async def _replace(self, course: Lifecycle, id: str, body: Mapping[str, Any], plan: WaitPlan, wait: bool) -> Any:
        """Replace all of a resource and return it; with `wait`, once it is active."""
        request = Request("PUT", path(course.place, id=id), body=body, repeatable=True)
        changed = await self._session.call(request, plan.deadline, member_reader(course.key, dict))
        return await self._wait_until_active("update", changed, course, plan) if wait else changed

    async def _wait_until_active(self, what: str, thing: Any, course: Lifecycle, plan: WaitPlan) -> Any:
        """The thing once it is at rest; of one that was not read yet, the id is enough.

        Raises:
            DOBOTOActionException: It failed.
        """
        watch = StateWatch(
            self._session, what, course.key, course.reading(thing["id"]), thing, course.missing, course.failed,
            course.member,
        )  # fmt: skip
        watch.check()
        await wait(self._session, watch, plan)
        return watch.last_seen()

    async def _destroy_and_wait(
        self,
        course: Lifecycle,
        id: str,
        plan: WaitPlan,
        *,
        missing_ok: bool,
        wait_till_gone: bool,
        request: Request | None = None,
    ) -> None:
        """Destroy a thing, by `request` if that is not the usual one; wait until it answers no more if asked to."""
        usual = Request("DELETE", path(course.place, id=id), repeatable=True)
        if await self._delete(request or usual, missing_ok, plan.deadline) and wait_till_gone:
            await wait(self._session, DeletionWatch(self._session, id, course.reading(id), course.key), plan)

    async def _change(
        self, request: Request, what: str, deadline: Deadline, happened: Callable[[], Awaitable[bool]]
    ) -> None:
        """Send a change that must not be sent twice; where its answer is lost, look whether it happened.

        Raises:
            DOBOTOOutcomeUnknownException: The response was lost and the outcome could not be determined.
        """

        async def recover(_open: OpenRequest, failure: DOBOTOException) -> None:
            if why := await self._search(happened, deadline):
                raise outcome_unknown(failure, request.body, what, why, [])

        await self._send_change(request, deadline, recover)
