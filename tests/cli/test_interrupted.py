"""Ctrl-C, SIGTERM and SIGHUP: what was done, what goes on, what may, and what was refused and why."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from doboto._core.response import Response
from doboto._io.clock import SystemClock
from doboto._io.protocol import Timeouts, WireRequest
from doboto.cli.accounts.simulated import LocalAccount
from doboto.cli.errors import TWICE, Signalled, handle_signals

from .conftest import LONG, NEW, PROGRAM, Doboto

FIRST = 480000000
UNANSWERED = "sent and not answered, so that it may have begun, for"


@pytest.fixture
def three(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "droplet", "create", "r-{1..3}", *NEW, "--wait")
    return simulated


def ctrl_c_in_the_first_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    def pause(account: LocalAccount, seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalAccount, "sleep", pause)


def ctrl_c_with_the_first_change(monkeypatch: pytest.MonkeyPatch) -> None:
    send = LocalAccount.send

    async def sent(account: LocalAccount, request: WireRequest, timeouts: Timeouts) -> Response:
        if request.method == "POST":
            raise KeyboardInterrupt
        return await send(account, request, timeouts)

    monkeypatch.setattr(LocalAccount, "send", sent)


def test_what_was_refused_is_told_with_its_reason(three: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    ctrl_c_in_the_first_pause(monkeypatch)
    error = three.refused(130, "interrupted", "-q", "droplet", "reboot", "r-1", "404", "r-2", "--wait")
    assert [(one["target"], one["code"]) for one in error["failed"]] == [("404", "not_found")]
    assert (error["done"], error["ids"]) == ([], [FIRST, FIRST + 1])
    assert error["resume"] == f"doboto droplet wait {FIRST} {FIRST + 1} --sim"
    assert f"goes on for r-1 ({FIRST}), r-2 ({FIRST + 1}); 1 of 3 failed: 404: " in error["message"]
    assert error["failed"][0]["message"] in error["message"]
    assert "unknown" not in error


def test_one_that_is_on_its_way_is_not_told_as_begun(three: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    ctrl_c_with_the_first_change(monkeypatch)
    error = three.refused(130, "interrupted", "-q", "droplet", "reboot", "r-1", "--wait")
    assert (error["unknown"], error["resume"]) == ([FIRST], f"doboto droplet wait {FIRST} --sim")
    assert f"interrupted: reboot {UNANSWERED} r-1 ({FIRST})." in error["message"]
    assert "goes on for" not in error["message"].replace("wait for what goes on", "")
    assert error.keys().isdisjoint({"ids", "pending", "failed"})


def test_a_create_that_is_on_its_way_tells_what_may_be_there(three: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    ctrl_c_with_the_first_change(monkeypatch)
    error = three.refused(130, "interrupted", "-q", "droplet", "create", "e-{01..12}", *NEW, "--wait")
    names = [f"e-{number:02}" for number in range(1, 13)]
    assert (error["unknown"], error["not_begun"]) == (names[:10], names[10:])
    assert f"requested, and possibly created: {', '.join(names[:5])} and 5 more" in error["message"]
    assert "not requested: e-11, e-12" in error["message"]
    assert error.keys().isdisjoint({"ids", "pending", "created"})


def test_a_look_that_is_interrupted_leaves_nothing_to_wait_for(three: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    async def sent(account: LocalAccount, request: WireRequest, timeouts: Timeouts) -> Response:
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalAccount, "send", sent)
    error = three.refused(130, "interrupted", "droplet", "info", FIRST)
    assert (error["message"], error.get("resume")) == ("interrupted", None)


def test_so_it_is_with_what_is_no_droplet(three: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    order = ("volume", "create", "data", "--size-gigabytes", 1, "--region", "nyc3", "-o", "json")
    volume = three.ok("-q", *order).json["id"]
    attach = ("-q", "volume", "attach", volume, "--droplet-id", FIRST, "--wait")
    with monkeypatch.context() as patched:
        ctrl_c_with_the_first_change(patched)
        error = three.refused(130, "interrupted", *attach)
    assert (error["unknown"], error["message"]) == ([volume], f"interrupted: {UNANSWERED} {volume}")
    ctrl_c_in_the_first_pause(monkeypatch)
    error = three.refused(130, "interrupted", *attach)
    assert list(error["pending"]) == [volume]
    assert "goes on in the simulated account" in error["message"]
    assert error["resume"].startswith("doboto action wait ")


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(
    ("number", "code", "name"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGHUP, 129, "hung_up")]
)
def test_other_signals_do_what_ctrl_c_does(three: Doboto, slow: Path, number: int, code: int, name: str) -> None:
    with waiting(three, slow) as running:
        running.send_signal(number)
        running.send_signal(number)  # at once: as `timeout` does, which is the same one
        _, rest = running.communicate(timeout=LONG)
    error = json.loads(rest.splitlines()[-1])["error"]
    assert (running.returncode, error["exit_code"], error["code"]) == (code, code, name)
    assert error["resume"] == f"doboto droplet wait {FIRST} {FIRST + 1} --sim"
    assert error["message"].startswith("interrupted: reboot goes on for r-1")


def waiting(account: Doboto, program: Path) -> subprocess.Popen[str]:
    """A command that waits, and has said so; signals that come within an hour are one."""
    patient = "import doboto.cli.errors as errors\nerrors.TWICE = 3600\n"
    patient += "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_DFL)\nsys.exit"  # else `nohup` has it ignored
    program.write_text(program.read_text(encoding="utf-8").replace("sys.exit", patient), encoding="utf-8")
    order = [program, "-o", "json", "droplet", "reboot", "r-1", "r-2", "--wait", "--poll", "1"]
    environment = {**account.environment, "DOBOTO_SIM_SPEED": "0.5"}
    running = subprocess.Popen(order, env=environment, cwd=account.folder, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    assert json.loads(running.stderr.readline())["event"] == "progress"
    return running


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_second_one_ends_it_whatever_it_still_does(tmp_path: Path) -> None:
    """It is told nothing then: the process is gone by that signal."""
    program = "import signal\nfrom doboto.cli.errors import handle_signals\n"
    program += "with handle_signals():\n  try:\n    print(flush=True); input()\n"
    program += "  except KeyboardInterrupt:\n    print(flush=True)\n    while True: signal.pause()"
    order = [sys.executable, "-c", program]
    with subprocess.Popen(order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path) as running:
        assert running.stdout is not None
        for _ in range(2):
            assert running.stdout.readline() == b"\n"
            running.send_signal(signal.SIGTERM)
        while running.poll() is None:  # the same one till half a second is over
            running.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(TWICE)
    # By the second SIGTERM where a busy machine was too slow for the two to be one.
    assert running.returncode in (-signal.SIGINT, -signal.SIGTERM)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_signal_that_is_ignored_stays_so(three: Doboto) -> None:
    """As `nohup` has it."""
    line = f"trap '' HUP; exec {PROGRAM} -q droplet reboot r-1 --wait --poll 1"
    environment = {**three.environment, "DOBOTO_SIM_SPEED": "20"}
    running = subprocess.Popen(
        ["sh", "-c", f"{line} --debug"], env=environment, cwd=three.folder, stderr=subprocess.PIPE, text=True
    )
    with running:
        assert running.stderr is not None
        assert running.stderr.readline(), "its first request"
        running.send_signal(signal.SIGHUP)
        running.communicate(timeout=LONG)
    assert running.returncode == 0


def test_a_second_signal_has_the_usual_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 0.0
    raised: list[Any] = []
    monkeypatch.setattr(SystemClock, "monotonic", lambda clock: moment)
    monkeypatch.setattr(signal, "raise_signal", raised.append)
    before = signal.getsignal(signal.SIGTERM)
    with handle_signals():
        handler_: Any = signal.getsignal(signal.SIGTERM)
        with pytest.raises(Signalled):
            handler_(signal.SIGTERM, None)
        moment = TWICE / 2
        handler_(signal.SIGTERM, None)
        assert raised == []
        moment = TWICE * 2
        handler_(signal.SIGTERM, None)
        assert raised == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGTERM) is before


def test_programs_get_one_line_where_nothing_was_begun(simulated: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    async def sent(account: LocalAccount, request: WireRequest, timeouts: Timeouts) -> Response:
        raise Signalled(signal.SIGTERM)

    monkeypatch.setattr(LocalAccount, "send", sent)
    done = simulated("-o", "json", "droplet", "list")
    assert (done.code, len(done.err.splitlines()), done.error["message"]) == (143, 1, "interrupted")
    assert simulated("droplet", "list").err == "doboto: interrupted\n"
