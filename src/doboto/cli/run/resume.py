"""What a command says when Ctrl-C or its timeout ends it: what goes on, and how to wait for it again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..._json import is_array
from ..._wait.pending_event import PendingEventWatch
from ...errors import DOBOTOPollingException
from ...outcomes import call_states
from ..errors import TIMEOUT, Failure, GoingOn, SeveralFailed, described, exit_of, interrupted_by, line_of
from ..output.progress import Reporter
from ..schema.catalog import Operation
from ..settings import STATE, Settings
from .calls import TOLD, Call, Calls, Stage, listed, spoken

#: Gives the command that goes on waiting: for all that was asked for, or for what has these ids.
Again = Callable[[Sequence[Any] | None], str | None]


@contextmanager
def resumable(reporter: Reporter, again: Again) -> Generator[None, None, None]:
    """Whatever ends the wait inside of it says how to go on."""
    try:
        yield
    except KeyboardInterrupt as interruption:
        reporter.stop()
        raise _interrupted(reporter, again, interruption) from interruption
    except DOBOTOPollingException as failure:
        told = described(failure, TIMEOUT)
        raise _going_on(str(told.pop("message")), TIMEOUT.code, told, again(None)) from failure
    except SeveralFailed as failure:
        command = again(failure.begun) if failure.begun else None
        raise _going_on(str(failure), failure.code, failure.details, command) from failure


def _interrupted(reporter: Reporter, again: Again, interruption: BaseException) -> Failure:
    """Ctrl-C or a signal: how each call stands."""
    if reporter.calls is None:
        return _interrupted_wait(reporter, again(None), interruption)
    calls = reporter.calls.copied()
    begun = [call.id for call in calls.maybe_begun]
    told = sentence(calls)
    prose = f"interrupted: {spoken(calls.what)} {told}" if told else "interrupted"
    code = interrupted_by(interruption).code
    return _going_on(prose, code, details(calls), again(begun) if begun else None)


def _interrupted_wait(reporter: Reporter, again: str | None, interruption: BaseException) -> Failure:
    """Ctrl-C in a single call: what was under way when it came, or may be."""
    notes = [note.removeprefix("doboto: ") for note in getattr(interruption, "__notes__", [])]
    told, more = _under_way(reporter, notes)
    told = told or "; ".join(notes)
    more = {**{name: names for name, names in _asked_for(interruption).items() if names}, **more}
    if reporter.created:
        more["created"] = [{"id": id, "name": reporter.names.get(id)} for id in reporter.created]
    code = interrupted_by(interruption).code
    known = bool(told or reporter.created)  # else nothing goes on, as far as is known: a look was interrupted
    return _going_on(f"interrupted{f': {told}' if told else ''}", code, more, again if known else None)


def _asked_for(interruption: BaseException) -> dict[str, list[str]]:
    """What was asked for and may be there or not, and what was not asked for."""
    states = call_states(interruption)
    return {
        "unknown": [name for state in states for name in state.unresolved],
        "not_begun": [str(name) for state in states for name in state.not_begun],
    }


def _under_way(reporter: Reporter, notes: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """What is under way. A wait notes that it was interrupted: without a note, what was sent is not answered yet."""
    pending = reporter.pending
    if not pending:
        return "", {}
    more = f" and {len(pending) - TOLD} more" if len(pending) > TOLD else ""
    told = list(pending.items())[:TOLD]
    names = f"{', '.join(reporter.named(id) for id, _ in told)}{more}"
    if not notes:
        return SAID[Stage.SENT].format(names), {"unknown": list(pending)}
    if notes[0].startswith(PendingEventWatch.what):
        return SAID[Stage.HELD].format(names), {"not_begun": [reporter.named(id) for id in pending]}
    states = "; ".join(f"{reporter.named(id)}: {state}" for id, state in told)
    return f"{states}{more} goes on at DigitalOcean", {"pending": {str(id): state for id, state in pending.items()}}


def _going_on(prose: str, code: int, details: Mapping[str, object], again: str | None) -> Failure:
    return Failure(prose, code, **details) if again is None else GoingOn(prose, code, again, **details)


def resume(
    operation: Operation, calls: Sequence[Mapping[str, Any]], created: Sequence[Any], settings: Settings
) -> str | None:
    """The command that waits for what an operation has begun, where there is one."""
    if operation.resource != "droplet" or operation.name.startswith("destroy"):
        return None
    ids = list(created) or [call["id"] for call in calls if call.get("id")]
    tag = next((call["tag_name"] for call in calls if call.get("tag_name")), None)
    port = next((call["ready_port"] for call in calls if call.get("ready_port")), None)
    return waiting(settings, ids, tag, port) if ids or tag else None


def waiting(settings: Settings, ids: Sequence[Any], tag: str | None = None, port: int | None = None) -> str:
    """The command that waits for Droplets, on the same account; a token is never part of it."""
    words = ["doboto", "droplet", "wait", *([] if ids or tag is None else ["--tag", tag]), *map(str, ids)]
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


#: What is said of the calls at a stage. What was sent and not answered may have begun; it is never told as begun.
SAID = {
    Stage.BEGUN: "goes on for {}",
    Stage.SENT: "sent and not answered, so that it may have begun, for {}",
    Stage.HELD: "not begun for {}, where another action is running",
    Stage.WAITING: "not begun for {}",
}


def sentence(calls: Calls) -> str:
    """What is done, what goes on, what may, what was not begun, and what failed and why."""
    done = [f"done for {len(calls.done)} of {len(calls)}"] if calls.done else []
    said = [text.format(listed(found)) for stage, text in SAID.items() if (found := calls.at(stage))]
    return "; ".join([*done, *said, *failures(calls)])


def failures(calls: Calls) -> list[str]:
    """What failed, each with its reason, as a part of a sentence; none where nothing did."""
    reasons = "; ".join(f"{call.label}: {line_of(call.outcome)}" for call in calls.failed)
    return [f"{len(calls.failed)} of {len(calls)} failed: {reasons}"] if reasons else []


def details(calls: Calls) -> dict[str, Any]:
    """The same for programs; of a single call, members that have nothing to say are left out."""
    begun = calls.at(Stage.BEGUN)
    told: dict[str, Any] = {
        "ids": [call.id for call in begun],
        "pending": {str(call.id): call.state for call in begun},
        "unknown": [call.id for call in calls.at(Stage.SENT)],
        "not_begun": _labels(calls.at(Stage.WAITING, Stage.HELD)),
    }
    told = {name: value for name, value in told.items() if value}
    ended: dict[str, Any] = {
        "done": _labels(calls.done),
        "failed": [{"target": call.label, **described(call.outcome, exit_of(call.outcome))} for call in calls.failed],
        "results": flat(call.outcome for call in calls.done),
    }
    return {**told, **(ended if len(calls) > 1 else {name: value for name, value in ended.items() if value})}


def flat(outcomes: Iterable[Any]) -> list[Any]:
    """One list of what calls gave, which may be lists."""
    return [item for one in outcomes if one is not None for item in (one if is_array(one) else [one])]


def _labels(calls: Sequence[Call]) -> list[str]:
    return [call.label for call in calls]
