"""The lines of the table: which number of which job each shows, and what it could be at least."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from contenders import OURS
from jobs import DELAY, Found

#: What was found: by job and contender, one for each round.
Results = Mapping[tuple[str, str], Sequence[Found]]
#: What contenders bring into an environment, by label: `packages`, `megabytes`, `version`.
Weights = Mapping[str, Mapping[str, float | str]]

#: Seconds of CPU and of waiting of programs that start, by title, one pair for each round.
Starts = Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Measured:
    """All that was measured.

    Attributes:
        results: Of the jobs.
        weights: What contenders bring into an environment.
        starts: Of whole processes.
        rounds: How often each job was done.
    """

    results: Results
    weights: Weights
    starts: Starts
    rounds: int


#: Connections of one client of ours.
CONNECTIONS = 16


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        title: What it says.
        job: The job whose runs it shows.
        value: The number that is shown of a run.
        form: How it is written.
        least: The least possible as computed; None where it was measured or there is none.
        ratio: Whether the peers' numbers are set against ours.
    """

    title: str
    job: str
    value: Callable[[Found], float]
    form: str = "{:.2f}"
    least: float | None = None
    ratio: bool = False

    def number(self, results: Results, label: str) -> float:
        """The middle one of the rounds."""
        return median(self.value(found) for found in results[self.job, label])

    def shown(self, results: Results, label: str) -> str:
        """The same, written; nothing for who did not do the job."""
        return self.form.format(self.number(results, label)) if (self.job, label) in results else ""

    def ratios(self, results: Results, label: str) -> list[float]:
        """How many times as much as ours, in each round, sorted."""
        return self.ratios_to(results, label, OURS.label)

    def ratios_to(self, results: Results, label: str, ours: str) -> list[float]:
        """How many times as much as another one, in each round, sorted."""
        pairs = zip(results[self.job, label], results[self.job, ours], strict=True)
        return sorted(self.value(other) / self.value(ours) for other, ours in pairs)


def _of(name: str, times: float = 1.0) -> Callable[[Found], float]:
    return lambda found: found[name] * times


def least_list(delay: float) -> float:
    """Seconds that 50 pages take at least: the first by itself, then the other 49 over the connections."""
    return delay * (1 + math.ceil(49 / CONNECTIONS))


LEAST_LIST = least_list(DELAY)
LIST = Row("list 10,000 Droplets, 50 ms a response: s", "list", _of("seconds"), least=LEAST_LIST, ratio=True)
LIST_CPU = Row("- CPU of that: s", "list", _of("cpu"), ratio=True)
LIST_PEAK = Row("- peak memory of the process: MB", "list", _of("peak"), "{:.0f}", ratio=True)
# One round trip for the creates, three seconds, one for the list of all.
CREATE = Row("create 50 and wait, active after 3 s: s", "create", _of("seconds"), least=3.1, ratio=True)
CREATE_REQUESTS = Row("- requests for that", "create", _of("requests"), "{:.0f}", 6)
CROWDED_REQUESTS = Row("- requests among 10,000 other Droplets", "crowded", _of("requests"), "{:.0f}", 7)
LIMITED = Row("the same, active after 20 to 25 s, 250 requests a minute: s", "limited", _of("seconds"), "{:.1f}", 25.1)
REFUSED = Row("- requests refused", "limited", _of("refused"), "{:.0f}", 0)
IMPORT_ALONE = Row("import: ms", "import", _of("imported", 1000), "{:.0f}", ratio=True)
IMPORT = Row("- and client: ms", "import", _of("ready", 1000), "{:.0f}", ratio=True)
MODULES = Row("- modules", "import", _of("modules"), "{:.0f}")
FIRST = Row("first HTTPS call, process start included: ms", "first", _of("process", 1000), "{:.0f}", ratio=True)
INFO_CPU = Row("500 info calls over TLS, CPU: s", "infos", _of("cpu"), ratio=True)
INFO_TIME = Row("- time: s", "infos", _of("seconds"), ratio=True)
INFO_CONNECTIONS = Row("- connections", "infos", _of("connections"), "{:.0f}", 1)
#: Lists in detail: the same job from APIs that answer faster and slower, and over TLS.
LISTS = (
    Row("10 ms a response: s", "list, 10 ms", _of("seconds"), least=least_list(0.01)),
    Row("50 ms: s", "list", _of("seconds"), least=LEAST_LIST),
    Row("- CPU: s", "list", _of("cpu")),
    Row("- peak memory of the process: MB", "list", _of("peak"), "{:.0f}"),
    Row("50 ms, over TLS: s", "list, TLS", _of("seconds"), least=LEAST_LIST),
    Row("- CPU: s", "list, TLS", _of("cpu")),
    Row("- connections, each with a handshake", "list, TLS", _of("connections"), "{:.0f}"),
    Row("200 ms: s", "list, 200 ms", _of("seconds"), least=least_list(0.2)),
    Row("`each()` over 100,000: peak memory of the process: MB", "each", _of("peak"), "{:.0f}"),
)
#: Of this library alone, so not in the table.
MACHINERY = Row("machinery of an operation: µs", "machinery", _of("microseconds"))

ROWS = (
    LIST, LIST_CPU, LIST_PEAK, CREATE, CREATE_REQUESTS, CROWDED_REQUESTS, LIMITED, REFUSED, IMPORT_ALONE,
    IMPORT, MODULES, FIRST, INFO_CPU, INFO_TIME, INFO_CONNECTIONS,
)  # fmt: skip
