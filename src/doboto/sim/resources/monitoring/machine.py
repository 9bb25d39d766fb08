"""A Droplet as its metrics agent sees it: what each metric is at a moment, as a table by name.

CPU time and bandwidth are seen from outside; memory, load and file systems only by the metrics agent, which a Droplet
has with `monitoring` (`nanovms/ops#1583`). That the API says the same by an empty result is unverified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ... import catalog
from ...engine.account import Account
from ...engine.records import Record
from .load import Curve, curve
from .uptime import Span, span_at, spans

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
class Machine:
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
        """A value of boot time and moment, or nothing while the Droplet was off."""
        span = span_at(self.ran, moment)
        return None if span is None else value(span[0], moment)


def machine(account: Account, droplet: Record, until: float) -> Machine:
    """The machine behind a Droplet."""
    size, number = catalog.size(droplet["size_slug"]) or {}, droplet["id"]
    return Machine(
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


def cpu_seconds(machine: Machine, mode: str, boot: float, moment: float) -> float:
    """Seconds that all CPUs together have spent in a mode since boot."""
    busy = machine.vcpus * machine.cpu.total(boot, moment)
    return busy * MODES[mode] if mode in MODES else machine.vcpus * (moment - boot) - busy


def bandwidth(machine: Machine, interface: str, direction: str, moment: float) -> float:
    """Megabits per second."""
    return BANDWIDTH[interface, direction] * machine.traffic.at(moment)


def _load(minutes: int) -> Callable[[Machine, float, float], float]:
    def load(machine: Machine, boot: float, moment: float) -> float:
        return machine.vcpus * machine.cpu.average(max(boot, moment - 60 * minutes), moment)

    return load


def _memory(part: Callable[[float], float]) -> Callable[[Machine, float, float], float]:
    def memory(machine: Machine, _boot: float, moment: float) -> float:
        return machine.memory * part(1 - machine.used_memory.at(moment))

    return memory


def _disk_free(machine: Machine, _boot: float, moment: float) -> float:
    return machine.disk * (1 - machine.used_disk.at(moment))


#: Metrics that are one number: how to get it, and digits after the point.
AGENT_METRICS: dict[str, tuple[Callable[[Machine, float, float], float], int]] = {
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
