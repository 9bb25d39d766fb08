"""Destroying a Droplet with what belongs to it, when a part of that could not be destroyed at first."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOActionException, DOBOTOConflictException, DOBOTONotFoundException
from doboto.sim import Settings, Simulator

from .conftest import one

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def settings() -> Settings:
    return Settings(durations={"volume.resize": 8.0})


def test_what_could_not_be_destroyed_is_tried_again(api: Any, sim: Simulator) -> None:
    droplet = api.droplet.create(one(), wait=True)
    volume = api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    api.volume.attach(volume["id"], droplet_id=droplet["id"], wait=True)
    api.volume.resize(volume["id"], 20)
    with pytest.raises(DOBOTOActionException, match="volumes") as caught:
        api.droplet.destroy_with_associated_resources(droplet["id"], dangerous=True, wait=True)
    assert caught.value.result["failures"] == 1
    sim.clock.advance(10)  # type: ignore[attr-defined]
    assert api.droplet.destroy_retry(droplet["id"]) is None
    with pytest.raises(DOBOTOConflictException):
        api.droplet.destroy_retry(droplet["id"])
    sim.clock.advance(10)  # type: ignore[attr-defined]
    assert api.droplet.destroy_retry(droplet["id"], wait=True)["failures"] == 0
    assert api.volume.list() == []


def test_what_was_never_destroyed_can_not_be_tried_again(api: Any) -> None:
    with pytest.raises(DOBOTONotFoundException):
        api.droplet.destroy_retry(api.droplet.create(one(), wait=True)["id"])
