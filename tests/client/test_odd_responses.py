"""Every odd response has its outcome in both clients, and the exchange after it reads its own response."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from doboto import DOBOTOException

from .misbehaving import Peer, misbehaving
from .odd_responses import CASES, Odd


def answer(peer: Peer, asked: bytes) -> None:
    """Answer a request properly, with what it asked for."""
    body = b'{"asked": "%s"}' % asked
    peer.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def behave_oddly(odd: Odd) -> Callable[[Peer], None]:
    """Answers the first request of the first connection oddly, and all others properly."""

    def behave(peer: Peer) -> None:
        odd_one = peer.number == 0
        while head := peer.request():
            if not odd_one:
                answer(peer, head.split()[1])
                continue
            odd_one = False
            with suppress(OSError):
                peer.socket.sendall(odd.sent)
            if odd.ends:
                peer.socket.shutdown(socket.SHUT_WR)

    return behave


def outcome(api: Any, method: str) -> Any:
    try:
        return api.request(method, "/odd")
    except DOBOTOException as failure:
        return "error" if failure.outcome_open else "refused"


EXPECTED = {"value": {"n": 1}, "empty": None, "error": "error", "refused": "refused"}


@pytest.mark.parametrize("odd", CASES, ids=lambda odd: odd.name)
def test_an_odd_response_has_its_outcome_and_leaves_the_next_exchange_alone(
    clients: Callable[..., Any], odd: Odd
) -> None:
    with misbehaving(behave_oddly(odd)) as server:
        api = clients(f"http://127.0.0.1:{server.port}", proxy="")
        assert outcome(api, odd.method) == EXPECTED[odd.outcome]
        for number in range(2):
            assert api.request("POST", f"/{number}") == {"asked": f"/v2/{number}"}
        assert server.connections == (1 if odd.kept else 2)


def test_the_table_is_long_and_names_its_sources() -> None:
    assert len(CASES) >= 150
    assert len({(odd.sent, odd.method, odd.ends) for odd in CASES}) == len(CASES)
    assert all(odd.source for odd in CASES)
