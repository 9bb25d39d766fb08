"""What was measured, as tables that a person understands: in the terminal, in docs/benchmarks.md, in the README."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import starts
from contenders import ALL, FLOOR, OURS, PEERS
from goals import GOALS
from jobs import LISTERS
from rows import (
    CONNECTIONS,
    CREATE,
    CREATE_REQUESTS,
    FIRST,
    INFO_CPU,
    LIST,
    LISTS,
    ROWS,
    Measured,
    Results,
    Row,
    Weights,
)

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
#: Where the README's table is, between its marks.
GENERATED = re.compile("(<!-- generated: benchmarks -->).*?(<!-- end of benchmarks -->)", re.DOTALL)

INTRODUCTION = f"""# Measured side by side

`make bench ARGS=--write` writes this page. It installs each peer from PyPI into an environment of its own, starts a
server that answers like DigitalOcean's API, with Droplets of 2.6 KB, and has each library do the same jobs in the same
rounds, one after the other. Where a library does not page or wait, its program does, with as few requests as the
library allows. The programs are in `benchmarks/programs/`.

"Least possible" is computed where it says so: a response takes 50 ms, a list's first page comes before the others, and
those come over {CONNECTIONS} connections; Droplets need 3 s, or 25 s, to be active. Elsewhere it was measured, with
Python's own `http.client`, `ssl` and `json` over one connection.
"""

LISTS_ABOUT = """## Lists

The same list from an API that answers faster and slower, and over TLS. The extra `fast` (msgspec) decodes the pages.
"""

STARTS_ABOUT = f"""## Starts

Whole processes, the middle one of {starts.ROUNDS} runs in turn. CPU by the kernel's accounting.
"""

RATIOS = """## Ratios

Times as much as doboto's blocking client takes: the middle of the rounds, and from the lowest to the highest. Below 1
the peer is ahead.
"""

NOTES = f"""## Read with care

- The machine was not idle. Times vary with it; a ratio is that of two runs in the same round, and the middle one of
  the rounds is shown. No test depends on a time. Requests, connections, modules and packages are counted, and tests
  hold them (`tests/test_costs.py`).
- Lists are kept until the clock is read; freeing 10,000 Droplets takes time, too.
- doboto reads a list over {CONNECTIONS} connections, its peers over one: that is most of what it gains there. From an
  API that answers more slowly it gains more, from a faster one less.
- While it decodes a long reply it pauses Python's garbage collector, in the whole process, for some milliseconds a
  page, which halves the CPU time; `DO(..., pause_collector=False)` refuses that.
- Half of a Droplet's JSON are the slugs of its region's sizes, here as in the API's responses. doboto decodes equal
  ones once a page, and its Droplets share them: that is why its lists take less memory.
- The pages of a list are read in one thread, by `DO` too: threads took a tenth more CPU and 9 MB more for 10,000
  Droplets. On a machine that has much else to do, they would be given more of the processor. `each()` holds a few
  pages only.
- It would spread 500 calls over two minutes to keep within the rate limit. For the 500 `info` calls its limiter is set
  higher; the peers have none.
- With the rate limit on, and among 10,000 other Droplets, there is one run each, all contenders at the same time.
- Each connection over TLS costs a handshake. They are not resumed: a resumed one saves the client a check of the
  certificate, a millisecond or less of CPU, and no round trip (RFC 8446, 2.2).
"""


def page(measured: Measured, simulators: str) -> str:
    """All that was found, in Markdown."""
    results, weights = measured.results, measured.weights
    labels = [one.label for one in ALL]
    installed = [_weight(weights[label]) if label in weights else "" for label in labels]
    ratios = [[row.title, *(_ratios(row.ratios(results, one.label)) for one in PEERS)] for row in ROWS if row.ratio]
    return "\n".join(
        (
            INTRODUCTION,
            _about(weights, measured.rounds),
            _table(
                ["", *labels, FLOOR.label], [*_rows(ROWS, labels, results), ["packages, MB installed", *installed, ""]]
            ),
            RATIOS,
            _table(["", *(one.label for one in PEERS)], ratios),
            LISTS_ABOUT,
            _table(
                ["", *(one.label for one in LISTERS), FLOOR.label],
                _rows(LISTS, [one.label for one in LISTERS], results),
            ),
            STARTS_ABOUT,
            _table(["", "CPU, ms", "times the first", "time, ms"], starts.rows(measured.starts)),
            "## Goals\n",
            _table(["", "goal", "found", ""], [goal.line(measured) for goal in GOALS]),
            _reasons(measured),
            "## Where a peer is ahead\n",
            _ahead(results, weights),
            NOTES,
            simulators,
        )
    )


def _rows(rows: Sequence[Row], labels: Sequence[str], results: Results) -> list[list[str]]:
    return [[row.title, *(row.shown(results, label) for label in labels), _least(row, results)] for row in rows]


def summary(results: Results, weights: Weights) -> str:
    """The README's table, and when it was measured."""
    shown = (OURS, *PEERS)
    lines = {
        "list 10,000 Droplets at 50 ms a response": (LIST, " s"),
        "create 50, active after 3 s, and wait": (CREATE, " s"),
        "requests for that": (CREATE_REQUESTS, ""),
        "first HTTPS call, process start included": (FIRST, " ms"),
        "CPU of 500 `info` calls over TLS": (INFO_CPU, " s"),
    }
    rows = [[title, *(row.shown(results, one.label) + unit for one in shown)] for title, (row, unit) in lines.items()]
    return f"{_date()}:\n\n" + _table(
        ["", *(one.label for one in shown)],
        [*rows, ["packages, MB installed", *(_weight(weights[one.label]) for one in shown)]],
    )


def write(page: str, summary: str) -> None:
    """Put both where they belong."""
    PAGE.write_text(page, encoding="utf-8")
    renewed, count = GENERATED.subn(
        lambda marks: f"{marks[1]}\n\n{summary}\n{marks[2]}", README.read_text(encoding="utf-8")
    )
    if count != 1:
        raise LookupError("the README has no part that is marked as the benchmarks' table")
    README.write_text(renewed, encoding="utf-8")


def _reasons(measured: Measured) -> str:
    """Why goals were missed."""
    missed = [goal for goal in GOALS if not goal.met(measured)]
    reasons: dict[str, list[str]] = {}
    for goal in missed:
        reasons.setdefault(goal.why, []).append(goal.what)
    return "".join(f"- Missed: {'; '.join(goals)}. {why}\n" for why, goals in reasons.items()) or "All are met.\n"


def _ahead(results: Results, weights: Weights) -> str:
    """Every number in which a peer needs less than the blocking client."""
    lines: list[str] = []
    for row in ROWS:
        ours = row.number(results, OURS.label)
        better = [one.label for one in PEERS if row.number(results, one.label) < ours]
        listed = ", ".join(f"{label} {row.shown(results, label)}" for label in better)
        if better:
            lines.append(f"- {row.title.removeprefix('- ')}: {listed}; doboto {row.shown(results, OURS.label)}.\n")
    ours = float(weights[OURS.label]["megabytes"])
    listed = ", ".join(
        f"{label} {one['megabytes']:.1f}" for label, one in weights.items() if float(one["megabytes"]) < ours
    )
    if listed:
        lines.append(f"- MB installed: {listed}; doboto {ours:.1f}, the simulator included.\n")
    return "".join(lines) or "In none of these numbers.\n"


def _ratios(found: Sequence[float]) -> str:
    return f"{median(found):.1f} ({found[0]:.1f} to {found[-1]:.1f})"


def _least(row: Row, results: Results) -> str:
    if row.least is not None:
        return f"{row.form.format(row.least)} (computed)"
    return row.shown(results, FLOOR.label) if (row.job, FLOOR.label) in results else ""


def _weight(weight: Mapping[str, float | str]) -> str:
    return f"{weight['packages']}, {float(weight['megabytes']):.1f}"


def _about(weights: Weights, rounds: int) -> str:
    versions = ", ".join(f"{label.removesuffix(' 0.6.1')} {weight['version']}" for label, weight in weights.items())
    return (
        f"{_date()}; {rounds} rounds; {os.cpu_count()} cores ({platform.machine()}), "
        f"{platform.system()}, Python {platform.python_version()};\n{versions}.\n"
    )


def _date() -> str:
    return f"{time.localtime().tm_mday} {time.strftime('%B %Y')}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, *rows]
    widths = [max(3, *(len(line[column]) for line in lines)) for column in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    aligned = [[line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])] for line in lines]
    return "".join("| " + " | ".join(line) + " |\n" for line in (aligned[0], rule, *aligned[1:]))
