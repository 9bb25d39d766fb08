"""Waiting for actions to complete."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .._core.deadline import Deadline
from .._core.recovery import SKEW, parse_time
from .._core.request import Request
from .._core.response import read_action
from .._session import Session
from ..errors import DOBOTOException, DOBOTOForbiddenException, DOBOTONotFoundException
from .lookup import Finder, raise_failures, read_newest

#: How many requests a round may cost.
PAGES = 2
RUNNING = "in-progress"
COMPLETED = "completed"
#: What an action that goes on may call itself. Only the first is documented.
GOING_ON = frozenset({RUNNING, "new", "pending", "queued"})


def is_over(action: Mapping[str, Any]) -> bool:
    """Return whether an action has ended: it says when, or its status is none that means that it goes on.

    Not all final statuses are documented (terraform-provider-digitalocean#711). No status at all says nothing.
    """
    status = action.get("status")
    return bool(action.get("completed_at")) or (isinstance(status, str) and status not in GOING_ON)


def is_completed(action: Mapping[str, Any]) -> bool:
    """Return whether an action has ended, and well."""
    return is_over(action) and action.get("status") == COMPLETED


async def read_running(session: Session, listing: str, deadline: Deadline) -> list[Mapping[str, Any]]:
    """Return those of the newest actions of a list that are running.

    Args:
        session: Sends the requests.
        listing: The path of the list.
        deadline: Bounds the requests.
    """
    newest = await read_newest(session, "actions", listing, deadline, is_over)
    return [action for action in newest if action.get("status") == RUNNING]


async def read_started_since(
    session: Session, listing: str, deadline: Deadline, sent_at: float | None
) -> list[Mapping[str, Any]]:
    """Return those actions of a list that a request may have started.

    Args:
        session: Sends the requests.
        listing: The path of the list.
        deadline: Bounds the requests.
        sent_at: When the request was sent, by the client's clock; None for now.
    """

    def is_old(action: Mapping[str, Any]) -> bool:  # the API's time is known once a response has come
        started = parse_time(action.get("started_at"))
        return started is not None and started < session.api_time(sent_at) - SKEW

    newest = await read_newest(session, "actions", listing, deadline, is_old)
    return [action for action in newest if parse_time(action.get("started_at")) is not None and not is_old(action)]


#: Whether the resource of an action shows that what the action does is so.
IsDone = Callable[[Mapping[str, Any]], Awaitable[bool]]


class ActionWatch:
    """Actions and what was last seen of them.

    An action that can't be read, although it was accepted half a minute ago, is judged by its resource: there are some
    that answer 404 for good (terraform-provider-digitalocean#1557).

    Args:
        session: Sends the requests.
        actions: The actions as last seen; at least their ids.
        single: The request that reads one of them.
        is_done: Whether the resource itself shows that what an action does is so, or None where it shows nothing.
    """

    def __init__(
        self,
        session: Session,
        actions: Sequence[Mapping[str, Any]],
        single: Callable[[Mapping[str, Any]], Request],
        is_done: IsDone | None = None,
    ) -> None:
        self._is_done = is_done
        self.what = str(actions[0].get("type", "action")) if actions else "action"
        self.total = len(actions)
        self._session = session
        self._seen: dict[int, Mapping[str, Any]] = {action["id"]: action for action in actions}
        self._single = single
        self._finder = Finder(session, "actions", "/actions", {})
        self._listing = True
        self._not_found: set[int] = set()
        self._newest: Sequence[Mapping[str, Any]] | None = None
        self.poll_again_now = False
        self._begun = session.io.clock.monotonic()

    @property
    def failures(self) -> int:
        """How many have failed."""
        return len(self.find_failed())

    def pending(self) -> dict[int, str]:
        """Return the actions that are still running."""
        running = {id: action for id, action in self._seen.items() if not is_over(action)}
        return {id: LAGGING if id in self._not_found else _state(action) for id, action in running.items()}

    def last_seen(self) -> Any:
        """Return the action as last seen, or a list of them."""
        actions = self.all()
        return actions[0] if len(actions) == 1 else actions

    def all(self) -> list[Any]:
        """Return all actions as last seen, in the order given."""
        return list(self._seen.values())

    def find_failed(self) -> list[Any]:
        """Return those that ended in another way than completed."""
        return [action for action in self._seen.values() if is_over(action) and not is_completed(action)]

    async def poll(self, deadline: Deadline) -> None:
        """Read the running ones: a single one by itself, several from the list of all actions."""
        self.poll_again_now = False
        ids = list(self.pending())
        missing = ids if len(ids) == 1 else await self._poll_list(ids, deadline)
        await self._poll_each(missing, deadline)

    async def _poll_list(self, ids: list[int], deadline: Deadline) -> list[int]:
        """Read what the list has; returns what is missing there."""
        if not self._listing:
            return ids
        try:
            found = await self._finder.find(ids, deadline, PAGES)
        except DOBOTOForbiddenException:
            self._listing = False  # the token may read a Droplet's actions and not the list of all
            return ids
        self._seen.update(found)
        self.poll_again_now = not self._finder.is_finished
        return [] if self.poll_again_now else [id for id in ids if id not in found]

    async def _poll_each(self, ids: list[int], deadline: Deadline) -> None:
        jobs = [partial(self._read, id, deadline) for id in ids]
        raise_failures("actions", ids, await self._session.io.gather(jobs))

    async def _read(self, id: int, deadline: Deadline) -> None:
        request = self._single(self._seen[id])
        try:
            found = await self._session.call(request, deadline, read_action)
        except DOBOTONotFoundException:
            if self.may_lag() and not await self._is_known_absent(id, deadline):
                return
            if self._is_done is None:
                raise
            if await self._is_done(self._seen[id]):
                self._seen[id] = {**self._seen[id], "status": COMPLETED}
            return
        self._not_found.discard(id)
        self._seen[id] = {**found, "id": id}

    async def _is_known_absent(self, id: int, deadline: Deadline) -> bool:
        """Return whether an action that was never seen is too old to lag: a newer one began before that.

        Ids of actions grow with time (unverified: the reference says only that they are unique). The newest actions are
        read once, back to one that is old; where they show nothing, have the action itself, or do not grow, a 404 is
        taken for lag.
        """
        if "status" in self._seen[id] or id in self._not_found:
            return False
        self._not_found.add(id)
        if self._newest is None:
            self._newest = await self._read_newest(deadline)
        if id in [action["id"] for action in self._newest] or not _grow(self._newest):
            return False
        return any(self._is_old(action) for action in self._newest if action["id"] > id)

    async def _read_newest(self, deadline: Deadline) -> Sequence[Mapping[str, Any]]:
        try:
            return await read_newest(self._session, "actions", "/actions", deadline, self._is_old)
        except DOBOTOException:  # for one, the token may read an action and not list them; the wait goes on
            return ()

    def _is_old(self, action: Mapping[str, Any]) -> bool:
        """Return whether an action began so long ago that it does not lag any more."""
        started = parse_time(action.get("started_at"))
        return started is not None and started < self._session.api_time(None) - OLD

    def may_lag(self) -> bool:
        """Return whether a 404 may still be the lag between an action and its reading (pydo#468)."""
        return self._session.io.clock.monotonic() - self._begun < GRACE


def _grow(actions: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether of two actions the one with the higher id began no earlier; their order in the list is any."""
    started = [parse_time(action.get("started_at")) for action in sorted(actions, key=lambda one: int(one["id"]))]
    return None not in started and started == sorted(started, key=lambda one: one or 0.0)


def _state(action: Mapping[str, Any]) -> str:
    """Return how far an action is, in words; of one that was not read yet only the id is known."""
    if "status" not in action:
        return "not read yet"
    return f"{action.get('type', 'action')}{_of_resource(action)} is {action['status']}"


def _of_resource(action: Mapping[str, Any]) -> str:
    """Return which resource an action is of; the API names none whose id is a UUID, such as a volume."""
    id = action.get("resource_id")
    return "" if id is None else f" of {id}"


def _of_kind(action: Mapping[str, Any]) -> str:
    kind, id = action.get("resource_type", "resource"), action.get("resource_id")
    return f" of {kind}" if id is None else f" of {kind} {id}"


#: How long after waiting began a 404 is taken for lag, in seconds. Terraform's provider repeats such reads for
#: minutes (PR#1493); lists were seen to lag "a couple of seconds" (pydo#468).
GRACE = 30.0
#: How old an action is that does not lag any more, in seconds, where that is known without waiting for it.
OLD = 300.0
#: The state of an action that was not read so far.
LAGGING = f"not found so far; a new action can be unreadable for {GRACE:g} s"


def describe(actions: Sequence[Mapping[str, Any]]) -> str:
    """Failed actions in words."""
    parts = [
        f"action {action.get('id')}: {action.get('type')}{_of_kind(action)} {action.get('status')}"
        for action in actions[:5]
    ]
    more = len(actions) - len(parts)
    return "; ".join(parts) + (f"; and {more} more" if more else "")
