"""Progress as it is drawn: a line a thing, never more than the terminal has."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from doboto.cli.output.progress import draw_progress
from doboto.events import Progress

LINE = re.compile(r"^. (web-\d+) +status is new", re.MULTILINE)


def drawn(many: int, width: int, height: int, name: str = "web-{}") -> str:
    progress = Progress("create", 1, many + 1, 12.0, dict.fromkeys(range(many), "status is new"))
    console = Console(width=width, height=height)
    with console.capture() as captured:
        console.print(draw_progress(progress, lambda id: name.format(id)))
    return captured.get()


@given(st.integers(0, 40), st.integers(4, 50))
def test_what_does_not_fit_is_counted(many: int, height: int) -> None:
    text = drawn(many, 80, height)
    more = re.search(r"and (\d+) more", text)
    assert len(text.splitlines()) < height
    assert len(LINE.findall(text)) + int(more[1] if more else 0) == many
    assert f"1 of {many + 1}" in text


@pytest.mark.parametrize("name", ["a-long-name-" * 12, "東京" * 50])
def test_a_long_name_wraps_no_line(name: str) -> None:
    assert len(drawn(3, 60, 24, name).splitlines()) == 4


def test_what_failed_is_not_counted_as_done() -> None:
    console = Console(width=80)
    progress = Progress("reboot", 18, 20, 6.0, {}, failed=2)
    with console.capture() as captured:
        console.print(draw_progress(progress, str))
    assert "18 done, 2 failed of 20" in captured.get()
    assert str(progress) == "reboot: 18 done, 2 failed of 20 after 6 s"
    assert str(Progress("reboot", 20, 20, 6.0, {})) == "reboot: 20 of 20 done after 6 s"


def test_where_it_is_not_known_how_many_there_are_no_number_is_told() -> None:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(draw_progress(Progress("power_off", 0, 0, 6.0, {}), str))
    assert re.fullmatch(r"power_off \S+ +6 s *\n", captured.get())


def test_states_stand_under_each_other() -> None:
    lines = drawn(11, 80, 24).splitlines()[1:]
    assert {line.index("status") for line in lines} == {len("x web-10 ")}


def test_what_turns_goes_on_turning_where_the_picture_is_replaced() -> None:
    now = 0.0
    console = Console(width=80, height=24, get_time=lambda: now)
    seen: set[str] = set()
    for now in (0.0, 0.1, 0.2):
        progress = Progress("create", 0, 1, now, {1: "status is new"})
        with console.capture() as captured:
            console.print(draw_progress(progress, str))
        seen.add(captured.get().splitlines()[1][0])
    assert len(seen) == 3
