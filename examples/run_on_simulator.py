"""Run a program against a simulated account: its token and URL come from the environment.

python examples/run_on_simulator.py examples/doboto_06.py
"""

from __future__ import annotations

import os
import runpy
import sys

from doboto.sim import RealClock, Simulator


def main() -> None:
    with Simulator(clock=RealClock(speed=50)).serve() as server:
        os.environ.update(DO_API_TOKEN="any-text", DO_API_URL=server.url, DO_POLL="0.1")
        sys.argv = sys.argv[1:]
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
