"""What was aimed at, and whether it was reached."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import starts
from contenders import FAST, OURS, PYDO
from rows import (
    CREATE,
    CREATE_REQUESTS,
    CROWDED_REQUESTS,
    FIRST,
    IMPORT_ALONE,
    INFO_CONNECTIONS,
    INFO_CPU,
    LEAST_LIST,
    LIST,
    LIST_PEAK,
    MACHINERY,
    REFUSED,
    Measured,
    Row,
)

Value = Callable[[Measured], float]


@dataclass(frozen=True)
class Goal:
    """One aim.

    Attributes:
        what: Of what.
        value: What was found.
        holds: How it must compare to the bar.
        bar: The number aimed at.
        form: How both are written.
        why: What there is to say if it is missed.
    """

    what: str
    value: Value
    holds: Callable[[float, float], bool]
    bar: float
    form: str = "{:.0f}"
    why: str = ""

    def met(self, measured: Measured) -> bool:
        """Whether it was reached."""
        return self.holds(self.value(measured), self.bar)

    def line(self, measured: Measured) -> list[str]:
        """Its line in the table."""
        words = {operator.le: "at most ", operator.ge: "at least ", operator.eq: ""}[self.holds]
        found = self.form.format(self.value(measured))
        return [self.what, words + self.form.format(self.bar), found, "met" if self.met(measured) else "missed"]


BUSY = (
    "One thread decodes one page after the other, over any number of connections, from 0.11 s on: two responses"
    " later. Each page takes 2.4 ms with `fast` and 3.3 ms without, 0.12 s and 0.16 s for 49 of them; the floor of 16"
    " connections has three responses for those, 0.14 s. Before that, 0.01 s go into importing what lists Droplets. A"
    " third of decoding goes into memory that was not used before. At 200 ms a response, where waiting is what takes"
    " long, it is within 6 % of the floor."
)
ARENAS = (
    "Sixteen threads kept about a megabyte of freed memory each (glibc's arenas), until one thread read all pages;"
    " since then 16 connections need at most 2 MB more than one. `each()` needs a few pages only."
)
IMPORTS = (
    "Most of what a first call loads is Python's own, above all `ssl`, `logging` and `inspect`, which data classes"
    " import. Of this library it loads what reads; what creates, acts, waits and reports comes with its first use."
    " `import doboto` alone loads nothing."
)
COMMAND = "Half of it is what `import click` loads, `inspect` and `logging` included, before anything of this library."
CPU = (
    "It varies with the machine: three runs of one day had 0.11 to 0.14 s of this client and 0.52 to 0.61 s of pydo,"
    " 3.8 to 5.2 times as much. A call makes 276 function calls where its response is plain (`tests/test_costs.py`)."
)
SPREAD = "It varies with the machine: 3.5 to 5.3 µs in the runs of one day, without a change of it."


def _ours(row: Row) -> Value:
    return lambda measured: row.number(measured.results, OURS.label)


def _against_pydo(row: Row, ours: str = OURS.label) -> Value:
    return lambda measured: median(row.ratios_to(measured.results, PYDO.label, ours))


def _installed(name: str) -> Value:
    return lambda measured: float(measured.weights[OURS.label][name])


def _over_least(ours: str) -> Value:
    return lambda measured: (LIST.number(measured.results, ours) / LEAST_LIST - 1) * 100


def _start(start: starts.Start) -> Value:
    return lambda measured: starts.ratio(measured.starts, start)


GOALS = (
    Goal("list: pydo takes times as long", _against_pydo(LIST), operator.ge, 8.5, "{:.1f}", BUSY),
    Goal(
        "list, with the extra `fast`: pydo takes times as long",
        _against_pydo(LIST, FAST.label),
        operator.ge,
        10,
        "{:.1f}",
        BUSY,
    ),
    Goal("list: over the least possible", _over_least(OURS.label), operator.le, 25, "{:.1f} %", BUSY),
    Goal(
        "list, with the extra `fast`: over the least possible",
        _over_least(FAST.label),
        operator.le,
        25,
        "{:.1f} %",
        BUSY,
    ),
    Goal("list: peak memory of the process, MB", _ours(LIST_PEAK), operator.le, 110, why=ARENAS),
    Goal("create 50: seconds", _ours(CREATE), operator.le, 3.4, "{:.2f}"),
    Goal("create 50: requests", _ours(CREATE_REQUESTS), operator.le, 9),
    Goal("create 50 among 10,000 others: requests", _ours(CROWDED_REQUESTS), operator.le, 11),
    Goal("create 50 within the rate limit: refused", _ours(REFUSED), operator.eq, 0),
    Goal("first HTTPS call: pydo takes times as long", _against_pydo(FIRST), operator.ge, 2.22, "{:.2f}", IMPORTS),
    Goal("import: pydo takes times as long", _against_pydo(IMPORT_ALONE), operator.ge, 3, "{:.1f}", IMPORTS),
    Goal("500 info calls over TLS: connections", _ours(INFO_CONNECTIONS), operator.eq, 1),
    Goal("500 info calls over TLS: pydo takes times the CPU", _against_pydo(INFO_CPU), operator.ge, 4, "{:.1f}", CPU),
    Goal("machinery of an operation: µs a call", _ours(MACHINERY), operator.le, 5, "{:.1f}", SPREAD),
    Goal(
        "`doboto --version`: CPU, times `python -c pass`", _start(starts.VERSION), operator.le, 3.5, "{:.1f}", IMPORTS
    ),
    Goal(
        "`doboto droplet list`: CPU, times `python -c pass`", _start(starts.LIST), operator.le, 7.5, "{:.1f}", COMMAND
    ),
    Goal("packages of the blocking client", _installed("packages"), operator.le, 3),
    Goal("megabytes installed", _installed("megabytes"), operator.le, 10, "{:.1f}"),
)
