"""What coroutines of the blocking client wait for. They block there, or suspend where a scheduler runs them.

`run` runs one coroutine, whose waits block; `doboto._io.scheduler` runs several at once, and waits for the one that is
ready first. Suspending costs some 14 µs, the way through all that await each other, so that a call by itself does not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Generator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from socket import socket

R = TypeVar("R")
T = TypeVar("T")


class OpenedElsewhere(Protocol):
    """A gate that another thread opens.

    Attributes:
        notify: Called by that thread, once it has opened it.
    """

    notify: Callable[[], None] | None

    def is_open(self) -> bool:
        """Return whether one may pass."""
        ...


class _Thread(threading.local):
    """What is so in one thread.

    Attributes:
        suspends: Whether what runs was resumed by a scheduler, to which it hands what it waits for.
    """

    suspends = False


_thread = _Thread()


class Wait(Generic[T]):
    """Something that a coroutine waits for; awaited, it returns what came of it.

    Args:
        block: Waits for it, at most as many seconds as it is given, and returns what came of it.
        seconds: How long it may take.
        sockets: One of these must be ready for these events of `selectors`.
        gate: What must be opened instead, by another thread.
    """

    __slots__ = ("block", "gate", "seconds", "sockets")

    def __init__(
        self,
        block: Callable[[float], T],
        seconds: float,
        sockets: Sequence[tuple[socket, int]] = (),
        gate: OpenedElsewhere | None = None,
    ) -> None:
        self.block = block
        self.seconds = seconds
        self.sockets = sockets
        self.gate = gate

    def __await__(self) -> Generator[Wait[T], None, T]:
        seconds = self.seconds
        if _thread.suspends:
            yield self
            seconds = 0.0  # the scheduler has waited
        return self.block(seconds)


def run(operation: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine whose waits block."""
    suspends, _thread.suspends = _thread.suspends, False  # a callback of what a scheduler runs may call an operation
    try:
        operation.send(None)
    except StopIteration as stop:
        return cast(R, stop.value)
    finally:
        _thread.suspends = suspends
    operation.close()
    raise suspended_for_a_loop()


def step(operation: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine until it waits for something, and return that.

    Raises:
        StopIteration: It has come to its end.
    """
    suspends, _thread.suspends = _thread.suspends, True
    try:
        return operation.send(None)
    finally:
        _thread.suspends = suspends


def suspended_for_a_loop() -> RuntimeError:
    """Return the error for a coroutine that waits for something that only an event loop can resume."""
    return RuntimeError("an operation of the blocking client awaited something that suspends")
