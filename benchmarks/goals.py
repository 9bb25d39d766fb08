"""What was aimed at, and whether it was reached."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from contenders import OURS, PYDO
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
    MACHINERY,
    REFUSED,
    Results,
    Row,
    Weights,
)

Value = Callable[[Results, Weights], float]


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

    def met(self, results: Results, weights: Weights) -> bool:
        """Whether it was reached."""
        return self.holds(self.value(results, weights), self.bar)

    def line(self, results: Results, weights: Weights) -> list[str]:
        """Its line in the table."""
        words = {operator.le: "at most ", operator.ge: "at least ", operator.eq: ""}[self.holds]
        found = self.form.format(self.value(results, weights))
        return [self.what, words + self.form.format(self.bar), found, "met" if self.met(results, weights) else "missed"]


BUSY = (
    "The first call loads what listing needs (0.015 s), and a page that arrives while another is decoded waits for"
    " Python's lock: decoding all of them takes 0.2 s of the 0.4. A second list of the same client took 0.48 s, 20 %"
    " over."
)
IMPORTS = (
    "What is left is mostly Python's own modules. The ratio moves by a tenth or two with what else the machine does."
)
CPU = (
    "Most of what is left is taken by Python's own TLS, HTTP and JSON, which the least possible is made of too; the"
    " ratio moves by a few tenths with what else the machine does."
)


def _ours(row: Row) -> Value:
    return lambda results, _: row.number(results, OURS.label)


def _against_pydo(row: Row) -> Value:
    return lambda results, _: median(row.ratios(results, PYDO.label))


def _installed(name: str) -> Value:
    return lambda _, weights: float(weights[OURS.label][name])


def _over_least(results: Results, _: Weights) -> float:
    return (LIST.number(results, OURS.label) / LEAST_LIST - 1) * 100


GOALS = (
    Goal("list: pydo takes times as long", _against_pydo(LIST), operator.ge, 6, "{:.1f}"),
    Goal("list: over the least possible", _over_least, operator.le, 25, "{:.0f} %", BUSY),
    Goal("create 50: seconds", _ours(CREATE), operator.le, 3.5, "{:.2f}"),
    Goal("create 50: requests", _ours(CREATE_REQUESTS), operator.le, 9),
    Goal("create 50 among 10,000 others: requests", _ours(CROWDED_REQUESTS), operator.le, 11),
    Goal("create 50 within the rate limit: refused", _ours(REFUSED), operator.eq, 0),
    Goal("first HTTPS call: pydo takes times as long", _against_pydo(FIRST), operator.ge, 2, "{:.1f}", IMPORTS),
    Goal("import: pydo takes times as long", _against_pydo(IMPORT_ALONE), operator.ge, 3, "{:.1f}", IMPORTS),
    Goal("500 info calls over TLS: connections", _ours(INFO_CONNECTIONS), operator.eq, 1),
    Goal(
        "500 info calls over TLS: pydo takes times the CPU",
        _against_pydo(INFO_CPU),
        operator.ge,
        4,
        "{:.1f}",
        CPU,
    ),
    Goal("machinery of an operation: µs a call", _ours(MACHINERY), operator.le, 5, "{:.1f}"),
    Goal("packages of the blocking client", _installed("packages"), operator.le, 3),
    Goal("megabytes installed", _installed("megabytes"), operator.le, 10, "{:.1f}"),
)
