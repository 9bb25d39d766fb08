"""What a machine has beside its SSH server: volumes, a metadata service, a password, a published port."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from doboto import DO, private_ipv4, public_ipv4
from doboto.sim import Server, Simulator
from doboto.sim.machines import CommandEngine, Machines

from .conftest import NEW, SETTINGS, WAIT, Login

PRINT = "#!/bin/sh\nwget -qO /root/seen http://169.254.169.254/metadata/v1/hostname\n"


def test_volume_s_files_go_with_it_from_droplet_to_droplet(do: DO, login: Login) -> None:
    key = do.ssh_key.create(name="me", public_key=login.public_key)
    data = do.volume.create(name="data-1", size_gigabytes=1, region="nyc3", filesystem_type="ext4")["id"]
    more = {"ssh_keys": [key["id"]], "ready_port": 22, **NEW, **WAIT}
    first = do.droplet.create(name="a", volumes=[data], **more)
    second = do.droplet.create(name="b", **more)
    login.run(public_ipv4(first), "echo kept > /mnt/data_1/file")

    do.volume.detach(data, droplet_id=first["id"], **WAIT)
    assert login.run(public_ipv4(first), "ls /mnt") == ""
    do.volume.attach(data, droplet_id=second["id"], **WAIT)
    assert login.run(public_ipv4(second), "cat /mnt/data_1/file") == "kept"

    snapshot = do.volume.snapshot_create(data, "before")["id"]
    do.droplet.reboot(second["id"], **WAIT)
    login.run(public_ipv4(second), "cat /mnt/data_1/file; echo changed > /mnt/data_1/file")
    copy = do.volume.create(name="copy", snapshot_id=snapshot, size_gigabytes=1, region="nyc3")["id"]
    do.droplet.destroy(second["id"], wait=True, poll=0.3)
    for volume in (data, copy):
        do.volume.attach(volume, droplet_id=first["id"], **WAIT)
    assert login.run(public_ipv4(first), "cat /mnt/data_1/file /mnt/copy/file") == "changed\nkept"


def test_metadata_service_describes_the_droplet_that_asks(do: DO, login: Login) -> None:
    key = do.ssh_key.create(name="me", public_key=login.public_key)
    more = {"ssh_keys": [key["id"]], "ready_port": 22, "tags": ["web"], "user_data": PRINT, **NEW, **WAIT}
    for droplet in do.droplet.create(names=["a", "b"], **more):
        address = public_ipv4(droplet)

        def get(path: str, address: str | None = address) -> str:
            return login.run(address, f"wget -qO- http://169.254.169.254/metadata/v1{path}")

        assert login.run(address, "cat /root/seen") == droplet["name"]  # user data could use it
        assert get("/id") == str(droplet["id"])
        assert get("/public-keys") == login.public_key
        assert get("/interfaces/public/0/ipv4/address") == address
        assert get("/interfaces/private/0/ipv4/address") == private_ipv4(droplet)
        assert get("/user-data").startswith("#!/bin/sh")
        assert get("/tags/") == "web"
        assert get("").splitlines()[:2] == ["id", "hostname"]  # redirected to the path with a slash
        document = json.loads(get(".json"))
        assert (document["droplet_id"], document["region"]) == (droplet["id"], "nyc3")
        mac = document["interfaces"]["public"][0]["mac"]
        assert mac in login.run(address, "ip link")

    do.droplet.reboot(droplet["id"], **WAIT)
    assert get("/hostname") == "b"


#: Notes how it is called, and with what.
CLOUD_INIT = """#!/bin/sh
echo "$@" >> /root/stages
cat /var/lib/cloud/seed/nocloud/user-data /var/lib/cloud/seed/nocloud/meta-data > /root/seed
"""


def test_cloud_init_runs_user_data_where_the_image_has_it(do: DO, login: Login) -> None:
    key = do.ssh_key.create(name="me", public_key=login.public_key)
    more = {"ssh_keys": [key["id"]], "ready_port": 22, **NEW, **WAIT}
    first = do.droplet.create(name="a", **more)
    login.run(public_ipv4(first), f"cat > /usr/bin/cloud-init <<'END'\n{CLOUD_INIT}END\nchmod 755 /usr/bin/cloud-init")
    do.droplet.snapshot_create(first["id"], snapshot_name="with cloud-init", **WAIT)
    image = do.droplet.snapshot_list(first["id"])[0]["id"]
    second = do.droplet.create(name="b", user_data="#cloud-config\nntp: {}\n", **{**more, "image": image})
    stages = login.run(public_ipv4(second), "cat /root/stages").splitlines()
    assert stages == ["init --local", "init", "modules --mode=config", "modules --mode=final"]
    seed = login.run(public_ipv4(second), "cat /root/seed")
    assert seed == f'#cloud-config\nntp: {{}}\ninstance-id: "{second["id"]}"'


def test_machine_outlives_its_ssh_server(do: DO, login: Login) -> None:
    key = do.ssh_key.create(name="me", public_key=login.public_key)
    droplet = do.droplet.create(name="a", ssh_keys=[key["id"]], **NEW, **WAIT)
    address = public_ipv4(droplet)
    server = login.run(address, "echo one > /tmp/file; pidof dropbear | tr ' ' '\\n' | sort -n | head -1")
    login.run(address, f"kill {server}")
    do.droplet.wait(droplet["id"], ready_port=22, poll=0.5, timeout=600)
    assert login.run(address, "cat /tmp/file; pidof dropbear | tr ' ' '\\n' | sort -n | head -1") != f"one\n{server}"


def test_password_is_reset_and_shown_where_the_api_would_mail_it(
    do: DO, server: Server, login: Login, tmp_path: Path
) -> None:
    droplet = do.droplet.create(name="a", **NEW, **WAIT)

    def password() -> str:
        with urllib.request.urlopen(f"{server.url.removesuffix('/v2')}/_sim/machines", timeout=100) as response:
            (shown,) = json.load(response)["machines"]
        found: str = shown["password"]
        return found

    first = password()
    assert log_in(public_ipv4(droplet), first, login, tmp_path) == "a"
    do.droplet.password_reset(droplet["id"], **WAIT)
    assert password() != first
    assert log_in(public_ipv4(droplet), password(), login, tmp_path) == "a"
    with pytest.raises(subprocess.CalledProcessError):
        log_in(public_ipv4(droplet), first, login, tmp_path)


def log_in(address: str | None, password: str, login: Login, folder: Path) -> str:
    """Log in with a password, as ssh asks a program for one, and return the host's name."""
    (ask := folder / "ask").write_text(f"#!/bin/sh\necho '{password}'\n", encoding="utf-8")
    ask.chmod(0o700)
    options = ["-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1", "-o", "BatchMode=no"]
    return subprocess.run(
        ["ssh", *options, *login.options, f"root@{address}", "hostname"],
        env={**os.environ, "SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=300,
    ).stdout.strip()  # fmt: skip


def test_published_port_is_where_doboto_droplet_ssh_logs_in(
    engine: CommandEngine, login: Login, tmp_path: Path
) -> None:
    settings = replace(SETTINGS, publish_ssh=True, folder=str(tmp_path / "machines"))
    with Simulator(machines=Machines(engine, settings)) as simulator, simulator.serve() as server:
        do = DO("any", server.url)
        key = do.ssh_key.create(name="me", public_key=login.public_key)
        do.droplet.create(name="a", ssh_keys=[key["id"]], **NEW, **WAIT)
        options = " ".join(login.options)
        wrapper = f'#!/bin/sh\necho "$@"\nexec {shutil.which("ssh")} {options} "$@"\n'
        (tmp_path / "ssh").write_text(wrapper, encoding="utf-8")
        (tmp_path / "ssh").chmod(0o700)
        done = subprocess.run(
            [str(Path(sys.executable).parent / "doboto"), "droplet", "ssh", "a", "hostname"],
            env={
                **os.environ,
                "PATH": f"{tmp_path}:{os.environ['PATH']}",
                "DIGITALOCEAN_TOKEN": "any",
                "DOBOTO_URL": server.url,
            },
            capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
    arguments, hostname = done.stdout.splitlines()
    assert " -p 22 " not in arguments
    assert arguments.endswith("-- root@127.0.0.1 hostname")
    assert hostname == "a"
