"""Types are an API: what must be refused is refused, by both type checkers. (`make types` holds what must pass.)"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from doboto import DO
from doboto._client.resources import Resources, resource

ROOT = Path(__file__).parents[1]
BAD = ROOT / "tests" / "typing" / "bad.py"
CHECKERS = {
    "mypy": ([sys.executable, "-m", "mypy", "--strict", "--no-error-summary"], r"bad\.py:(\d+): error"),
    "pyright": ([sys.executable, "-m", "pyright", "--level", "error"], r"bad\.py:(\d+):\d+ - error"),
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_what_must_be_refused_is_refused(checker: str) -> None:
    command, pattern = CHECKERS[checker]
    done = subprocess.run([*command, str(BAD)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    lines = BAD.read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if "# BAD" in line}
    refused = {int(number) for number in re.findall(pattern, done.stdout)}
    assert len(marked) >= 30, done.stderr
    assert [lines[number - 1] for number in sorted(marked ^ refused)] == []
    assert done.stdout.count('"imgae"') >= 2  # both annotated plans name the key


def test_every_operation_has_a_line_of_its_own() -> None:
    checked = "".join((ROOT / "tests" / "typing" / name).read_text(encoding="utf-8") for name in ("ok.py", "every.py"))
    kinds = {name: getattr(DO, name) for name, value in vars(Resources).items() if isinstance(value, resource)}
    operations = [
        f".{name}.{operation}(" for name, kind in kinds.items() for operation in dir(kind) if operation[0] != "_"
    ]
    assert len(operations) > 200
    assert [operation for operation in operations if operation not in checked] == []
