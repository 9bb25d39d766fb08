"""Tags: in both clients, held against the specification."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOHTTPException, DOBOTONotFoundException
from doboto.sim import Simulator

from .conftest import Log, one

pytestmark = pytest.mark.usefixtures("contract")


def test_life_of_a_tag(api: Any) -> None:
    tag = api.tag.create("env:prod")
    assert (tag["name"], tag["resources"]["count"]) == ("env:prod", 0)
    assert api.tag.list() == list(api.tag.each()) == [api.tag.info("env:prod")]
    droplet, other = api.droplet.create(one()), api.droplet.create(one("web-2"))
    volume = api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    tagged = [
        {"resource_id": droplet["id"], "resource_type": "droplet"},
        {"resource_id": str(other["id"]), "resource_type": "droplet"},
        {"resource_id": volume["id"], "resource_type": "volume"},
    ]
    assert api.tag.attach("env:prod", tagged) is None
    counts = api.tag.info("env:prod")["resources"]
    assert (counts["count"], counts["droplets"]["count"], counts["volumes"]["count"]) == (3, 2, 1)
    assert len(api.droplet.list("env:prod")) == 2
    assert api.tag.detach("env:prod", tagged[:1]) is None
    assert [found["id"] for found in api.droplet.list("env:prod")] == [other["id"]]
    assert api.tag.destroy("env:prod") is None
    assert api.droplet.info(other["id"])["tags"] == []
    with pytest.raises(DOBOTONotFoundException):
        api.tag.destroy("env:prod")
    assert api.tag.destroy("env:prod", missing_ok=True) is None


def test_names(api: Any) -> None:
    for name in ("b", "a:1", "c_d-e"):
        api.tag.create(name)
    assert sorted(api.tag.name_list()) == ["a:1", "b", "c_d-e"]


def test_present_knows_names_in_any_capitalisation(api: Any, log: Log) -> None:
    tag, created = api.tag.present("Prod")
    assert tag == created
    assert api.tag.present("Prod") == (tag, None)
    assert api.tag.present("PROD") == (tag, None)
    assert log.count("POST /tags") == 1


def test_a_tag_that_is_there_is_given(api: Any) -> None:
    assert api.tag.create("Prod") == api.tag.create("prod") == api.tag.info("Prod")


def test_there_is_no_update() -> None:
    """Today's API can't rename a tag."""
    from doboto import DO

    assert not hasattr(DO.tag, "update")


@pytest.mark.parametrize("name", ["attach", "detach"])
@pytest.mark.parametrize(
    ("resources", "error"),
    [
        ([], ValueError),
        ("droplet", TypeError),
        ({"resource_id": 1, "resource_type": "droplet"}, TypeError),
        ([1], TypeError),
        ([{"resource_id": 1}], ValueError),
        ([{"resource_type": "droplet"}], ValueError),
        ([{"resource_id": True, "resource_type": "droplet"}], TypeError),
    ],
)
def test_what_can_not_be_tagged_is_refused(
    api: Any, log: Log, name: str, resources: Any, error: type[Exception]
) -> None:
    with pytest.raises(error, match="resource"):
        getattr(api.tag, name)("env:prod", resources)
    assert log.take() == []


@pytest.mark.parametrize("name", ["create", "present", "info", "destroy"])
def test_a_tag_has_a_name(api: Any, log: Log, name: str) -> None:
    with pytest.raises(ValueError, match="name must not be empty"):
        getattr(api.tag, name)("")
    assert log.take() == []


def test_the_tag_and_the_resource_must_be_there(api: Any) -> None:
    with pytest.raises(DOBOTONotFoundException):
        api.tag.attach("nope", [{"resource_id": 1, "resource_type": "droplet"}])
    api.tag.create("a")
    with pytest.raises(DOBOTOHTTPException):
        api.tag.attach("a", [{"resource_id": 1, "resource_type": "droplet"}])


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_that_was_lost_is_asked_for_again(api: Any, sim: Simulator, log: Log, when: str) -> None:
    """Making a tag twice makes it once, so that it need not be looked for."""
    sim.faults.add("drop", method="POST", path="/v2/tags", count=1, when=when)
    assert api.tag.create("a") == api.tag.info("a")
    assert log.count("POST /tags") == 2


def test_a_tag_is_found_when_no_answer_ever_comes(api: Any, sim: Simulator) -> None:
    sim.faults.add("drop", method="POST", path="/v2/tags", when="after")
    assert api.tag.create("a") == api.tag.info("a")
