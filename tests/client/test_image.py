"""Images: in both clients, held against the specification; imports and actions are waited for."""

from __future__ import annotations

from asyncio import Runner
from typing import Any

import pytest

from doboto import (
    DOBOTOActionException,
    DOBOTOAlreadyDoneException,
    DOBOTOForbiddenException,
    DOBOTOInvalidResponseException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPendingEventException,
    DOBOTOPollingException,
    DOBOTOUnprocessableException,
)
from doboto.sim import Simulator

from .conftest import IMAGE, Log, client, one
from .scripted import reply, stage

MINE = {"name": "mine", "url": "https://example.com/disk.qcow2", "region": "nyc3"}
ACTION = {
    "id": 7,
    "status": "completed",
    "type": "transfer",
    "started_at": "2026-09-21T00:00:00Z",
    "completed_at": "2026-09-21T00:01:00Z",
    "resource_id": 5,
    "resource_type": "image",
}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def snapshot(api: Any) -> Any:
    """A Droplet's snapshot."""
    droplet = api.droplet.create(one(), wait=True)
    api.droplet.snapshot_create(droplet["id"], snapshot_name="before", wait=True)
    return api.image.list(private=True)[0]


def test_images_are_listed_by_kind_owner_and_tag(api: Any, snapshot: Any, log: Log) -> None:
    distributions, applications = api.image.list("distribution"), api.image.list(type="application")
    assert IMAGE in {image["slug"] for image in distributions}
    assert applications
    assert api.image.list() == list(api.image.each()) == [*distributions, *applications, snapshot]
    assert api.image.list(private=True) == list(api.image.each(private=True)) == [snapshot]
    api.tag.create("base")
    api.tag.attach("base", [{"resource_id": snapshot["id"], "resource_type": "image"}])
    assert [image["id"] for image in api.image.list(tag_name="base")] == [snapshot["id"]]
    log.take()
    assert len(api.image.list(private=False)) == len(distributions) + len(applications) + 1
    assert log.take() == ["GET /images?page=1"]


def test_an_image_by_id_and_by_slug(api: Any) -> None:
    image = api.image.info(IMAGE)
    assert api.image.info(image["id"]) == image
    with pytest.raises(DOBOTONotFoundException):
        api.image.info("nope")


def test_life_of_an_imported_image(api: Any) -> None:
    image = api.image.create(**MINE, distribution="Debian", tags=["base"], description="all of it", wait=True)
    assert (image["name"], image["status"], image["type"]) == ("mine", "available", "custom")
    assert api.image.update(image["id"], "yours")["name"] == "yours"
    changed = api.image.update(image["id"], None, description="less", distribution="Ubuntu")
    assert (changed["name"], changed["description"], changed["distribution"]) == ("yours", "less", "Ubuntu")
    action = api.image.transfer(image["id"], "fra1", wait=True)
    assert (action["type"], action["status"]) == ("transfer", "completed")
    assert api.image.info(image["id"])["regions"] == ["nyc3", "fra1"]
    assert api.image.action_list(image["id"]) == [api.image.action_info(image["id"], action["id"])] == [action]
    assert api.image.destroy(image["id"]) is None
    with pytest.raises(DOBOTONotFoundException):
        api.image.destroy(image["id"])
    assert api.image.destroy(image["id"], missing_ok=True) is None


def test_an_import_that_is_not_waited_for(api: Any) -> None:
    image = api.image.create(**MINE)
    assert image["status"] == "NEW"
    with pytest.raises(DOBOTOPollingException, match="status is NEW") as caught:
        api.image.present(**MINE, wait=True, poll=1, timeout=10)
    assert caught.value.ids == [image["id"]]
    seen: list[str] = []
    there, created = api.image.present(**MINE, wait=True, progress=lambda progress: seen.append(str(progress)))
    assert (there["id"], there["status"], created) == (image["id"], "available", None)
    assert seen


@pytest.mark.parametrize(
    ("message", "reason"), [("no disk at that URL", "no disk at that URL"), (" ", "status is deleted")]
)
def test_an_import_that_fails(api: Any, sim: Simulator, message: str, reason: str) -> None:
    image = api.image.create(**MINE)
    sim.account("simulated").change("image", image["id"], status="deleted", error_message=message)
    with pytest.raises(DOBOTOActionException, match=reason) as failure:
        api.image.present(**MINE, wait=True)
    assert failure.value.result["id"] == image["id"]


def test_present_counts_imported_images_alone(api: Any, snapshot: Any) -> None:
    image, created = api.image.present(**{**MINE, "name": "before"})
    assert image == created
    assert image["id"] != snapshot["id"]
    assert api.image.present(**{**MINE, "name": "before"})[1] is None


def test_an_image_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/images", count=1, when="after")
    image = api.image.create(**MINE, wait=True)
    assert api.image.list(private=True) == [image]
    assert log.count("POST /images") == 1
    sim.faults.add("drop", method="POST", path="/v2/images", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="image other"):
        api.image.create(**MINE | {"name": "other"})


def test_a_transfer_whose_answer_was_lost_is_found(api: Any, sim: Simulator, snapshot: Any, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/images/*/actions", count=1, when="after")
    action = api.image.transfer(snapshot["id"], "fra1", wait=True)
    assert (action["type"], action["status"]) == ("transfer", "completed")
    assert log.count("POST /images/") == 1


def test_one_action_at_a_time(api: Any, snapshot: Any) -> None:
    api.image.transfer(snapshot["id"], "fra1")
    with pytest.raises(DOBOTOPendingEventException):
        api.image.transfer(snapshot["id"], "lon1")
    assert api.image.transfer(snapshot["id"], "lon1", wait=True)["status"] == "completed"
    assert api.image.info(snapshot["id"])["regions"] == ["nyc3", "fra1", "lon1"]


def test_an_action_that_fails(api: Any, sim: Simulator, snapshot: Any) -> None:
    sim.faults.add("action_errored", path="/v2/images/*/actions", count=1)
    with pytest.raises(DOBOTOActionException, match="transfer of image"):
        api.image.transfer(snapshot["id"], "fra1", wait=True)


def test_a_backup_becomes_a_snapshot(api: Any, sim: Simulator) -> None:
    droplet = api.droplet.create(one(backups=True), wait=True)
    sim.clock.advance(2 * 86400)  # type: ignore[attr-defined]
    backup = api.droplet.backup_list(droplet["id"])[0]
    assert api.image.convert(backup["id"], wait=True)["type"] == "convert"
    assert api.image.info(backup["id"])["type"] == "snapshot"
    with pytest.raises(DOBOTOAlreadyDoneException):
        api.image.convert(backup["id"])


def test_an_image_that_is_no_backup_is_not_converted_already(api: Any) -> None:
    image = api.image.create(**MINE, wait=True)
    with pytest.raises(DOBOTOUnprocessableException) as caught:
        api.image.convert(image["id"])
    assert type(caught.value) is DOBOTOUnprocessableException


def test_public_images_are_not_ones_own(api: Any) -> None:
    public = api.image.info(IMAGE)["id"]
    for change in (lambda: api.image.update(public, "x"), lambda: api.image.destroy(public)):
        with pytest.raises(DOBOTOForbiddenException):
            change()


@pytest.mark.parametrize(
    ("attribs", "error"),
    [
        ({"name": "mine", "url": "https://example.com/a"}, ValueError),
        ({**MINE, "name": ""}, ValueError),
        ({**MINE, "tags": "base"}, TypeError),
        ({}, ValueError),
    ],
)
def test_an_import_that_can_not_be_right_is_refused(api: Any, log: Log, attribs: Any, error: type[Exception]) -> None:
    for name in ("create", "present"):
        with pytest.raises(error):
            getattr(api.image, name)(**attribs)
    assert log.take() == []


def test_other_input_that_can_not_be_right_is_refused(api: Any, log: Log) -> None:
    with pytest.raises(ValueError, match="give name, description or distribution"):
        api.image.update(1, None)
    with pytest.raises(ValueError, match="name must not be empty"):
        api.image.update(1, "")
    with pytest.raises(TypeError, match="private must be True or False"):
        api.image.list(private="maybe")
    with pytest.raises(ValueError, match="region must not be empty"):
        api.image.transfer(1, "")
    with pytest.raises(ValueError, match="poll must be more than 0"):
        api.image.convert(1, poll=0)
    for both in ({}, {"recipient_email": "a@example.com", "recipient_uuid": "u"}):
        with pytest.raises(ValueError, match="either recipient_email or recipient_uuid"):
            api.image.account_transfer_create(1, **both)
    with pytest.raises(ValueError, match="recipient_uuid must not be empty"):
        api.image.account_transfer_accept(1, 2, "")
    assert log.take() == []


@pytest.fixture
def other(flavour: str, runner: Runner, sim: Simulator) -> Any:
    """Another account's client."""
    return client(flavour, runner, sim, token="other")


def test_an_image_moves_to_another_account(api: Any, other: Any, snapshot: Any) -> None:
    team = other.account.info()["team"]["uuid"]
    transfer = api.image.account_transfer_create(snapshot["id"], recipient_uuid=team)
    assert other.image.account_transfer_accept(snapshot["id"], transfer, team) is None
    assert [image["name"] for image in other.image.list(private=True)] == ["before"]
    assert api.image.list(private=True) == []


def test_an_offer_can_be_taken_back_or_refused(api: Any, other: Any, snapshot: Any) -> None:
    email = other.account.info()["email"]
    first = api.image.account_transfer_create(snapshot["id"], recipient_email=email)
    assert api.image.account_transfer_cancel(snapshot["id"], first) is None
    second = api.image.account_transfer_create(snapshot["id"], recipient_email=email)
    assert other.image.account_transfer_decline(snapshot["id"], second) is None
    assert api.image.list(private=True) == [snapshot]
    with pytest.raises(DOBOTONotFoundException):
        other.image.account_transfer_decline(snapshot["id"], 999)


def test_an_offer_whose_answer_was_lost_is_not_made_again(api: Any, sim: Simulator, snapshot: Any, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/images/*/account_transfer", count=1, when="after")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="the account transfer of image"):
        api.image.account_transfer_create(snapshot["id"], recipient_email="a@example.com")
    assert log.count("POST /images/") == 1


def test_an_offer_without_an_id_is_told(flavour: str, runner: Runner) -> None:
    with pytest.raises(DOBOTOInvalidResponseException, match="no transfer_id"):
        stage(flavour, runner, reply(201, {})).api.image.account_transfer_create(1, recipient_uuid="u")


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_action_is_read_wrapped_or_bare(flavour: str, runner: Runner, wrapped: bool) -> None:
    """The API reference's schemas have it bare, its examples in `action`."""
    running = {**ACTION, "status": "in-progress", "completed_at": None}
    answers = [reply(200, {"action": action} if wrapped else action) for action in (running, ACTION)]
    here = stage(flavour, runner, *answers)
    assert here.api.image.transfer(5, "fra1", wait=True) == here.api.image.action_info(5, 7) == ACTION
