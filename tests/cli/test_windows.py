"""What Windows lacks has a guarded path: signals, termios, fcntl, `os.exec` and more, simulated on this system."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from doboto.cli import errors
from doboto.cli.accounts import storage
from doboto.cli.commands import ssh, watch
from doboto.sim.engine import clock as sim_clock

#: Modules of the standard library that Windows' Python has not.
POSIX_ONLY = ("fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")


class Msvcrt(ModuleType):
    """Stands for Windows' module of that name.

    Args:
        pressed: The keys that somebody has pressed.
    """

    LK_LOCK = 1

    def __init__(self, pressed: str = "") -> None:
        super().__init__("msvcrt")
        self.locked: list[tuple[int, int]] = []
        self._pressed = list(pressed)

    def locking(self, handle: int, mode: int, size: int) -> None:
        self.locked.append((mode, size))

    def kbhit(self) -> bool:
        return bool(self._pressed)

    def getwch(self) -> str:
        return self._pressed.pop(0)


@pytest.fixture
def msvcrt(monkeypatch: pytest.MonkeyPatch) -> Msvcrt:
    """Windows, as far as the code under test can see."""
    made = Msvcrt("q")
    monkeypatch.setitem(sys.modules, "msvcrt", made)
    for name in POSIX_ONLY:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(sys, "platform", "win32")
    return made


def test_file_is_locked_by_msvcrt(msvcrt: Msvcrt, tmp_path: Path) -> None:
    with storage.lock(tmp_path / "config.yaml"):
        assert msvcrt.locked == [(Msvcrt.LK_LOCK, 1)]


def test_keys_are_read_without_termios(msvcrt: Msvcrt) -> None:
    with watch.Keys() as keys:
        assert keys.read(1.0) == "q"
        assert keys.read(0.01) is None


def test_signals_that_are_missing_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    with errors.handle_signals(), pytest.raises(errors.Signalled):
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
def test_ssh_is_a_child_where_no_program_can_be_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "ssh"
    program.write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(ssh, "os", SimpleNamespace(name="nt"))
    monkeypatch.setattr(ssh, "shutil", SimpleNamespace(which=lambda _: str(program)))
    with pytest.raises(SystemExit) as caught:
        ssh.execute(["ssh", "root@192.0.2.1"])
    assert caught.value.code == 7


def test_clocks_need_no_clock_gettime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(sim_clock.time, "clock_gettime", raising=False)
    assert sim_clock.real_time() > 1_700_000_000
    assert sim_clock.real_monotonic() > 0


#: Loads what is not ours first: the standard library and others do on Windows what they do there.
PROGRAM = """
import asyncio, os, select, signal, subprocess, sys, tempfile, types
import click, jmespath, msgspec, platformdirs, redis, redis.asyncio, rich.console, rich.live, starlette.applications
import uvicorn, yaml, limits.aio.strategies, limits.strategies, cryptography.x509, trustme, pytest
sys.platform = "win32"
for name in {missing!r}:
    sys.modules[name] = None
for owner, name in ((signal, "SIGHUP"), (signal, "SIGKILL"), (os, "register_at_fork"), (os, "fork"), (os, "execv"),
                    (os, "geteuid"), (os, "getuid"), (os, "uname"), (select, "poll"), (select, "epoll")):
    if hasattr(owner, name):
        delattr(owner, name)
sys.modules["msvcrt"] = msvcrt = types.ModuleType("msvcrt")
msvcrt.LK_LOCK, msvcrt.locking = 1, lambda *_: None
import pkgutil
import doboto, pytest_doboto
for module in pkgutil.walk_packages(doboto.__path__, "doboto."):
    if not module.name.endswith("__main__"):
        __import__(module.name)
from doboto.cli import main
new = ["--size", "s-1vcpu-1gb", "--image", "ubuntu-24-04-x64", "--region", "nyc3", "--wait"]
for line in (["droplet", "create", "web-1", *new], ["droplet", "list", "--output", "json", "--query", "[].name"]):
    code = main(["--sim", *line])
    assert code == 0, (line, code)
"""


def test_commands_run_without_what_windows_lacks(tmp_path: Path) -> None:
    """Every module can be imported, and commands run on a simulated account."""
    variables: dict[str, Any] = {
        "HOME": str(tmp_path), "DOBOTO_SIM_SPEED": "1000", "PATH": "",
        **{f"XDG_{name}_HOME": str(tmp_path / name) for name in ("STATE", "CACHE", "CONFIG")},
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(missing=POSIX_ONLY)], env=variables,
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"web-1"' in done.stdout
