"""Requests of one call run side by side: as many as help, and fewer while the API slows or refuses."""

from __future__ import annotations

import asyncio
import inspect
import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto import DO, AsyncDO, Limiter
from doboto._core.response import Response
from doboto._io.blocking import BlockingIO
from doboto._io.concurrency import Concurrency
from doboto._io.tasks import TaskIO
from doboto._operation import run


@given(st.integers(1, 64), st.lists(st.booleans(), max_size=60))
def test_it_halves_when_refused_and_grows_by_one_when_answered(most: int, answered: list[bool]) -> None:
    concurrency = Concurrency(most)
    for one in answered:
        before = concurrency.width
        concurrency.restore() if one else concurrency.reduce()
        assert concurrency.width == (min(most, before + 1) if one else max(1, before // 2))


async def waited(result: Any) -> Any:
    """The result of a wait that blocked, or that is to be awaited."""
    return await result if inspect.isawaitable(result) else result


class Side:
    """Jobs that count how many of them run at once; each waits until as many run as can."""

    def __init__(self, concurrency: Concurrency, blocks: bool) -> None:
        self._concurrency, self._blocks = concurrency, blocks
        self._lock = threading.Lock()
        self.running = self.most = self.done = 0

    async def job(self) -> int:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        for _ in range(3):
            threading.Event().wait(0.001) if self._blocks else await asyncio.sleep(0)
        with self._lock:
            self.running -= 1
            self.done += 1
            return self.done


def test_tasks_have_begun_before_something_else_is_done() -> None:
    nothing: Any = None
    log: list[str] = []

    async def job() -> None:
        log.append("begins")
        await asyncio.sleep(0.01)
        log.append("ends")

    async def gathered() -> None:
        await TaskIO(nothing, nothing, Concurrency(2)).gather_reads([job] * 2, lambda: log.append("meanwhile"))

    asyncio.run(gathered())
    assert log == ["begins", "begins", "meanwhile", "ends", "ends"]


def gather(flavour: str, concurrency: Concurrency, jobs: list[Callable[[], Any]]) -> list[Any]:
    nothing: Any = None
    if flavour == "blocking":
        return run(BlockingIO(nothing, nothing, concurrency).gather(jobs))

    async def all_of_them() -> list[Any]:
        return await TaskIO(nothing, nothing, concurrency).gather(jobs)

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("width", [1, 2, 5, 16])
def test_no_more_jobs_run_at_once_than_may(flavour: str, width: int) -> None:
    side = Side(Concurrency(width), flavour == "blocking")
    found = gather(flavour, Concurrency(width), [side.job] * 40)
    assert sorted(found) == list(range(1, 41))
    assert side.most <= width


def test_fewer_jobs_run_as_soon_as_one_was_refused(flavour: str) -> None:
    """All sixteen are under way before one is refused; what comes after they have ended runs alone."""
    concurrency = Concurrency(16)
    side = Side(concurrency, flavour == "blocking")
    barrier: Any = threading.Barrier(16) if flavour == "blocking" else asyncio.Barrier(16)
    ended: Any = threading.Event() if flavour == "blocking" else asyncio.Event()
    others: list[int] = []

    async def refused() -> int:
        await waited(barrier.wait())
        for _ in range(10):
            concurrency.reduce()
        done = await side.job()
        if done == 16:
            ended.set()
        return done

    async def later() -> int:
        await waited(ended.wait())
        others.append(side.running)
        return await side.job()

    gather(flavour, concurrency, [refused] * 16 + [later] * 20)
    assert side.done == 36
    assert others == [0] * 20


class Api:
    """A transport: pages of one Droplet, of which it refuses some at first."""

    def __init__(self, refused: int, status: int, pages: int) -> None:
        self._refused, self._status, self._pages = refused, status, pages
        self._lock = threading.Lock()

    async def send(self, request: Any, timeouts: Any) -> Response:
        number = int(parse_qs(urlsplit(request.url).query)["page"][0])
        with self._lock:
            self._refused -= 1
            if self._refused >= 0 and number > 1:
                return Response(self._status, {"retry-after": "1"}, b"{}")
        last = f"https://api.digitalocean.com/v2/droplets?page={self._pages}"
        links = {"pages": {"next": last, "last": last}} if number < self._pages else {}
        body = {"droplets": [{"id": number}], "links": links, "meta": {"total": self._pages}}
        return Response(200, {}, json.dumps(body).encode())

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        return True

    async def close(self) -> None:
        pass


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self._now = 0.0

    def time(self) -> float:
        return self._now

    monotonic = time

    def sleep(self, seconds: float) -> None:
        self._now += seconds

    async def async_sleep(self, seconds: float) -> None:
        self._now += seconds
        await asyncio.sleep(0)


@pytest.mark.parametrize("status", [429, 503])
def test_a_client_reduces_it_where_the_api_refuses_and_restores_it(flavour: str, status: int) -> None:
    options: dict[str, Any] = {"transport": Api(6, status, 40), "clock": Clock(), "limiter": Limiter(10**6)}
    do: Any = (DO if flavour == "blocking" else AsyncDO)("t", "https://api.digitalocean.com", **options)
    concurrency = do._session.io.concurrency
    widths = [concurrency.width]
    reduce = concurrency.reduce
    concurrency.reduce = lambda: (reduce(), widths.append(concurrency.width))
    found = do.droplet.list() if flavour == "blocking" else asyncio.run(listed(do))
    assert [one["id"] for one in found] == list(range(1, 41))
    assert widths[0] == 16
    assert min(widths) <= 4
    assert concurrency.width > min(widths)


async def listed(do: AsyncDO) -> Any:
    return await do.droplet.list()
