"""Behaviour of the API that was reported in public: odd statuses, odd actions, odd lists."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DO,
    DOBOTOActionException,
    DOBOTOAlreadyDoneException,
    DOBOTOInvalidResponseException,
    DOBOTOPollingException,
    DOBOTORateLimitException,
    DOBOTOServerException,
    DOBOTOUnprocessableException,
    Retry,
)
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import Log, client, one, several
from .scripted import reply, stage

LIMITS = {"ratelimit_limit": "5000", "ratelimit_reset": "1790003600"}


# -- statuses of proxies (godo#142)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 505, 507, 511, *range(520, 531), 599])
def test_reads_are_repeated_for_every_5xx(flavour: str, runner: Any, status: int) -> None:
    answers = [reply(status, b"<html>"), reply(status, b"<html>"), reply(200, {"droplet": {"id": 7}})]
    staged = stage(flavour, runner, *answers)
    assert staged.api.droplet.info(7) == {"id": 7}
    assert len(staged.script.asked) == 3


def test_501_is_final(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, reply(501, b""))
    with pytest.raises(DOBOTOServerException):
        staged.api.droplet.info(7)
    assert len(staged.script.asked) == 1


def test_a_wait_survives_52x(flavour: str, runner: Any, sim: Simulator) -> None:
    api = client(flavour, runner, sim, retry=Retry.never())
    sim.faults.add("status", status=524, method="GET", count=3)
    assert api.droplet.create(one(), wait=True)["status"] == "active"


# -- actions with a final status that is not documented (terraform-provider-digitalocean#711)


def action(status: Any, **more: Any) -> dict[str, Any]:
    return {"action": {"id": 8, "type": "power_off", "resource_id": 7, "status": status, **more}}


@pytest.mark.parametrize(
    ("status", "more"),
    [("done", {}), ("cancelled", {}), ("archived", {}), ("in-progress", {"completed_at": "2026-01-01T00:00:00Z"})],
)
def test_an_action_that_ended_in_another_way_ends_the_wait_with_its_status(
    flavour: str, runner: Any, status: str, more: Any
) -> None:
    running, ended = reply(201, action("in-progress", completed_at=None)), reply(200, action(status, **more))
    staged = stage(flavour, runner, running, ended)
    with pytest.raises(DOBOTOActionException, match=status) as caught:
        staged.api.droplet.power_off(7, wait=True)
    assert caught.value.action["status"] == status
    assert sum(staged.time.slept) < 30


@pytest.mark.parametrize("status", ["in-progress", "new", "queued", "pending", None, 7])
def test_an_action_that_goes_on_is_waited_for(flavour: str, runner: Any, status: Any) -> None:
    staged = stage(flavour, runner, reply(201, action(status)))
    with pytest.raises(DOBOTOPollingException) as caught:
        staged.api.droplet.power_off(7, wait=True, timeout=30)
    assert caught.value.polling["status"] == status


# -- actions that can't be read though they were done (terraform-provider-digitalocean#1557)


@pytest.fixture
def unreadable(sim: Simulator) -> Simulator:
    """Actions answer 404 for good."""
    for path in ("/v2/*/*/actions/*", "/v2/actions/*"):
        sim.faults.add("status", status=404, method="GET", path=path)
    return sim


def test_after_the_grace_period_the_address_itself_counts(flavour: str, runner: Any, sim: Simulator) -> None:
    api = client(flavour, runner, sim)
    id = api.droplet.create(one(), wait=True)["id"]
    ip = api.reserved_ip.create(region="nyc3")["ip"]
    sim.faults.add("status", status=404, method="GET", path="/v2/reserved_ips/*/actions/*")
    start = sim.clock.now()
    assert api.reserved_ip.assign(ip, id, wait=True)["status"] == "completed"
    assert 30 <= sim.clock.now() - start < 60
    assert api.reserved_ip.info(ip)["droplet"]["id"] == id
    assert api.reserved_ip.unassign(ip, wait=True)["status"] == "completed"


def test_the_address_of_a_byoip_prefix_is_waited_for(flavour: str, runner: Any) -> None:
    sim = Simulator(ManualClock(1_790_000_000), Settings(byoip_actions_readable=False))
    api = client(flavour, runner, sim)
    api.request("POST", "/byoip_prefixes", body={"prefix": "203.0.113.0/24", "region": "nyc3", "signature": "signed"})
    id = api.droplet.create(one(), wait=True)["id"]
    sim.clock.advance(120)  # type: ignore[attr-defined]
    for operation, droplet_id in ((api.reserved_ip.assign, [id]), (api.reserved_ip.unassign, [])):
        start = sim.clock.now()
        assert operation("203.0.113.7", *droplet_id, wait=True)["status"] == "completed"
        assert 30 <= sim.clock.now() - start < 60
        assert (api.reserved_ip.info("203.0.113.7")["droplet"] or {}).get("id") == (droplet_id or [None])[0]


def test_after_the_grace_period_the_volume_itself_counts(flavour: str, runner: Any, unreadable: Simulator) -> None:
    api = client(flavour, runner, unreadable, retry=Retry.never())
    admin = DO.simulated(unreadable)
    made = admin.droplet.create(one())
    unreadable.clock.advance(300)  # type: ignore[attr-defined]
    volume = admin.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    for operation in (api.volume.attach, api.volume.detach):
        assert operation(volume["id"], droplet_id=made["id"], wait=True)["status"] == "completed"
    assert not admin.volume.info(volume["id"])["droplet_ids"]


def test_after_the_grace_period_the_image_itself_counts(flavour: str, runner: Any, unreadable: Simulator) -> None:
    admin = DO.simulated(unreadable)
    droplet = admin.droplet.create(one(backups=True), wait=True)
    unreadable.clock.advance(2 * 86400)  # type: ignore[attr-defined]
    backup = admin.droplet.backup_list(droplet["id"])[0]["id"]
    api = client(flavour, runner, unreadable)
    start = unreadable.clock.now()
    assert api.image.transfer(backup, "fra1", wait=True)["status"] == "completed"
    assert 30 <= unreadable.clock.now() - start < 60
    assert "fra1" in admin.image.info(backup)["regions"]
    assert api.image.convert(backup, wait=True)["status"] == "completed"
    assert admin.image.info(backup)["type"] == "snapshot"


@pytest.mark.parametrize("name", ["transfer", "convert"])
def test_an_image_that_does_not_show_it_is_waited_for_to_the_timeout(
    flavour: str, runner: Any, unreadable: Simulator, name: str
) -> None:
    admin = DO.simulated(unreadable)
    droplet = admin.droplet.create(one(backups=True), wait=True)
    unreadable.clock.advance(2 * 86400)  # type: ignore[attr-defined]
    backup = admin.droplet.backup_list(droplet["id"])[0]["id"]
    unreadable.faults.add("action_errored", method="POST", count=1)
    arguments = {"transfer": ("fra1",), "convert": ()}[name]
    with pytest.raises(DOBOTOPollingException):
        getattr(client(flavour, runner, unreadable).image, name)(backup, *arguments, wait=True, timeout=90)
    assert admin.image.info(backup)["regions"] == ["nyc3"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("power_off", ()), ("rename", ("web-2",)), ("reboot", ()), ("snapshot_create", ()), ("ipv6_enable", ())],
)
def test_after_the_grace_period_the_droplet_itself_counts(
    flavour: str, runner: Any, unreadable: Simulator, name: str, arguments: Any
) -> None:
    admin = DO.simulated(unreadable)
    id = admin.droplet.create(one())["id"]
    unreadable.clock.advance(300)  # type: ignore[attr-defined]
    operation = getattr(client(flavour, runner, unreadable).droplet, name)
    done = operation(id, *arguments, wait=True)
    assert done["status"] == "completed"


def test_a_droplet_that_does_not_show_it_is_waited_for_to_the_timeout(
    flavour: str, runner: Any, unreadable: Simulator
) -> None:
    admin = DO.simulated(unreadable)
    id = admin.droplet.create(one())["id"]
    unreadable.clock.advance(300)  # type: ignore[attr-defined]
    unreadable.faults.add("action_errored", method="POST", count=1)
    with pytest.raises(DOBOTOPollingException):
        client(flavour, runner, unreadable).droplet.power_off(id, wait=True, timeout=90)


# -- batch actions (recorded 2016 to 2020)


@pytest.fixture
def batches() -> Simulator:
    return Simulator(ManualClock(1_790_000_000), settings=Settings(names_link="batch", droplet_limit=100))


def test_droplets_of_a_batch_are_read_at_each_poll(flavour: str, runner: Any, batches: Simulator) -> None:
    reads: list[str] = []
    batches.on_seen.append(lambda incoming, _: reads.append(incoming.path))
    polls: list[int] = []

    def count(progress: Any) -> None:
        polls.append(sum(path == "/v2/droplets" for path in reads))
        reads.clear()

    droplets = client(flavour, runner, batches).droplet.create(several("a", "b", "c"), wait=True, progress=count)
    assert {droplet["status"] for droplet in droplets} == {"active"}
    assert all(polls[1:])


def test_an_errored_batch_is_a_failed_creation_and_not_a_vanished_droplet(flavour: str, runner: Any) -> None:
    droplets = [{"id": id, "name": name, "status": "new"} for id, name in ((1, "a"), (2, "b"))]
    links = {"actions": [{"id": 9, "rel": "batch", "href": "x"}]}
    errored = {"id": 9, "type": "batch_create", "status": "errored", "resource_id": None}
    staged = stage(
        flavour, runner,
        reply(202, {"droplets": droplets, "links": links}), reply(200, {"action": errored}),
        reply(200, {"droplets": droplets, "meta": {"total": 2}}),
    )  # fmt: skip
    with pytest.raises(DOBOTOActionException, match="creating a Droplet failed") as caught:
        staged.api.droplet.create(several("a", "b"), wait=True)
    assert type(caught.value) is DOBOTOActionException
    assert caught.value.action["status"] == "errored"


@pytest.mark.parametrize("failing", [["a"], ["b"], ["a", "b", "c"]])
def test_a_batch_that_errored_names_those_that_failed(
    flavour: str, runner: Any, batches: Simulator, failing: list[str]
) -> None:
    """The others are active at the same moment, though they were new when they were last read."""
    batches.faults.add("create_errored", names=failing)
    api = client(flavour, runner, batches)
    with pytest.raises(DOBOTOActionException, match="creating a Droplet failed") as caught:
        api.droplet.create(several("a", "b", "c"), wait=True)
    assert type(caught.value) is DOBOTOActionException
    assert caught.value.action["status"] == "errored"
    by_name = {droplet["name"]: droplet["status"] for droplet in caught.value.droplets}
    assert by_name == {name: "new" if name in failing else "active" for name in ("a", "b", "c")}
    assert caught.value.droplet["name"] in failing
    assert str(caught.value).count("errored") == 1
    ids = {droplet["name"]: droplet["id"] for droplet in caught.value.droplets}
    assert f"; not created: {', '.join(f'{name} ({ids[name]})' for name in failing)}" in str(caught.value)


# -- a limit of one operation


def test_a_limit_of_one_operation_holds_back_nothing_else(flavour: str, runner: Any) -> None:
    refused = reply(429, {"id": "too_many_requests", "message": "one per 10 minutes"},
                    **LIMITS, ratelimit_remaining="4000", retry_after="600")  # fmt: skip
    staged = stage(flavour, runner, refused, reply(200, {"droplet": {"id": 7}}), retry=Retry.never())
    with pytest.raises(DOBOTORateLimitException, match="the limit is that of POST .*/volumes/v/snapshots alone"):
        staged.api.volume.snapshot_create("v", "s")
    assert staged.api.droplet.info(7) == {"id": 7}
    assert staged.time.slept == []


def test_the_limit_of_the_account_holds_back_the_whole_client(flavour: str, runner: Any) -> None:
    refused = reply(429, {"id": "too_many_requests", "message": "slow down"},
                    **LIMITS, ratelimit_remaining="0", retry_after="20")  # fmt: skip
    staged = stage(flavour, runner, refused, reply(200, {"droplet": {"id": 7}}), retry=Retry.never())
    with pytest.raises(DOBOTORateLimitException):
        staged.api.droplet.info(7)
    staged.api.droplet.info(7)
    assert sum(staged.time.slept) >= 20


# -- null and missing lists


@pytest.mark.parametrize(
    "body",
    [
        {"droplets": None, "meta": {"total": 0}},
        {"meta": {"total": 0}, "links": {}},
        {"droplets": None, "links": {"pages": {"first": "x?page=1", "prev": "x?page=1"}}, "meta": {"total": 200}},
    ],
)
def test_no_list_is_an_empty_one_where_nothing_can_be_on_the_page(flavour: str, runner: Any, body: Any) -> None:
    assert stage(flavour, runner, reply(200, body)).api.droplet.list() == []


@pytest.mark.parametrize(
    "body", [{"droplets": None, "meta": {"total": 5}}, {"droplets": None}, {}, None, {"droplets": 7}]
)
def test_no_list_is_an_error_where_there_should_be_one(flavour: str, runner: Any, body: Any) -> None:
    with pytest.raises(DOBOTOInvalidResponseException):
        stage(flavour, runner, reply(200, body)).api.droplet.list()


def test_a_fresh_volume_may_have_null_for_its_droplets_and_tags(flavour: str, runner: Any) -> None:
    volume = {"id": "v", "name": "data", "region": {"slug": "nyc3"}, "droplet_ids": None, "tags": None}
    refused = reply(422, {"id": "unprocessable_entity", "message": "not attached"})
    staged = stage(flavour, runner, refused, reply(200, {"volume": volume}))
    with pytest.raises(DOBOTOAlreadyDoneException, match="not attached"):
        staged.api.volume.detach("v", droplet_id=7)


# -- already so


def test_an_attached_volume_is_attached_already(api: Any, sim: Simulator) -> None:
    ids = [droplet["id"] for droplet in api.droplet.create(several("a", "b"), wait=True)]
    volume = api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})["id"]
    api.volume.attach(volume, droplet_id=ids[0], wait=True)
    with pytest.raises(DOBOTOAlreadyDoneException) as caught:
        api.volume.attach(volume, droplet_id=ids[0])
    assert caught.value.status == 422
    assert caught.value.request_id
    with pytest.raises(DOBOTOUnprocessableException) as other:
        api.volume.attach(volume, droplet_id=ids[1])
    assert type(other.value) is DOBOTOUnprocessableException
    api.volume.detach(volume, droplet_id=ids[0], wait=True)
    with pytest.raises(DOBOTOAlreadyDoneException):
        api.volume.detach(volume, droplet_id=ids[0], wait=True)


def test_by_name_it_is_told_as_well(api: Any) -> None:
    id = api.droplet.create(one(), wait=True)["id"]
    api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    api.volume.attach(name="data", region="nyc3", droplet_id=id, wait=True)
    with pytest.raises(DOBOTOAlreadyDoneException):
        api.volume.attach(name="data", region="nyc3", droplet_id=id)


def test_an_unassigned_address_is_unassigned_already(api: Any) -> None:
    ip = api.reserved_ip.create(region="nyc3")["ip"]
    with pytest.raises(DOBOTOAlreadyDoneException):
        api.reserved_ip.unassign(ip)


def test_a_droplet_of_that_size_has_it_already(flavour: str, runner: Any) -> None:
    refused = reply(422, {"id": "unprocessable_entity", "message": "This size is not available"})
    droplet = {"id": 7, "size_slug": "s-1vcpu-1gb"}
    staged = stage(flavour, runner, refused, reply(200, {"droplet": droplet}))
    with pytest.raises(DOBOTOAlreadyDoneException):
        staged.api.droplet.resize(7, "s-1vcpu-1gb")


def test_simulated_droplet_of_that_size_has_it_already(api: Any, sim: Simulator) -> None:
    sim.use_settings(Settings(resize_to_same_size="refuse"))
    droplet = api.droplet.create(one(), wait=True)
    with pytest.raises(DOBOTOAlreadyDoneException, match="already has this size"):
        api.droplet.resize(droplet["id"], droplet["size_slug"])
    sim.use_settings(Settings())
    assert api.droplet.resize(droplet["id"], droplet["size_slug"], wait=True)["status"] == "completed"


def test_what_cannot_be_read_leaves_the_refusal_as_it_is(flavour: str, runner: Any) -> None:
    refused = reply(422, {"id": "unprocessable_entity", "message": "no"})
    staged = stage(flavour, runner, refused, reply(403, {"id": "forbidden", "message": "no"}))
    with pytest.raises(DOBOTOUnprocessableException) as caught:
        staged.api.droplet.power_off(7)
    assert type(caught.value) is DOBOTOUnprocessableException


def test_a_global_load_balancer_needs_no_forwarding_rules(api: Any, log: Log) -> None:
    rule = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
    balancer = api.load_balancer.create(name="lb", region="nyc3", forwarding_rules=[rule])
    settings = {"target_protocol": "http", "target_port": 80}
    more = {"type": "GLOBAL", "glb_settings": settings, "target_load_balancer_ids": [balancer["id"]]}
    everywhere = api.load_balancer.create(name="global", **more, wait=True)
    assert (everywhere["type"], everywhere["forwarding_rules"]) == ("GLOBAL", [])
    assert api.load_balancer.update(everywhere["id"], name="all", **more)["name"] == "all"
    log.take()
    for kind in ("REGIONAL", "REGIONAL_NETWORK", None):
        with pytest.raises(ValueError, match="forwarding_rules is required"):
            api.load_balancer.create(name="other", region="nyc3", type=kind)
    assert log.take() == []
