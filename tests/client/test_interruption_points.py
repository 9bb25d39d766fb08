"""Ctrl-C at bytecode boundaries loses no capacity: a sample here, all of them with `--every-interruption`."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from doboto import DO, AsyncDO, Limiter
from doboto._core.limiter import Turn
from doboto._http.pool import Pool
from doboto._http.transport import HTTPTransport
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import one, several
from .interruption_points import Interruption, count_points
from .misbehaving import OK, Misbehaving, Peer, misbehaving
from .patience import AMPLE

TRANSPORT = (
    *(
        f"_http/{name}.py"
        for name in ("blocking", "connect", "content", "dial", "messages", "network", "plain", "pool", "transport")
    ),
    "_core/limiter.py",
    "_session/session.py",
)
SAMPLE = 60

# What Python says of a socket that is closed because it is lost, and of a coroutine lost between its call and `await`.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def server() -> Iterable[Misbehaving]:
    def behave(peer: Peer) -> None:
        while head := peer.request():
            served.requests.append(head)
            peer.socket.sendall(OK)

    with misbehaving(behave) as served:
        yield served


def points(count: int, every: bool) -> Iterable[int]:
    """All points, or a sample of them that is spread over the whole."""
    return range(count) if every else range(0, count, max(1, count // SAMPLE))


def pool_of(client: DO | AsyncDO) -> Pool:
    transport = client._session.io.transport
    assert isinstance(transport, HTTPTransport)
    return transport._pool


def hold(client: DO | AsyncDO, limiter: Limiter, server: Misbehaving, where: str | None) -> None:
    """Hold that nothing is taken: no slot, no position in the queue; and that what was sent is counted."""
    pool = pool_of(client)
    assert len(pool._admitted) == 0, where
    assert all(ref() is None for ref in pool._waiting), where
    probe: Turn = limiter.join()
    assert limiter.ask(probe, client._session.io.clock.monotonic()) == 0.0, where
    limiter.leave(probe, 0.0, counts=False)
    assert not limiter._waiting, where
    assert not limiter._under_way, where
    assert len(limiter._over) >= len(server.requests), where


@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
def test_an_interruption_anywhere_in_a_request_takes_nothing(
    server: Misbehaving, kept: bool, every_interruption: bool
) -> None:
    """On a new connection and on a kept one; the one connection and the queue serve the next request at once."""
    limiter = Limiter(per_minute=10_000_000)
    with DO("t", f"http://127.0.0.1:{server.port}", connections=1, limiter=limiter, timeout=AMPLE) as do:

        def ask(interruption: Interruption) -> None:
            do.request("GET", "/account")
            if not kept:
                pool_of(do).close()
            with interruption, suppress(KeyboardInterrupt):
                do.request("POST", "/tags", body={"name": "a"})

        count = count_points(TRANSPORT, ask)
        assert count > 300  # of some 1,700 on Python 3.11: 3.13 reports those of few coroutines
        for nth in points(count, every_interruption):
            interruption = Interruption(TRANSPORT, nth)
            ask(interruption)
            hold(do, limiter, server, interruption.where)
            assert do.request("GET", "/account") == {}


@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
def test_a_task_cancelled_at_any_step_takes_nothing(server: Misbehaving, kept: bool) -> None:
    """After any number of turns of the event loop, until the request is over before it can be cancelled."""

    async def cancel_at_each_step() -> None:
        limiter = Limiter(per_minute=10_000_000)
        async with AsyncDO("t", f"http://127.0.0.1:{server.port}", connections=1, limiter=limiter) as do:
            for steps in range(60):
                await do.request("GET", "/account")
                if not kept:
                    pool_of(do).close()
                task = asyncio.create_task(do.request("POST", "/tags"))
                for _ in range(steps):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.wait([task])
                hold(do, limiter, server, f"after {steps} steps")
            assert await do.request("GET", "/account") == {}

    asyncio.run(cancel_at_each_step())


POOL = ("_http/pool.py",)


def test_a_thread_that_waits_gets_the_slot_of_one_that_was_interrupted(server: Misbehaving) -> None:
    """Nobody gives the slot back; whoever waits finds it."""
    limiter = Limiter(per_minute=10_000_000)
    with DO("t", f"http://127.0.0.1:{server.port}", connections=1, limiter=limiter, timeout=AMPLE) as do:

        def ask(interruption: Interruption) -> None:
            with interruption, suppress(KeyboardInterrupt):
                do.request("GET", "/account")

        for nth in range(count_points(POOL, ask)):
            ask(Interruption(POOL, nth))
            assert do.request("GET", "/account") == {}


LISTING = (*TRANSPORT, "_io/blocking.py", "_io/scheduler.py", "_operation/waits.py", "_session/list_reader.py")


@pytest.mark.parametrize("length", [1, 1 << 15], ids=["at once", "meanwhile"])
def test_an_interruption_anywhere_in_a_list_takes_nothing(length: int, every_interruption: bool) -> None:
    """Its pages come side by side; those that have begun end with it. The first is decoded at once, or meanwhile."""

    def behave(peer: Peer) -> None:
        while head := peer.request():
            served.requests.append(head)
            peer.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    links, tags = {"pages": {"next": "/v2/tags?page=2", "last": "/v2/tags?page=3"}}, [{"name": "a" * length}]
    body = json.dumps({"tags": tags, "links": links, "meta": {"total": 401}}).encode()
    limiter = Limiter(per_minute=10_000_000, window=1e6)  # all of them take longer than a minute
    with (
        misbehaving(behave) as served,
        DO("t", f"http://127.0.0.1:{served.port}", connections=2, limiter=limiter, timeout=20) as do,
    ):
        counting = Interruption(LISTING)
        with counting:
            assert do.tag.list() == tags
        assert counting.count > 1000
        for nth in points(counting.count, every_interruption):
            interruption = Interruption(LISTING, nth)
            with interruption, suppress(KeyboardInterrupt):
                do.tag.list()
            hold(do, limiter, served, interruption.where)
            assert do.tag.list() == tags


CREATE = (
    "resources/droplet/create.py",
    "resources/droplet/recovery.py",
    "resources/droplet/search.py",
    "_base/recovery.py",
    "_core/ownership.py",
    "_core/recovery.py",
    "_core/droplet/create_request.py",
    "_session/session.py",
)


def test_an_interruption_anywhere_in_a_create_leaves_no_droplet_unreported(
    every_interruption: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """What exists, or may exist, is in the exception's notes and in the log."""
    sim = Simulator(ManualClock(1_790_000_000), settings=Settings(droplet_limit=100_000, requests_per_hour=0))
    do = DO.simulated(sim, limiter=Limiter(per_minute=10_000_000))

    def create(interruption: Interruption, number: int) -> tuple[list[str], str, bool]:
        """The names that were asked for, what was reported, and whether the call was interrupted."""
        names = [f"web-{number}-{one}" for one in range(12)]
        with interruption:
            try:
                do.droplet.create(several(*names))
            except KeyboardInterrupt as caught:
                return names, "\n".join(getattr(caught, "__notes__", [])) + caplog.text, True
        return names, "", False

    count = count_points(CREATE, partial(create, number=0))
    assert count > 500
    for nth in points(count, every_interruption):
        caplog.clear()
        interruption = Interruption(CREATE, nth)
        names, reported, interrupted = create(interruption, nth + 1)
        made = {one["name"]: one["id"] for one in do.droplet.each() if one["name"] in names}
        for name, id in made.items() if interrupted else ():
            assert name in reported or str(id) in reported, (nth, interruption.where, name)
        for id in made.values():
            do.droplet.destroy(id)


OWNING = (
    "resources/droplet/create.py",
    "resources/droplet/recovery.py",
    "resources/droplet/search.py",
    "_base/recovery.py",
    "_base/create.py",
    "_core/ownership.py",
)
OWNERS: dict[str, Callable[[DO, str], Any]] = {
    "Droplet": lambda do, name: do.droplet.create(one(name)),
    "volume": lambda do, name: do.volume.create(name=name, region="nyc3", size_gigabytes=1),
}


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "lost"])
@pytest.mark.parametrize("kind", OWNERS)
def test_an_interruption_anywhere_in_a_create_reserves_no_name(kind: str, lost: bool, every_interruption: bool) -> None:
    """A later call for the same name does not wait for a request that is over."""
    sim = Simulator(ManualClock(1_790_000_000), Settings(droplet_limit=100_000, requests_per_hour=0))
    do = DO.simulated(sim, limiter=Limiter(per_minute=10_000_000))
    if lost:
        sim.faults.add("drop", when="after", method="POST")

    def create(interruption: Interruption, number: int) -> None:
        with interruption, suppress(KeyboardInterrupt):
            OWNERS[kind](do, f"web-{number}")

    before = itertools.count(-2)
    count = count_points(OWNING, lambda counting: create(counting, next(before)))
    assert count > 100
    for nth in points(count, every_interruption):
        interruption = Interruption(OWNING, nth)
        create(interruption, nth + 1)
        assert do._session.ownership.open_requests() == [], interruption.where
