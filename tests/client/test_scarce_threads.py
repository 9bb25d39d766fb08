"""No thread can be started: the system has no further one, or the program is ending. Calls complete all the same."""

from __future__ import annotations

import errno
import os
import selectors
import threading
from collections.abc import Callable
from typing import Any

import pytest

from doboto import DO, DOBOTOException, Limiter
from doboto._http.asynchronous import AsyncNetwork
from doboto.sim import Settings, Simulator

from .conftest import client, several
from .misbehaving import OK, Peer, misbehaving
from .test_scheduler import WHOLE, Listing


@pytest.fixture
def settings() -> Settings:
    return Settings(droplet_limit=100_000, requests_per_hour=0, requests_per_minute=0)


@pytest.fixture
def api(flavour: str, runner: Any, sim: Simulator) -> Any:
    return client(flavour, runner, sim, limiter=Limiter(per_minute=1_000_000))


@pytest.fixture(params=[0, 1, 3])
def scarce(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many threads can be started by the client, and no more."""
    left: int = request.param
    start = threading.Thread.start

    def start_if_any(thread: threading.Thread) -> None:
        nonlocal left
        if thread.name.startswith(("doboto", "asyncio")):
            if not left:
                raise RuntimeError("can't start new thread")
            left -= 1
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_if_any)


@pytest.mark.usefixtures("scarce")
def test_a_create_of_many_loses_none(api: Any) -> None:
    names = [f"web-{n}" for n in range(60)]
    droplets = api.droplet.create(several(*names), wait=True)
    assert [droplet["name"] for droplet in droplets] == names
    assert sorted(one["id"] for one in api.droplet.list()) == sorted(droplet["id"] for droplet in droplets)


@pytest.mark.usefixtures("scarce")
def test_a_create_that_fails_begins_nothing_later(api: Any, sim: Simulator) -> None:
    """What it reports is all there is, then and later."""
    sim.faults.add("status", method="POST", path="/v2/droplets", status=422, after=2)
    with pytest.raises(DOBOTOException) as caught:
        api.droplet.create(several(*(f"web-{n}" for n in range(60))))
    there = [droplet["id"] for droplet in api.droplet.list()]
    assert sorted(droplet["id"] for droplet in caught.value.created) == sorted(there)
    assert (len(there), len(caught.value.not_begun)) == (20, 40)


@pytest.mark.usefixtures("scarce")
def test_lists_are_complete(api: Any) -> None:
    made = api.droplet.create(several(*(f"web-{n}" for n in range(450))))
    expected = sorted(droplet["id"] for droplet in made)
    assert sorted(droplet["id"] for droplet in api.droplet.list()) == expected
    assert sorted(droplet["id"] for droplet in api.droplet.each()) == expected


@pytest.mark.usefixtures("scarce")
def test_names_are_resolved(clients: Callable[..., Any]) -> None:
    def answer(peer: Peer) -> None:
        while peer.request():
            peer.socket.sendall(OK)

    with misbehaving(answer) as server:
        assert clients(f"http://localhost:{server.port}", proxy="").request("GET", "/account") == {}


@pytest.mark.usefixtures("scarce")
def test_what_takes_long_runs_in_the_event_loop(runner: Any) -> None:
    """As the reading of certificates does."""
    ran = [runner.run(AsyncNetwork().run(lambda: 7)) for _ in range(5)]
    assert ran == [7] * 5


def test_an_interruption_while_threads_start_begins_nothing_later(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C before the third thread: what the others have created is reported, and nothing is created later."""
    start, before = threading.Thread.start, set(threading.enumerate())

    def start_or_stop(thread: threading.Thread) -> None:
        if thread.name == "doboto-2":
            raise KeyboardInterrupt
        start(thread)

    do = DO.simulated(sim, limiter=Limiter(per_minute=1_000_000))
    monkeypatch.setattr(threading.Thread, "start", start_or_stop)
    with pytest.raises(KeyboardInterrupt) as caught:
        do.droplet.create(several(*(f"web-{n}" for n in range(200))))
    monkeypatch.undo()
    state = caught.value.doboto  # type: ignore[attr-defined]
    there = sorted(droplet["id"] for droplet in do.droplet.list())
    assert sorted(droplet["id"] for droplet in state.created) == there
    assert len(there) + len(state.not_begun) == 200
    assert not [one for one in set(threading.enumerate()) - before if one.name.startswith("doboto-")]


def test_a_list_needs_no_file_descriptor_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none left for a selector, its pages are read in threads."""

    def refuse() -> selectors.BaseSelector:
        if threading.current_thread() is threading.main_thread():
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return selectors.SelectSelector()

    with misbehaving(Listing()) as server, DO("t", f"http://127.0.0.1:{server.port}", limiter=Limiter()) as do:
        assert do.request("GET", "/account") is not None  # on a connection that is kept
        monkeypatch.setattr(selectors, "DefaultSelector", refuse)
        assert [droplet["id"] for droplet in do.droplet.list()] == WHOLE
