"""Extension points: the default transport can be wrapped, in both clients."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from doboto import (
    DOBOTOConfigurationException,
    RateLimit,
    Request,
    Response,
    Retry,
    Timeouts,
    Transport,
    WireRequest,
)

from .conftest import client


class Counting:
    """Counts requests, and adds a header to each."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.urls: list[str] = []
        self.closed = False

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        self.urls.append(request.url)
        return await self.inner.send(replace(request, headers={**request.headers, "x-trace": "7"}), timeouts)

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        return await self.inner.can_connect(host, port, timeout)

    async def close(self) -> None:
        self.closed = True
        await self.inner.close()


def test_a_wrapped_transport_sends_every_request(flavour: str, runner: Any, sim: Any) -> None:
    made: list[Counting] = []
    headers: list[Any] = []
    sim.on_seen.append(lambda incoming, _: headers.append(incoming.headers.get("x-trace")))

    def wrap(transport: Transport) -> Transport:
        made.append(Counting(transport))
        return made[-1]

    api = client(flavour, runner, sim, wrap_transport=wrap)
    api.droplet.list()
    api.with_options(timeout=20).account.info()
    assert [url.partition("/v2")[2].partition("?")[0] for url in made[0].urls] == ["/droplets", "/account"]
    assert headers == ["7", "7"]
    api.close() if flavour == "blocking" else api.aclose()
    assert made[0].closed


def test_the_default_transport_over_sockets_can_be_wrapped(sim: Any, clients: Any) -> None:
    made: list[Counting] = []

    def wrap(transport: Transport) -> Transport:
        made.append(Counting(transport))
        return made[-1]

    with sim.serve() as server:
        assert clients(server.url, wrap_transport=wrap).droplet.list() == []
    assert len(made[0].urls) == 1


def test_what_cannot_wrap_is_refused(flavour: str, runner: Any, sim: Any) -> None:
    with pytest.raises(DOBOTOConfigurationException, match="wrap_transport"):
        client(flavour, runner, sim, wrap_transport="x")


VALUES = (
    (Timeouts, {"connect": 1.0, "read": 2.0, "total": 3.0}),
    (Response, {"status": 200, "headers": {"a": "b"}, "body": b"{}"}),
    (RateLimit, {"limit": 5000, "remaining": 4999, "reset": 1_790_000_000}),
    (Retry, {"attempts": 2, "base": 0.1, "factor": 3.0, "longest": 4.0}),
    (Request, {"method": "GET", "path": "/account", "query": {"a": "b"}}),
    (WireRequest, {"method": "GET", "url": "https://api.example", "headers": {"a": "b"}}),
)


@pytest.mark.parametrize(("kind", "given"), VALUES, ids=lambda one: getattr(one, "__name__", ""))
def test_public_values_are_frozen_equal_and_pickled(kind: Any, given: Mapping[str, Any]) -> None:
    value = kind(**given)
    assert value == kind(**given) == pickle.loads(pickle.dumps(value)) == kind(*given.values())
    first = next(iter(given))
    assert value != kind(**{**given, first: 7})
    assert {name: getattr(value, name) for name in given} == given
    assert repr(value).startswith(f"{kind.__name__}({first}={given[first]!r}, ")
    with pytest.raises(AttributeError):
        setattr(value, first, None)


@pytest.mark.parametrize(
    "request_",
    [Request("POST", "/account/keys", body={"name": "s3cret"}), WireRequest("GET", "/", {"Authorization": "s3cret"})],
    ids=lambda one: type(one).__name__,
)
def test_logs_of_any_kind_show_neither_body_nor_token(request_: Any) -> None:
    shown = ["%s" % request_, json.dumps({"request": request_}, default=str)]  # noqa: UP031 - as programs write it
    assert all("s3cret" not in text and repr(request_.method) in text for text in shown)
