"""Programs for DOBOTO 0.6 work as they did: what its users passed is accepted, with the same effect."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from doboto import DOBOTOPollingException
from doboto.sim import Simulator

from .conftest import Log, one


@pytest.fixture
def bodies(sim: Simulator) -> list[Any]:
    """The bodies of requests that change something."""
    found: list[Any] = []
    sim.on_seen.append(lambda incoming, _: found.append(incoming.body()) if incoming.method != "GET" else None)
    return found


@pytest.fixture
def droplet(api: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.droplet.create(one(), wait=True)
    return made


@pytest.mark.parametrize("private", ["true", "True", "YES", True, 1])
def test_documented_booleans_accept_texts(api: Any, log: Log, private: Any) -> None:
    api.image.list(private=private)
    assert log.take() == ["GET /images?private=true&page=1"]


@pytest.mark.parametrize("private", ["false", "No", 0, False, None])
def test_documented_booleans_accept_texts_for_false(api: Any, log: Log, private: Any) -> None:
    api.image.list(private=private)
    assert log.take() == ["GET /images?page=1"]


@pytest.mark.parametrize("wrong", ["on", "", "1", 2, 1.0, [], b"true"])
def test_other_values_are_no_booleans(api: Any, log: Log, wrong: Any) -> None:
    with pytest.raises(TypeError, match="private must be True or False"):
        api.image.list(private=wrong)
    with pytest.raises(TypeError, match="ipv6 must be True or False"):
        api.droplet.create(one(ipv6=wrong))
    assert log.take() == []


def test_attributes_accept_texts_of_booleans_and_numbers(api: Any, bodies: list[Any]) -> None:
    droplet = api.droplet.create(one(ipv6="true", monitoring="no", backups=0))
    assert "v6" in droplet["networks"]
    assert (bodies[0]["ipv6"], bodies[0]["monitoring"], bodies[0]["backups"]) == (True, False, False)
    assert api.volume.create({"name": "v", "region": "nyc3", "size_gigabytes": "10"})["size_gigabytes"] == 10
    assert bodies[1]["size_gigabytes"] == 10


def test_false_is_no_user_data(api: Any, bodies: list[Any]) -> None:
    api.droplet.create({**one(), "user_data": False, "tags": None})
    assert bodies[-1] == one()


def test_volume_from_snapshot_needs_no_region(api: Any, bodies: list[Any]) -> None:
    volume = api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    snapshot = api.volume.snapshot_create(volume["id"], "before")
    bodies.clear()
    with pytest.raises(ValueError, match="region is required"):
        api.volume.create({"name": "copy", "size_gigabytes": 10})
    attribs = {"name": "copy", "snapshot_id": snapshot["id"], "size_gigabytes": 10}
    copy = api.volume.create(attribs)
    assert (copy["region"]["slug"], bodies) == ("nyc3", [attribs])
    assert api.volume.present(attribs) == (api.volume.info(copy["id"]), None)


def test_volume_is_attached_and_detached_by_name_alone(api: Any, droplet: Any, bodies: list[Any]) -> None:
    api.volume.create({"name": "v", "region": "nyc3", "size_gigabytes": 1})
    bodies.clear()
    assert api.volume.attach(name="v", droplet_id=droplet["id"], wait=True)["status"] == "completed"
    assert api.volume.detach(name="v", droplet_id=droplet["id"], wait=True)["status"] == "completed"
    assert bodies[0] == {"type": "attach", "volume_name": "v", "droplet_id": droplet["id"]}


def test_volume_id_counts_more_than_its_name(api: Any, log: Log) -> None:
    volume = api.volume.create({"name": "v", "region": "nyc3", "size_gigabytes": 1})
    assert api.volume.info(volume["id"], name="another", region="nyc3")["id"] == volume["id"]
    assert api.volume.destroy(volume["id"], "another", "nyc3") is None
    assert log.take()[-1] == f"DELETE /volumes/{volume['id']}"


def test_droplet_as_name_of_a_volume_is_explained(api: Any, log: Log) -> None:
    for operation in (api.volume.attach, api.volume.detach):
        with pytest.raises(TypeError, match="name must be text, not 7; give the Droplet's id as droplet_id"):
            operation("506f78a4", 7, droplet_id=7)
        with pytest.raises(TypeError, match="give the Droplet's id as droplet_id"):
            operation("506f78a4", 7)
    assert log.take() == []


def test_droplet_counts_more_than_region_of_an_address(api: Any, droplet: Any, bodies: list[Any]) -> None:
    bodies.clear()
    api.floating_ip.create(droplet["id"], "nyc3")
    assert bodies == [{"droplet_id": droplet["id"]}]


def test_image_ids_as_text_are_sent_as_numbers(api: Any, droplet: Any, bodies: list[Any]) -> None:
    api.droplet.snapshot_create(droplet["id"], snapshot_name="before", wait=True)
    image = api.droplet.snapshot_list(droplet["id"])[0]["id"]
    bodies.clear()
    api.droplet.rebuild(droplet["id"], str(image), wait=True)
    api.droplet.create(one("web-2", image=str(image)))
    assert [body["image"] for body in bodies] == [image, image]
    api.droplet.restore(droplet["id"], str(image))
    assert bodies[-1] == {"type": "restore", "image": image}


def test_poll_as_text_and_disk_as_text_or_none(api: Any, droplet: Any, bodies: list[Any]) -> None:
    api.droplet.power_off(droplet["id"], wait=True, poll="5", timeout="60")
    bodies.clear()
    for disk in ("false", None, 0):
        size = f"s-{2 if disk == 'false' else 1}vcpu-2gb"
        api.droplet.resize(droplet["id"], size, disk=disk, wait=True)
    assert {body["disk"] for body in bodies} == {False}
    bodies.clear()
    api.droplet.resize(droplet["id"], "s-4vcpu-8gb", disk="true", wait=True)
    assert bodies[0]["disk"] is True


def test_timeout_of_zero_looks_once(api: Any, droplet: Any, log: Log) -> None:
    log.take()
    with pytest.raises(DOBOTOPollingException) as caught:
        api.droplet.reboot(droplet["id"], wait=True, timeout=0)
    assert caught.value.ids
    requests = log.take()
    assert [line.split()[0] for line in requests] == ["POST", "GET"]


def test_present_needs_only_a_name_if_the_droplet_exists(api: Any, droplet: Any, log: Log) -> None:
    assert api.droplet.present({"name": droplet["name"]}) == (api.droplet.info(droplet["id"]), None)
    log.take()
    with pytest.raises(ValueError, match="size and image are required"):
        api.droplet.present({"name": "new"})
    assert not [line for line in log.take() if line.startswith("POST")]


IMPORTS = {
    "module": "import doboto.DO; made = doboto.DO.DO",
    "module under a name": "import doboto.DO as m; made = m.DO",
    "attribute of the class": "from doboto import DO; made = DO.DO",
    "class": "from doboto import DO; made = DO",
    "from the module": "from doboto.DO import DO; made = DO",
    "package": "import doboto; made = doboto.DO",
    "class after module": "import doboto.DO; from doboto import DO; made = DO",
    "exception": "from doboto.exception import DOBOTOException; from doboto.DO import DO; made = DO",
}


@pytest.mark.parametrize("form", IMPORTS)
def test_every_form_of_import_gives_the_client(form: str) -> None:
    program = f"{IMPORTS[form]}; do = made('t'); print(do)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=300)
    assert "DO(url=" in done.stdout, done.stderr
