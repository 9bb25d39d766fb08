"""The garbage collector is paused while a long reply is decoded, and only then; it is always as it was afterwards."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from doboto import DOBOTOInvalidResponseException, Retry
from doboto._json import decode
from doboto._session import memory

from .interruption_points import Interruption, count_points
from .scripted import reply, stage


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


LARGE = reply(200, {"droplets": [{"id": n, "name": "x" * 200} for n in range(300)]})


@pytest.fixture
def decoding(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the collector was on each time that something was decoded."""
    on: list[bool] = []

    def watching(body: bytes) -> Any:
        on.append(gc.isenabled())
        return decode(body)

    monkeypatch.setattr("doboto._core.response.decode", watching)
    return on


def test_it_is_paused_while_a_large_reply_is_decoded(flavour: str, runner: Any, decoding: list[bool]) -> None:
    stage(flavour, runner, LARGE).api.droplet.list()
    assert decoding == [False]
    assert gc.isenabled()


def test_it_is_not_paused_for_a_small_one(flavour: str, runner: Any, decoding: list[bool]) -> None:
    stage(flavour, runner, reply(200, {"droplet": {"id": 1}})).api.droplet.info(1)
    assert decoding == [True]


def test_it_is_never_paused_while_a_reply_is_waited_for(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, LARGE)
    on: list[bool] = []
    send = staged.script.send

    async def watching(*given: Any) -> Any:
        on.append(gc.isenabled())
        return await send(*given)

    staged.script.send = watching  # type: ignore[method-assign]
    staged.api.droplet.list()
    assert on == [True]


def test_it_is_left_alone_when_that_is_wanted(flavour: str, runner: Any, decoding: list[bool]) -> None:
    stage(flavour, runner, LARGE, pause_collector=False).api.droplet.list()
    assert decoding == [True]


def test_it_is_put_back_after_an_error(flavour: str, runner: Any) -> None:
    with pytest.raises(DOBOTOInvalidResponseException):
        stage(flavour, runner, reply(200, b"[" * 100_000), retry=Retry.never()).api.droplet.list()
    assert gc.isenabled()


def test_a_limit_of_memory_that_a_reply_keeps_within_is_kept_within(
    flavour: str, runner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "LARGEST", sys.maxsize - 100)
    memory._keep_freed.cache_clear()
    assert len(stage(flavour, runner, LARGE).api.droplet.list()) == 300


def test_the_next_reply_puts_it_back_where_an_interruption_kept_the_last_one_from_that() -> None:
    def decode_one(interruption: Interruption) -> None:
        with suppress(KeyboardInterrupt), interruption, memory.gc_paused():
            pass

    count = count_points(["_session/memory.py"], decode_one)
    assert count > 50
    for nth in range(count):
        interruption = Interruption(["_session/memory.py"], nth)
        decode_one(interruption)
        decode_one(Interruption([]))
        assert gc.isenabled(), interruption.where
        gc.unfreeze()  # interrupted between two steps at which no signal is handled


def test_it_stays_off_where_the_program_has_switched_it_off(flavour: str, runner: Any) -> None:
    gc.disable()
    stage(flavour, runner, LARGE).api.droplet.list()
    assert not gc.isenabled()


#: Objects of numbers and texts alone the collector skips; these have parts.
NESTED = reply(200, {"droplets": [{"id": n, "tags": ["x" * 200]} for n in range(300)]})


@pytest.mark.skipif(sys.version_info[:2] == (3, 12), reason="Python 3.12 freezes objects itself: nothing is moved")
def test_what_was_decoded_counts_as_old(flavour: str, runner: Any) -> None:
    """Else the collector, on again, would look at all of it at once."""
    droplets = stage(flavour, runner, NESTED).api.droplet.list()
    old = {id(one) for one in gc.get_objects(generation=2)}
    assert len(droplets) == 300
    assert {id(droplet["tags"]) for droplet in droplets} <= old
    assert gc.get_freeze_count() == 0


def test_what_the_program_has_frozen_stays_frozen(flavour: str, runner: Any) -> None:
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        stage(flavour, runner, NESTED).api.droplet.list()
        assert gc.get_freeze_count() >= before * 0.9  # objects that have gone meanwhile count no more
    finally:
        gc.unfreeze()
