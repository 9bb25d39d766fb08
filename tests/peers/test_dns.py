"""Programs that keep domain records, unchanged but for the base URL: certbot's plugin, octoDNS and Lexicon."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from doboto.sim import InstantClock, Simulator

HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / ".peers" / "dns" / "bin" / "python"


@dataclass(frozen=True)
class Program:
    """A published program, and the refusals that it meets on its way."""

    package: str
    version: str
    refusals: tuple[tuple[str, str, int], ...] = ()


PROGRAMS = {
    "dns_certbot": Program("certbot-dns-digitalocean", "5.8.0"),
    # It asks for the zone before it creates it.
    "dns_octodns": Program(
        "octodns-digitalocean",
        "1.0.1",
        (("GET", "/v2/domains/example.com/records", 404), ("GET", "/v2/domains/example.com", 404)),
    ),
    "dns_lexicon": Program("dns-lexicon", "3.25.2"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_keeps_records(name: str) -> None:
    simulator = Simulator(InstantClock())
    with simulator.serve() as server:
        done = subprocess.run(
            [str(PYTHON), str(HERE / "programs" / f"{name}.py")],
            env={
                "PATH": os.environ["PATH"],
                "DO_TOKEN": "peer",
                "DO_URL": server.url,
                "DIGITALOCEAN_END_POINT": f"{server.url}/",
            },
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == (HERE / "expected" / f"{name}.txt").read_text(encoding="utf-8")
    refused = [
        (one.method, one.path, one.status) for one in simulator.requests if one.status is None or one.status >= 300
    ]
    assert refused == list(PROGRAMS[name].refusals)


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_the_programs_are_the_published_ones(program: Program) -> None:
    asks = f"import importlib.metadata; print(importlib.metadata.version('{program.package}'))"
    done = subprocess.run([str(PYTHON), "-I", "-c", asks], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.strip() == program.version
