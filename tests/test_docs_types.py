"""The examples of the documentation pass the type checkers that its readers use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .docs_blocks import OF_TESTS, PAGES, ROOT, blocks

CHECKERS = {
    "mypy": [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"],
    "pyright": [sys.executable, "-m", "pyright", "--level", "error", "--pythonpath", sys.executable],
}


def program(page: Path) -> str:
    """Return a page's code as one program whose lines have the numbers that they have on the page."""
    lines: list[str] = []
    for block in blocks(page, "python"):
        lines += [""] * (block.line - len(lines)) + block.code.splitlines()
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("checker", CHECKERS)
def test_examples_pass_type_checkers(checker: str, tmp_path: Path) -> None:
    programs = {page: program(page) for page in PAGES if page != OF_TESTS and blocks(page, "python")}
    for page, text in programs.items():
        name = page.relative_to(ROOT).with_suffix(".py").as_posix().replace("/", "_").replace("-", "_")
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [*CHECKERS[checker], *map(str, sorted(tmp_path.iterdir()))], cwd=tmp_path,
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    errors = [line for line in done.stdout.splitlines() if "error:" in line or " - error" in line]
    assert (errors, done.returncode) == ([], 0), done.stderr
