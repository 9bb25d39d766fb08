"""The reference of the command line is what the commands say; the commands on the pages exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from doboto.cli.errors import EXITS
from doboto.cli.tree import root

from ..docs_blocks import PAGES

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "cli.md").read_text(encoding="utf-8")
LINES = sorted(
    {
        line.replace("\\\n", " ").rstrip("& ")
        for page in PAGES
        for line in re.findall(r"^\$ (?:sudo )?(doboto (?:.*\\\n)*.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
)


def test_the_reference_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, DOCS.parent / "scripts" / "cli_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("line", LINES)
def test_every_command_line_of_the_pages_is_understood(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parsed as it stands, but not run."""
    monkeypatch.setenv("HOME", str(tmp_path))
    key = tmp_path / ".ssh" / "id_ed25519.pub"
    key.parent.mkdir()
    key.write_text("ssh-ed25519 AAAA me@laptop", encoding="utf-8")
    line = os.path.expandvars(line)
    words = shlex.split(line.partition(" | ")[0].partition(" > ")[0], comments=True)[1:]
    context = root.make_context("doboto", list(words), resilient_parsing=False)
    rest = [*context._protected_args, *context.args]
    command: click.Command = root
    while isinstance(command, click.Group) and rest:
        found = command.get_command(context, rest[0])
        assert found is not None, rest
        command = found
        context = command.make_context(rest[0], rest[1:], parent=context)
        rest = [*context._protected_args, *context.args]
    assert rest == []


def test_every_option_of_the_comparison_exists() -> None:
    words = (DOCS.parent / "src/doboto/cli/words.tsv").read_text(encoding="utf-8").splitlines()
    known = {line.split("\t")[1] for line in words}
    rows = [line.split(" | ") for line in (DOCS / "cli-compared.md").read_text(encoding="utf-8").splitlines()]
    ours = [row[1] for row in rows if row[0].startswith("|") and len(row) > 3]
    assert len(ours) > 50
    assert {flag for cell in ours for flag in re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", cell)} - known == set()


def test_there_are_lines_on_the_pages() -> None:
    assert len(LINES) > 50


def test_every_exit_code_is_in_the_guide() -> None:
    for one in EXITS:
        assert f"| {one.code} | `{one.name}` | {one.meaning} |" in GUIDE


def test_every_screenshot_is_there_and_small() -> None:
    shown = re.findall(r"!\[[^]]*\]\((screens/[^)]+)\)", GUIDE)
    assert len(shown) >= 4
    for name in shown:
        assert 1000 < (DOCS / name).stat().st_size < 100_000
