"""Networks of machines: one for the simulator's public addresses, one for each VPC, each created at its first use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping

from .engine import Attachment, Engine, EngineError
from .machine import Machine
from .settings import MachineSettings

log = logging.getLogger("doboto.sim.machines")

#: The network of the simulator's public addresses (RFC 2544, benchmarks).
PUBLIC = "198.18.0.0/15"


class MachineNetworks:
    """The networks of one simulator.

    Args:
        engine: Creates them.
        settings: Whether machines have private addresses.
        prefix: What their names begin with.
        labels: What they are labelled with.
    """

    def __init__(self, engine: Engine, settings: MachineSettings, prefix: str, labels: Mapping[str, str]) -> None:
        self._engine = engine
        self._settings = settings
        self._prefix = prefix
        self._labels = labels
        #: By name, each with why it could not be created.
        self._known: dict[str, EngineError | None] = {}
        self._lock = threading.Lock()

    def adopt(self, names: Iterable[str]) -> None:
        """Use networks that are there already."""
        self._known.update(dict.fromkeys(names))

    def names(self, machine: Machine) -> list[str]:
        """Return the names of the networks that a machine may be in."""
        return [self._prefix, self._private_name(machine)]

    def attach(self, machine: Machine) -> list[Attachment]:
        """Return what a machine is attached to: the public network, and its VPC's unless that cannot be created.

        Raises:
            EngineError: There is no network that it could be in.
        """
        found: list[Attachment] = []
        if public := machine.address("public"):
            found.append(self._attachment(self._prefix, PUBLIC, public))
        private = machine.address("private")
        if private and (self._settings.private_networks or not found):
            try:
                found.append(self._attachment(self._private_name(machine), machine.vpc[1], private))
            except EngineError as failure:  # this machine has that range, or another account's VPC
                if not found:
                    raise
                log.warning("Droplet %s is without its private address: %s", machine.droplet_id, failure)
        return found

    def _private_name(self, machine: Machine) -> str:
        return f"{self._prefix}-{machine.vpc[0][:8]}"

    def _attachment(self, network: str, subnet: str, address: str) -> Attachment:
        """Return an attachment to a network, which is created at its first use.

        Raises:
            EngineError: It cannot be created.
        """
        with self._lock:
            if isinstance(failure := self._known.get(network), EngineError):
                raise failure
            if network not in self._known:
                self._known[network] = None
                try:
                    self._engine.create_network(network, subnet, self._labels)
                except EngineError as failure:
                    self._known[network] = failure
                    raise
        return Attachment(network, address)
