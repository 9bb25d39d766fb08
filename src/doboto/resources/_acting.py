"""How an action is started and waited for, the same for every type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.deadline import Deadline
from .._core.reply import member
from .._core.request import Request, get, path, text
from .._core.shape import mapping
from .._core.target import Target
from .._io.protocol import Job
from .._operation import Mode
from .._wait.actions import ActionWatch, describe
from .._wait.free import FreeWatch, TagFreeWatch
from .._wait.rounds import Plan, Watch, wait
from ..errors import DOBOTOActionException, DOBOTOException, DOBOTOPendingEventException, DOBOTOReplyException
from ..progress import OnProgress
from ..types import Droplet
from ._recovering import Recovering
from ._resource import T


class Acting(Recovering[Mode]):
    """Starts actions of Droplets."""

    async def _act(
        self,
        target: Target,
        body: Mapping[str, Any],
        wait: bool,
        poll: float,
        timeout: float,
        progress: OnProgress | None,
    ) -> Any:
        """Start an action; wait for it if asked to. An action by id, a list of actions by tag."""
        target.refuse_tag_unless(body["type"])
        plan = self._plan(poll, timeout, progress)
        actions = await self._start(target, body, plan, wait)
        if wait:
            actions = await self._completed(actions, plan)
        return actions if target.id is None else actions[0]

    async def _start(self, target: Target, body: Mapping[str, Any], plan: Plan, patient: bool) -> list[Any]:
        """Ask for the action; while another one runs, wait for that one first if `patient`."""
        return await self._patiently(target, plan, patient, lambda: self._ask(target, body, plan.deadline))

    async def _patiently(self, target: Target, plan: Plan, patient: bool, job: Job[T]) -> T:
        """Do it; while another action keeps a Droplet locked, wait for that one first if `patient`."""
        while True:
            try:
                return await job()
            except DOBOTOPendingEventException:
                if not patient:
                    raise
            await wait(self._session, self._free(target), plan)

    def _free(self, target: Target) -> Watch:
        if target.id is None:
            return TagFreeWatch(self._session, target.tag_name or "")
        return FreeWatch(self._session, path("/droplets/{id}/actions", id=target.id), str(target))

    async def _ask(self, target: Target, body: Mapping[str, Any], deadline: Deadline) -> list[Any]:
        try:
            actions = await self._session.call(
                starting(target, body), deadline, _one if target.tag_name is None else _many
            )
        except DOBOTOException as failure:
            if not failure.outcome_open:
                raise
            lost = failure
        else:
            self._session.claims.claim(action["id"] for action in actions)
            return actions
        return await self._recover_actions(target, body, lost, deadline)

    async def _completed(self, actions: Sequence[Any], plan: Plan) -> list[Any]:
        """The actions once they are completed.

        Raises:
            DOBOTOActionException: One ended as errored.
        """
        watch = ActionWatch(self._session, actions, reading)
        await wait(self._session, watch, plan)
        failed = watch.failed()
        if failed:
            droplet = await self._last_seen(failed[0], plan.deadline)
            raise DOBOTOActionException(
                describe(failed), action=failed[0], droplet=droplet, actions=watch.all(), droplets=[droplet]
            )
        return watch.all()

    async def _last_seen(self, action: Mapping[str, Any], deadline: Deadline) -> Any:
        """The action's Droplet, or None: an error about an error helps nobody."""
        try:
            return await self._got(Droplet, "droplet", path("/droplets/{id}", id=action["resource_id"]), deadline)
        except (DOBOTOException, KeyError, TypeError):
            return None


def starting(target: Target, body: Mapping[str, Any]) -> Request:
    """The request that starts an action."""
    if target.id is None:
        return Request("POST", "/droplets/actions", {"tag_name": text("tag_name", target.tag_name or "")}, body)
    return Request("POST", path("/droplets/{id}/actions", id=target.id), body=body)


def reading(action: Mapping[str, Any]) -> Request:
    """The request that reads an action. A Droplet's own actions need `droplet:read` only, the list `actions:read`."""
    if not action.get("resource_id"):
        return get(path("/actions/{id}", id=action["id"]))
    return get(path("/droplets/{droplet}/actions/{id}", droplet=action["resource_id"], id=action["id"]))


def _one(reply: Any) -> list[Any]:
    return _identified([member(reply, "action", dict)], reply)


def _many(reply: Any) -> list[Any]:
    return _identified(member(reply, "actions", list), reply)


def _identified(actions: list[Any], reply: Any) -> list[Any]:
    """The actions of a reply; each has an id, or the reply is of no use."""
    for action in actions:
        if type(mapping(action).get("id")) is not int:
            raise DOBOTOReplyException(f"the reply has an action without id: {str(action)[:200]}", reply)
    return actions
