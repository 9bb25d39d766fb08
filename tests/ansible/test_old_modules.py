"""The module `call` does what the 14 modules of DOBOTO did in 2017: each of their actions, on a simulated account."""

from __future__ import annotations

from typing import Any

import pytest
import trustme

from .conftest import NEW, World

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbK5mNPEnFLkDvGVCQ0CkXdXxTHTtBxWvbQ3DsQb9ex me"
DAY = 86_400
RULE = {"entry_protocol": "http", "entry_port": "80", "target_protocol": "http", "target_port": "80"}


class Playbook:
    """Calls operations of one resource, and notes which.

    Args:
        world: The account.
        resource: The resource.
    """

    def __init__(self, world: World, resource: str) -> None:
        self._world = world
        self._resource = resource
        self.called: set[str] = set()

    def __call__(self, action: str, *, changed: bool, **arguments: Any) -> Any:
        result = self._world.call(f"{self._resource}.{action}", **arguments)
        assert result["changed"] is changed, action
        self.called.add(action)
        return result["result"]


def account(play: Playbook, world: World) -> None:
    play("info", changed=False)


def action(play: Playbook, world: World) -> None:
    world.droplet(name="web-1", **NEW)
    (first,) = play("list", changed=False)
    play("info", changed=False, id=str(first["id"]))


def certificate(play: Playbook, world: World) -> None:
    world.call("domain.create", name="example.com")
    wanted = {"name": "web", "type": "lets_encrypt", "dns_names": ["example.com"]}
    made = play("create", changed=True, wait="yes", **wanted)
    play("present", changed=False, **wanted)
    play("list", changed=False)
    play("info", changed=False, id=made["id"])
    play("destroy", changed=True, id=made["id"])
    _upload(play)


def _upload(play: Playbook) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("example.com")
    leaf, chain = issued.cert_chain_pems[0].bytes().decode(), authority.cert_pem.bytes().decode()
    own: dict[str, Any] = {"name": "own", "leaf_certificate": leaf, "certificate_chain": chain}
    secret = {"private_key": issued.private_key_pem.bytes().decode()}
    made = play("create", changed=True, secret=secret, **own)
    assert play("present", changed=False, secret=secret, **own)["id"] == made["id"]
    play("destroy", changed=True, id=made["id"])


def domain(play: Playbook, world: World) -> None:
    name = "example.com"
    play("create", changed=True, name=name, ip_address="192.0.2.1")
    play("present", changed=False, name=name, ip_address="192.0.2.1")
    play("list", changed=False)
    play("info", changed=False, name=name)
    record = play("record_create", changed=True, name=name, attribs={"type": "A", "name": "www", "data": "192.0.2.2"})
    assert record["name"] == "www"
    which = {"name": name, "record_id": str(record["id"])}
    play("record_update", changed=True, **which, attribs={"name": "w2", "ttl": "600"})
    play("record_update", changed=False, **which, attribs={"name": "w2"}, ttl="600")
    assert play("record_info", changed=False, **which)["ttl"] == 600
    assert "w2" in {one["name"] for one in play("record_list", changed=False, name=name)}
    play("record_destroy", changed=True, **which)
    play("destroy", changed=True, name=name)


#: Old actions of Droplets that take an id or a tag, in an order in which each is possible.
POWER = ["power_off", "power_on", "shutdown", "power_on", "power_cycle", "backup_enable", "backup_disable"]
#: Those that take an id alone.
BY_ID = ["reboot", "password_reset", "ipv6_enable", "private_networking_enable"]


def droplet(play: Playbook, world: World) -> None:
    id = play("create", changed=True, name="web-1", tags=["web"], wait=True, **NEW)["id"]
    play("present", changed=False, name="web-1", **NEW)
    play("list", changed=False, tag_name="web")
    play("info", changed=False, id=str(id))
    for one in POWER:
        play(one, changed=True, tag_name="web", wait=True)
    for one in BY_ID:
        play(one, changed=True, id=id, wait=True)
    kernel = play("kernel_list", changed=False, id=id)[0]["id"]
    play("kernel_update", changed=True, id=id, kernel_id=str(kernel), wait=True)
    image = play("snapshot_create", changed=True, id=id, snapshot_name="before", wait=True)["image_id"]
    play("rename", changed=True, id=id, name="web-2", wait=True)
    play("rebuild", changed=True, id=id, image=str(image), wait=True)
    play("restore", changed=True, id=id, image=str(image), wait=True)
    play("power_off", changed=True, id=id, wait=True)
    play("resize", changed=True, id=id, size="s-2vcpu-4gb", disk="yes", wait=True)
    for one in ("neighbor_list", "backup_list", "snapshot_list"):
        play(one, changed=False, id=id)
    play("droplet_neighbor_list", changed=False)
    last = play("action_list", changed=False, id=id)[0]["id"]
    play("action_info", changed=False, id=id, action_id=str(last))
    play("destroy", changed=True, id=id)
    _several(play, world)


def _several(play: Playbook, world: World) -> None:
    assert len(play("create", changed=True, names=["a", "b"], tags=["some"], **NEW)) == 2
    play("present", changed=False, names=["a", "b"], **NEW)
    result = world.call("droplet.present", names=["a", "b", "c"], tags=["some"], **NEW)
    assert [one["name"] for one in result["created"]] == ["c"]
    assert len(play("list", changed=False, tag_name="some")) == 3
    play("destroy", changed=True, tag_name="some")
    assert world.names() == []


def floating_ip(play: Playbook, world: World) -> None:
    other, id = world.droplet(names=["web-1", "web-2"], **NEW)["ids"]
    assert play("create", changed=True, droplet_id=str(other))["droplet"]["id"] == other
    ip = play("create", changed=True, region="nyc3")["ip"]
    play("list", changed=False)
    play("assign", changed=True, ip=ip, droplet_id=str(id), wait=True)
    assert play("info", changed=False, ip=ip)["droplet"]["id"] == id
    play("unassign", changed=True, ip=ip, wait=True)
    last = play("action_list", changed=False, ip=ip)[0]["id"]
    play("action_info", changed=False, ip=ip, action_id=last)
    play("destroy", changed=True, ip=ip)


def image(play: Playbook, world: World) -> None:
    id = world.droplet(name="web-1", **NEW)["ids"][0]
    made = world.call("droplet.snapshot_create", id=id, snapshot_name="before", wait=True)["result"]["image_id"]
    assert [one["id"] for one in play("list", changed=False, private="yes")] == [made]
    distributions = play("list", changed=False, type="distribution")
    assert 0 < len(distributions) < len(play("list", changed=False))
    play("update", changed=True, id=made, name="kept")
    play("update", changed=False, id=str(made), name="kept")
    assert play("info", changed=False, id_slug=str(made))["name"] == "kept"
    assert play("info", changed=False, id_slug="ubuntu-24-04-x64")["distribution"] == "Ubuntu"
    play("transfer", changed=True, id=made, region="ams3", wait=True)
    last = play("action_list", changed=False, id=made)[0]["id"]
    play("action_info", changed=False, id=made, action_id=last)
    play("destroy", changed=True, id=made)
    world.call("droplet.backup_enable", id=id, wait=True)
    world.clock.advance(DAY)
    (backup,) = play("list", changed=False, private="yes")
    play("convert", changed=True, id=str(backup["id"]), wait=True)
    assert play("info", changed=False, id_slug=backup["id"])["type"] == "snapshot"


def load_balancer(play: Playbook, world: World) -> None:
    ids = world.droplet(names=["a", "b"], **NEW)["ids"]
    wanted: dict[str, Any] = {"name": "web", "region": "nyc3", "forwarding_rules": [RULE]}
    id = play("create", changed=True, droplet_ids=ids[:1], wait=True, **wanted)["id"]
    play("present", changed=False, **wanted)
    play("list", changed=False)
    play("update", changed=True, id=id, droplet_ids=ids[:1], algorithm="least_connections", **wanted)
    assert play("info", changed=False, id=id)["forwarding_rules"][0]["entry_port"] == 80
    play("droplet_add", changed=True, id=id, droplet_ids=[str(ids[1])])
    play("droplet_remove", changed=True, id=id, droplet_ids=[str(ids[1])])
    other = {**RULE, "entry_port": "8080"}
    play("forwarding_rule_add", changed=True, id=id, forwarding_rules=[other])
    play("forwarding_rule_remove", changed=True, id=id, forwarding_rules=[other])
    play("destroy", changed=True, id=id)
    world.call("tag.create", name="web")
    by_tag = play("present", changed=True, name="tagged", region="nyc3", forwarding_rules=[RULE], tag="web")
    assert by_tag["tag"] == "web"


def region(play: Playbook, world: World) -> None:
    play("list", changed=False)


def size(play: Playbook, world: World) -> None:
    play("list", changed=False)


def snapshot(play: Playbook, world: World) -> None:
    volume = world.call("volume.create", name="data", region="nyc3", size_gigabytes=10)["result"]["id"]
    made = world.call("volume.snapshot_create", id=volume, snapshot_name="first")["result"]["id"]
    assert [one["id"] for one in play("list", changed=False, resource_type="volume")] == [made]
    assert play("list", changed=False, resource_type="droplet") == []
    play("info", changed=False, id=made)
    play("destroy", changed=True, id=made)


def ssh_key(play: Playbook, world: World) -> None:
    made = play("create", changed=True, name="me", public_key=KEY)
    play("present", changed=False, name="me", public_key=KEY)
    play("list", changed=False)
    play("update", changed=True, id_fingerprint=made["fingerprint"], name="you")
    assert play("info", changed=False, id_fingerprint=str(made["id"]))["name"] == "you"
    assert play("info", changed=False, id_fingerprint=made["fingerprint"])["name"] == "you"
    play("destroy", changed=True, id_fingerprint=made["id"])
    play("create", changed=True, name="me", public_key=KEY)
    play("destroy", changed=True, id_fingerprint=made["fingerprint"])


def tag(play: Playbook, world: World) -> None:
    ids = world.droplet(names=["web-1", "web-2"], **NEW)["ids"]
    resources = [{"resource_id": str(id), "resource_type": "droplet"} for id in ids]
    play("create", changed=True, name="web")
    assert play("name_list", changed=False) == ["web"]
    play("present", changed=False, name="web")
    play("list", changed=False)
    play("attach", changed=True, name="web", resources=resources)
    play("attach", changed=False, name="web", resources=resources)
    assert play("info", changed=False, name="web")["resources"]["droplets"]["count"] == 2
    play("detach", changed=True, name="web", resources=resources)
    play("destroy", changed=True, name="web")


def volume(play: Playbook, world: World) -> None:
    droplet = world.droplet(name="web-1", **NEW)["ids"][0]
    id = play("create", changed=True, name="data", region="nyc3", size_gigabytes="10")["id"]
    play("present", changed=False, name="data", region="nyc3", size_gigabytes=10)
    play("list", changed=False, region="nyc3")
    play("info", changed=False, name="data", region="nyc3")
    play("attach", changed=True, id=id, droplet_id=str(droplet), wait=True)
    play("detach", changed=True, name="data", region="nyc3", droplet_id=droplet, wait=True)
    play("resize", changed=True, id=id, size="20", region="nyc3", wait=True)
    play("snapshot_create", changed=True, id=id, snapshot_name="first")
    play("snapshot_list", changed=False, id=id)
    last = play("action_list", changed=False, id=id)[0]["id"]
    play("action_info", changed=False, id=id, action_id=last)
    snapshot = play("snapshot_list", changed=False, id=id)[0]["id"]
    copy = play("create", changed=True, name="copy", snapshot_id=snapshot, size_gigabytes="30")
    assert copy["region"]["slug"] == "nyc3"
    play("attach", changed=True, name="copy", region="nyc3", droplet_id=str(droplet), wait=True)
    play("detach", changed=True, name="copy", region="nyc3", droplet_id=str(droplet), wait=True)
    play("destroy", changed=True, name="copy", region="nyc3")
    play("destroy", changed=True, id=id)


#: The modules of 2017 with all their actions but `tag.update`, which the API no longer has; nor has it
#: `private_networking_enable` by tag.
MODULES = [
    account, action, certificate, domain, droplet, floating_ip, image, load_balancer, region, size, snapshot, ssh_key,
    tag, volume,
]  # fmt: skip
ACTIONS = {
    "account": "info",
    "action": "list info",
    "certificate": "create present list info destroy",
    "domain": "list create present info destroy record_list record_create record_info record_update record_destroy",
    "droplet": "list neighbor_list droplet_neighbor_list create present info destroy backup_list backup_enable "
    "backup_disable reboot shutdown power_on power_off power_cycle restore password_reset resize rebuild rename "
    "kernel_list kernel_update ipv6_enable private_networking_enable snapshot_list snapshot_create action_list "
    "action_info",
    "floating_ip": "list create info destroy assign unassign action_list action_info",
    "image": "list info update destroy convert transfer action_list action_info",
    "load_balancer": "list create present info update destroy droplet_add droplet_remove forwarding_rule_add "
    "forwarding_rule_remove",
    "region": "list",
    "size": "list",
    "snapshot": "list info destroy",
    "ssh_key": "create present list info update destroy",
    "tag": "create present info list name_list attach detach destroy",
    "volume": "list create present info destroy snapshot_list snapshot_create attach detach resize action_list "
    "action_info",
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_call_does_what_the_old_module_did(world: World, module: Any) -> None:
    play = Playbook(world, module.__name__)
    module(play, world)
    assert play.called == set(ACTIONS[module.__name__].split())


def test_there_are_fourteen() -> None:
    assert len(MODULES) == len(ACTIONS) == 14
