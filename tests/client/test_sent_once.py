"""One attempt sends a request once, whatever its method and whenever the connection is lost; seen at the socket."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from doboto import DOBOTOConnectionException, Retry

from .misbehaving import OK, Peer, misbehaving

METHODS = ("GET", "HEAD", "OPTIONS", "TRACE", "POST", "PUT", "PATCH", "DELETE")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#: What the server sends after it has read the request, and before it ends the connection.
MOMENTS = {
    "before_anything": b"",
    "in_the_version": b"HTTP/1",
    "after_the_status": b"HTTP/1.1 200 OK\r\n",
    "in_a_header": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "after_an_interim_response": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "after_the_headers": HEAD + b"Content-Length: 100\r\n\r\n",
    "in_the_body": HEAD + b'Content-Length: 100\r\n\r\n{"a": ',
    "in_a_chunk_size": HEAD + b"Transfer-Encoding: chunked\r\n\r\n6",
    "in_a_chunk": HEAD + b'Transfer-Encoding: chunked\r\n\r\n6\r\n{"a"',
    "before_the_last_chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
}


def lose(peer: Peer, reset: bool) -> None:
    """End the connection: properly, or by a reset."""
    if reset:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    else:
        peer.socket.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_request_whose_response_is_lost_was_sent_once(
    clients: Callable[..., Any], moment: str, method: str, kept: bool, reset: bool
) -> None:
    """On a new connection and on one that has served another request; `Retry.never` makes one attempt."""
    seen: list[bytes] = []

    def behave(peer: Peer) -> None:
        if kept and not seen:
            peer.request()
            peer.socket.sendall(OK)
        if head := peer.request():
            seen.append(head)
            peer.socket.sendall(MOMENTS[moment])
            lose(peer, reset)

    with misbehaving(behave) as server:
        api = clients(f"http://127.0.0.1:{server.port}", proxy="", retry=Retry.never())
        if kept:
            assert api.request("GET", "/account") == {}
        body = None if method in {"HEAD", "TRACE"} else {"name": "a"}
        whole = method == "HEAD" and moment.startswith(("after_the_headers", "in_the_body", "in_a_", "before_the"))
        if whole and moment != "in_a_header":  # no body follows the headers
            assert api.request(method, "/droplets") is None
        else:
            with pytest.raises(DOBOTOConnectionException) as caught:
                api.request(method, "/droplets", body=body)
            assert (caught.value.sent, caught.value.attempts) == (True, 1)
    assert [head.split()[0].decode() for head in seen] == [method]


@pytest.mark.parametrize("method", METHODS)
def test_a_connection_that_ends_before_the_request_is_read_is_not_used_twice(
    clients: Callable[..., Any], method: str
) -> None:
    def behave(peer: Peer) -> None:
        peer.request()
        peer.socket.sendall(OK)
        peer.socket.recv(1)  # the first byte of the next request arrives, and no more is read
        lose(peer, reset=True)

    with misbehaving(behave) as server:
        api = clients(f"http://127.0.0.1:{server.port}", proxy="", retry=Retry.never())
        api.request("GET", "/account")
        with pytest.raises(DOBOTOConnectionException) as caught:
            api.request(method, "/droplets")
        assert caught.value.sent is True
    assert server.connections == 1


def loses_the_first(status: bytes) -> Callable[[Peer], None]:
    """Loses the response to the first request after one exchange; answers later ones with a status."""
    lost: list[bytes] = []

    def behave(peer: Peer) -> None:
        if not lost:
            peer.request()
            peer.socket.sendall(OK)
        while head := peer.request():
            if not lost:
                lost.append(head)
                return
            peer.socket.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\n{}")

    return behave


def test_what_a_destroy_by_id_removed_is_not_reported_missing(clients: Callable[..., Any]) -> None:
    """The repetition is the retry policy's, which knows that the first attempt may have taken effect."""
    with misbehaving(loses_the_first(b"404 Not Found")) as server:
        api = clients(f"http://127.0.0.1:{server.port}", proxy="", retry=Retry(base=0.0))
        api.request("GET", "/account")
        assert api.droplet.destroy(1) is None


def test_a_destroy_by_tag_is_never_repeated(clients: Callable[..., Any]) -> None:
    """Droplets may have been given the tag meanwhile."""
    with misbehaving(loses_the_first(b"204 No Content")) as server:
        api = clients(f"http://127.0.0.1:{server.port}", proxy="")
        api.request("GET", "/account")
        with pytest.raises(DOBOTOConnectionException):
            api.request("DELETE", "/droplets", query={"tag_name": "staging"})
    assert server.connections == 1
