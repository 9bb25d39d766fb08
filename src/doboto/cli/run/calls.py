"""What a command does several times over, and how far each of it is: what was not sent is never told as begun."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from ...progress import Progress

#: Names that a sentence has room for; programs get all of them.
TOLD = 5


class Stage(enum.Enum):
    """How far a call is."""

    #: Nothing of it was sent.
    WAITING = enum.auto()
    #: It was refused, for another action is running there; it is sent again when that has ended.
    HELD = enum.auto()
    #: It was sent, and there is no answer that settles it: it may have begun.
    SENT = enum.auto()
    #: It was answered; what it asks for goes on.
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


@dataclass(frozen=True, slots=True)
class Counted(Progress):
    """Progress in which what failed is not counted as done.

    Attributes:
        failed: How many of them failed.
    """

    failed: int = 0

    def __str__(self) -> str:
        if not self.failed:
            return Progress.__str__(self)
        return f"{self.what}: {self.done} done, {self.failed} failed of {self.total} after {self.elapsed:.0f} s"


def failed_of(progress: Progress) -> int:
    """How many failed, as far as it was counted."""
    return progress.failed if isinstance(progress, Counted) else 0


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

    @property
    def maybe_begun(self) -> list[Call]:
        """Those that go on, and those that may: to wait for a thing that nothing was begun on does no harm."""
        return self.at(Stage.SENT, Stage.BEGUN)

    def pending(self) -> dict[Any, str]:
        """Those that are not over, by what they are about, with what each is at."""
        return {call.id: call.state for call in self._calls if call.stage is not Stage.OVER}

    def progress(self) -> Counted:
        """How far all of it is."""
        return Counted(self.what, len(self.done), len(self), self.elapsed(), self.pending(), failed=len(self.failed))


def listed(calls: Sequence[Call]) -> str:
    """Calls by what they are about, as many as a sentence has room for."""
    more = f" and {len(calls) - TOLD} more" if len(calls) > TOLD else ""
    return ", ".join(call.label for call in calls[:TOLD]) + more


def spoken(what: str) -> str:
    """What is done, in a sentence."""
    return what.replace("_", " ")
