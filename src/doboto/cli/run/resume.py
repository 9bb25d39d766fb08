"""What a command reports when Ctrl-C or its timeout ends it: what goes on, and how to wait for it again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...errors import DOBOTOPollingException
from ...outcomes import CallState, call_states
from ..errors import TIMEOUT, Failure, GoingOn, SeveralFailed, described, interrupted_by
from ..output.progress import Reporter
from ..schema.catalog import Operation
from ..settings import STATE, Settings
from .outcomes import HELD, NAMED, UNANSWERED, BulkItem, details, items_of, sentence, verb_of

#: Gives the command that goes on waiting: for all that was asked for, or for what has these ids.
Again = Callable[[Sequence[Any] | None], str | None]


@contextmanager
def resumable(reporter: Reporter, again: Again) -> Generator[None, None, None]:
    """Whatever ends the wait inside of it says how to go on.

    Raises:
        Failure: It was interrupted, or took too long; with the command that goes on, if there is one.
    """
    try:
        yield
    except KeyboardInterrupt as interruption:
        reporter.stop()
        raise _interrupted(reporter, again, interruption) from interruption
    except DOBOTOPollingException as failure:
        known = described(failure, TIMEOUT)
        raise _going_on(str(known.pop("message")), TIMEOUT.code, known, again(None)) from failure
    except SeveralFailed as failure:
        command = again(failure.begun) if failure.begun else None
        raise _going_on(str(failure), failure.code, failure.details, command) from failure


def _interrupted(reporter: Reporter, again: Again, interruption: BaseException) -> Failure:
    states = call_states(interruption)
    outcomes = {id: one for state in states for id, one in state.outcomes.items()}
    items: Sequence[BulkItem] = items_of(outcomes, reporter.named) if outcomes else reporter.items
    code = interrupted_by(interruption).code
    if items:
        begun = [item.id for item in items if item.may_run]
        return _going_on(
            f"interrupted: {verb_of(reporter.what)} {sentence(items)}",
            code,
            details(items),
            again(begun) if begun else None,
        )
    prose, known = _interrupted_call(reporter, states)
    if reporter.created:
        known["created"] = [{"id": id, "name": reporter.names.get(id)} for id in reporter.created]
    goes_on = bool(prose or reporter.created)  # else nothing goes on, as far as is known: a read was interrupted
    return _going_on(f"interrupted{prose and f': {prose}'}", code, known, again(None) if goes_on else None)


def _interrupted_call(reporter: Reporter, states: Sequence[CallState]) -> tuple[str, dict[str, Any]]:
    """What a single call knows, in a sentence and for programs."""
    unresolved = [name for state in states for name in state.unresolved]
    not_begun = [str(name) for state in states for name in state.not_begun]
    pending = {id: text for state in states for id, text in state.pending.items()}
    if pending and not not_begun:
        pending = reporter.pending or pending
        more = f" and {len(pending) - NAMED} more" if len(pending) > NAMED else ""
        said = "; ".join(f"{reporter.named(id)}: {text}" for id, text in list(pending.items())[:NAMED])
        return f"{said}{more} goes on at DigitalOcean", {"pending": {str(id): text for id, text in pending.items()}}
    if pending:
        targets = [reporter.named(id) for id in reporter.pending] or not_begun
        return HELD.format(_some(targets)), {"not_begun": targets}
    if unresolved and reporter.pending:
        unknown = [*reporter.pending]
        return UNANSWERED.format(_some([reporter.named(id) for id in unknown])), {"unknown": unknown}
    if unresolved or not_begun:
        parts = [f"requested, and possibly created: {_some(unresolved)}"] if unresolved else []
        parts += [f"not requested: {_some(not_begun)}"] if not_begun else []
        return "; ".join(parts), _without_empty({"unknown": unresolved, "not_begun": not_begun})
    if reporter.pending:
        return UNANSWERED.format(_some([reporter.named(id) for id in reporter.pending])), {
            "unknown": [*reporter.pending]
        }
    return "", {}


def _some(names: Sequence[str]) -> str:
    """Names, as many as a sentence has room for."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def _without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _going_on(prose: str, code: int, details: Mapping[str, object], again: str | None) -> Failure:
    return Failure(prose, code, **details) if again is None else GoingOn(prose, code, again, **details)


def resume(
    operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter, settings: Settings
) -> str | None:
    """The command that waits for what an operation has begun, where there is one."""
    if operation.resource != "droplet":
        return waiting(settings, reporter.actions, kind="action") if reporter.actions else None
    if operation.info.effect == "destroy":
        return None
    ids = list(reporter.created) or [call["id"] for call in calls if call.get("id")]
    tag = next((call["tag_name"] for call in calls if call.get("tag_name")), None)
    port = next((call["ready_port"] for call in calls if call.get("ready_port")), None)
    return waiting(settings, ids, tag, port) if ids or tag else None


def waiting(
    settings: Settings, ids: Sequence[Any], tag: str | None = None, port: int | None = None, kind: str = "droplet"
) -> str:
    """The command that waits for Droplets, on the same account; a token is never part of it."""
    words = ["doboto", kind, "wait", *([] if ids or tag is None else ["--tag", tag]), *map(str, ids)]
    line = shlex.join([*words, *([] if port is None else ["--ready-port", str(port)]), *_account(settings)])
    return f"{_state(settings)}{line}"


def _state(settings: Settings) -> str:
    """What has a shell find the simulated account where it is kept in a file of its own, from any folder."""
    file = os.environ.get(STATE) if settings.sim else None
    return f"{STATE}={shlex.quote(str(Path(file).absolute()))} " if file else ""


def _account(settings: Settings) -> list[str]:
    """The options that choose the account; the simulated one has neither context nor URL."""
    if settings.sim:
        return ["--sim"]
    context = ["--context", settings.context] if settings.context else []
    return [*context, *(["--url", settings.url] if settings.url else [])]
