"""Tables by cells: whatever a name is made of, columns stand under each other and no line leaves the terminal."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jmespath.exceptions import JMESPathError
from rich.cells import cell_len
from rich.console import Console
from wcwidth import wcwidth

from doboto.cli.errors import Failure
from doboto.cli.output.columns import COLUMNS, Column, search
from doboto.cli.output.table import align, fit_columns, table
from doboto.cli.output.text import clean, format_cell, pad, width_of

#: Letters of one, two and no cells; flags are out, of which terminals show half a pair in different ways.
letters = st.one_of(
    st.sampled_from("abc東京데이터🚀e\u0301\u0304กำ\u200d\ufe0f❤👩🏽"),
    st.characters(exclude_categories=["Cs"]).filter(lambda letter: not "\U0001f1e6" <= letter <= "\U0001f1ff"),
)
names = st.text(letters, max_size=30)


def cells(line: str) -> list[str]:
    """A line as a terminal has it: a letter of two cells is followed by an empty one."""
    taken: list[str] = []
    for letter in line:
        taken += [letter, *[""] * (wcwidth(letter) - 1)] if wcwidth(letter) else []
    return taken


def droplet(name: str, tag: str) -> dict[str, Any]:
    return {
        "id": 480000000, "name": name, "status": "active", "tags": [tag], "size_slug": "s-1vcpu-1gb",
        "region": {"slug": "nyc3"}, "size": {"price_monthly": 6.0},
    }  # fmt: skip


addresses = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["public", "private"])}, optional={"ip_address": st.sampled_from(["192.0.2.1", "::1"])}
    ),
    max_size=3,
)
described = st.fixed_dictionaries(
    {},
    optional={
        "networks": st.none() | st.fixed_dictionaries({}, optional={"v4": addresses, "v6": addresses}),
        "image": st.none() | st.dictionaries(st.sampled_from(["slug", "name"]), st.none() | st.sampled_from(["", "a"])),
        "region": st.none() | st.dictionaries(st.just("slug"), st.just("nyc3")),
    },
)


@given(described)
def test_what_columns_read_by_themselves_is_what_their_expressions_find(droplet: dict[str, Any]) -> None:
    """All but what is empty: a cell shows neither."""
    for column in COLUMNS["Droplet"]:
        assert (column.value(droplet) or None) == (jmespath.search(column.expression, droplet) or None)


@given(
    st.lists(st.sampled_from(["a", "b", "a_1", "1", "a-b", "*", "[0]", ""]), min_size=1, max_size=3).map(".".join),
    st.recursive(
        st.none() | st.booleans() | st.integers(0, 2),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "a_1"]), inner),
        max_leaves=5,
    ),
)
def test_members_are_found_as_jmespath_finds_them(expression: str, value: Any) -> None:
    try:
        expected = jmespath.search(expression, value)
    except JMESPathError:
        with pytest.raises(Failure):
            search(expression, value)
    else:
        assert search(expression, value) == expected


def rendered(items: list[dict[str, Any]], across: int) -> list[str]:
    console = Console(width=across)
    with console.capture() as captured:
        console.print(table(COLUMNS["Droplet"], items, across))
    return captured.get().splitlines()


def columns_are_straight(lines: list[str], known: dict[str, str]) -> bool:
    """Whether in every line what a column is known to hold begins where its heading does."""
    heading, *rest = map(cells, lines)
    places = {text: "".join(heading).index(name) for name, text in known.items() if name in "".join(heading)}
    return all(line[place : place + len(text)] == list(text) for line in rest for text, place in places.items())


KNOWN = {"ID": "480000000", "STATUS": "active", "REGION": "nyc3", "SIZE": "s-1vcpu-1gb"}


@given(st.lists(st.tuples(names, names), min_size=1, max_size=5), st.integers(60, 200))
def test_on_a_terminal_columns_are_straight_and_no_line_is_too_wide(rows: list[tuple[str, str]], across: int) -> None:
    lines = rendered([droplet(*row) for row in rows], across)
    assert len(lines) == len(rows) + 1
    assert all(len(cells(line)) <= across for line in lines)
    assert columns_are_straight(lines, KNOWN)


@given(st.lists(names, min_size=1, max_size=5))
def test_in_a_pipe_columns_are_straight(rows: list[str]) -> None:
    lines = align([["NAME", "ID", "STATUS"], *([format_cell(name), "480000000", "active"] for name in rows)])
    assert columns_are_straight(lines, {"ID": "480000000", "STATUS": "active"})


@given(names)
def test_a_width_is_what_libraries_and_terminals_say(text: str) -> None:
    text = clean(text)
    assert width_of(text) == cell_len(text) == sum(map(wcwidth, text))


@given(names, st.integers(0, 40), st.booleans())
def test_padding_fills_the_room(text: str, room: int, right: bool) -> None:
    text = clean(text)
    made = pad(text, room, right=right)
    assert width_of(made) == max(room, width_of(text))
    assert made.endswith(text) if right else made.startswith(text)


@pytest.mark.parametrize(("name", "shown"), [
    ("東京", "東京"), ("cafe\u0301", "cafe\u0301"), ("a\x1b[2Jb\n", "a?[2Jb?"), ("\u202egpj", "?gpj"),
    ("👩🏽\u200d🚀", "👩🚀"), ("❤\ufe0f", "❤"), ("", "-"), ("\u200d", "-"),
])  # fmt: skip
def test_a_cell_holds_what_every_terminal_shows_in_the_same_way(name: str, shown: str) -> None:
    assert format_cell(name) == shown


@given(st.lists(st.lists(names, min_size=5, max_size=5), max_size=4), st.integers(1, 200))
def test_columns_are_left_out_and_cut_till_they_fit(lines: list[list[str]], across: int) -> None:
    columns = [Column(name, wide=name in "de") for name in "abcde"]
    shown = fit_columns(columns, lines, across)
    assert 0 in shown
    assert sum(shown.values()) + 2 * (len(shown) - 1) <= across


def test_numbers_end_under_each_other() -> None:
    assert align([["SLUG", "MEMORY"], ["s", "512"], ["m", "16384"]], numbers={1}) == [
        "SLUG  MEMORY", "s        512", "m      16384",
    ]  # fmt: skip


def test_decimal_points_stand_under_each_other() -> None:
    sizes = [
        {"slug": "s", "price_hourly": 0.00595, "price_monthly": 4.0},
        {"slug": "gpu", "price_hourly": 23.92, "price_monthly": 16074.24},
        {"slug": "c-32", "price_hourly": 1.0},
    ]
    console = Console(width=80)
    with console.capture() as captured:
        console.print(table(COLUMNS["Size"], sizes, 80))
    assert [line.split()[-2:] for line in captured.get().splitlines()[1:]] == [
        ["0.00595", "4.00"], ["23.92000", "16074.24"], ["1.00000", "-"],
    ]  # fmt: skip
