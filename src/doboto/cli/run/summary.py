"""How the calls of a command stand when it ends before they do: in a sentence, and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..exit_codes import described, exit_of, line_of
from ..json_types import is_array
from .calls import Call, Calls, Stage, listed

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
