"""Names become connections: a dead address costs little, and families take turns (RFC 8305)."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from doboto import AsyncDO, DOBOTOConnectionException, DOBOTOException, DOBOTOTimeoutException, Limiter, Retry
from doboto._http import dial
from doboto._http.blocking import BlockingNetwork
from doboto._http.connect import Connector
from doboto._http.dial import interleave
from doboto._io.protocol import Connection
from doboto.errors import Stage

from .misbehaving import HELD, OK, Peer, closed_port, dead_address, misbehaving
from .patience import AMPLE, until_stage

V4, V6 = socket.AF_INET, socket.AF_INET6


def answers(peer: Peer) -> None:
    while peer.request():
        peer.socket.sendall(OK)


@pytest.fixture
def resolves_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has every name resolve to some ports of this machine."""

    def resolve(*ports: int) -> None:
        found = [(V4, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: found)

    return resolve


@pytest.mark.parametrize("host", ["127.0.0.1", "api.localhost"])
def test_a_program_may_resolve_names_by_itself(
    clients: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """A function in the place of the resolver is given text, as by other clients."""
    resolver = socket.getaddrinfo

    def resolve(host: str, *arguments: Any, **options: Any) -> Any:
        return resolver("127.0.0.1" if host.endswith(".localhost") else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with misbehaving(answers) as server:
        assert clients(f"http://{host}:{server.port}", proxy="").request("GET", "/account") == {}


def test_a_dead_address_is_not_waited_for(
    clients: Callable[..., Any], resolves_to: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one is tried beside it, a moment later; the dead ones would take the whole time for connecting."""
    monkeypatch.setattr(dial, "DELAY", 0.02)
    with dead_address() as dead, misbehaving(answers) as server:
        resolves_to(dead, dead, server.port)
        api = clients("http://several.localhost", proxy="", connect_timeout=HELD, timeout=2 * HELD)
        begun = time.monotonic()
        assert api.request("GET", "/account") == {}
        assert time.monotonic() - begun < AMPLE, "it waited for a dead address"


def test_a_refused_address_is_not_waited_for(
    clients: Callable[..., Any], resolves_to: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one is tried at once."""
    monkeypatch.setattr(dial, "DELAY", HELD)
    with misbehaving(answers) as server:
        resolves_to(closed_port(), closed_port(), server.port)
        api = clients("http://several.localhost", proxy="", connect_timeout=AMPLE, timeout=HELD, retry=Retry.never())
        assert api.request("GET", "/account") == {}


def test_one_connection_is_made_where_several_addresses_answer(
    clients: Callable[..., Any], resolves_to: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answers before it is the next one's turn."""
    monkeypatch.setattr(dial, "DELAY", HELD)
    with misbehaving(answers) as server:
        resolves_to(server.port, server.port, server.port)
        api = clients("http://several.localhost", proxy="", connect_timeout=AMPLE, timeout=AMPLE)
        assert api.request("GET", "/account") == {}
    assert server.connections == 1


def test_where_no_address_answers_the_last_failure_is_reported(
    clients: Callable[..., Any], resolves_to: Callable[..., None]
) -> None:
    resolves_to(closed_port(), closed_port())
    with pytest.raises(DOBOTOConnectionException, match="(?i)refused") as caught:
        clients("http://several.localhost", proxy="", retry=Retry.never()).request("POST", "/tags")
    assert (caught.value.sent, caught.value.stage) == (False, Stage.CONNECT)


def test_dead_addresses_end_with_the_time_for_connecting(
    clients: Callable[..., Any], resolves_to: Callable[..., None]
) -> None:
    def attempt(seconds: float) -> DOBOTOException:
        api = clients("http://several.localhost", proxy="", connect_timeout=seconds, timeout=HELD, retry=Retry.never())
        with pytest.raises(DOBOTOTimeoutException) as caught:
            api.request("POST", "/tags")
        return caught.value

    with dead_address() as dead:
        resolves_to(dead, dead)
        assert until_stage(attempt, Stage.CONNECT).stage is Stage.CONNECT


def test_families_take_turns() -> None:
    def address(family: int, number: int) -> Any:
        return (family, socket.SOCK_STREAM, 6, "", number)

    found = [address(V6, 1), address(V6, 2), address(V6, 3), address(V4, 4), address(V4, 5)]
    assert [one[4] for one in interleave(found)] == [1, 4, 2, 5, 3]
    assert interleave([]) == []


def test_a_client_is_used_from_several_event_loops() -> None:
    """One after the other, and at once in threads of their own: each reads its own responses."""

    def echoes(peer: Peer) -> None:
        while head := peer.request():
            body = b'{"asked": "%s"}' % head.split()[1]
            peer.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    with misbehaving(echoes) as server:
        url = f"http://127.0.0.1:{server.port}"
        do = AsyncDO("t", url, proxy="", connections=2, limiter=Limiter(per_minute=1_000_000))
        wrong: list[Any] = []

        async def ask(name: str, count: int) -> None:
            for number in range(count):
                paths = [f"/{name}/{number}/{one}" for one in range(3)]
                found = await asyncio.gather(*(do.request("GET", path) for path in paths))
                wrong.extend(one for one, path in zip(found, paths, strict=True) if one != {"asked": f"/v2{path}"})

        for name in ("first", "second"):
            asyncio.run(ask(name, 3))
        threads = [threading.Thread(target=asyncio.run, args=(ask(f"thread{one}", 30),)) for one in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        asyncio.run(do.aclose())


@pytest.mark.parametrize(("address", "host"), [
    ("[fe80::1%25eth0]:80", "[fe80::1]:80"), ("[fe80::1%eth0]", "[fe80::1]"), ("[::1]:80", "[::1]:80"),
])  # fmt: skip
def test_host_header_carries_no_zone(address: str, host: str) -> None:
    connection = Connection(f"http://{address}", "", None, 1, 1)
    assert Connector(connection, BlockingNetwork()).host == host


def test_an_ipv6_address_stands_in_brackets(clients: Callable[..., Any]) -> None:
    """Also on a machine that has none to connect from."""
    port = closed_port()
    with pytest.raises(DOBOTOConnectionException, match=rf"cannot connect to \[::1\]:{port} \("):
        clients(f"http://[::1]:{port}", proxy="", retry=Retry.never()).request("GET", "/account")
