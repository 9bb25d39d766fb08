"""What an operation is aimed at: one Droplet or a tag, quoted, never nothing, never everything by accident."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto import DOBOTOActionException, DOBOTONotFoundException
from doboto._core.request import path

from .conftest import Log, one
from .test_surface import DOCUMENTED, ID_OR_TAG, WAIT

BY_ID = [name for name, parameters in DOCUMENTED.items() if parameters[:1] == ("id",)]
EITHER = ["destroy", *(name for name, parameters in DOCUMENTED.items() if parameters == ID_OR_TAG), "snapshot_create"]
FURTHER = {"image": "debian-12-x64", "size": "s-1vcpu-1gb", "name": "web-1", "kernel_id": 1, "action_id": 1}
NOT_BY_TAG = {"private_networking_enable"}


def further(name: str) -> dict[str, Any]:
    return {parameter: FURTHER[parameter] for parameter in DOCUMENTED[name][1:] if parameter in FURTHER}


@pytest.mark.parametrize("name", EITHER)
@pytest.mark.parametrize(
    "target",
    [{}, {"id": 1, "tag_name": "a"}, {"id": ""}, {"tag_name": ""}, {"tag_name": "  "}, {"id": None, "tag_name": None}],
)
def test_exactly_one_of_id_and_tag_name(api: Any, log: Log, name: str, target: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="id|tag_name"):
        getattr(api.droplet, name)(**target)
    assert log.take() == []


@pytest.mark.parametrize("name", BY_ID)
@pytest.mark.parametrize(
    ("id", "kind"), [("", ValueError), (None, TypeError), (True, TypeError), ("..", ValueError), ({"id": 1}, TypeError)]
)
def test_ids_that_cannot_be_ids_are_refused(api: Any, log: Log, name: str, id: Any, kind: type[Exception]) -> None:
    with pytest.raises((kind, ValueError)):
        getattr(api.droplet, name)(id, **further(name))
    assert log.take() == []


@pytest.mark.parametrize("name", sorted(NOT_BY_TAG))
def test_actions_that_the_api_does_not_take_by_tag_are_refused(api: Any, log: Log, name: str) -> None:
    with pytest.raises(ValueError, match="one Droplet at a time"):
        getattr(api.droplet, name)(tag_name="a")
    assert log.take() == []


@pytest.mark.parametrize("name", [name for name in EITHER if name not in NOT_BY_TAG | {"destroy"}])
@pytest.mark.parametrize("tag", ["env:prod", "a_b-c"])
def test_tags_reach_the_api_as_they_are(api: Any, name: str, tag: str) -> None:
    droplet = api.droplet.create(one(tags=[tag]), wait=True)
    if name == "power_on":
        api.droplet.power_off(droplet["id"], wait=True)
    if name == "backup_disable":
        api.droplet.backup_enable(droplet["id"], wait=True)
    actions = getattr(api.droplet, name)(tag_name=tag, wait=True)
    assert [(action["resource_id"], action["status"]) for action in actions] == [(droplet["id"], "completed")]


@pytest.mark.parametrize("name", BY_ID)
def test_an_id_that_is_none_is_not_found(api: Any, name: str) -> None:
    with pytest.raises(DOBOTONotFoundException):
        getattr(api.droplet, name)(404404, **further(name))


def test_missing_ok(api: Any) -> None:
    with pytest.raises(DOBOTONotFoundException):
        api.droplet.destroy(404404)
    assert api.droplet.destroy(404404, missing_ok=True, wait=True) is None


@pytest.mark.parametrize("disk", ["disk", "on", "", 2, 1.0, b"true", []])
def test_resize_takes_a_boolean(api: Any, log: Log, disk: Any) -> None:
    with pytest.raises(TypeError, match="disk"):
        api.droplet.resize(1, "s-1vcpu-1gb", disk=disk)
    assert log.take() == []


def test_an_action_that_errors_raises_and_carries_action_and_droplet(api: Any, sim: Any) -> None:
    droplet = api.droplet.create(one(), wait=True)
    sim.faults.add("action_errored", method="POST", count=1)
    with pytest.raises(DOBOTOActionException, match="reboot of droplet") as caught:
        api.droplet.reboot(droplet["id"], wait=True)
    assert (caught.value.action["status"], caught.value.action["type"]) == ("errored", "reboot")
    assert caught.value.droplet["name"] == "web-1"


@given(st.text(min_size=1).filter(lambda text: text.strip() and text not in {".", ".."}))
def test_a_part_of_a_path_stays_one_part_whatever_is_in_it(part: str) -> None:
    filled = path("/tags/{tag}/resources", tag=part.encode("utf-8", "ignore").decode() or "x")
    assert filled.count("/") == 3
    assert not {"?", "#", " "} & set(filled)
    parts = urlsplit("https://api.digitalocean.com/v2" + filled)
    assert unquote(parts.path.split("/")[3]) == (part.encode("utf-8", "ignore").decode() or "x")


def test_wait_parameters_are_the_documented_ones() -> None:
    assert WAIT == ("wait=False", "poll=5", "timeout=300")
