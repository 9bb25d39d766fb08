"""Transport and clock of a simulated DigitalOcean in this process: its ASGI application, called without a socket."""

from __future__ import annotations

import asyncio
import itertools
from functools import cache
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary

from ._core.response import Response
from ._io.protocol import Clock, Timeouts, WireRequest
from ._version import install_command
from .errors import DOBOTOConfigurationException, DOBOTOConnectionException, DOBOTOTimeoutException

try:
    from .sim import PEER, InstantClock, ManualClock, Simulator, SimulatorClock
except ModuleNotFoundError as missing:
    raise DOBOTOConfigurationException(f"the simulator needs {missing.name}: {install_command('sim')}") from missing

_numbers = itertools.count(1)
#: Which simulator is which; an `id` is given to another one when it is gone.
_numbered: WeakKeyDictionary[Simulator, int] = WeakKeyDictionary()

#: Clocks that a sleeping client moves on.
MOVABLE = (ManualClock, InstantClock)

#: What stands in URLs and links; nothing is ever sent there.
URL = "http://simulated.localhost/v2"


def world(simulator: Simulator | None = None) -> tuple[SimulatedTransport, Clock]:
    """A transport into a simulated DigitalOcean and the clock that goes with it."""
    simulator = simulator or Simulator(clock=ManualClock())
    return SimulatedTransport(simulator), SimulatedClock(simulator)


@cache
def process_world() -> tuple[SimulatedTransport, Clock]:
    """Return the world of the process, which all clients share that `DOBOTO_SIM` makes simulated ones."""
    return world()


class SimulatedTransport:
    """Calls the simulator's application. It never suspends by itself, so it serves both clients.

    Args:
        simulator: The simulated DigitalOcean.
    """

    url = URL

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        """Have a request answered."""
        exchange = _Exchange(self._simulator.clock, request.body or b"", min(timeouts.read, timeouts.total))
        await self._simulator.app({**_scope(request), "extensions": {PEER: exchange}}, exchange.receive, exchange.send)
        if exchange.gave_up:
            raise DOBOTOTimeoutException("no response in time from the simulated DigitalOcean")
        if exchange.ended or exchange.status is None:
            raise DOBOTOConnectionException("the simulated connection was dropped")
        return Response(exchange.status, exchange.headers, exchange.body)

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:  # noqa: ARG002 - answers at once
        """Return whether a simulated Droplet listens there."""
        return self._simulator.can_connect(host, port)

    async def close(self) -> None:
        """Nothing is held."""


class SimulatedClock:
    """The simulator's time, as a client sees it.

    A client that sleeps moves a clock that is moved by hand, and one on which everything is over at once: real time
    passes on a `RealClock` only.

    Args:
        simulator: The simulated DigitalOcean.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        #: Distinguishes this time from that of other simulators, and from real time.
        self.timeline = f"simulated {_numbered.setdefault(simulator, next(_numbers))}"

    @property
    def _clock(self) -> SimulatorClock:
        return self._simulator.clock  # read each time: it can be changed for one of another kind

    def time(self) -> float:
        """Seconds since 1970 (UTC)."""
        return self._clock.now()

    def monotonic(self) -> float:
        """The same: simulated time does not jump."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Let time pass; at once where the clock can be moved on."""
        if isinstance(self._clock, MOVABLE):
            self._move_to(self._clock.now() + seconds)
        else:
            _pause(seconds / getattr(self._clock, "speed", 1.0))

    async def async_sleep(self, seconds: float) -> None:
        """Let time pass, and other tasks run."""
        if isinstance(self._clock, MOVABLE):
            moment = self._clock.now() + seconds
            await asyncio.sleep(0)
            self._move_to(moment)
        else:
            await asyncio.sleep(seconds / getattr(self._clock, "speed", 1.0))

    def _move_to(self, moment: float) -> None:
        """Move on to a moment; sleepers side by side must not add up their sleep."""
        clock = cast("ManualClock | InstantClock", self._clock)
        if moment > clock.now():
            clock.move_to(moment)


def _pause(seconds: float) -> None:
    from ._io.clock import SystemClock

    SystemClock().sleep(seconds)


class _Exchange:
    """One ASGI request and what the application answers; for the simulator's faults it is the peer."""

    def __init__(self, clock: SimulatorClock, body: bytes, patience: float) -> None:
        self._clock = clock
        self._body = body
        self._patience = patience
        #: Waiting took longer than this client waits; the application goes on without it, as a server does.
        self.gave_up = False
        #: The connection was closed before the response was complete.
        self.ended = False
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.body = b""

    def hang_up(self) -> None:
        self.ended = True

    def waits(self, seconds: float) -> float:
        waited = min(seconds, self._patience)
        self.gave_up = self.gave_up or seconds > self._patience
        self._patience -= waited
        # A clock without delays does not wait where the outcome is known.
        return 0.0 if self.gave_up and isinstance(self._clock, InstantClock) else waited

    async def receive(self) -> dict[str, Any]:
        if self.ended:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


def _scope(request: WireRequest) -> dict[str, Any]:
    parts = urlsplit(request.url)
    headers = {"host": parts.netloc, **{name.lower(): value for name, value in request.headers.items()}}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode("ascii"),
        "query_string": parts.query.encode("ascii"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": (parts.hostname, parts.port or 80),
    }
