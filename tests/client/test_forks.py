"""A process that is forked while other threads of this one hold something works on."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from doboto import DO
from doboto._client.settings import Shared, _shared
from doboto._core.ownership import OwnershipRegistry
from doboto._http.tls import Trust
from doboto._session.memory import _pauses, gc_paused

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here"),
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]


def in_a_fork(works: Callable[[], Any]) -> bool:
    """Whether it works in a forked process; one that hangs is ended."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    signal.alarm(60)
    status = 1
    try:
        status = 0 if works() else 1
    finally:
        os._exit(status)
    raise AssertionError


@contextmanager
def decoding() -> Iterator[None]:
    """Another thread decodes a large response, with the collector off."""
    assert gc.isenabled()
    with gc_paused():
        yield


@contextmanager
def held_by_another_thread(holder: Any) -> Iterator[None]:
    """Have another thread hold an object's lock."""
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with holder._lock:
            held.set()
            let_go.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        yield
    finally:
        let_go.set()
        thread.join()


LOCKED: dict[str, tuple[Any, Callable[[], Any]]] = {
    "the certificates are read": (trust := Trust(None), trust._make),
    "a client is made": (_shared, lambda: DO("t")),
    "something is claimed": (registry := OwnershipRegistry(), lambda: registry.claim([1])),
}


@pytest.mark.parametrize("what", LOCKED)
def test_lock_that_another_thread_holds_stops_no_forked_process(what: str) -> None:
    holder, works = LOCKED[what]
    with held_by_another_thread(holder):
        assert in_a_fork(works)


def test_collector_runs_in_a_process_forked_while_a_response_is_decoded() -> None:
    """What other threads were decoding never ends there."""
    with decoding():
        assert in_a_fork(gc.isenabled)
        assert in_a_fork(lambda: not _pauses._decoding)
    assert gc.isenabled()


def test_collector_that_the_program_has_switched_off_stays_off() -> None:
    gc.disable()
    try:
        with gc_paused():
            assert in_a_fork(lambda: not gc.isenabled())
    finally:
        gc.enable()


def test_clients_of_one_token_share_in_a_forked_process_too() -> None:
    key = (1, "forked")
    state = _shared.get(key)
    assert in_a_fork(lambda: isinstance(_shared.get(key), Shared) and _shared.get(key) is state)
