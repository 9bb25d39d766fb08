"""On a terminal: tables in its width, colour, progress in place, questions, Ctrl-C, the live view."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from doboto import DO
from doboto.sim import ManualClock, Settings, Simulator
from doboto.sim.engine.lifecycle import DURATIONS

from .conftest import LONG, NEW, PROGRAM, SLOW_REBOOT, Doboto, same_as_kept

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are POSIX", allow_module_level=True)

import pty

from .terminal import Terminal


@pytest.fixture
def fleet(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "droplet", "create", "web-{01..03}", *NEW, "--tag", "env:prod", "--wait")
    simulated.ok("-q", "droplet", "power-off", "web-02", "--wait")
    return simulated


@pytest.mark.parametrize("width", [80, 140])
def test_a_table_has_the_terminals_width(fleet: Doboto, width: int) -> None:
    with Terminal(["droplet", "list"], fleet.environment, width) as terminal:
        assert terminal.end() == 0
        same_as_kept(f"list-{width}.txt", terminal.text + "\n")
        assert b"\x1b[32mactive" in terminal.raw


def test_long_names_do_not_push_the_rest_out(simulated: Doboto) -> None:
    """The widest columns are cut; ids, addresses and the like stay whole."""
    name = "a-rather-long-name-for-a-droplet.example.com"
    simulated.ok("-q", "droplet", "create", name, *NEW, "--tag", "env:production,team:platform", "--wait")
    with Terminal(["droplet", "list"], simulated.environment) as terminal:
        assert terminal.end() == 0
        same_as_kept("list-long.txt", terminal.text + "\n")


def test_no_color_means_none(fleet: Doboto) -> None:
    with Terminal(["droplet", "list"], {**fleet.environment, "NO_COLOR": "1"}) as terminal:
        assert terminal.end() == 0
        assert not re.search(rb"\x1b\[[0-9;]*3[0-7]m", terminal.raw)
        assert "active" in terminal.text


def test_progress_is_drawn_in_place_and_gone_at_the_end(simulated: Doboto) -> None:
    order = ["droplet", "create", "web-{1..2}", *NEW, "--wait"]
    with Terminal(order, {**simulated.environment, "DOBOTO_SIM_SPEED": "15"}) as terminal:
        terminal.read(lambda text: "0 of 2" in text)
        seen = terminal.read(lambda text: "status is new" in text)
        assert "created Droplet web-1 (480000000)" in seen
        assert re.search(r"web-1 \(480000000\) status is new", seen)
        assert terminal.end() == 0
        assert "status is new" not in terminal.text
        assert terminal.text.count("active") == 2


def test_several_calls_are_drawn_as_one(fleet: Doboto, slow: Path) -> None:
    order = ["droplet", "reboot", "web-01", "web-03", "--wait", "--poll", f"{SLOW_REBOOT / 3}", "--timeout", "10000"]
    with Terminal(order, {**fleet.environment, "DOBOTO_SIM_SPEED": f"{SLOW_REBOOT}"}, program=slow) as terminal:
        terminal.read(lambda text: "0 of 2" in text)
        seen = terminal.read(lambda text: text.count("reboot is running") == 2)
        assert re.search(r"^. web-0[13] \(48000000[02]\) reboot is running$", seen, re.MULTILINE)
        assert terminal.end() == 0
        assert terminal.text.count("completed") == 2


def test_a_closed_pipe_is_no_error(fleet: Doboto) -> None:
    line = f"{PROGRAM} droplet each -o jsonl | head -n 1"
    done = subprocess.run(["sh", "-c", line], env=fleet.environment, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["name"] == "web-01"
    assert done.stderr == ""


def test_a_pipe_that_is_closed_before_all_is_written_is_1_without_a_message(simulated: Doboto) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [PROGRAM, "size", "list", "-o", "json"],
        env=simulated.environment,
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_question_that_nobody_sees_is_not_asked(fleet: Doboto) -> None:
    """Somebody is at the keys, but standard error goes to a file."""
    ours, theirs = pty.openpty()
    os.write(ours, b"y\n")
    done = subprocess.run(
        [PROGRAM, "droplet", "destroy", "web-01"],
        env=fleet.environment, stdin=theirs, capture_output=True, text=True, check=False, timeout=LONG,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 5
    assert re.search(r"would affect web-01 \(480000000.*; pass --yes", done.stderr)
    assert len(fleet.ok("droplet", "list", "-o", "json").json) == 3


@pytest.mark.parametrize(("answer", "left"), [("y\n", 1), ("\n", 3), ("no\n", 3)])
def test_a_question_shows_what_it_is_about(fleet: Doboto, answer: str, left: int) -> None:
    with Terminal(["droplet", "destroy", "web-01", "web-02"], fleet.environment) as terminal:
        question = terminal.read(lambda text: "[y/N]" in text)
        for expected in ("web-01", "480000001", "env:prod", "nyc3", "$6/month", "all data on their disks"):
            assert expected in question
        terminal.type(answer)
        assert terminal.end() == (0 if left == 1 else 5)
    assert len(fleet.ok("droplet", "list", "-o", "json").json) == left


def test_a_question_names_an_own_image_as_it_was_given(fleet: Doboto) -> None:
    """Its id is what is sent."""
    fleet.ok("-q", "droplet", "snapshot-create", "web-01", "--snapshot-name", "golden", "--wait")
    with Terminal(["droplet", "rebuild", "web-01", "--image", "golden", "--wait"], fleet.environment) as terminal:
        assert "golden" in terminal.read(lambda text: "[y/N]" in text)
        terminal.type("y\n")
        assert terminal.end() == 0
    assert fleet.ok("droplet", "info", "web-01", "--query", "image.name").out == "golden\n"


def test_a_text_by_itself_does_not_steer_the_terminal(simulated: Doboto) -> None:
    """Its lines stay lines."""
    with Terminal(["size", "list", "--query", r'`"one\u001b[31m"`'], simulated.environment) as terminal:
        assert terminal.end() == 0
        assert terminal.text == "one?[31m"
    simulated.ok("-q", "domain", "create", "example.com")
    with Terminal(["domain", "info", "example.com", "--query", "zone_file"], simulated.environment) as terminal:
        assert terminal.end() == 0
        assert terminal.text.startswith("$ORIGIN example.com.\n")


def test_by_tag_all_are_listed_first(fleet: Doboto) -> None:
    with Terminal(["droplet", "destroy", "--tag", "env:prod"], fleet.environment) as terminal:
        question = terminal.read(lambda text: "[y/N]" in text)
        assert "Destroy ALL 3 Droplets with tag env:prod?" in question
        assert all(f"web-0{number}" in question for number in (1, 2, 3))
        terminal.type("y\n")
        assert terminal.end() == 0
    assert fleet.ok("droplet", "list", "-o", "json").json == []


def test_ctrl_c_says_what_goes_on_and_how_to_wait_for_it(simulated: Doboto) -> None:
    order = ["droplet", "create", "web", *NEW, "--wait"]
    with Terminal(order, {**simulated.environment, "DOBOTO_SIM_SPEED": "1"}, width=200) as terminal:
        terminal.read(lambda text: "created Droplet" in text)
        terminal.interrupt()
        assert terminal.end() == 130
        assert "doboto: interrupted" in terminal.text
        *lines, command = terminal.text.splitlines()
        assert " ".join(lines).endswith("To wait for what goes on:")
        assert command == "doboto droplet wait 480000000 --sim"
        assert "Traceback" not in terminal.text
    assert simulated.ok("-q", "droplet", "wait", "480000000", "-o", "json").json[0]["status"] == "active"


def test_ctrl_c_while_several_are_waited_for_ends_at_once(fleet: Doboto, slow: Path) -> None:
    order = [slow, "-o", "json", "droplet", "reboot", "web-01", "web-03", "--wait", "--poll", "1"]
    with subprocess.Popen(
        order, env={**fleet.environment, "DOBOTO_SIM_SPEED": "0.5"}, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        assert json.loads(running.stderr.readline())["event"] == "progress"
        running.send_signal(signal.SIGINT)
        _, rest = running.communicate(timeout=LONG)
    error = json.loads(rest.splitlines()[-1])["error"]
    assert (running.returncode, error["code"]) == (130, "interrupted")
    assert error["resume"] == "doboto droplet wait 480000000 480000002 --sim"
    assert error["pending"]


@pytest.mark.parametrize("width", [80, 140])
def test_watch_shows_the_account_and_q_ends_it(fleet: Doboto, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setitem(DURATIONS, "droplet.reboot", SLOW_REBOOT)
    fleet.ok("-q", "droplet", "reboot", "web-01")
    with Terminal(["watch", "--poll", "1"], fleet.environment, width) as terminal:
        seen = terminal.read(lambda text: "q quits" in text and "reboot" in text)
        assert "Droplets: 3, active: 2, actions running: 1" in seen
        assert "web-03" in seen
        assert fleet.ok("droplet", "list", "-o", "json").json, "the account is free between two looks"
        wait = ("--until", "idle", "--poll", SLOW_REBOOT, "--timeout", 10 * SLOW_REBOOT)
        fleet.ok("-q", "droplet", "wait", "web-01", *wait)
        terminal.type("\x1b[A")
        terminal.read(lambda text: "actions running: 0" in text)
        terminal.type("xq")
        assert terminal.end() == 0


@pytest.fixture
def forty(simulated: Doboto) -> dict[str, str]:
    """An account of forty Droplets, more than new ones may have; one is rebooted."""
    file = str(simulated.folder / "forty.db")
    names = [f"web-{number:02}" for number in range(1, 41)]
    settings = Settings(droplet_limit=40, durations={"droplet.reboot": SLOW_REBOOT})
    with (
        Simulator(ManualClock(time.time()), settings, state=file) as simulator,
        DO.simulated(simulator) as do,
    ):
        made = do.droplet.create(
            names=names, size="s-1vcpu-1gb", region="nyc3", image="ubuntu-24-04-x64", wait=True, poll=10
        )
        do.droplet.reboot(made[6]["id"])
    return {**simulated.environment, "DOBOTO_SIM_STATE": file, "DOBOTO_SIM_SPEED": "1"}


@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 10)])
def test_watch_fits_a_terminal_and_follows_its_size(forty: dict[str, str], width: int, height: int) -> None:
    with Terminal(["watch", "--poll", "600"], forty, width, height) as terminal:
        seen = terminal.read(lambda text: "q quits" in text).splitlines()
        assert seen[0] == "doboto watch  simulated account"
        assert seen[1] == "Droplets: 40, active: 40, actions running: 1"
        assert seen[-1].startswith("q quits")
        assert len(seen) == height
        assert [line.split()[:2] for line in seen if "reboot" in line] == [["reboot", "web-07"]]
        shown = sum(bool(re.match(r"\d+ +web-\d\d", line)) for line in seen)
        assert shown >= 3
        assert f"and {40 - shown} more Droplets" in seen
        terminal.resize(100, 60)
        seen = terminal.read(lambda text: "web-40" in text and "q quits" in text).splitlines()
        assert (len([line for line in seen if "nyc3" in line]), any("more" in line for line in seen)) == (41, False)
        terminal.resize(width, height)
        terminal.read(lambda text: f"and {40 - shown} more Droplets" in text and "q quits" in text)
        terminal.type("q")
        assert terminal.end() == 0


@pytest.mark.parametrize("width", [40, 80, 160])
def test_watch_says_since_when_and_why_it_is_not_updated(served: Doboto, doboto_server: Any, width: int) -> None:
    served.ok("-q", "droplet", "create", "web-01", *NEW)
    with Terminal(["watch", "--poll", "1"], served.environment, width, 14) as terminal:
        terminal.read(lambda text: "web-01" in text)
        fault = doboto_server.simulator.faults.add("status", status=503)
        seen = terminal.read(lambda text: "503 Service Unavailable" in " ".join(text.split()))
        assert "web-01" in seen, "what was seen last stays"
        terminal.read(lambda text: re.search(r"last\s+updated\s+([3-9]|\d\d+)\s+s ago: 503", text) is not None)
        doboto_server.simulator.faults.clear()
        terminal.read(lambda text: "updated" not in text)
        terminal.type("q")
        assert terminal.end() == 0
        assert fault


def test_watch_prints_once_without_a_terminal(fleet: Doboto) -> None:
    assert "web-03" in fleet.ok("watch").out


def test_in_a_pipe_nothing_is_cut_and_nothing_is_coloured(fleet: Doboto) -> None:
    out = fleet.as_process.ok("droplet", "list", COLUMNS="40").out
    assert "\x1b" not in out
    assert "ubuntu-24-04-x64" in out
