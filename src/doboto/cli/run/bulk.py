"""Call an operation for several resources, and report what became of each.

One call of the library does it where it can; else calls are made side by side.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ..._json import is_array
from ...errors import (
    DOBOTOBulkException,
    DOBOTOException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPendingEventException,
    DOBOTOPollingException,
    DOBOTOUnprocessableException,
)
from ...events import Progress
from ...outcomes import Outcome, OutcomeState
from ..errors import PARTLY, TIMEOUT, UNKNOWN, Failure, SeveralFailed, describe_error, exit_of, line_of
from ..schema.catalog import CliOperation, target_of
from ..schema.parameters import as_usage

if TYPE_CHECKING:
    from ...client import DO
    from ..output.progress import Reporter

#: Calls side by side: half of the connections that the client keeps.
WIDTH = 8
#: Names that a sentence has room for; programs get all of them.
NAMED = 5
#: Parameters of an operation that names no other resource than its own.
OF_EACH = frozenset({"id", "tag_name", "wait", "poll", "timeout", "progress"})
#: Of several codes the first of these that is among them counts.
WEIGHTIEST = (PARTLY.code, UNKNOWN.code, TIMEOUT.code)
GOES_ON, UNANSWERED = "goes on for {}", "sent and not answered, so that it may have begun, for {}"
HELD, NOT_BEGUN = "not begun for {}, where another action is running", "not begun for {}"


def takes(operation: CliOperation, calls: Sequence[Mapping[str, Any]]) -> bool:
    """Whether calls are made here: several, or one that is waited for."""
    return len(calls) > 1 or (operation.info.bulk and bool(calls[0].get("id")) and bool(calls[0].get("wait")))


def call_all(do: DO, operation: CliOperation, calls: Sequence[Mapping[str, Any]], reporter: Reporter) -> Any:
    """Call the operation for each.

    Returns:
        The result of a single call, or a list of all results; None where there are none.

    Raises:
        SeveralFailed: Some failed, or took too long: which, and what became of the others.
        DOBOTOException: A single call failed, or all did, for the same reason: the first one's.
    """
    target = target_of(operation) or "id"
    reporter.items = [BulkItem(call[target], reporter.label(call[target])) for call in calls]
    reporter.what = operation.name
    if operation.info.bulk:
        return _call_once(do, operation, calls, reporter)
    return _SideBySide(do, operation, calls, reporter).run()


def _call_once(do: DO, operation: CliOperation, calls: Sequence[Mapping[str, Any]], reporter: Reporter) -> Any:
    """Call the library once for all ids, which polls for all of them together."""
    values = {name: value for name, value in calls[0].items() if name != "id"}
    method = operation.bind(do)
    if values.get("wait"):
        states = dict.fromkeys([call["id"] for call in calls], "not sent yet")
        reporter.begin(Progress(operation.name, 0, len(calls), 0.0, states), do.clock)
    problem: DOBOTOBulkException | None = None
    results: Any = None
    try:
        with as_usage(operation):
            results = method(id=[call["id"] for call in calls], **values, progress=reporter.progress())
    except DOBOTOBulkException as failure:
        problem = failure
    if problem is not None:  # outside of the handler: the error that is raised may be this one's own cause
        timeout = values.get("timeout", _default(operation, "timeout")) if problem.timed_out else None
        items = items_of(problem.outcomes, reporter.label, accepted="running" if values.get("wait") else "completed")
        raise _failure(operation, items, timeout)
    return results[0] if results and len(calls) == 1 else results


class _SideBySide:
    """Calls an operation for each resource by itself, a few at a time, within one timeout.

    Args:
        do: The client.
        operation: The operation.
        calls: The arguments of each call.
        reporter: Reports progress, and has the items.
    """

    def __init__(self, do: DO, operation: CliOperation, calls: Sequence[Mapping[str, Any]], reporter: Reporter) -> None:
        self._operation = operation
        self._method = operation.bind(do)
        self._calls = calls
        self._reporter = reporter
        self._items = reporter.items
        self._now = do.clock.monotonic
        self._began = self._now()
        self._timeout: float | None = calls[0].get("timeout", _default(operation, "timeout"))
        self._waits = bool(calls[0].get("wait"))
        self._stopped = False
        self._mutex = threading.Lock()
        if self._waits:
            reporter.begin(self._progress(), do.clock)

    def run(self) -> Any:
        """Call for each; threads are daemons, so that Ctrl-C ends the command at once."""
        jobs = [partial(self._call, item, call) for item, call in zip(self._items, self._calls, strict=True)]
        try:
            _run_side_by_side(jobs)
        finally:
            with self._mutex:
                self._stopped = True
        if any(item.state != "completed" for item in self._items):
            raise _failure(self._operation, self._items, self._timeout)
        results = [item.result for item in self._items]
        return None if all(one is None for one in results) else flatten(results)

    def _call(self, item: BulkItem, values: Mapping[str, Any]) -> None:
        left = None if self._timeout is None else self._timeout - (self._now() - self._began)
        with self._mutex:
            if self._stopped or (left is not None and left <= 0):
                return
            item.state, item.pending = "unknown", "being sent"
        more: dict[str, Any] = {} if left is None else {"timeout": left}
        if self._operation.takes("progress"):
            more["progress"] = partial(self._update, item)
        try:
            with as_usage(self._operation):
                item.result = self._method(**{**values, **more})
        except Exception as failure:
            self._fail(item, failure)
        else:
            item.state, item.pending = "completed", ""
        (self._reporter.progress() if self._waits else self._reporter.note)(self._progress())

    def _update(self, item: BulkItem, progress: Progress) -> None:
        item.state = "running"
        item.pending = "; ".join(progress.pending.values()) or item.pending
        self._reporter.progress()(self._progress())

    def _fail(self, item: BulkItem, failure: Exception) -> None:
        item.error = failure
        if isinstance(failure, DOBOTOPollingException):
            item.state, item.error = ("not_begun" if failure.not_begun else "running"), None
        elif isinstance(failure, DOBOTOOutcomeUnknownException):
            item.state = "unknown"
        else:
            item.state = "failed"

    def _progress(self) -> Progress:
        states = [item.state for item in self._items]
        pending = {item.id: item.pending for item in self._items if item.is_open}
        elapsed = self._now() - self._began
        return Progress(
            self._operation.name, states.count("completed"), len(states), elapsed, pending, states.count("failed")
        )


def _default(operation: CliOperation, name: str) -> Any:
    return next((one.default for one in operation.parameters if one.name == name), None)


def _run_side_by_side(jobs: Sequence[Callable[[], None]]) -> None:
    waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def work() -> None:
        while True:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                job()
            except BaseException as failure:  # raised where all are waited for
                done.put(failure)
            else:
                done.put(None)

    for _ in range(min(WIDTH, len(jobs))):
        threading.Thread(target=work, daemon=True).start()
    for _ in jobs:
        if failure := done.get():
            raise failure


def _failure(operation: CliOperation, items: Sequence[BulkItem], timeout: float | None) -> Exception:
    """Return the one error there is, or one that reports all."""
    unfinished = [item for item in items if item.is_open]
    first = next((item.error for item in items if item.has_failed), None)
    code = exit_code_of(items)
    known = code == PARTLY.code or isinstance(first, DOBOTOException | Failure)
    if first is not None and (len(items) == 1 or not (known or unfinished)):
        return first
    _name_missing(operation, items)
    begun = [item.id for item in items if item.may_run]
    failure = SeveralFailed(_message(operation, items, unfinished, timeout), code, begun, **details(items))
    failure.__cause__ = first
    failure.held = [item.id for item in items if item.is_held]
    failure.refused = [item.id for item in items if isinstance(item.error, DOBOTOUnprocessableException)]
    return failure


def _name_missing(operation: CliOperation, items: Sequence[BulkItem]) -> None:
    """Say of the resources that do not exist which they are."""
    missing = [(item, item.error) for item in items if isinstance(item.error, DOBOTONotFoundException)]
    if not missing:
        return
    from .affected import name_missing

    alone = {one.name for one in operation.parameters} <= OF_EACH
    for item, failure in missing:
        item.error = name_missing(failure, alone=alone)


def _message(
    operation: CliOperation, items: Sequence[BulkItem], unfinished: Sequence[BulkItem], timeout: float | None
) -> str:
    if not unfinished:
        return "; ".join(failures(items))
    if all(item.is_held for item in unfinished) or timeout is None:
        return f"{verb_of(operation.name)}: {sentence(items)}"
    return f"{verb_of(operation.name)} took longer than {timeout:g} s: {sentence(items)}"


# -- what became of each


@dataclass(slots=True, eq=False)
class BulkItem:
    """One of several resources that an operation is called for.

    Attributes:
        id: Its id.
        label: Its name and id.
        state: What became of it.
        result: What the call returned.
        error: Why it failed, or why its outcome is unknown.
        pending: What it waits for, in words.
    """

    id: Any
    label: str
    state: OutcomeState = "not_begun"
    result: Any = None
    error: Exception | None = None
    pending: str = "not sent yet"

    @property
    def is_held(self) -> bool:
        """Whether it was refused because another action was running."""
        return self.state == "not_begun" and isinstance(self.error, DOBOTOPendingEventException)

    @property
    def has_failed(self) -> bool:
        """Whether there is an error to report: a request without a response yet has none."""
        return self.state == "failed" or (self.state == "unknown" and self.error is not None)

    @property
    def is_open(self) -> bool:
        """Whether it has neither completed nor failed."""
        return not self.has_failed and self.state != "completed"

    @property
    def may_run(self) -> bool:
        """Whether something may run on it; to wait for one on which nothing runs does no harm."""
        return self.state in {"running", "unknown"}


def items_of(
    outcomes: Mapping[int, Outcome], label: Callable[[Any], str], accepted: OutcomeState = "running"
) -> list[BulkItem]:
    """Convert the library's outcomes to items with names.

    Args:
        outcomes: The library's report.
        label: Returns an id with its name.
        accepted: The state of one that the API accepted and that has not ended.
    """
    states: Mapping[OutcomeState, OutcomeState] = {"running": accepted}
    return [
        BulkItem(one.id, label(one.id), states.get(one.state, one.state), one.action, one.error, one.pending)
        for one in outcomes.values()
    ]


def sentence(items: Sequence[BulkItem]) -> str:
    """Summarize what completed, is running, may be running, was not begun, and failed and why."""
    done = [item for item in items if item.state == "completed"]
    parts = [f"done for {len(done)} of {len(items)}"] if done else []
    kinds: Mapping[str, list[BulkItem]] = {
        GOES_ON: [item for item in items if item.state == "running"],
        UNANSWERED: [item for item in items if item.state == "unknown" and item.error is None],
        HELD: [item for item in items if item.is_held],
        NOT_BEGUN: [item for item in items if item.state == "not_begun" and not item.is_held],
    }
    parts += [text.format(labels(some)) for text, some in kinds.items() if some]
    return "; ".join([*parts, *failures(items)])


def failures(items: Sequence[BulkItem]) -> list[str]:
    """Summarize what failed, with the reasons; return an empty list if nothing did."""
    failed = [item for item in items if item.has_failed and item.error is not None]
    more = f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    reasons = "; ".join(f"{item.label}: {line_of(item.error)}" for item in failed[:NAMED] if item.error is not None)
    return [f"{len(failed)} of {len(items)} failed: {reasons}{more}"] if failed else []


def details(items: Sequence[BulkItem]) -> dict[str, Any]:
    """Return the outcomes for programs; for a single resource, without empty members."""
    running = [item for item in items if item.state == "running"]
    known: dict[str, Any] = {
        "ids": [item.id for item in running],
        "pending": {str(item.id): item.pending for item in running},
        "unknown": [item.id for item in items if item.state == "unknown"],
        "not_begun": [item.label for item in items if item.state == "not_begun"],
    }
    known = {name: value for name, value in known.items() if value}
    done = [item for item in items if item.state == "completed"]
    ended: dict[str, Any] = {
        "done": [item.label for item in done],
        "failed": [
            {"target": item.label, **describe_error(item.error, exit_of(item.error))}
            for item in items
            if item.has_failed and item.error is not None
        ],
        "results": flatten(item.result for item in done),
    }
    return {**known, **(ended if len(items) > 1 else {name: value for name, value in ended.items() if value})}


def labels(items: Sequence[BulkItem]) -> str:
    """Join the names of resources, as many as a sentence has room for."""
    more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return ", ".join(item.label for item in items[:NAMED]) + more


def flatten(results: Iterable[Any]) -> list[Any]:
    """Flatten the results of several calls, which may be lists."""
    return [item for one in results if one is not None for item in (one if is_array(one) else [one])]


def exit_code_of(items: Sequence[BulkItem]) -> int:
    """Return `PARTLY` if some are done, else the code of all errors if equal, or the gravest."""
    kinds = {exit_of(item.error).code for item in items if item.has_failed and item.error is not None}
    kinds |= {TIMEOUT.code} if any(item.is_open for item in items) else set[int]()
    if any(item.state == "completed" for item in items):
        return PARTLY.code
    if len(kinds) == 1:
        return kinds.pop()
    return next((code for code in WEIGHTIEST if code in kinds), 1)


def verb_of(name: str) -> str:
    """Return an operation's name as the verb of a sentence."""
    return name.replace("_", " ")
