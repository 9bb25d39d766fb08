"""A call's deadline holds whatever the other side does, and the error tells whether the request may have arrived."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

from doboto import (
    DO,
    AsyncDO,
    DOBOTOCertificateException,
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOOutcomeUnknownException,
    DOBOTOTimeoutException,
    Retry,
)
from doboto.errors import Stage

from .misbehaving import HELD, OK, Peer, closed_port, dead_address, misbehaving
from .patience import AMPLE, until, until_stage

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def silent(peer: Peer) -> None:
    peer.request()
    peer.hold()


def never_reads(peer: Peer) -> None:
    peer.hold()


def drips_headers(peer: Peer) -> None:
    peer.request()
    peer.socket.sendall(HEAD)
    peer.drip(b"X-More: and more\r\n")


def drips_status(peer: Peer) -> None:
    peer.request()
    peer.drip(b"HTTP/1.1 200 OK" + b" " * 60_000)


def drips_body(peer: Peer) -> None:
    peer.request()
    peer.socket.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
    peer.drip(b" ")


def drips_chunks(peer: Peer) -> None:
    peer.request()
    peer.socket.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    peer.drip(b"1\r\n \r\n")


def cuts_the_body(peer: Peer) -> None:
    peer.request()
    peer.socket.sendall(HEAD + b'Content-Length: 1000\r\n\r\n{"droplet": {')


def hangs_up(peer: Peer) -> None:
    peer.request()


def resets(peer: Peer) -> None:
    peer.request()
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def talks_garbage(peer: Peer) -> None:
    peer.request()
    peer.socket.sendall(b"\x00\xff\x13SSH-2.0-OpenSSH_9.2\r\n" * 50)


LATE, LOST = DOBOTOTimeoutException, DOBOTOConnectionException
#: These end with the deadline: the peer would go on.
LASTING = (silent, drips_headers, drips_status, drips_body, drips_chunks)
#: These end when the peer ends them, at once.
BRIEF = (cuts_the_body, hangs_up, resets, talks_garbage)
BEHAVIOURS = (*LASTING, *BRIEF)


def named(behave: Callable[[Peer], None]) -> str:
    return behave.__name__


@pytest.fixture
def make(clients: Callable[..., Any]) -> Callable[..., Any]:
    """Makes clients of that flavour; nothing but the `timeout` of a call can end it early."""
    return partial(clients, proxy="", timeout=AMPLE, connect_timeout=HELD, read_timeout=HELD)


def failing(api: Any, method: str = "POST", **options: Any) -> Any:
    """The error of a request, which comes long before a peer lets go by itself."""
    begun = time.monotonic()
    with pytest.raises(DOBOTOException) as caught:
        api.request(method, "/droplets", **options)
    assert time.monotonic() - begun < AMPLE
    return caught.value


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("behave", LASTING, ids=named)
def test_a_call_ends_with_its_deadline(make: Callable[..., Any], behave: Callable[[Peer], None], method: str) -> None:
    """A change is sent once, and may have arrived."""
    connections: list[int] = []

    def attempt(seconds: float) -> Any:
        with misbehaving(behave) as server:
            error = failing(make(f"http://127.0.0.1:{server.port}", timeout=seconds), method)
        connections.append(server.connections)
        return error

    error = until_stage(attempt)
    assert type(error) is LATE
    assert error.sent is True
    assert connections[-1] == 1


@pytest.mark.parametrize("behave", BRIEF, ids=named)
def test_a_call_ends_with_its_connection(make: Callable[..., Any], behave: Callable[[Peer], None]) -> None:
    """A change is sent once, and may have arrived."""
    with misbehaving(behave) as server:
        error = failing(make(f"http://127.0.0.1:{server.port}"))
    assert type(error) is LOST
    assert error.sent is True
    assert server.connections == 1


@pytest.mark.parametrize("behave", BRIEF, ids=named)
def test_reading_is_tried_again_within_the_deadline(make: Callable[..., Any], behave: Callable[[Peer], None]) -> None:
    with misbehaving(behave) as server:
        error = failing(make(f"http://127.0.0.1:{server.port}", retry=Retry(attempts=3, base=0.01)), "GET")
    assert type(error) is LOST
    assert (error.sent, error.attempts) == (True, 3)
    assert server.connections == 3


@pytest.mark.parametrize("behave", BRIEF, ids=named)
def test_trying_again_ends_with_the_deadline(make: Callable[..., Any], behave: Callable[[Peer], None]) -> None:
    """However often the policy would try."""
    policy = Retry(attempts=10**9, base=0.05, factor=1)

    def attempt(seconds: float) -> Any:
        with misbehaving(behave) as server:
            return failing(make(f"http://127.0.0.1:{server.port}", timeout=seconds, retry=policy), "GET")

    error = until(attempt, lambda error: error.sent)
    assert isinstance(error, LOST)
    assert error.sent is True


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
def test_a_request_that_is_not_read_ends_with_its_deadline(make: Callable[..., Any]) -> None:
    def attempt(seconds: float) -> Any:
        with misbehaving(never_reads) as server:
            api = make(f"http://127.0.0.1:{server.port}", timeout=seconds)
            return failing(api, body={"user_data": "x" * 12_000_000})

    error = until_stage(attempt)
    assert type(error) is LATE
    assert error.sent is True


def test_a_refused_connection_was_sent_nothing(make: Callable[..., Any]) -> None:
    error = failing(make(f"http://127.0.0.1:{closed_port()}", retry=Retry.never()))
    assert type(error) is LOST
    assert error.sent is False
    assert error.attempts >= 1


def test_a_name_that_is_not_known_was_sent_nothing(make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: Any, **options: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failing(make("http://nowhere.localhost", retry=Retry.never()))
    assert type(error) is LOST
    assert error.sent is False


def test_a_name_that_nobody_looks_up_ends_with_its_deadline(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    over, known = threading.Event(), socket.getaddrinfo

    def hangs(host: Any, *arguments: Any, **options: Any) -> Any:
        if options.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "no number")
        if host == "slow.localhost":
            over.wait(HELD)
        return known("127.0.0.1", *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    try:
        error = until_stage(lambda seconds: failing(make("http://slow.localhost:9", timeout=seconds)), Stage.RESOLVE)
    finally:
        over.set()
    assert type(error) is LATE
    assert error.sent is False


@pytest.mark.parametrize("host", ["a" * 64 + ".localhost", "a..localhost"])
def test_a_name_that_cannot_be_one_was_sent_nothing(make: Callable[..., Any], host: str) -> None:
    error = failing(make(f"http://{host}:9", retry=Retry(attempts=2, base=0.01)))
    assert type(error) is LOST
    assert error.sent is False


def test_several_addresses_that_do_not_answer_share_the_deadline(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with dead_address() as port:
        address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: [address] * 8)
        url = f"http://several.localhost:{port}"
        error = until_stage(lambda seconds: failing(make(url, timeout=seconds)), Stage.CONNECT)
    assert type(error) is LATE
    assert error.sent is False


def test_a_wait_for_a_free_connection_was_sent_nothing(make: Callable[..., Any], runner: asyncio.Runner) -> None:
    """The one connection is in use from before the second request begins until after it has ended."""
    asked, release = threading.Event(), threading.Event()
    connections: list[int] = []

    def answers_when_released(peer: Peer) -> None:
        while peer.request():
            asked.set()
            assert release.wait(HELD)
            peer.socket.sendall(OK)

    def attempt(seconds: float) -> Any:
        asked.clear()
        release.clear()
        with misbehaving(answers_when_released) as server:
            api = make(f"http://127.0.0.1:{server.port}", connections=1)
            if isinstance(api, DO):
                first, error = second_of_two_threads(api, seconds, asked, release)
            else:
                first, error = runner.run(second_of_two_tasks(api._target, seconds, asked, release))
        assert first == {}
        connections.append(server.connections)
        return error

    error = until_stage(attempt, Stage.WAIT)
    assert type(error) is LATE
    assert error.sent is False
    assert connections[-1] == 1


def second_of_two_threads(api: DO, seconds: float, asked: threading.Event, release: threading.Event) -> Any:
    """How a request ends that has a connection, and how another one that waits for it."""
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(api.request, "POST", "/droplets")
        try:
            assert asked.wait(AMPLE)
            error = failing(api.with_options(timeout=seconds))
        finally:
            release.set()
        return first.result(), error


async def second_of_two_tasks(api: AsyncDO, seconds: float, asked: threading.Event, release: threading.Event) -> Any:
    """The same of the asynchronous client."""
    first = asyncio.create_task(api.request("POST", "/droplets"))
    try:
        assert await asyncio.to_thread(asked.wait, AMPLE)
        with pytest.raises(LATE) as caught:
            await api.with_options(timeout=seconds).request("POST", "/droplets")
    finally:
        release.set()
    return await first, caught.value


@pytest.mark.parametrize("behave", [silent, drips_headers, cuts_the_body, hangs_up], ids=named)
def test_a_connection_that_failed_makes_room_for_the_next(
    make: Callable[..., Any], behave: Callable[[Peer], None]
) -> None:
    def attempt(seconds: float) -> Any:
        return failing(api.with_options(timeout=seconds))

    with misbehaving(behave) as server:
        api = make(f"http://127.0.0.1:{server.port}", connections=1)
        assert [until_stage(attempt).sent for _ in range(3)] == [True] * 3
    assert server.connections >= 3  # more where a busy machine connected and had no time left to send


# -- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    return certified(authority, "127.0.0.1")


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def test_a_handshake_that_hangs_was_sent_nothing(make: Callable[..., Any]) -> None:
    with misbehaving(never_reads) as server:
        url = f"https://127.0.0.1:{server.port}"
        error = until_stage(lambda seconds: failing(make(url, timeout=seconds)), Stage.TLS)
    assert type(error) is LATE
    assert error.sent is False


def test_a_certificate_that_is_not_trusted_was_sent_nothing(make: Callable[..., Any], tls: ssl.SSLContext) -> None:
    def listens(peer: Peer) -> None:
        server.requests.append(peer.request())

    with misbehaving(listens, tls) as server, pytest.raises(DOBOTOCertificateException) as caught:
        make(f"https://127.0.0.1:{server.port}", timeout=20).request("POST", "/droplets")
    error = caught.value
    assert "certificate" in str(error).lower()
    assert "ca_file" in str(error)
    assert error.sent is False
    assert server.requests == []


def test_a_certificate_of_another_host_was_sent_nothing(
    make: Callable[..., Any], authority: trustme.CA, ca_file: str
) -> None:
    elsewhere = certified(authority, "elsewhere.example")
    with misbehaving(silent, elsewhere) as server, pytest.raises(DOBOTOCertificateException) as caught:
        make(f"https://127.0.0.1:{server.port}", ca_file=ca_file, timeout=20).request("POST", "/droplets")
    error = caught.value
    assert "certificate" in str(error).lower()
    assert "ca_file" in str(error)
    assert error.sent is False


def test_an_authority_of_ones_own_is_trusted(make: Callable[..., Any], tls: ssl.SSLContext, ca_file: str) -> None:
    def answers(peer: Peer) -> None:
        peer.request()
        peer.socket.sendall(OK)

    with misbehaving(answers, tls) as server:
        assert make(f"https://127.0.0.1:{server.port}", ca_file=ca_file, timeout=20).request("GET", "/account") == {}


@pytest.mark.parametrize("behave", [silent, drips_headers, drips_body], ids=named)
def test_deadlines_hold_over_tls(
    make: Callable[..., Any], tls: ssl.SSLContext, ca_file: str, behave: Callable[[Peer], None]
) -> None:
    with misbehaving(behave, tls) as server:
        url = f"https://127.0.0.1:{server.port}"
        error = until_stage(lambda seconds: failing(make(url, ca_file=ca_file, timeout=seconds)))
    assert type(error) is LATE
    assert error.sent is True


@pytest.mark.parametrize("behave", [cuts_the_body, hangs_up], ids=named)
def test_a_call_over_tls_ends_with_its_connection(
    make: Callable[..., Any], tls: ssl.SSLContext, ca_file: str, behave: Callable[[Peer], None]
) -> None:
    with misbehaving(behave, tls) as server:
        error = failing(make(f"https://127.0.0.1:{server.port}", ca_file=ca_file))
    assert type(error) is LOST
    assert error.sent is True


# -- connections that are kept


def test_a_kept_connection_that_the_server_closed_does_not_leave_an_outcome_open(make: Callable[..., Any]) -> None:
    """Nothing is sent on it: the change goes over a new one, once."""
    closed = threading.Event()

    def answers_once(peer: Peer) -> None:
        server.requests.append(peer.request())
        peer.socket.sendall(OK)
        peer.socket.shutdown(socket.SHUT_RDWR)
        peer.socket.close()
        closed.set()

    with misbehaving(answers_once) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        for _ in range(5):
            closed.clear()
            assert api.request("POST", "/tags", body={"name": "a"}) == {}
            assert closed.wait(HELD)
    assert len(server.requests) == server.connections == 5


def test_a_change_that_arrived_on_a_kept_connection_is_not_sent_again(make: Callable[..., Any]) -> None:
    """The server read it and hung up: nobody knows whether it took effect."""

    def answers_the_first(peer: Peer) -> None:
        server.requests.append(peer.request())
        peer.socket.sendall(OK)
        server.requests.append(peer.request())

    with misbehaving(answers_the_first) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        api.request("GET", "/account")
        error = failing(api)
    assert error.sent is True
    assert [request.split()[0] for request in server.requests] == [b"GET", b"POST"]


def test_a_create_whose_connection_breaks_says_that_its_outcome_is_unknown(make: Callable[..., Any]) -> None:
    def attempt(seconds: float) -> Any:
        with pytest.raises(DOBOTOException) as caught:
            api.droplet.create(name="web-1", size="s", image="i", timeout=seconds)
        return caught.value

    with misbehaving(hangs_up) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        error = until(attempt, lambda error: isinstance(error, DOBOTOOutcomeUnknownException))
    assert type(error) is DOBOTOOutcomeUnknownException
    assert "web-1" in str(error)
