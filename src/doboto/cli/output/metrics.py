"""Series of measurements as a table: a row each, with a line of block characters that shows their course."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from .columns import Column
from .text import can_encode, on_terminal

#: Characters from low to high, and those for encodings that lack them.
BLOCKS, ASCII = "▁▂▃▄▅▆▇█", "_.-=+*#@"
#: Characters of a plot in a pipe, and the least of them on a narrow terminal.
WIDTH, LEAST_WIDTH = 40, 8
COLUMNS = (
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
    points = [_read(one) for one in series]
    names = [_name(one) for one in series]
    width = _plot_width(names)
    return COLUMNS, [[name, *_describe(one, width)] for name, one in zip(names, points, strict=True)]


def _read(series: Mapping[str, Any]) -> list[tuple[float, float]]:
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


def _name(series: Mapping[str, Any]) -> str:
    metric: Mapping[str, str] = series.get("metric") or NO_LABELS
    labels = {name: value for name, value in metric.items() if name != "host_id"}
    text = ", ".join(f"{name} {value}" for name, value in labels.items())
    return f"{text} (%)" if COUNTER in labels else text or "value"


def _describe(points: Sequence[tuple[float, float]], width: int) -> list[str]:
    values = [value for _, value in points]
    if not values:
        return ["", "", "", "", ""]
    numbers = (min(values), sum(values) / len(values), max(values), values[-1])
    return [*map(_format, numbers), draw_plot(points, width)]


def _format(value: float) -> str:
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
        return WIDTH
    taken = max(map(len, names), default=0) + 4 * 11 + 2
    return max(LEAST_WIDTH, shutil.get_terminal_size().columns - taken)


def describe_span(series: Sequence[Mapping[str, Any]]) -> str | None:
    """Say from when to when the measurements are, and how many there are; None where there are none."""
    times = [float(time) for one in series for time, _ in one.get("values") or ()]
    if not times:
        return None
    many = max(len(one.get("values") or ()) for one in series)
    start, end = (datetime.fromtimestamp(time, UTC).isoformat(" ", "seconds") for time in (min(times), max(times)))
    return f"{start.removesuffix('+00:00')} to {end.removesuffix('+00:00')} UTC, {many} measurements each"
