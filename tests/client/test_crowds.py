"""Crowds under the limit of 250 requests a minute, over real sockets and on a fast clock: no 429, nobody lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from doboto import DO, AsyncDO, Limiter
from doboto.sim import RealClock, Settings, Simulator
from doboto.sim.http.peers import Server

from .patience import AMPLE
from .scaled import ScaledClock

SPEED = 150.0
CALLS = 2000


class Statuses:
    """How often the simulator answered what, and when."""

    def __init__(self, sim: Simulator) -> None:
        self.count: Counter[int] = Counter()
        self.moments: list[float] = []
        self._clock = sim.clock
        sim.on_seen.append(self._note)

    def _note(self, incoming: Any, reply: Any) -> None:
        self.count[reply.status] += 1
        self.moments.append(self._clock.now())


@pytest.fixture
def sim() -> Simulator:
    return Simulator(RealClock(speed=SPEED), settings=Settings(requests_per_hour=0))


@pytest.fixture
def statuses(sim: Simulator) -> Statuses:
    return Statuses(sim)


@pytest.fixture
def server(sim: Simulator, statuses: Statuses) -> Iterator[Server]:
    with sim.serve() as server:
        yield server


class Clock(ScaledClock):
    """Notes how long callers were to sleep."""

    def __init__(self) -> None:
        super().__init__(SPEED)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        super().sleep(seconds)

    async def async_sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await super().async_sleep(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def settings(server: Server, clock: Clock) -> dict[str, Any]:
    """A client whose clock runs as fast as the simulator's; no machine is so slow that a call of it takes too long."""
    ample = {"timeout": SPEED * AMPLE, "connect_timeout": AMPLE, "read_timeout": AMPLE}
    return {"url": server.url, "clock": clock, "limiter": Limiter(), **ample}


def held(statuses: Statuses, clock: Clock, results: list[Any]) -> None:
    assert len(results) == CALLS
    assert all(account["account"]["status"] == "active" for account in results)
    assert statuses.count == {200: CALLS}
    minutes = [later - earlier for earlier, later in zip(statuses.moments, statuses.moments[250:], strict=False)]
    assert min(minutes) >= 60
    # Of 512 callers at most, the last ones have two windows of 250 before theirs.
    assert 0 < max(clock.slept) <= 3 * 61


def test_sixty_four_threads_stay_within_the_limit(server: Server, clock: Clock, statuses: Statuses) -> None:
    with DO("crowd", **settings(server, clock)) as do, ThreadPoolExecutor(64) as threads:
        results = list(threads.map(lambda _: do.request("GET", "/account"), range(CALLS)))
    held(statuses, clock, results)


def test_512_tasks_stay_within_the_limit(server: Server, clock: Clock, statuses: Statuses) -> None:
    async def all_calls() -> list[Any]:
        left = iter(range(CALLS))
        results: list[Any] = []

        async def work(do: AsyncDO) -> None:
            for _ in left:
                answer = await do.request("GET", "/account")
                results.append(answer)

        async with AsyncDO("crowd", **settings(server, clock)) as do, asyncio.TaskGroup() as group:
            for _ in range(512):
                group.create_task(work(do))
        return results

    held(statuses, clock, asyncio.run(all_calls()))


@pytest.mark.parametrize("spent", [200, 250])
def test_a_crowd_that_meets_a_limit_used_by_others_is_refused_a_few_times_only(
    sim: Simulator, server: Server, clock: Clock, statuses: Statuses, spent: int
) -> None:
    """Another program has used some of the minute; the 429 holds back all threads, and no crowd comes after it."""
    done: list[Any] = []
    began = sim.clock.now()
    for _ in range(spent):
        sim.account("crowd").rates.of("crowd").admit(sim.clock.now())
    with DO("crowd", **settings(server, clock)) as do, ThreadPoolExecutor(64) as threads:
        list(threads.map(lambda _: done.append(do.request("GET", "/account")), range(400)))
    assert len(done) == 400
    assert statuses.count[200] == 400
    # What was on its way when the first refusal came, at most one a thread; then hardly any.
    print(f"refused: {statuses.count[429]} of {statuses.count.total()}")
    assert statuses.count[429] <= 64 + 10
    late = statuses.moments[0] - began >= 60  # a machine so slow that the minute was over
    assert statuses.count[429] or spent < 250 or late
