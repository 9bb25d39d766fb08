"""Snapshots: in both clients, held against the specification."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTONotFoundException
from doboto.sim import Simulator

from .conftest import Log, one

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def snapshots(api: Any) -> tuple[Any, Any]:
    """A Droplet's and a volume's."""
    droplet = api.droplet.create(one(), wait=True)
    api.droplet.snapshot_create(droplet["id"], snapshot_name="before", wait=True)
    volume = api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    of_volume = api.volume.snapshot_create(volume["id"], "before")
    of_droplet = next(one for one in api.snapshot.list() if one["resource_type"] == "droplet")
    assert of_droplet["resource_id"] == str(droplet["id"])
    return of_droplet, of_volume


def test_life_of_snapshots(api: Any, snapshots: tuple[Any, Any]) -> None:
    of_droplet, of_volume = snapshots
    assert api.snapshot.list() == list(api.snapshot.each()) == [of_droplet, of_volume]
    assert api.snapshot.list("droplet") == list(api.snapshot.each("droplet")) == [of_droplet]
    assert api.snapshot.list("volume") == [of_volume]
    for snapshot in snapshots:
        assert api.snapshot.info(snapshot["id"]) == snapshot
        assert api.snapshot.destroy(snapshot["id"]) is None
        with pytest.raises(DOBOTONotFoundException):
            api.snapshot.info(snapshot["id"])
        with pytest.raises(DOBOTONotFoundException):
            api.snapshot.destroy(snapshot["id"])
        assert api.snapshot.destroy(snapshot["id"], missing_ok=True) is None
    assert api.snapshot.list() == []


def test_snapshots_of_a_region(api: Any, snapshots: tuple[Any, Any], log: Log) -> None:
    of_droplet, of_volume = snapshots
    image = int(of_droplet["id"])
    api.image.transfer(image, "ams3", wait=True)
    assert [one["id"] for one in api.snapshot.list(region="ams3")] == [of_droplet["id"]]
    assert [one["id"] for one in api.snapshot.each(region="nyc3")] == [of_droplet["id"], of_volume["id"]]
    assert api.snapshot.list("volume", region="ams3") == list(api.snapshot.each("volume", region="ams3")) == []
    log.take()
    with pytest.raises(ValueError, match="region must not be empty"):
        api.snapshot.list(region=" ")
    assert log.take() == []


def test_a_droplets_snapshot_is_named_by_its_number_too(api: Any, snapshots: tuple[Any, Any]) -> None:
    assert api.snapshot.info(int(snapshots[0]["id"])) == snapshots[0]


def test_a_destruction_whose_answer_was_lost_is_done(api: Any, sim: Simulator, snapshots: tuple[Any, Any]) -> None:
    sim.faults.add("drop", method="DELETE", path="/v2/snapshots/*", count=1, when="after")
    api.snapshot.destroy(snapshots[1]["id"])
    assert api.snapshot.list("volume") == []


@pytest.mark.parametrize("id", ["", " ", ".."])
def test_what_is_no_id_is_refused(api: Any, log: Log, id: str) -> None:
    for name in ("info", "destroy"):
        with pytest.raises(ValueError, match="id must not be"):
            getattr(api.snapshot, name)(id)
    with pytest.raises(ValueError, match="resource_type must be one of"):
        api.snapshot.list("")
    assert log.take() == []
