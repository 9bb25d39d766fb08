"""Droplets that one can log in to, on real containers: `make test-machines`."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DO, DOBOTOActionException, public_ipv4
from doboto.sim.machines import CommandEngine

from .conftest import NEW, USER_DATA, WAIT, Login


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
