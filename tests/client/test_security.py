"""The token goes to the API's host and nowhere else, over real sockets: not to another host, not into a log."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from doboto import DOBOTOConnectionException, DOBOTOException, DOBOTOInvalidResponseException, Retry
from doboto._http.blocking import SocketStream
from doboto.errors import Stage

from .misbehaving import HELD, Misbehaving, Peer, closed_port, misbehaving
from .patience import until_stage
from .scripted import TOKEN

#: Tries again once, at once.
TWICE = Retry(attempts=2, base=0.0)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def make(clients: Callable[..., Any]) -> Callable[..., Any]:
    """Makes clients of that flavour, with the token that must not be seen."""
    return lambda url, **settings: clients(url, TOKEN, **settings)


@contextmanager
def answering(answer: Callable[[bytes], bytes]) -> Iterator[Misbehaving]:
    """A server that answers each request by a function of its head, and notes it."""

    def behave(peer: Peer) -> None:
        while head := peer.request():
            server.requests.append(head)
            peer.socket.sendall(answer(head))

    with misbehaving(behave) as server:
        yield server


def http(status: str, body: Any = None, *headers: str) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Content-Type: application/json", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


# -- no other host


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_to_another_host_is_not_followed(make: Callable[..., Any], status: str, method: str) -> None:
    with answering(lambda head: http("200 OK", {})) as other:
        elsewhere = f"Location: http://127.0.0.1:{other.port}/v2/account"
        with (
            answering(lambda head: http(status, None, elsewhere)) as server,
            pytest.raises(DOBOTOInvalidResponseException, match="redirects are not followed"),
        ):
            make(f"http://127.0.0.1:{server.port}").request(method, "/account")
        assert len(server.requests) == 1
    assert other.connections == 0


def test_a_page_link_to_another_host_is_not_followed(make: Callable[..., Any]) -> None:
    with answering(lambda head: http("200 OK", {})) as other:

        def page(head: bytes) -> bytes:
            number = int(parse_qs(urlsplit(head.split()[1].decode()).query).get("page", ["1"])[0])
            second = f"http://127.0.0.1:{other.port}/v2/droplets?page=2"
            links = {"pages": {"next": second, "last": second}} if number == 1 else {}
            return http("200 OK", {"droplets": [{"id": number}], "links": links, "meta": {"total": 2}})

        with answering(page) as server:
            droplets = make(f"http://127.0.0.1:{server.port}").droplet.list()
        assert [droplet["id"] for droplet in droplets] == [1, 2]
        assert len(server.requests) == 2
        assert all(f"Authorization: Bearer {TOKEN}".encode() in head for head in server.requests)
    assert other.connections == 0


# -- proxies


def test_a_proxy_gets_its_own_credentials(make: Callable[..., Any]) -> None:
    with answering(lambda head: http("200 OK", {})) as proxy:
        api = make(
            f"http://127.0.0.1:{closed_port()}", proxy=f"http://me:p%40ss@127.0.0.1:{proxy.port}", allow_http=True
        )
        assert api.request("GET", "/account") == {}
    expected = base64.b64encode(b"me:p@ss").decode()
    assert f"proxy-authorization: Basic {expected}".lower() in proxy.requests[0].decode().lower()


def test_a_tunnel_s_proxy_never_sees_the_token(make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(lambda head: http("403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(DOBOTOConnectionException) as caught:
            make("https://api.example.test", retry=TWICE).request("POST", "/droplets", body={})
    assert caught.value.sent is False
    assert proxy.requests
    assert all(head.startswith(b"CONNECT api.example.test:443") for head in proxy.requests)
    assert not [head for head in proxy.requests if TOKEN.encode() in head or b"authorization" in head.lower()]


# -- no log, no exception, no traceback


def silent(peer: Peer) -> None:
    peer.request()
    peer.hold()


def cuts_the_body(peer: Peer) -> None:
    peer.request()
    peer.socket.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"droplet": {')


def hangs_up(peer: Peer) -> None:
    peer.request()


def talks_garbage(peer: Peer) -> None:
    peer.socket.sendall(b"\x00" + peer.request())


def shown(error: BaseException, caplog: pytest.LogCaptureFixture, *objects: Any) -> list[str]:
    """All that a crash report would show: the chain of exceptions with local variables, the logs at DEBUG, reprs."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    return ["".join(report.format()), repr(error), str(error), str(vars(error)), caplog.text, *map(repr, objects)]


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "aiohttp", "asyncio", "doboto", "http.client"):
        caplog.set_level(logging.DEBUG, name)
    return caplog


@pytest.mark.parametrize("behave", [None, silent, cuts_the_body, hangs_up, talks_garbage])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_failure_shows_the_token_nowhere(
    make: Callable[..., Any],
    everything_logged: pytest.LogCaptureFixture,
    behave: Callable[[Peer], None] | None,
    method: str,
) -> None:
    def attempt(seconds: float) -> DOBOTOException:
        with pytest.raises(DOBOTOConnectionException) as caught:
            api.with_options(timeout=seconds).request(method, "/droplets")
        return caught.value

    with misbehaving(behave or silent) as server:
        api = make(f"http://127.0.0.1:{server.port if behave else closed_port()}", retry=TWICE)
        error = until_stage(attempt, Stage.EXCHANGE if behave else Stage.CONNECT)
        assert error.__context__ is None
        assert error.__cause__ is None
        for text in shown(error, everything_logged, api, api.droplet):
            assert TOKEN not in text


@pytest.mark.parametrize("flavour", ["blocking"])
def test_ctrl_c_in_the_middle_of_a_reply_shows_the_token_nowhere(
    make: Callable[..., Any], everything_logged: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(self: Any, seconds: float) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(SocketStream, "receive", interrupted)
    with misbehaving(silent) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        with pytest.raises(KeyboardInterrupt) as caught:
            api.request("POST", "/droplets", body={})
    for text in shown(caught.value, everything_logged):
        assert TOKEN not in text


@pytest.mark.parametrize("flavour", ["asynchronous"])
def test_a_cancelled_task_shows_the_token_nowhere(
    make: Callable[..., Any], runner: asyncio.Runner, everything_logged: pytest.LogCaptureFixture
) -> None:
    arrived = threading.Event()

    def waits(peer: Peer) -> None:
        peer.request()
        arrived.set()
        peer.hold()

    async def cancel(request: Any) -> None:
        task = asyncio.create_task(request)
        await asyncio.to_thread(arrived.wait, HELD)
        task.cancel()
        await task

    with misbehaving(waits) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        with pytest.raises(asyncio.CancelledError) as caught:
            runner.run(cancel(api._target.request("POST", "/droplets", body={})))
    for text in shown(caught.value, everything_logged):
        assert TOKEN not in text


def test_an_error_s_reply_shows_the_token_nowhere(
    make: Callable[..., Any], everything_logged: pytest.LogCaptureFixture
) -> None:
    with answering(lambda head: http("401 Unauthorized", {"id": "unauthorized", "message": "no"})) as server:
        api = make(f"http://127.0.0.1:{server.port}")
        with pytest.raises(DOBOTOException) as caught:
            api.request("GET", "/account")
    assert f"Bearer {TOKEN}".encode() in server.requests[0]
    for text in shown(caught.value, everything_logged, api):
        assert TOKEN not in text


# -- no child process


STARTS = ("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system")
started: list[str] = []
listening = False


def _audit(event: str, arguments: Any) -> None:
    if listening and event in STARTS:
        started.append(event)


sys.addaudithook(_audit)


def test_no_child_process_is_started_that_could_be_told_the_token(make: Callable[..., Any]) -> None:
    global listening  # an audit hook stays for good
    with answering(lambda head: http("200 OK", {"droplets": [], "links": {}, "meta": {"total": 0}})) as server:
        listening = True
        try:
            assert make(f"http://127.0.0.1:{server.port}").droplet.list() == []
            with pytest.raises(DOBOTOConnectionException):
                make(f"https://127.0.0.1:{closed_port()}", retry=TWICE).droplet.list()
            socket.getaddrinfo("127.0.0.1", 80)
        finally:
            listening = False
    assert started == []
