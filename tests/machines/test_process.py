"""`doboto sim --machines` as a process: how it ends, what it leaves, and what programs of others do with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from doboto import DO, public_ipv4
from doboto.sim.machines import CommandEngine

from .conftest import ENGINE, NEW, SETTINGS, USER_DATA, WAIT, Login

ROOT = Path(__file__).parents[2]


@contextmanager
def served(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`doboto sim --machines` and its URL."""
    file = folder / "machines.json"
    file.write_text(json.dumps(asdict(SETTINGS)), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "doboto"), "sim", "--port", "0"]
    command += ["--machines", ENGINE, "--machine-settings", str(file), *more]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on "), process.stderr.read() if process.stderr else ""
            yield process, line.removeprefix("listening on ").strip()
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_signal_leaves_nothing_behind(number: signal.Signals, engine: CommandEngine, tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        DO("any", url).droplet.create(name="a", **NEW, **WAIT)
        assert [one.kind for one in engine.leftovers()][:1] == ["container"]
        process.send_signal(number)
        process.wait(300)
    assert engine.leftovers() == []


def test_signal_in_the_middle_of_creations_leaves_nothing_behind(engine: CommandEngine, tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        DO("any", url).droplet.create(names=["a", "b", "c"], user_data="#!/bin/sh\nsleep 5\n", **NEW)
        while not engine.leftovers():
            pass
        process.send_signal(signal.SIGINT)
        process.wait(300)
    assert engine.leftovers() == []
    assert list(tmp_path.glob("doboto/machines/*")) == []


def test_next_simulator_removes_what_a_killed_one_left(engine: CommandEngine, tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        DO("any", url).droplet.create(name="a", **NEW, **WAIT)
        process.kill()
        process.wait(300)
    assert [one.kind for one in engine.leftovers()][:1] == ["container"]
    with served(tmp_path) as (process, url):
        assert engine.leftovers() == []
        assert DO("any", url).droplet.list() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_machines_of_a_state_go_on_with_the_next_simulator(
    number: signal.Signals, engine: CommandEngine, login: Login, tmp_path: Path
) -> None:
    state = ("--state", str(tmp_path / "state.db"))
    with served(tmp_path, *state) as (process, url):
        do = DO("any", url)
        key = do.ssh_key.create(name="me", public_key=login.public_key)
        volume = do.volume.create(name="data", size_gigabytes=1, region="nyc3")["id"]
        more: dict[str, Any] = {"ssh_keys": [key["id"]], **NEW, **WAIT}
        kept = do.droplet.create(name="kept", volumes=[volume], user_data=USER_DATA, **more)
        off, gone = (do.droplet.create(name=name, **more) for name in ("off", "gone"))
        login.run(public_ipv4(kept), "echo one > /root/file; echo two > /mnt/data/file")
        do.droplet.snapshot_create(kept["id"], snapshot_name="before", **WAIT)
        do.droplet.power_off(off["id"], **WAIT)
        do.droplet.destroy(gone["id"])
        process.send_signal(number)
        process.wait(300)
    assert [one.kind for one in engine.leftovers()].count("container") >= 2
    with served(tmp_path, *state) as (process, url):
        do = DO("any", url)
        assert login.run(public_ipv4(kept), "cat /root/made /root/file /mnt/data/file") == "kept\none\ntwo"
        assert "169.254.169.254" in login.run(public_ipv4(kept), "ip route")
        assert do.droplet.info(off["id"])["status"] == "off"
        do.droplet.power_on(off["id"], **WAIT)
        assert [one.kind for one in engine.leftovers()].count("container") == 2
        snapshot = do.droplet.snapshot_list(kept["id"])[0]["id"]
        copy = do.droplet.create(name="copy", **{**more, "image": snapshot})
        assert login.run(public_ipv4(copy), "cat /root/file") == "one"
        process.send_signal(signal.SIGINT)
        process.wait(300)
    removed = prune(tmp_path, *state)
    assert [line.split()[1] for line in removed] == ["container"] * 3 + ["network"] * 2 + ["image", "folder"]


def test_machines_of_a_state_that_is_gone_are_removed(engine: CommandEngine, tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with served(tmp_path, "--state", str(state)) as (process, url):
        DO("any", url).droplet.create(name="a", **NEW, **WAIT)
        process.kill()
        process.wait(300)
    prune(tmp_path)
    assert engine.leftovers() != []  # the file is there
    for file in tmp_path.glob("state.db*"):
        file.unlink()
    assert prune(tmp_path) != []


def prune(folder: Path, *more: str) -> list[str]:
    """What `doboto sim machines prune` prints."""
    command = [str(Path(sys.executable).parent / "doboto"), "sim", "machines", "prune", "--engine", ENGINE, *more]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout.splitlines()


def test_prune_removes_what_a_killed_simulator_left(engine: CommandEngine, tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        DO("any", url).droplet.create(name="a", **NEW, **WAIT)
        process.kill()
        process.wait(300)
    assert [line.split()[:2] for line in prune(tmp_path)][:1] == [["removed", "container"]]


def on_controller(*tasks: dict[str, Any]) -> dict[str, Any]:
    """A play of the collection's modules."""
    return {"hosts": "localhost", "gather_facts": False, "tasks": [*tasks]}


def over_ssh(hosts: str, *commands: tuple[str, str]) -> dict[str, Any]:
    """A play that runs commands, each with what it is to print."""
    checks: list[dict[str, Any]] = []
    for command, expected in commands:
        checks += [
            {"ansible.builtin.raw": command, "register": "done"},
            {"ansible.builtin.assert": {"that": f"done.stdout | trim == {expected}"}},
        ]
    return {"hosts": hosts, "gather_facts": False, "remote_user": "root", "tasks": checks}


def call(operation: str, register: str = "called", **args: Any) -> dict[str, Any]:
    return {"doboto.droplets.call": {"operation": operation, "args": args}, "register": register}


def droplet(**options: Any) -> dict[str, Any]:
    return {"doboto.droplets.droplet": {"poll": 0.3, **options}, "register": "droplets"}


DONE = {"wait": True, "poll": 0.3}
NEW_WEB = {"tags": ["web"], "ssh_keys": ["{{ key.result.id }}"], "ready_port": 22, **NEW}
REFRESH = {"ansible.builtin.meta": "refresh_inventory"}


def plays(public_key: str) -> list[dict[str, Any]]:
    """The life of three Droplets, and of a fourth that is made of the first one's snapshot."""
    first = "{{ first }}"
    return [
        on_controller(
            call("ssh_key.present", "key", name="me", public_key=public_key),
            droplet(names=["web-1", "web-2", "web-3"], user_data=USER_DATA, **NEW_WEB),
            {"ansible.builtin.set_fact": {"first": "{{ droplets.ids[0] }}"}},
            REFRESH,
        ),
        over_ssh("tag_web", ("cat /root/made", "inventory_hostname")),
        over_ssh("web-1", ("echo kept | tee /root/kept", "'kept'")),
        on_controller(
            call("droplet.reboot", id=first, **DONE),
            call("droplet.snapshot_create", id=first, snapshot_name="before", **DONE),
            call("droplet.snapshot_list", "snapshots", id=first),
            droplet(name="web-4", **{**NEW_WEB, "image": "{{ snapshots.result[0].id }}"}),
            call("droplet.rename", id=first, name="renamed", **DONE),
            droplet(name="web-2", size="s-2vcpu-4gb", allow_reboot=True),
            REFRESH,
        ),
        over_ssh("renamed:web-4", ("cat /root/kept", "'kept'")),
        over_ssh("web-2", ("hostname", "'web-2'")),
        on_controller(
            droplet(tag_name="web", state="absent"),
            call("droplet.list", "left"),
            {"ansible.builtin.assert": {"that": "left.result == []"}},
        ),
    ]


def test_playbook_lives_the_whole_life_of_droplets(login: Login, tmp_path: Path) -> None:
    environment = ROOT / ".peers" / "ansible-core-2.19"
    if not (environment / "collections").exists():
        pytest.skip("the collection is not installed: make test-ansible")
    (tmp_path / "play.yml").write_text(json.dumps(plays(login.public_key)), encoding="utf-8")
    inventory = {"plugin": "doboto.droplets.inventory"}
    (tmp_path / "account.doboto.yml").write_text(json.dumps(inventory), encoding="utf-8")
    with served(tmp_path) as (process, url):
        done = subprocess.run(
            [str(environment / "bin" / "ansible-playbook"), "-i", "account.doboto.yml", "play.yml"],
            env={
                "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
                "HOME": str(tmp_path),
                "LC_ALL": "C.UTF-8",
                "ANSIBLE_COLLECTIONS_PATH": str(environment / "collections"),
                "ANSIBLE_SSH_ARGS": " ".join(login.options),
                "DIGITALOCEAN_TOKEN": "any",
                "DOBOTO_URL": url,
            },
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "web-4" in done.stdout
        process.send_signal(signal.SIGINT)
        process.wait(300)
