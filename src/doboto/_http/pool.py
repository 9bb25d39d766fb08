"""Connections to the API that are kept and used again, at most so many at a time."""

from __future__ import annotations

import os
import time
import weakref
from collections import deque
from http.client import HTTPConnection
from typing import Any

from .connect import PORTS, Connector
from .deadline_socket import DeadlineSocket
from .exchange import Exchange
from .slots import ConnectionSlot, ConnectionSlots

#: Seconds after which one is not used again: what stands between may have forgotten it and then swallows what is sent,
#: so that nobody could tell what became of a change. Go's HTTP client has the same.
KEPT = 90.0


class PooledConnection(HTTPConnection):
    """A connection that knows how to come about, and who uses it.

    Args:
        route: How it comes about.
        generation: Which of the pool's it is of.
    """

    sock: Any = None  # or a Wire
    auto_open = 0  # else it would connect by itself where it has no `sock`: without TLS, proxy or deadline

    def __init__(self, route: Connector, generation: int) -> None:
        super().__init__(route.host, route.port)
        self.default_port = PORTS["https" if route.tls else "http"]
        self.generation = generation
        self.place: ConnectionSlot | None = None
        self._route = route
        self._used = 0.0

    def ready(self, exchange: Exchange) -> None:
        """Be connected, and kept to that exchange's deadline.

        Raises:
            OSError: There is no connection.
        """
        wire: DeadlineSocket | None = self.sock
        if wire is None or time.monotonic() - self._used > KEPT or wire.stale():
            self.close()
            self.sock = self._route.open(exchange)
        else:
            wire.exchange = exchange
        exchange.connected = True

    def rest(self) -> bool:
        """Whether it can be used again."""
        self._used = time.monotonic()
        return self.sock is not None

    def __del__(self) -> None:
        if self.sock is not None:  # Ctrl-C struck between two lines, and nobody else knows of it
            self.sock.close()


class Pool:
    """Connections of one client.

    Args:
        route: How they come about.
        size: How many there are at most.
    """

    def __init__(self, route: Connector, size: int) -> None:
        self._route = route
        self._size = size
        self._generation = 0
        self._idle: deque[PooledConnection] = deque()
        self._places = ConnectionSlots(size)
        POOLS.add(self)
        weakref.finalize(self, _close, self._idle)

    def take(self, exchange: Exchange) -> PooledConnection:
        """A connection that nobody uses, the last used one first; it may have to be made `ready`.

        Raises:
            TimeoutError: None became free in time.
        """
        place = self._places.take(exchange.left(exchange.timeouts.total))
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = PooledConnection(self._route, self._generation)
        connection.place = place
        return connection

    def give_back(self, connection: PooledConnection, *, done: bool) -> None:
        """Leave it to the next one, if its exchange is done and it can be used again."""
        place, connection.place = connection.place, None
        if not done:
            connection.close()
        elif connection.rest():
            self._idle.append(connection)
            if connection.generation != self._generation:  # all were closed meanwhile
                _close(self._idle)
        if place is not None:
            place.give_back()

    def close(self) -> None:
        """Close those that nobody uses, and the others as soon as they are given back."""
        self._generation += 1
        _close(self._idle)

    def afresh(self) -> None:
        """Begin anew, in a process that was forked: on a socket of two processes each reads the other's replies."""
        self._places = ConnectionSlots(self._size)
        self.close()


def _close(connections: deque[PooledConnection]) -> None:
    while connections:
        connections.pop().close()


POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()


def _forked() -> None:
    for pool in POOLS:
        pool.afresh()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
