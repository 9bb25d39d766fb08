"""`droplet.wait` and `action.wait`: what is waited for, what it costs, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DO,
    DOBOTOActionException,
    DOBOTONotFoundException,
    DOBOTOPollingException,
    DOBOTOVanishedException,
    Limiter,
    Progress,
)
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import Log, client, one, several
from .scripted import reply, stage


@pytest.fixture
def sim() -> Simulator:
    settings = Settings(droplet_limit=100_000, requests_per_minute=0, requests_per_hour=0)
    return Simulator(clock=ManualClock(1_790_000_000), settings=settings)


def test_one_is_waited_for_until_it_is_ready(api: Any) -> None:
    id = api.droplet.create(one())["id"]
    droplet = api.droplet.wait(id)
    assert (droplet["id"], droplet["status"], droplet["locked"]) == (id, "active", False)
    assert droplet["networks"]["v4"]


def test_one_costs_two_requests_a_poll(api: Any, log: Log) -> None:
    id = api.droplet.create(one(), wait=True)["id"]
    api.droplet.snapshot_create(id)
    log.take()
    polls: list[int] = []
    api.droplet.wait(id, progress=lambda _: polls.append(len(log.take())))
    assert len(polls) > 2
    assert max(polls) <= 2


def test_what_is_ready_already_comes_back_without_a_pause(api: Any, sim: Simulator) -> None:
    id = api.droplet.create(one(), wait=True)["id"]
    start = sim.clock.now()
    assert api.droplet.wait(id)["id"] == id
    assert sim.clock.now() == start


@pytest.mark.parametrize("tag_name", [None, "fleet"])
@pytest.mark.parametrize("others", [0, 1500])
def test_a_thousand_cost_two_requests_a_poll_plus_pages(
    flavour: str, runner: Any, sim: Simulator, log: Log, tag_name: str | None, others: int
) -> None:
    admin = DO.simulated(sim, limiter=Limiter(per_minute=100_000))
    if others:
        admin.droplet.create(several(*(f"old{n}" for n in range(others))))
    sim.clock.advance(600)  # type: ignore[attr-defined]
    names = [f"w{n}" for n in range(1000)]
    made = admin.droplet.create(several(*names, tags=["fleet"]))
    log.take()
    polls: list[int] = []
    start = sim.clock.now()
    api = client(flavour, runner, sim, limiter=Limiter(per_minute=100_000))
    ids = [droplet["id"] for droplet in made]
    arguments = {"id": ids} if tag_name is None else {"tag_name": tag_name}
    droplets = api.droplet.wait(**arguments, progress=lambda _: polls.append(len(log.take())))
    assert {droplet["id"] for droplet in droplets} == set(ids)
    assert {droplet["status"] for droplet in droplets} == {"active"}
    assert max(polls[1:]) <= 3
    rounds = (sim.clock.now() - start) / 5 + 2
    pages = 5 if tag_name or not others else 13
    assert sum(polls) <= rounds * (pages + 1) + (pages if tag_name else 0)


def test_several_come_back_in_the_order_given(api: Any) -> None:
    made = api.droplet.create(several("a", "b", "c"))
    ids = [droplet["id"] for droplet in reversed(made)]
    assert [droplet["id"] for droplet in api.droplet.wait(ids)] == ids


def test_old_droplets_anywhere_in_the_list_are_found_by_pages(
    flavour: str, runner: Any, sim: Simulator, log: Log
) -> None:
    admin = DO.simulated(sim, limiter=Limiter(per_minute=100_000))
    made = admin.droplet.create(several(*(f"w{n}" for n in range(1500))), wait=True)
    log.take()
    ids = [droplet["id"] for droplet in made[::3]]
    assert len(client(flavour, runner, sim).droplet.wait(ids, until="idle")) == 500
    assert len(log.take()) <= 8 + 1


def test_idle_is_on_or_off_with_nothing_running(api: Any, sim: Simulator) -> None:
    ids = [droplet["id"] for droplet in api.droplet.create(several("a", "b"), wait=True)]
    api.droplet.power_off(ids[0])
    droplets = api.droplet.wait(ids, until="idle")
    assert [(droplet["status"], droplet["locked"]) for droplet in droplets] == [("off", False), ("active", False)]


def test_off_waits_for_a_shutdown_to_take_effect(api: Any, sim: Simulator) -> None:
    ids = [droplet["id"] for droplet in api.droplet.create(several("a", "b"), wait=True)]
    api.droplet.shutdown(ids)
    assert {droplet["status"] for droplet in api.droplet.wait(ids, until="off")} == {"off"}


def test_ready_is_not_off(api: Any) -> None:
    id = api.droplet.create(one(), wait=True)["id"]
    api.droplet.power_off(id, wait=True)
    with pytest.raises(DOBOTOPollingException) as caught:
        api.droplet.wait(id, timeout=20)
    assert [droplet["id"] for droplet in caught.value.polling] == [id] == caught.value.ids
    assert "status is off" in str(caught.value)


def test_an_action_that_does_not_lock_its_droplet_is_seen_in_the_list_of_actions(flavour: str, runner: Any) -> None:
    droplets = [{"id": id, "status": "active", "locked": False, "networks": net()} for id in (7, 8)]
    action = {"id": 70, "type": "snapshot", "resource_type": "droplet", "resource_id": 8, "status": "in-progress"}
    staged = stage(
        flavour, runner,
        reply(200, {"droplets": droplets}), reply(200, {"actions": [action]}),
        reply(200, {"droplet": droplets[1]}), reply(200, {"actions": [{**action, "status": "completed"}]}),
    )  # fmt: skip
    seen: list[Progress] = []
    assert staged.api.droplet.wait([7, 8], progress=seen.append) == droplets
    assert dict(seen[0].pending) == {8: "snapshot is running"}


def net() -> Any:
    return {"v4": [{"type": "public", "ip_address": "192.0.2.7"}], "v6": []}


def test_a_token_that_may_not_read_actions_goes_by_the_lock(flavour: str, runner: Any, sim: Simulator) -> None:
    admin = DO.simulated(sim)
    ids = [droplet["id"] for droplet in admin.droplet.create(several("a", "b", "c"), wait=True)]
    admin.droplet.snapshot_create(ids)
    sim.register("narrow", scopes=["droplet:read", "regions:read", "sizes:read", "image:read"], account="simulated")
    droplets = client(flavour, runner, sim, token="narrow").droplet.wait(ids)
    assert {droplet["locked"] for droplet in droplets} == {False}


def test_a_droplet_that_does_not_exist_raises_at_once(api: Any, sim: Simulator) -> None:
    id = api.droplet.create(one(), wait=True)["id"]
    start = sim.clock.now()
    for ids in (404, [id, 404]):
        with pytest.raises(DOBOTONotFoundException):
            api.droplet.wait(ids)
    assert sim.clock.now() == start


def test_a_new_droplet_that_lags_is_waited_out(flavour: str, runner: Any) -> None:
    settings = Settings(list_lag=8, get_lag=8, durations={"droplet.create": 2}, address_gap=0)
    api = client(flavour, runner, Simulator(clock=ManualClock(), settings=settings))
    assert api.droplet.wait(api.droplet.create(one())["id"], poll=1)["status"] == "active"
    made = api.droplet.create(several("a", "b", "c"))
    assert len(api.droplet.wait([droplet["id"] for droplet in made], poll=1)) == 3


def test_a_droplet_that_is_destroyed_meanwhile_raises_after_the_others_are_ready(api: Any, sim: Simulator) -> None:
    ids = [droplet["id"] for droplet in api.droplet.create(several("a", "b", "c"))]
    other = DO.simulated(sim)

    def destroy(progress: Progress) -> None:
        other.droplet.destroy(ids[0], missing_ok=True)

    with pytest.raises(DOBOTOVanishedException, match=str(ids[0])) as caught:
        api.droplet.wait(ids, progress=destroy)
    assert [droplet["status"] for droplet in caught.value.droplets[1:]] == ["active", "active"]


@pytest.mark.parametrize("until", ["ready", "off", "idle"])
def test_tag_that_no_droplet_has_is_an_error(api: Any, until: str) -> None:
    with pytest.raises(DOBOTONotFoundException, match="no Droplet has the tag 'nobody'"):
        api.droplet.wait(tag_name="nobody", until=until)
    assert api.droplet.wait(tag_name="nobody", until="gone") is None
    assert api.droplet.wait([]) == []


@pytest.mark.parametrize("operation", ["power_off", "power_cycle", "shutdown", "snapshot_create", "backup_enable"])
@pytest.mark.parametrize("wait", [False, True])
def test_action_by_tag_that_no_droplet_has_is_an_error(api: Any, operation: str, wait: bool) -> None:
    api.droplet.create(one(tags=["web"]), wait=True)
    api.tag.create("spare")
    for tag_name in ("wbe", "spare"):
        with pytest.raises(DOBOTONotFoundException):
            getattr(api.droplet, operation)(tag_name=tag_name, wait=wait)


def test_all_droplets_that_do_not_exist_are_named(api: Any) -> None:
    id = api.droplet.create(one(), wait=True)["id"]
    with pytest.raises(DOBOTONotFoundException, match="2 Droplets do not exist: 404, 405") as caught:
        api.droplet.wait([404, id, 405])
    assert caught.value.status == 404


@pytest.mark.parametrize("many", [False, True])
def test_gone_waits_until_droplets_no_longer_exist(api: Any, sim: Simulator, many: bool) -> None:
    ids = [droplet["id"] for droplet in api.droplet.create(several("a", "b", "c"), wait=True)]
    wanted = ids[:2] if many else ids[0]
    polls: list[Any] = []

    def destroy(progress: Progress) -> None:
        polls.append(dict(progress.pending))
        if len(polls) == 1:
            DO.simulated(sim).droplet.destroy(wanted)

    assert api.droplet.wait(wanted, until="gone", progress=destroy) is None
    assert polls[0] == dict.fromkeys(ids[:2] if many else ids[:1], "still there")
    assert [droplet["id"] for droplet in api.droplet.list()] == ids[2 if many else 1 :]
    assert api.droplet.wait(wanted, until="gone", timeout=1) is None, "gone already"
    with pytest.raises(DOBOTOPollingException, match="still there"):
        api.droplet.wait(ids[2], until="gone", timeout=20)


def test_a_port_is_waited_for_after_the_droplets_are_ready(api: Any, sim: Simulator) -> None:
    ids = [droplet["id"] for droplet in api.droplet.create(several("a", "b"))]
    assert len(api.droplet.wait(ids, ready_port=22)) == 2
    with pytest.raises(ValueError, match="ready"):
        api.droplet.wait(ids, ready_port=22, until="off")


@pytest.mark.parametrize(
    "wrong",
    [{}, {"id": 1, "tag_name": "t"}, {"id": 1, "until": "on"}, {"id": 1, "poll": -1}, {"id": 1, "ready_port": 0}],
)
def test_arguments_that_cannot_be_right_are_refused_before_a_request(api: Any, log: Log, wrong: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        api.droplet.wait(**wrong)
    assert log.take() == []


def test_actions_of_any_kind_are_waited_for(api: Any, log: Log) -> None:
    droplet = api.droplet.create(one(), wait=True)
    volume = api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    other = api.droplet.create(one("web-2"), wait=True)
    actions = [api.volume.attach(volume["id"], droplet_id=droplet["id"]), api.droplet.snapshot_create(other["id"])]
    ids = [action["id"] for action in actions]
    log.take()
    polls: list[int] = []
    done = api.action.wait(ids, progress=lambda _: polls.append(len(log.take())))
    assert [(action["id"], action["status"]) for action in done] == [(id, "completed") for id in ids]
    assert max(polls) <= 2
    assert api.action.wait(ids[0])["status"] == "completed"


def test_an_action_that_fails_raises_with_all_actions(api: Any, sim: Simulator) -> None:
    ids = [droplet["id"] for droplet in api.droplet.create(several("a", "b"), wait=True)]
    actions = api.droplet.snapshot_create(ids)
    DO.simulated(sim).droplet.destroy(ids[0])
    with pytest.raises(DOBOTOActionException) as caught:
        api.action.wait([action["id"] for action in actions])
    assert [action["status"] for action in caught.value.actions] == ["errored", "completed"]


def test_an_action_that_can_not_be_a_new_one_is_not_waited_for(api: Any, sim: Simulator, log: Log) -> None:
    """A newer one began longer ago than reading lags, so that a 404 is no lag."""
    api.droplet.create(one(), wait=True)
    api.droplet.create(one("web-2"))
    sim.clock.advance(310)  # type: ignore[attr-defined]
    log.take()
    start = sim.clock.now()
    with pytest.raises(DOBOTONotFoundException):
        api.action.wait(7)
    assert sim.clock.now() == start
    assert log.take() == ["GET /actions/7", "GET /actions?page=1"]


def test_an_action_that_may_be_new_is_looked_for_while_reading_lags(api: Any, sim: Simulator, log: Log) -> None:
    """And what is waited for is said; the list of actions is read once."""
    api.droplet.create(one(), wait=True)
    newest = api.action.list()[0]["id"]
    log.take()
    start, seen = sim.clock.now(), list[str]()
    with pytest.raises(DOBOTONotFoundException):
        api.action.wait(newest + 1, progress=lambda one: seen.extend(one.pending.values()))
    assert 30 <= sim.clock.now() - start < 40
    assert seen[-1] == "not found so far; a new action can be unreadable for 30 s"
    assert log.count("GET /actions?page=") == 1


@pytest.mark.parametrize("listed", ["it too", "in another order", "without times", "only lately", "not at all"])
def test_an_old_action_that_can_not_be_read_yet_is_waited_for(api: Any, sim: Simulator, listed: str) -> None:
    """Unless the list of actions shows that there is none: that others are newer does not where ids do not grow."""
    old, *_, new = [api.droplet.create(one(name), wait=True) for name in ("a", "b", "c", "d")]
    begun = api.droplet.action_list(old["id"])[0]
    sim.clock.advance(60 if listed == "only lately" else 400)  # type: ignore[attr-defined]
    newer = [action for action in api.action.list() if action["id"] > begun["id"]]
    assert newer[0]["resource_id"] == new["id"]
    if listed == "in another order":
        for one_of, time in zip(newer, sorted(action["started_at"] for action in newer), strict=True):
            one_of["started_at"] = time
    actions = [{**action, "started_at": None} if listed == "without times" else action for action in newer]
    actions = [] if listed == "not at all" else [*actions, *([begun] if listed == "it too" else [])]
    body = {"actions": actions, "links": {}, "meta": {"total": len(actions)}}
    sim.faults.add("status", status=200, body=body, method="GET", path="/v2/actions")
    sim.faults.add("status", status=404, method="GET", path="/v2/actions/*", count=2)
    assert api.action.wait(begun["id"])["status"] == "completed"


def test_an_action_that_can_not_be_read_yet_is_waited_for(api: Any, sim: Simulator) -> None:
    droplet = api.droplet.create(one(), wait=True)
    begun = api.droplet.power_off(droplet["id"])
    sim.faults.add("status", status=404, method="GET", path="/v2/actions/*", count=2)
    assert api.action.wait(begun["id"])["status"] == "completed"


def test_a_list_of_actions_that_can_not_be_read_ends_no_wait(api: Any, sim: Simulator) -> None:
    """It only says whether a 404 may be lag."""
    droplet = api.droplet.create(one(), wait=True)
    begun = api.droplet.power_off(droplet["id"])
    sim.faults.add("status", status=404, method="GET", path="/v2/actions/*", count=2)
    sim.faults.add("wrong_shape", method="GET", path="/v2/actions", body={"actions": ["x"]})
    assert api.action.wait(begun["id"])["status"] == "completed"


def test_all_actions_that_do_not_exist_are_named(api: Any, sim: Simulator) -> None:
    with pytest.raises(DOBOTONotFoundException, match="2 actions do not exist: 1, 2"):
        api.action.wait([1, 2])
