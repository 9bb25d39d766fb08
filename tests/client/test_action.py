"""Actions of the account: in both clients, held against the specification."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from doboto import DOBOTONotFoundException

from .conftest import Log, one, several

pytestmark = pytest.mark.usefixtures("contract")


def test_actions_of_all_resources_are_listed_newest_first(api: Any) -> None:
    droplet = api.droplet.create(one(), wait=True)
    volume = api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    attached = api.volume.attach(volume["id"], droplet_id=droplet["id"], wait=True)
    listed = api.action.list()
    assert [action["type"] for action in listed] == ["attach_volume", "create"]
    assert list(api.action.each()) == listed
    assert api.action.info(attached["id"]) == listed[0]


def test_each_reads_no_more_pages_than_are_used(api: Any, log: Log) -> None:
    for group in range(21):
        api.droplet.create(several(*(f"a-{group}-{number}" for number in range(10))))
    log.take()
    newest = list(islice(api.action.each(), 3))
    assert len({action["id"] for action in newest}) == 3
    assert log.take() == ["GET /actions?page=1"]
    assert len(api.action.list()) == 210
    assert log.count("GET /actions?page=") == 2


def test_an_action_that_is_not_there(api: Any, log: Log) -> None:
    with pytest.raises(DOBOTONotFoundException):
        api.action.info(1)
    log.take()
    with pytest.raises(TypeError, match="id must be"):
        api.action.info(None)
    with pytest.raises(ValueError, match="id must not be empty"):
        api.action.info("")
    assert log.take() == []
