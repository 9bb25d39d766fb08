"""Calls an operation for several resources: in one call of the library where it can, else side by side."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ...errors import (
    DOBOTOBulkException,
    DOBOTOException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPollingException,
)
from ...events import Progress
from ..errors import PARTLY, Failure, SeveralFailed, as_usage
from ..schema.catalog import Operation
from .outcomes import BulkItem, details, exit_code_of, failures, flatten, items_of, sentence, verb_of

if TYPE_CHECKING:
    from ...client import DO
    from ..output.progress import Reporter

#: Calls side by side, as many as the client keeps connections.
WIDTH = 8


def takes(operation: Operation, calls: Sequence[Mapping[str, Any]]) -> bool:
    """Whether calls are made here: several, or one that is waited for."""
    return len(calls) > 1 or (operation.info.bulk and bool(calls[0].get("id")) and bool(calls[0].get("wait")))


def call_all(do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter) -> Any:
    """Call the operation for each.

    Returns:
        The result of a single call, or a list of all results; None where there are none.

    Raises:
        SeveralFailed: Some failed, or took too long: which, and what became of the others.
        DOBOTOException: A single call failed, or all did, for the same reason: the first one's.
    """
    reporter.items = [BulkItem(call["id"], reporter.label(call["id"])) for call in calls]
    reporter.what = operation.name
    if operation.info.bulk:
        return _call_once(do, operation, calls, reporter)
    return _SideBySide(do, operation, calls, reporter).run()


def _call_once(do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter) -> Any:
    """Call the library once for all ids, which polls for all of them together."""
    values = {name: value for name, value in calls[0].items() if name != "id"}
    method: Callable[..., Any] = getattr(getattr(do, operation.resource), operation.name)
    if values.get("wait"):
        states = dict.fromkeys([call["id"] for call in calls], "not sent yet")
        reporter.begin(Progress(operation.name, 0, len(calls), 0.0, states), do.clock)
    problem: DOBOTOBulkException | None = None
    results: Any = None
    try:
        with as_usage():
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

    def __init__(self, do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter) -> None:
        self._operation = operation
        self._method: Callable[..., Any] = getattr(getattr(do, operation.resource), operation.name)
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
            with as_usage():
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


def _default(operation: Operation, name: str) -> Any:
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


def _failure(operation: Operation, items: Sequence[BulkItem], timeout: float | None) -> Exception:
    """Return the one error there is, or one that reports all."""
    unfinished = [item for item in items if item.is_open]
    first = next((item.error for item in items if item.has_failed), None)
    code = exit_code_of(items)
    known = code == PARTLY.code or isinstance(first, DOBOTOException | Failure)
    if first is not None and (len(items) == 1 or not (known or unfinished)):
        return first
    begun = [item.id for item in items if item.may_run]
    failure = SeveralFailed(_message(operation, items, unfinished, timeout), code, begun, **details(items))
    failure.__cause__ = first
    return failure


def _message(
    operation: Operation, items: Sequence[BulkItem], unfinished: Sequence[BulkItem], timeout: float | None
) -> str:
    if not unfinished:
        return "; ".join(failures(items))
    seconds = "" if timeout is None else f" {timeout:g} s"
    return f"{verb_of(operation.name)} took longer than{seconds}: {sentence(items)}"
