"""A simulated DigitalOcean to try programs on: no money, no waiting, no network unless wanted.

    sim = Simulator(clock=ManualClock())
    with sim.serve() as server:
        ...  # any client, in any language, with server.url as its base URL

Needs the extra `doboto[sim]`.
"""

from __future__ import annotations

from .account import Account
from .clock import Clock, InstantClock, ManualClock, RealClock
from .faults import Fault, Faults
from .peers import PEER
from .served import Server
from .settings import Settings
from .simulator import Simulator

__all__ = [
    "PEER",
    "Account",
    "Clock",
    "Fault",
    "Faults",
    "InstantClock",
    "ManualClock",
    "RealClock",
    "Server",
    "Settings",
    "Simulator",
]
