"""A connected socket that is kept to the deadline of the exchange that uses it.

A socket's own time-out is that of a single `recv`: headers that drip in byte by byte go on for ever. Here each piece
gets what is left.
"""

from __future__ import annotations

import io
import select
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from .exchange import Exchange, till

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class Stream(Protocol):
    """What is read and written: a socket, one with TLS, or TLS inside of another's TLS."""

    def settimeout(self, value: float, /) -> None:
        """Bound each reading and writing from here on."""

    def sendall(self, data: ReadableBuffer, /) -> None:
        """Write all of it."""

    def recv_into(self, buffer: Any, /) -> int:
        """Read what there is, at least something; nothing at the end."""
        ...

    def makefile(self, mode: Any, buffering: Any) -> Any:
        """What keeps it open for its reader: it is closed when both are."""

    def fileno(self) -> int:
        """The socket underneath."""
        ...

    def close(self) -> None:
        """Close it."""


class DeadlineSocket:
    """What `http.client` takes for a socket: of it, it asks these methods only.

    Args:
        stream: What it stands for.
        exchange: Who uses it; the next exchange puts itself here.

    Attributes:
        ended: Whether the other side was seen to say no more.
    """

    def __init__(self, stream: Stream, exchange: Exchange) -> None:
        self.stream = stream
        self.exchange = exchange
        self.ended = False

    def bound(self) -> None:
        """Give what is read or written next the read time-out, or what is left if that is less.

        Raises:
            TimeoutError: Nothing is.
        """
        self.stream.settimeout(self.exchange.left(self.exchange.timeouts.read))

    def sendall(self, data: ReadableBuffer) -> None:
        """Write all of it."""
        self.bound()
        self.stream.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What a reply is read from."""
        return io.BufferedReader(DeadlineReader(self, self.stream.makefile(mode, 0)))

    def close(self) -> None:
        """Close the socket, as soon as the reply that is read from it is closed too."""
        self.stream.close()

    def stale(self) -> bool:
        """Whether the other side has closed it meanwhile, or has said something that nobody asked for."""
        if getattr(self.stream, "pending", int)():  # TLS has it already: the socket has no more to show
            return True
        if not hasattr(select, "poll"):  # Windows
            return bool(select.select([self.stream], [], [], 0)[0])
        poll = select.poll()
        poll.register(self.stream, select.POLLIN)
        return bool(poll.poll(0))


class DeadlineReader(io.RawIOBase):
    """What comes out of a wire.

    Args:
        wire: The wire.
        hold: What keeps its socket open meanwhile.
    """

    def __init__(self, wire: DeadlineSocket, hold: io.RawIOBase) -> None:
        super().__init__()
        self._wire = wire
        self._hold = hold

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._wire.bound()
        count = self._wire.stream.recv_into(buffer)
        self._wire.ended = not count
        return count

    def close(self) -> None:
        self._hold.close()
        super().close()


def connect(host: str, port: int, end: float) -> socket.socket:
    """A connection to the first address that answers, each having its share of the time till `end`.

    Raises:
        OSError: None does.
    """
    addresses = _addresses(host, port, end)
    failure: OSError = ConnectionError(f"{host} has no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        try:
            return _connected(socket.socket(family, kind, protocol), address, end, len(addresses) - number)
        except OSError as why:
            failure = why
    raise failure


def _addresses(host: str, port: int, end: float) -> list[Any]:
    """Where a host is. The resolver knows no time-out, so it is asked in a thread that is left to itself when late."""
    with suppress(OSError):
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    found: list[list[Any] | OSError] = []

    def look() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as failure:
            found.append(failure)
        except UnicodeError as failure:  # a label that is too long, or empty
            found.append(socket.gaierror(socket.EAI_NONAME, f"{host!r} is no name: {failure}"))

    thread = threading.Thread(target=look, name="doboto-resolver", daemon=True)
    thread.start()
    thread.join(till(end))
    if not found:
        raise TimeoutError(f"looking up {host} took too long")
    if isinstance(found[0], OSError):
        raise found[0]
    return found[0]


def _connected(sock: socket.socket, address: Any, end: float, shares: int) -> socket.socket:
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(till(end) / shares)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock
