"""Tables: with colour on a terminal, in its width; plain, and nothing cut off, everywhere else."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from ..._json import holds_objects, is_array, is_object
from .cells import clean, padded, width
from .columns import Column

if TYPE_CHECKING:
    from rich.table import Table

#: From this width on, all columns are shown.
WIDE = 120
EMPTY = "-"
#: Spaces between columns.
GAP = 2
#: What a column is not cut below: an IPv4 address is of no use in part.
LEAST = 16
DECIMAL = re.compile(r"-?\d+(\.\d{1,9})?")
#: How a cell looks that says one of these.
LOOKS = {
    "active": "green", "completed": "green", "succeeded": "green", "available": "green",
    "new": "cyan", "in-progress": "cyan", "waiting": "cyan", "pending": "cyan",
    "off": "yellow", "archive": "yellow", "errored": "bold red", "failed": "bold red", "": "dim", EMPTY: "dim",
}  # fmt: skip


def on_terminal() -> bool:
    """Whether the result goes to somebody's eyes."""
    return seen(sys.stdout)


def seen(stream: TextIO | None) -> bool:
    """Whether what is written there goes to somebody's eyes; Python has None where it starts without one."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def plain(value: Any) -> str:
    """A value as the text of a cell."""
    if value is None or value == [] or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if is_array(value) and not holds_objects(value):
        return ",".join(plain(item) for item in value)
    if is_object(value) or is_array(value):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def cell(value: Any) -> str:
    """A cell of a table: nothing in it steers the terminal or begins a new line."""
    return clean(plain(value)) or EMPTY


def whole(text: str) -> str:
    """A text that is printed by itself: as it is, for a file or a program; nothing in it steers a terminal."""
    if not on_terminal():
        return text
    return "".join(part if part in {"\n", "\t"} else clean(part) for part in re.split(r"([\n\t])", text))


def rows(
    columns: Sequence[Column], lines: Sequence[Sequence[str]], *, header: bool, whole: bool = False
) -> Sequence[Column]:
    """Print a table.

    Args:
        columns: The columns.
        lines: The cells, as text.
        header: Whether the headings stand above.
        whole: Whether all of it is shown, however wide; the terminal breaks the lines then.

    Returns:
        The columns that hold something, and for which there was no room.
    """
    if not columns:
        return []
    lines = _even(columns, lines)
    if on_terminal():
        return _coloured(columns, lines, header, whole=whole)
    cells = [[cell(value) for value in line] for line in lines]
    if header:
        cells.insert(0, [column.name.upper() for column in columns])
    for line in aligned(cells, numbers={place for place, column in enumerate(columns) if column.number}):
        click.echo(line)
    return []


def aligned(cells: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> list[str]:
    """Lines whose columns stand under each other, two spaces apart; of `numbers` the ends stand under each other."""
    rooms = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return [(" " * GAP).join(_padded(line, rooms, numbers)).rstrip() for line in cells]


def _padded(line: Sequence[str], rooms: Sequence[int], numbers: Collection[int]) -> Iterator[str]:
    for place, (text, room) in enumerate(zip(line, rooms, strict=True)):
        yield padded(text, room, right=place in numbers)


def _even(columns: Sequence[Column], lines: Sequence[Sequence[str]]) -> list[list[str]]:
    """The lines, with as many decimals in each number of a column as the longest there has: points stand in a line."""
    made = [list(line) for line in lines]
    for place in [place for place, column in enumerate(columns) if column.number]:
        numbers = [line for line in made if DECIMAL.fullmatch(line[place])]
        decimals = max((len(line[place].partition(".")[2]) for line in numbers), default=0)
        for line in numbers if decimals else ():
            whole, _, part = line[place].partition(".")
            line[place] = f"{whole}.{part:0<{decimals}}"
    return made


def _coloured(
    columns: Sequence[Column], lines: Sequence[Sequence[str]], header: bool, *, whole: bool
) -> Sequence[Column]:
    from rich.console import Console

    across = shutil.get_terminal_size().columns
    rooms = dict(enumerate(_natural(columns, lines))) if whole else fitted(columns, lines, across)
    Console(width=max(across, _taken(rooms)), highlight=False).print(_table(columns, lines, rooms, header=header))
    return [column for place, column in enumerate(columns) if place not in rooms and any(line[place] for line in lines)]


def table(columns: Sequence[Column], items: Sequence[Any], across: int) -> Table:
    """A table of things, as a terminal of that width shows it."""
    import jmespath

    lines = [[plain(jmespath.search(column.expression, item)) for column in columns] for item in items]
    lines = _even(columns, lines)
    return _table(columns, lines, fitted(columns, lines, across), header=True)


def _table(
    columns: Sequence[Column], lines: Sequence[Sequence[str]], rooms: Mapping[int, int], *, header: bool
) -> Table:
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, show_header=header, header_style="bold", pad_edge=False, padding=(0, GAP, 0, 0))
    for place, room in rooms.items():
        column = columns[place]
        justify: Literal["left", "right"] = "right" if column.number else "left"
        made.add_column(column.name.upper(), justify=justify, no_wrap=True, overflow="ellipsis", width=room)
    for line in lines:
        made.add_row(*(Text(cell(line[place]), style=LOOKS.get(line[place], "")) for place in rooms))
    return made


def fitted(columns: Sequence[Column], lines: Sequence[Sequence[str]], across: int) -> dict[int, int]:
    """The columns that fit into a terminal, by their places, each with its width.

    Columns for wide terminals are left out first, then from the right what would not fit even with the widest ones cut,
    and these are cut at last. A thing is named by its first column, which is cut only where it alone is too wide.
    """
    natural = _natural(columns, lines)
    shown = {
        place: natural[place]
        for place, column in enumerate(columns)
        if not column.wide or (across >= WIDE and any(line[place] for line in lines))
    } or {0: natural[0]}
    for place in reversed([place for place in shown if columns[place].wide]):
        if _taken(shown) > across and len(shown) > 1:
            del shown[place]
    while len(shown) > 1 and _taken({place: _least(place, room) for place, room in shown.items()}) > across:
        shown.popitem()
    while len(shown) > 1 and _taken(shown) > across:
        shown[max(list(shown)[1:], key=lambda place: shown[place])] -= 1
    return shown if len(shown) > 1 else {place: min(room, across) for place, room in shown.items()}


def _natural(columns: Sequence[Column], lines: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is with nothing cut."""
    return [
        max(width(text) for text in (column.name, *(cell(line[place]) for line in lines)))
        for place, column in enumerate(columns)
    ]


def _least(place: int, room: int) -> int:
    return min(room, LEAST) if place else room


def _taken(shown: Mapping[int, int]) -> int:
    return sum(shown.values()) + GAP * (len(shown) - 1)


def details(value: Mapping[str, Any]) -> None:
    """Print a single thing, a member a line; what is inside of a member stands under its path."""
    lines = [(name, cell(inner)) for name, inner in flattened(value)]
    if not on_terminal():
        for line in aligned([[name, text] for name, text in lines]):
            click.echo(line)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in lines:
        table.add_row(name, Text(text, style=LOOKS.get(text, "")))
    Console(highlight=False).print(table)


def flattened(value: Mapping[str, Any], path: str = "") -> list[tuple[str, Any]]:
    """Members by their paths (`region.slug`, `networks.v4.0.type`); long lists of single values in one."""
    found: list[tuple[str, Any]] = []
    for name, inner in value.items():
        if is_array(inner) and holds_objects(inner):
            inner = {str(place): item for place, item in enumerate(inner)}
        if is_object(inner) and inner:
            found += flattened(inner, f"{path}{name}.")
        else:
            found.append((f"{path}{name}", None if inner == {} else inner))
    return found
