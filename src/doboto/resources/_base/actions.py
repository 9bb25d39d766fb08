"""How an action is done to one resource: started, waited for, and looked for when the response was lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..._core.deadline import Deadline
from ..._core.ownership import OpenRequest
from ..._core.recovery import action_key
from ..._core.request import Request, get
from ..._core.response import read_action
from ..._io.protocol import Job
from ..._operation import Mode
from ..._wait.actions import ActionWatch, IsDone, describe, is_over, read_started_since
from ..._wait.pending_event import PendingEventWatch
from ..._wait.polling import WaitPlan, Watch, wait
from ..._wait.search import outcome_unknown
from ...errors import (
    DOBOTOActionException,
    DOBOTOAlreadyDoneException,
    DOBOTOException,
    DOBOTOForbiddenException,
    DOBOTOPendingEventException,
    DOBOTOUnprocessableException,
)
from ...events import ResponseLost, Started, WaitingForEvent
from ...outcomes import attach_state
from .recovery import Recovery
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
        is_done: Whether the resource itself shows that what the action does is so; None where it shows nothing of it.
    """

    request: Request
    type: str
    target: str
    listing: Where
    reading: Reading
    own: Callable[[Mapping[str, Any]], bool] = bool
    is_done: Callable[[], Awaitable[bool]] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies like requests."""
        return ("action", self.type, self.target)


class ActionRunner(Recovery[Mode]):
    """Does actions."""

    async def _run_action(self, spec: ActionSpec, plan: WaitPlan, patient: bool) -> Any:
        """Start an action; with `patient`, after a running one has ended, and wait until it has completed.

        Raises:
            DOBOTOActionException: It ended as errored.
        """

        async def busy() -> Watch:
            return PendingEventWatch(self._session, await spec.listing(), spec.target, spec.own)

        start = partial(self._start_or_find, spec, plan.deadline)
        job = partial(self._unless_done, start, spec.is_done)
        action = await self._retry_while_busy(job, busy, plan, patient, spec.target)
        if not patient:
            return action
        is_done = None if spec.is_done is None else partial(_ignore_action, spec.is_done)
        return (await self._wait_for_actions([action], spec.reading, plan, is_done=is_done))[0]

    async def _unless_done(self, job: Job[T], is_done: Callable[[], Awaitable[bool]] | None) -> T:
        """Do it.

        Raises:
            DOBOTOAlreadyDoneException: It was refused, and the resource shows that it is so already.
        """
        try:
            return await job()
        except DOBOTOPendingEventException:
            raise
        except DOBOTOUnprocessableException as failure:
            refusal = failure
        if is_done is not None and await _is_known_done(is_done):
            raise to_already_done(refusal) from refusal
        raise refusal

    async def _retry_while_busy(
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

    async def _wait_for_actions(
        self,
        actions: Sequence[Any],
        reading: Reading,
        plan: WaitPlan,
        *,
        at_once: bool = False,
        is_done: IsDone | None = None,
    ) -> list[Any]:
        """The actions once they are completed.

        Raises:
            DOBOTOActionException: One ended as errored.
        """
        watch = ActionWatch(self._session, actions, reading, is_done)
        await wait(self._session, watch, plan, at_once=at_once)
        if failed := watch.find_failed():
            raise DOBOTOActionException(describe(failed), action=failed[0], actions=watch.all())
        return watch.all()

    async def _start_or_find(self, spec: ActionSpec, deadline: Deadline) -> Any:
        action = await self._send_change(
            spec.request, deadline, partial(self._find_started, spec, deadline), read_action,
            what=f"{spec.type} of {spec.target}", key=spec.key, claimed=lambda action: [action_key(action)],
        )  # fmt: skip
        await self._session.emit(Started(action))
        return action

    async def _find_started(
        self, spec: ActionSpec, deadline: Deadline, open_request: OpenRequest, failure: DOBOTOException
    ) -> Any:
        """The action that was started although the response was lost.

        Raises:
            DOBOTOOutcomeUnknownException: There is none, or more than one.
        """

        async def find() -> list[Any]:
            listed = await read_started_since(self._session, await spec.listing(), deadline, failure.sent_at)
            return [action for action in listed if spec.own(action) and action.get("type") == spec.type]

        what = f"the action {spec.type} of {spec.target}"
        await self._session.emit(ResponseLost(what, failure))
        is_shown = partial(_is_effect_shown, spec)
        found, why = await self._look_for_one(spec.key, find, action_key, deadline, open_request, is_shown=is_shown)
        if found is not None:
            return found
        raise outcome_unknown(failure, spec.request.body, what, why, [])


async def _is_effect_shown(spec: ActionSpec, found: Sequence[Any]) -> bool | None:
    """Return whether the resource shows the effect of a lost request; None while an action is running.

    Two programs that assign one address, or attach one volume, start actions that look the same; the resource shows
    where it went. A token that may not read it is left with the actions' type and time.
    """
    try:
        if spec.is_done is None or await spec.is_done():
            return True
    except DOBOTOForbiddenException:
        return True
    return False if all(map(is_over, found)) else None


async def _ignore_action(is_done: Callable[[], Awaitable[bool]], _action: Mapping[str, Any]) -> bool:
    return await is_done()


async def _is_known_done(is_done: Callable[[], Awaitable[bool]]) -> bool:
    """Return whether it is done; what can't be read shows nothing."""
    try:
        return await is_done()
    except DOBOTOException:
        return False


def to_already_done(refusal: DOBOTOUnprocessableException) -> DOBOTOAlreadyDoneException:
    """A refusal as the error that says why."""
    error = DOBOTOAlreadyDoneException(refusal.message)
    vars(error).update(vars(refusal))
    return error


def action_spec(
    where: str,
    body: Mapping[str, Any],
    target: str,
    type: str | None = None,
    is_done: Callable[[], Awaitable[bool]] | None = None,
) -> ActionSpec:
    """An action of a resource whose actions are started, listed and read below one path.

    Args:
        where: That path.
        body: What starts it.
        target: The resource, in words.
        type: Its type as it is listed, where that is not the one it is asked for by.
        is_done: Whether the resource shows that what the action does is so.
    """

    async def listing() -> str:
        return where

    def reading(action: Mapping[str, Any]) -> Request:
        return get(f"{where}/{action['id']}")

    request = Request("POST", where, body=body)
    return ActionSpec(request, type or body["type"], target, listing, reading, is_done=is_done)
