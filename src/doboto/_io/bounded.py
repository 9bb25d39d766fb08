"""urllib3's connections, kept to an exchange's deadline.

urllib3 bounds each connect, handshake and `recv` by itself: an address after the other, or headers that drip in byte
by byte, go on for ever. Here each of them gets what is left, over plain sockets and TLS alike.
"""

from __future__ import annotations

import io
import socket
import time
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from .protocol import Timeouts

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


@dataclass(slots=True)
class Exchange:
    """One request and its reply.

    Attributes:
        timeouts: Its bounds.
        end: When it must be over.
        connected: Whether there was a connection to the API, so that something may have been sent.
    """

    timeouts: Timeouts
    end: float
    connected: bool = False

    @classmethod
    def begin(cls, timeouts: Timeouts) -> Exchange:
        """An exchange that begins now."""
        return cls(timeouts, time.monotonic() + timeouts.total)

    def left(self, most: float) -> float:
        """Seconds left, `most` of them at once.

        Raises:
            TimeoutError: None.
        """
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        return min(most, left)


#: The exchange that this thread is at; it does one at a time.
exchange: ContextVar[Exchange] = ContextVar("exchange")


def _reply(sock: socket.socket, **options: Any) -> HTTPResponse:
    """A reply whose every piece is read within what is left."""
    reading: Any = _Reading(sock)  # all that HTTPResponse asks of a socket is makefile
    return HTTPResponse(reading, **options)


class _Bounded(HTTPConnection):
    """A connection of which nothing outlives the exchange."""

    def _new_conn(self) -> socket.socket:
        """Connect to the first address that answers, all of them within what is left to connect."""
        current = exchange.get()
        end = time.monotonic() + current.left(current.timeouts.connect)
        try:
            addresses = socket.getaddrinfo(self._dns_host.strip("[]"), self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as failure:
            raise NameResolutionError(self.host, self, socket.gaierror(*failure.args)) from None
        failures: list[OSError] = []
        for family, kind, protocol, _, address in addresses:
            try:
                return _connected(socket.socket(family, kind, protocol), address, end)
            except OSError as failure:
                failures.append(failure)
        raise self._not_connected(failures[-1])

    def _not_connected(self, failure: OSError) -> Exception:
        if isinstance(failure, TimeoutError):
            return ConnectTimeoutError(self, f"connecting to {self.host} took too long")
        return NewConnectionError(self, str(failure))

    def connect(self) -> None:
        super().connect()
        exchange.get().connected = True

    def request(self, *args: Any, **options: Any) -> None:
        # A connection that is used again does not connect; what it sends from here on may arrive.
        current = exchange.get()
        current.connected = current.connected or not self.is_closed
        super().request(*args, **options)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        current = exchange.get()
        if self.sock is not None:
            self.sock.settimeout(current.left(current.timeouts.read))
        super().send(data)

    # A class to urllib3, and what makes its objects to us.
    response_class: Any = staticmethod(_reply)


class BoundedHTTPConnection(_Bounded):
    """Over a plain socket."""


class BoundedHTTPSConnection(_Bounded, HTTPSConnection):
    """Over TLS: the handshake is bounded by the socket's time-out, which counts for all of it."""


class BoundedHTTPPool(HTTPConnectionPool):
    """Connections to an API without TLS."""

    ConnectionCls: Any = BoundedHTTPConnection  # type checkers hold urllib3's own one incompatible, too


class BoundedHTTPSPool(HTTPSConnectionPool):
    """Connections to an API with TLS."""

    ConnectionCls: Any = BoundedHTTPSConnection


POOLS: dict[str, type[HTTPConnectionPool | HTTPSConnectionPool]] = {
    "http": BoundedHTTPPool,
    "https": BoundedHTTPSPool,
}


class _Reading:
    """A socket as a reply reads it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - http.client's only one is "rb"
        return io.BufferedReader(_Pieces(self._sock))


class _Pieces(io.RawIOBase):
    """What comes out of a socket; each piece has the read time-out, or what is left if that is less."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        current = exchange.get()
        self._sock.settimeout(current.left(current.timeouts.read))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _connected(sock: socket.socket, address: Any, end: float) -> socket.socket:
    """The socket, connected; what is left of the time is then its time-out, for the handshake that may follow."""
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(_till(end))
        sock.connect(address)
        sock.settimeout(_till(end))
    except BaseException:
        sock.close()
        raise
    return sock


def _till(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
