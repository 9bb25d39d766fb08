"""How the calls of a bulk are followed once they were accepted: by their actions, or until their Droplets are gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .._core import pages
from .._core.deadline import Deadline
from .._core.request import Request, get, path
from .._core.retry import is_transient
from .._session import Session
from .._session.list_reader import read_list
from ..errors import (
    DOBOTOActionException,
    DOBOTOException,
    DOBOTOForbiddenException,
    DOBOTONotFoundException,
)
from .actions import PAGES, ActionWatch, IsDone, describe, is_completed, is_over
from .bulk import BulkCall, end_unreadable


class ActionFollower:
    """Reads the actions of calls: a single one by itself, several from the list of all.

    Args:
        session: Sends the requests.
        what: What is done: `reboot`.
        single: The request that reads one action.
        is_done: Whether the resource of an action shows that what the action does is so.
    """

    def __init__(
        self,
        session: Session,
        what: str,
        single: Callable[[Mapping[str, Any]], Request],
        is_done: IsDone | None = None,
    ) -> None:
        self._is_done = is_done
        self.poll_again_now = False
        self._session = session
        self._what = what
        self._single = single
        self._calls: dict[int, BulkCall] = {}
        self._watch = ActionWatch(session, [], single, is_done)

    async def prepare(self, ids: Sequence[int], deadline: Deadline) -> None:
        """Nothing: an action has an id of its own to be found by."""

    def record_response(self, call: BulkCall, answer: Any) -> None:
        """Record the action, and whether it is over."""
        call.action = answer
        if not is_over(answer):
            call.state, call.waits_for = "running", f"{self._what} is running"
        elif is_completed(answer):
            call.end("completed")
        else:
            error = DOBOTOActionException(describe([answer]), action=answer, actions=[answer])
            call.end("failed", error)

    async def poll(self, calls: Sequence[BulkCall], deadline: Deadline) -> None:
        """Read the actions; one that can't be read ends its own call alone."""
        by_action = {call.action["id"]: call for call in calls}
        if by_action.keys() - self._calls.keys():
            self._calls |= by_action
            self._watch = ActionWatch(self._session, [call.action for call in calls], self._single, self._is_done)
        try:
            await self._watch.poll(deadline)
        except DOBOTOException as failure:
            if is_transient(failure):
                raise
            await self._poll_each(calls, deadline)
        finally:
            self._record(self._watch)
        self.poll_again_now = self._watch.poll_again_now

    def _record(self, watch: ActionWatch) -> None:
        for action in watch.all():
            call = self._calls[action["id"]]
            if call.state == "running":
                self.record_response(call, action)

    async def _poll_each(self, calls: Sequence[BulkCall], deadline: Deadline) -> None:
        watches = [ActionWatch(self._session, [call.action], self._single, self._is_done) for call in calls]
        outcomes = await self._session.io.gather([partial(watch.poll, deadline) for watch in watches])
        end_unreadable(calls, outcomes)
        for watch in watches:
            self._record(watch)


class DeletionFollower:
    """Reads whether Droplets are gone.

    Several are looked for in the whole list, which takes fewer requests than reading each. The list leaves GPU Droplets
    out, and one that became shorter while it was read may have skipped some: a Droplet counts as gone by the list alone
    where that had it before and was read without becoming shorter; any other is read by itself.

    Args:
        session: Sends the requests.
    """

    poll_again_now = False

    def __init__(self, session: Session) -> None:
        self._session = session
        self._listed: set[int] = set()
        self._listing = True

    async def prepare(self, ids: Sequence[int], deadline: Deadline) -> None:
        """See which Droplets the list has, before they are destroyed."""
        if len(ids) > PAGES:
            self._listed = set(ids) & (await self._read_list(deadline))[0]

    def record_response(self, call: BulkCall, answer: Any) -> None:  # noqa: ARG002 - a deletion's answer is empty
        """Record that its destruction was asked for."""
        call.state, call.waits_for = "running", "still there"

    async def poll(self, calls: Sequence[BulkCall], deadline: Deadline) -> None:
        """Read the list, then those that it says nothing certain of."""
        there, certain = await self._read_list(deadline) if len(calls) > 1 else (set[int](), False)
        self._listed |= there
        missing = [call for call in calls if call.id not in there]
        for call in missing:
            if certain and call.id in self._listed:
                call.end("completed")
        unsure = [call for call in missing if not call.is_over]
        end_unreadable(unsure, await self._session.io.gather([partial(self._read, call, deadline) for call in unsure]))

    async def _read_list(self, deadline: Deadline) -> tuple[set[int], bool]:
        """Return the ids of all Droplets listed, and whether none can be missing."""
        if not self._listing:
            return set(), False
        try:
            read = await read_list(self._session, "droplets", "/droplets", {}, deadline)
        except DOBOTOForbiddenException:
            self._listing = False
            return set(), False
        return {droplet["id"] for page in read for droplet in page.items}, not pages.has_shrunk(read)

    async def _read(self, call: BulkCall, deadline: Deadline) -> None:
        try:
            await self._session.call(get(path("/droplets/{id}", id=call.id)), deadline)
        except DOBOTONotFoundException:
            call.end("completed")
