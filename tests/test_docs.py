"""The documentation is correct: its code runs, its links resolve, its generated parts are up to date."""

from __future__ import annotations

import json
import logging
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doboto._client.resources import Resources, resource
from doboto.sim import Simulator

from .docs_blocks import OF_TESTS, PAGES, ROOT, blocks

SIMULATOR = ROOT / "docs" / "simulator.md"
PROGRAMS = [page for page in PAGES if page != OF_TESTS and blocks(page, "python")]


@pytest.fixture(autouse=True)
def logger_as_it_was() -> Iterator[None]:
    """Pages set up the log; other tests count what a call costs without it."""
    log = logging.getLogger("doboto")
    level, handlers = log.level, [*log.handlers]
    yield
    log.setLevel(level)
    log.handlers[:] = handlers


@pytest.mark.parametrize("page", PROGRAMS, ids=lambda page: page.name)
def test_the_code_runs_from_top_to_bottom(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "documentation"}
    for block in blocks(page, "python"):
        block.run(namespace)


EXAMPLES = ROOT / "docs" / "reference" / "examples"
RESOURCES = [name for name, value in vars(Resources).items() if isinstance(value, resource)]


@pytest.mark.parametrize("name", RESOURCES)
def test_each_resource_has_an_example_that_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    program = EXAMPLES / f"{name}.py"
    assert f"do.{name}." in program.read_text(encoding="utf-8")
    runpy.run_path(str(program))
    capsys.readouterr()


def test_there_is_code_to_run() -> None:
    assert {"README.md", "simulator.md"} <= {page.name for page in PROGRAMS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert broken == []


def test_the_example_of_a_file_of_faults_can_be_loaded(tmp_path: Path) -> None:
    (block,) = blocks(SIMULATOR, "json")
    file = tmp_path / "faults.json"
    file.write_text(block.code, encoding="utf-8")
    assert len(Simulator().faults.load(file)) == len(json.loads(block.code))


# -- generated parts


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "generate.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


def test_generated_parts_are_up_to_date() -> None:
    done = generate("--check")
    assert done.returncode == 0, done.stderr


def test_parts_that_are_out_of_date_are_found_and_rewritten(tmp_path: Path) -> None:
    page, right = tmp_path / "simulator.md", SIMULATOR.read_text(encoding="utf-8")
    wrong = right
    for known in ("| `droplet_limit` =", "| `/v2/droplets` |", "| `--port PORT` |", "| `drop` |"):
        assert right.count(known) == 1, known
        wrong = wrong.replace(known, "| something else |")
    page.write_text(wrong, encoding="utf-8")
    assert generate("--check", str(page)).returncode == 1
    assert generate(str(page)).returncode == 0
    assert page.read_text(encoding="utf-8") == right


def test_the_table_of_operations_is_the_documents(openapi: dict[str, Any]) -> None:
    methods = ("get", "post", "put", "patch", "delete")
    rows = re.findall(r"^\| `(/v2/[^`]+)` \| ([A-Z ]+) \|$", SIMULATOR.read_text(encoding="utf-8"), re.MULTILINE)
    wanted = {path: {one.upper() for one in methods if one in item} for path, item in openapi["paths"].items()}
    assert {path: set(listed.split()) for path, listed in rows} == wanted
