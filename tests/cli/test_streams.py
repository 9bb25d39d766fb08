"""Standard input, output and error that are closed, full or odd; arguments in another encoding; files behind `@`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .conftest import NEW, PROGRAM, Doboto

linux = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
RULE = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["::/0"]}}


def shell(account: Doboto, line: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """A line of sh in the account's folder, with `doboto` in it."""
    return subprocess.run(
        ["sh", "-c", line.replace("doboto", str(PROGRAM), 1)],
        env={**account.environment, **more}, cwd=account.folder, capture_output=True, check=False,
    )  # fmt: skip


@linux
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_named_where_the_version_is_printed(doboto: Doboto, unbuffered: str) -> None:
    done = shell(doboto, "doboto --version >/dev/full", PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "doboto: standard output takes no more, so the result can't be printed: No space left on device"
    ]


def test_completion_and_version_into_nothing_are_silent(doboto: Doboto) -> None:
    asked = {"_DOBOTO_COMPLETE": "bash_complete", "COMP_WORDS": "doboto vol", "COMP_CWORD": "1"}
    for variables in ({}, asked):
        done = shell(doboto, f"doboto {'' if variables else '--version'} >&-", **variables)
        assert b"Traceback" not in done.stderr


@linux
def test_a_result_is_printed_although_progress_can_not_be(simulated: Doboto) -> None:
    done = shell(simulated, "doboto -o json tag create blue 2>/dev/full")
    assert (done.returncode, json.loads(done.stdout)["name"]) == (0, "blue")
    done = shell(simulated, "doboto account cost 2>/dev/full")
    assert done.returncode == 0
    assert done.stdout


def test_arguments_are_utf8_whatever_the_locale(simulated: Doboto) -> None:
    ascii_locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = shell(simulated, "doboto -o json project create größe --purpose test", **ascii_locale)
    assert (done.returncode, json.loads(done.stdout)["name"]) == (0, "größe"), done.stderr
    done = shell(simulated, "doboto tag create $(printf '\\377')")
    assert done.returncode == 2
    assert b"the argument '\\udcff' is not in UTF-8" in done.stderr


def user_data(account: Doboto, text: str, **more: Any) -> str:
    order = ("droplet", "create", "web", *NEW, "--dry-run", "--user-data", text)
    message: str = account.refused(2, "usage", *order, **more)["message"]
    return message


def test_a_file_that_can_not_be_user_data_is_refused(simulated: Doboto) -> None:
    (simulated.folder / "binary").write_bytes(b"\x00\xff\xfe")
    (simulated.folder / "huge").write_text("x" * 4_000_001)
    told = {
        "@": "must follow @", "@binary": "cannot read binary: it is no text in UTF-8", "@huge": "huge is longer than",
        "@nope": "cannot read nope: No such file", "@.": "cannot read .: Is a directory",
        "-": "@- reads standard input",
    }  # fmt: skip
    for text, message in told.items():
        assert message in user_data(simulated, text)
    if Path("/dev/zero").exists():  # which has no end
        assert "/dev/zero is longer than" in user_data(simulated, "@/dev/zero")


def test_standard_input_is_read_by_one_option(doboto: Doboto) -> None:
    order = ("firewall", "create", "fw", "--inbound-rules", "@-", "--outbound-rules", "@-")
    message = doboto.refused(2, "usage", *order, stdin=json.dumps(RULE))["message"]
    assert "another option has read standard input" in message


def test_broken_files_say_where(doboto: Doboto) -> None:
    (doboto.folder / "rules").write_text('[{"protocol": "tcp"')
    order = ("firewall", "create", "fw", "--inbound-rules", "@rules")
    assert "neither JSON nor YAML: line 1, column 20: expected" in doboto.refused(2, "usage", *order)["message"]


def test_dates_in_yaml_stay_text(simulated: Doboto) -> None:
    (simulated.folder / "rules").write_text("protocol: tcp\nports: '22'\nsources: {tags: [2026-11-26]}\n")
    simulated.ok("-q", "tag", "create", "2026-11-26")
    made = simulated.ok("-q", "firewall", "create", "fw", "--inbound-rules", "@rules", "-o", "json").json
    assert made["inbound_rules"][0]["sources"]["tags"] == ["2026-11-26"]


def test_names_come_from_a_file_or_standard_input(simulated: Doboto) -> None:
    (simulated.folder / "names").write_text("web-1\n\n  web-2\n")
    simulated.ok("-q", "droplet", "create", "@names", *NEW)
    ids = simulated.ok("droplet", "wait", "@names", "--query", "[].id").out
    assert len(ids.split()) == 2
    assert simulated.ok("droplet", "info", "@-", "--query", "[].id", stdin=ids).out == ids
    (simulated.folder / "empty").write_text("\n")
    assert "empty input: empty" in simulated.refused(2, "usage", "droplet", "info", "@empty")["message"]
