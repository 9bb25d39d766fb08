"""Pages of a list side by side, in one thread in `DO`: over sockets, with what may come between."""

from __future__ import annotations

import asyncio
import contextvars
import json
import os
import re
import select
import selectors
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any, cast

import pytest

from doboto import (
    DO,
    DOBOTOServerException,
    DOBOTOTimeoutException,
    Limiter,
    Response,
    Retry,
    Timeouts,
    Transport,
    WireRequest,
    _json,
)
from doboto._http.blocking import BlockingNetwork, SocketStream
from doboto._http.pool import Pool
from doboto._io.blocking import BlockingIO
from doboto._io.concurrency import Concurrency
from doboto._io.protocol import Clock
from doboto._io.scheduler import Scheduler
from doboto._io.tasks import TaskIO
from doboto._operation import Wait, run

from .misbehaving import Misbehaving, Peer, misbehaving

PAGES = 12
#: Seconds that no test needs.
LONG = 60.0


class Listing:
    """A server with a list of some pages, of which some may be answered in another way.

    Attributes:
        special: What is done instead of answering, by the number of the page; what it returns is sent.
        asked: The pages that were asked for, in that order.
        most: How many requests were under way at once.
    """

    def __init__(self) -> None:
        self.special: dict[int, Callable[[Peer], bytes | None]] = {}
        self.asked: list[int] = []
        self.most = self._running = 0
        self._lock = threading.Lock()

    def __call__(self, peer: Peer) -> None:
        while head := peer.request():
            found = re.search(rb"[?&]page=(\d+)", head)
            number = int(found[1]) if found else 0
            with self._lock:
                self.asked.append(number)
                self._running += 1
                self.most = max(self.most, self._running)
            special = self.special.pop(number, None)
            answer = respond(page(number)) if special is None else special(peer)
            with self._lock:
                self._running -= 1
            if answer is None:
                return
            peer.socket.sendall(answer)


def page(number: int) -> dict[str, Any]:
    links = {"last": f"/v2/droplets?page={PAGES}", "next": f"/v2/droplets?page={number + 1}"} if number < PAGES else {}
    items = [{"id": number * 1000 + each, "filler": "x" * 300} for each in range(200)]
    return {"droplets": items, "links": {"pages": links}, "meta": {"total": PAGES * 200}}


def respond(body: Any, status: str = "200 OK") -> bytes:
    text = json.dumps(body).encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text


WHOLE = [number * 1000 + each for number in range(1, PAGES + 1) for each in range(200)]


@pytest.fixture
def listing() -> Listing:
    return Listing()


@pytest.fixture
def server(listing: Listing) -> Iterator[Misbehaving]:
    with misbehaving(listing) as served:
        yield served


@pytest.fixture
def make(clients: Callable[..., Any], server: Misbehaving) -> Callable[..., Any]:
    return partial(clients, f"http://127.0.0.1:{server.port}", timeout=LONG, proxy="")


def ids(api: Any) -> list[int]:
    return [droplet["id"] for droplet in api.droplet.list()]


def pool_of(do: DO) -> Pool:
    return do._session.io.transport._pool  # type: ignore[attr-defined, no-any-return]


def test_pages_come_in_order_over_so_many_connections(make: Callable[..., Any], listing: Listing) -> None:
    api = make(connections=4)
    assert ids(api) == WHOLE
    assert sorted(listing.asked) == list(range(1, PAGES + 1))
    assert listing.most <= 4
    assert ids(api) == WHOLE


def test_no_thread_is_needed(make: Callable[..., Any], listing: Listing) -> None:
    before, threads = set(threading.enumerate()), set[str]()

    def look(peer: Peer) -> bytes:
        threads.update(one.name for one in set(threading.enumerate()) - before if one.name.startswith("doboto"))
        return respond(page(7))

    listing.special[7] = look
    assert ids(make()) == WHOLE
    assert threads == set()


def test_a_page_that_fails_is_read_again_while_others_come(make: Callable[..., Any], listing: Listing) -> None:
    """Another page comes only once this one was asked for again."""
    again = threading.Event()

    def succeed(peer: Peer) -> bytes:
        again.set()
        return respond(page(5))

    def fail(peer: Peer) -> bytes:
        listing.special[5] = succeed
        return respond({"message": "later"}, "503 Service Unavailable")

    def wait(peer: Peer) -> bytes:
        assert again.wait(LONG)
        return respond(page(4))

    listing.special |= {4: wait, 5: fail}
    assert ids(make(retry=Retry(base=0.01))) == WHOLE
    assert sorted(listing.asked) == sorted([*range(1, PAGES + 1), 5])


def test_a_page_that_stays_away_fails_the_list(make: Callable[..., Any], listing: Listing) -> None:
    def refuse(peer: Peer) -> bytes:
        return respond({"message": "no"}, "501 Not Implemented")

    listing.special[PAGES] = refuse
    api = make()
    with pytest.raises(DOBOTOServerException, match="no"):
        ids(api)
    assert ids(api) == WHOLE


def test_a_page_that_hangs_ends_with_the_deadline(make: Callable[..., Any], listing: Listing) -> None:
    def hang(peer: Peer) -> None:
        peer.stop.wait(LONG)

    listing.special[3] = hang
    api = make(retry=Retry.never())
    with pytest.raises(DOBOTOTimeoutException):
        ids(api.with_options(timeout=0.5))
    listing.special.clear()
    assert ids(api) == WHOLE


def test_an_interruption_ends_all_that_have_begun(listing: Listing, server: Misbehaving) -> None:
    """Its connections are closed, and nothing is held of the pool and the limiter."""

    def interrupt(peer: Peer) -> bytes:
        os.kill(os.getpid(), signal.SIGINT)
        return respond(page(9))

    listing.special[9] = interrupt
    with DO("t", f"http://127.0.0.1:{server.port}", connections=4, limiter=Limiter()) as do:
        with pytest.raises(KeyboardInterrupt):
            do.droplet.list()
        assert len(pool_of(do)._admitted) == 0
        assert not do._session.limiter._under_way
        assert not do._session.limiter._waiting
        assert ids(do) == WHOLE


def test_a_callback_may_call_the_client(listing: Listing, server: Misbehaving) -> None:
    found: list[Any] = []
    listing.special[6] = lambda peer: respond({"message": "later"}, "503 Service Unavailable")
    with DO("t", f"http://127.0.0.1:{server.port}", limiter=Limiter(), retry=Retry(base=0)) as do:
        api = do.with_options(on_event=lambda event: found.append(do.request("GET", "/account")))
        assert ids(api) == WHOLE
    assert len(found) == 1


def test_a_signals_handler_may_call_the_client(listing: Listing, server: Misbehaving) -> None:
    """The requests under way hold their connections until the handler returns; one is left."""
    found: list[Any] = []

    def send(peer: Peer) -> bytes:
        os.kill(os.getpid(), signal.SIGUSR1)
        handled.wait(LONG)
        return respond(page(3))

    def handle(number: int, frame: object) -> None:
        found.append(do.request("GET", "/account"))
        handled.set()

    handled, listing.special[3] = threading.Event(), send
    kept = signal.signal(signal.SIGUSR1, handle)
    try:
        with DO("t", f"http://127.0.0.1:{server.port}", connections=4, limiter=Limiter(), timeout=LONG) as do:
            assert ids(do) == WHOLE
    finally:
        signal.signal(signal.SIGUSR1, kept)
    assert len(found) == 1


def test_callbacks_of_two_lists_may_call_the_client(listing: Listing, server: Misbehaving) -> None:
    """Each list has its pages under way in threads, so that a callback holds up its own page alone."""
    found: list[Any] = []
    failed = threading.Barrier(2)

    def fail(peer: Peer) -> bytes:
        return respond({"message": "later"}, "503 Service Unavailable")

    def call(event: object) -> None:
        failed.wait(LONG)
        found.append(do.request("GET", "/account"))

    lists: list[list[int]] = []
    with DO(
        "t", f"http://127.0.0.1:{server.port}", connections=4, limiter=Limiter(), retry=Retry(base=0), on_event=call
    ) as do:
        listing.special |= {5: fail, 6: fail}
        threads = [threading.Thread(target=lambda: lists.append(ids(do))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG)
    assert lists == [WHOLE, WHOLE]
    assert len(found) == 2


def test_a_transport_around_the_own_one_may_hold_a_lock(listing: Listing, server: Misbehaving) -> None:
    class Locked:
        def __init__(self, inner: Transport) -> None:
            self.inner, self.lock = inner, threading.Lock()

        async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
            with self.lock:
                return await self.inner.send(request, timeouts)

        async def can_connect(self, host: str, port: int, timeout: float) -> bool:
            return await self.inner.can_connect(host, port, timeout)

        async def close(self) -> None:
            await self.inner.close()

    with DO("t", f"http://127.0.0.1:{server.port}", limiter=Limiter(), timeout=LONG, wrap_transport=Locked) as do:
        assert ids(do) == WHOLE


def test_a_connection_of_another_thread_is_waited_for(listing: Listing, server: Misbehaving) -> None:
    """All wait for the one connection; the other thread's response lets them go on."""
    held, let_go = threading.Event(), threading.Event()

    def hold(peer: Peer) -> bytes:
        held.set()
        let_go.wait(LONG)
        return respond({})

    with DO("t", f"http://127.0.0.1:{server.port}", connections=1, limiter=Limiter()) as do:
        first = do.request("GET", "/droplets", query={"per_page": 200, "page": 1})
        assert len(first["droplets"]) == 200
        listing.special[0] = hold
        other = threading.Thread(target=do.request, args=("GET", "/account"))
        other.start()
        held.wait(LONG)
        jobs = [partial(do._session.call, one) for one in requests(2, 3)]
        opener = threading.Thread(target=open_when_waiting, args=(pool_of(do), let_go))
        opener.start()
        outcomes: list[Any] = Scheduler(jobs, Concurrency(4)).run()
        assert [outcome["droplets"][0]["id"] for outcome in outcomes] == [2000, 3000]
        other.join()
        opener.join()


def requests(*numbers: int) -> list[Any]:
    from doboto._core.pages import page_request

    return [page_request("/droplets", {}, number) for number in numbers]


def open_when_waiting(pool: Pool, let_go: threading.Event) -> None:
    end = time.monotonic() + LONG
    while len(pool._waiting) < 2 and time.monotonic() < end:
        threading.Event().wait(0.001)
    let_go.set()


# -- the scheduler by itself


def nothing(seconds: float) -> None:
    """End a wait, for which the scheduler has waited already."""
    assert seconds == 0


def test_each_job_has_context_variables_of_its_own() -> None:
    variable = contextvars.ContextVar("variable", default=0)
    variable.set(1)

    async def job(number: int) -> int:
        seen = variable.get()
        variable.set(number)
        await Wait(nothing, 0.0)
        return seen * 100 + variable.get()

    assert Scheduler([partial(job, number) for number in range(5)], Concurrency(5)).run() == [100, 101, 102, 103, 104]
    assert variable.get() == 1


def test_a_pause_holds_up_nothing_else() -> None:
    done: list[int] = []

    async def job(number: int) -> None:
        await Wait(nothing, 0.05 if number == 1 else 0.0)
        done.append(number)

    Scheduler([partial(job, number) for number in range(3)], Concurrency(3)).run()
    assert sorted(done) == [0, 1, 2]


def test_failures_are_outcomes_and_results_keep_their_order() -> None:
    async def job(number: int) -> int:
        for _ in range(3 - number):
            await Wait(nothing, 0.0)
        if number == 1:
            raise ValueError("one")
        return number

    first, second, third = Scheduler([partial(job, number) for number in range(3)], Concurrency(3)).run()
    assert (first, third) == (0, 2)
    assert isinstance(second, ValueError)


@pytest.mark.parametrize("width", [1, 2, 5])
def test_no_more_run_at_once_than_may(width: int) -> None:
    running = most = 0

    async def job() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await Wait(nothing, 0.0)
        running -= 1

    Scheduler([job] * 20, Concurrency(width)).run()
    assert most == max(1, width - 1)  # one connection is left to the handler of a signal


def test_the_next_job_begins_before_others_that_are_ready_go_on() -> None:
    """Its request is on its way while the responses of the others are decoded, which takes long."""
    log: list[str] = []

    async def job(number: int) -> None:
        log.append(f"begins {number}")
        await Wait(nothing, 0.0)
        log.append(f"ends {number}")

    Scheduler([partial(job, number) for number in range(4)], Concurrency(3)).run()
    assert log[:6] == ["begins 0", "begins 1", "ends 0", "begins 2", "ends 1", "begins 3"]


def test_something_else_is_done_once_all_wait() -> None:
    log: list[str] = []

    async def job(number: int) -> None:
        log.append(f"begins {number}")
        await Wait(nothing, 0.01)
        log.append(f"ends {number}")

    Scheduler([partial(job, number) for number in range(3)], Concurrency(3), lambda: log.append("meanwhile")).run()
    assert log[:3] == ["begins 0", "begins 1", "meanwhile"]
    assert log.count("meanwhile") == 1


def test_what_is_done_meanwhile_fails_the_whole_and_ends_the_jobs() -> None:
    ended: list[int] = []

    async def job(number: int) -> None:
        try:
            await Wait(nothing, LONG)
        finally:
            ended.append(number)

    def fail() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Scheduler([partial(job, 1), partial(job, 2)], Concurrency(3), fail).run()
    assert ended == [1, 2]


def test_what_is_done_meanwhile_fails_the_whole_and_ends_the_tasks() -> None:
    ended: list[int] = []

    async def job(number: int) -> None:
        try:
            await asyncio.sleep(LONG)
        finally:
            ended.append(number)

    def fail() -> None:
        raise MemoryError

    async def gather() -> None:
        io: Any = TaskIO(cast("Transport", None), cast("Clock", None), Concurrency(3))
        with pytest.raises(MemoryError):
            await io.gather_reads([partial(job, 1), partial(job, 2)], fail)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(gather())
    assert sorted(ended) == [1, 2]  # tasks are cancelled in any order


def test_the_first_page_is_decoded_after_the_others_are_asked_for(
    make: Callable[..., Any], listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are answered only then, so that this test would wait for ever if it were decoded before."""
    asked, decoded, decode = threading.Semaphore(0), threading.Event(), _json.decode

    def decoding(body: bytes) -> Any:
        assert decoded.is_set() or all(asked.acquire(timeout=LONG) for _ in range(2))
        decoded.set()
        return decode(body)

    def held(peer: Peer, number: int) -> bytes:
        asked.release()
        assert decoded.wait(LONG)
        return respond(page(number))

    listing.special = {number: partial(held, number=number) for number in (2, 3)}
    monkeypatch.setattr("doboto._core.response.decode", decoding)
    assert ids(make(connections=3)) == WHOLE


def test_what_suspends_for_an_event_loop_is_an_error() -> None:
    class Foreign:
        def __await__(self) -> Generator[None]:
            yield

    cleaned: list[int] = []

    async def job(number: int) -> int:
        try:
            await Foreign()
        finally:
            cleaned.append(number)
        return number

    with pytest.raises(RuntimeError, match="suspends"):
        Scheduler([partial(job, 1), partial(job, 2)], Concurrency(1)).run()
    assert cleaned == [1]
    with pytest.raises(RuntimeError, match="suspends"):
        run(job(3))
    assert cleaned == [1, 3]


def test_what_interrupts_a_wait_is_raised_where_it_is_waited_for() -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    seen: list[str] = []

    async def job() -> None:
        try:
            await Wait(interrupt, 0.0)
        except KeyboardInterrupt:
            seen.append("interrupted")
            raise

    with pytest.raises(KeyboardInterrupt):
        run(job())
    with pytest.raises(KeyboardInterrupt):
        Scheduler([job, job], Concurrency(1)).run()
    assert seen == ["interrupted"] * 2


def test_a_gate_that_another_thread_opens_ends_a_wait() -> None:
    """One that was open before it was waited for, and one that opens while sockets are waited for."""
    network = BlockingNetwork()
    before, later = network.gate(), network.gate()
    before.open()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0)

        async def read() -> bytes:
            return await SocketStream(ours).receive(LONG)

        async def open_later() -> bool:
            threading.Thread(target=later.open).start()
            passed = await later.wait(LONG)
            theirs.sendall(b"now")
            return passed

        jobs: list[Callable[[], Any]] = [partial(before.wait, LONG), read, open_later]
        assert Scheduler(jobs, Concurrency(3)).run() == [True, b"now", True]


def test_a_gate_that_nobody_opens_is_waited_for_as_long_as_asked() -> None:
    gate = BlockingNetwork().gate()
    assert Scheduler([partial(gate.wait, 0.01), partial(gate.wait, 0.02)], Concurrency(2)).run() == [False, False]


def test_threads_are_used_where_the_transport_or_the_clock_is_another_one() -> None:
    none: Any = None
    names: list[str] = []

    async def job() -> None:
        names.append(threading.current_thread().name)

    run(BlockingIO(none, none, Concurrency(2)).gather_reads([job, job]))
    run(BlockingIO(none, none, Concurrency(2), one_thread=True).gather_reads([job, job]))
    assert all(name.startswith("doboto-") for name in names[:2])
    assert names[2:] == [threading.current_thread().name] * 2


def test_a_signals_handler_gets_its_turn_while_pages_wait_for_theirs(listing: Listing, server: Misbehaving) -> None:
    """What is under way, and waits in the queue before it, goes on only when the handler returns."""
    found: list[Any] = []

    def send(peer: Peer) -> bytes:
        os.kill(os.getpid(), signal.SIGUSR1)
        handled.wait(LONG)
        return respond(page(6))

    def handle(number: int, frame: object) -> None:
        found.append(do.request("GET", "/account"))
        handled.set()

    handled, listing.special[6] = threading.Event(), send
    kept = signal.signal(signal.SIGUSR1, handle)
    try:
        limiter = Limiter(per_minute=5, window=0.2)
        with DO("t", f"http://127.0.0.1:{server.port}", connections=4, limiter=limiter, timeout=LONG) as do:
            assert ids(do) == WHOLE
    finally:
        signal.signal(signal.SIGUSR1, kept)
    assert len(found) == 1


def test_what_a_program_puts_in_place_of_selectors_does_the_waiting(
    listing: Listing, server: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As gevent does it, so that other greenlets run meanwhile."""
    waits: dict[str, int] = {"poll": 0, "select": 0}
    poll = select.poll

    class Poll:
        def __init__(self) -> None:
            self._poll = poll()

        def register(self, *arguments: Any) -> None:
            self._poll.register(*arguments)

        def poll(self, *arguments: Any) -> Any:
            waits["poll"] += 1
            return self._poll.poll(*arguments)

    class Selector(selectors.SelectSelector):
        def select(self, timeout: float | None = None) -> Any:
            waits["select"] += 1
            return super().select(timeout)

    monkeypatch.setattr(select, "poll", Poll)
    monkeypatch.setattr(selectors, "DefaultSelector", Selector)
    with DO("t", f"http://127.0.0.1:{server.port}", limiter=Limiter(), timeout=LONG) as do:
        assert ids(do) == WHOLE
        before = waits["poll"]
        assert do.request("GET", "/droplets", query={"page": 1})["meta"] == {"total": PAGES * 200}
    assert waits["poll"] > before
    assert waits["select"] > 0
