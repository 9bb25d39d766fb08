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
    "The server, the client and whatever else runs share the machine's cores, and decoding all pages takes 0.2 s of one"
    " of them. In quiet moments 0.47 s were seen, 17 % over."
)
IMPORTS = (
    "What is left is Python's own modules and urllib3: `import urllib3` alone is most of the time to a first call, and"
    " the ratio moves by a tenth or two with what else the machine does."
)
URLLIB3 = (
    "When this was written, a call over a kept connection took 0.14 ms of CPU with Python's http.client, 0.25 ms with"
    " urllib3's pool and 0.33 ms with doboto. Four times less than pydo is about what urllib3 alone takes: only another"
    " HTTP client underneath would get there."
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
        URLLIB3,
    ),
    Goal("machinery of an operation: µs a call", _ours(MACHINERY), operator.le, 5, "{:.1f}"),
    Goal("packages of the blocking client", _installed("packages"), operator.le, 3),
    Goal("megabytes installed", _installed("megabytes"), operator.le, 10, "{:.1f}"),
)
