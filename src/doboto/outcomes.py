"""What became of what a call asked for: of each of several Droplets, and of a call that ended early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

#: `completed`: done. `failed`: refused, or begun and failed. `running`: accepted, and not completed yet. `unknown`:
#: sent, and its response was lost or has not come. `not_begun`: not sent, or refused while another action was running.
OutcomeState: TypeAlias = Literal["completed", "failed", "running", "unknown", "not_begun"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several.

    Attributes:
        id: The Droplet's id.
        state: How it ended, or how far it came: see `OutcomeState`.
        action: Its action as last seen, or None.
        error: Why it failed, or why its outcome is unknown; None otherwise.
        pending: What it was waiting for, in words; empty when it is over.
    """

    id: int
    state: OutcomeState
    action: Mapping[str, Any] | None = None
    error: Exception | None = None
    pending: str = ""

    def __str__(self) -> str:
        why = str(self.error) if self.error is not None else self.pending
        return f"{self.id} {self.state.replace('_', ' ')}{f': {why}' if why else ''}"


@dataclass(frozen=True, slots=True)
class CallState:
    """What a call knew when it ended early.

    Attributes:
        created: What it had created, as the API sent it, in the order asked for.
        unresolved: What was asked for and may exist or not: the names of Droplets, or other changes in words.
        not_begun: What was not asked for yet: names, or the ids of Droplets.
        pending: What was being waited for, by its id, with what was missing in words.
        outcomes: What became of each of several Droplets, by its id.
    """

    created: Sequence[Mapping[str, Any]] = ()
    unresolved: Sequence[str] = ()
    not_begun: Sequence[Any] = ()
    pending: Mapping[Any, str] = field(default_factory=dict[Any, str])
    outcomes: Mapping[int, Outcome] = field(default_factory=dict[int, Outcome])

    def __bool__(self) -> bool:
        return any((self.created, self.unresolved, self.not_begun, self.pending, self.outcomes))


#: The attribute of exceptions that are not this library's, such as KeyboardInterrupt, that has a `CallState`.
STATE = "doboto"


def attach_state(error: BaseException, **known: Any) -> None:
    """Attach what a call knows to the exception that ends it; what an inner part of the call attached stays."""
    found: CallState = getattr(error, STATE, None) or CallState()
    setattr(error, STATE, replace(found, **{name: value for name, value in known.items() if value}))


def call_states(source: object) -> list[CallState]:
    """What calls knew that were interrupted, cancelled or failed.

    Args:
        source: An exception: KeyboardInterrupt, CancelledError, the TimeoutError of `asyncio.timeout`, an exception
            group, or an error of this library; also those that these were raised from. Or a task that is done: of a
            `TaskGroup` that failed, the tasks that it cancelled have exceptions that the group does not have.

    Returns:
        A `CallState` for each call, the innermost exception's first; an empty list where no call was under way.
    """
    states: dict[int, CallState] = {}
    _collect(source, states, set())
    return list(states.values())


def _collect(source: object, states: dict[int, CallState], seen: set[int]) -> None:
    if source is None or id(source) in seen:
        return
    seen.add(id(source))
    if not isinstance(source, BaseException):
        _collect(_exception_of(source), states, seen)
        return
    for inner in (*getattr(source, "exceptions", ()), source.__cause__, source.__context__):
        _collect(inner, states, seen)
    state = getattr(source, STATE, None)
    if isinstance(state, CallState) and state:
        states.setdefault(id(state), state)


def _exception_of(task: Any) -> BaseException | None:
    """How a task ended; a cancelled one raises its exception instead of returning it."""
    try:
        found: BaseException | None = task.exception()
    except BaseException as cancelled:  # CancelledError; asyncio need not be imported to find it
        return cancelled
    return found
