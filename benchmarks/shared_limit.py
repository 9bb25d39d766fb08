"""Machines that use one token at the same time: each with its own limit, and with a limit shared through Redis.

`fleets.py --machines 10` starts so many processes, which send their requests to a simulator that counts as DigitalOcean
does. Its clock and the machines' are faster than the wall's.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from doboto import DO, DOBOTORateLimitException, RedisRateLimit
from doboto.sim import RealClock, Settings, Simulator

#: How much faster time is: a minute takes five seconds.
SPEED = 12
#: Requests of each machine, and seconds of the wall in which all of them may send 250: a minute and a fifth here.
CALLS, WINDOW = 250, 6


@dataclass(frozen=True)
class FastClock:
    """The machine's clock, faster; see `doboto.Clock`."""

    speed: float = SPEED

    def time(self) -> float:
        """Return the time of day."""
        return time.time() * self.speed

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic() * self.speed

    def sleep(self, seconds: float) -> None:
        """Let that many seconds of this clock pass."""
        time.sleep(seconds / self.speed)  # noqa: TID251

    async def async_sleep(self, seconds: float) -> None:
        """Blocking clients do not call it."""
        raise NotImplementedError


def share(machines: int) -> None:
    """Measure and print."""
    print(f"{machines} machines, {CALLS} requests each")
    with redis_server() as redis:
        for title, server in (("each its own limit", ""), ("a limit shared through Redis", redis)):
            statuses, failed, minutes = run(machines, server)
            print(f"| {title} | {statuses[200]:,} | {statuses[429]:,} | {failed} | {minutes:.1f} |", flush=True)


def run(machines: int, redis: str) -> tuple[Counter[int], int, float]:
    """Let machines send; return how many responses had which status, calls that failed, and simulated minutes."""
    sim = Simulator(RealClock(speed=SPEED), settings=Settings(requests_per_hour=0))
    statuses: Counter[int] = Counter()
    sim.on_seen.append(lambda _, response: statuses.update([response.status]))
    with sim.serve() as server:
        began = sim.clock.now()
        command = [sys.executable, __file__, server.url, redis]
        children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(machines)]
        failed = sum(int(child.communicate()[0]) for child in children)
    return statuses, failed, (sim.clock.now() - began) / 60


def send(url: str, redis: str) -> None:
    """What one machine does; prints how many of its calls failed."""
    failed = 0
    shared = RedisRateLimit(redis, window=WINDOW) if redis else None
    with DO("fleet", url, clock=FastClock(), shared_rate_limit=shared, timeout=1e6) as do:
        for _ in range(CALLS):
            try:
                do.account.info()
            except DOBOTORateLimitException:
                failed += 1
    print(failed)


@contextmanager
def redis_server() -> Iterator[str]:
    """Start a Redis or Valkey server; its URL."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        sys.exit("redis-server is not installed, or not in PATH")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        try:
            wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(10)


def wait_for(port: int) -> None:
    """Wait until something listens."""
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)  # noqa: TID251
        else:
            return
    raise RuntimeError("the Redis server does not listen")


if __name__ == "__main__":
    send(*sys.argv[1:])
