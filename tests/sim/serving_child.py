"""Serves a kept simulator in a child of its own for each line it reads, so that a hundred of them start in no time.

Run as a program. For each line on standard input it forks a child that opens the file and serves it, and prints the
child's process id and URL; the next line is for when that child is dead.
"""

from __future__ import annotations

import os
import sys
import threading

from doboto.sim import InstantClock, Settings, Simulator
from doboto.sim.persistence import Persistence  # noqa: F401 - imported here, children have it

SETTINGS = Settings(droplet_limit=100_000, requests_per_minute=0, requests_per_hour=0)


def child(state: str) -> None:
    simulator = Simulator(InstantClock(), SETTINGS, state=state)
    with simulator.serve() as server:
        sys.stdout.write(f"{os.getpid()} {server.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


for _ in sys.stdin:
    forked = os.fork()
    if not forked:
        child(sys.argv[1])
    os.waitpid(forked, 0)
