"""The image that a snapshot makes: its id is in the action that was waited for."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DO, DOBOTOBulkException
from doboto.sim import Simulator

from .conftest import Log, client, one, several
from .scripted import reply, stage

SNAPSHOTS = "/v2/droplets/*/snapshots"


def ids_of_snapshots(api: Any, droplets: list[Any]) -> list[list[int]]:
    return [[image["id"] for image in api.droplet.snapshot_list(droplet["id"])] for droplet in droplets]


def test_a_snapshot_tells_its_image(api: Any, log: Log) -> None:
    droplet = api.droplet.create(one(), wait=True)
    first = api.droplet.snapshot_create(droplet["id"], snapshot_name="same", wait=True)
    log.take()
    second = api.droplet.snapshot_create(droplet["id"], snapshot_name="same", wait=True)
    assert sum("/snapshots" in line for line in log.take()) == 1
    assert [first["image_id"], second["image_id"]] == ids_of_snapshots(api, [droplet])[0]
    assert api.image.info(second["image_id"])["name"] == "same"


@pytest.mark.parametrize("by_tag", [False, True])
def test_snapshots_of_several_tell_their_images(api: Any, log: Log, by_tag: bool) -> None:
    droplets = api.droplet.create(several("a", "b", "c", tags=["web"]), wait=True)
    log.take()
    if by_tag:
        actions = api.droplet.snapshot_create(tag_name="web", wait=True)
    else:
        actions = api.droplet.snapshot_create([droplet["id"] for droplet in droplets], wait=True)
    assert sum("/snapshots" in line for line in log.take()) == 3
    by_droplet = {action["resource_id"]: [action["image_id"]] for action in actions}
    assert [by_droplet[droplet["id"]] for droplet in droplets] == ids_of_snapshots(api, droplets)


def test_snapshots_of_a_call_that_failed_for_some_tell_their_images(api: Any, sim: Simulator) -> None:
    droplets = api.droplet.create(several("a", "b", "c"), wait=True)
    ids = [droplet["id"] for droplet in droplets]
    sim.faults.add("action_errored", path=f"/v2/droplets/{ids[1]}/actions")
    with pytest.raises(DOBOTOBulkException) as caught:
        api.droplet.snapshot_create(ids, wait=True)
    outcomes = caught.value.outcomes
    assert [outcomes[id].state for id in ids] == ["completed", "failed", "completed"]
    found = [[(outcomes[id].action or {}).get("image_id")] for id in (ids[0], ids[2])]
    assert found == ids_of_snapshots(api, [droplets[0], droplets[2]])


def test_without_wait_nothing_is_looked_up(api: Any, log: Log) -> None:
    droplet = api.droplet.create(one(), wait=True)
    log.take()
    assert "image_id" not in api.droplet.snapshot_create(droplet["id"])
    assert len(log.take()) == 1


@pytest.mark.parametrize("status", [403, 404, 501])
def test_a_snapshot_whose_image_can_not_be_read_is_a_success(
    flavour: str, runner: Any, sim: Simulator, status: int
) -> None:
    id = DO.simulated(sim).droplet.create(one(), wait=True)["id"]
    sim.faults.add("status", status=status, method="GET", path=SNAPSHOTS)
    action = client(flavour, runner, sim).droplet.snapshot_create(id, wait=True)
    assert (action["status"], "image_id" in action) == ("completed", False)


BEGUN, TAKEN, ENDED, LATER = (f"2026-09-21T00:0{minute}:00Z" for minute in range(4))
ACTION = {
    "id": 7,
    "status": "completed",
    "type": "snapshot",
    "started_at": BEGUN,
    "completed_at": ENDED,
    "resource_id": 5,
    "resource_type": "droplet",
}


@pytest.mark.parametrize(
    ("snapshots", "found"),
    [
        ([{"id": 1, "created_at": BEGUN}], 1),
        ([{"id": 1, "created_at": TAKEN}, {"id": 2, "created_at": LATER}], 1),
        ([{"id": 1, "created_at": BEGUN}, {"id": 2, "created_at": TAKEN}], None),
        ([{"id": 1, "created_at": LATER}], None),
        ([{"id": "x", "created_at": BEGUN}, {"id": 1}, None, 7], None),
        ([], None),
        (None, None),
    ],
)
def test_the_image_is_the_only_one_dated_within_the_action(
    flavour: str, runner: Any, snapshots: Any, found: int | None
) -> None:
    staged = stage(flavour, runner, reply(201, {"action": ACTION}), reply(200, {"snapshots": snapshots}))
    done = staged.api.droplet.snapshot_create(5, wait=True)
    assert done == (ACTION if found is None else {**ACTION, "image_id": found})
    assert len(staged.script.asked) == 2
