"""What became of each of several resources when a command ends: in a sentence, and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._json import is_array
from ...errors import DOBOTOPendingEventException
from ...outcomes import Outcome, OutcomeState
from ..errors import PARTLY, TIMEOUT, UNKNOWN, describe_error, exit_of, line_of

#: Names that a sentence has room for; programs get all of them.
NAMED = 5
#: Of several codes the first of these that is among them counts.
WEIGHTIEST = (PARTLY.code, UNKNOWN.code, TIMEOUT.code)
GOES_ON, UNANSWERED = "goes on for {}", "sent and not answered, so that it may have begun, for {}"
HELD, NOT_BEGUN = "not begun for {}, where another action is running", "not begun for {}"


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
