"""The command line. `main` is what the installed `doboto` runs; commands import what they need when they run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from .._version import VERSION
from . import sim
from .failure import Failure

#: Exit codes. 2 is argparse's own.
OK: Final = 0
FAILED: Final = 1
INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0 done, 1 failed (one line on stderr says why), 2 wrong usage."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except Failure as failure:
        print(f"doboto: {failure}", file=sys.stderr)  # noqa: T201 - what a command line does
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return OK


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(prog="doboto", description="DigitalOcean Droplets from the command line.")
    top.add_argument("--version", action="version", version=f"doboto {VERSION}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    sim.add_to(commands)
    return top
