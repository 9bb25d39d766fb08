"""The loop of all waiting: pause, poll, report, until nothing is pending or time is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .._core.deadline import Deadline
from .._core.retry import is_transient
from .._json import items, records
from .._session import Session, log_interruption
from ..errors import DOBOTOException, DOBOTOPollingException
from ..outcomes import attach_state

if TYPE_CHECKING:
    from .._io.protocol import OnEvent
    from ..events import Progress

#: The shortest pause between two rounds, in seconds: a `poll` of 0 is no reason to spin.
SHORTEST = 0.1
#: What is left for the last round when a whole pause no longer fits, in seconds, and as a part of the whole time.
LAST_POLL = 1.0
LAST_PART = 0.25
#: How many resources the note of an interruption names; `call_states` has all of them.
NOTED = 50


class WaitPlan(NamedTuple):
    """How to wait.

    Attributes:
        poll: Seconds between rounds.
        deadline: Bounds the whole call.
        progress: Called with a `Progress` after every poll, or None.
        once: Whether to look once, without a pause, and then give up: a `timeout` of 0.
    """

    poll: float
    deadline: Deadline
    progress: OnEvent | None = None
    once: bool = False


class Watch(Protocol):
    """Something that is waited for: how to look at it, and what is still pending."""

    what: str
    total: int
    #: Whether the last look had more to see than a round may cost, so that the next one is not put off.
    poll_again_now: bool

    @property
    def failures(self) -> int:
        """How many of them have failed, where the others are waited for all the same."""
        ...

    async def poll(self, deadline: Deadline) -> None:
        """One round: one or two requests. Raises what ends the wait."""
        ...

    def pending(self) -> Mapping[Any, str]:
        """Return what is not done yet, by id, with what is missing, in words."""
        ...

    def last_seen(self) -> Any:
        """Return all that is waited for, as last seen."""
        ...


async def wait(session: Session, watch: Watch, plan: WaitPlan, *, at_once: bool = False) -> None:
    """Poll until nothing is pending.

    Args:
        session: Sends the requests.
        watch: What is waited for.
        plan: How to wait.
        at_once: Whether the first poll comes without a pause before it.

    Raises:
        DOBOTOPollingException: The time was over first; it carries what was seen last.
        DOBOTOException: What a look raised and no retry can mend.
    """
    error: DOBOTOException | None = None
    try:
        while watch.pending():
            if not (at_once or plan.once):
                await _pause(session, watch, plan, error)
            at_once = False
            error = await _poll(session, watch, plan)
            await session.emit(_progress(session, watch, plan), plan.progress)
            if plan.once:
                _give_up(session, watch, plan, 0, error)
    except DOBOTOException:
        raise
    except BaseException as interruption:
        # Ctrl-C, a cancelled task, a callback that raised: what is under way must not be lost with it.
        pending = dict(watch.pending())
        attach_state(interruption, pending=pending)
        note = f"{watch.what} was being waited for: {_summary(pending, most=NOTED)}"
        interruption.add_note(f"doboto: {note}")
        log_interruption(note)
        raise


async def _poll(session: Session, watch: Watch, plan: WaitPlan) -> DOBOTOException | None:
    """Poll once; return an error that the next poll may mend, instead of raising it."""
    try:
        await watch.poll(plan.deadline)
    except DOBOTOException as failure:
        if not is_transient(failure):
            raise
        from ..events import PollFailed

        await session.emit(PollFailed(watch.what, failure))
        return failure
    return None


async def _pause(session: Session, watch: Watch, plan: WaitPlan, error: DOBOTOException | None) -> None:
    now = session.io.clock.monotonic()
    left = plan.deadline.remaining(now)
    pause = SHORTEST if watch.poll_again_now else max(plan.poll, SHORTEST)
    if pause >= left:
        pause = left - min(LAST_POLL, plan.deadline.seconds * LAST_PART)
    if pause <= 0:
        _give_up(session, watch, plan, plan.deadline.seconds, error)
    await session.io.sleep(pause)


def _give_up(session: Session, watch: Watch, plan: WaitPlan, seconds: float, error: DOBOTOException | None) -> None:
    """Raise that it took too long, unless nothing is pending."""
    if not watch.pending():
        return
    elapsed = plan.deadline.elapsed(session.io.clock.monotonic())
    failed = f"; {watch.failures} failed" if watch.failures else ""
    reason = "" if error is None else f"; the last poll failed: {error}"
    message = f"{watch.what} took longer than {seconds:g} s; {_summary(watch.pending())}{failed}{reason}"
    seen = watch.last_seen()
    raise DOBOTOPollingException(message, seen, error, ids=_ids(seen), elapsed=elapsed)


def _progress(session: Session, watch: Watch, plan: WaitPlan) -> Progress:
    from ..events import Progress  # most programs wait for nothing

    pending = watch.pending()
    elapsed = plan.deadline.elapsed(session.io.clock.monotonic())
    done = watch.total - len(pending) - watch.failures
    return Progress(watch.what, done, watch.total, elapsed, dict(pending), watch.failures)


def _summary(pending: Mapping[Any, str], most: int = 5) -> str:
    parts = [f"{id}: {state}" for id, state in list(pending.items())[:most]]
    more = len(pending) - most
    return f"{len(pending)} pending ({'; '.join(parts)}{f'; and {more} more' if more > 0 else ''})"


def _ids(seen: Any) -> list[Any]:
    """Return the ids of what was seen, one resource or several."""
    resources = items(seen) or [seen]
    return [resource["id"] for resource in records(list(resources)) if resource.get("id") is not None]
