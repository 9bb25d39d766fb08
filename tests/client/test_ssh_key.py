"""SSH keys: in both clients, held against the specification; a key is known by itself, not by its name."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTONotFoundException, DOBOTOOutcomeUnknownException, DOBOTOUnprocessableException
from doboto.sim import Simulator

from .conftest import Log, one

MINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9y0T2aJQ0Yv6lZr1mJYV0Hh8x7mWcQk3p1Xv0b5n2L me@laptop"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK1y0T2aJQ0Yv6lZr1mJYV0Hh8x7mWcQk3p1Xv0b5n2M me@desk"

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def key(api: Any) -> Any:
    return api.ssh_key.create("laptop", MINE)


def test_life_of_a_key(api: Any) -> None:
    key = api.ssh_key.create("laptop", MINE)
    assert (key["name"], key["public_key"]) == ("laptop", MINE)
    assert api.ssh_key.list() == list(api.ssh_key.each()) == [key]
    assert api.ssh_key.info(key["id"]) == api.ssh_key.info(key["fingerprint"]) == key
    assert api.droplet.create(one(ssh_keys=[key["fingerprint"]]))["name"] == "web-1"
    renamed = api.ssh_key.update(key["id"], "old laptop")
    assert renamed == {**key, "name": "old laptop"} == api.ssh_key.info(key["id"])
    assert api.ssh_key.update(key["fingerprint"], "laptop") == key
    assert api.ssh_key.destroy(key["fingerprint"]) is None
    with pytest.raises(DOBOTONotFoundException):
        api.ssh_key.destroy(key["id"])
    assert api.ssh_key.destroy(key["id"], missing_ok=True) is None
    assert api.ssh_key.list() == []


def test_present_makes_a_key_once(api: Any, log: Log) -> None:
    key, created = api.ssh_key.present("laptop", MINE)
    assert key == created
    log.take()
    assert api.ssh_key.present("laptop", MINE) == (key, None)
    assert log.take() == [f"GET /account/keys/{key['fingerprint']}"]


def test_a_key_under_another_name_or_comment_is_present(api: Any, key: Any) -> None:
    assert api.ssh_key.present("desk", MINE) == (key, None)
    assert api.ssh_key.present("laptop", MINE.replace("me@laptop", "somebody else")) == (key, None)


def test_another_key_of_the_same_name_does_not_stand_in(api: Any, key: Any) -> None:
    other, created = api.ssh_key.present("laptop", OTHER)
    assert other == created
    assert other["public_key"] == OTHER
    assert len(api.ssh_key.list()) == 2


def test_present_is_not_bound_by_the_limit_of_the_list(api: Any, key: Any, log: Log) -> None:
    for _ in range(15):
        assert api.ssh_key.present("laptop", MINE) == (key, None)
    assert log.count("GET /account/keys?") == 0


def test_a_key_can_not_be_added_twice(api: Any, key: Any) -> None:
    with pytest.raises(DOBOTOUnprocessableException, match="already in use"):
        api.ssh_key.create("again", MINE)


@pytest.mark.parametrize("name", ["create", "present"])
@pytest.mark.parametrize(("label", "public_key"), [("", MINE), ("laptop", ""), (" ", MINE)])
def test_what_is_empty_is_refused(api: Any, log: Log, name: str, label: str, public_key: str) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        getattr(api.ssh_key, name)(label, public_key)
    assert log.take() == []


@pytest.mark.parametrize("public_key", ["ssh-ed25519", "ssh-ed25519 ###", "nonsense"])
def test_present_refuses_what_is_no_key(api: Any, log: Log, public_key: str) -> None:
    with pytest.raises(ValueError, match="no public key"):
        api.ssh_key.present("laptop", public_key)
    assert log.take() == []


@pytest.mark.parametrize("name", ["create", "present"])
def test_a_key_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log, name: str) -> None:
    sim.faults.add("drop", method="POST", path="/v2/account/keys", count=1, when="after")
    made = getattr(api.ssh_key, name)("laptop", MINE)
    key = made if name == "create" else made[1]
    assert api.ssh_key.info(key["id"]) == key
    assert log.count("POST /account/keys") == 1


def test_a_key_that_was_not_made_is_not_made_up(api: Any, sim: Simulator, log: Log) -> None:
    api.ssh_key.create("laptop", OTHER)
    sim.faults.add("drop", method="POST", path="/v2/account/keys", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="SSH key laptop"):
        api.ssh_key.create("laptop", MINE)
    assert log.count("POST /account/keys") == 2
