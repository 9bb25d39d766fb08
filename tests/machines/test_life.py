"""Droplets that one can log in to, on real containers: `make test-machines`."""

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

from doboto import DO, DOBOTOActionException, public_ipv4
from doboto.sim import Simulator
from doboto.sim.machines import CommandEngine, Machines

from .conftest import SETTINGS, Login

ROOT = Path(__file__).parents[2]
NEW = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
WAIT: dict[str, Any] = {"wait": True, "poll": 0.3, "timeout": 60}
USER_DATA = "#!/bin/sh\nhostname > /root/made\n"


@pytest.fixture
def do(engine: CommandEngine) -> Iterator[DO]:
    with (
        Simulator(machines=Machines(engine, SETTINGS)) as simulator,
        simulator.serve() as server,
        DO("any", server.url) as client,
    ):
        yield client


def test_whole_life_of_droplets_that_one_can_log_in_to(do: DO, login: Login, engine: CommandEngine) -> None:
    key = do.ssh_key.create(name="me", public_key=login.public_key)
    more: dict[str, Any] = {"ssh_keys": [key["id"]], "ready_port": 22, **WAIT}
    droplets = do.droplet.create(names=["web-1", "web-2", "web-3"], user_data=USER_DATA, **NEW, **more)
    for droplet in droplets:
        assert login.run(public_ipv4(droplet), "hostname; cat /root/made") == f"{droplet['name']}\n{droplet['name']}"

    id, address = droplets[0]["id"], public_ipv4(droplets[0])
    login.run(address, "echo kept > /root/kept")
    do.droplet.reboot(id, **WAIT)
    assert login.run(address, "cat /root/kept") == "kept"

    do.droplet.snapshot_create(id, snapshot_name="before", **WAIT)
    snapshot = do.droplet.snapshot_list(id)[0]["id"]
    copy = do.droplet.create(name="web-4", **{**NEW, "image": snapshot}, **more)
    assert login.run(public_ipv4(copy), "hostname; cat /root/kept /root/made") == "web-4\nkept\nweb-1"

    do.droplet.rename(id, "renamed", **WAIT)
    do.droplet.power_off(id, **WAIT)
    do.droplet.resize(id, "s-2vcpu-4gb", **WAIT)
    do.droplet.power_on(id, **WAIT)
    assert login.run(address, "cat /root/kept") == "kept"
    do.droplet.rebuild(id, "ubuntu-24-04-x64", **WAIT)
    assert login.run(address, "ls /root") == "made"

    do.droplet.destroy([droplet["id"] for droplet in do.droplet.list()], wait=True, poll=0.3)
    assert do.droplet.list() == []


def test_private_network_connects_droplets(do: DO, login: Login) -> None:
    key = do.ssh_key.create(name="me", public_key=login.public_key)
    first, second = do.droplet.create(names=["a", "b"], ssh_keys=[key["id"]], ready_port=22, **NEW, **WAIT)
    private = next(one["ip_address"] for one in second["networks"]["v4"] if one["type"] == "private")
    assert "SSH-2.0" in login.run(public_ipv4(first), f"nc -w 2 {private} 22 < /dev/null | head -c 20")


def test_cloud_config_is_done(do: DO, login: Login) -> None:
    key = do.ssh_key.create(name="me", public_key=login.public_key)
    config = "#cloud-config\nwrite_files: [{path: /srv/page, content: hello}]\nruncmd: [touch /srv/ran]\n"
    droplet = do.droplet.create(name="a", ssh_keys=[key["id"]], user_data=config, ready_port=22, **NEW, **WAIT)
    assert login.run(public_ipv4(droplet), "cat /srv/page; ls /srv") == "hellopage\nran"


def test_image_that_no_registry_has_ends_as_errored_action(do: DO, engine: CommandEngine) -> None:
    with pytest.raises(DOBOTOActionException):
        do.droplet.create(name="a", **{**NEW, "image": "debian-12-x64"}, **WAIT)
    assert do.droplet.list() == []


# -- as a process


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`doboto sim --machines podman` and its URL."""
    file = folder / "machines.json"
    file.write_text(json.dumps(asdict(SETTINGS)), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "doboto"), "sim", "--port", "0"]
    command += ["--machines", "podman", "--machine-settings", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
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
        process.wait(60)
    assert engine.leftovers() == []


def test_next_simulator_removes_what_a_killed_one_left(engine: CommandEngine, tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        DO("any", url).droplet.create(name="a", **NEW, **WAIT)
        process.kill()
        process.wait(60)
    assert [one.kind for one in engine.leftovers()][:1] == ["container"]
    with served(tmp_path) as (process, url):
        assert engine.leftovers() == []
        assert DO("any", url).droplet.list() == []


def test_prune_removes_what_a_killed_simulator_left(engine: CommandEngine, tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        DO("any", url).droplet.create(name="a", **NEW, **WAIT)
        process.kill()
        process.wait(60)
    command = [str(Path(sys.executable).parent / "doboto"), "sim", "machines", "prune"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    assert [line.split()[:2] for line in printed.splitlines()][:1] == [["removed", "container"]]


def test_playbook_provisions_what_it_creates(login: Login, tmp_path: Path) -> None:
    """A playbook creates Droplets, reads the inventory again and runs a command on each, over SSH."""
    environment = ROOT / ".peers" / "ansible-core-2.19"
    if not (environment / "collections").exists():
        pytest.skip("the collection is not installed: make test-ansible")
    create = {
        "names": ["web-1", "web-2"],
        "tags": ["web"],
        "ssh_keys": ["{{ key.result.id }}"],
        "ready_port": 22,
        **NEW,
    }
    key = {"operation": "ssh_key.present", "args": {"name": "me", "public_key": login.public_key}}
    plays = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [
                {"doboto.droplets.call": key, "register": "key"},
                {"doboto.droplets.droplet": {**create, "user_data": USER_DATA, "poll": 0.3}},
                {"ansible.builtin.meta": "refresh_inventory"},
            ],
        },
        {
            "hosts": "tag_web",
            "gather_facts": False,
            "remote_user": "root",
            "tasks": [
                {"ansible.builtin.raw": "cat /root/made", "register": "made"},
                {"ansible.builtin.assert": {"that": "made.stdout | trim == inventory_hostname"}},
            ],
        },
    ]
    (tmp_path / "play.yml").write_text(json.dumps(plays), encoding="utf-8")
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
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "web-1" in done.stdout
        process.send_signal(signal.SIGINT)
        process.wait(60)
