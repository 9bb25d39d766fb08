"""The long campaign: `make campaign`, or `python -m tests.campaign --seed 7 --creates 10000`."""

from __future__ import annotations

import argparse
import logging
import sys

from .campaign import ROUNDS, Report, Scale, run
from .verdict import NONE, Verdict


def main() -> int:
    """Run it, print its figures; 1 if the account holds anything that the callers do not know."""
    usual = Scale()
    parser = argparse.ArgumentParser(prog="campaign", description="Creates under every fault, over real sockets.")
    parser.add_argument("--seed", type=int, default=1, help="what calls and faults are drawn from")
    parser.add_argument("--creates", type=int, default=usual.creates, help="how many calls")
    parser.add_argument("--width", type=int, default=usual.width, help="callers of each kind of client")
    parser.add_argument("--speed", type=float, default=usual.speed, help="how fast time runs")
    parser.add_argument("--kind", action="append", choices=ROUNDS, help="rounds of this kind alone; may be repeated")
    chosen = parser.parse_args()
    logging.getLogger("doboto").addHandler(logging.NullHandler())
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    print(f"campaign: seed {chosen.seed}, {chosen.creates} creates", flush=True)
    scale = Scale(chosen.creates, width=chosen.width, speed=chosen.speed, kinds=chosen.kind or usual.kinds)
    report = run(chosen.seed, scale, show_round)
    show(report)
    return 1 if report.verdict.problems else 0


def show_round(kind: str, verdict: Verdict) -> None:
    """Print how a round went."""
    print(f"{kind}: {verdict.figures['calls']} calls, {len(verdict.problems)} problems", flush=True)


def show(report: Report) -> None:
    """Print the figures."""
    for fault, count in sorted(report.triggered.items()):
        print(f"{count:8}  {fault}")
    print(f"{sum(report.triggered.values()):8}  faults in all")
    for kind, verdict in {**report.verdicts, "all": report.verdict}.items():
        print(f"\n{kind}")
        for figure, count in sorted(verdict.figures.items()):
            print(f"{count:8}  {figure}")
        for name in NONE:
            print(f"{len(getattr(verdict, name)):8}  {name}")
    print(f"{report.requests:8}  requests\n{report.seconds:8.0f}  seconds\n")
    for problem in report.verdict.problems[:200]:
        print(problem)


if __name__ == "__main__":
    sys.exit(main())
