"""How a command ends that cannot go on: errors, exit codes, and the signals that end it like Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple

from .. import SystemClock, errors
from .._json import is_object

#: How like two names must be, from 0 to 1; those of resources more so ("it" is as like "first" as 0.57).
LIKE, RESOURCE_LIKE = 0.5, 0.7
#: Steps of a comparison that one text may take with all names, and how many names are compared at least.
STEPS, FEWEST = 200_000, 20


class Failure(Exception):
    """The one line that says why.

    Args:
        message: The line.
        code: The command's exit code; see `exits`.
        details: What the error's JSON holds besides.
    """

    def __init__(self, message: str, code: int = 1, /, **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.details = details
        #: The command in which it was, as far as that is known: `doboto droplet create`.
        self.where: str | None = None


def explain_missing(what: str, missing: BaseException, extra: str) -> Failure:
    """Explain a missing module: one of an extra, or one of doboto itself, which no extra brings."""
    cause = missing if isinstance(missing, ModuleNotFoundError) else missing.__cause__
    name = (cause.name if isinstance(cause, ModuleNotFoundError) else None) or str(missing)
    if name.partition(".")[0] == "doboto":
        return Failure(f"this installation lacks {name}: reinstall doboto")
    return Failure(
        f"{what} needs {name.partition('.')[0]}: pip install 'doboto[{extra}]', "
        f"or in a checkout of the repository: pip install '.[{extra}]'"
    )


class SeveralFailed(Failure):
    """Some of several calls failed, or all of them, or did not come to their end in time.

    Args:
        message: The line.
        code: The command's exit code.
        begun: The ids of those that go on.
        details: What the error's JSON holds besides.
    """

    def __init__(self, message: str, code: int, begun: Sequence[Any], /, **details: object) -> None:
        super().__init__(message, code, **details)
        self.begun = begun
        #: The ids of those that the API refused for a value, a limit or a state (422).
        self.refused: list[Any] = []
        #: The ids of those on which another action was running.
        self.held: list[Any] = []


class GoingOn(Failure):
    """What was begun goes on, and a command waits for it.

    Args:
        prose: The line without the command.
        code: The command's exit code.
        command: The command.
        purpose: What the command is for.
        details: What the error's JSON holds besides.
    """

    def __init__(
        self, prose: str, code: int, command: str, /, *, purpose: str = "wait for what goes on", **details: object
    ) -> None:
        prose = f"{' '.join(prose.split())}. To {purpose}:"
        super().__init__(f"{prose} {command}", code, **details, resume=command)
        self.prose = prose
        self.command = command


class Signalled(KeyboardInterrupt):
    """A signal that ends the command.

    Args:
        number: Which.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Exit(NamedTuple):
    """An exit code.

    Attributes:
        code: The number.
        name: What the error's JSON calls it.
        meaning: When it is given, in words.
    """

    code: int
    name: str
    meaning: str


OK = Exit(0, "ok", "everything that was asked for was done")
FAILED = Exit(1, "failed", "the API or this machine failed in a way that has no code of its own")
USAGE = Exit(2, "usage", "the command line can't be right; nothing was sent")
NOT_FOUND = Exit(3, "not_found", "no such resource exists, or a name fits several")
UNAUTHORIZED = Exit(4, "unauthorized", "no token, a wrong one, or one that lacks a scope")
REFUSED = Exit(5, "refused", "the API understood and refuses, or the question was not answered with yes")
RATE_LIMIT = Exit(6, "rate_limit", "the rate limit is exhausted")
TIMEOUT = Exit(7, "timeout", "it took longer than `--timeout`, or no answer came in time; the work may go on")
UNKNOWN = Exit(8, "outcome_unknown", "the response was lost and the outcome could not be determined")
PARTLY = Exit(9, "partly_done", "some of what was asked for was done and some was not")
ACTION = Exit(10, "action_failed", "DigitalOcean began the work and failed at it")
UNREACHABLE = Exit(11, "unreachable", "no connection to the API, or its server failed")
INTERRUPTED = Exit(130, "interrupted", "Ctrl-C; what was begun goes on")
TERMINATED = Exit(143, "terminated", "SIGTERM, as `kill` and `timeout` send it; what was begun goes on")
HUNG_UP = Exit(129, "hung_up", "SIGHUP, when the terminal is closed; what was begun goes on")

EXITS = (
    OK, FAILED, USAGE, NOT_FOUND, UNAUTHORIZED, REFUSED, RATE_LIMIT, TIMEOUT, UNKNOWN, PARTLY, ACTION, UNREACHABLE,
    INTERRUPTED, TERMINATED, HUNG_UP,
)  # fmt: skip
#: A process that a signal has ended is 128 and its number to a shell.
BY_SIGNAL = {one.code - 128: one for one in (INTERRUPTED, TERMINATED, HUNG_UP)}

#: The first that fits counts, so that refinements stand before what they refine.
BY_ERROR: tuple[tuple[type[Exception], Exit], ...] = (
    (errors.DOBOTOConfigurationException, UNAUTHORIZED),
    (errors.DOBOTOUnauthorizedException, UNAUTHORIZED),
    (errors.DOBOTOForbiddenException, UNAUTHORIZED),
    (errors.DOBOTONotFoundException, NOT_FOUND),
    (errors.DOBOTORateLimitException, RATE_LIMIT),
    (errors.DOBOTOServerException, UNREACHABLE),
    (errors.DOBOTOHTTPException, REFUSED),
    (errors.DOBOTOTimeoutException, TIMEOUT),
    (errors.DOBOTOConnectionException, UNREACHABLE),
    (errors.DOBOTOOutcomeUnknownException, UNKNOWN),
    (errors.DOBOTOActionException, ACTION),
    (errors.DOBOTOPollingException, TIMEOUT),
    (errors.DOBOTOException, FAILED),
)
#: Errors that leave what was created before them as it is: something is done, something is not.
PARTLY_IF_CREATED = (
    errors.DOBOTOHTTPException,
    errors.DOBOTOConnectionException,
    errors.DOBOTOInvalidResponseException,
)
#: Where the same command has a chance when it is given again.
RETRYABLE = (RATE_LIMIT, UNREACHABLE)
#: Errors for which that is so, or is not, with any code.
AGAIN, NEVER = (errors.DOBOTOPendingEventException,), (errors.DOBOTOCertificateException,)
#: What of an exception goes into its JSON as it is.
REPORTED = ("status", "id", "request_id", "attempts", "method", "url", "retry_after", "ids", "looked_for")


def exit_of(failure: Exception) -> Exit:
    """Return the exit code of an error."""
    if isinstance(failure, errors.DOBOTOForbiddenException) and not (failure.created or failure.lacks_scope):
        return REFUSED
    if isinstance(failure, Failure):
        return next((one for one in EXITS if one.code == failure.code), FAILED)
    if isinstance(failure, PARTLY_IF_CREATED) and failure.created:
        return PARTLY
    if isinstance(failure, errors.DOBOTOBulkException):
        return _exit_of_bulk(failure)
    if isinstance(failure, errors.DOBOTOActionException) and _has_completed(failure.actions):
        return PARTLY
    return next((found for kind, found in BY_ERROR if isinstance(failure, kind)), FAILED)


def _exit_of_bulk(failure: errors.DOBOTOBulkException) -> Exit:
    """Return `PARTLY` if some completed; else the exit code of the first error, or `TIMEOUT`."""
    if failure.completed:
        return PARTLY
    first = next((one.error for one in failure.outcomes.values() if one.error is not None), None)
    return exit_of(first) if first is not None else TIMEOUT if failure.timed_out else FAILED


def exit_of_interruption(interruption: BaseException) -> Exit:
    """Return the exit code of an interruption: that of the signal it came of."""
    return BY_SIGNAL.get(number_of(interruption), INTERRUPTED)


def number_of(failure: BaseException) -> int:
    """Return the signal that an interruption came of, however it is wrapped; SIGINT where none is known."""
    seen: BaseException | None = failure
    while seen is not None:
        if isinstance(seen, Signalled):
            return seen.number
        seen = seen.__cause__ or seen.__context__
    return signal.SIGINT


def _has_completed(actions: Sequence[Any]) -> bool:
    return bool(_select_completed(actions))


def _select_completed(actions: Sequence[Any]) -> list[Any]:
    return [action for action in actions if action.get("status") == "completed"]


def partial_results(failure: Exception) -> list[Any]:
    """Return the results of a partial failure; an empty list for other errors."""
    if exit_of(failure) is not PARTLY:
        return []
    if isinstance(failure, SeveralFailed):
        results: Any = failure.details["results"]
        return list(results)
    if isinstance(failure, errors.DOBOTOActionException):
        return _select_completed(failure.actions)
    return list(getattr(failure, "created", ()))


def describe_error(failure: Exception, found: Exit) -> dict[str, Any]:
    """Describe an error as JSON, without empty members."""
    details: dict[str, Any] = {"code": found.name, "exit_code": found.code, "message": line_of(failure)}
    details["retryable"] = isinstance(failure, AGAIN) or (found in RETRYABLE and not isinstance(failure, NEVER))
    for name in REPORTED:
        value = getattr(failure, name, None)
        if value not in (None, [], "", 0):
            details[name] = value
    if created := getattr(failure, "created", None):
        details["created"] = [_identify(one) for one in created]
    if isinstance(failure, Failure):
        details.update(failure.details)
    return details


def _identify(made: Any) -> Any:
    return {name: made[name] for name in ("id", "uuid", "ip", "name") if name in made} if is_object(made) else made


def reason(failure: Exception) -> str:
    """Return the reason of an operating system's error, without the file's name."""
    return (failure.strerror if isinstance(failure, OSError) else None) or line_of(failure)


def line_of(failure: BaseException) -> str:
    """Format an error in one line."""
    text = " ".join(str(failure).split())
    if isinstance(failure, OSError) and failure.strerror and failure.filename:
        text = f"{failure.filename}: {failure.strerror}"
    return text or type(failure).__name__


def suggestion(given: str, among: Iterable[str], like: float = LIKE) -> str:
    """Return a question with similar names, or an empty text."""
    from difflib import get_close_matches

    return question_of(get_close_matches(given, list(among), n=3, cutoff=like))


def suggest_each(given: Sequence[str], among: Iterable[str]) -> str:
    """Return a question with the names of resources that are like one text, or with the likest to each of several.

    Args:
        given: The texts.
        among: The names.
    """
    from difflib import get_close_matches

    names, most = list(among), 3 if len(given) == 1 else 1
    found = [
        one
        for text in given
        for one in get_close_matches(text, _choose_likely(text, names), n=most, cutoff=RESOURCE_LIKE)
    ]
    return question_of(list(dict.fromkeys(found)))


def _choose_likely(text: str, names: Sequence[str]) -> Sequence[str]:
    """Choose names to compare with a text: of many, or of long ones, those that begin and end most like it.

    To compare two texts takes as many steps as the product of their lengths.
    """
    most = max(FEWEST, STEPS // (1 + len(text) * max(map(len, names), default=0)))
    if len(names) <= most:
        return names
    from heapq import nlargest

    reverse = text[::-1]
    return nlargest(most, names, key=lambda name: _count_alike(text, name) + _count_alike(reverse, name[::-1]))


def _count_alike(one: str, other: str) -> int:
    """Count the letters with which two texts begin alike."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def refer_to(command: str, question: str = "") -> str:
    """Return what ends an error's line: a question about what was meant, if there is one, and a command that helps."""
    return f"{question} See `{command}`" if question else f"; see `{command}`"


def question_of(names: Sequence[str]) -> str:
    """Return the question whether one of these names was meant, or an empty text."""
    return f"; did you mean {' or '.join(names)}?" if names else ""


# -- signals

#: By name, for Windows has no SIGHUP.
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
#: Python's own handlers. A signal that is ignored already, as `nohup` does with SIGHUP, stays ignored.
USUAL = (signal.SIG_DFL, signal.default_int_handler)
#: Seconds in which a second one is the same one come twice: `timeout` of coreutils sends to its child and then to the
#: whole group (timeout.c, `cleanup`), and a terminal that closes may have both shell and kernel send SIGHUP.
TWICE = 0.5


@contextmanager
def handle_signals() -> Generator[None, None, None]:
    """Raise `Signalled` on those signals; do nothing in threads other than the main one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    found = {number: signal.getsignal(number) for number in _numbers()}
    before = {number: handler for number, handler in found.items() if handler in USUAL}
    on_signal = _SignalHandler()
    try:
        for number in before:
            signal.signal(number, on_signal)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _numbers() -> list[int]:
    return [getattr(signal, name) for name in ENDING if hasattr(signal, name)]


class _SignalHandler:
    """Raises at the first signal, and ends the process at the next one with the signal's default action."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._first: float | None = None

    def __call__(self, number: int, _: FrameType | None) -> None:
        now = self._clock.monotonic()
        if self._first is None:
            self._first = now
            raise Signalled(number)
        if now - self._first > TWICE:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
