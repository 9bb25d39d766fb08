"""What DOBOTO's Ansible playbooks of 2017 did and checked, called as its modules call, in both clients.

The modules give numbers as text, and None or False for what a task leaves out. Sizes and images are today's.
"""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTONotFoundException
from doboto.sim import Settings, Simulator

from .conftest import one, several

#: What the modules give for the options that a task leaves out.
UNSET = {
    **dict.fromkeys(("ssh_keys", "volume", "tags", "private_networking", "monitoring")),
    **dict.fromkeys(("backups", "ipv6", "user_data"), False),
}
WAIT = {"wait": True, "poll": 5, "timeout": 300}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbK5mNPEnFLkDvGVCQ0CkXdXxTHTtBxWvbQ3DsQb9ex me"
RULE = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
TLS = {"entry_protocol": "https", "entry_port": 443, "target_protocol": "https", "target_port": 443}


@pytest.fixture
def settings() -> Settings:
    """As the API was then: a destroyed Droplet could be asked about for a while."""
    return Settings(droplet_limit=100, volume_form="2017", destroy_seconds=60, volume_snapshot_seconds=0)


def create(api: Any, attributes: dict[str, Any], *, wait: bool = True) -> Any:
    """The option `wait` and its times are positional."""
    return api.droplet.create({**UNSET, **attributes}, wait, 5, 300)


def present(api: Any, attributes: dict[str, Any]) -> Any:
    return api.droplet.present({**UNSET, **attributes}, **WAIT)


def names(droplets: list[Any]) -> list[str]:
    return [droplet["name"] for droplet in droplets]


def test_droplet_is_present_as_it_is(api: Any) -> None:
    made = create(api, one("a"), wait=False)
    assert (made["region"]["slug"], made["size"]["slug"], made["image"]["slug"]) == tuple(one().values())[1:]
    assert (made["tags"], made["volume_ids"]) == ([], [])
    found, created = present(api, one("a", image="debian-12-x64"))
    assert (found["id"], found["image"]["slug"], created) == (made["id"], one()["image"], None)
    assert api.droplet.info(str(made["id"]))["name"] == "a"


def test_new_droplet_has_everything_that_a_task_asks_for(api: Any) -> None:
    key = api.ssh_key.create("me", KEY)
    wanted = {"backups": True, "ipv6": True, "private_networking": True, "user_data": "stuff", "tags": ["one"]}
    droplet, created = present(api, {**one("b"), **wanted, "ssh_keys": [str(key["id"])]})
    assert droplet == created
    assert (droplet["status"], droplet["tags"], len(droplet["next_backup_window"])) == ("active", ["one"], 2)
    assert (len(droplet["networks"]["v4"]), len(droplet["networks"]["v6"])) == (2, 1)


def test_only_missing_droplets_of_several_are_created(api: Any) -> None:
    first = create(api, several("a", "b", tags=["some"]))
    assert names(first) == ["a", "b"]
    assert present(api, several("a", "b"))[1] == []
    droplets, created = present(api, several("a", "b", "c", tags=["some"]))
    assert (names(droplets), names(created)) == (["a", "b", "c"], ["c"])
    create(api, one("d"))
    assert sorted(names(api.droplet.list(tag_name=None))) == ["a", "b", "c", "d"]
    assert sorted(names(api.droplet.list(tag_name="some"))) == ["a", "b", "c"]


def test_droplets_are_destroyed_by_id_and_by_tag(api: Any, sim: Simulator) -> None:
    droplet, _ = create(api, one("a")), create(api, several("b", "c", tags=["some"]))
    id = str(droplet["id"])
    assert api.droplet.kernel_list(id)
    assert (api.droplet.snapshot_list(id), api.droplet.backup_list(id)) == ([], [])
    assert [action["type"] for action in api.droplet.action_list(id)] == ["create"]
    assert api.droplet.destroy(id=id, tag_name=None) is None
    assert api.droplet.destroy(id=None, tag_name="some") is None
    assert isinstance(api.droplet.neighbor_list(id), list)
    assert isinstance(api.droplet.droplet_neighbor_list(), list)
    sim.clock.advance(60)  # type: ignore[attr-defined]
    assert api.droplet.list(tag_name=None) == []
    with pytest.raises(DOBOTONotFoundException):
        api.droplet.neighbor_list(id)


#: Operations of Droplets, by an id or by a tag, in the playbooks' order, and the types of their actions.
BY_TAG = {
    "backup_enable": "enable_backups",
    "backup_disable": "disable_backups",
    "shutdown": "shutdown",
    "power_off": "power_off",
    "ipv6_enable": "enable_ipv6",
    "power_on": "power_on",
    "power_cycle": "power_cycle",
}


def test_tagged_droplets_act_together(api: Any) -> None:
    ids = {droplet["id"] for droplet in create(api, several("a", "b", tags=["some"]))}
    for name, type in BY_TAG.items():
        actions = getattr(api.droplet, name)(tag_name="some", **WAIT)
        assert {action["resource_id"] for action in actions} == ids, name
        assert {(one["type"], one["resource_type"], one["status"]) for one in actions} == {
            (type, "droplet", "completed")
        }


def act(api: Any, id: str, name: str, *arguments: Any) -> tuple[str, str, int]:
    action = getattr(api.droplet, name)(id, *arguments, **WAIT)
    assert api.droplet.action_info(id, str(action["id"]))["type"] == action["type"]
    return action["type"], action["status"], action["resource_id"]


def test_one_droplet_takes_every_action(api: Any) -> None:
    droplet = create(api, one("a"))
    id = str(droplet["id"])
    alike = dict.fromkeys(("reboot", "password_reset", "rename", "rebuild", "resize"))
    more = {"rename": ["b"], "rebuild": ["debian-12-x64"], "resize": ["s-2vcpu-4gb", True], "kernel_update": ["7515"]}
    types = BY_TAG | {name: name for name in alike} | {"kernel_update": "change_kernel"}
    types |= {"private_networking_enable": "enable_private_networking"}
    for name, type in types.items():
        assert act(api, id, name, *more.get(name, [])) == (type, "completed", droplet["id"])
    api.droplet.snapshot_create(id=id, tag_name=None, snapshot_name="before", **WAIT)
    (snapshot,) = api.droplet.snapshot_list(id)
    assert act(api, id, "restore", str(snapshot["id"])) == ("restore", "completed", droplet["id"])


def test_image_is_renamed_and_transferred(api: Any) -> None:
    public = api.image.info("ubuntu-24-04-x64")
    assert api.image.info(str(public["id"])) == public
    droplet = create(api, one("a"))
    api.droplet.snapshot_create(id=str(droplet["id"]), tag_name=None, snapshot_name="before", **WAIT)
    everything = api.image.list(type=None, private="false")
    for type in ("distribution", "application"):
        assert 0 < len(api.image.list(type=type, private="false")) < len(everything)
    (own,) = api.image.list(type=None, private="true")
    id = str(own["id"])
    assert (own["name"], api.image.update(id, "kept")["name"]) == ("before", "kept")
    action = api.image.transfer(id, "nyc2", wait=False, poll=5, timeout=300)
    assert (action["type"], action["resource_id"], action["status"]) == ("transfer", own["id"], "in-progress")
    assert action["id"] in [one["id"] for one in api.image.action_list(id)]
    assert api.image.action_info(id, str(action["id"])) == action
    assert api.image.destroy(id) is None


def test_snapshots_are_listed_by_what_they_are_of(api: Any) -> None:
    droplet, volume = create(api, one("a")), api.volume.create({"size_gigabytes": "1", "name": "v", "region": "nyc3"})
    api.droplet.snapshot_create(id=str(droplet["id"]), tag_name=None, snapshot_name="disk", **WAIT)
    api.volume.snapshot_create(id=volume["id"], snapshot_name="data")
    assert len(api.snapshot.list(resource_type=None)) == 2
    (of_droplet,), (of_volume,) = (api.snapshot.list(resource_type=type) for type in ("droplet", "volume"))
    assert (of_droplet["name"], of_volume["name"]) == ("disk", "data")
    assert api.snapshot.info(id=of_droplet["id"])["name"] == "disk"
    assert api.snapshot.destroy(id=of_volume["id"]) is None


def test_volume_is_present_and_copied(api: Any) -> None:
    wanted = {"size_gigabytes": "1", "name": "v", "region": "nyc3", "description": "fine"}
    volume = api.volume.create(wanted, wait=False, poll=5, timeout=300)
    assert (volume["size_gigabytes"], volume["description"], volume["droplet_ids"]) == (1, "fine", [])
    assert api.volume.present(wanted, wait=False, poll=5, timeout=300) == (volume, None)
    new, created = api.volume.present({**wanted, "name": "w"}, wait=False, poll=5, timeout=300)
    assert (new, new["name"]) == (created, "w")
    assert api.volume.info(id=volume["id"]) == api.volume.info(name="v", region="nyc3") == volume
    snapshot = api.volume.snapshot_create(id=volume["id"], snapshot_name="before")
    assert api.volume.snapshot_list(id=volume["id"]) == [snapshot]
    copy = api.volume.create({"size_gigabytes": "2", "name": "copy", "snapshot_id": snapshot["id"]}, **WAIT)
    assert (copy["region"]["slug"], copy["droplet_ids"]) == ("nyc3", [])
    assert api.volume.destroy(name="copy", region="nyc3") is None


def test_volumes_are_attached_by_id_and_by_name(api: Any) -> None:
    droplet = str(create(api, one("a"))["id"])
    made = [api.volume.create({"size_gigabytes": "1", "name": name, "region": "nyc3"}) for name in ("v", "w")]
    by_id, by_name = ({"id": made[0]["id"], "name": None, "region": None}, {"id": None, "name": "w", "region": "nyc3"})
    for operation, type in ((api.volume.attach, "attach_volume"), (api.volume.detach, "detach_volume")):
        for which in (by_id, by_name):
            action = operation(**which, droplet_id=droplet, **WAIT)
            assert (action["type"], action["resource_type"], action["status"]) == (type, "backend", "completed")
    grown = api.volume.resize(made[0]["id"], "3", region=None, wait=False, poll=5, timeout=300)
    assert (grown["type"], grown["status"]) == ("resize_volume", "completed")
    assert api.volume.action_info(made[0]["id"], str(grown["id"])) == api.volume.action_list(made[0]["id"])[0]


def test_address_goes_from_droplet_to_droplet(api: Any) -> None:
    first, second = create(api, several("a", "b"))
    assert api.floating_ip.create(droplet_id=str(first["id"]), region=None)["droplet"]["id"] == first["id"]
    ip = api.floating_ip.create(droplet_id=None, region="nyc3")["ip"]
    assert len(api.floating_ip.list()) == 2
    assert api.floating_ip.info(ip)["region"]["slug"] == "nyc3"
    assigned = api.floating_ip.assign(ip, str(second["id"]), **WAIT)
    unassigned = api.floating_ip.unassign(ip, **WAIT)
    assert [action["type"] for action in (assigned, unassigned)] == ["assign_ip", "unassign_ip"]
    assert unassigned["resource_type"] == "floating_ip"
    assert unassigned["id"] in [action["id"] for action in api.floating_ip.action_list(ip)]
    assert api.floating_ip.action_info(ip, str(unassigned["id"]))["type"] == "unassign_ip"
    assert api.floating_ip.destroy(ip) is None


def test_certificate_is_present_and_serves_a_load_balancer(api: Any, parts: tuple[str, str, str]) -> None:
    made = api.certificate.create("web", *parts)
    found, created = api.certificate.present("web", *parts)
    assert (found["sha1_fingerprint"], created) == (made["sha1_fingerprint"], None)
    other, created = api.certificate.present("other", *parts)
    assert other == created
    assert {one["id"] for one in api.certificate.list()} == {made["id"], other["id"]}
    create(api, several("a", "b", tags=["web"]))
    wanted = {"name": "lb", "region": "nyc3", "forwarding_rules": [{**TLS, "certificate_id": made["id"]}], "tag": "web"}
    balancer, created = api.load_balancer.present(wanted, True, 5, 300)
    assert (balancer, balancer["tag"]) == (created, "web")
    assert balancer["forwarding_rules"][0]["certificate_id"] == made["id"]
    assert api.load_balancer.destroy(balancer["id"]) is None
    assert api.certificate.destroy(id=made["id"]) is None


def test_load_balancer_changes_its_droplets_and_rules(api: Any) -> None:
    ids = [droplet["id"] for droplet in create(api, several("a", "b", "c"))]
    wanted = {"name": "lb", "region": "nyc3", "forwarding_rules": [{**TLS, "tls_passthrough": True}]}
    id = api.load_balancer.create({**wanted, "droplet_ids": [str(ids[0])]}, True, 5, 300)["id"]
    found, created = api.load_balancer.present({**wanted, "forwarding_rules": [RULE]}, True, 5, 300)
    assert (found["droplet_ids"], found["forwarding_rules"][0]["entry_port"], created) == ([ids[0]], 443, None)
    high = {**RULE, "entry_port": 8080, "target_port": 8080}
    api.load_balancer.update(id, {**wanted, "forwarding_rules": [high], "droplet_ids": [str(ids[1])]})
    api.load_balancer.droplet_add(id, [str(ids[2])])
    assert api.load_balancer.info(id)["droplet_ids"] == ids[1:]
    api.load_balancer.droplet_remove(id, [str(ids[1])])
    api.load_balancer.forwarding_rule_add(id, [RULE])
    assert [rule["entry_port"] for rule in api.load_balancer.info(id)["forwarding_rules"]] == [8080, 80]
    api.load_balancer.forwarding_rule_remove(id, [high])
    left = api.load_balancer.info(id)
    assert (left["droplet_ids"], [rule["entry_port"] for rule in left["forwarding_rules"]]) == ([ids[2]], [80])


def test_record_that_points_to_its_domain_reads_at(api: Any) -> None:
    api.domain.create("example.com", "192.0.2.1")
    assert [one["name"] for one in api.domain.list()] == [api.domain.info("example.com")["name"]] == ["example.com"]
    assert "192.0.2.1" in {record["data"] for record in api.domain.record_list("example.com")}
    attribs = {"type": "CNAME", "name": "www.example.com", "data": "example.com."}
    record = api.domain.record_create("example.com", attribs)
    assert (record["type"], record["data"]) == ("CNAME", "@")
    id = str(record["id"])
    assert api.domain.record_info("example.com", id) == record
    changed = api.domain.record_update("example.com", id, {"name": "w2.example.com", "data": "example.com."})
    assert (changed["name"], changed["data"]) == ("w2.example.com", "@")
    assert api.domain.record_destroy("example.com", id) is None
    assert api.domain.destroy("example.com") is None


def test_key_is_found_by_id_and_by_fingerprint(api: Any) -> None:
    key = api.ssh_key.create("me", KEY)
    assert api.ssh_key.present("me", KEY) == (key, None)
    for which in (str(key["id"]), key["fingerprint"]):
        assert api.ssh_key.info(which) == key
        assert api.ssh_key.update(which, "you")["name"] == "you"
        assert api.ssh_key.destroy(which) is None
        key = api.ssh_key.create("me", KEY)
    assert [one["id"] for one in api.ssh_key.list()] == [key["id"]]


def test_tags_come_to_droplets_and_off_them(api: Any) -> None:
    ids = [droplet["id"] for droplet in create(api, several("a", "b", "c"))]
    tag = api.tag.create("one")
    assert (api.tag.present("one"), api.tag.info("one")) == ((tag, None), tag)
    assert api.tag.present("all")[1]["name"] == "all"
    assert sorted(api.tag.name_list()) == ["all", "one"]
    resources = [{"resource_type": "droplet", "resource_id": str(id)} for id in ids]
    api.tag.attach("one", resources[:1])
    api.tag.attach("all", resources)
    assert sorted(api.droplet.info(str(ids[0]))["tags"]) == ["all", "one"]
    assert len(api.droplet.list(tag_name="all")) == 3
    api.tag.detach("one", resources[:1])
    assert api.droplet.info(str(ids[0]))["tags"] == ["all"]
    assert api.tag.destroy("one") is None


def test_account_is_emptied_in_the_playbooks_order(api: Any) -> None:
    droplet = create(api, one("a", tags=["web"], backups=True))
    api.volume.create({"size_gigabytes": "1", "name": "v", "region": "nyc3"})
    api.floating_ip.create(droplet_id=None, region="nyc3")
    api.ssh_key.create("me", KEY)
    api.domain.create("example.com", "192.0.2.1")
    api.droplet.snapshot_create(id=str(droplet["id"]), tag_name=None, snapshot_name="before", **WAIT)
    keys = {"domain": "name", "floating_ip": "ip", "tag": "name"}
    for resource in ("load_balancer", "domain", "droplet", "snapshot", "volume", "ssh_key", "floating_ip", "tag"):
        group = getattr(api, resource)
        for item in group.list():
            assert group.destroy(item[keys.get(resource, "id")]) is None
        assert group.list() == [] or resource == "droplet"
    assert api.image.list(type=None, private="true") == []


def test_account_and_catalog_answer(api: Any) -> None:
    assert api.account.info()["uuid"]
    create(api, one("a"))
    (action,) = api.action.list()
    assert api.action.info(str(action["id"])) == action
    assert {region["slug"]: region["name"] for region in api.region.list()}["nyc1"] == "New York 1"
    assert {size["slug"]: size["memory"] for size in api.size.list()}["s-1vcpu-512mb-10gb"] == 512
