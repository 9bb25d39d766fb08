"""Tables: with colour on a terminal, in its width; plain, and nothing cut off, everywhere else.

Series of measurements are a table too: a row each, with a line of block characters that shows their course.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import click

from ..._json import holds_objects, is_array, is_object
from .columns import Column
from .text import (
    EMPTY,
    can_encode,
    clean_lines,
    format_cell,
    format_heading,
    format_value,
    on_terminal,
    overflow,
    pad,
    terminal_width,
    to_encoding,
    width_of,
)

if TYPE_CHECKING:
    from rich.table import Table

#: From this width on, all columns are shown.
WIDE = 120
#: Spaces between columns.
GAP = 2
#: What a column is not cut below: a part of an IPv4 address is useless.
MINIMUM = 16
DECIMAL = re.compile(r"-?\d+(\.\d{1,9})?")
#: The style of a cell, by its text.
STYLES = {
    "active": "green", "completed": "green", "succeeded": "green", "available": "green",
    "new": "cyan", "in-progress": "cyan", "waiting": "cyan", "pending": "cyan",
    "off": "yellow", "archive": "yellow", "errored": "bold red", "failed": "bold red", "": "dim", EMPTY: "dim",
}  # fmt: skip


def print_rows(
    columns: Sequence[Column], lines: Sequence[Sequence[str]], *, header: bool, whole: bool = False
) -> Sequence[Column]:
    """Print a table.

    Args:
        columns: The columns.
        lines: The cells, as text.
        header: If true, print headings.
        whole: If true, print all of it, however wide; the terminal breaks the lines then.

    Returns:
        The columns that hold something and for which there was no room.
    """
    if not columns:
        return []
    lines = _align_decimals(columns, lines)
    if on_terminal():
        return _print_styled(columns, lines, header, whole=whole)
    cells = [[format_cell(value) for value in line] for line in lines]
    if header:
        cells.insert(0, [format_heading(column.name) for column in columns])
    for line in align(cells, numbers={index for index, column in enumerate(columns) if column.number}):
        click.echo(line)
    return []


def align(cells: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> list[str]:
    """Put columns under each other, two spaces apart; those in `numbers` are aligned to the right."""
    widths = [max(map(width_of, column)) for column in zip(*cells, strict=True)]
    return [(" " * GAP).join(_pad_cells(line, widths, numbers)).rstrip() for line in cells]


def _pad_cells(line: Sequence[str], widths: Sequence[int], numbers: Collection[int]) -> Iterator[str]:
    for index, (text, width) in enumerate(zip(line, widths, strict=True)):
        yield pad(text, width, right=index in numbers)


def _align_decimals(columns: Sequence[Column], lines: Sequence[Sequence[str]]) -> list[list[str]]:
    """Give each number of a column as many decimals as the longest there has, so that points are aligned."""
    made = [list(line) for line in lines]
    for index in [index for index, column in enumerate(columns) if column.number]:
        numbers = [line for line in made if DECIMAL.fullmatch(line[index])]
        decimals = max((len(line[index].partition(".")[2]) for line in numbers), default=0)
        for line in numbers if decimals else ():
            whole, _, part = line[index].partition(".")
            line[index] = f"{whole}.{part:0<{decimals}}"
    return made


def _print_styled(
    columns: Sequence[Column], lines: Sequence[Sequence[str]], header: bool, *, whole: bool
) -> Sequence[Column]:
    from rich.console import Console

    across = terminal_width()
    widths = dict(enumerate(_natural_widths(columns, lines))) if whole else fit_columns(columns, lines, across)
    width = max(across, _total_width(widths))
    Console(width=width, highlight=False).print(_build_table(columns, lines, widths, header=header))
    left_out = [index for index in range(len(columns)) if index not in widths]
    return [columns[index] for index in left_out if any(line[index] for line in lines)]


def table(columns: Sequence[Column], items: Sequence[Any], across: int) -> Table:
    """Build a table of objects for a terminal of that width."""
    lines = [[format_value(column.value(item)) for column in columns] for item in items]
    lines = _align_decimals(columns, lines)
    return _build_table(columns, lines, fit_columns(columns, lines, across), header=True)


def _build_table(
    columns: Sequence[Column], lines: Sequence[Sequence[str]], widths: Mapping[int, int], *, header: bool
) -> Table:
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, show_header=header, header_style="bold", pad_edge=False, padding=(0, GAP, 0, 0))
    cut = overflow()
    for index, width in widths.items():
        column = columns[index]
        justify: Literal["left", "right"] = "right" if column.number else "left"
        made.add_column(Text(format_heading(column.name)), justify=justify, no_wrap=True, overflow=cut, width=width)
    for line in lines:
        made.add_row(*(Text(format_cell(line[index]), style=STYLES.get(line[index], "")) for index in widths))
    return made


def fit_columns(columns: Sequence[Column], lines: Sequence[Sequence[str]], across: int) -> dict[int, int]:
    """Choose the columns that fit into a terminal: their indexes, each with its width.

    Columns for wide terminals are left out first, then from the right what would not fit even with the widest ones cut;
    then these are cut. The first column names the row: it is cut only where it alone is too wide.
    """
    natural = _natural_widths(columns, lines)
    shown = {
        index: natural[index]
        for index, column in enumerate(columns)
        if not column.wide or (across >= WIDE and any(line[index] for line in lines))
    } or {0: natural[0]}
    for index in reversed([index for index in shown if columns[index].wide]):
        if _total_width(shown) > across and len(shown) > 1:
            del shown[index]
    while len(shown) > 1 and _total_width({one: _minimum(one, width) for one, width in shown.items()}) > across:
        shown.popitem()
    while len(shown) > 1 and _total_width(shown) > across:
        shown[max(list(shown)[1:], key=lambda index: shown[index])] -= 1
    return shown if len(shown) > 1 else {index: min(width, across) for index, width in shown.items()}


def _natural_widths(columns: Sequence[Column], lines: Sequence[Sequence[str]]) -> list[int]:
    """Compute the width of each column with nothing cut."""
    return [
        max(map(width_of, (format_heading(column.name), *(format_cell(line[index]) for line in lines))))
        for index, column in enumerate(columns)
    ]


def _minimum(index: int, width: int) -> int:
    return min(width, MINIMUM) if index else width


def _total_width(widths: Mapping[int, int]) -> int:
    return sum(widths.values()) + GAP * (len(widths) - 1)


def print_details(value: Mapping[str, Any], *, compact: bool = False) -> None:
    """Print one object, a member a line, nested members under their paths.

    Args:
        value: The object.
        compact: If true, an object inside of a list takes a single line.
    """
    lines = list(_list_details(value, compact=compact))
    if not on_terminal():
        for line in align(lines) if lines else ():
            click.echo(line)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, GAP, 0, 0))
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, text in lines:
        made.add_row(Text(name), Text(text, style=STYLES.get(text, "")))
    Console(highlight=False).print(made)


def _list_details(value: Mapping[str, Any], *, compact: bool) -> Iterator[tuple[str, str]]:
    """List names and texts; a text of several lines, such as a zone file, keeps them."""
    for path, inner in flatten(value, compact=compact):
        name = format_cell(path)
        if not (isinstance(inner, str) and "\n" in inner):
            yield name, format_cell(inner)
            continue
        for line in to_encoding(clean_lines(inner.rstrip("\n")), errors="replace").expandtabs().split("\n"):
            yield name, line
            name = ""


def flatten(value: Mapping[str, Any], path: str = "", *, compact: bool = False) -> list[tuple[str, Any]]:
    """List members by their paths (`region.slug`, `networks.v4.0.type`); a list of single values is one member.

    Args:
        value: The object.
        path: The path to it.
        compact: If true, an object inside of a list is one member too: `protocol tcp, ports 22`.
    """
    found: list[tuple[str, Any]] = []
    for name, inner in value.items():
        if is_array(inner) and holds_objects(inner):
            items = [summarize(item) if compact and is_object(item) else item for item in inner]
            inner = {str(index): item for index, item in enumerate(items)}
        if is_object(inner) and inner:
            found += flatten(inner, f"{path}{name}.", compact=compact)
        else:
            found.append((f"{path}{name}", None if inner == {} else inner))
    return found


def summarize(value: Mapping[str, Any]) -> str:
    """Write an object on one line, without its empty members: `protocol tcp, ports 22, sources.addresses 0.0.0.0/0`."""
    return ", ".join(f"{path} {text}" for path, inner in flatten(value) if (text := format_value(inner)))


# -- series of measurements

#: Characters from low to high, and those for encodings that lack them.
BLOCKS, ASCII = "▁▂▃▄▅▆▇█", "_.-=+*#@"
#: Characters of a plot in a pipe, and the least of them on a narrow terminal.
PLOT_WIDTH, LEAST_PLOT_WIDTH = 40, 8
METRIC_COLUMNS = (
    Column("series"),
    Column("minimum", number=True),
    Column("mean", number=True),
    Column("maximum", number=True),
    Column("last", number=True),
    Column("plot"),
)
#: The label of counters of seconds, of which the rate is shown, in percent (Prometheus, node_cpu_seconds_total).
COUNTER = "mode"
DIGITS = 4
NO_LABELS: Mapping[str, str] = {}


def tabulate_metrics(series: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Column], list[list[str]]]:
    """Make columns and rows of series, every cell as text.

    Args:
        series: The series, as the API returns them.
    """
    points = [_read_points(one) for one in series]
    names = [_name_series(one) for one in series]
    width = _plot_width(names)
    return METRIC_COLUMNS, [[name, *_describe_points(one, width)] for name, one in zip(names, points, strict=True)]


def _read_points(series: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Read times and values; of a counter its rate, in percent."""
    points = [(float(time), float(value)) for time, value in series.get("values") or ()]
    points = [point for point in points if math.isfinite(point[1])]
    if COUNTER not in (series.get("metric") or {}):
        return points
    pairs = pairwise(points)
    # A counter that falls has restarted: the Droplet was booted.
    return [
        (now, 100 * (value - before) / (now - then))
        for (then, before), (now, value) in pairs
        if value >= before and now > then
    ]


def _name_series(series: Mapping[str, Any]) -> str:
    metric: Mapping[str, str] = series.get("metric") or NO_LABELS
    labels = {name: value for name, value in metric.items() if name != "host_id"}
    text = ", ".join(f"{name} {value}" for name, value in labels.items())
    return f"{text} (%)" if COUNTER in labels else text or "value"


def _describe_points(points: Sequence[tuple[float, float]], width: int) -> list[str]:
    values = [value for _, value in points]
    if not values:
        return ["", "", "", "", ""]
    numbers = (min(values), sum(values) / len(values), max(values), values[-1])
    return [*map(_format_number, numbers), draw_plot(points, width)]


def _format_number(value: float) -> str:
    """Write a number with four digits at least, and never with an exponent."""
    if value == 0 or not math.isfinite(value):
        return "0"
    decimals = max(0, DIGITS - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{min(decimals, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def draw_plot(points: Sequence[tuple[float, float]], width: int) -> str:
    """Draw values in at most so many characters, from left to right in time; a gap is a blank.

    Args:
        points: Times and values.
        width: Characters.
    """
    first, last = points[0][0], points[-1][0]
    width = min(width, len(points))
    means: list[list[float]] = [[] for _ in range(width)]
    for time, value in points:
        share = (time - first) / (last - first) if last > first else 0.0
        means[min(width - 1, int(share * width))].append(value)
    low, high = min(value for _, value in points), max(value for _, value in points)
    letters = BLOCKS if can_encode(BLOCKS) else ASCII
    return "".join(" " if not many else _letter(sum(many) / len(many), low, high, letters) for many in means)


def _letter(value: float, low: float, high: float, letters: str) -> str:
    if high <= low:
        return letters[0]
    return letters[min(len(letters) - 1, int((value - low) / (high - low) * len(letters)))]


def _plot_width(names: Sequence[str]) -> int:
    """Return the room that names and numbers leave on a terminal."""
    if not on_terminal():
        return PLOT_WIDTH
    taken = max(map(len, names), default=0) + 4 * 11 + 2
    return max(LEAST_PLOT_WIDTH, terminal_width() - taken)


def describe_span(series: Sequence[Mapping[str, Any]]) -> str | None:
    """Say from when to when the measurements are, and how many there are; None where there are none."""
    times = [float(time) for one in series for time, _ in one.get("values") or ()]
    if not times:
        return None
    many = max(len(one.get("values") or ()) for one in series)
    start, end = (datetime.fromtimestamp(time, UTC).isoformat(" ", "seconds") for time in (min(times), max(times)))
    return f"{start.removesuffix('+00:00')} to {end.removesuffix('+00:00')} UTC, {many} measurements each"
