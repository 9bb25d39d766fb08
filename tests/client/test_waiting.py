"""Waiting: what ready means, what a round costs, how it ends when it does not end well."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DO,
    DOBOTOActionException,
    DOBOTOForbiddenException,
    DOBOTOPollingException,
    DOBOTOVanishedException,
    Progress,
    private_ipv4,
    public_ipv4,
    public_ipv6,
)
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import Log, client, one, several


@pytest.mark.parametrize("address", ["before", "after"])
def test_ready_means_active_with_its_addresses_whichever_comes_first(flavour: str, runner: Any, address: Any) -> None:
    sim = Simulator(clock=ManualClock(), settings=Settings(address=address, address_gap=12))
    droplet = client(flavour, runner, sim).droplet.create(one(ipv6=True, private_networking=True), wait=True)
    assert droplet["status"] == "active"
    assert public_ipv4(droplet)
    assert private_ipv4(droplet)
    assert public_ipv6(droplet)


def test_a_droplet_without_public_networking_has_no_address_to_wait_for(api: Any) -> None:
    droplet = api.droplet.create(one(public_networking=False), wait=True)
    assert public_ipv4(droplet) is None
    assert private_ipv4(droplet)


def test_one_droplet_costs_one_request_a_round_and_one_to_read_it(api: Any, log: Log) -> None:
    rounds: list[list[str]] = []
    droplet = api.droplet.create(one(), wait=True, progress=lambda progress: rounds.append(log.take()))
    assert rounds[0][0] == "POST /droplets"
    assert all(len(requests) == 1 for requests in rounds[1:-1])
    assert rounds[-1][-1] == f"GET /droplets/{droplet['id']}"


def test_progress_tells_how_far_it_is(api: Any) -> None:
    reports: list[Progress] = []
    droplets = api.droplet.create(several("a", "b"), wait=True, poll=10, progress=reports.append)
    assert [(progress.what, progress.total) for progress in reports] == [("create", 2)] * len(reports)
    assert [progress.elapsed for progress in reports] == [10 * (n + 1) for n in range(len(reports))]
    assert reports[0].pending.keys() == {droplet["id"] for droplet in droplets}
    assert "status is new" in str(reports[0].pending)
    assert (reports[-1].done, dict(reports[-1].pending)) == (2, {})
    assert str(reports[-1]).startswith("create: 2 of 2 done after")


def test_timeout_bounds_the_whole_call_and_loses_nothing(api: Any, sim: Simulator) -> None:
    start = sim.clock.now()
    with pytest.raises(DOBOTOPollingException) as caught:
        api.droplet.create(one(), wait=True, poll=5, timeout=12)
    assert sim.clock.now() - start <= 12
    error = caught.value
    assert error.ids == [error.polling["id"]]
    assert error.polling["status"] == "new"
    assert [droplet["id"] for droplet in error.created] == error.ids
    assert "12 s" in str(error)
    assert api.droplet.info(error.ids[0])["name"] == "web-1"


def test_a_timeout_shorter_than_poll_still_takes_a_last_look(api: Any) -> None:
    droplet = api.droplet.create(one(), wait=True, poll=60, timeout=45)
    assert droplet["status"] == "active"


def test_timeout_of_several_tells_all_of_them(api: Any) -> None:
    with pytest.raises(DOBOTOPollingException) as caught:
        api.droplet.create(several("a", "b"), wait=True, timeout=3)
    assert len(caught.value.ids) == len(caught.value.polling) == 2


def test_a_token_that_may_not_read_actions_waits_by_the_droplets_alone(
    flavour: str, runner: Any, sim: Simulator
) -> None:
    sim.register("narrow", scopes=["droplet:create", "droplet:read", "regions:read", "sizes:read", "image:read"])
    api = client(flavour, runner, sim, token="narrow")
    assert api.droplet.create(one(), wait=True)["status"] == "active"
    assert {droplet["status"] for droplet in api.droplet.create(several("a", "b"), wait=True)} == {"active"}


def test_errors_that_no_retry_mends_end_the_wait_and_carry_what_was_created(
    flavour: str, runner: Any, sim: Simulator
) -> None:
    sim.register("blind", scopes=["droplet:create", "image:read", "regions:read", "sizes:read"])
    api = client(flavour, runner, sim, token="blind")
    with pytest.raises(DOBOTOForbiddenException) as caught:
        api.droplet.create(one(), wait=True)
    assert [droplet["name"] for droplet in caught.value.created] == ["web-1"]


def test_lag_after_a_create_is_waited_out(flavour: str, runner: Any) -> None:
    settings = Settings(list_lag=8, get_lag=8, durations={"droplet.create": 2}, address_gap=0)
    api = client(flavour, runner, Simulator(clock=ManualClock(), settings=settings))
    assert api.droplet.create(one(), wait=True, poll=1)["status"] == "active"
    assert len(api.droplet.create(several("a", "b", "c"), wait=True, poll=1)) == 3


def test_a_droplet_that_is_destroyed_while_it_is_created_raises(api: Any, sim: Simulator) -> None:
    """The simulator lets its create action end as errored; that is the reason the error gives."""

    def destroy(progress: Progress) -> None:
        for id in progress.pending:
            DO.simulated(sim).droplet.destroy(int(id), missing_ok=True)

    with pytest.raises(DOBOTOActionException, match="create of droplet") as caught:
        api.droplet.create(one(), wait=True, progress=destroy)
    assert caught.value.action["status"] == "errored"
    assert caught.value.droplet["name"] == "web-1"


def test_the_others_are_waited_for_when_one_fails(api: Any, sim: Simulator) -> None:
    other = DO.simulated(sim)
    victims: list[int] = []

    def destroy(progress: Progress) -> None:
        if not victims:
            victims.append(min(int(id) for id in progress.pending))
            other.droplet.destroy(victims[0])

    with pytest.raises(DOBOTOActionException) as caught:
        api.droplet.create(several("a", "b", "c"), wait=True, progress=destroy)
    by_status = {droplet["name"]: droplet["status"] for droplet in caught.value.droplets}
    assert by_status == {"a": "new", "b": "active", "c": "active"}


def test_a_droplet_that_vanishes_after_its_action_completed_raises(flavour: str, runner: Any) -> None:
    settings = Settings(address="after", address_gap=300, durations={"droplet.create": 2})
    sim = Simulator(clock=ManualClock(), settings=settings)
    other = DO.simulated(sim)

    def destroy(progress: Progress) -> None:
        for id in progress.pending:
            other.droplet.destroy(int(id), missing_ok=True)

    with pytest.raises(DOBOTOVanishedException, match="gone") as caught:
        client(flavour, runner, sim).droplet.create(several("a", "b"), wait=True, progress=destroy)
    assert len(caught.value.droplets) == 2
    assert caught.value.action["type"] == "create"


def test_what_a_progress_callback_raises_ends_the_call_with_a_note_of_the_ids(api: Any) -> None:
    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        api.droplet.create(one(), wait=True, progress=stop)
    (droplet,) = api.droplet.list()
    assert str(droplet["id"]) in " ".join(caught.value.__notes__)


def test_ready_port_waits_till_the_droplet_has_booted(api: Any, sim: Simulator) -> None:
    droplet = api.droplet.create(one(), wait=True, poll=1)
    assert not sim.can_connect(public_ipv4(droplet) or "", 22)
    droplet = api.droplet.create(one("web-2"), wait=True, poll=1, ready_port=22)
    assert sim.can_connect(public_ipv4(droplet) or "", 22)


def test_ready_port_that_never_answers_times_out(api: Any) -> None:
    with pytest.raises(DOBOTOPollingException, match="does not answer on port 9") as caught:
        api.droplet.create(one(), wait=True, ready_port=9, timeout=60)
    assert caught.value.created[0]["status"] == "active"


def test_many_actions_cost_one_request_a_round(api: Any, log: Log) -> None:
    api.droplet.create(several(*(f"w{n}" for n in range(30)), tags=["t"]), wait=True)
    rounds: list[int] = []
    log.take()
    actions = api.droplet.power_off(
        tag_name="t", wait=True, poll=1, progress=lambda progress: rounds.append(len(log.take()))
    )
    assert {action["status"] for action in actions} == {"completed"}
    assert rounds[0] == 2
    assert set(rounds[1:]) == {1}


def test_with_wait_a_running_action_is_waited_for_first(api: Any) -> None:
    droplet = api.droplet.create(one(), wait=True)
    api.droplet.reboot(droplet["id"])
    assert api.droplet.rename(droplet["id"], "web-2", wait=True)["status"] == "completed"
    api.droplet.reboot(droplet["id"])
    api.droplet.create(one("web-3", tags=["t"]))
    assert api.droplet.power_off(tag_name="t", wait=True)[0]["status"] == "completed"


def test_a_running_action_that_outlasts_the_timeout_is_told(api: Any) -> None:
    droplet = api.droplet.create(one(), wait=True)
    api.droplet.snapshot_create(droplet["id"])
    with pytest.raises(DOBOTOPollingException, match="snapshot is running"):
        api.droplet.rename(droplet["id"], "web-2", wait=True, poll=1, timeout=4)


def test_destroy_waits_till_it_is_gone(flavour: str, runner: Any) -> None:
    sim = Simulator(clock=ManualClock(), settings=Settings(destroy_seconds=20))
    api = client(flavour, runner, sim)
    droplet = api.droplet.create(one(), wait=True)
    reports: list[Progress] = []
    api.droplet.destroy(droplet["id"], wait=True, progress=reports.append)
    assert len(reports) == 4
    assert api.droplet.list() == []


def test_action_exception_is_part_of_the_tree() -> None:
    assert issubclass(DOBOTOVanishedException, DOBOTOActionException)
