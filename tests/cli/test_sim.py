"""`doboto sim` as its users have it: a process, its output, its exit code."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import urllib3

import doboto
from doboto.cli import main
from doboto.cli.commands.sim import _is_loopback

PROGRAM = Path(sysconfig.get_path("scripts")) / "doboto"
NEW = {"name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
#: Seconds that no step of these tests comes near to.
LONG = 300


@dataclass
class Sim:
    """A running `doboto sim`."""

    process: subprocess.Popen[str]
    first_line: str
    second_line: str | None
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False))

    @property
    def url(self) -> str:
        return self.first_line.removeprefix("listening on ").rstrip("\n")

    def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        headers = {"authorization": "Bearer any text", "content-type": "application/json"}
        content = None if body is None else json.dumps(body)
        reply = self.pool.request(method, self.url + path, headers=headers, body=content, timeout=LONG)
        assert reply.status == status, reply.data
        return json.loads(reply.data) if reply.data else None

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """Send a signal: exit code, the rest of its output, and what it wrote on standard error."""
        self.process.send_signal(number)
        rest, errors = self.process.communicate(timeout=LONG)
        return self.process.returncode, rest, errors


@contextmanager
def sim(*options: object, tls: bool = False) -> Iterator[Sim]:
    command = [PROGRAM, "sim", "--port", "0", *map(str, options), *(["--tls"] if tls else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            running = Sim(process, process.stdout.readline(), process.stdout.readline() if tls else None)
            with running.pool:
                yield running
        finally:
            process.kill()


def failing(*options: object) -> str:
    """The one line of a `doboto sim` that ends at once."""
    command = [PROGRAM, "sim", "--port", "0", *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("doboto: ")
    return line


def test_the_version_is_told() -> None:
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, timeout=LONG, check=True)
    assert done.stdout == f"doboto {doboto.__version__}\n"


def test_the_first_line_says_where_it_listens_and_ctrl_c_ends_it() -> None:
    with sim() as running:
        assert running.url.startswith("http://127.0.0.1:")
        assert running.url.endswith("/v2")
        assert running.ask("GET", "/account")["account"]["status"] == "active"
        assert running.end() == (0, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM")
def test_sigterm_ends_it_too() -> None:
    with sim() as running:
        assert running.end(signal.SIGTERM) == (0, "", "")


def test_ctrl_c_does_not_wait_for_requests(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"kind": "latency", "path": "/v2/account", "arguments": {"seconds": 3600}}]))
    with sim("--faults", faults) as running:
        lost: list[Exception] = []

        def ask() -> None:
            try:
                running.ask("GET", "/account")
            except urllib3.exceptions.HTTPError as failure:
                lost.append(failure)

        waiting = threading.Thread(target=ask)
        waiting.start()
        while not running_requests(running):
            pass
        assert running.end() == (0, "", "")
        waiting.join()
        assert len(lost) == 1


def running_requests(running: Sim) -> int:
    """How often the fault has struck."""
    origin = running.url.removesuffix("/v2")
    reply = running.pool.request("GET", f"{origin}/_sim/faults", timeout=LONG)
    triggered: int = json.loads(reply.data)["faults"][0]["triggered"]
    return triggered


def test_tls_tells_the_authority_to_trust() -> None:
    with sim(tls=True) as running:
        assert running.url.startswith("https://127.0.0.1:")
        assert running.second_line is not None
        ca_file = Path(running.second_line.strip())
        running.pool = urllib3.PoolManager(retries=False, ca_certs=str(ca_file))
        assert running.ask("GET", "/account")["account"]["status"] == "active"
        assert running.end() == (0, "", "")
        assert not ca_file.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_state_outlives_the_process(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with sim("--state", state) as running:
        made = running.ask("POST", "/droplets", NEW, status=202)["droplet"]
        running.end(signal.SIGKILL)
    with sim("--state", state) as running:
        assert running.ask("GET", f"/droplets/{made['id']}")["droplet"]["name"] == "web-1"
        assert running.end() == (0, "", "")
    assert [one.name for one in tmp_path.iterdir()] == ["state.db"]


def test_instant_has_everything_over_at_the_next_look() -> None:
    with sim("--instant") as running:
        made = running.ask("POST", "/droplets", NEW, status=202)["droplet"]
        assert running.ask("GET", f"/droplets/{made['id']}")["droplet"]["status"] == "active"


def test_a_manual_clock_moves_when_it_is_moved() -> None:
    with sim("--manual") as running:
        droplet = running.ask("POST", "/droplets", NEW, 202)["droplet"]
        assert running.ask("GET", f"/droplets/{droplet['id']}")["droplet"]["status"] == "new"
        before = admin(running, "GET", "/clock")
        assert before["kind"] == "manual"
        assert admin(running, "POST", "/clock/advance", {"seconds": 40})["now"] == before["now"] + 40
        assert running.ask("GET", f"/droplets/{droplet['id']}")["droplet"]["status"] == "active"


def test_a_settings_file_is_in_force(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"droplet_limit": 7}))
    with sim("--settings", settings) as running:
        assert running.ask("GET", "/account")["account"]["droplet_limit"] == 7


def admin(running: Sim, method: str, path: str, body: object = None) -> Any:
    """What the admin interface answers."""
    origin = running.url.removesuffix("/v2")
    reply = running.pool.request(method, f"{origin}/_sim{path}", json=body, timeout=LONG)
    assert reply.status == 200, reply.data
    return reply.json()


def test_speed_makes_time_run_faster() -> None:
    with sim("--speed", 1e6) as running:
        made = running.ask("POST", "/droplets", NEW, status=202)["droplet"]
        while running.ask("GET", f"/droplets/{made['id']}")["droplet"]["status"] == "new":
            pass


def test_a_faults_file_is_in_force(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"kind": "status", "count": 1, "arguments": {"status": 503}}]))
    with sim("--faults", faults) as running:
        running.ask("GET", "/account", status=503)
        running.ask("GET", "/account")


def test_the_seed_decides_on_identifiers() -> None:
    ids = []
    for seed in (3, 3, 4):
        with sim("--seed", seed) as running:
            ids.append(running.ask("POST", "/droplets", NEW, status=202)["droplet"]["id"])
    assert ids[0] == ids[1] != ids[2]


def test_other_machines_are_warned_of() -> None:
    with sim("--host", "0.0.0.0") as running:
        code, _, errors = running.end()
        assert code == 0
        assert errors.startswith("doboto: warning: 0.0.0.0 is no loopback address")
        assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("::", False),
        ("example.com", False),
    ],
)
def test_loopback_is_recognised(host: str, loopback: bool) -> None:
    assert _is_loopback(host) is loopback


# -- what can go wrong


def test_a_port_in_use_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert (
            failing("--port", port)
            == f"doboto: cannot listen on 127.0.0.1 port {port}: {os.strerror(errno.EADDRINUSE)}"
        )


def test_a_state_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my precious notes " * 100)
    assert "not a database" in failing("--state", tmp_path / "notes.txt")


def test_a_state_of_another_seed_is_told_in_one_line(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with sim("--state", state, "--seed", 3) as running:
        running.end()
    assert "was made with --seed 3" in failing("--state", state, "--seed", 4)


@pytest.mark.parametrize("content", [None, "no json", '[{"kind": "unheard of"}]'])
def test_wrong_faults_are_told_in_one_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "faults.json"
    if content is not None:
        path.write_text(content)
    assert str(path) in failing("--faults", path)


@pytest.mark.parametrize("content", ["[]", '{"droplet_limits": 3}', '{"droplet_limit": "3"}', "{", None])
def test_wrong_settings_are_told_in_one_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "settings.json"
    if content is not None:
        path.write_text(content)
    assert f"no settings from {path}: " in failing("--settings", path)


def test_a_missing_extra_is_told_in_one_line() -> None:
    program = "import sys; sys.modules['starlette'] = None; from doboto.cli import main; sys.exit(main(['sim']))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("doboto: the simulator needs starlette")
    assert "pip install 'doboto[sim]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["unheard-of"], ["sim", "--port", "65536"], ["sim", "--port", "-1"], ["sim", "--port", "x"],
        ["sim", "--speed", "0"], ["sim", "--speed", "nan"], ["sim", "--speed", "inf"], ["sim", "--speed", "fast"],
        ["sim", "--speed", "2", "--instant"], ["sim", "--manual", "--instant"],
        ["sim", "--seed", "x"], ["sim", "--seed", "-1"], ["sim", "--seed", str(2**63)], ["sim", "--host", ""],
    ],
)  # fmt: skip
def test_wrong_usage_has_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("usage: doboto")


def test_help_loads_no_simulator() -> None:
    program = (
        "import sys; from doboto.cli import main\ntry: main(['sim', '--help'])\nexcept SystemExit: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=LONG, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "doboto.cli.commands.sim" in loaded
    assert loaded.isdisjoint({"doboto.sim", "starlette", "uvicorn", "urllib3", "ssl", "asyncio"})
