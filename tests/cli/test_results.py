"""Results of every shape, in every format; columns; a part of a result; a result that can't be printed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from doboto.cli.options import FORMATS, Settings
from doboto.cli.output import printed

from .conftest import NEW, PROGRAM, Doboto

SHAPES: tuple[Any, ...] = (
    None, 7, 1.5, "text", True, [1, "a", None], [["a", 1], ["b"]], {}, {"id": 7}, [], [{"id": 7}, {"id": 8}],
    {"active": [{"id": 7}], "off": [{"id": 8}]},
)  # fmt: skip


@pytest.mark.parametrize("value", SHAPES, ids=json.dumps)
@pytest.mark.parametrize("output", FORMATS)
def test_every_format_takes_every_shape(output: str, value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    printed(value, None, Settings(output=output))
    out = capsys.readouterr().out
    if output == "json":
        assert json.loads(out) == value
    elif output == "yaml":
        assert yaml.safe_load(out) == value
    elif output == "jsonl":
        assert [json.loads(line) for line in out.splitlines()] == (value if isinstance(value, list) else [value])
    else:
        assert ("7" in out) is ("7" in json.dumps(value))
        assert out == "" or out.strip()


def test_bare_values_are_lines_of_csv(capsys: pytest.CaptureFixture[str]) -> None:
    for value, wanted in ((None, []), (7, [["7"]]), (["a,b", 1], [["a,b"], ["1"]]), ([["a", 1]], [["a", "1"]])):
        printed(value, None, Settings(output="csv"))
        assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == wanted


def test_a_destroy_in_csv_takes_effect_and_prints_nothing(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    assert simulated.ok("-q", "droplet", "destroy", "web", "--yes", "-o", "csv").out == ""


def test_a_misspelt_column_is_wrong_usage_before_anything_is_sent(doboto: Doboto) -> None:
    """Without a token: nothing can have been sent."""
    message = doboto.refused(2, "usage", "droplet", "list", "--columns", "id,nmae")["message"]
    assert message.startswith("no column 'nmae'")
    assert "did you mean name" in message


@pytest.mark.parametrize("columns", ["public_ipv4", "vcpus", "region.slug", "nmae || name"])
def test_columns_members_and_expressions_are_no_typing_errors(simulated: Doboto, columns: str) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    assert simulated.ok("droplet", "list", "--columns", columns, "--no-header").out.strip() not in {"", "-"}


def test_what_was_done_is_printed_before_the_error(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    done = simulated("-o", "json", "droplet", "power-off", "web", "404")
    assert (done.code, [one["type"] for one in done.json]) == (9, ["power_off"])
    assert done.error["failed"][0]["target"] == "404"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_result_that_can_not_be_printed_is_an_error_in_a_line(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    for where in (">/dev/full", ">&-"):
        line = f"{PROGRAM} droplet list {where}"
        done = subprocess.run(
            ["sh", "-c", line], env=simulated.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stderr.startswith("doboto: ")
        assert "internal" not in done.stderr
        assert len(done.stderr.splitlines()) == 1
