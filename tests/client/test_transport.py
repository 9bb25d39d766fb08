"""What goes over a connection and comes back, by real sockets: packed, through proxies, over a kept connection."""

from __future__ import annotations

import gc
import gzip
import io
import json
import os
import select
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

from doboto import (
    DO,
    DOBOTOCertificateException,
    DOBOTOClientClosedException,
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOInvalidResponseException,
    DOBOTOTimeoutException,
    Limiter,
)
from doboto._http import content, messages, pool, transport

from .misbehaving import HELD, OK, Misbehaving, Peer, misbehaving
from .patience import AMPLE, until_stage

LARGE = {"droplets": [{"id": number, "name": f"web-{number}"} for number in range(20_000)]}


@pytest.fixture
def make(clients: Callable[..., Any]) -> Callable[..., Any]:
    """Makes clients of that flavour, without a proxy if it isn't told of one."""
    return partial(clients, proxy="")


def reply(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*replies: bytes) -> Callable[[Peer], None]:
    """Answers each connection's requests with these, one after the other, the last again and again."""

    def behave(peer: Peer) -> None:
        count = 0
        while peer.request():
            peer.socket.sendall(replies[min(count, len(replies) - 1)])
            count += 1

    return behave


def attempted(api: Any, path: str = "/tags") -> Any:
    """What a change gave, or its error."""
    try:
        return api.request("POST", path)
    except DOBOTOException as error:
        return error


def pool_of(client: Any) -> pool.Pool:
    """The connections of a client."""
    found: pool.Pool = client._session.io.transport._pool
    return found


def may_have_arrived(outcome: object) -> bool:
    """Whether it is an error that leaves open what became of the request."""
    return isinstance(outcome, DOBOTOException) and outcome.outcome_open


# -- replies


def test_a_packed_reply_is_asked_for_and_unpacked(make: Callable[..., Any]) -> None:
    seen: list[bytes] = []

    def behave(peer: Peer) -> None:
        seen.append(peer.request())
        peer.socket.sendall(reply(gzip.compress(json.dumps(LARGE).encode()), "Content-Encoding: gzip"))

    with misbehaving(behave) as server:
        assert make(f"http://127.0.0.1:{server.port}").request("GET", "/droplets") == LARGE
    assert b"accept-encoding: gzip" in seen[0].lower()


@pytest.mark.parametrize(
    ("body", "coding"),
    [(b"not packed at all", "gzip"), (gzip.compress(b'{"a": 1}' * 99)[:-9], "gzip"), (b"\x01\x02", "sdch")],
    ids=["not packed", "cut off", "packed otherwise"],
)
def test_a_change_whose_reply_cannot_be_unpacked_may_have_taken_effect(
    make: Callable[..., Any], body: bytes, coding: str
) -> None:
    with misbehaving(answering(reply(body, f"Content-Encoding: {coding}"))) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        with pytest.raises((DOBOTOConnectionException, DOBOTOInvalidResponseException)) as caught:
            api.request("POST", "/tags", body={"name": "a"})
    assert may_have_arrived(caught.value)
    assert server.connections == 1


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_reply_may_end_with_its_connection(make: Callable[..., Any], version: str) -> None:
    def behave(peer: Peer) -> None:
        peer.request()
        peer.socket.sendall(f"HTTP/{version} 200 OK\r\nConnection: close\r\n\r\n".encode() + json.dumps(LARGE).encode())

    with misbehaving(behave) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        assert [api.request("GET", "/droplets") for _ in range(2)] == [LARGE] * 2
    assert server.connections == 2


def test_a_reply_in_chunks(make: Callable[..., Any]) -> None:
    body = json.dumps(LARGE).encode()
    chunks = [body[start : start + 7777] for start in range(0, len(body), 7777)]
    framed = b"".join(b"%x;name=value\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nX-Last: 1\r\n\r\n"
    with misbehaving(answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed)) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        assert [api.request("GET", "/droplets") for _ in range(3)] == [LARGE] * 3
    assert server.connections == 1


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: -5",
        "Content-Length: five",
        f"Content-Length: {10**15}",
        f"Content-Length: {10**30}",
        "Transfer-Encoding: chunked\r\n\r\n-5\r\nxxxxx",
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nxxxxx",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nxxxxx",
        "\r\n".join(f"X-{number}: {number}" for number in range(500)),
        "X-Long: " + "x" * 100_000,
    ],
    ids=[
        "negative",
        "no number",
        "beyond the memory",
        "beyond any number",
        "negative chunk",
        "chunk beyond any number",
        "chunk of no size",
        "too many headers",
        "too long a header",
    ],
)
def test_a_reply_that_is_no_http_is_an_error_of_ours(make: Callable[..., Any], head: str) -> None:
    def behave(peer: Peer) -> None:
        peer.request()
        peer.socket.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
        with suppress(OSError):
            peer.socket.shutdown(socket.SHUT_WR)

    with misbehaving(behave) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        outcome = attempted(api)
    assert outcome is None or may_have_arrived(outcome)
    assert server.connections == 1


@pytest.mark.parametrize(
    "cut",
    ["HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Ty", "HTTP/1.1 200 OK\r\nDate: x\r\n", "HTTP/1.1 101 X\r\n\r\n"],
    ids=["in its status", "in a header", "between headers", "for another protocol"],
)
def test_a_reply_that_ends_before_its_body_is_no_success(make: Callable[..., Any], cut: str) -> None:
    def behave(peer: Peer) -> None:
        peer.request()
        peer.socket.sendall(cut.encode())

    with misbehaving(behave) as server:
        outcome = attempted(make(f"http://127.0.0.1:{server.port}"))
    assert may_have_arrived(outcome)
    assert server.connections == 1


@pytest.mark.parametrize("before", ["", "HTTP/1.1 103 Early Hints\r\n\r\n"], ids=["at once", "after an interim one"])
def test_an_error_says_that_the_connection_was_closed_without_a_reply(make: Callable[..., Any], before: str) -> None:
    def behave(peer: Peer) -> None:
        peer.request()
        peer.socket.sendall(before.encode())

    with misbehaving(behave) as server:
        outcome = attempted(make(f"http://127.0.0.1:{server.port}"))
    assert may_have_arrived(outcome)
    expected = f"no valid response from 127.0.0.1:{server.port} (the connection was closed before a response came)"
    assert expected in str(outcome)


def test_an_error_says_that_nothing_came_in_time_and_names_no_class(make: Callable[..., Any]) -> None:
    with misbehaving(lambda peer: peer.stop.wait(30) and None) as server:
        outcome = attempted(make(f"http://127.0.0.1:{server.port}", timeout=0.2))
    assert f"no valid response from 127.0.0.1:{server.port} in time" in str(outcome)
    assert "TimeoutError" not in str(outcome)


def test_an_interim_reply_is_not_taken_for_the_next_request_s(make: Callable[..., Any]) -> None:
    """103 (Early Hints, RFC 8297) comes before the reply: whoever takes it for one gives the reply to somebody else."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    behave = answering(hints + reply(b'{"number": 1}'), hints + reply(b'{"number": 2}'))
    with misbehaving(behave) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        for number in (1, 2):
            outcome = attempted(api)
            assert outcome == {"number": number} or may_have_arrived(outcome)


def test_what_nobody_asked_for_is_not_taken_for_the_next_reply(make: Callable[..., Any]) -> None:
    """Load balancers say 408 on a connection that idles. One that crosses with a change leaves its outcome open."""

    def behave(peer: Peer) -> None:
        while head := peer.request():
            peer.socket.sendall(reply(json.dumps({"asked": head.split()[1].decode()}).encode()))
            peer.socket.sendall(reply(b'{"asked": "by nobody"}', status="408 Request Timeout"))

    with misbehaving(behave) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        outcomes = [attempted(api, f"/tags/{number}") for number in range(40)]
    for number, outcome in enumerate(outcomes):
        assert outcome == {"asked": f"/v2/tags/{number}"} or may_have_arrived(outcome)


# -- connections


def test_the_last_used_connection_is_used_again(make: Callable[..., Any]) -> None:
    with misbehaving(answering(OK)) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        for _ in range(20):
            api.request("GET", "/account")
    assert server.connections == 1


def test_a_connection_that_idled_for_long_is_not_used_again(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with misbehaving(answering(OK)) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        monkeypatch.setattr(pool, "IDLE_TIMEOUT", -1.0)
        for _ in range(3):
            api.request("GET", "/account")
    assert server.connections == 3


@pytest.mark.parametrize("flavour", ["blocking"], indirect=True)
def test_a_closed_connection_is_seen_where_there_is_no_poll(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows."""
    monkeypatch.delattr(select, "poll")
    closed = threading.Event()

    def behave(peer: Peer) -> None:
        peer.request()
        peer.socket.sendall(OK)
        peer.socket.shutdown(socket.SHUT_RDWR)
        closed.set()

    with misbehaving(behave) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        for _ in range(2):
            api.request("POST", "/tags", body={"name": "a"})
            assert closed.wait(HELD)
            closed.clear()
    assert server.connections == 2


@pytest.mark.parametrize("flavour", ["blocking"], indirect=True)
@pytest.mark.parametrize(
    ("where", "name"),
    [
        (pool.Lease, "__init__"), (pool.Pool, "acquire"), (pool.Pool, "connect"), (pool.Pool, "_take_idle"),
        (pool.Pool, "release"), (pool.Pool, "_admit"), (messages.HTTPConnection, "is_complete"),
        (messages.HTTPConnection, "_read_plain"), (content.Content, "finish"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)  # fmt: skip
def test_ctrl_c_takes_no_room_from_the_next_request(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    def interrupted(*arguments: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with misbehaving(answering(OK)) as server:
        api = make(f"http://127.0.0.1:{server.port}", connections=1)
        for _ in range(3):
            with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
                patch.setattr(where, name, interrupted)
                api.request("GET", "/account")
            assert api.request("GET", "/account") == {}
            pool_of(api).close()


@pytest.mark.parametrize("flavour", ["blocking"], indirect=True)
def test_ctrl_c_while_a_failure_is_told_leads_to_no_frames_with_headers(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(transport, "map_exception", interrupted)
    with misbehaving(lambda peer: None) as server:
        with pytest.raises(KeyboardInterrupt) as caught:
            make(f"http://127.0.0.1:{server.port}").request("GET", "/account")
        assert caught.value.__context__ is None


def test_threads_that_wait_for_a_connection_get_it_in_turn() -> None:
    """Else those who give one back take it again, as long as they have something to ask."""
    over, busy = threading.Event(), threading.Semaphore(0)
    with misbehaving(answering(OK)) as server:
        url = f"http://127.0.0.1:{server.port}"
        do = DO("t", url, proxy="", connections=1, timeout=AMPLE, limiter=Limiter(per_minute=1_000_000))

        def ask() -> None:
            while not over.is_set():
                do.request("GET", "/account")
                busy.release()

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(10):
                busy.acquire()
            assert [do.request("GET", "/account") for _ in range(20)] == [{}] * 20
        finally:
            over.set()
            for thread in threads:
                thread.join()
            do.close()


def test_a_deadline_may_be_far_away(make: Callable[..., Any]) -> None:
    with misbehaving(answering(OK)) as server:
        far = dict.fromkeys(("timeout", "connect_timeout", "read_timeout"), 1e12)
        assert make(f"http://127.0.0.1:{server.port}", **far).request("GET", "/account") == {}


def test_a_call_after_close_is_refused(make: Callable[..., Any], flavour: str) -> None:
    """It would connect again, and nobody would close that."""
    with misbehaving(answering(OK)) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        other = api.with_options(timeout=AMPLE / 2)
        api.request("GET", "/account")
        other.close() if flavour == "blocking" else other.aclose()
        other.request("GET", "/account")
        for _ in range(2):
            api.close() if flavour == "blocking" else api.aclose()
        for one in (api, other):
            with pytest.raises(DOBOTOClientClosedException, match="the client is closed"):
                one.request("GET", "/account")
    assert server.connections == 1


def test_connections_in_use_when_all_are_closed_end_with_their_exchange() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def behave(peer: Peer) -> None:
        while peer.request():
            asked.set()
            assert go_on.wait(HELD)
            peer.socket.sendall(OK)

    with misbehaving(behave) as server, DO("t", f"http://127.0.0.1:{server.port}", proxy="") as do:
        found: list[Any] = []
        thread = threading.Thread(target=lambda: found.append(do.request("GET", "/account")))
        thread.start()
        assert asked.wait(HELD)
        pool_of(do).close()
        go_on.set()
        thread.join()
        assert found == [{}]
        do.request("GET", "/account")
        assert server.connections == 2


def test_a_client_that_nobody_closed_leaves_no_socket_behind() -> None:
    """Warnings are errors, that of an unclosed socket too."""
    ended = threading.Event()

    def behave(peer: Peer) -> None:
        answering(OK)(peer)
        ended.set()

    with misbehaving(behave) as server:
        do = DO("t", f"http://127.0.0.1:{server.port}", proxy="")
        do.request("GET", "/account")
        del do
        gc.collect()
        assert ended.wait(HELD)


FORKING = """
import os, sys
from doboto import DO
do = DO("t", sys.argv[1], proxy="")
do.request("GET", "/account")
child = os.fork()
sys.stdout.write(f"{do.request('GET', '/account')}\\n")
sys.stdout.flush()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_processes_that_forked_share_no_connection() -> None:
    """On a shared one each would read the other's replies."""
    with misbehaving(answering(OK)) as server:
        command = [sys.executable, "-W", "error", "-c", FORKING, f"http://127.0.0.1:{server.port}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "{}\n{}\n")
    assert server.connections == 2


# -- proxies, and TLS through them


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def certified(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def carries(peer: Peer) -> None:
    """A proxy: carries what follows CONNECT, and asks for everything else itself."""
    head = peer.request()
    method, target = head.split()[:2]
    if method == b"CONNECT":
        host, port = target.decode().rsplit(":", 1)
    else:
        host, port = target.decode().split("/")[2].rsplit(":", 1)
    with socket.create_connection((host, int(port))) as api:
        if method == b"CONNECT":
            peer.socket.sendall(b"HTTP/1.1 200 Connection established\r\nVia: proxy\r\n\r\n")
        else:
            api.sendall(head)
        carry(peer.socket, api)


def carry(one: socket.socket, other: socket.socket) -> None:
    """Both ways, in one thread: a TLS socket must not be read and written at the same time."""
    while True:
        ready = [one] if isinstance(one, ssl.SSLSocket) and one.pending() else select.select([one, other], [], [])[0]
        for source in ready:
            piece = source.recv(65536)
            if not piece:
                return
            (other if source is one else one).sendall(piece)


def echoes(peer: Peer) -> None:
    """Answers with the size of what it was sent, and with a large reply."""
    while head := peer.request():
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        read = len(head.partition(b"\r\n\r\n")[2])
        while read < length:
            read += len(peer.socket.recv(65536))
        peer.socket.sendall(reply(json.dumps({"read": read, **LARGE}).encode()))


@pytest.fixture(params=["http", "https"])
def proxy(request: pytest.FixtureRequest, certified: ssl.SSLContext) -> Iterator[tuple[str, Misbehaving]]:
    scheme: str = request.param
    with misbehaving(carries, certified if scheme == "https" else None) as server:
        yield f"{scheme}://me:secret@127.0.0.1:{server.port}", server


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_api_is_reached_through_a_proxy(
    make: Callable[..., Any], scheme: str, proxy: tuple[str, Misbehaving], certified: ssl.SSLContext, ca_file: str
) -> None:
    """Large requests and replies too, several of them over one connection."""
    url, server = proxy
    with misbehaving(echoes, certified if scheme == "https" else None) as api:
        do = make(f"{scheme}://127.0.0.1:{api.port}", ca_file=ca_file, proxy=url, allow_http=True)
        for size in (1, 100_000, 700_000):
            body = {"name": "x" * size}
            sent = len(json.dumps(body, separators=(",", ":")))
            assert do.request("POST", "/tags", body=body) == {"read": sent, **LARGE}
        assert api.connections == server.connections == 1


@pytest.mark.parametrize("proxy", ["https"], indirect=True)
def test_a_reply_that_drips_through_two_layers_of_tls_ends_within_its_deadline(
    make: Callable[..., Any], proxy: tuple[str, Misbehaving], certified: ssl.SSLContext, ca_file: str
) -> None:
    def drips(peer: Peer) -> None:
        peer.request()
        peer.drip(b"HTTP/1.1 200 OK\r\nX-More: and more" + b" " * 9999)

    with misbehaving(drips, certified) as api:
        url = f"https://127.0.0.1:{api.port}"

        def attempt(seconds: float) -> DOBOTOException:
            with pytest.raises(DOBOTOTimeoutException) as caught:
                make(url, ca_file=ca_file, proxy=proxy[0], timeout=seconds).request("POST", "/tags", body={"name": "a"})
            return caught.value

        error = until_stage(attempt)
    assert "in time" in str(error)
    assert error.sent is True


@pytest.mark.parametrize("proxied", [False, True])
def test_what_came_with_a_reply_in_one_tls_record_is_not_taken_for_the_next_reply(
    make: Callable[..., Any],
    proxied: bool,
    proxy: tuple[str, Misbehaving],
    certified: ssl.SSLContext,
    ca_file: str,
) -> None:
    """TLS has read it, so that the socket does not show it: the reply is as long as what is read at once."""

    def behave(peer: Peer) -> None:
        while head := peer.request():
            body = json.dumps({"asked": head.split()[1].decode()}).encode()
            padding = "x" * (io.DEFAULT_BUFFER_SIZE - len(reply(body, "X-Padding: ")))
            peer.socket.sendall(reply(body, f"X-Padding: {padding}") + reply(b'{"asked": "by nobody"}'))

    with misbehaving(behave, certified) as api:
        do = make(f"https://127.0.0.1:{api.port}", ca_file=ca_file, proxy=proxy[0] if proxied else "")
        for number in range(3):
            outcome = attempted(do, f"/tags/{number}")
            assert outcome == {"asked": f"/v2/tags/{number}"} or may_have_arrived(outcome)


def test_a_connection_that_ends_inside_of_tls_inside_of_tls_is_an_error_of_ours(
    make: Callable[..., Any], proxy: tuple[str, Misbehaving], certified: ssl.SSLContext, ca_file: str
) -> None:
    def cuts(peer: Peer) -> None:
        peer.request()
        peer.socket.sendall(reply(b"{}" * 99)[:-50])

    with misbehaving(cuts, certified) as api:
        do = make(f"https://127.0.0.1:{api.port}", ca_file=ca_file, proxy=proxy[0])
        with pytest.raises(DOBOTOConnectionException) as caught:
            do.request("POST", "/tags", body={"name": "a"})
        assert caught.value.sent is True


def test_the_api_s_certificate_is_checked_behind_a_proxy(
    make: Callable[..., Any], proxy: tuple[str, Misbehaving], authority: trustme.CA, ca_file: str
) -> None:
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.example").configure_cert(other)
    with misbehaving(echoes, other) as api:
        do = make(f"https://127.0.0.1:{api.port}", ca_file=ca_file, proxy=proxy[0])
        with pytest.raises(DOBOTOCertificateException, match="(?i)certificate") as caught:
            do.request("GET", "/account")
        assert caught.value.sent is False
        assert api.connections == 1  # it is not tried again


FORKING_WHILE_OTHERS_WAIT = """
import os, sys, threading
from doboto import DO, Limiter
do = DO("t", sys.argv[1], proxy="", connections=1, timeout=100, limiter=Limiter(per_minute=1_000_000))
slow = threading.Thread(target=do.request, args=("GET", "/slow"), daemon=True)
slow.start()
sys.stdin.readline()
others = [threading.Thread(target=do.request, args=("GET", "/other"), daemon=True) for _ in range(3)]
for thread in others:
    thread.start()
while len(do._session.io.transport._pool._waiting) < 3:
    pass
child = os.fork()
if not child:
    sys.stdout.write(f"child {do.request('GET', '/account')}\\n")
    sys.stdout.flush()
    os._exit(0)
status = os.waitpid(child, 0)[1]
sys.stdout.write(f"parent {status}\\n")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_process_forked_while_threads_wait_has_all_connections_for_itself() -> None:
    """Those threads are not there: neither their slots nor their positions in the limiter's queue count."""
    asked = threading.Event()

    def behave(peer: Peer) -> None:
        while head := peer.request():
            if b"/slow" in head:
                asked.set()
                peer.hold()
            peer.socket.sendall(OK)

    with misbehaving(behave) as server:
        command = [sys.executable, "-c", FORKING_WHILE_OTHERS_WAIT, f"http://127.0.0.1:{server.port}"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert asked.wait(HELD)
            shown, _ = process.communicate("go\n", timeout=HELD)
    assert shown == "child {}\nparent 0\n"
