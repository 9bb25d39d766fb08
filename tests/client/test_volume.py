"""Volumes: every operation in both clients, held against the specification; what is lost is found."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DOBOTOConflictException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
)
from doboto.sim import Simulator

from .conftest import Log, one
from .contract import Contract

DATA = {"name": "data", "region": "nyc3", "size_gigabytes": 10}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def volume(api: Any) -> Any:
    return api.volume.create(DATA)


def test_life_of_a_volume(api: Any, contract: Contract) -> None:
    droplet = api.droplet.create(one(), wait=True)
    volume = api.volume.create(DATA, description="all of it", filesystem_type="ext4", tags=["t"])
    assert (volume["name"], volume["region"]["slug"], volume["droplet_ids"]) == ("data", "nyc3", None)
    volume["droplet_ids"] = []  # null in the reply to the create alone
    assert (
        api.volume.list()
        == api.volume.list("nyc3")
        == api.volume.list(name="data")
        == list(api.volume.each())
        == [volume]
    )
    assert api.volume.list("ams3") == []
    assert api.volume.info(volume["id"]) == api.volume.info(name="data", region="nyc3") == volume

    action = api.volume.attach(volume["id"], droplet_id=droplet["id"], wait=True)
    assert action["status"] == "completed"
    assert api.droplet.info(droplet["id"])["volume_ids"] == [volume["id"]]
    assert api.volume.action_info(volume["id"], action["id"]) == action
    api.volume.detach(name="data", region="nyc3", droplet_id=droplet["id"], wait=True)
    assert api.volume.info(volume["id"])["droplet_ids"] == []
    api.volume.attach(name="data", region="nyc3", droplet_id=droplet["id"], wait=True)
    with pytest.raises(DOBOTOConflictException):
        api.volume.destroy(volume["id"])
    api.volume.detach(volume["id"], droplet_id=droplet["id"], wait=True)

    api.volume.resize(volume["id"], 20, "nyc3", wait=True)
    assert api.volume.info(volume["id"])["size_gigabytes"] == 20
    assert len(api.volume.action_list(volume["id"])) == 5
    snapshot = api.volume.snapshot_create(volume["id"], "before", tags=["t"])
    assert api.volume.snapshot_list(volume["id"]) == [api.volume.snapshot_info(snapshot["id"])]
    api.volume.snapshot_destroy(snapshot["id"])
    assert api.volume.destroy(volume["id"]) is None
    with pytest.raises(DOBOTONotFoundException):
        api.volume.destroy(name="data", region="nyc3")
    assert api.volume.destroy(volume["id"], missing_ok=True) is None
    assert contract.checked > 30


def test_present(api: Any, volume: Any, log: Log) -> None:
    log.take()
    there, created = api.volume.present(DATA)
    assert (there["id"], created) == (volume["id"], None)
    assert log.take() == ["GET /volumes?name=data&region=nyc3&page=1"]
    there, created = api.volume.present(name="data", region="ams3", size_gigabytes=10)
    assert there == created


@pytest.mark.parametrize("target", [{}, {"id": ""}, {"name": "", "region": "nyc3"}, {"region": "nyc3"}])
def test_volume_needs_id_or_name(api: Any, log: Log, target: dict[str, Any]) -> None:
    for name in ("info", "destroy", "attach", "detach"):
        more = {"droplet_id": 1} if name in {"attach", "detach"} else {}
        with pytest.raises(ValueError, match="id|name|region"):
            getattr(api.volume, name)(**target, **more)
    assert log.take() == []


def test_what_is_missing_is_told_before_any_request(api: Any, log: Log) -> None:
    with pytest.raises(ValueError, match="size_gigabytes is required"):
        api.volume.create({"name": "data", "region": "nyc3"})
    with pytest.raises(ValueError, match="droplet_id is required"):
        api.volume.attach("some-id")
    with pytest.raises(TypeError, match="tags must be a list"):
        api.volume.create(DATA, tags="t")
    assert log.take() == []


def test_a_volume_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/volumes", count=1, when="after")
    volume = api.volume.create(DATA)
    assert api.volume.list() == [volume]
    assert log.count("POST /volumes") == 1
    sim.faults.add("drop", method="POST", path="/v2/volumes", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="volume other in nyc3"):
        api.volume.create(name="other", region="nyc3", size_gigabytes=10)


def test_an_attachment_whose_answer_was_lost_is_found(api: Any, sim: Simulator, volume: Any) -> None:
    droplet = api.droplet.create(one(), wait=True)
    sim.faults.add("drop", method="POST", path="/v2/volumes/**", count=1, when="after")
    action = api.volume.attach(name="data", region="nyc3", droplet_id=droplet["id"], wait=True)
    assert (action["type"], action["status"]) == ("attach_volume", "completed")


def test_a_busy_droplet_is_waited_for(api: Any, volume: Any) -> None:
    droplet = api.droplet.create(one(), wait=True)
    api.droplet.reboot(droplet["id"])
    assert api.volume.attach(volume["id"], droplet_id=droplet["id"], wait=True)["status"] == "completed"
