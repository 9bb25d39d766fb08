"""What it costs to start: whole processes, from the first instruction to the last, by the kernel's own accounting."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from contenders import FAST, HERE, OURS
from jobs import Servers
from rows import Starts

ROUNDS = 15
DROPLETS = 3
BIN = HERE.parent / ".peers" / FAST.environment / "bin"
PYTHON, DOBOTO = str(BIN / "python"), str(BIN / "doboto")


@dataclass(frozen=True)
class Start:
    """A program that starts, does little, and ends.

    Attributes:
        title: What it is.
        command: How it is run.
        until: What it prints on its last line when it has got so far; it is ended then. "" to let it end by itself.
    """

    title: str
    command: Sequence[str]
    until: str = ""


NOTHING = Start("`python -c pass`", (PYTHON, "-c", "pass"))
VERSION = Start("`doboto --version`", (DOBOTO, "--version"))
LIST = Start("`doboto droplet list` of three Droplets, over HTTP", (DOBOTO, "droplet", "list"))
STARTS = (
    NOTHING,
    Start("`import doboto`", (PYTHON, "-c", "import doboto")),
    VERSION,
    LIST,
    Start("`doboto sim`, until it listens", (DOBOTO, "sim", "--port", "0"), until="http://"),
)


def measure(servers: Servers) -> Starts:
    """All starts, in turn, in rounds; once before that, uncounted, so that files are in memory."""
    origin = servers.set_up(OURS, {"others": DROPLETS})
    found: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": home}
        environment |= {"DOBOTO_URL": f"{origin}/v2", "DIGITALOCEAN_TOKEN": OURS.program}
        for number in range(ROUNDS + 1):
            for start in STARTS:
                seconds = _run(start, environment)
                if number:
                    found.setdefault(start.title, []).append(seconds)
    return found


def _run(start: Start, environment: Mapping[str, str]) -> tuple[float, float]:
    began = time.perf_counter()
    with subprocess.Popen(start.command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if start.until and start.until in line.decode():
                process.terminate()
                break
        waited = time.perf_counter() - began
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not start.until:
        raise RuntimeError(f"{' '.join(start.command)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, waited


def ratio(found: Starts, start: Start) -> float:
    """How many times the CPU of `python -c pass`: the middle one of the rounds."""
    pairs = zip(found[start.title], found[NOTHING.title], strict=True)
    return median(ours / nothing for (ours, _), (nothing, _) in pairs)


def rows(found: Starts) -> list[list[str]]:
    """The lines of the table: CPU and time in milliseconds, and the ratio of the CPU."""
    return [
        [
            start.title,
            f"{median(cpu for cpu, _ in found[start.title]) * 1000:.0f}",
            f"{ratio(found, start):.1f}",
            f"{median(seconds for _, seconds in found[start.title]) * 1000:.0f}",
        ]
        for start in STARTS
    ]
