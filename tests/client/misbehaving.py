"""A server by hand that keeps to no protocol: each connection is handed to a function that does what it likes."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

#: Seconds for which a peer holds a connection at most, much longer than any deadline of a test: a client that misses
#: its deadline fails its test, but does not hang.
HELD = 150
#: Seconds between two bytes that drip.
DRIP = 0.03

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

    def hold(self) -> None:
        """Say nothing until the test is over."""
        self.stop.wait(HELD)

    def drip(self, text: bytes) -> None:
        """Send byte by byte, again and again, until the test is over."""
        for byte in itertools.islice(itertools.cycle(text), int(HELD / DRIP)):
            self.socket.sendall(bytes([byte]))
            if self.stop.wait(DRIP):
                return


@dataclass
class Misbehaving:
    """A running server.

    Attributes:
        port: Where it listens.
        requests: What it was sent, as far as its function asked for it.
        connections: How many it accepted; after the context, all that were made.
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
    with socket.create_server((host, 0)) as listening, socket.socket(listening.family) as last:
        served = Misbehaving(listening.getsockname()[1])

        def serve(connection: socket.socket, number: int) -> None:
            with connection, suppress(OSError):
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                with connection:
                    open_ones.append(connection)
                    if stop.is_set():
                        return
                    if isinstance(connection, ssl.SSLSocket):
                        connection.do_handshake()
                    behave(Peer(connection, stop, number))

        def accept() -> None:
            while True:
                connection, address = listening.accept()
                if address == last.getsockname():
                    connection.close()
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
            # Connections are accepted in the order in which they were made: after the last one, all are counted.
            last.connect(listening.getsockname())
            acceptor.join(HELD)
            stop.set()
            for one in open_ones:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join(HELD)
        assert not thread.is_alive()


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def dead_address() -> Iterator[int]:
    """A port that leaves connections unanswered, as a firewall does: a listener whose queue is full."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port: int = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        try:
            yield port
        finally:
            for filler in fillers:
                filler.close()
