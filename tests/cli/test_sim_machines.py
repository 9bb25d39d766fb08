"""`doboto sim --machines`, `doboto sim machines prune` and the address of `doboto droplet ssh`; the engine is none."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from doboto.cli.commands.ssh import find_endpoint
from doboto.sim import Simulator
from doboto.sim.machines.leftovers import create_folder
from doboto.sim.persistence import Persistence

from .conftest import Doboto

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")

#: An engine with one container of a simulator whose process is gone, and one that a file keeps.
ENGINE = """#!/bin/sh
echo "$@" >> {folder}/calls
case "$1 $2" in
  "ps --all") echo gone kept ;;
  "container inspect") cat {folder}/inspected ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where `docker` is."""
    (tmp_path / "docker").write_text(ENGINE.format(folder=tmp_path), encoding="utf-8")
    (tmp_path / "docker").chmod(0o755)
    inspected = [
        {"Name": f"/{name}", "Config": {"Labels": labels}}
        for name, labels in (
            ("gone", {"doboto.simulator": "0-a"}),
            ("kept", {"doboto.simulator": "state-b", "doboto.state": str(tmp_path / "state.db")}),
        )
    ]
    (tmp_path / "inspected").write_text(json.dumps(inspected), encoding="utf-8")
    Persistence(Simulator(), tmp_path / "state.db").close()
    return tmp_path


@pytest.fixture
def prune(doboto: Doboto, folder: Path, environment: dict[str, str]) -> Any:
    variables = {"PATH": f"{folder}:{environment['PATH']}", "XDG_STATE_HOME": str(folder / "data")}
    return lambda *more: doboto("sim", "machines", "prune", "--engine", "docker", *more, **variables)


def removed(folder: Path) -> list[str]:
    return [line for line in (folder / "calls").read_text(encoding="utf-8").splitlines() if line.startswith("rm ")]


def test_prune_removes_what_no_simulator_needs(prune: Any, folder: Path) -> None:
    create_folder(folder / "data" / "doboto" / "machines" / "0-0000000a", None)
    assert prune().out == "removed container gone\nremoved folder 0-0000000a\n"
    assert removed(folder) == ["rm --force gone"]
    assert list((folder / "data" / "doboto" / "machines").iterdir()) == []


def test_prune_removes_files_of_volumes_from_the_folder_of_settings(prune: Any, folder: Path) -> None:
    create_folder(folder / "volumes" / "0-0000000a", None)
    (folder / "volumes" / "photos").mkdir()
    (folder / "settings.json").write_text(json.dumps({"folder": str(folder / "volumes")}), encoding="utf-8")
    done = prune("--machine-settings", folder / "settings.json")
    assert done.out == "removed container gone\nremoved folder 0-0000000a\n"
    assert [one.name for one in (folder / "volumes").iterdir()] == ["photos"]


def test_prune_with_settings_that_cannot_be_read_says_so(prune: Any, folder: Path) -> None:
    done = prune("--machine-settings", folder / "missing.json")
    assert done.code == 1
    assert f"no settings from {folder / 'missing.json'}" in done.err


def test_prune_of_a_state_removes_what_was_kept_for_it(prune: Any, folder: Path) -> None:
    assert prune("--state", folder / "state.db").out == "removed container kept\n"
    assert removed(folder) == ["rm --force kept"]


def test_prune_of_a_state_that_is_in_use_is_refused(prune: Any, folder: Path) -> None:
    used = Persistence(Simulator(), folder / "state.db")
    done = prune("--state", folder / "state.db")
    used.close()
    assert done.code == 1
    assert "is in use by a simulator; end that first" in done.err


def test_prune_with_nothing_to_remove_says_so(prune: Any, folder: Path) -> None:
    (folder / "inspected").write_text("[]", encoding="utf-8")
    assert prune().err == "nothing was left behind\n"


def test_engine_that_is_not_installed_is_named(doboto: Doboto, tmp_path: Path) -> None:
    done = doboto("sim", "--machines", "docker", "--port", "0", PATH=str(tmp_path))
    assert done.code == 1
    assert "there is no program 'docker' on this machine; install it" in done.err


@pytest.mark.parametrize("clock", ["--instant", "--manual"])
def test_machines_run_in_real_time(doboto: Doboto, clock: str) -> None:
    done = doboto("sim", "--machines", "docker", clock)
    assert done.code == 2
    assert f"--machines is not allowed with {clock}" in done.err


# -- where `doboto droplet ssh` logs in

DROPLET = {"id": 1, "name": "web", "networks": {"v4": [{"ip_address": "198.18.0.5", "type": "public"}]}}
MACHINES = {
    "published": ([{"name": "web", "ssh": {"host": "127.0.0.1", "port": 40123}}], ("127.0.0.1", 40123)),
    "address": ([{"name": "web", "ssh": {"host": "198.18.0.5", "port": 22}}], None),
    "another account's": ([{"name": "db", "ssh": {"host": "127.0.0.1", "port": 40123}}], None),
    "starting": ([{"name": "web", "ssh": None}], None),
    "none": ([], None),
}


@pytest.fixture
def simulator(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a simulator with those machines, or of an API that is none."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/_sim/machines?droplet=1"
            content = json.dumps({"machines": request.param}).encode() if request.param is not None else b"{}"
            self.send_response(200 if request.param is not None else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v2"
        server.shutdown()


@pytest.mark.parametrize(
    ("simulator", "endpoint"),
    [*MACHINES.values(), (None, None)],
    ids=[*MACHINES, "no simulator"],
    indirect=["simulator"],
)
def test_simulator_says_where_a_machine_answers(simulator: str, endpoint: tuple[str, int] | None) -> None:
    assert find_endpoint(simulator, DROPLET) == endpoint


@pytest.mark.parametrize(
    "url", [None, "https://api.digitalocean.com/v2", "http://198.18.0.1/v2", "http://127.0.0.1:9/v2"]
)
def test_nobody_but_a_simulator_on_this_machine_is_asked(url: str | None) -> None:
    assert find_endpoint(url, DROPLET) is None
