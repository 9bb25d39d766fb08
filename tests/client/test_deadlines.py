"""A call's deadline holds whatever the other side does, and the error tells whether the request may have arrived."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable
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

from .misbehaving import OK, Peer, closed_port, misbehaving

DEADLINE = 0.3
TOLERANCE = 1.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def silent(peer: Peer) -> None:
    peer.request()
    peer.stop.wait(30)


def never_reads(peer: Peer) -> None:
    peer.stop.wait(30)


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
BEHAVIOURS: dict[Callable[[Peer], None], type[DOBOTOException]] = {
    silent: LATE,
    drips_headers: LATE,
    drips_status: LATE,
    drips_body: LATE,
    drips_chunks: LATE,
    cuts_the_body: LOST,
    hangs_up: LOST,
    resets: LOST,
    talks_garbage: LOST,
}


@pytest.fixture
def make(clients: Callable[..., Any]) -> Callable[..., Any]:
    """Makes clients of that flavour whose calls take at most the deadline."""
    return partial(clients, timeout=DEADLINE, proxy="")


def failing(api: Any, method: str = "POST", **options: Any) -> Any:
    """The error of a request, which ends within its deadline."""
    begun = time.monotonic()
    with pytest.raises(DOBOTOException) as caught:
        api.request(method, "/droplets", **options)
    assert time.monotonic() - begun < DEADLINE + TOLERANCE
    return caught.value


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("behave", BEHAVIOURS, ids=lambda behave: behave.__name__)
def test_a_call_ends_within_its_deadline(make: Callable[..., Any], behave: Callable[[Peer], None], method: str) -> None:
    """Reading is tried again meanwhile; a change is sent once, and may have arrived."""
    with misbehaving(behave) as server:
        error = failing(make(f"http://127.0.0.1:{server.port}"), method)
        if method == "POST":
            assert type(error) is BEHAVIOURS[behave]
            assert server.connections == 1
        assert isinstance(error, LOST)
        assert error.sent is True


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
def test_a_request_that_is_not_read_ends_within_its_deadline(make: Callable[..., Any]) -> None:
    with misbehaving(never_reads) as server:
        error = failing(make(f"http://127.0.0.1:{server.port}"), body={"user_data": "x" * 12_000_000})
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


def test_a_name_that_nobody_looks_up_ends_within_its_deadline(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    over, known = threading.Event(), socket.getaddrinfo

    def hangs(host: Any, *arguments: Any, **options: Any) -> Any:
        if host == "slow.localhost":
            if options.get("flags", 0) & socket.AI_NUMERICHOST:
                raise socket.gaierror(socket.EAI_NONAME, "no number")
            over.wait(30)
        return known("127.0.0.1", *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    try:
        error = failing(make("http://slow.localhost:9"))
    finally:
        over.set()
    assert type(error) is LATE
    assert error.sent is False


@pytest.mark.parametrize("host", ["a" * 64 + ".localhost", "a..localhost"])
def test_a_name_that_cannot_be_one_was_sent_nothing(make: Callable[..., Any], host: str) -> None:
    error = failing(make(f"http://{host}:9"))
    assert isinstance(error, LOST)
    assert error.sent is False


def test_several_addresses_that_do_not_answer_share_the_deadline(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listener whose queue is full leaves SYNs unanswered, as a firewall does."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: [address] * 8)
        error = failing(make(f"http://several.localhost:{port}"))
        for filler in fillers:
            filler.close()
    assert type(error) is LATE
    assert error.sent is False


def test_a_wait_for_a_free_connection_was_sent_nothing(make: Callable[..., Any], runner: asyncio.Runner) -> None:
    with misbehaving(silent) as server:
        api = make(f"http://127.0.0.1:{server.port}", connections=1)
        if isinstance(api, DO):
            patient = api.with_options(timeout=DEADLINE * 3)
            other = threading.Thread(target=late, args=(patient,))
            other.start()
            while not server.connections:
                other.join(0.01)
            error = failing(api)
            other.join()
        else:
            error = runner.run(second(api._target))
        assert server.connections == 1
    assert type(error) is LATE
    assert error.sent is False


@pytest.mark.parametrize("behave", [silent, drips_headers, cuts_the_body, hangs_up])
def test_a_connection_that_failed_makes_room_for_the_next(
    make: Callable[..., Any], behave: Callable[[Peer], None]
) -> None:
    with misbehaving(behave) as server:
        api = make(f"http://127.0.0.1:{server.port}", connections=1)
        assert [failing(api).sent for _ in range(3)] == [True] * 3
    assert server.connections == 3


def late(api: DO) -> None:
    with pytest.raises(LATE):
        api.request("POST", "/droplets")


async def second(api: AsyncDO) -> BaseException:
    """How the second of two requests ends that have one connection."""
    patient = api.with_options(timeout=DEADLINE * 3)
    first = asyncio.create_task(patient.request("POST", "/droplets"))
    await asyncio.sleep(0.1)
    [error] = await asyncio.gather(api.request("POST", "/droplets"), return_exceptions=True)
    await asyncio.gather(first, return_exceptions=True)
    return error


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
        error = failing(make(f"https://127.0.0.1:{server.port}"))
    assert type(error) is LATE
    assert error.sent is False


def test_a_certificate_that_is_not_trusted_was_sent_nothing(make: Callable[..., Any], tls: ssl.SSLContext) -> None:
    def listens(peer: Peer) -> None:
        server.requests.append(peer.request())

    with misbehaving(listens, tls) as server:
        error = failing(make(f"https://127.0.0.1:{server.port}"))
    assert type(error) is DOBOTOCertificateException
    assert "certificate" in str(error).lower()
    assert "ca_file" in str(error)
    assert error.sent is False
    assert server.requests == []


def test_a_certificate_of_another_host_was_sent_nothing(
    make: Callable[..., Any], authority: trustme.CA, ca_file: str
) -> None:
    with misbehaving(silent, certified(authority, "elsewhere.example")) as server:
        error = failing(make(f"https://127.0.0.1:{server.port}", ca_file=ca_file))
    assert type(error) is DOBOTOCertificateException
    assert "certificate" in str(error).lower()
    assert "ca_file" in str(error)
    assert error.sent is False


def test_an_authority_of_ones_own_is_trusted(make: Callable[..., Any], tls: ssl.SSLContext, ca_file: str) -> None:
    def answers(peer: Peer) -> None:
        peer.request()
        peer.socket.sendall(OK)

    with misbehaving(answers, tls) as server:
        assert make(f"https://127.0.0.1:{server.port}", ca_file=ca_file).request("GET", "/account") == {}


@pytest.mark.parametrize("behave", [silent, drips_headers, drips_body, cuts_the_body, hangs_up])
def test_deadlines_hold_over_tls(
    make: Callable[..., Any], tls: ssl.SSLContext, ca_file: str, behave: Callable[[Peer], None]
) -> None:
    with misbehaving(behave, tls) as server:
        error = failing(make(f"https://127.0.0.1:{server.port}", ca_file=ca_file))
    assert type(error) is BEHAVIOURS[behave]
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
            assert closed.wait(5)
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
    with misbehaving(hangs_up) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        begun = time.monotonic()
        with pytest.raises(DOBOTOOutcomeUnknownException, match="web-1"):
            api.droplet.create(name="web-1", size="s", image="i", timeout=DEADLINE)
        assert time.monotonic() - begun < DEADLINE + TOLERANCE
