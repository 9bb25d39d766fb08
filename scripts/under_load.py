"""Run a command while other processes keep every core busy; what passes then does not depend on a quiet machine.

python scripts/under_load.py make tests
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator


def spin() -> None:
    """Keep one core busy until the process is ended."""
    while True:
        pass


@contextlib.contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep that many cores busy while the context lasts."""
    spinning = [multiprocessing.Process(target=spin, daemon=True) for _ in range(processes)]
    for process in spinning:
        process.start()
    try:
        yield
    finally:
        for process in spinning:
            process.kill()


if __name__ == "__main__":
    with load(os.cpu_count() or 1):
        sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)
