"""Every request of a call is sent with the caller's context variables, as tracing needs them, also from threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from doboto import Response, Timeouts, Transport, WireRequest
from doboto.sim import Simulator

from .conftest import client, several

PARENT: ContextVar[str] = ContextVar("parent", default="none")


class Traced:
    """Notes in which context, and in which thread, each request is sent."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.parents: list[str] = []
        self.threads: set[str] = set()

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        self.parents.append(PARENT.get())
        self.threads.add(threading.current_thread().name)
        return await self._inner.send(request, timeouts)

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        return await self._inner.can_connect(host, port, timeout)

    async def close(self) -> None:
        await self._inner.close()


@pytest.fixture
def parent() -> Iterator[str]:
    token = PARENT.set("span-1")
    yield "span-1"
    PARENT.reset(token)


def act_on_several(api: Any, sim: Simulator) -> None:
    api.droplet.power_off(create(api, 4), wait=True)


def list_several_pages(api: Any, sim: Simulator) -> None:
    create(api, 401)
    assert len(api.droplet.list()) == 401


def go_through_pages(api: Any, sim: Simulator) -> None:
    create(api, 401)
    assert len(list(api.droplet.each())) == 401


def look_for_what_was_created(api: Any, sim: Simulator) -> None:
    sim.faults.add("drop", when="after", method="POST", path="/v2/droplets", count=2)
    create(api, 25)


def create(api: Any, count: int) -> list[int]:
    return [droplet["id"] for droplet in api.droplet.create(several(*(f"web-{n}" for n in range(count))))]


@pytest.mark.parametrize("call", [act_on_several, list_several_pages, go_through_pages, look_for_what_was_created])
def test_every_request_has_the_callers_context(
    flavour: str, parent: str, sim: Simulator, call: Callable[[Any, Simulator], None]
) -> None:
    made: list[Traced] = []

    def wrap(transport: Transport) -> Transport:
        made.append(Traced(transport))
        return made[-1]

    with asyncio.Runner() as runner:  # which takes the context that it is made in
        call(client(flavour, runner, sim, wrap_transport=wrap), sim)
    assert set(made[0].parents) == {parent}
    assert len(made[0].parents) > 1
    assert flavour != "blocking" or len(made[0].threads) > 1
