"""Docker gets no command and no option that it does not document: those of podman alone would fail there.

`docker` here is a program that notes its arguments and succeeds; `make test-machines ENGINE=docker` uses the real one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from doboto import DO
from doboto.sim import RealClock, Simulator
from doboto.sim.machines import CommandEngine, Machines, MachineSettings
from doboto.sim.machines.engine import Leftover
from doboto.sim.machines.leftovers import find_abandoned

from .conftest import LONG, create

#: Options with a value, and those without one, by command: https://docs.docker.com/reference/cli/docker/ (2026) and the
#: manual pages of 18.09 to 29. `stop --time` became `--timeout` in between, `commit --pause` `--no-pause`.
DOCUMENTED: Mapping[str, tuple[set[str], set[str]]] = {
    "build": ({"--tag", "--file"}, set()),
    "commit": (set(), set()),
    "container inspect": ({"--format"}, set()),
    "create": (
        {
            "--name", "--hostname", "--network", "--ip", "--memory", "--memory-swap", "--cpus", "--env", "--volume",
            "--publish", "--label",
        },
        set(),
    ),
    "exec": (set(), {"--interactive"}),
    "image inspect": (set(), set()),
    "images": ({"--format", "--filter"}, set()),
    "logs": ({"--tail"}, set()),
    "network connect": ({"--ip"}, set()),
    "network create": ({"--subnet", "--label"}, set()),
    "network inspect": (set(), set()),
    "network ls": ({"--format", "--filter"}, set()),
    "network rm": (set(), set()),
    "port": (set(), set()),
    "ps": ({"--format", "--filter"}, {"--all", "--quiet"}),
    "pull": (set(), {"--quiet"}),
    "rm": (set(), {"--force"}),
    "rmi": (set(), {"--force"}),
    "run": ({"--network"}, {"--rm"}),
    "start": (set(), set()),
    "stop": ({"-t"}, set()),
    "update": ({"--memory", "--memory-swap", "--cpus"}, set()),
}  # fmt: skip
GROUPS = ("container", "image", "network")
PROGRAM = """#!{python}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "calls").open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
out = {{"port": "127.0.0.1:40123", "ps": "m", "container": "[]"}}
print(out.get(sys.argv[1], ""))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docker").write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    (tmp_path / "docker").chmod(0o755)
    return tmp_path


def calls(folder: Path) -> Iterator[list[str]]:
    for line in (folder / "calls").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def options(call: Sequence[str]) -> tuple[str, list[str]]:
    """Divide a call into the command and its options; what follows them is not for docker."""
    command = " ".join(call[: 2 if call[0] in GROUPS else 1])
    valued, flags = DOCUMENTED[command]
    rest, found = list(call[len(command.split()) :]), list[str]()
    while rest and rest[0].startswith("-"):
        found.append(option := rest.pop(0))
        assert option in valued | flags, f"docker {command} documents no {option}"
        if option in valued:
            rest.pop(0)
    return command, found


def test_whole_life_uses_what_docker_documents(folder: Path, settings: MachineSettings) -> None:
    engine = CommandEngine(str(folder / "docker"))
    machines = Machines(engine, replace(settings, publish_ssh=True), answers=lambda *_: True)
    with Simulator(RealClock(speed=500), machines=machines) as sim:
        do = DO.simulated(sim, timeout=LONG)
        volume = do.volume.create(name="data", size_gigabytes=1, region="nyc3")["id"]
        id = create(do, volumes=[volume], user_data="#!/bin/sh\n")["id"]
        do.droplet.reboot(id, wait=True, timeout=LONG)
        do.droplet.power_off(id, wait=True, timeout=LONG)
        do.droplet.resize(id, "s-2vcpu-4gb", wait=True, timeout=LONG)
        do.droplet.password_reset(id, wait=True, timeout=LONG)
        do.droplet.snapshot_create(id, snapshot_name="s", wait=True, timeout=LONG)
        do.droplet.rebuild(id, "ubuntu-22-04-x64", wait=True, timeout=LONG)
        do.snapshot.destroy(do.droplet.snapshot_list(id)[0]["id"])
        machines.describe(sim.account("simulated").name, id, with_console=True)
        while not any(call[0] == "logs" for call in calls(folder)):
            pass
        do.droplet.destroy(id, wait=True, timeout=LONG)
    used = dict(options(call) for call in calls(folder))
    assert {"create", "network create", "network connect", "update", "commit", "exec", "port", "logs"} <= used.keys()


def test_images_are_fetched_and_built_with_what_docker_documents(folder: Path) -> None:
    engine = CommandEngine(str(folder / "docker"))
    engine.pull("docker.io/library/debian:12")
    engine.has_program("docker.io/library/debian:12", ("sshd",))
    engine.build("built", "FROM docker.io/library/debian:12\n")
    engine.remove_image("built")
    find_abandoned(engine, folder / "data")
    for kind in ("container", "network", "image"):
        engine.discard(Leftover(kind, "x", "0-a"))
    used = {command for command, _ in map(options, calls(folder))}
    assert {"pull", "run", "build", "rmi", "rm", "network rm", "ps", "network ls", "images"} <= used
