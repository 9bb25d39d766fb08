"""What HTTP needs of a network, and the deadline of one exchange. `blocking` and `asynchronous` implement it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from .._io.protocol import Timeouts
from ..errors import Stage

T = TypeVar("T")

#: The longest exchange in seconds: a lock on Windows takes no more than 49 days.
LONGEST = 1e6
#: Bytes read at once.
READ_SIZE = 65_536


class Exchange:
    """One attempt of a request: its bounds, and how far it has come.

    Args:
        timeouts: Bounds in seconds.
        end: When it must be over, on the monotonic clock.

    Attributes:
        stage: What it is doing.
        peer: The host and port that it is doing that with.
    """

    __slots__ = ("end", "peer", "stage", "timeouts")

    def __init__(self, timeouts: Timeouts, end: float) -> None:
        self.timeouts = timeouts
        self.end = end
        self.stage = Stage.WAIT
        self.peer = ""

    @classmethod
    def begin(cls, timeouts: Timeouts) -> Exchange:
        """Begin an exchange now."""
        return cls(timeouts, time.monotonic() + min(timeouts.total, LONGEST))

    def enter(self, stage: Stage, peer: str) -> None:
        """Note what is done next, and with whom, for the error if it fails."""
        self.stage, self.peer = stage, peer

    def remaining(self, most: float = LONGEST) -> float:
        """Return the seconds left, at most `most`.

        Raises:
            TimeoutError: The deadline has passed.
        """
        return min(most, remaining(self.end))


def remaining(end: float) -> float:
    """Return the seconds from now to a moment of the monotonic clock.

    Raises:
        TimeoutError: It has passed.
    """
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left


class Stream(Protocol):
    """A connection that carries bytes: a socket, or TLS over another stream."""

    async def send(self, data: bytes, seconds: float) -> None:
        """Send all of the data within that many seconds."""

    async def receive(self, seconds: float) -> bytes:
        """Return the bytes that come next, b"" at the end of the stream."""
        ...

    async def receive_into(self, buffer: memoryview, seconds: float) -> int:
        """Put the bytes that come next into a buffer; return how many these are, 0 at the end of the stream."""
        ...

    def has_input(self) -> bool:
        """Return whether there is something to read, the end of the stream included, without waiting."""
        ...

    def close(self) -> None:
        """Close the connection."""


class Gate(Protocol):
    """What one thread or task waits at until another one opens it."""

    async def wait(self, seconds: float) -> bool:
        """Wait until it is open, at most that many seconds; return whether it is."""
        ...

    def open(self) -> None:
        """Let the waiting one pass. Any thread may call this, more than once."""


class ConnectAttempt(Protocol):
    """A TCP connection that is being made."""

    def failure(self) -> OSError | None:
        """Return why it failed, None if it is connected; only once `Network.wait_any` has named it."""
        ...

    def stream(self) -> Stream:
        """Return the connection that was made."""
        ...

    def cancel(self) -> None:
        """Give it up."""


class Network(Protocol):
    """Sockets of one kind."""

    async def run(self, job: Callable[[], T]) -> T:
        """Run a job that takes long, without holding up other tasks."""
        ...

    def gate(self) -> Gate:
        """Make a closed gate."""
        ...

    def start(self, family: int, address: Any) -> ConnectAttempt:
        """Begin to connect to an address, without waiting.

        Raises:
            OSError: It fails at once.
        """
        ...

    async def wait_any(self, attempts: Sequence[ConnectAttempt], seconds: float) -> Sequence[ConnectAttempt]:
        """Wait until some attempts have ended, well or not; return them, none when the time is over."""
        ...
