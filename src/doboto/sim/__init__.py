"""A simulated DigitalOcean to try programs on: no money, no waiting, no network unless wanted.

    sim = Simulator(clock=ManualClock())
    with sim.serve() as server:
        ...  # any client, in any language, with server.url as its base URL

Needs the extra `doboto[sim]`.
"""

from __future__ import annotations

from .engine.account import Account
from .engine.clock import InstantClock, ManualClock, RealClock, SimulatorClock
from .engine.log import LogEntry
from .engine.settings import Settings
from .faults import Fault, Faults
from .http.peers import PEER, Server
from .simulator import Simulator

__all__ = [
    "Account",
    "Fault",
    "Faults",
    "InstantClock",
    "LogEntry",
    "ManualClock",
    "PEER",
    "RealClock",
    "Server",
    "Settings",
    "Simulator",
    "SimulatorClock",
]
