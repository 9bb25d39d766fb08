"""Streams by themselves: what one reading returns of TLS, and what a socket does that takes or has only a part."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from doboto._http.asynchronous import AsyncSocketStream
from doboto._http.blocking import SocketStream
from doboto._http.network import Stream
from doboto._http.plain import RequestHeaders
from doboto._http.tls import TLSStream
from doboto._io.protocol import WireRequest
from doboto._operation import run

#: Seconds that no test needs.
LONG = 60.0


class TLSPeer:
    """The other side of a TLS connection, in memory: the stream that carries it, which never waits.

    Attributes:
        coming: What is still to be received, one piece at a time.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._greeted = False
        self.coming: deque[bytes] = deque()

    async def send(self, data: bytes, seconds: float) -> None:
        self._incoming.write(data)
        if not self._greeted:
            try:
                self._tls.do_handshake()
                self._greeted = True
            except ssl.SSLWantReadError:
                pass
            self.coming.append(self._outgoing.read())

    async def receive(self, seconds: float) -> bytes:
        return self.coming.popleft() if self.coming else b""

    async def receive_into(self, buffer: memoryview, seconds: float) -> int:
        raise NotImplementedError  # TLS takes whole pieces

    def record(self, text: bytes) -> bytes:
        """Encrypt one record."""
        self._tls.write(text)
        return self._outgoing.read()

    def farewell(self) -> bytes:
        """Encrypt the alert that ends the connection."""
        with pytest.raises(ssl.SSLWantReadError):
            self._tls.unwrap()
        return self._outgoing.read()

    def has_input(self) -> bool:
        return bool(self.coming)

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context, and one of a client that trusts it."""
    authority, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.example").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


@pytest.fixture
def tls(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> tuple[TLSPeer, TLSStream]:
    """Both sides of a connection whose handshake is over."""
    peer = TLSPeer(contexts[0])
    stream = TLSStream(peer, contexts[1], "api.example")
    run(stream.handshake(time.monotonic() + LONG))
    return peer, stream


def test_records_that_came_together_are_received_together(tls: tuple[TLSPeer, TLSStream]) -> None:
    peer, stream = tls
    peer.coming.append(peer.record(b"one ") + peer.record(b"two ") + peer.record(b"three"))
    assert run(stream.receive(LONG)) == b"one two three"
    assert not stream.has_input()


def test_records_are_put_into_a_buffer_and_what_has_no_room_stays(tls: tuple[TLSPeer, TLSStream]) -> None:
    peer, stream = tls
    peer.coming += [peer.record(b"one ") + peer.record(b"two ") + peer.record(b"three"), peer.farewell()]
    buffer = memoryview(bytearray(10))
    assert run(stream.receive_into(buffer, LONG)) == 10
    assert bytes(buffer) == b"one two th"
    assert stream.has_input()
    assert run(stream.receive_into(buffer, LONG)) == 3
    assert bytes(buffer[:3]) == b"ree"
    assert run(stream.receive_into(buffer, LONG)) == 0


def test_an_incomplete_record_waits_for_its_rest(tls: tuple[TLSPeer, TLSStream]) -> None:
    peer, stream = tls
    first, second = peer.record(b"one"), peer.record(b"two")
    peer.coming += [first + second[:5], second[5:]]
    assert run(stream.receive(LONG)) == b"one"
    assert stream.has_input()
    assert run(stream.receive(LONG)) == b"two"


def test_what_came_before_a_damaged_record_counts(tls: tuple[TLSPeer, TLSStream]) -> None:
    """A response may be complete; what is wrong with what follows shows where that is read."""
    peer, stream = tls
    peer.coming.append(peer.record(b"one") + b"\x17\x03\x03\x00\x20" + bytes(32))
    assert run(stream.receive(LONG)) == b"one"
    with pytest.raises(ssl.SSLError):
        run(stream.receive(LONG))


def test_the_end_comes_after_what_was_sent_before_it(tls: tuple[TLSPeer, TLSStream]) -> None:
    peer, stream = tls
    peer.coming.append(peer.record(b"one") + peer.farewell())
    assert run(stream.receive(LONG)) == b"one"
    assert run(stream.receive(LONG)) == b""


def test_a_connection_that_is_cut_off_did_not_end(tls: tuple[TLSPeer, TLSStream]) -> None:
    peer, stream = tls
    peer.coming.append(peer.record(b"one"))
    assert run(stream.receive(LONG)) == b"one"
    with pytest.raises(ssl.SSLError):
        run(stream.receive(LONG))


Use = Callable[[Callable[[Stream], Any]], Any]


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two connected sockets, ours not blocking."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


@pytest.fixture(params=["blocking", "asynchronous"])
def use(request: pytest.FixtureRequest, pair: tuple[socket.socket, socket.socket]) -> Use:
    """Does something with a stream over the one socket, in either way."""

    async def using(work: Callable[[Stream], Any]) -> Any:
        return await work(AsyncSocketStream(pair[0]))

    if request.param == "blocking":
        return lambda work: run(work(SocketStream(pair[0])))
    return lambda work: asyncio.run(using(work))


def test_more_than_a_socket_takes_at_once_is_sent_all_the_same(
    use: Use, pair: tuple[socket.socket, socket.socket]
) -> None:
    data, received = bytes(range(256)) * 40_000, bytearray()

    def read() -> None:
        while len(received) < len(data):
            received.extend(pair[1].recv(65536))

    reader = threading.Thread(target=read)
    reader.start()
    use(lambda stream: stream.send(data, LONG))
    reader.join()
    assert received == data
    assert pair[0].gettimeout() == 0


def test_what_nobody_takes_is_sent_until_the_time_is_over(use: Use, pair: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(TimeoutError):
        use(lambda stream: stream.send(bytes(10_000_000), 0.05))
    assert pair[0].gettimeout() == 0


def test_nothing_comes_until_the_time_is_over(use: Use) -> None:
    with pytest.raises(TimeoutError):
        use(lambda stream: stream.receive(0.05))


def test_headers_are_encoded_anew_where_they_differ() -> None:
    headers = RequestHeaders({"Host": "api.example"})

    def encode(method: str, token: str, body: bytes | None = None) -> list[bytes]:
        message = headers.message(WireRequest(method, "", {"Authorization": token}, body), "/")
        return (message or b"").partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]

    host, one, two = b"Host: api.example", b"Authorization: one", b"Authorization: two"
    assert encode("GET", "one") == encode("GET", "one") == [host, one]
    assert encode("GET", "two") == [host, two]
    assert encode("POST", "two", b"{}") == [host, two, b"Content-Length: 2"]
    assert encode("POST", "two", b"{ }") == [host, two, b"Content-Length: 3"]
    assert encode("DELETE", "two") == [host, two]
    assert encode("PUT", "two") == [host, two, b"Content-Length: 0"]
