"""The command line as its users have it: a process, in a folder of its own, on an account of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from doboto._io.clock import SystemClock
from doboto.cli import main
from doboto.cli.accounts.simulated import LocalAccount

PROGRAM = Path(sysconfig.get_path("scripts")) / "doboto"
KEPT = Path(__file__).parent / "kept"
NEW = ("--size", "s-1vcpu-1gb", "--region", "nyc3", "--image", "ubuntu-24-04-x64")
#: Seconds that no step comes near to.
LONG = 300
#: Seconds that a reboot takes with the program `slow`.
SLOW_REBOOT = 3600
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error's JSON: the last line on standard error."""
        found: dict[str, Any] = json.loads(self.err.splitlines()[-1])["error"]
        return found


@dataclass(frozen=True)
class Doboto:
    """Runs commands: in this process, which takes a tenth of the time, or as processes of their own."""

    environment: Mapping[str, str]
    folder: Path
    own_process: bool = False

    @property
    def as_process(self) -> Doboto:
        return replace(self, own_process=True)

    def __call__(self, *arguments: object, stdin: str | None = None, **environment: str) -> Done:
        run = self._as_process if self.own_process else self._here
        return run([str(argument) for argument in arguments], stdin, {**self.environment, **environment})

    def _here(self, arguments: list[str], stdin: str | None, environment: dict[str, str]) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, environment, clear=True),
            mock.patch.object(sys, "stdin", io.StringIO(stdin or "")),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                code = main(arguments)
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 1
        return Done(code, out.getvalue(), err.getvalue())

    def _as_process(self, arguments: list[str], stdin: str | None, environment: dict[str, str]) -> Done:
        source: Any = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
        done = subprocess.run(
            [PROGRAM, *arguments],
            **source,
            capture_output=True,
            text=True,
            timeout=LONG,
            check=False,
            env=environment,
            cwd=self.folder,
        )
        assert "Traceback" not in done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: object, **more: Any) -> Done:
        done = self(*arguments, **more)
        assert done.code == 0, done.err
        return done

    def refused(self, code: int, name: str, *arguments: object, **more: Any) -> dict[str, Any]:
        """A command that fails the same way for people and for programs: its error's JSON."""
        done = self("-o", "json", *arguments, **more)
        error = done.error
        assert (done.code, error["exit_code"], error["code"]) == (code, code, name), done.err
        return error


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Nothing of the user's own, and nothing of another test's."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    folders = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("STATE", "CACHE", "CONFIG")}
    return {**kept, **folders, "HOME": str(tmp_path), "COLUMNS": "100"}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, what a command asks for beside its work is given all the time that a slow machine needs."""
    monkeypatch.setattr("doboto.cli.run.affected.SECONDS", float(LONG))
    monkeypatch.setattr("doboto.cli.commands.auth.TIMEOUT", float(LONG))


@pytest.fixture
def doboto(environment: dict[str, str], tmp_path: Path) -> Doboto:
    """Commands without an account."""
    return Doboto(environment, tmp_path)


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, no time passes by itself for a simulated account: only what commands wait does."""
    now = time.time()
    standing = type("StandingClock", (SystemClock,), {"monotonic": lambda _: 0.0, "time": lambda _: now})
    monkeypatch.setattr("doboto.cli.accounts.simulated.SystemClock", standing)
    monkeypatch.setattr("doboto.sim.engine.clock.real_monotonic", lambda: 0.0)
    monkeypatch.setattr("doboto.sim.engine.clock.real_time", lambda: now)


@pytest.fixture
def simulated(environment: dict[str, str], tmp_path: Path, standing: None) -> Doboto:
    """Commands on a simulated account that waits for nothing."""
    return Doboto({**environment, "DOBOTO_SIM": "1", "DOBOTO_SIM_SPEED": "instant"}, tmp_path)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests that were sent."""
    lines: list[str] = []
    send = LocalAccount.send

    async def sending(self: LocalAccount, request: Any, timeouts: Any) -> Any:
        lines.append(f"{request.method} {request.url.partition('/v2')[2]}")
        return await send(self, request, timeouts)

    monkeypatch.setattr(LocalAccount, "send", sending)
    return lines


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """The program, with a simulated account on which no reboot is over before a slow machine has seen it begin."""
    program = tmp_path / "slow-doboto"
    program.write_text(
        f"#!{sys.executable}\n"
        "import sys\nfrom doboto.sim.engine.lifecycle import durations\nfrom doboto.cli import main\n"
        f"durations(droplet__reboot={SLOW_REBOOT})\nsys.exit(main())\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


@pytest.fixture
def served(environment: dict[str, str], tmp_path: Path, doboto_server: Any) -> Doboto:
    """Commands on a simulated account behind HTTP, whose simulator the test has at hand as `doboto_server`."""
    account = {"DOBOTO_URL": doboto_server.url, "DIGITALOCEAN_TOKEN": doboto_server.token}
    return Doboto({**environment, **account}, tmp_path)


def same_as_kept(name: str, text: str) -> None:
    """Compare with a kept file; `DOBOTO_KEEP=1` writes it anew, for a look at the difference."""
    path = KEPT / name
    text = MOMENT.sub("YYYY-MM-DDTHH:MM:SSZ", text)
    if os.environ.get("DOBOTO_KEEP"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
