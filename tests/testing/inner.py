"""Runs pytest as somebody else's project would: in a folder and a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """How it ended."""

    code: int
    output: str

    @property
    def outcomes(self) -> dict[str, int]:
        """How many passed, failed..."""
        (summary,) = re.findall(r"^(?:\x1b\[\d+m)*(\d+ .+) in [\d.]+s", self.output, re.MULTILINE)
        return {name: int(number) for number, name in re.findall(r"(\d+) (\w+)", summary)}


def run_pytest(folder: Path, files: Mapping[str, str], *options: str) -> Run:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return Run(done.returncode, done.stdout + done.stderr)
