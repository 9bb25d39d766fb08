"""Metrics of Droplets, as the metrics agent sees them, in the form of a Prometheus matrix.

A Droplet that does not exist has no series; the reference knows no 404 for metrics. CPU time and bandwidth are seen
from outside; memory, load and file systems only by the agent, which a Droplet has with `monitoring`
(`nanovms/ops#1583`).
Without it the API answers 200 and an empty result, as a project that runs on a live account documents (2026-08); it
says so of CPU time, too, which is unverified.

How busy a Droplet is follows a curve that its id and the account's seed decide: a mean with a wave a day and a wave an
hour and a half long around it. It can be integrated over any time at once, so that averages (load over five minutes)
and counters (seconds of CPU since boot) match it and cost the same however long ago they began.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from .. import catalog
from ..engine import actions
from ..engine.account import Account
from ..engine.errors import unprocessable
from ..engine.fields import integer, read_required, text
from ..engine.lifecycle import DROPLET_ACTIONS
from ..engine.records import ACTION, DROPLET, Record, StoredAction, StoredDroplet
from ..http.messages import ApiCall
from ..http.routes import Handler, Operations

#: Shares of the time in which a CPU is busy, by the modes of the API reference's example; the rest is idle.
MODES = {"iowait": 0.05, "irq": 0.0, "nice": 0.05, "softirq": 0.02, "steal": 0.03, "system": 0.25, "user": 0.6}
#: Megabits per second of a Droplet that is wholly busy, by interface and direction.
BANDWIDTH = {
    ("public", "inbound"): 20.0,
    ("public", "outbound"): 60.0,
    ("private", "inbound"): 4.0,
    ("private", "outbound"): 4.0,
}
#: What the kernel keeps for itself, of memory; what a file system's own records take, of a disk.
KERNEL, RECORDS = 0.04, 0.03
#: The parts of unused memory that are cache, and of cache that can be had back.
CACHE, BACK = 0.6, 0.9


@dataclass(frozen=True, slots=True)
class DropletLoad:
    """One Droplet with its curves and the times at which it ran."""

    number: int
    vcpus: int
    memory: float
    disk: float
    cpu: Curve
    used_memory: Curve
    used_disk: Curve
    traffic: Curve
    ran: list[Span]

    def when_on(self, moment: float, value: Callable[[float, float], float]) -> float | None:
        """Return a value of boot time and moment, or nothing while the Droplet was off."""
        span = span_at(self.ran, moment)
        return None if span is None else value(span[0], moment)


def machine(account: Account, droplet: StoredDroplet, until: float) -> DropletLoad:
    """Return the machine behind a Droplet."""
    size, number = catalog.size_of(droplet["size_slug"]), droplet["id"]
    return DropletLoad(
        number=number,
        vcpus=size["vcpus"],
        memory=size["memory"] * 2**20 * (1 - KERNEL),
        disk=droplet["disk"] * 2**30 * (1 - RECORDS),
        cpu=curve(account, number, "cpu"),
        used_memory=curve(account, number, "memory"),
        used_disk=curve(account, number, "disk"),
        traffic=curve(account, number, "traffic"),
        ran=spans(account, number, until),
    )


def cpu_seconds(machine: DropletLoad, mode: str, boot: float, moment: float) -> float:
    """Return seconds that all CPUs together have spent in a mode since boot."""
    busy = machine.vcpus * machine.cpu.total(boot, moment)
    return busy * MODES[mode] if mode in MODES else machine.vcpus * (moment - boot) - busy


def bandwidth(machine: DropletLoad, interface: str, direction: str, moment: float) -> float:
    """Return megabits per second."""
    return BANDWIDTH[interface, direction] * machine.traffic.at(moment)


def _load(minutes: int) -> Callable[[DropletLoad, float, float], float]:
    def load(machine: DropletLoad, boot: float, moment: float) -> float:
        return machine.vcpus * machine.cpu.average(max(boot, moment - 60 * minutes), moment)

    return load


def _memory(part: Callable[[float], float]) -> Callable[[DropletLoad, float, float], float]:
    def memory(machine: DropletLoad, _boot: float, moment: float) -> float:
        return machine.memory * part(1 - machine.used_memory.at(moment))

    return memory


def _disk_free(machine: DropletLoad, _boot: float, moment: float) -> float:
    return machine.disk * (1 - machine.used_disk.at(moment))


#: Metrics that are one number: how to get it, and digits after the point.
AGENT_METRICS: dict[str, tuple[Callable[[DropletLoad, float, float], float], int]] = {
    "load_1": (_load(1), 2),
    "load_5": (_load(5), 2),
    "load_15": (_load(15), 2),
    "memory_total": (_memory(lambda _unused: 1.0), 0),
    "memory_free": (_memory(lambda unused: unused * (1 - CACHE)), 0),
    "memory_cached": (_memory(lambda unused: unused * CACHE), 0),
    "memory_available": (_memory(lambda unused: unused * (1 - CACHE + CACHE * BACK)), 0),
    "filesystem_size": (lambda machine, _boot, _moment: machine.disk, 0),
    "filesystem_free": (_disk_free, 0),
}
#: Labels beside `host_id` (API reference, example).
ROOT = {"device": "/dev/vda1", "fstype": "ext4", "mountpoint": "/"}
AGENT_LABELS: dict[str, dict[str, str]] = {"filesystem_size": ROOT, "filesystem_free": ROOT}


#: From one boot to the next, or to the end; counters of a machine start at 0 with each.
Span = tuple[float, float]


def spans(account: Account, droplet_id: int, until: float) -> list[Span]:
    """Return the times at which the Droplet ran, oldest first."""
    found: list[Span] = []
    booted: float | None = None
    for moment, on in _turns(account, droplet_id):
        if booted is not None:
            found.append((booted, moment))
        booted = moment if on else None
    return found if booted is None else [*found, (booted, until)]


def span_at(found: list[Span], moment: float) -> Span | None:
    """Return the span that a moment is in."""
    return next(((boot, end) for boot, end in reversed(found) if boot <= moment <= end), None)


def _turns(account: Account, droplet_id: int) -> Iterator[tuple[float, bool]]:
    # Every boot, also of a machine that was on, and every end of running.
    on = False
    for key in reversed(actions.of(account, "droplet", droplet_id)):
        action = account.get(ACTION, key)
        turned = _turn(account, action)
        ended = action["completed_at"]
        if turned is not None and ended is not None and not (on and action["type"] == "power_on"):
            on = turned
            yield datetime.fromisoformat(ended).timestamp(), on


def _turn(account: Account, action: StoredAction) -> bool | None:
    if action["status"] != "completed":
        return None
    type = action["type"]
    if type == "create":
        return True
    becomes = DROPLET_ACTIONS[type].becomes if type in DROPLET_ACTIONS else None
    if becomes is None or (type == "shutdown" and not account.settings.shutdown_succeeds):
        return None
    return becomes == "active"


DAY, SHORT = 86_400.0, 5_400.0
#: The waves' heights as parts of the mean, and the range of means: a curve stays above 0.06 and below 0.72.
DAILY, HOURLY = 0.4, 0.2
LOWEST, HIGHEST = 0.15, 0.45


@dataclass(frozen=True, slots=True)
class Curve:
    """A part of a whole, between 0 and 1, at every moment."""

    mean: float
    daily: float
    hourly: float

    def at(self, moment: float) -> float:
        """Return the value at a moment."""
        waves = DAILY * math.sin(_angle(moment, DAY, self.daily)) + HOURLY * math.sin(
            _angle(moment, SHORT, self.hourly)
        )
        return self.mean * (1 + waves)

    def total(self, since: float, until: float) -> float:
        """Return the area under the curve between two moments, in seconds."""
        waves = _area(since, until, DAY, self.daily, DAILY) + _area(since, until, SHORT, self.hourly, HOURLY)
        return self.mean * (until - since + waves)

    def average(self, since: float, until: float) -> float:
        """Return the mean between two moments."""
        return self.total(since, until) / (until - since) if until > since else self.at(until)


def curve(account: Account, droplet_id: int, name: str) -> Curve:
    """Return the named curve of a Droplet."""
    number = account.draw("load", name, str(droplet_id))
    mean, daily, hourly = ((number >> 32 * index & 0xFFFFFFFF) / 2**32 for index in range(3))
    return Curve(LOWEST + (HIGHEST - LOWEST) * mean, daily, hourly)


def _angle(moment: float, period: float, phase: float) -> float:
    return 2 * math.pi * (moment / period + phase)


def _area(since: float, until: float, period: float, phase: float, height: float) -> float:
    turned = math.cos(_angle(since, period, phase)) - math.cos(_angle(until, period, phase))
    return height * period / (2 * math.pi) * turned


OPERATIONS = Operations()

_PATH = "/v2/monitoring/metrics/droplet"


def _read_query(call: ApiCall) -> tuple[StoredDroplet | None, list[int]]:
    number = integer(read_required(call.query, "host_id", text))
    droplet = None if number is None else call.account.find(DROPLET, number)
    born = call.now if droplet is None else datetime.fromisoformat(droplet["created_at"]).timestamp()
    due = moments(call, born)
    return droplet, due


def _labels(one: DropletLoad, **others: str) -> dict[str, str]:
    return {**others, "host_id": str(one.number)}


@OPERATIONS("GET", f"{_PATH}/cpu", "monitoring:read")
def get_cpu(call: ApiCall) -> Record:
    """Return seconds in each mode since boot, all CPUs together."""
    droplet, due = _read_query(call)
    if droplet is None:
        return matrix([])
    one = machine(call.account, droplet, call.now)
    return matrix(_cpu(one, due, mode) for mode in ("idle", *MODES))


def _cpu(one: DropletLoad, due: list[int], mode: str) -> Record:
    def value(moment: int) -> float | None:
        return one.when_on(moment, lambda boot, at: cpu_seconds(one, mode, boot, at))

    return series(_labels(one, mode=mode), due, value, 2)


@OPERATIONS("GET", f"{_PATH}/bandwidth", "monitoring:read")
def get_bandwidth(call: ApiCall) -> Record:
    """Return megabits per second of one interface in one direction."""
    droplet, due = _read_query(call)
    interface, direction = (read_required(call.query, name, text) for name in ("interface", "direction"))
    if (interface, direction) not in BANDWIDTH:
        raise unprocessable("interface must be private or public, direction must be inbound or outbound")
    if droplet is None or not any(entry["type"] == interface for entry in droplet["networks"]["v4"]):
        return matrix([])
    one = machine(call.account, droplet, call.now)

    def value(moment: int) -> float | None:
        return one.when_on(moment, lambda _boot, at: bandwidth(one, interface, direction, at))

    return matrix([series(_labels(one, direction=direction, interface=interface), due, value)])


def _agent_metric(name: str) -> Handler:
    value_of, digits = AGENT_METRICS[name]

    def get_metric(call: ApiCall) -> Record:
        droplet, due = _read_query(call)
        if droplet is None or "monitoring" not in droplet["features"]:
            return matrix([])
        one = machine(call.account, droplet, call.now)

        def value(moment: int) -> float | None:
            return one.when_on(moment, lambda boot, at: value_of(one, boot, at))

        return matrix([series(_labels(one, **AGENT_LABELS.get(name, {})), due, value, digits)])

    return get_metric


for _name in AGENT_METRICS:
    OPERATIONS("GET", f"{_PATH}/{_name}", "monitoring:read")(_agent_metric(_name))


#: Seconds between samples (API reference, examples; the agent's default interval according to `nanovms/nanos#2007`).
STEP = 120
#: A window that would have more samples has them further apart. Unverified.
MOST = 720

Labels = Mapping[str, str]


def moments(call: ApiCall, born: float) -> list[int]:
    """Return when samples are due in the window that a request asks for, from a resource's birth to the present."""
    start, end = read_required(call.query, "start", integer), read_required(call.query, "end", integer)
    if end < start:
        raise unprocessable("end must not be before start")
    first, last = max(start, math.ceil(born)), min(end, math.floor(call.now))
    if first > last:
        return []
    step = STEP * max(-(-(last - first) // (STEP * MOST)), 1)
    return list(range(-(-first // step) * step, last + 1, step))


def series(
    labels: Labels, due: Iterable[int], value: Callable[[int], float | None], digits: int | None = None
) -> Record:
    """Return one labelled series of values as text, rounded to `digits`; moments without a value have no sample."""
    sampled = ((moment, value(moment)) for moment in due)
    values = [[moment, _format(found, digits)] for moment, found in sampled if found is not None]
    return {"metric": dict(labels), "values": values}


def matrix(found: Iterable[Record]) -> Record:
    """Return the whole answer: series that have samples."""
    result = [each for each in found if each["values"]]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


def _format(value: float, digits: int | None) -> str:
    return repr(value) if digits is None else f"{value:.{digits}f}"
