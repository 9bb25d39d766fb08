"""A signal's handler may call the client wherever it comes: it waits for nothing that its own thread holds."""

from __future__ import annotations

import gc
import json
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from doboto import DO, Limiter
from doboto._client.settings import _shared
from doboto._core.ownership import OwnershipRegistry
from doboto._http import tls
from doboto._session.memory import gc_paused
from doboto.events import RateLimited
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import one, several
from .interruption_points import Interruption, count_points
from .misbehaving import Peer, misbehaving
from .patience import AMPLE
from .scripted import reply, stage
from .test_interruption_points import LISTING

#: What the thread that handles signals may be in the middle of.
LOCKING = (
    "_client/settings.py",
    "_core/limiter.py",
    "_core/ownership.py",
    "_http/tls.py",
    "_session/memory.py",
)


@contextmanager
def an_end() -> Iterator[None]:
    """End a wait without end: a lock that is waited for can be interrupted."""

    def fail(number: int, frame: object) -> None:
        raise AssertionError("the handler waits for what its own thread holds")

    kept = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, AMPLE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, kept)


def at_each_point(
    work: Callable[[], object], handle: Callable[[], object], step: int = 1, files: Collection[str] = LOCKING
) -> int:
    """Do some work once for each instruction of it, or each so many, at which a handler comes; return how many."""

    def count(counting: Interruption) -> None:
        with counting:
            work()

    points = count_points(files, count)
    for nth in range(0, points, step):
        with an_end(), Interruption(files, nth, handle):
            work()
    return points


def share() -> object:
    return _shared.get((1, "handler"))


def test_a_client_is_made_anywhere_in_the_making_of_another() -> None:
    """They share what clients of one token share."""
    seen: list[object] = []

    def work() -> None:
        seen[:] = [share(), *seen]

    def handle() -> None:
        seen[:] = [share()]

    with an_end():
        assert at_each_point(work, handle) > 10
    assert len({id(state) for state in seen}) == 1


def test_certificates_are_read_anywhere_in_the_reading_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "_read", lambda _file: object())
    trusts: list[Any] = []

    def work() -> None:
        trusts[:] = [tls.Trust(None)]
        trusts[0]._make()

    assert at_each_point(work, lambda: trusts[0]._make()) > 10


def test_resources_are_claimed_anywhere_in_a_claim() -> None:
    """And nothing is given to both."""
    ownership = OwnershipRegistry()
    number = iter(range(1_000_000))
    given: list[int] = []

    def work() -> None:
        first, request = next(number), ownership.open(["web-1"])
        request.lose(0.0)
        ownership.claim([first])
        given.append(first)
        second = next(number)
        given.extend(each["id"] for each in ownership.take(request, "web-1", [{"id": second}], last=True))
        ownership.doubt([next(number)])

    assert at_each_point(work, lambda: work()) > 100
    assert len(given) == len(set(given))


def test_the_collector_is_on_after_a_response_decoded_anywhere_in_another() -> None:
    def decode() -> None:
        with gc_paused():
            pass

    assert at_each_point(decode, decode) > 20
    assert gc.isenabled()
    with gc_paused():
        assert not gc.isenabled()


def test_creates_and_lists_run_anywhere_in_a_create(every_interruption: bool) -> None:
    """Also where its response was lost; and the pages of lists need no other thread that would wait for a lock."""
    sim = Simulator(ManualClock(1_790_000_000), settings=Settings(droplet_limit=100_000, requests_per_hour=0))
    do = DO.simulated(sim, limiter=Limiter(per_minute=10_000_000))
    made = {droplet["id"] for droplet in do.droplet.create(several(*(f"web-{n}" for n in range(401))))}

    def create(name: str) -> None:
        made.add(do.droplet.create(one(name))["id"])

    def work() -> None:
        sim.faults.add("drop", method="POST", path="/v2/droplets", when="after", count=1)
        create("outer")

    def handle() -> None:
        create("inner")
        assert {droplet["id"] for droplet in do.droplet.list()} >= made
        assert {droplet["id"] for droplet in do.droplet.each()} >= made

    assert at_each_point(work, handle, 1 if every_interruption else 7) > 500
    assert {droplet["id"] for droplet in do.droplet.list()} == made


def test_a_callback_may_call_while_its_call_waits_for_its_turn(flavour: str, runner: Any) -> None:
    """Of requests that are spread the callback's own is the next but one, and the call goes on after that."""
    headers = {"ratelimit_limit": "5000", "ratelimit_remaining": "360", "ratelimit_reset": "1790003600"}
    answers: list[Any] = []

    def call(event: object) -> Any:
        if isinstance(event, RateLimited) and not answers:
            answers.append(None)
            return client.request("GET", "/account")  # the asynchronous client awaits what a callback returns
        return None

    staged = stage(flavour, runner, reply(200, {}, **headers), limiter=Limiter(spread=True), on_event=call)
    client = getattr(staged.api, "_target", staged.api)
    for _ in range(2):
        staged.api.request("GET", "/droplets/7")
    assert [request.url.rpartition("/")[2] for request in staged.script.asked] == ["7", "account", "7"]
    assert sum(staged.time.slept) == pytest.approx(30)


def test_requests_are_sent_anywhere_in_a_list(every_interruption: bool) -> None:
    """Over real connections, of which the list leaves one to the handler; lists too."""

    def behave(peer: Peer) -> None:
        while peer.request():
            peer.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    links = {"pages": {"last": "/v2/tags?page=3"}}
    body = json.dumps({"tags": [{"name": "a"}], "links": links, "meta": {"total": 401}}).encode()
    limiter = Limiter(per_minute=10_000_000)
    with misbehaving(behave) as served:
        do = DO("t", f"http://127.0.0.1:{served.port}", connections=3, limiter=limiter, timeout=AMPLE)
        pool: Any = do._session.io.transport._pool  # type: ignore[attr-defined]

        def work() -> None:
            assert do.tag.list() == [{"name": "a"}]
            pool.close()

        def handle() -> None:
            assert do.request("GET", "/account")["meta"] == {"total": 401}
            assert do.tag.list() == [{"name": "a"}]

        with do:
            assert at_each_point(work, handle, 1 if every_interruption else 41, LISTING) > 1000
            assert len(pool._admitted) == 0
            assert not limiter._under_way
            assert not limiter._waiting
