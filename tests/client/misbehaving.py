"""A server by hand that keeps to no protocol: each connection is handed to a function that does what it likes."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Peer:
    """One accepted connection; `stop` is set when the test is over."""

    socket: socket.socket
    stop: threading.Event
    #: How many connections there were before this one.
    number: int

    def request(self) -> bytes:
        """What came up to the end of the headers, and any of the body that came with it."""
        read = b""
        while b"\r\n\r\n" not in read and (piece := self.socket.recv(65536)):
            read += piece
        return read

    def drip(self, text: bytes) -> None:
        """Send byte by byte, again and again, for as long as anybody listens."""
        while True:
            for byte in text:
                self.socket.sendall(bytes([byte]))
                if self.stop.wait(0.03):
                    return


@dataclass
class Misbehaving:
    """A running server.

    Attributes:
        port: Where it listens.
        requests: What it was sent, as far as its function asked for it.
        connections: How many it accepted.
    """

    port: int
    requests: list[bytes] = field(default_factory=list, repr=False)
    connections: int = 0


@contextmanager
def misbehaving(
    behave: Callable[[Peer], None], tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Misbehaving]:
    """Serve while the context lasts, a thread a connection."""
    stop = threading.Event()
    threads: list[threading.Thread] = []
    open_ones: list[socket.socket] = []
    with socket.create_server((host, 0)) as listening:
        served = Misbehaving(listening.getsockname()[1])

        def serve(connection: socket.socket, number: int) -> None:
            with connection, suppress(OSError):
                if tls is not None:
                    connection.settimeout(5)
                    connection = tls.wrap_socket(connection, server_side=True)
                open_ones.append(connection)
                with connection:
                    behave(Peer(connection, stop, number))

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                thread = threading.Thread(target=serve, args=(connection, served.connections), daemon=True)
                served.connections += 1
                threads.append(thread)
                thread.start()

        acceptor = threading.Thread(target=accept, daemon=True)
        acceptor.start()
        try:
            yield served
        finally:
            stop.set()
            for one in (listening, *open_ones):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
    acceptor.join(5)
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
