"""How an action of Droplets is started and waited for: of one by its id, or of all with a tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.deadline import Deadline
from ..._core.droplet.effects import SHOWN, has_effect
from ..._core.droplet.target import Target
from ..._core.recovery import action_key
from ..._core.request import Request, check_text, get, path
from ..._core.response import read_member
from ..._io.protocol import Job
from ..._json import mapping
from ..._operation import Async
from ..._session import Session
from ..._wait.bulk import BulkWatch
from ..._wait.followers import ActionFollower
from ..._wait.lookup import unused_tag_error
from ..._wait.pending_event import PendingEventWatch, TagPendingEventWatch
from ..._wait.polling import WaitPlan, Watch
from ...errors import DOBOTOActionException, DOBOTOBulkException, DOBOTOException, DOBOTOInvalidResponseException
from ...events import Started
from .._base.actions import ActionRunner
from .._base.resource import T
from .new_images import add_image_ids, with_image_ids
from .recovery import DropletRecovery, request_key


class DropletActionRunner(ActionRunner[Async], DropletRecovery[Async]):
    """Starts actions of Droplets, and waits for them; it has no operations of its own.

    Args:
        session: Sends the requests.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(Async, session)

    async def run(self, target: Target, body: Mapping[str, Any], plan: WaitPlan, wait: bool) -> Any:
        """Start an action; wait for it if asked to. An action by id, a list of actions by several ids or by tag.

        Raises:
            DOBOTONotFoundException: No Droplet has the tag; a mistyped one must not count as success.
        """
        made_images = wait and body["type"] == "snapshot"
        try:
            actions = await self._start_all(target, body, plan, wait)
        except DOBOTOBulkException as failure:
            if made_images:
                await add_image_ids(self._session, failure, plan.deadline)
            raise
        if target.tag_name is not None and not actions:
            raise unused_tag_error(target.tag_name)
        if made_images:
            actions = await with_image_ids(self._session, actions, plan.deadline)
        return actions if target.id is None else actions[0]

    async def _start_all(self, target: Target, body: Mapping[str, Any], plan: WaitPlan, wait: bool) -> list[Any]:
        """Start the target's actions; wait for them if asked to."""
        if target.ids is not None:
            return await self._act_on_each(target.ids, body, plan, wait)
        actions = await self._retry_while_locked(target, plan, wait, partial(self._start, target, body, plan.deadline))
        return await self._wait_for(actions, body, plan) if wait else actions

    async def _act_on_each(self, ids: Sequence[int], body: Mapping[str, Any], plan: WaitPlan, wait: bool) -> list[Any]:
        """Start an action of each of several Droplets; wait for all of them together if asked to.

        Raises:
            DOBOTOBulkException: It did not complete, or was not accepted, for all.
        """

        async def start(id: int) -> Any:
            return (await self._start(Target(id, None), body, plan.deadline))[0]

        is_done = partial(self._is_done, body, plan.deadline)
        follower = ActionFollower(self._session, body["type"], read_request, is_done)
        return await BulkWatch(self._session, body["type"], ids, start, follower, plan).run(patient=wait)

    async def _retry_while_locked(self, target: Target, plan: WaitPlan, patient: bool, job: Job[T]) -> T:
        """Do it; while another action keeps a Droplet locked, wait for that one first if `patient`."""

        async def busy() -> Watch:
            if target.id is None:
                return TagPendingEventWatch(self._session, target.tag_name or "")
            return PendingEventWatch(self._session, path("/droplets/{id}/actions", id=target.id), str(target))

        return await self._retry_while_busy(job, busy, plan, patient, str(target))

    async def _start(self, target: Target, body: Mapping[str, Any], deadline: Deadline) -> list[Any]:
        """Start it.

        Raises:
            DOBOTOAlreadyDoneException: It was refused, and the Droplet shows that it is so already.
        """
        shows = SHOWN.get(body["type"])

        async def is_done() -> bool:
            droplet = await self._get("droplet", path("/droplets/{id}", id=target.id or ""), deadline)
            return shows is not None and shows(droplet, body)

        job = partial(self._ask, target, body, deadline)
        return await self._unless_done(job, None if target.id is None or shows is None else is_done)

    async def _is_done(self, body: Mapping[str, Any], deadline: Deadline, action: Mapping[str, Any]) -> bool:
        """Return whether the Droplet of an action that can't be read shows that it is done."""
        droplet = await self._last_seen(action, deadline)
        return droplet is not None and has_effect(droplet, body)

    async def _ask(self, target: Target, body: Mapping[str, Any], deadline: Deadline) -> list[Any]:
        recover = partial(self._recover_actions, target, body, deadline)
        read = _one if target.tag_name is None else _many
        actions = await self._send_change(
            start_request(target, body), deadline, recover, read,
            what=f"{body['type']} of {target}", key=request_key(target, body),
            claimed=lambda made: map(action_key, made),
        )  # fmt: skip
        for action in actions:
            await self._session.emit(Started(action))
        return actions

    async def _wait_for(self, actions: Sequence[Any], body: Mapping[str, Any], plan: WaitPlan) -> list[Any]:
        """The actions once they are completed; where one fails, the error has its Droplet too."""
        is_done = partial(self._is_done, body, plan.deadline)
        try:
            return await self._wait_for_actions(actions, read_request, plan, is_done=is_done)
        except DOBOTOActionException as failure:
            failure.droplet = await self._last_seen(failure.action, plan.deadline)
            failure.droplets = [failure.droplet]
            raise

    async def _last_seen(self, action: Mapping[str, Any], deadline: Deadline) -> Any:
        """Return the action's Droplet, or None if it cannot be read: the first error matters more."""
        try:
            return await self._get("droplet", path("/droplets/{id}", id=action["resource_id"]), deadline)
        except (DOBOTOException, KeyError, TypeError):
            return None


def start_request(target: Target, body: Mapping[str, Any]) -> Request:
    """Return the request that starts an action."""
    if target.id is None:
        return Request("POST", "/droplets/actions", {"tag_name": check_text("tag_name", target.tag_name or "")}, body)
    return Request("POST", path("/droplets/{id}/actions", id=target.id), body=body)


def read_request(action: Mapping[str, Any]) -> Request:
    """Return the request that reads an action: with `droplet:read` if its Droplet is known, else `actions:read`."""
    if not action.get("resource_id"):
        return get(path("/actions/{id}", id=action["id"]))
    return get(path("/droplets/{droplet}/actions/{id}", droplet=action["resource_id"], id=action["id"]))


def _one(response: Any) -> list[Any]:
    return _check_ids([read_member(response, "action", dict)], response)


def _many(response: Any) -> list[Any]:
    return _check_ids(read_member(response, "actions", list), response)


def _check_ids(actions: list[Any], response: Any) -> list[Any]:
    """The actions of a response; each has an id, or the response is of no use."""
    for action in actions:
        if type(mapping(action).get("id")) is not int:
            raise DOBOTOInvalidResponseException(
                f"the response has an action without id: {str(action)[:200]}", response
            )
    return actions
