"""The protocols of input and output: send a request, sleep, run jobs side by side."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from .._core.response import Response
from .concurrency import Concurrency

R = TypeVar("R")
Found = TypeVar("Found", covariant=True)

#: Something to run: called, it gives the coroutine to be awaited.
Job = Callable[[], Coroutine[Any, Any, R]]
#: Called with an event, of which `doboto.events` has the classes. `AsyncDO` awaits what it returns if that is a
#: coroutine; what it raises ends the call.
OnEvent: TypeAlias = Callable[[Any], object]

#: Statuses after which a connection is not used again: a 408 may answer no request, when a connection idled,
#: and the response to a request sent at that time would then be read as that to the next (RFC 9110, 15.5.9).
CLOSE_AFTER = frozenset({408})


class Connection(NamedTuple):
    """How the API is reached.

    Attributes:
        url: The base URL: decides whether TLS is used and whether a proxy of the environment applies.
        proxy: A proxy's URL; "" for none, even if the environment names one; None to follow the environment.
        ca_file: A file of CA certificates to trust instead of the system's.
        connections: How many connections are kept open.
        max_response_size: Bytes that the body of a response may have, packed or not.
    """

    url: str
    proxy: str | None
    ca_file: str | None
    connections: int
    max_response_size: int


class Timeouts(NamedTuple):
    """Bounds of one exchange, in seconds.

    Attributes:
        connect: Until the connection is made.
        read: Between two pieces of the response.
        total: Until the whole response has come.
    """

    connect: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request ready to be sent. Its headers hold the token, so its repr leaves them out."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False, default=None)


class Clock(Protocol):
    """Gives the time and sleeps. Tests and simulated accounts have clocks of their own."""

    def time(self) -> float:
        """Seconds since 1970 (UTC)."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump, from any start."""
        ...

    def sleep(self, seconds: float) -> None:
        """Block for that long (the blocking client)."""
        ...

    async def async_sleep(self, seconds: float) -> None:
        """Suspend for that long (the asynchronous client)."""
        ...


class Transport(Protocol):
    """Sends one request and returns its response. For the blocking client it blocks and never suspends."""

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        """Send a request.

        Raises:
            DOBOTOConnectionException: No response came; `sent` is true if the request may have arrived.
            DOBOTOTimeoutException: No response came in time.
        """
        ...

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        """Return whether that TCP port accepts a connection within `timeout` seconds."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class RateLimitLease(Protocol):
    """What one client may take of a rate limit that is shared beyond its process."""

    async def take(self) -> float:
        """Take one request out of it.

        Returns:
            0.0 if there was one and the request may be sent now, else the seconds until there may be one.

        Raises:
            DOBOTOConnectionException: The limit is unknown, and no request may be sent without it.
        """
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class SharedRateLimit(Protocol):
    """A rate limit that is shared beyond one process; see `RedisRateLimit`."""

    def lease(self, account: str, *, blocks: bool) -> RateLimitLease:
        """Return a client's part of it.

        Args:
            account: Who shares: the same text for all clients with one token and URL, and no secret.
            blocks: If true, the client is the blocking one, for which `take` must never suspend.
        """
        ...


class BackgroundResult(Protocol[Found]):
    """A job that was begun and is not waited for yet."""

    async def result(self) -> Found:
        """Wait for it; raises what it raised."""
        ...

    async def cancel(self) -> None:
        """Abandon it: its result is not needed."""
        ...


class IO(Protocol):
    """All that an operation may await, beside other operations."""

    clock: Clock
    transport: Transport
    #: If true, it suspends, as the asynchronous client's does; else it blocks.
    suspends: bool
    #: How many jobs run side by side.
    concurrency: Concurrency
    #: If true, the client was closed, and with it all that share its connections.
    closed: bool

    def wrap(self, wrapper: Callable[[Transport], Transport]) -> None:
        """Put what a program made around the transport."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...

    async def gather(self, jobs: Sequence[Job[R]], *, finish: bool = False) -> list[R | Exception]:
        """Run jobs side by side, a few at a time; return results in order, the exception of a job that failed.

        Interrupted, it begins no further job. With `finish`, those that have begun are waited for all the same: what
        they change must be known.
        """
        ...

    async def gather_reads(
        self, jobs: Sequence[Job[R]], on_idle: Callable[[], object] | None = None
    ) -> list[R | Exception]:
        """Run jobs that only read and may be dropped, as `gather` does; `DO` needs no threads for them.

        `on_idle` may be called, once, while all of them wait: something that computes, and is of use if it is done.
        """
        ...

    def start(self, job: Job[R]) -> BackgroundResult[R]:
        """Have a job run while the caller does something else."""
        ...
