"""Runs an operation: finds what it is about, asks if need be, calls it once or side by side, prints what comes back."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ..errors import DOBOTOException
from . import ordering, slugs
from .catalog import Operation
from .confirm import asks, confirm
from .dry_run import dry_run
from .exits import PARTLY, USAGE, as_usage, described, done_of, exit_of, line_of
from .failure import Failure, SeveralFailed
from .interrupted import resumable, resume
from .options import Settings
from .output import check, printed
from .parameters import assembled, takes_droplet, values_of
from .reporting import Reporter
from .shape import is_array

if TYPE_CHECKING:
    from ..client import DO

#: Calls side by side, as many as the client keeps connections.
WIDTH = 8
#: Operations that make Droplets, and those that check a slug they are given.
MAKING = frozenset({"create", "present"})
CHECKED = frozenset({"create", "present", "resize", "rebuild"})


@dataclass(frozen=True, slots=True)
class Order:
    """What a command line asks for, beside the operation's own parameters.

    Attributes:
        yes: Not to ask.
        count: How many Droplets to create.
        dry_run: To create nothing.
    """

    yes: bool = False
    count: int | None = None
    dry_run: bool = False


def run(operation: Operation, params: dict[str, Any], command: Sequence[click.Parameter], settings: Settings) -> None:
    """Run an operation as a command line asks for it."""
    from .connection import client

    check(settings, operation.result)
    order = Order(
        bool(params.pop("our_yes", None)), params.pop("our_count", None), bool(params.pop("our_dry_run", None))
    )
    values = values_of(params, command)
    with client(settings) as do, Reporter(settings) as reporter:
        calls = [assembled(operation, call) for call in _calls(do, operation, values, order, reporter)]
        if operation.resource == "droplet" and operation.name in CHECKED:
            slugs.check(do, values)
        if order.dry_run:
            dry_run(do, operation, calls[0], settings)
            return
        todo: Sequence[Mapping[str, Any]] = calls
        if asks(operation, values):
            todo = confirm(do, operation, calls, reporter, yes=order.yes)

        def again(places: Sequence[int] | None) -> str | None:
            unfinished = todo if places is None else [todo[place] for place in places]
            return resume(operation, unfinished, reporter.created, settings)

        with resumable(reporter, again):
            _carried_out(do, operation, todo, reporter, settings)


def _carried_out(
    do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter, settings: Settings
) -> None:
    """Do it, and print what comes back: where a part failed, the results that there are."""
    try:
        result = _run(do, operation, calls, reporter) if calls else None
    except (SeveralFailed, DOBOTOException) as failure:
        reporter.stop()
        if results := done_of(failure):
            with suppress(Failure):  # an expression that does not fit them: what is told is why a part failed
                printed(results, operation.result, settings)
        raise
    reporter.stop()
    printed(_shown(operation, result), operation.result, settings)


def _calls(
    do: DO, operation: Operation, values: dict[str, Any], order: Order, reporter: Reporter
) -> list[dict[str, Any]]:
    """What the operation is called with: once, or once for each of several ids."""
    if operation.resource == "droplet" and operation.name in MAKING:
        return [ordering.ordered(values, order.count)]
    for name in [name for name in values if takes_droplet(operation, name)]:
        many = isinstance(values[name], list)
        ids = _droplets(do, values[name] if many else [values[name]], reporter)
        values[name] = ids if many else ids[0]
    ids = values.pop("id", None)
    if ids is None:
        return [values]
    _refuse_both(values)
    return [{"id": id, **values} for id in dict.fromkeys(ids)]


def _refuse_both(values: Mapping[str, Any]) -> None:
    if "tag_name" in values:
        raise Failure("give either Droplets or --tag, not both", USAGE.code)


def _droplets(do: DO, texts: Sequence[str], reporter: Reporter) -> list[int]:
    from .droplets import resolved

    return resolved(do, texts, reporter.names)


def _run(do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter) -> Any:
    method: Callable[..., Any] = getattr(getattr(do, operation.resource), operation.name)
    progresses = any(one.name == "progress" for one in operation.parameters)

    def job(values: Mapping[str, Any], label: str) -> Any:
        more = {"progress": reporter.progress(label)} if progresses else {}
        with as_usage():  # the operation looks at its arguments
            return method(**values, **more)

    if len(calls) == 1:
        return job(calls[0], "")
    labels = [reporter.named(call["id"]) for call in calls]
    return _side_by_side([partial(job, call, label) for call, label in zip(calls, labels, strict=True)], labels)


def _side_by_side(jobs: Sequence[Callable[[], Any]], labels: Sequence[str]) -> Any:
    """The results of all jobs, in order; None where they have none.

    Raises:
        Failure: Some failed; it tells which, and what became of the others.
        DOBOTOException: All failed, for the same reason: the first one's.
    """
    outcomes = _outcomes(jobs)
    failures = {label: one for label, one in zip(labels, outcomes, strict=True) if isinstance(one, Exception)}
    done = [one for one in outcomes if not isinstance(one, Exception)]
    results = [item for one in done if one is not None for item in (one if is_array(one) else [one])]
    if not failures:
        return None if all(one is None for one in done) else results
    first = next(iter(failures.values()))
    kinds = {exit_of(one).code for one in failures.values()}
    code = PARTLY.code if done or len(kinds) > 1 else kinds.pop()
    if code == PARTLY.code or isinstance(first, DOBOTOException | Failure):
        told = "; ".join(f"{label}: {line_of(failure)}" for label, failure in failures.items())
        raise SeveralFailed(
            f"{len(failures)} of {len(jobs)} failed: {told}",
            code,
            outcomes,
            done=[label for label in labels if label not in failures],
            failed=[{"target": label, **described(one, exit_of(one))} for label, one in failures.items()],
            results=results,
        ) from first
    raise first


def _outcomes(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each job gave or raised. The threads are daemons: Ctrl-C ends the command at once, not after a last look."""
    waiting: queue.SimpleQueue[tuple[int, Callable[[], Any]]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    for numbered in enumerate(jobs):
        waiting.put(numbered)

    def work() -> None:
        while True:
            try:
                place, job = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((place, job()))
            except Exception as failure:
                done.put((place, failure))

    for _ in range(min(WIDTH, len(jobs))):
        threading.Thread(target=work, daemon=True).start()
    return [outcome for _, outcome in sorted((done.get() for _ in jobs), key=lambda one: one[0])]


def _shown(operation: Operation, result: Any) -> Any:
    """What is printed: of `present`, which tells what it created too, everything that is there."""
    return result[0] if operation.name == "present" else result
