"""The page "Testing your own code": every example runs, and what it lists is what there is."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest_doboto

from .inner import run_pytest

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def file_name(number: int, block: str) -> str:
    named = re.match(r"# (\w+\.py)\n", block)
    return named[1] if named else f"test_block_{number}.py"


def functions_in(block: str) -> list[str]:
    names = [node.name for node in ast.walk(ast.parse(block)) if isinstance(node, ast.FunctionDef)]
    return [name for name in names if name.startswith("test_")]


def test_every_example_runs(tmp_path: Path) -> None:
    files = {file_name(number, block): block for number, block in enumerate(blocks("python"), 1)}
    tests = [name for block in files.values() for name in functions_in(block)]
    assert len(tests) >= 9
    run = run_pytest(tmp_path, files, "--import-mode=prepend")
    assert run.outcomes == {"passed": len(tests)}, run.output


def test_the_setting_is_one_that_pytest_knows(tmp_path: Path) -> None:
    (block,) = blocks("toml")
    assert tomllib.loads(block)["tool"]["pytest"]["ini_options"] == {"doboto_real_api": True}
    files = {"pyproject.toml": block, "test_nothing.py": "def test_nothing(): pass"}
    assert run_pytest(tmp_path, files, "--strict-config").outcomes == {"passed": 1}


def test_the_table_lists_every_fixture() -> None:
    fixtures = {name for name in vars(pytest_doboto) if name.startswith("doboto_")}
    assert set(re.findall(r"^\| `(doboto_\w+)` \|", PAGE, re.MULTILINE)) == fixtures
