"""What a command reports that Ctrl-C, its timeout or a refusal ends: what goes on, and the command that helps."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from ... import SystemClock
from ..._json import is_array
from ...errors import (
    DOBOTOException,
    DOBOTOPendingEventException,
    DOBOTOPollingException,
    DOBOTOTimeoutException,
    DOBOTOUnprocessableException,
)
from ...outcomes import CallState, call_states
from ..accounts.storage import lock, write_private
from ..errors import (
    TIMEOUT,
    Failure,
    GoingOn,
    SeveralFailed,
    describe_error,
    exit_of,
    exit_of_interruption,
    line_of,
)
from ..output.progress import Reporter
from ..schema import catalog
from ..schema.catalog import CliOperation, hyphenate
from ..settings import STATE, CliSettings
from .bulk import HELD, NAMED, UNANSWERED, BulkItem, details, items_of, sentence, verb_of

if TYPE_CHECKING:
    from ...client import DO

#: Operations that end when a status says so, and the commands that wait for that.
STATUS_COMMANDS: Mapping[tuple[str, str], Sequence[str]] = {
    ("droplet", name): ("droplet", "destroy-status", "--wait")
    for name in ("destroy_with_associated_resources", "destroy_retry", "destroy_status")
}
#: Begins the state of an action that was not found so far.
NOT_FOUND_YET = "not found"
#: More ids than these are in a file that the command names.
LISTED = 20
#: Seconds after which such a file goes, when another one is written.
KEPT = 30 * 86400.0
#: Gives the command that goes on waiting: for all that was asked for, or for what has these ids.
Again = Callable[[Sequence[Any] | None], str | None]


@contextmanager
def offer_resume(reporter: Reporter, again: Again, *, waits: bool = False) -> Generator[None, None, None]:
    """Add the command that resumes the wait to errors raised inside of it.

    Args:
        reporter: Knows what is pending.
        again: Gives the command.
        waits: Whether the command only waits, so that it can be given again whenever its time was over.

    Raises:
        Failure: It was interrupted, or took too long; with the command that goes on, if there is one.
    """
    try:
        yield
    except KeyboardInterrupt as interruption:
        reporter.stop()
        raise _to_failure(reporter, again, interruption, waits=waits) from interruption
    except (DOBOTOPollingException, DOBOTOTimeoutException) as failure:
        if not (waits or isinstance(failure, DOBOTOPollingException)):
            raise
        known = describe_error(failure, TIMEOUT)
        raise _going_on(str(known.pop("message")), TIMEOUT.code, known, again(None), reporter.pending) from failure
    except SeveralFailed as failure:
        command = again(failure.begun) if failure.begun else None
        raise _going_on(str(failure), failure.code, failure.details, command, {}) from failure


def _to_failure(reporter: Reporter, again: Again, interruption: BaseException, *, waits: bool) -> Failure:
    states = call_states(interruption)
    outcomes = {id: one for state in states for id, one in state.outcomes.items()}
    items: Sequence[BulkItem] = items_of(outcomes, reporter.label) if outcomes else reporter.items
    code = exit_of_interruption(interruption).code
    if items:
        begun = [item.id for item in items if item.may_run]
        return _going_on(
            f"interrupted: {verb_of(reporter.what)} {sentence(items)}",
            code,
            details(items),
            again(begun) if begun else None,
            {},
        )
    prose, known = _interrupted_call(reporter, states)
    if reporter.created:
        known["created"] = [{"id": id, "name": reporter.names.get(id)} for id in reporter.created]
    # Of a read that was interrupted nothing goes on, as far as is known.
    goes_on = bool(prose or reporter.created or waits)
    pending: Mapping[Any, str] = known.get("pending", {})
    return _going_on(f"interrupted{prose and f': {prose}'}", code, known, again(None) if goes_on else None, pending)


def _interrupted_call(reporter: Reporter, states: Sequence[CallState]) -> tuple[str, dict[str, Any]]:
    """Describe the state of a single call, in a sentence and for programs."""
    unresolved = [name for state in states for name in state.unresolved]
    not_begun = [str(name) for state in states for name in state.not_begun]
    pending = {id: text for state in states for id, text in state.pending.items()}
    if pending and not not_begun:
        pending = reporter.pending or pending
        more = f" and {len(pending) - NAMED} more" if len(pending) > NAMED else ""
        said = "; ".join(f"{reporter.label(id)}: {text}" for id, text in list(pending.items())[:NAMED])
        return f"{said}{more}{f'; this goes on {reporter.where}' if _is_any_found(pending) else ''}", {
            "pending": {str(id): text for id, text in pending.items()}
        }
    if pending:
        targets = [reporter.label(id) for id in reporter.pending] or not_begun
        return HELD.format(_some(targets)), {"not_begun": targets}
    if unresolved and reporter.pending:
        unknown = [*reporter.pending]
        return UNANSWERED.format(_some([reporter.label(id) for id in unknown])), {"unknown": unknown}
    if unresolved or not_begun:
        parts = [f"requested, and possibly created: {_some(unresolved)}"] if unresolved else []
        parts += [f"not requested: {_some(not_begun)}"] if not_begun else []
        return "; ".join(parts), _without_empty({"unknown": unresolved, "not_begun": not_begun})
    if reporter.pending:
        return UNANSWERED.format(_some([reporter.label(id) for id in reporter.pending])), {
            "unknown": [*reporter.pending]
        }
    return "", {}


def _some(names: Sequence[str]) -> str:
    """Join names, as many as a sentence has room for."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def _without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _is_any_found(pending: Mapping[Any, str]) -> bool:
    """Return whether something goes on: of what was not found so far perhaps there is none."""
    return not pending or not all(text.startswith(NOT_FOUND_YET) for text in pending.values())


def _going_on(
    prose: str, code: int, details: Mapping[str, object], again: str | None, pending: Mapping[Any, str]
) -> Failure:
    if again is None:
        return Failure(prose, code, **details)
    purpose = "wait for what goes on" if _is_any_found(pending) else "look for it again"
    return GoingOn(prose, code, again, purpose=purpose, **details)


def resume(
    operation: CliOperation, calls: Sequence[Mapping[str, Any]], reporter: Reporter, settings: CliSettings
) -> str | None:
    """Return the command that waits for what an operation has begun, where there is one."""
    if status := STATUS_COMMANDS.get((operation.resource, operation.name)):
        return command_line(settings, [*status, *name_ids([call["id"] for call in calls])])
    if operation.info.effect == "action" and operation.resource != "droplet":
        return wait_command(settings, reporter.actions, kind="action") if reporter.actions else None
    waiting = operation if operation.only_waits else find_wait(operation)
    if waiting is None:
        return None
    ids = _resources_of(operation, waiting, calls, reporter)
    tag = next((call["tag_name"] for call in calls if call.get("tag_name")), None)
    options = {name: call[name] for call in calls for name in ("ready_port", "until") if call.get(name)}
    if operation.info.effect == "destroy":
        options["until"] = "gone"
    words = (hyphenate(operation.resource), waiting.command)
    return _wait_line(settings, words, ids, tag, options) if ids or tag else None


def find_wait(operation: CliOperation) -> CliOperation | None:
    """Return the operation that waits for what another one of its resource begins, if there is one."""
    found = catalog.operations(operation.resource)
    prefix = operation.name.rpartition("_")[0]
    return found.get(hyphenate(f"{prefix}_wait")) or found.get("wait")


def _resources_of(
    operation: CliOperation, waiting: CliOperation, calls: Sequence[Mapping[str, Any]], reporter: Reporter
) -> list[Any]:
    """List the ids of what is waited for: what was created, or what the calls name."""
    droplets = operation.resource == "droplet"
    if created := [id for id, kind in reporter.created.items() if not droplets or kind == "droplet"]:
        return created
    name = waiting.parameters[0].name
    given = [value for call in calls if (value := call.get(name)) is not None]
    ids = [id for value in given for id in (value if is_array(value) else [value])]
    pending = [id for id in ids if id in reporter.pending]  # the others are ready, or failed
    return pending or ids or ([] if droplets else list(reporter.pending))


def wait_command(
    settings: CliSettings,
    ids: Sequence[Any],
    tag: str | None = None,
    port: int | None = None,
    kind: str = "droplet",
    until: str | None = None,
) -> str:
    """Return the command that waits for Droplets, on the same account; a token is never part of it."""
    options = {name: value for name, value in (("until", until), ("ready_port", port)) if value is not None}
    return _wait_line(settings, (kind, "wait"), ids, tag, options)


def _wait_line(
    settings: CliSettings, command: Sequence[str], ids: Sequence[Any], tag: str | None, options: Mapping[str, Any]
) -> str:
    words = [*command, *([] if ids or tag is None else ["--tag", tag]), *name_ids(ids)]
    flags = [word for name, value in options.items() for word in (f"--{hyphenate(name)}", str(value))]
    return command_line(settings, [*words, *flags])


def name_ids(ids: Sequence[Any]) -> list[str]:
    """Return ids as words of a command line; many of them as a file that has them."""
    words = [str(id) for id in ids]
    if len(words) <= LISTED:
        return words
    try:
        return [f"@{_keep_ids(words)}"]
    except (OSError, RuntimeError, Failure):  # such as a home that is not writable: a long line is better than none
        return words


def _keep_ids(words: Sequence[str]) -> Path:
    """Write ids to a file of the user's state folder, and remove old ones there."""
    text = "".join(f"{word}\n" for word in words)
    folder = platformdirs.user_state_path("doboto") / "waits"
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
    with lock(folder / "ids"):
        for old in folder.glob("*.txt"):
            with suppress(OSError):  # a user removes it, too
                if SystemClock().time() - old.stat().st_mtime > KEPT:
                    old.unlink()
        write_private(path, text)
    return path


def command_line(settings: CliSettings, words: Sequence[str]) -> str:
    """Return the command line of a further command on the same account; a token is never part of it."""
    return f"{_state(settings)}{shlex.join(['doboto', *words, *_account(settings)])}"


def _state(settings: CliSettings) -> str:
    """Return the assignment of `DOBOTO_SIM_STATE` with an absolute path, if it is set and the account simulated."""
    file = os.environ.get(STATE) if settings.sim else None
    return f"{STATE}={shlex.quote(str(Path(file).absolute()))} " if file else ""


def _account(settings: CliSettings) -> list[str]:
    """Return the options that choose the account; the simulated one has neither context nor URL."""
    if settings.sim:
        return ["--sim"]
    context = ["--context", settings.context] if settings.context else []
    return [*context, *(["--url", settings.url] if settings.url else [])]


# -- after a refusal


def add_hint(
    failure: SeveralFailed | DOBOTOException,
    do: DO,
    operation: CliOperation,
    calls: Sequence[Mapping[str, Any]],
    settings: CliSettings,
) -> Exception:
    """Return the error with what helps where the API refused a value or a state, or as it is."""
    if not isinstance(failure, DOBOTOUnprocessableException | SeveralFailed):
        return failure
    ids = [call.get("id") for call in calls]
    refused, held = ids, list[Any]()
    if isinstance(failure, SeveralFailed):  # of what goes on, there is a command to wait for it already
        refused, held = failure.refused, [] if failure.begun else failure.held
    if held or isinstance(failure, DOBOTOPendingEventException):
        hint = _pending_hint(operation, held or ids, settings)
    else:
        those = [call for call in calls if call.get("id") in refused]
        hint = _resize_hint(do, operation, those, settings) or _region_hint(do, calls)
    if hint is None:
        return failure
    if isinstance(failure, SeveralFailed):
        failure.args = (f"{failure}. {hint}",)
        return failure
    known = describe_error(failure, found := exit_of(failure))
    return Failure(f"{known.pop('message')}. {hint}", found.code, **known)


def _pending_hint(operation: CliOperation, ids: Sequence[Any], settings: CliSettings) -> str | None:
    """Return the command that waits for what is running on Droplets, if they are known."""
    if operation.resource != "droplet" or not all(ids):
        return None
    return f"To wait until nothing is running: {command_line(settings, ['droplet', 'wait', *name_ids(ids)])}"


def _region_hint(do: DO, calls: Sequence[Mapping[str, Any]]) -> str | None:
    """Return which region may be meant, where one was given that there is not."""
    region = next((call["region"] for call in calls if isinstance(call.get("region"), str)), None)
    if region is None:
        return None
    from .create import check_slugs

    try:
        check_slugs(do, {"region": region})
    except Failure as unknown:
        text = line_of(unknown)
        return text[:1].upper() + text[1:]
    return None


def _resize_hint(
    do: DO, operation: CliOperation, calls: Sequence[Mapping[str, Any]], settings: CliSettings
) -> str | None:
    """Return what helps where a resize was refused: another size, or the command that powers off what is running."""
    if (operation.resource, operation.name) != ("droplet", "resize") or not calls:
        return None
    with suppress(DOBOTOException):  # the refusal itself is reported
        droplets = [do.droplet.info(call["id"]) for call in calls]
        disk = next((one["disk"] for one in do.size.list() if one["slug"] == calls[0]["size"]), None)
        largest = max(droplet["disk"] for droplet in droplets)
        if disk is not None and disk < largest:
            return f"A disk cannot get smaller: choose a size with {largest} GB or more; this one has {disk} GB"
        ids = [droplet["id"] for droplet in droplets if droplet["status"] == "active"]
        if ids:
            return power_off_hint(settings, ids)
    return None


def power_off_hint(settings: CliSettings, ids: Sequence[Any]) -> str:
    """Return the command that powers off what must be off, on the same account."""
    command = command_line(settings, ["droplet", "power-off", *name_ids(ids), "--wait"])
    return f"A running Droplet may be restarted by a resize, or refuse it; to power it off first: {command}"
