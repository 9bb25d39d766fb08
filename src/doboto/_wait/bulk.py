"""One call for several Droplets: sent side by side, waited for together, with what became of each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias

from .._core.deadline import Deadline
from .._core.request import path
from .._core.retry import is_transient
from .._session import Session, log_interruption
from ..errors import (
    DOBOTOBulkException,
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOForbiddenException,
    DOBOTOPendingEventException,
    DOBOTOPollingException,
    DOBOTORateLimitException,
)
from ..outcomes import Outcome, OutcomeState, attach_state
from .actions import PAGES
from .lookup import Finder
from .pending_event import PendingEventWatch
from .polling import WaitPlan, wait

#: Sends one call; gives its action, or None where there is none.
Start: TypeAlias = Callable[[int], Coroutine[Any, Any, Any]]
#: How many ids a sentence names; `outcomes` has all.
NAMED = 5


@dataclass(slots=True, eq=False)
class BulkCall:
    """One of several calls.

    Attributes:
        id: The Droplet.
        state: How far it is.
        waits_for: What it waits for, in words.
        action: Its action as last seen.
        error: Why it failed, or why its outcome is unknown.
        held: Whether it was refused because another action is running there, and is to be sent again.
    """

    id: int
    state: OutcomeState = "not_begun"
    waits_for: str = "not sent yet"
    action: Any = None
    error: Exception | None = None
    held: bool = False

    @property
    def is_over(self) -> bool:
        """Return whether nothing more is to come."""
        return self.state in {"completed", "failed"} or (self.state == "unknown" and self.error is not None)

    def end(self, state: OutcomeState, error: Exception | None = None) -> None:
        """Record how it ended."""
        self.state, self.error, self.waits_for, self.held = state, error, "", False

    def outcome(self) -> Outcome:
        """Return what became of it."""
        return Outcome(self.id, self.state, self.action, self.error, self.waits_for)


class Follower(Protocol):
    """Reads how far the calls are that were accepted."""

    #: Whether the last poll had more to read than a poll may cost.
    poll_again_now: bool

    async def prepare(self, ids: Sequence[int], deadline: Deadline) -> None:
        """Read what must be known before anything is sent."""
        ...

    def record_response(self, call: BulkCall, answer: Any) -> None:
        """Record the API's answer to a call."""
        ...

    async def poll(self, calls: Sequence[BulkCall], deadline: Deadline) -> None:
        """Poll those that are running. Raises what the next poll may mend."""
        ...


class BulkWatch:
    """Several calls of one operation.

    Args:
        session: Sends the requests.
        what: What is done: `reboot`.
        ids: To which Droplets.
        start: Sends one call.
        follower: Reads how far those are that were accepted.
        plan: How to wait, and until when.
    """

    def __init__(
        self, session: Session, what: str, ids: Sequence[int], start: Start, follower: Follower, plan: WaitPlan
    ) -> None:
        self.what = what
        self.total = len(ids)
        self.poll_again_now = False
        self._session = session
        self._calls = [BulkCall(id) for id in ids]
        self._start = start
        self._follower = follower
        self._plan = plan
        self._finder = Finder(session, "droplets", "/droplets", {}, thorough=True)

    @property
    def failures(self) -> int:
        """How many ended without completing."""
        return sum(call.is_over and call.state != "completed" for call in self._calls)

    def pending(self) -> Mapping[Any, str]:
        """Return those that are not over."""
        return {call.id: call.waits_for for call in self._calls if not call.is_over}

    def last_seen(self) -> Any:
        """Return the actions that were begun, as last seen."""
        return [call.action for call in self._calls if call.action is not None]

    async def run(self, *, patient: bool) -> list[Any]:
        """Send all; with `patient`, wait until each is over. Returns their actions in the order given.

        Raises:
            DOBOTOBulkException: Not all completed, or, without `patient`, were accepted.
        """
        try:
            timed_out = await self._send_and_wait(patient=patient)
        except DOBOTOException:
            raise
        except BaseException as interruption:
            self._report(interruption)
            raise
        expected = {"completed"} if patient else {"completed", "running"}
        if any(call.state not in expected for call in self._calls):
            raise self._failure(timed_out=timed_out)
        return [call.action for call in self._calls]

    async def _send_and_wait(self, *, patient: bool) -> bool:
        """Send all, and wait for them; returns whether time was over first."""
        if patient:
            await self._follower.prepare([call.id for call in self._calls], self._plan.deadline)
        await self._session.io.gather([partial(self._send, call) for call in self._calls])
        try:
            if patient:
                await wait(self._session, self, self._plan)
        except DOBOTOPollingException:
            return True
        return False

    async def poll(self, deadline: Deadline) -> None:
        """Poll: read those that are running, and send those again that were held up and no longer are."""
        running = [call for call in self._calls if call.state == "running"]
        if running:
            await self._follower.poll(running, deadline)
        self.poll_again_now = self._follower.poll_again_now
        held = [call for call in self._calls if call.held]
        free = await self._free(held, deadline) if held else []
        unsent = [call for call in self._calls if call.state == "not_begun" and not call.held and not call.is_over]
        await self._session.io.gather([partial(self._send, call) for call in [*free, *unsent]])

    async def _send(self, call: BulkCall) -> None:
        """Send one; nothing once the deadline is over."""
        deadline = self._plan.deadline
        if not deadline.remaining(self._session.io.clock.monotonic()):
            return
        call.state, call.waits_for, call.held = "unknown", "being sent", False
        try:
            answer = await self._start(call.id)
        except DOBOTOException as failure:
            self._record_refusal(call, failure)
        else:
            self._follower.record_response(call, answer)

    def _record_refusal(self, call: BulkCall, failure: DOBOTOException) -> None:
        if isinstance(failure, DOBOTOPendingEventException):
            call.state, call.waits_for, call.held = "not_begun", "another action is running", True
            call.error = failure
        elif failure.outcome_open:
            call.end("unknown", failure)
        elif _is_unsent(failure):
            call.state, call.waits_for, call.error = "not_begun", "not sent yet", failure
        else:
            call.end("failed", failure)

    async def _free(self, held: Sequence[BulkCall], deadline: Deadline) -> list[BulkCall]:
        """Return those on which nothing is running any more: a list of Droplets says whether they are locked."""
        found = await self._list_droplets(held, deadline) if len(held) > 1 else {}
        if found is None:
            self.poll_again_now = True
            return []
        free = [call for call in held if call.id in found and not found[call.id].get("locked")]
        others = [call for call in held if call.id not in found]
        watches = [self._pending_event(call) for call in others]
        outcomes = await self._session.io.gather([partial(watch.poll, deadline) for watch in watches])
        end_unreadable(others, outcomes)
        done = zip(others, watches, strict=True)
        return [*free, *(call for call, watch in done if call.held and not watch.pending())]

    async def _list_droplets(self, held: Sequence[BulkCall], deadline: Deadline) -> dict[int, Any] | None:
        """Return those of them that the list has; None where one poll was not enough to find out."""
        try:
            found = await self._finder.find([call.id for call in held], deadline, PAGES)
        except DOBOTOForbiddenException:
            return {}
        return found if self._finder.is_finished else None

    def _pending_event(self, call: BulkCall) -> PendingEventWatch:
        return PendingEventWatch(self._session, path("/droplets/{id}/actions", id=call.id), f"Droplet {call.id}")

    def outcomes(self) -> dict[int, Outcome]:
        """Return what became of each, as far as it is known now."""
        return {call.id: copy(call).outcome() for call in self._calls}

    def _report(self, interruption: BaseException) -> None:
        """Put what became of each into an interruption."""
        outcomes = self.outcomes()
        unsent = [one.id for one in outcomes.values() if one.state == "not_begun"]
        attach_state(interruption, outcomes=outcomes, not_begun=unsent, pending=dict(self.pending()))
        note = f"{self.what} of {self.total} Droplets: {summarize(outcomes)}"
        interruption.add_note(f"doboto: {note}")
        log_interruption(note)

    def _failure(self, *, timed_out: bool) -> DOBOTOBulkException:
        outcomes = self.outcomes()
        first = next((one.error for one in outcomes.values() if one.state == "failed" and one.error), None)
        first = first or next((one.error for one in outcomes.values() if one.error is not None), None)
        why = f" within {self._plan.deadline.seconds:g} s" if timed_out else ""
        message = f"{self.what} did not complete for all of {self.total} Droplets{why}: {summarize(outcomes)}"
        failure = DOBOTOBulkException(message, outcomes=outcomes, timed_out=timed_out)
        failure.__cause__ = first
        return failure


def summarize(outcomes: Mapping[int, Outcome]) -> str:
    """Return how many ended how, and the first of those that did not complete."""
    by_state: dict[OutcomeState, list[Outcome]] = {}
    for outcome in outcomes.values():
        by_state.setdefault(outcome.state, []).append(outcome)
    parts = [f"{len(some)} {state.replace('_', ' ')}{_name_outcomes(state, some)}" for state, some in by_state.items()]
    return "; ".join(parts)


def _name_outcomes(state: OutcomeState, outcomes: Sequence[Outcome]) -> str:
    if state == "completed":
        return ""
    more = f", and {len(outcomes) - NAMED} more" if len(outcomes) > NAMED else ""
    first = outcomes[0].error
    why = f": {first}" if first is not None else ""
    return f" ({', '.join(str(outcome.id) for outcome in outcomes[:NAMED])}{more}{why})"


def end_unreadable(calls: Sequence[BulkCall], outcomes: Sequence[object]) -> None:
    """End the calls whose Droplets can't be read.

    Raises:
        DOBOTOException: Reading one failed in a way that the next poll may mend.
    """
    later: DOBOTOException | None = None
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, DOBOTOException) and is_transient(outcome):
            later = outcome
        elif isinstance(outcome, Exception):
            call.end("failed", outcome)
    if later is not None:
        raise later


def _is_unsent(failure: DOBOTOException) -> bool:
    """Return whether time was over, or the rate limit left no room, before anything was sent."""
    if isinstance(failure, DOBOTORateLimitException):
        return failure.status is None
    return isinstance(failure, DOBOTOConnectionException) and not failure.sent
