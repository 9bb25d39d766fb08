"""What a command does several times over, and how far each of it is: what was not sent is never told as begun."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from ..progress import Progress

#: Names that a sentence has room for; programs get all of them.
TOLD = 5


class Stage(enum.Enum):
    """How far a call is."""

    #: Nothing of it was sent.
    WAITING = enum.auto()
    #: It was refused, for another action is running there; it is sent again when that has ended.
    HELD = enum.auto()
    #: It was sent; what it asks for goes on.
    BEGUN = enum.auto()
    #: It is done, or has failed.
    OVER = enum.auto()


@dataclass(slots=True, eq=False)
class Call:
    """One call of an operation.

    Attributes:
        values: What it is called with.
        label: What it is about, as people know it.
        stage: How far it is.
        state: What it is at, in words.
        outcome: What it gave or raised; while it goes on, the action as last seen.
    """

    values: Mapping[str, Any]
    label: str
    stage: Stage = Stage.WAITING
    state: str = "not sent yet"
    outcome: Any = None

    @property
    def id(self) -> Any:
        """What it is about."""
        return self.values["id"]

    def at(self, stage: Stage, state: str, outcome: Any = None) -> None:
        """It has come to a stage."""
        self.state, self.outcome, self.stage = state, outcome, stage

    def over(self, outcome: Any) -> None:
        """It has come to its end, with a result or an exception."""
        self.at(Stage.OVER, "", outcome)


class Calls:
    """The calls of one command.

    Args:
        what: What is done: `reboot`.
        calls: The calls.
        elapsed: Gives the seconds since the work began.
    """

    def __init__(self, what: str, calls: Iterable[Call], elapsed: Callable[[], float]) -> None:
        self.what = what
        self.elapsed = elapsed
        self._calls = list(calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def copied(self) -> Calls:
        """The calls as they are now, whatever answers still come."""
        return Calls(self.what, map(copy, self._calls), self.elapsed)

    def at(self, *stages: Stage) -> list[Call]:
        """Those at one of these stages."""
        return [call for call in self._calls if call.stage in stages]

    @property
    def done(self) -> list[Call]:
        """Those that gave what they were to give."""
        return [call for call in self.at(Stage.OVER) if not isinstance(call.outcome, Exception)]

    @property
    def failed(self) -> list[Call]:
        """Those that failed."""
        return [call for call in self.at(Stage.OVER) if isinstance(call.outcome, Exception)]

    def pending(self) -> dict[Any, str]:
        """Those that are not over, by what they are about, with what each is at."""
        return {call.id: call.state for call in self._calls if call.stage is not Stage.OVER}

    def progress(self) -> Progress:
        """How far all of it is."""
        pending = self.pending()
        return Progress(self.what, len(self) - len(pending), len(self), self.elapsed(), pending)

    def sentence(self) -> str:
        """What is done, what goes on and what was not begun."""
        told = (
            ("done for {}", self.done and f"{len(self.done)} of {len(self)}"),
            ("failed for {}", listed(self.failed)),
            ("goes on for {}", listed(self.at(Stage.BEGUN))),
            ("not begun for {}, where another action is running", listed(self.at(Stage.HELD))),
            ("not begun for {}", listed(self.at(Stage.WAITING))),
        )
        return "; ".join(text.format(which) for text, which in told if which)

    def details(self) -> dict[str, Any]:
        """The same for programs; members that have nothing to say are left out."""
        begun = self.at(Stage.BEGUN)
        told: dict[str, Any] = {
            "done": [call.label for call in self.done],
            "ids": [call.id for call in begun],
            "pending": {str(call.id): call.state for call in begun},
            "not_begun": [call.label for call in self.at(Stage.WAITING, Stage.HELD)],
        }
        return {name: value for name, value in told.items() if value}


def listed(calls: Sequence[Call]) -> str:
    """Calls by what they are about, as many as a sentence has room for."""
    more = f" and {len(calls) - TOLD} more" if len(calls) > TOLD else ""
    return ", ".join(call.label for call in calls[:TOLD]) + more


def spoken(what: str) -> str:
    """What is done, in a sentence."""
    return what.replace("_", " ")
