"""One call for several Droplets: what it costs, what comes back, and what became of each when it does not end well."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DO,
    DOBOTOBulkException,
    DOBOTONotFoundException,
    DOBOTOPendingEventException,
    DOBOTOTimeoutException,
    Outcome,
    Progress,
)
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import Log, client, several


@pytest.fixture
def sim() -> Simulator:
    settings = Settings(droplet_limit=100_000, requests_per_minute=0, requests_per_hour=0)
    return Simulator(clock=ManualClock(1_790_000_000), settings=settings)


def made(sim: Simulator, count: int, **more: Any) -> list[int]:
    """The ids of that many Droplets that are ready."""
    names = [f"w{number}" for number in range(count)]
    droplets = DO.simulated(sim).droplet.create(several(*names, **more), wait=True)
    return [droplet["id"] for droplet in droplets]


def test_twenty_reboots_cost_at_most_two_requests_a_poll(api: Any, sim: Simulator, log: Log) -> None:
    ids = made(sim, 20)
    log.take()
    polls: list[list[str]] = []
    actions = api.droplet.reboot(ids, wait=True, progress=lambda progress: polls.append(log.take()))
    assert [action["resource_id"] for action in actions] == ids
    assert {action["status"] for action in actions} == {"completed"}
    posts = [line for line in polls[0] if line.startswith("POST")]
    assert len(posts) == 20
    assert len(polls[0]) - len(posts) <= 2
    assert all(len(requests) <= 2 for requests in polls[1:])


def test_a_thousand_power_cycles_cost_two_requests_a_poll_plus_pages(
    flavour: str, runner: Any, sim: Simulator, log: Log
) -> None:
    ids = made(sim, 1000)
    log.take()
    api = client(flavour, runner, sim, limiter=unlimited())
    polls: list[int] = []
    actions = api.droplet.power_cycle(ids, wait=True, timeout=3600, progress=lambda _: polls.append(len(log.take())))
    assert len(actions) == 1000
    assert polls[0] <= 1000 + 2
    assert max(polls[1:]) <= 2
    assert sum(polls[1:]) <= 30


def unlimited() -> Any:
    from doboto import Limiter

    return Limiter(per_minute=100_000)


def test_without_wait_the_actions_come_back_running(api: Any, sim: Simulator) -> None:
    ids = made(sim, 3)
    actions = api.droplet.reboot(ids)
    assert [(action["resource_id"], action["status"]) for action in actions] == [(id, "in-progress") for id in ids]


def test_an_empty_list_of_ids_sends_nothing(api: Any, log: Log) -> None:
    assert api.droplet.reboot([], wait=True) == []
    assert api.droplet.destroy([], wait=True) is None
    assert api.droplet.wait([]) == []
    assert log.take() == []


@pytest.mark.parametrize("wrong", [[1, 1], ["x"], [None], [True], [1.5], {"id": 1}, [""], [-1]])
def test_ids_that_cannot_be_right_are_refused_before_a_request(api: Any, log: Log, wrong: Any) -> None:
    for name in ("reboot", "destroy", "wait"):
        with pytest.raises((ValueError, TypeError)):
            getattr(api.droplet, name)(wrong)
    assert log.take() == []


def test_ids_may_be_text_of_numbers_and_any_sequence(api: Any, sim: Simulator) -> None:
    ids = made(sim, 2)
    assert len(api.droplet.reboot(tuple(map(str, ids)), wait=True)) == 2


def test_outcomes_say_what_completed_and_what_failed(api: Any, sim: Simulator) -> None:
    ids = made(sim, 2)
    with pytest.raises(DOBOTOBulkException) as caught:
        api.droplet.power_off([ids[0], 404, ids[1]], wait=True)
    error = caught.value
    assert list(error.outcomes) == [ids[0], 404, ids[1]]
    assert (error.completed, error.failed, error.running, error.unknown, error.not_begun) == (ids, [404], [], [], [])
    assert isinstance(error.outcomes[404].error, DOBOTONotFoundException)
    assert isinstance(error.__cause__, DOBOTONotFoundException)
    action = error.outcomes[ids[0]].action
    assert action is not None
    assert action["status"] == "completed"
    assert not error.timed_out
    assert "2 completed; 1 failed (404" in str(error)


def test_an_action_that_ends_as_errored_fails_its_droplet_alone(api: Any, sim: Simulator) -> None:
    ids = made(sim, 3)
    other = DO.simulated(sim)

    def destroy(progress: Progress) -> None:
        other.droplet.destroy(ids[1], missing_ok=True)

    with pytest.raises(DOBOTOBulkException) as caught:
        api.droplet.snapshot_create(ids, wait=True, progress=destroy)
    assert (caught.value.completed, caught.value.failed) == ([ids[0], ids[2]], [ids[1]])


def test_one_deadline_bounds_all_and_says_what_is_still_running(api: Any, sim: Simulator) -> None:
    ids = made(sim, 3)
    start = sim.clock.now()
    with pytest.raises(DOBOTOBulkException) as caught:
        api.droplet.snapshot_create(ids, wait=True, timeout=12)
    assert sim.clock.now() - start <= 12
    assert (caught.value.timed_out, caught.value.running) == (True, ids)
    actions = [outcome.action for outcome in caught.value.outcomes.values()]
    waited = api.action.wait([action["id"] for action in actions if action is not None])
    assert {action["status"] for action in waited} == {"completed"}


def test_a_droplet_with_another_action_running_is_sent_its_action_after_that(api: Any, sim: Simulator) -> None:
    ids = made(sim, 3)
    DO.simulated(sim).droplet.snapshot_create(ids[1])
    actions = api.droplet.reboot(ids, wait=True)
    assert [action["status"] for action in actions] == ["completed"] * 3


def test_without_wait_another_running_action_is_a_failure_of_its_droplet(api: Any, sim: Simulator) -> None:
    ids = made(sim, 2)
    DO.simulated(sim).droplet.snapshot_create(ids[1])
    with pytest.raises(DOBOTOBulkException) as caught:
        api.droplet.reboot(ids)
    assert (caught.value.running, caught.value.not_begun) == ([ids[0]], [ids[1]])
    assert isinstance(caught.value.outcomes[ids[1]].error, DOBOTOPendingEventException)


def test_held_up_droplets_are_found_by_two_requests_a_poll(api: Any, sim: Simulator, log: Log) -> None:
    ids = made(sim, 20)
    DO.simulated(sim).droplet.snapshot_create(ids)
    log.take()
    polls: list[int] = []

    def count(progress: Progress) -> None:
        polls.append(sum(not line.startswith("POST") for line in log.take()))

    assert len(api.droplet.reboot(ids, wait=True, progress=count)) == 20
    assert max(polls) <= 3


def test_a_lost_response_is_found_again_for_each(api: Any, sim: Simulator) -> None:
    ids = made(sim, 5)
    sim.faults.add("drop", when="after", method="POST", path="/v2/droplets/*/actions", count=3)
    actions = api.droplet.power_off(ids, wait=True)
    assert [action["resource_id"] for action in actions] == ids
    assert len(DO.simulated(sim).action.list()) == 10


def test_an_outcome_that_cannot_be_determined_is_unknown(flavour: str, runner: Any, sim: Simulator) -> None:
    ids = made(sim, 2)
    sim.faults.add("drop", when="before", method="POST", path=f"/v2/droplets/{ids[0]}/actions", count=1)
    with pytest.raises(DOBOTOBulkException) as caught:
        client(flavour, runner, sim).droplet.power_off(ids, wait=True)
    assert (caught.value.unknown, caught.value.completed) == ([ids[0]], [ids[1]])
    assert caught.value.outcome_open


def test_a_deadline_that_is_over_before_all_are_sent_says_which_were_not(flavour: str, runner: Any) -> None:
    from doboto import Limiter

    sim = Simulator(clock=ManualClock(1_790_000_000), settings=Settings(droplet_limit=100))
    ids = made(sim, 4)
    api = client(flavour, runner, sim, limiter=Limiter(per_minute=2), connections=1)
    with pytest.raises(DOBOTOBulkException) as caught:
        api.droplet.reboot(ids, wait=True, timeout=5)
    error = caught.value
    assert sorted([*error.completed, *error.running, *error.not_begun]) == sorted(ids)
    assert len(error.not_begun) == 2
    assert sum(action["type"] == "reboot" for action in DO.simulated(sim).action.list()) == 2


def test_progress_counts_failures_apart(api: Any, sim: Simulator) -> None:
    ids = made(sim, 2)
    seen: list[Progress] = []
    with pytest.raises(DOBOTOBulkException):
        api.droplet.reboot([*ids, 404], wait=True, progress=seen.append)
    assert (seen[-1].what, seen[-1].done, seen[-1].failed, seen[-1].total) == ("reboot", 2, 1, 3)
    assert str(seen[-1]).startswith("reboot: 2 done, 1 failed of 3")


def test_several_are_destroyed_and_waited_for_together(api: Any, sim: Simulator, log: Log) -> None:
    ids = made(sim, 12)
    log.take()
    polls: list[int] = []
    result = api.droplet.destroy(ids, wait=True, progress=lambda _: polls.append(len(log.take())))
    assert result is None
    assert polls[0] <= 1 + 12 + 1
    assert max(polls[1:], default=0) <= 2
    assert DO.simulated(sim).droplet.list() == []


def test_a_thousand_are_destroyed_by_pages(flavour: str, runner: Any, sim: Simulator, log: Log) -> None:
    ids = made(sim, 1000)
    log.take()
    client(flavour, runner, sim, limiter=unlimited()).droplet.destroy(ids, wait=True, timeout=3600)
    gets = [line for line in log.take() if line.startswith("GET")]
    assert len(gets) <= 30
    assert DO.simulated(sim).droplet.list() == []


def test_missing_droplets_fail_or_are_fine_when_several_are_destroyed(api: Any, sim: Simulator) -> None:
    ids = made(sim, 2)
    with pytest.raises(DOBOTOBulkException) as caught:
        api.droplet.destroy([404, ids[0]], wait=True)
    assert (caught.value.failed, caught.value.completed) == ([404], [ids[0]])
    api.droplet.destroy([404, *ids], wait=True, missing_ok=True)
    assert DO.simulated(sim).droplet.list() == []


def test_gpu_droplets_that_lists_leave_out_are_not_taken_for_gone(api: Any, sim: Simulator) -> None:
    sizes = [size["slug"] for size in DO.simulated(sim).size.list() if size["slug"].startswith("gpu")]
    if not sizes:
        pytest.skip("the simulator's catalog has no GPU size")
    plan = {"size": sizes[0], "image": "ubuntu-24-04-x64"}
    droplets = DO.simulated(sim).droplet.create({"names": [f"g{n}" for n in range(4)], **plan}, wait=True)
    api.droplet.destroy([droplet["id"] for droplet in droplets], wait=True)
    assert DO.simulated(sim).droplet.list(type="gpus") == []


def test_an_outcome_reads_as_a_line() -> None:
    assert str(Outcome(7, "running", pending="reboot is running")) == "7 running: reboot is running"
    assert str(Outcome(7, "not_begun", error=DOBOTOTimeoutException("too late"))) == "7 not begun: too late"
    assert str(Outcome(7, "completed")) == "7 completed"
