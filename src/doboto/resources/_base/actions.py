"""How an action is done to one resource: started, waited for, and looked for when the answer was lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..._core import pages
from ..._core.deadline import Deadline
from ..._core.recovery import SKEW, moment, of_action
from ..._core.request import Request, get
from ..._core.response import read_action
from ..._io.protocol import Job
from ..._json import records
from ..._operation import Mode
from ..._wait.actions import ActionWatch, describe
from ..._wait.pending_event import PendingEventWatch
from ..._wait.polling import WaitPlan, Watch, wait
from ...errors import DOBOTOActionException, DOBOTOException, DOBOTOPendingEventException
from ...events import ResponseLost, Started, WaitingForEvent
from ...outcomes import attach_state
from .recovery import Recovering, unknown
from .resource import T

#: Gives the path of a list of actions; asked only where it is needed.
Where = Callable[[], Coroutine[Any, Any, str]]
#: Gives the request that reads an action.
Reading = Callable[[Mapping[str, Any]], Request]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action of one resource.

    Attributes:
        request: Starts it.
        type: Its type, as the API names it.
        target: The resource, in words.
        listing: Where the resource's actions are listed.
        reading: The request that reads an action again.
        own: Whether an action of that list may be the resource's.
        happened: Whether the resource itself shows that the action was done; None where its own list is certain enough.
    """

    request: Request
    type: str
    target: str
    listing: Where
    reading: Reading
    own: Callable[[Mapping[str, Any]], bool] = bool
    happened: Callable[[], Awaitable[bool]] | None = None


class Doing(Recovering[Mode]):
    """Does actions."""

    async def _do(self, spec: ActionSpec, plan: WaitPlan, patient: bool) -> Any:
        """Start an action; with `patient`, after a running one has ended, and wait till it has completed.

        Raises:
            DOBOTOActionException: It ended as errored.
        """

        async def busy() -> Watch:
            return PendingEventWatch(self._session, await spec.listing(), spec.target, spec.own)

        start = partial(self._start_or_find, spec, plan.deadline)
        action = await self._patiently(start, busy, plan, patient, spec.target)
        return (await self._completed([action], spec.reading, plan))[0] if patient else action

    async def _patiently(
        self, job: Job[T], busy: Callable[[], Awaitable[Watch]], plan: WaitPlan, patient: bool, target: str
    ) -> T:
        """Do it; while another action keeps it from being done, wait for that one first if `patient`."""
        while True:
            try:
                return await job()
            except DOBOTOPendingEventException as refusal:
                if not patient:
                    raise
                await self._session.emit(WaitingForEvent(target, refusal))
            try:
                await wait(self._session, await busy(), plan)
            except DOBOTOException as failure:
                failure.not_begun = [target]
                raise
            except BaseException as interruption:
                attach_state(interruption, not_begun=[target])
                raise

    async def _completed(
        self, actions: Sequence[Any], reading: Reading, plan: WaitPlan, *, at_once: bool = False
    ) -> list[Any]:
        """The actions once they are completed.

        Raises:
            DOBOTOActionException: One ended as errored.
        """
        watch = ActionWatch(self._session, actions, reading)
        await wait(self._session, watch, plan, at_once=at_once)
        if failed := watch.failed():
            raise DOBOTOActionException(describe(failed), action=failed[0], actions=watch.all())
        return watch.all()

    async def _start_or_find(self, spec: ActionSpec, deadline: Deadline) -> Any:
        recover = partial(self._find_started, spec, deadline)
        doing = f"{spec.type} of {spec.target}"
        action = await self._changed(spec.request, deadline, recover, read_action, what=doing)
        self._session.ownership.claim([of_action(action)])
        await self._session.emit(Started(action))
        return action

    async def _find_started(self, spec: ActionSpec, deadline: Deadline, failure: DOBOTOException) -> Any:
        """The action that was started although the answer was lost.

        Raises:
            DOBOTOOutcomeUnknownException: There is none, or more than one.
        """
        found: list[Any] = []

        async def look() -> bool:
            request = pages.numbered(await spec.listing(), {}, 1)
            page = await self._session.call(request, deadline, pages.reading("actions"))
            since = self._session.api_time(failure.sent_at)  # now that a reply has told the API's time
            new = [one for one in records(list(page.items)) if spec.own(one) and _new(one, spec.type, since)]
            found[:] = self._session.ownership.free(new, of_action)
            return len(found) == 1 and (spec.happened is None or await spec.happened())

        await self._session.emit(ResponseLost(f"the action {spec.type} of {spec.target}", failure))
        why = await self._look_till(look, deadline)
        if not why and self._session.ownership.claim([of_action(found[0])]):
            return found[0]
        raise unknown(failure, spec.request.body, f"an action {spec.type} of {spec.target}", why, [])


def action_spec(where: str, body: Mapping[str, Any], target: str, type: str | None = None) -> ActionSpec:
    """An action of a resource whose actions are started, listed and read below one path.

    Args:
        where: That path.
        body: What starts it.
        target: The resource, in words.
        type: Its type as it is listed, where that is not the one it is asked for by.
    """

    async def listing() -> str:
        return where

    def reading(action: Mapping[str, Any]) -> Request:
        return get(f"{where}/{action['id']}")

    return ActionSpec(Request("POST", where, body=body), type or body["type"], target, listing, reading)


def _new(action: Mapping[str, Any], type: str, since: float) -> bool:
    started = moment(action.get("started_at"))
    return action.get("type") == type and started is not None and started >= since - SKEW
