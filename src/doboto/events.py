"""What a client reports while a call runs, as values: to callbacks and to the log.

Each event is a frozen dataclass; its text is a line for people. The client's `on_event=` is called with every event,
the parameter `progress=` of an operation with the event that a poll of that call is finished. Either is a plain
function or, with `AsyncDO`, an `async def` function, which is awaited. `DO` may call `on_event` from worker threads,
where one call sends several requests side by side. What a callback raises ends the call.

    from doboto import DO, events

    def show(event):
        match event:
            case events.Created(kind=kind, id=id, name=name):
                print(f"{kind} {name} has the id {id}")
            case events.Progress(done=done, total=total):
                print(f"{done}/{total}")

    do = DO(on_event=show)
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar, cast

from ._io.protocol import OnEvent as OnEvent
from .errors import DOBOTOException

#: How many of those that are pending are named in a line of progress.
PENDING = 5


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a call reports.

    Attributes:
        level: The level that it is logged with (see `logging`); 0 for what is not logged.
    """

    level: ClassVar[int] = logging.INFO


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """A poll is finished: how far a wait is.

    Attributes:
        what: What is waited for: `create`, `power_off`, `destroy`, ...
        done: How many are done, without those that failed.
        total: How many there are.
        elapsed: Seconds since the call began.
        pending: For each that is not done, by its id, what is still missing, in words.
        failed: How many failed.
    """

    level: ClassVar[int] = 0

    what: str
    done: int
    total: int
    elapsed: float
    pending: Mapping[int | str, str]
    failed: int = 0

    def __str__(self) -> str:
        count = f"{self.done} of {self.total} done"
        if self.failed:
            count = f"{self.done} done, {self.failed} failed of {self.total}"
        text = f"{self.what}: {count} after {self.elapsed:.0f} s"
        parts = [f"{id}: {missing}" for id, missing in islice(self.pending.items(), PENDING)]
        more = len(self.pending) - PENDING
        return "; ".join([text, *parts]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Created(Event):
    """A resource was created: from here on it exists, and may be charged for, also if the call fails.

    Attributes:
        kind: What it is, as the API names it: `droplet`, `volume`, `reserved_ip`, ...
        id: Its id, or what identifies it instead: an address, a name.
        name: Its name, or None.
        resource: The resource as the API sent it.
    """

    kind: str
    id: Any
    name: str | None
    resource: Mapping[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"created {label(self.kind, self.id, self.name)}"


@dataclass(frozen=True, slots=True)
class Adopted(Event):
    """The response to a create was lost, and this was found to be what it created. It has the attributes of `Created`.

    Attributes:
        kind: What it is, as the API names it.
        id: Its id, or what identifies it instead.
        name: Its name, or None.
        resource: The resource as the API lists it.
    """

    level: ClassVar[int] = logging.WARNING

    kind: str
    id: Any
    name: str | None
    resource: Mapping[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"adopted {label(self.kind, self.id, self.name)}, whose response was lost"


@dataclass(frozen=True, slots=True)
class Differs(Event):
    """What `present` found differs from what was asked for, which it leaves as it is.

    Attributes:
        kind: What it is, as the API names it.
        id: Its id, or what identifies it instead.
        name: Its name, or None.
        differences: By attribute, what was asked for and what is there, as far as the API shows it.
        resource: The resource as the API lists it.
    """

    kind: str
    id: Any
    name: str | None
    differences: Mapping[str, tuple[Any, Any]]
    resource: Mapping[str, Any] = field(repr=False)

    def __str__(self) -> str:
        parts = (_difference(name, asked, there) for name, (asked, there) in self.differences.items())
        return f"{label(self.kind, self.id, self.name)} is not as asked for: {'; '.join(parts)}"


def _difference(name: str, asked: Any, there: Any) -> str:
    """Say in what it differs. The insides of objects stay out of texts and logs: user data and webhooks are secret."""
    if _is_flat(asked) and _is_flat(there):
        return f"{name} is {there!r}, not {asked!r}"
    return f"{name} is another one"


def _is_flat(value: object) -> bool:
    """Return whether a value is one text or number, or a list of them."""
    parts = cast("list[Any]", value) if isinstance(value, list | tuple) else [value]
    return all(one is None or isinstance(one, str | int | float) for one in parts)


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The API accepted an action; it goes on, also if the call fails.

    Attributes:
        action: The action as the API sent it.
    """

    level: ClassVar[int] = 0

    action: Mapping[str, Any]

    def __str__(self) -> str:
        action = self.action
        target = f"{action.get('resource_type', 'resource')} {action.get('resource_id')}"
        return f"started {action.get('type')} of {target} (action {action.get('id')})"


@dataclass(frozen=True, slots=True)
class ResponseLost(Event):
    """The response to a change was lost; what it did is looked for, for some seconds.

    Attributes:
        what: What is looked for, in words.
        error: How the response was lost.
    """

    level: ClassVar[int] = logging.WARNING

    what: str
    error: DOBOTOException

    def __str__(self) -> str:
        return f"looking for {self.what} after: {self.error}"


@dataclass(frozen=True, slots=True)
class WaitingForEvent(Event):
    """Another action is running on the resource; the call waits for its end, and has not begun its own.

    Attributes:
        target: The resource, in words.
        error: The API's refusal.
    """

    target: str
    error: DOBOTOException

    def __str__(self) -> str:
        return f"waiting until no other action is running on {self.target}"


@dataclass(frozen=True, slots=True)
class Retrying(Event):
    """A request failed and is sent again after a pause.

    Attributes:
        method: Its HTTP method.
        path: Its path and query.
        attempt: The attempt that failed: 1 for the first.
        delay: Seconds until it is sent again.
        error: How it failed.
    """

    method: str
    path: str
    attempt: int
    delay: float
    error: DOBOTOException

    def __str__(self) -> str:
        return f"retry in {self.delay:.1f} s (attempt {self.attempt} failed): {self.error}"


@dataclass(frozen=True, slots=True)
class Unreachable(Retrying):
    """No connection to the API could be made at first; it is tried again, which may take long."""

    level: ClassVar[int] = logging.WARNING


@dataclass(frozen=True, slots=True)
class RateLimited(Event):
    """A request waits, unsent, for the rate limit to have room for it: a second or longer.

    Attributes:
        method: Its HTTP method.
        path: Its path and query.
        delay: Seconds until it can be sent at the earliest.
    """

    method: str
    path: str
    delay: float

    def __str__(self) -> str:
        return f"{self.method} {self.path} waits {self.delay:.0f} s for the rate limit"


@dataclass(frozen=True, slots=True)
class PollFailed(Event):
    """A poll failed in a way that the next one may mend; the wait goes on.

    Attributes:
        what: What is waited for.
        error: How it failed.
    """

    what: str
    error: DOBOTOException

    def __str__(self) -> str:
        return f"polling goes on after: {self.error}"


@dataclass(frozen=True, slots=True)
class Interrupted(Event):
    """A call was interrupted: by Ctrl-C, a cancelled task, or what a callback raised. It is logged, nothing more.

    What the call knew is in the exception: see `doboto.call_states`.

    Attributes:
        text: What was under way, in words.
    """

    level: ClassVar[int] = logging.WARNING

    text: str

    def __str__(self) -> str:
        return f"interrupted: {self.text}"


def label(kind: str, id: Any, name: str | None) -> str:
    """A resource in words: `Droplet web-1 (7)`."""
    noun = "Droplet" if kind == "droplet" else kind.replace("_", " ")
    return f"{noun} {id}" if name in (None, "", id) else f"{noun} {name} ({id})"
