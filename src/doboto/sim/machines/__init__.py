"""Machines behind simulated Droplets: containers that one can log in to.

    with Simulator(machines="podman") as simulator, simulator.serve() as server:
        ...  # create a Droplet with an SSH key, and log in at its address

The rest of the simulator knows of it by two hooks alone: the functions in `World.on_commit` are called with what
every request has changed, and an action is over when its executor says so (`Account.executor`). Without machines
nothing of this package is imported.
"""

from __future__ import annotations

from .command import CommandEngine
from .engine import Engine, EngineError, MachineSpec
from .machines import Machines
from .settings import MachineSettings

__all__ = ["CommandEngine", "Engine", "EngineError", "MachineSettings", "MachineSpec", "Machines"]
