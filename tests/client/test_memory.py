"""A hostile response costs a bounded amount of memory, however it is made; bytes are counted, not time."""

from __future__ import annotations

import gzip
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from doboto import DOBOTOConnectionException, DOBOTOException, DOBOTOResponseTooLargeException, Retry

from .misbehaving import Peer, misbehaving

MEGABYTE = 1_000_000
BOUND = 200 * MEGABYTE
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PIECE = b" " * 65_536
LARGEST = 6 * 1024 * 1024


def endless(head: bytes, piece: bytes) -> Iterator[bytes]:
    """For as long as the client listens."""
    yield head
    while True:
        yield piece


def bomb() -> bytes:
    """Two megabytes of gzip that are two gigabytes unpacked: members one after the other, each of 16 MB."""
    return gzip.compress(bytes(16 * MEGABYTE)) * 125


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def filled(unit: bytes) -> bytes:
    """The largest JSON list of one unit that is read."""
    return b"[" + b",".join([unit] * ((LARGEST - 2) // (len(unit) + 1))) + b"]"


TOO_LARGE: dict[str, Callable[[], Iterator[bytes]]] = {
    "endless body": lambda: endless(HEAD + b"\r\n", PIECE),
    "endless chunks": lambda: endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", chunk(PIECE)),
    "announced": lambda: endless(HEAD + b"Content-Length: 1000000000000\r\n\r\n", PIECE),
    "gzip bomb": lambda: iter([HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n", bomb()]),
    "endless gzip": lambda: endless(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(PIECE)),
    "error body": lambda: endless(b"HTTP/1.1 500 X\r\n\r\n", PIECE),
}
BROKEN: dict[str, Callable[[], Iterator[bytes]]] = {
    "endless headers": lambda: endless(HEAD, b"X-More: and more\r\n" * 999),
    "endless header": lambda: endless(HEAD + b"X: ", b"x" * 65_536),
    "endless status": lambda: endless(b"HTTP/1.1 200 ", b"x" * 65_536),
    "endless chunk extension": lambda: endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x" * 65_536),
    "endless trailers": lambda: endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: more\r\n" * 999),
    "endless garbage": lambda: endless(b"", b"\x00\xff" * 30_000),
}
DECODED = {"lists": b"[]", "dicts": b"{}", "texts": '"\u0100"'.encode(), "numbers": b"1.5", "named": b'{"a":{}}'}


def peak(call: Callable[[], Any]) -> int:
    """The bytes that were held at most while something was called, beyond those before."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def failing(clients: Callable[..., Any]) -> Callable[..., tuple[DOBOTOException, int, int]]:
    """Asks a server that sends some pieces; gives the error, the bytes held at most, and how often it was asked."""

    def run(pieces: Callable[[], Iterator[bytes]], **settings: Any) -> tuple[DOBOTOException, int, int]:
        made = list(pieces()) if "bomb" in str(pieces) else None

        def behave(peer: Peer) -> None:
            peer.request()
            with suppress(OSError):
                for piece in made or pieces():
                    peer.socket.sendall(piece)

        with misbehaving(behave) as server:
            api = clients(f"http://127.0.0.1:{server.port}", **settings)
            errors: list[DOBOTOException] = []

            def ask() -> None:
                with pytest.raises(DOBOTOException) as caught:
                    api.request("GET", "/droplets")
                errors.append(caught.value)

            held = peak(ask)
            return errors[0], held, server.connections

    return run


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_response_without_end_is_cut_off_and_not_asked_for_again(failing: Callable[..., Any], name: str) -> None:
    error, held, asked = failing(TOO_LARGE[name])
    assert type(error) is DOBOTOResponseTooLargeException
    assert "max_response_size" in str(error)
    assert asked == 1
    assert held < BOUND / 4


@pytest.mark.parametrize("name", BROKEN)
def test_headers_without_end_are_cut_off(failing: Callable[..., Any], name: str) -> None:
    error, held, _ = failing(BROKEN[name], retry=Retry.never())
    assert isinstance(error, DOBOTOConnectionException)
    assert held < BOUND / 4


@pytest.mark.parametrize("name", DECODED)
def test_the_largest_response_that_is_read_is_bounded_decoded(clients: Callable[..., Any], name: str) -> None:
    """Whatever JSON it is of: small objects take the most beyond their text."""
    body = zlib.compress(filled(DECODED[name]), wbits=31)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with misbehaving(lambda peer: peer.socket.sendall(head + body) if peer.request() else None) as server:
        api = clients(f"http://127.0.0.1:{server.port}")
        found: list[Any] = []
        assert peak(lambda: found.append(api.request("GET", "/droplets"))) < BOUND
    assert len(found[0]) > 600_000


def test_the_bound_is_a_setting(clients: Callable[..., Any]) -> None:
    body = b"[" + b" " * 2_000 + b"]"
    answer = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body

    def behave(peer: Peer) -> None:
        while peer.request():
            peer.socket.sendall(answer)

    with misbehaving(behave) as server:
        url = f"http://127.0.0.1:{server.port}"
        assert clients(url, max_response_size=len(body)).request("GET", "/droplets") == []
        with pytest.raises(DOBOTOResponseTooLargeException, match="2001 bytes"):
            clients(url, max_response_size=len(body) - 1).request("GET", "/droplets")


def test_a_bomb_is_unpacked_within_the_deadline(clients: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece is held against what is left of it."""
    from doboto._http import network

    started = threading.Event()
    known = network.remaining

    def remaining(end: float) -> float:
        if started.is_set():
            raise TimeoutError("the deadline has passed")
        return known(end)

    def behave(peer: Peer) -> None:
        peer.request()
        started.set()
        peer.socket.sendall(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(MEGABYTE)))
        peer.hold()

    monkeypatch.setattr(network, "remaining", remaining)
    with misbehaving(behave) as server:
        api = clients(f"http://127.0.0.1:{server.port}", retry=Retry.never())
        with pytest.raises(DOBOTOConnectionException, match="in time"):
            api.request("GET", "/droplets")
