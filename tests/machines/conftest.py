"""A container image made of Debian's packages, and what runs on it: no registry is needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from doboto import DO
from doboto.sim import Server, Settings, Simulator
from doboto.sim.machines import CommandEngine, Machines, MachineSettings
from doboto.sim.machines.leftovers import sort

#: The engine: `podman`, or `docker` if its daemon is running.
ENGINE = os.environ.get("DOBOTO_TEST_ENGINE", "podman")
IMAGE = "localhost/doboto-test-image:1"
#: What the image is made of, all static or with the libraries that `ldd` names.
PROGRAMS = {"bin/busybox": "busybox", "usr/sbin/dropbear": "dropbear", "usr/bin/dropbearkey": "dropbearkey"}
#: runc runs where crun's cgroups do not, and the limits of processes may not be raised in a container.
RUN_OPTIONS = ("--runtime", "runc", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096")
NEW = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
WAIT: dict[str, Any] = {"wait": True, "poll": 0.3, "timeout": 600}
USER_DATA = "#!/bin/sh\nhostname > /root/made\n"
SETTINGS = MachineSettings(images={"ubuntu": IMAGE}, memory_scale=0, run_options=RUN_OPTIONS)


def missing() -> list[str]:
    """What is needed and is not here."""
    needed = (ENGINE, "runc", "busybox", "dropbear", "dropbearkey", "ssh", "ssh-keygen")
    lacking = [program for program in needed if shutil.which(program, path=_path()) is None]
    return lacking if os.geteuid() == 0 else [*lacking, "root"]


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lacking = missing()
    for item in items:
        item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1", "198.18.0.0/15"]))  # machines are on this one
        if lacking:
            item.add_marker(pytest.mark.skip(reason=f"machines need {', '.join(lacking)}"))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> CommandEngine:
    """The engine, with the image."""
    found = CommandEngine(ENGINE, RUN_OPTIONS)
    if not found.has_image(IMAGE):
        archive = _archive(tmp_path_factory.mktemp("image"))
        subprocess.run([ENGINE, "import", str(archive), IMAGE], capture_output=True, check=True, timeout=120)
    return found


def _archive(folder: Path) -> Path:
    """The root of a small system as an archive."""
    root = folder / "root"
    for name in ("bin", "sbin", "etc", "root", "tmp", "proc", "sys", "dev", "run", "var/log", "usr/bin", "usr/sbin"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for target, program in PROGRAMS.items():
        source = shutil.which(program, path=_path())
        assert source is not None
        shutil.copy(source, root / target)
        linked = subprocess.run(["ldd", source], capture_output=True, text=True, check=False, timeout=300).stdout
        for library in re.findall(r"(/lib\S+)", linked):
            (root / library[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, root / library[1:])
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n", encoding="utf-8")
    (root / "etc" / "group").write_text("root:x:0:\n", encoding="utf-8")
    (root / "etc" / "shadow").write_text("root:*:19000:0:99999:7:::\n", encoding="utf-8")
    (root / "etc" / "shells").write_text("/bin/sh\n", encoding="utf-8")
    subprocess.run(["chroot", str(root), "/bin/busybox", "--install", "-s", "/bin"], check=True, timeout=300)
    archive = folder / "root.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(root, arcname=".")
    return archive


class Login:
    """Logs in to machines with a key of its own."""

    def __init__(self, folder: Path) -> None:
        self.key = folder / "key"
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key)]
        subprocess.run(command, check=True, timeout=300)
        self.public_key = self.key.with_suffix(".pub").read_text(encoding="utf-8").strip()

    @property
    def options(self) -> list[str]:
        """Options of ssh."""
        options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes")
        return ["-i", str(self.key), *(part for option in options for part in ("-o", option))]

    def run(self, address: str | None, command: str) -> str:
        """What a command prints that runs on the machine at an address."""
        assert address is not None
        done = subprocess.run(
            ["ssh", *self.options, f"root@{address}", command], capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def login(tmp_path: Path) -> Login:
    return Login(tmp_path)


@pytest.fixture
def simulator(engine: CommandEngine, tmp_path: Path) -> Iterator[Simulator]:
    machines = Machines(engine, replace(SETTINGS, folder=str(tmp_path / "machines")))
    with Simulator(settings=Settings(detach_seconds=0), machines=machines) as simulator:
        yield simulator


@pytest.fixture
def server(simulator: Simulator) -> Iterator[Server]:
    with simulator.serve() as server:
        yield server


@pytest.fixture
def do(server: Server) -> Iterator[DO]:
    with DO("any", server.url) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_is_left(engine: CommandEngine) -> Iterator[None]:
    """Whatever a test does, no container, network or snapshot outlives it."""
    yield
    left = engine.leftovers()
    for one in sort(left):
        engine.discard(one)
    assert left == []
