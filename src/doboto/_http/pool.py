"""Connections that are kept and used again, at most so many at a time, in the order in which they are asked for."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque

from .._core.forks import renew_in_forks
from ..errors import Stage
from .connect import Connector
from .messages import HTTPConnection
from .network import Exchange, Gate, Network

#: Seconds after which an idle connection is not used again: what stands between may have forgotten it and then swallows
#: what is sent, so that the outcome of a change would be unknown. Go's HTTP client has the same.
IDLE_TIMEOUT = 90.0
#: Seconds after which a waiting thread looks for a slot whose lease an interruption dropped.
RECHECK = 0.5


class Lease:
    """The right to use one connection. The pool holds it weakly: one that an interruption drops is over.

    Attributes:
        gate: Opened when its turn has come, if it had to wait.
        connection: The connection that it uses, to be kept for the next one if that is reusable.
    """

    __slots__ = ("__weakref__", "connection", "gate", "generation")

    def __init__(self, generation: int) -> None:
        self.gate: Gate | None = None
        self.generation = generation
        self.connection: HTTPConnection | None = None


class Pool:
    """Connections of one client, shared by its threads or tasks.

    Args:
        connector: Opens them.
        network: Whose gates threads or tasks wait at.
        size: How many there are at most.
    """

    def __init__(self, connector: Connector, network: Network, size: int) -> None:
        self._connector = connector
        self._network = network
        self._size = size
        self._idle: deque[tuple[float, HTTPConnection]] = deque()
        self._generation = 0
        self._begin()
        renew_in_forks(self)
        weakref.finalize(self, _close, self._idle)

    def _begin(self) -> None:
        self._lock = threading.RLock()
        self._waiting: deque[weakref.ref[Lease]] = deque()
        self._admitted: weakref.WeakSet[Lease] = weakref.WeakSet()

    async def acquire(self, exchange: Exchange) -> Lease:
        """Wait for a slot and return the right to it; dropping it gives it back, `release` does so at once.

        Raises:
            TimeoutError: None became free in time.
        """
        lease = Lease(self._generation)
        if not self._enter(lease):
            await self._queue(lease, exchange)
        return lease

    def _enter(self, lease: Lease) -> bool:
        """Admit a lease if a slot is free and no other waits for it."""
        with self._lock:
            if self._waiting or len(self._admitted) >= self._size:
                return False
            self._admitted.add(lease)
            return True

    async def _queue(self, lease: Lease, exchange: Exchange) -> None:
        """Wait until it is a lease's turn."""
        gate = lease.gate = self._network.gate()
        self._waiting.append(weakref.ref(lease))
        self._admit()
        try:
            while not await gate.wait(exchange.remaining(RECHECK)):
                self._admit()
        except BaseException:
            self.release(lease)
            raise

    async def connect(self, lease: Lease, exchange: Exchange) -> HTTPConnection:
        """Give a lease a connection: the last used one that is still good, else a new one.

        Raises:
            OSError: It can't be opened.
        """
        while lease.connection is None:
            lease.connection = self._take_idle()
            if lease.connection is None:
                lease.connection = HTTPConnection(await self._connector.open(exchange))
        exchange.enter(Stage.EXCHANGE, self._connector.peer)
        return lease.connection

    def _take_idle(self) -> HTTPConnection | None:
        try:
            while True:
                used, connection = self._idle.pop()
                if time.monotonic() - used <= IDLE_TIMEOUT and connection.is_reusable():
                    return connection
                connection.close()
        except IndexError:
            return None

    def release(self, lease: Lease) -> None:
        """Give a slot back, and keep the lease's connection if another exchange may use it."""
        connection, lease.connection = lease.connection, None
        if connection is not None:
            if connection.is_complete() and lease.generation == self._generation:
                self._idle.append((time.monotonic(), connection))
            else:
                connection.close()
        with self._lock:
            self._admitted.discard(lease)
        self._admit()

    def _admit(self) -> None:
        """Admit the leases that have waited longest. Each step may be done twice, so that none is lost half-way."""
        with self._lock:
            while self._waiting and len(self._admitted) < self._size:
                lease = self._waiting[0]()
                if lease is not None and lease.gate is not None:
                    self._admitted.add(lease)
                    lease.gate.open()
                self._waiting.popleft()

    def close(self) -> None:
        """Close idle connections now, and the others as soon as they are given back."""
        self._generation += 1
        _close(self._idle)

    def renew(self) -> None:
        """Begin again in a forked process: on a socket of two processes each reads the other's responses."""
        self._begin()
        self.close()


def _close(connections: deque[tuple[float, HTTPConnection]]) -> None:
    while connections:
        connections.pop()[1].close()
