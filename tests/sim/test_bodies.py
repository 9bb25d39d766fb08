"""What arrives: too much of it, not all of it, and numbers that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.types import Message

from doboto.sim import PEER, ManualClock, Simulator
from doboto.sim.http.incoming import LARGEST

from .client import Client
from .conftest import START, Simulate


@pytest.mark.parametrize("content", [b'{"name": NaN}', b'{"name": Infinity}', b'{"name": -Infinity}'])
def test_numbers_that_json_does_not_have_are_400(client: Client, content: bytes) -> None:
    assert client.send("POST", "/v2/tags", content).status == 400


@pytest.mark.parametrize("written", ["480_000_000", "%EF%BC%94", "%2048", "4 8"])
def test_what_only_python_takes_for_a_number_is_no_id(client: Client, written: str) -> None:
    client.create_active()
    answer = client.call("GET", f"/v2/droplets/{written.replace(' ', '%20')}")
    assert (answer.status, answer.body["id"]) == (404, "not_found")


def test_a_body_beyond_the_limit_is_413_and_changes_nothing(client: Client) -> None:
    body = json.dumps({"name": "web", "padding": ""}).encode()
    largest = body[:-2] + b"x" * (LARGEST - len(body)) + body[-2:]
    assert client.send("POST", "/v2/tags", largest[:-2] + b"x" + largest[-2:]).status == 413
    assert client.get("/v2/tags")["tags"] == []
    assert client.send("POST", "/v2/tags", largest).status == 201


class _Socket:
    def hang_up(self) -> None:
        raise AssertionError("there is nobody left to hang up on")

    def waits(self, seconds: float) -> float:
        return seconds


def _run(sim: Simulator, messages: list[Message], **scope: Any) -> list[Message]:
    """What the app sends for a request that arrives in these pieces."""
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    described = {
        "type": "http",
        "method": "POST",
        "path": "/v2/tags",
        "headers": [(b"authorization", b"Bearer token")],
        "extensions": {PEER: _Socket()},
    }
    coroutine: Any = sim.app({**described, **scope}, receive, send)
    with pytest.raises(StopIteration):
        coroutine.send(None)
    return sent


def _piece(content: bytes) -> Message:
    return {"type": "http.request", "body": content, "more_body": True}


def test_a_request_that_is_cut_off_does_nothing_and_is_noted() -> None:
    sim = Simulator(ManualClock(START))
    assert _run(sim, [_piece(b'{"name": "web"}'), {"type": "http.disconnect"}]) == []
    assert len(sim.account("token").store("tag")) == 0
    assert [entry.status for entry in sim.log.entries()] == [None]


def test_no_more_is_read_than_shows_that_it_is_too_much() -> None:
    messages = [_piece(b"x" * (LARGEST // 2)) for _ in range(9)]
    sent = _run(Simulator(ManualClock(START)), messages)
    assert (sent[0]["status"], len(messages)) == (413, 6)


def test_whatever_fails_is_a_500_in_json_with_an_id(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    client = simulate()

    def fail(*_: object) -> None:
        raise OverflowError("no room")

    monkeypatch.setattr(client.sim, "commit", fail)
    answer = client._transport("GET", "/v2/account", {"authorization": "Bearer token"}, b"")
    assert (answer.status, answer.body["id"], "x-request-id" in answer.headers) == (500, "server_error", True)
