"""The same creates under the same faults by each client: `make campaign-peers`.

Every call has names of its own, ten at most, which is what one request of the API takes; no call waits.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from doboto import DO, AsyncDO, Limiter
from doboto.sim import Simulator
from doboto.sim.http.peers import Server
from doboto.simulated import SimulatedClock

from .callers import Outcome, tasks, threads
from .campaign import READ_TIMEOUT, Scale, drain, simulator
from .plan import Ask, asks_for_droplets, faults
from .verdict import Verdict, judge
from .witness import Witness, triggered

HERE = Path(__file__).parent
TOKEN = "side-by-side"
Crowd = Callable[[Simulator, Server, Sequence[Ask], int], list[Outcome]]
#: A row's name, and what to count.
ROWS: dict[str, Callable[[Verdict], int]] = {
    "calls of create": lambda found: found.figures["calls"],
    "Droplets asked for": lambda found: found.figures["asked for"],
    "requests sent": lambda found: found.figures["requests to create"],
    "responses lost": lambda found: found.figures["responses lost"],
    "calls that returned their Droplets": lambda found: found.figures["outcome returned"],
    "calls that raised": lambda found: found.figures["calls"] - found.figures["outcome returned"],
    "Droplets made": lambda found: found.figures["made"],
    "**Droplets beyond those asked for (duplicates)**": lambda found: found.extra,
    "**Droplets unknown to every caller**": lambda found: len(found.unknown),
}


def blocking(sim: Simulator, server: Server, calls: Sequence[Ask], width: int) -> list[Outcome]:
    """DO, in threads."""
    with DO(TOKEN, server.url, **_settings(sim, server, width)) as client:
        return threads(client, calls, width)


def asynchronous(sim: Simulator, server: Server, calls: Sequence[Ask], width: int) -> list[Outcome]:
    """AsyncDO, in tasks."""

    async def run() -> list[Outcome]:
        async with AsyncDO(TOKEN, server.url, **_settings(sim, server, width)) as client:
            return await tasks(client, calls, width)

    return asyncio.run(run())


def pydo(python: Path) -> Crowd:
    """pydo, in threads of a process of its own."""

    def run(sim: Simulator, server: Server, calls: Sequence[Ask], width: int) -> list[Outcome]:
        job = {
            "origin": server.origin, "ca": str(server.ca_file), "token": TOKEN, "width": width,
            "read_timeout": READ_TIMEOUT, "asks": [(ask.number, ask.attributes) for ask in calls],
        }  # fmt: skip
        done = subprocess.run(
            [python, HERE / "pydo_creates.py"], input=json.dumps(job), capture_output=True, text=True, check=True
        )
        found = [json.loads(line) for line in done.stdout.splitlines()]
        return [
            Outcome(ask, _with_text_ids(one.get("droplets", [])), Exception(one["error"]) if "error" in one else None)
            for ask, one in zip(calls, found, strict=True)
        ]

    return run


def measured(crowd: Crowd, seed: int, scale: Scale) -> tuple[Verdict, int]:
    """What came of a crowd's creates, and how many faults were triggered."""
    sim = simulator(scale.speed)
    witness = Witness(sim, scale.late)
    witness.load(faults(seed, scale.late))
    calls = [*asks_for_droplets(range(scale.creates), seed, alike=False, most=10, waiting=0)]
    with sim.serve(tls=True) as server:
        outcomes = crowd(sim, server, calls, scale.width)
        drain(sim, witness)
    return judge(outcomes, witness.of(sim.account(TOKEN).name)), sum(triggered(witness).values())


def _with_text_ids(droplets: list[Any]) -> list[Any]:
    return [{**droplet, "id": str(droplet["id"])} for droplet in droplets]


def _settings(sim: Simulator, server: Server, width: int) -> dict[str, object]:
    return {
        "limiter": Limiter(per_minute=1_000_000), "clock": SimulatedClock(sim), "read_timeout": READ_TIMEOUT,
        "connections": width, "ca_file": str(server.ca_file),
    }  # fmt: skip


def main() -> None:
    """Run it and print the table in Markdown."""
    parser = argparse.ArgumentParser(prog="campaign-peers", description="The same creates and faults, by each client.")
    parser.add_argument("--seed", type=int, default=1, help="what calls and faults are drawn from")
    parser.add_argument("--creates", type=int, default=2000, help="calls of create for each client")
    parser.add_argument("--pydo", type=Path, required=True, help="the Python of an environment that has pydo")
    chosen = parser.parse_args()
    logging.getLogger("doboto").addHandler(logging.NullHandler())
    scale = Scale(chosen.creates, width=24)
    asked = [str(chosen.pydo), "-c", "from importlib.metadata import version; print(version('pydo'))"]
    release = f"pydo {subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()}"
    crowds = {f"DO {version('doboto')}": blocking, f"AsyncDO {version('doboto')}": asynchronous}
    columns = {
        name: measured(crowd, chosen.seed, scale) for name, crowd in {**crowds, release: pydo(chosen.pydo)}.items()
    }
    print(f"seed {chosen.seed}, Python {sys.version.split()[0]}\n")
    print(f"| | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    print(f"| faults that were triggered | {' | '.join(str(count) for _, count in columns.values())} |")
    for row, figure in ROWS.items():
        print(f"| {row} | {' | '.join(str(figure(found)) for found, _ in columns.values())} |")


if __name__ == "__main__":
    main()
