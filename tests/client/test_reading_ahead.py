"""`each()` reads the next page while this one is gone through: one, no more, and nothing is left when one leaves."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from doboto import DO, AsyncDO, DOBOTOForbiddenException, Limiter, Timeouts, WireRequest
from doboto._core.pages import PER_PAGE, Page
from doboto._core.response import Response

from .scripted import reply, stage

PAGES = 4
ABOUT = {"limiter": Limiter(per_minute=10_000)}
#: Seconds after which a test has failed; none waits so long when all is well.
LONG = 100


class Held:
    """A transport to `PAGES` pages of Droplets; those after the first are kept back till they are let go."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.ended: list[int] = []
        self.go = threading.Event()

    def answer(self, request: WireRequest) -> Response:
        number = int(request.url.rpartition("page=")[2])
        link = {"next": f"https://api.digitalocean.com/v2/droplets?page={number + 1}"} if number < PAGES else {}
        droplets = [{"id": number * 1000 + place} for place in range(PER_PAGE)]
        return reply(200, {"droplets": droplets, "links": {"pages": link}, "meta": {"total": PAGES * PER_PAGE}})

    def note(self, request: WireRequest) -> int:
        self.asked.append(int(request.url.rpartition("page=")[2]))
        return self.asked[-1]

    async def reaches(self, host: str, port: int, timeout: float) -> bool:
        return False

    async def close(self) -> None:
        pass


class Blocking(Held):
    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        number = self.note(request)
        assert number == 1 or self.go.wait(LONG)
        self.ended.append(number)
        return self.answer(request)


class Suspending(Held):
    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        number = self.note(request)
        try:
            while number > 1 and not self.go.is_set():  # noqa: ASYNC110 - the same event for both clients
                await asyncio.sleep(0)
        finally:
            self.ended.append(number)
        return self.answer(request)


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "doboto-ahead"]


def take(items: Iterator[Any], count: int) -> list[Any]:
    return list(itertools.islice(items, count))


async def atake(items: AsyncIterator[Any], count: int) -> list[Any]:
    return [await anext(items) for _ in range(count)]


def test_the_next_page_is_read_meanwhile_by_the_blocking_client() -> None:
    transport = Blocking()
    with DO("t", transport=transport, **ABOUT) as do:
        items = do.droplet.each()
        assert take(items, PER_PAGE // 2) != []
        assert transport.asked == [1], "who takes half a page pays for one"
        # All of the first page is there although the second one's reply is not.
        assert len(take(items, PER_PAGE // 2)) == PER_PAGE // 2
        transport.go.set()
        assert len(list(items)) == (PAGES - 1) * PER_PAGE
    assert transport.asked == [1, 2, 3, 4]


def test_the_next_page_is_read_meanwhile_by_the_asynchronous_client() -> None:
    async def main() -> list[int]:
        transport = Suspending()
        async with AsyncDO("t", transport=transport, **ABOUT) as ado:
            items = ado.droplet.each()
            await atake(items, PER_PAGE // 2)
            assert transport.asked == [1]
            await atake(items, PER_PAGE // 2)
            await asyncio.sleep(0)
            assert transport.asked == [1, 2]
            transport.go.set()
            assert len([item async for item in items]) == (PAGES - 1) * PER_PAGE
        return transport.asked

    assert asyncio.run(main()) == [1, 2, 3, 4]


def test_a_page_ahead_is_asked_for_and_no_more(flavour: str) -> None:
    """Wherever one is in the list, the page after this one is the last that was asked for; two are held."""
    held: list[int] = []

    def look(transport: Held, taken: int) -> None:
        assert len(transport.asked) <= 2 + taken // PER_PAGE
        if taken % 50 == 0:
            held.append(sum(type(one) is Page for one in gc.get_objects()))

    gc.collect()  # pages that failures in other tests still hold
    _go_through(flavour, look)
    assert max(held) <= 2


def _go_through(flavour: str, look: Callable[[Held, int], None]) -> None:
    transport = Blocking() if flavour == "blocking" else Suspending()
    transport.go.set()
    if flavour == "blocking":
        for taken, _ in enumerate(DO("t", transport=transport, **ABOUT).droplet.each(), start=1):
            look(transport, taken)
        return

    async def main() -> None:
        taken = 0
        async for _ in AsyncDO("t", transport=transport, **ABOUT).droplet.each():
            taken += 1
            await asyncio.sleep(0)
            look(transport, taken)

    asyncio.run(main())


def test_leaving_early_keeps_nobody_and_leaves_no_thread() -> None:
    """The blocking client: whoever leaves does not wait for a reply that is still to come."""
    transport = Blocking()
    do = DO("t", transport=transport, **ABOUT)
    items = do.droplet.each()
    take(items, PER_PAGE - 1)
    items.close()  # type: ignore[attr-defined]
    assert 2 not in transport.ended
    transport.go.set()
    for thread in readers():
        thread.join(LONG)
    assert readers() == []
    assert transport.ended == [1, 2]
    assert next(do.droplet.each())["id"] == 1000


def test_leaving_early_cancels_the_request() -> None:
    """The asynchronous client: no task goes on."""

    async def main() -> None:
        transport = Suspending()
        items = AsyncDO("t", transport=transport, **ABOUT).droplet.each()
        await atake(items, PER_PAGE - 1)
        await asyncio.sleep(0)
        await items.aclose()
        for _ in range(10):  # Python closes a generator within a generator by a task of its own
            await asyncio.sleep(0)
        assert transport.ended == [1, 2]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_a_page_that_fails_is_told_when_one_comes_to_it(flavour: str, runner: Any) -> None:
    first = {
        "droplets": [{"id": number} for number in range(PER_PAGE)],
        "links": {"pages": {"next": "https://api.digitalocean.com/v2/droplets?page=2"}},
    }
    staged = stage(flavour, runner, reply(200, json.dumps(first).encode()), reply(403, {}))
    items = staged.api.droplet.each()
    assert len(take(items, PER_PAGE)) == PER_PAGE
    with pytest.raises(DOBOTOForbiddenException):
        next(items)
