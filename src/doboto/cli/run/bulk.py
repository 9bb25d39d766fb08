"""Does an operation to several things, or to one Droplet: all are sent, then waited for together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..._core.deadline import Deadline, duration
from ..._operation import run
from ..._wait.polling import WaitPlan, wait
from ...errors import DOBOTOException, DOBOTOPollingException
from ...types import Action
from ..errors import FAILED, PARTLY, TIMEOUT, UNKNOWN, Failure, SeveralFailed, as_usage, exit_of
from ..schema.catalog import Operation
from .bulk_send import Sender
from .calls import Call, Calls, Stage, spoken
from .resume import details, failures, flat, sentence

if TYPE_CHECKING:
    from ..._session import Session
    from ...client import DO
    from ..output.progress import Reporter
    from .bulk_wait import Sight

#: Seconds between two looks, as the operations have it.
POLL = 5.0
#: Where calls that ended differently have several codes, the first of these that is among them counts.
WEIGHTIEST = (PARTLY.code, UNKNOWN.code, TIMEOUT.code)


def takes(operation: Operation, todo: Sequence[Mapping[str, Any]]) -> bool:
    """Whether calls are to be made here: several, or one whose waiting is told by its Droplet's name."""
    return len(todo) > 1 or (bool(todo[0].get("id")) and bool(todo[0].get("wait")) and _together(operation))


def _together(operation: Operation) -> bool:
    """Whether there is a way to wait for several of them together; elsewhere each waits by itself."""
    return operation.resource == "droplet" and (operation.result is Action or operation.name == "destroy")


def several(do: DO, operation: Operation, todo: Sequence[Mapping[str, Any]], reporter: Reporter) -> Any:
    """Do it.

    Returns:
        The result of the one call, or a list of all; None where they have none.

    Raises:
        SeveralFailed: Some failed, or took too long; it tells which, and what became of the others.
        DOBOTOException: The one call failed, or all did, for the same reason: the first one's.
    """
    session = do._session  # noqa: SLF001 - waiting beyond what an operation waits for
    deadline = _deadline(session, operation, todo[0])
    calls = _begun(session, operation, todo, reporter)
    sight = _sight(session, operation) if todo[0].get("wait") and _together(operation) else None
    method: Callable[..., Any] = getattr(getattr(do, operation.resource), operation.name)
    sender = Sender(
        method, calls, deadline, session.io.clock.monotonic, reporter, None if sight is None else sight.answered,
        progresses=any(one.name == "progress" for one in operation.parameters),
    )  # fmt: skip
    try:
        sender.send_all()
        if sight is not None and deadline is not None:
            told = reporter.progress()
            plan = WaitPlan(todo[0].get("poll", POLL), deadline, lambda _: told(calls.progress()))
            _wait(session, calls, sender, sight, plan)
    finally:
        sender.stop()
    return _result(calls, deadline)


def _deadline(session: Session, operation: Operation, values: Mapping[str, Any]) -> Deadline | None:
    """One for all calls, where the operation takes a time-out."""
    default = next((one.default for one in operation.parameters if one.name == "timeout"), None)
    if default is None:
        return None
    with as_usage():
        duration("poll", values.get("poll", POLL))
        return session.deadline(duration("timeout", values.get("timeout", default), positive=True))


def _begun(session: Session, operation: Operation, todo: Sequence[Mapping[str, Any]], reporter: Reporter) -> Calls:
    clock = session.io.clock
    began = clock.monotonic()
    made = [Call(values, reporter.named(values["id"])) for values in todo]
    calls = reporter.calls = Calls(operation.name, made, lambda: clock.monotonic() - began)
    if todo[0].get("wait"):
        reporter.begin(calls.progress(), clock)
    return calls


def _sight(session: Session, operation: Operation) -> Sight:
    from .bulk_wait import Actions, Gone

    return Actions(session, spoken(operation.name)) if operation.result is Action else Gone(session)


def _wait(session: Session, calls: Calls, sender: Sender, sight: Sight, plan: WaitPlan) -> None:
    from .bulk_wait import Together

    try:
        run(wait(session, Together(session, calls, sender.send, sight), plan))
    except DOBOTOPollingException:
        return  # each call knows how far it has come


def _result(calls: Calls, deadline: Deadline | None) -> Any:
    unfinished = calls.at(Stage.WAITING, Stage.HELD, Stage.SENT, Stage.BEGUN)
    if calls.failed or unfinished:
        raise _failure(calls, unfinished, deadline)
    outcomes = [call.outcome for call in calls]
    if len(outcomes) == 1:
        return outcomes[0]
    return None if all(one is None for one in outcomes) else flat(outcomes)


def _failure(calls: Calls, unfinished: Sequence[Call], deadline: Deadline | None) -> Exception:
    """The one failure there is, or one that tells of all."""
    first: Exception | None = calls.failed[0].outcome if calls.failed else None
    code = _code(calls, unfinished)
    known = code == PARTLY.code or isinstance(first, DOBOTOException | Failure)
    if first is not None and (len(calls) == 1 or not (known or unfinished)):
        return first
    failure = SeveralFailed(
        _told(calls, unfinished, deadline), code, [call.id for call in calls.maybe_begun], **details(calls)
    )
    failure.__cause__ = first
    return failure


def _code(calls: Calls, unfinished: Sequence[Call]) -> int:
    """That a part was done, if one was; else that of all failures if they are alike, or the one that weighs most."""
    kinds = {exit_of(call.outcome).code for call in calls.failed} | ({TIMEOUT.code} if unfinished else set[int]())
    if calls.done:
        return PARTLY.code
    if len(kinds) == 1:
        return kinds.pop()
    return next((code for code in WEIGHTIEST if code in kinds), FAILED.code)


def _told(calls: Calls, unfinished: Sequence[Call], deadline: Deadline | None) -> str:
    if not unfinished:
        return "; ".join(failures(calls))
    seconds = "" if deadline is None else f" {deadline.seconds:g} s"
    return f"{spoken(calls.what)} took longer than{seconds}: {sentence(calls)}"
