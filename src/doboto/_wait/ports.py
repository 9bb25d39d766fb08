"""Waiting for Droplets to answer on a TCP port: `active` is powered on, not booted (docker/machine#2890)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from .._core.deadline import Deadline
from .._session import Session
from ..addresses import private_ipv4, public_ipv4, public_ipv6

#: How long one try to connect may take, in seconds.
TRY = 3.0


class PortWatch:
    """Droplets that accept no connection yet.

    Args:
        session: Its io makes the connections.
        droplets: Ready Droplets, with their addresses.
        port: The TCP port.
    """

    what = "port"
    poll_again_now = False
    failures = 0

    def __init__(self, session: Session, droplets: Sequence[Any], port: int) -> None:
        self.what = f"port {port}"
        self.total = len(droplets)
        self._session = session
        self._port = port
        self._droplets = droplets
        self._closed = {droplet["id"]: address(droplet) for droplet in droplets}

    def pending(self) -> dict[int, str]:
        """Return the Droplets whose port does not answer."""
        return {id: f"{host} does not answer on port {self._port}" for id, host in self._closed.items()}

    def last_seen(self) -> Any:
        """Return the Droplet, or a list of them."""
        return self._droplets[0] if len(self._droplets) == 1 else list(self._droplets)

    async def poll(self, deadline: Deadline) -> None:
        """Try all that have not answered, at once."""
        io = self._session.io
        bound = min(TRY, deadline.remaining(io.clock.monotonic()))
        ids = list(self._closed)
        jobs = [partial(io.transport.can_connect, self._closed[id], self._port, bound) for id in ids]
        for id, answered in zip(ids, await io.gather(jobs), strict=True):
            if answered is True:
                del self._closed[id]


def address(droplet: Any) -> str:
    """Return the address to connect to: the public one if there is one."""
    return public_ipv4(droplet) or public_ipv6(droplet) or private_ipv4(droplet) or ""
