"""Connections to the API that are kept and used again, at most so many at a time."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque
from http.client import HTTPConnection
from typing import Any

from .exchange import Exchange
from .routes import PORTS, Route
from .wire import Wire

#: Seconds after which one is not used again: what stands between may have forgotten it and then swallows what is sent,
#: so that nobody could tell what became of a change. Go's HTTP client has the same.
KEPT = 90.0


class Kept(HTTPConnection):
    """A connection that knows how to come about, and who uses it.

    Args:
        route: How it comes about.
        generation: Which of the pool's it is of.
    """

    sock: Any  # a Wire, or None

    def __init__(self, route: Route, generation: int) -> None:
        super().__init__(route.host, route.port)
        self.default_port = PORTS["https" if route.tls else "http"]
        self.generation = generation
        self._route = route
        self._used = 0.0

    def ready(self, exchange: Exchange) -> None:
        """Be connected, and kept to that exchange's deadline.

        Raises:
            OSError: There is no connection.
        """
        wire: Wire | None = self.sock
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


class Pool:
    """Connections of one client.

    Args:
        route: How they come about.
        size: How many there are at most.
    """

    def __init__(self, route: Route, size: int) -> None:
        self._route = route
        self._size = size
        self._generation = 0
        self._idle: deque[Kept] = deque()
        self._room = threading.Semaphore(size)
        POOLS.add(self)
        weakref.finalize(self, _close, self._idle)

    def take(self, exchange: Exchange) -> Kept:
        """A connection that nobody uses, the last used one first; it may have to be made `ready`.

        Raises:
            TimeoutError: None became free in time.
        """
        if not self._room.acquire(timeout=exchange.left(exchange.timeouts.total)):
            raise TimeoutError("no connection became free in time")
        try:
            return self._idle.pop()
        except IndexError:
            return Kept(self._route, self._generation)

    def give_back(self, connection: Kept) -> None:
        """Leave it to the next one, if it can be used again."""
        if connection.rest():
            self._idle.append(connection)
            if connection.generation != self._generation:  # all were closed meanwhile
                _close(self._idle)
        self._room.release()

    def close(self) -> None:
        """Close those that nobody uses, and the others as soon as they are given back."""
        self._generation += 1
        _close(self._idle)

    def afresh(self) -> None:
        """Begin anew, in a process that was forked: on a socket of two processes each reads the other's replies."""
        self._room = threading.Semaphore(self._size)
        self.close()


def _close(connections: deque[Kept]) -> None:
    while connections:
        connections.pop().close()


POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()


def _forked() -> None:
    for pool in POOLS:
        pool.afresh()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
