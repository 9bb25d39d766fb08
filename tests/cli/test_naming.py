"""Things other than Droplets are named by id or by name too, wherever an option takes one; an id is never looked up."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.cli.schema import catalog
from doboto.cli.schema.catalog import naming_of
from doboto.plans import is_id
from doboto.sim import ManualClock

from .conftest import NEW, Doboto

RULE = '{"protocol": "tcp", "ports": "22", "sources": {"addresses": ["::/0"]}}'
NOUNS = {"vpc": "VPC", "ssh-key": "SSH key"}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBv0yMV8Yv8sVn0cT0Q8yX8m2Q0m3s9f6m8Lr7c1zQ5d laptop"


def made(doboto: Doboto, *order: str) -> str:
    return doboto.ok("-q", *order, "--query", "id").out.strip()


def volume(doboto: Doboto) -> str:
    return made(doboto, "volume", "create", "it", "--region", "nyc3", "--size-gigabytes", "10")


def firewall(doboto: Doboto) -> str:
    return made(doboto, "firewall", "create", "it", "--inbound-rules", RULE)


def vpc(doboto: Doboto) -> str:
    made(doboto, "vpc", "create", "first", "--region", "nyc3")  # the region's default, which stays
    return made(doboto, "vpc", "create", "it", "--region", "nyc3")


def project(doboto: Doboto) -> str:
    return made(doboto, "project", "create", "it", "--purpose", "Trying")


def ssh_key(doboto: Doboto) -> str:
    return made(doboto, "ssh-key", "create", "it", "--public-key", KEY)


def snapshot(doboto: Doboto) -> str:
    return made(doboto, "volume", "snapshot-create", volume(doboto), "--snapshot-name", "it")


@pytest.mark.parametrize("make", [volume, firewall, vpc, project, ssh_key, snapshot], ids=lambda one: one.__name__)
def test_a_name_is_as_good_as_an_id(simulated: Doboto, asked: list[str], make: Any) -> None:
    """And with an id there is one request: the one that does it."""
    id, kind = make(simulated), make.__name__.replace("_", "-")
    assert made(simulated, kind, "info", "it") == made(simulated, kind, "info", "IT") == id
    asked.clear()
    assert made(simulated, kind, "info", id) == id
    assert len(asked) == 1
    simulated.ok(kind, "destroy", "it", "--yes")
    assert simulated.refused(3, "not_found", kind, "info", "it")["message"] == (
        f"no {NOUNS.get(kind, kind)} is called 'it'; see `doboto {kind} list`"
    )


@pytest.mark.parametrize("kind", ["volume", "firewall", "load-balancer", "certificate", "vpc", "ssh-key", "snapshot"])
def test_a_name_of_nothing_is_not_found_and_with_missing_ok_nothing_is_done(
    simulated: Doboto, asked: list[str], kind: str
) -> None:
    assert simulated.ok(kind, "destroy", "nope", "--missing-ok", "--yes", "-q").out == ""
    simulated.refused(3, "not_found", kind, "destroy", "nope", "--yes")
    simulated.refused(2, "usage", kind, "info", " ")
    assert all(line.startswith("GET ") for line in asked)


def test_a_name_that_fits_several_is_refused_with_the_list(simulated: Doboto, asked: list[str]) -> None:
    ids = [
        made(simulated, "volume", "create", "data", "--region", region, "--size-gigabytes", "10")
        for region in ("nyc3", "sfo3")
    ]
    asked.clear()
    error = simulated.refused(3, "not_found", "volume", "destroy", "data", "--yes")
    assert [one["id"] for one in error["matches"]] == ids
    assert all(f"{id} {region}" in error["message"] for id, region in zip(ids, ("nyc3", "sfo3"), strict=True))
    assert all(line.startswith("GET ") for line in asked)


def test_several_names_are_looked_up_in_one_list(simulated: Doboto, asked: list[str]) -> None:
    ids = [made(simulated, "vpc", "create", name, "--region", "nyc3") for name in ("a", "b", "c")]
    asked.clear()
    assert simulated.ok("vpc", "info", "a", "b", "c", ids[0], "--query", "[].id").out.split() == ids
    assert sum(line.startswith("GET /vpcs?") for line in asked) == 1


def test_options_take_names_too(simulated: Doboto) -> None:
    """A volume's Droplet; a Droplet's VPC, SSH keys and volumes; a firewall's Droplets."""
    network, key = vpc(simulated), ssh_key(simulated)
    disk = made(simulated, "volume", "create", "data", "--region", "nyc3", "--size-gigabytes", "10")
    droplet = simulated.ok(
        "-q", "droplet", "create", "web", *NEW, "--vpc-uuid", "it", "--ssh-keys", f"it,{key}", "--volumes", "data",
        "--wait", "-o", "json",
    ).json  # fmt: skip
    assert (droplet["vpc_uuid"], droplet["volume_ids"]) == (network, [disk])
    assert simulated.ok("-q", "volume", "detach", "data", "--droplet-id", "web", "--wait").out
    assert simulated.ok("volume", "info", "data", "-o", "json").json["droplet_ids"] == []
    made(simulated, "firewall", "create", "fw", "--inbound-rules", RULE, "--droplet-ids", "web")
    assert simulated.ok("firewall", "info", "fw", "-o", "json").json["droplet_ids"] == [droplet["id"]]


def test_an_image_of_ones_own_goes_before_a_slug(simulated: Doboto, asked: list[str]) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "droplet", "snapshot-create", "web", "--snapshot-name", "before", "--wait")
    id = made(simulated, "image", "info", "before")
    assert id.isdigit()
    assert simulated.ok("image", "info", "ubuntu-24-04-x64", "--query", "slug").out == "ubuntu-24-04-x64\n"
    simulated.ok("-q", "image", "destroy", "before", "--yes")
    assert f"DELETE /images/{id}" in asked


def golden(doboto: Doboto, name: str = "golden") -> str:
    doboto.ok("-q", "droplet", "snapshot-create", "web", "--snapshot-name", name, "--wait")
    return doboto.ok("image", "list", "--private", "--query", f"[?name=='{name}'] | [-1].id").out.strip()


def test_droplets_are_made_and_begun_anew_from_an_own_image_by_its_name(simulated: Doboto, asked: list[str]) -> None:
    """The API takes ids and slugs alone, so what is sent is its id."""
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    id = golden(simulated)
    order = ("--size", "s-1vcpu-1gb", "--region", "nyc3", "--image", "Golden")
    shown = simulated.ok("droplet", "create", "two", *order, "--dry-run", "-o", "json").json
    assert shown["requests"][0]["image"] == int(id)
    for command in ("create", "present"):
        assert made(simulated, "droplet", command, f"{command}d", *order, "--wait")
        assert simulated.ok("droplet", "info", f"{command}d", "--query", "image.id").out.strip() == id
    asked.clear()
    simulated.ok("-q", "droplet", "rebuild", "web", "--image", "golden", "--yes", "--wait")
    assert simulated.ok("droplet", "info", "web", "--query", "image.id").out.strip() == id
    assert sum(line.startswith("GET /images?private") for line in asked) == 1
    asked.clear()
    simulated.ok("-q", "droplet", "rebuild", "web", "--image", "debian-12-x64", "--yes", "--wait")
    assert not any(line.startswith("GET /images") for line in asked)


def test_a_droplet_is_put_back_to_a_backup_or_an_own_image_by_its_name(served: Doboto, doboto_server: Any) -> None:
    served.ok("-q", "droplet", "create", "web", *NEW, "--backups", "--wait")
    clock = ManualClock(doboto_server.simulator.clock.now())
    doboto_server.simulator.use_clock(clock)
    clock.advance(2 * 86400)
    backup = served.ok("droplet", "backup-list", "web", "-o", "json").json[0]
    own = served.ok("-q", "droplet", "snapshot-create", "web", "--snapshot-name", "golden", "-o", "json").json
    clock.advance(600)
    assert own["type"] == "snapshot"
    id = served.ok("image", "info", "golden", "--query", "id").out.strip()
    for name, wanted in ((backup["name"], backup["id"]), ("Golden", int(id))):
        served.ok("-q", "droplet", "restore", "web", "--image", name, "--yes")
        clock.advance(600)
        sent = [one.body for one in doboto_server.simulator.requests if one.method == "POST"]
        assert sent[-1] == {"type": "restore", "image": wanted}
    message = served.refused(3, "not_found", "droplet", "restore", "web", "--image", "goldne", "--yes")["message"]
    assert message == "no backup or image is called 'goldne'; see `doboto droplet backup-list 480000000`"
    served.ok("-q", "droplet", "create", "db", *NEW)
    several = ("droplet", "restore", "web", "db", "--image", backup["name"], "--yes")
    message = served.refused(2, "usage", *several)["message"]
    assert message == f"a backup's name is looked up for one Droplet; for several give an id, not {backup['name']!r}"


def test_a_name_that_fits_several_own_images_is_refused_with_the_list(simulated: Doboto, asked: list[str]) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    golden(simulated)
    golden(simulated)
    asked.clear()
    error = simulated.refused(3, "not_found", "droplet", "rebuild", "web", "--image", "golden", "--yes")
    assert error["message"].startswith("2 images are called 'golden', so say which by id: ")
    assert len(error["matches"]) == 2
    simulated.refused(2, "usage", "droplet", "rebuild", "web", "--image", "goldne", "--yes")
    assert all(line.startswith("GET ") for line in asked)


def test_a_token_that_may_not_list_images_leaves_the_refusal_to_the_api(served: Doboto, doboto_server: Any) -> None:
    """Also where the slugs are known from another time."""
    served.ok("-q", "droplet", "create", "web", *NEW, "--dry-run")
    doboto_server.simulator.register("maker", {"droplet:create", "droplet:read", "regions:read", "sizes:read"})
    order = ("droplet", "create", "two", *NEW[:4], "--image", "golden")
    error = served.refused(4, "unauthorized", *order, DIGITALOCEAN_TOKEN="maker")
    assert (error["method"], error["status"]) == ("POST", 403)


def test_several_things_do_not_get_one_name(simulated: Doboto, asked: list[str]) -> None:
    simulated.ok("-q", "droplet", "create", "a", "b", *NEW, "--wait")
    asked.clear()
    error = simulated.refused(2, "usage", "droplet", "rename", "a", "b", "--name", "same")
    assert error["message"] == "--name takes exactly one target, not 2"
    assert all(line.startswith("GET ") for line in asked)
    simulated.ok("-q", "droplet", "rename", "a", "a", "--name", "same", "--wait")
    assert simulated.ok("droplet", "list", "--query", "[].name").out.split() == ["same", "b"]


@pytest.mark.parametrize("text", ["7", "6FA459EA-EE8A-3CA4-894E-DB77E160355E", "3b:16:bf:e4:8b", "SHA256:abc"])
def test_ids_are_known_by_their_looks(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["web-1", "data", "7a", "6fa459ea-ee8a", "²"])
def test_names_are_no_ids(text: str) -> None:
    assert not is_id(text)


def test_every_kind_that_has_ids_and_names_is_named_by_either() -> None:
    """What takes an id alone has no name in its list: an action, an alert policy."""
    without = {
        one.resource
        for resource in catalog.resources()
        for one in catalog.operations(resource).values()
        if resource != "droplet" and any(each.name == "id" for each in one.parameters) and not naming_of(one, "id")
    }
    assert without == {"action", "monitoring"}


def test_snapshots_of_one_name_are_told_apart_by_what_they_are_of(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "droplet", "snapshot-create", "web", "--name", "nightly", "--wait")
    made = simulated.ok("-q", "-o", "json", "volume", "create", "data", "--region", "nyc3", "--size", "10").json
    simulated.ok("-q", "volume", "snapshot-create", "data", "--name", "nightly")
    message = simulated.refused(3, "not_found", "snapshot", "destroy", "nightly", "--yes")["message"]
    assert message.startswith("2 snapshots are called 'nightly', so say which by id: ")
    assert " of droplet 480000000 " in message
    assert f" of volume {made['id']} " in message


def test_what_a_project_did_not_get_is_an_error_after_the_result(simulated: Doboto) -> None:
    """The API's answer is 200, with a status for each."""
    simulated.ok("-q", "project", "create", "shop", "--purpose", "Trying")
    simulated.ok("-q", "domain", "create", "example.com")
    assign = ("-q", "project", "resource-assign", "shop", "--resources")
    done = simulated("-o", "json", *assign, "domain:example.com,domain:example.org")
    assert [one["status"] for one in done.json] == ["assigned", "not_found"]
    assert (done.code, done.error["code"]) == (9, "partly_done")
    assert done.error["message"] == "1 of 2 not assigned: do:domain:example.org (not found)"
    assert simulated(*assign, "domain:example.org").code == 3
    simulated.ok(*assign, "domain:example.com")
