"""The simulated account of this machine: in a SQLite file of the user's state folder, served in process.

Time passes there as it does here. Only waiting is shortened: while a command waits, the account's clock runs
`DOBOTO_SIM_SPEED` times as fast (20 unless set), so that a create of half a minute takes one or two seconds. `instant`
waits not at all.

The file is held while requests are answered and let go of before each pause, so that commands can run side by side.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

from ... import Response, SystemClock, Timeouts, WireRequest
from ...sim import RealClock, Simulator
from ...sim.persistence import StateError
from ...simulated import URL, SimulatedTransport
from ..errors import Failure
from ..settings import STATE

if TYPE_CHECKING:
    from collections.abc import Generator

SPEED: Final = 20.0
#: How often to try, and how long to pause in between, while another command holds the file; it waits 2 s itself.
TRIES: Final = 15


def state_file() -> Path:
    """Return where the account is kept; `DOBOTO_SIM_STATE` names another file.

    Raises:
        Failure: The environment names no file, and the user has no home folder.
    """
    if named := os.environ.get(STATE):
        return Path(named)
    try:
        return platformdirs.user_state_path("doboto") / "simulated.db"
    except RuntimeError:
        raise Failure(f"you have no home folder to keep the account in; set HOME, or {STATE} to a file") from None


def speed() -> float:
    """Return how much faster time runs while a command waits.

    Raises:
        Failure: The environment says something else than a number above 0 or `instant`.
    """
    text = os.environ.get("DOBOTO_SIM_SPEED", str(SPEED))
    try:
        found = math.inf if text == "instant" else float(text)
    except ValueError:
        found = math.nan
    if not found > 0:
        raise Failure(f"DOBOTO_SIM_SPEED is {text!r}: neither a number above 0 nor 'instant'", 2)
    return found


_numbers = itertools.count(1)


class LocalAccount:
    """Transport and clock of the account: a client's `transport` and `clock` both.

    Args:
        path: The file.
        speed: How much faster time runs while a client sleeps.
    """

    url = URL

    def __init__(self, path: Path, speed: float) -> None:
        #: Distinguishes this time from that of other accounts, and of the same one when it was open before.
        self.timeline = f"local {next(_numbers)}"
        self._path = path
        self._speed = speed
        self._real = SystemClock()
        self._skipped = 0.0
        self._owed = 0.0
        self._lock = threading.RLock()
        self._open: Simulator | None = None

    # -- the transport

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        """Send a request to the simulator."""
        with self._simulator() as simulator:
            return await SimulatedTransport(simulator).send(request, timeouts)

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:  # noqa: ARG002 - answers at once
        """Whether a simulated Droplet listens there."""
        with self._simulator() as simulator:
            return simulator.can_connect(host, port)

    async def close(self) -> None:
        """Let go of the file."""
        self._release()

    # -- the clock

    def time(self) -> float:
        """Return seconds since 1970 (UTC)."""
        return self._real.time() + self._skipped

    def monotonic(self) -> float:
        """Return seconds from any start, with what waiting has skipped."""
        return self._real.monotonic() + self._skipped

    def sleep(self, seconds: float) -> None:
        """Wait a part of that long, and let the account's time pass for the rest."""
        self._release()
        waited = seconds / self._speed
        self._real.sleep(waited)
        with self._lock:
            self._skipped += seconds - waited
            self._owed += seconds - waited

    async def async_sleep(self, seconds: float) -> None:
        """Sleep like `sleep`; the command line uses the blocking client only."""
        self.sleep(seconds)

    # -- the file

    @contextlib.contextmanager
    def _simulator(self) -> Generator[Simulator, None, None]:
        with self._lock:
            if self._open is None:
                self._open = self._open_simulator()
            if self._owed:
                moved, self._owed = self._open.clock.now() + self._owed, 0.0
                _clock(self._open).move_to(moved)
            yield self._open

    def _open_simulator(self) -> Simulator:
        """Open the account; where its time is ahead of the real one, continue from where it was left."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        left = self._path.stat().st_mtime if self._path.exists() else None
        simulator = self._try()
        now = self._real.time()
        if left is not None and simulator.clock.now() > now:
            _clock(simulator).move_to(simulator.clock.now() + max(0.0, now - left))
        return simulator

    def _try(self) -> Simulator:
        for left in range(TRIES, 0, -1):
            try:
                return Simulator(RealClock(), state=self._path)
            except StateError as failure:
                if not failure.busy or left == 1:
                    raise Failure(f"the simulated account {failure}") from failure
        raise AssertionError

    def _release(self) -> None:
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None


def _clock(simulator: Simulator) -> RealClock:
    assert isinstance(simulator.clock, RealClock)  # noqa: S101 - made so above
    return simulator.clock
