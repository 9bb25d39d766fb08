"""Measures this library and its peers side by side: the same jobs, in rounds, against a server of its own.

    make bench [ROUNDS=n] [ARGS=--write]

Prints the tables that docs/benchmarks.md holds. `--write` writes them there, and the short one into the README.

A ratio is that of two runs of the same round, and what is shown is the middle one of all rounds: a machine that is
busy makes both runs slow, and numbers of different days must not be set against each other.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import others
import report
import starts
from contenders import HERE, OURS, PEERS, Contender
from jobs import JOBS, Found, Job, Servers, servers
from machinery import machinery
from rows import MACHINERY, Measured

#: What was found: by job and contender, one for each round.
Results = dict[tuple[str, str], list[Found]]


def rounds(count: int, where: Servers) -> Results:
    """All jobs, all contenders, in turn; who is first changes from round to round."""
    results: Results = {}
    for number in range(count):
        for job in JOBS:
            turn = number % len(job.among)
            if job.once and number == 0:
                _say(f"{job.name}, side by side")
                _side_by_side(job, where, results)
            elif not job.once:
                _say(f"round {number + 1} of {count}: {job.name}")
                for contender in (*job.among[turn:], *job.among[:turn]):
                    results.setdefault((job.name, contender.label), []).append(where.run(job, contender))
    return results


def _side_by_side(job: Job, where: Servers, results: Results) -> None:
    with ThreadPoolExecutor(len(job.among)) as threads:
        for contender, found in zip(job.among, threads.map(lambda one: where.run(job, one), job.among), strict=True):
            results[job.name, contender.label] = [found]


def installed(contender: Contender) -> dict[str, float | str]:
    """What a contender brings into an environment."""
    command = [contender.python, str(HERE / "programs" / "installed.py"), contender.package]
    found: dict[str, float | str] = json.loads(subprocess.check_output(command, text=True))
    return found


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {what}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, print, and write if that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how often each job is done (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and the README's table")
    options = parser.parse_args()
    prism = others.prepared()
    with servers() as where:
        results = rounds(options.rounds, where)
        _say("starts")
        started = starts.measure(where)
    results[MACHINERY.job, OURS.label] = [{"microseconds": machinery()}]
    weights = {one.label: installed(one) for one in (OURS, *PEERS)}
    _say("the simulator, and Prism")
    page = report.page(Measured(results, weights, started, options.rounds), others.simulators(prism))
    print(page)
    if options.write:
        report.write(page, report.summary(results, weights))


if __name__ == "__main__":
    main()
