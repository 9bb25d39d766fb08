"""The garbage collector is paused while a long list is read, and only then; it is always as it was afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from doboto import DOBOTOForbiddenException

from .scripted import Script, reply, stage


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def page(number: int, last: int) -> Any:
    link = {"next": f"https://api.digitalocean.com/v2/droplets?page={number + 1}"} if number < last else {}
    return reply(200, {"droplets": [{"id": number}], "links": {"pages": link}, "meta": {"total": last * 200}})


def watched(staged: Any) -> list[bool]:
    """Whether the collector was on at each request."""
    on: list[bool] = []
    send = staged.script.send

    async def watching(*given: Any) -> Any:
        on.append(gc.isenabled())
        return await send(*given)

    staged.script.send = watching
    return on


def test_it_is_paused_for_the_pages_after_the_first(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, page(1, 3), page(2, 3), page(3, 3))
    on = watched(staged)
    staged.api.droplet.list()
    assert on == [True, False, False]
    assert gc.isenabled()


def test_it_is_left_alone_when_that_is_wanted(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, page(1, 2), page(2, 2), pause_collector=False)
    on = watched(staged)
    staged.api.droplet.list()
    assert on == [True, True]


def test_it_is_put_back_after_an_error(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, page(1, 2), reply(403, {}))
    with pytest.raises(DOBOTOForbiddenException):
        staged.api.droplet.list()
    assert gc.isenabled()


def test_it_stays_off_where_the_program_has_switched_it_off(flavour: str, runner: Any) -> None:
    gc.disable()
    staged = stage(flavour, runner, page(1, 2), page(2, 2))
    staged.api.droplet.list()
    assert not gc.isenabled()
    assert isinstance(staged.script, Script)
