"""The programs in `examples` run, and print what happens when it happens."""

from __future__ import annotations

import subprocess
import sys

from .docs_blocks import ROOT


def test_output_of_fleet_is_in_order_with_its_progress() -> None:
    """In a pipe too, where Python would keep lines back."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "fleet.py")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    marks = ["Creating 3 Droplets", "create ", "The Droplets of that tag", "power_off", "Left of them: 0"]
    places = [done.stdout.find(mark) for mark in marks]
    assert -1 not in places, done.stdout
    assert places == sorted(places), done.stdout
