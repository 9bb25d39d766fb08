"""What a round of polling costs in accounts of any size, and what it makes of replies that nobody expects."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOPollingException, DOBOTOUnprocessableException, DOBOTOVanishedException, Progress
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import Log, client, one, several
from .scripted import reply, stage


@pytest.mark.parametrize("order", ["ascending", "descending"])
@pytest.mark.parametrize("others", [0, 160, 390, 1170])
@pytest.mark.parametrize("tags", [[], ["t"]])
def test_no_round_costs_more_than_two_requests(
    flavour: str, runner: Any, order: Any, others: int, tags: list[str]
) -> None:
    settings = Settings(droplet_limit=10_000, requests_per_minute=0, droplet_order=order)
    sim = Simulator(clock=ManualClock(), settings=settings)
    api = client(flavour, runner, sim)
    for start in range(0, others, 100):
        api.droplet.create(several(*(f"old{n}" for n in range(start, min(others, start + 100)))))
    sim.clock.advance(600)  # type: ignore[attr-defined]
    log = Log()
    sim.on_seen.append(lambda incoming, _: log.lines.append(incoming.method))
    rounds: list[int] = []
    droplets = api.droplet.create(
        several(*(f"w{n}" for n in range(50)), tags=tags),
        wait=True,
        progress=lambda progress: rounds.append(len(log.take())),
    )
    assert len(droplets) == 50
    assert rounds[0] <= 5 + 2
    assert max(rounds[1:]) <= 2


@pytest.mark.parametrize("status", [None, "queued", 7])
def test_an_action_goes_on_till_it_says_how_it_ended(flavour: str, runner: Any, status: Any) -> None:
    action = {"id": 8, "type": "power_off", "resource_id": 7, "status": status}
    staged = stage(flavour, runner, reply(201, {"action": action}))
    with pytest.raises(DOBOTOPollingException) as caught:
        staged.api.droplet.power_off(7, wait=True, timeout=30)
    assert (caught.value.polling, caught.value.ids) == (action, [8])


def test_a_droplet_that_is_gone_is_noticed_though_its_action_goes_on(flavour: str, runner: Any) -> None:
    created = {
        "droplet": {"id": 7, "name": "web-1", "status": "new"},
        "links": {"actions": [{"id": 8, "rel": "create"}]},
    }
    action = {"action": {"id": 8, "type": "create", "resource_id": 7, "status": "in-progress"}}
    staged = stage(flavour, runner, reply(202, created))
    send = staged.script.send

    async def answering(request: Any, timeouts: Any) -> Any:
        staged.script.answers[:] = [
            reply(202, created)
            if request.method == "POST"
            else reply(200, action)
            if "/actions/" in request.url
            else reply(404, {"id": "not_found", "message": "gone"})
        ]
        return await send(request, timeouts)

    staged.script.send = answering  # type: ignore[method-assign]
    with pytest.raises(DOBOTOVanishedException) as caught:
        staged.api.droplet.create(one(), wait=True)
    assert caught.value.action["status"] == "in-progress"


def test_present_waits_for_what_another_call_makes_and_not_for_what_it_would_have_asked_for(api: Any) -> None:
    api.droplet.create(one())
    droplet, created = api.droplet.present(one(ipv6=True, tags=["zz"]), wait=True)
    assert (droplet["status"], created) == ("active", None)


def test_present_of_a_few_names_in_a_large_account_asks_by_name(flavour: str, runner: Any) -> None:
    settings = Settings(droplet_limit=10_000, requests_per_minute=0)
    sim = Simulator(clock=ManualClock(), settings=settings)
    api = client(flavour, runner, sim)
    api.droplet.create(several(*(f"w{n}" for n in range(2000))))
    log = Log()
    sim.on_seen.append(lambda incoming, _: log.lines.append(incoming.method))
    everything, created = api.droplet.present(several("w1999", "w7"))
    assert [droplet["name"] for droplet in everything] == ["w1999", "w7"]
    assert created == []
    assert len(log.take()) <= 6


def test_after_a_refusal_no_further_create_is_sent(flavour: str, runner: Any) -> None:
    sim = Simulator(clock=ManualClock(), settings=Settings(droplet_limit=20))
    log = Log()
    sim.on_seen.append(lambda incoming, _: log.lines.append(incoming.method))
    api = client(flavour, runner, sim, connections=2)
    with pytest.raises(DOBOTOUnprocessableException) as caught:
        api.droplet.create(several(*(f"w{n}" for n in range(300))))
    assert len(log.take()) <= 2 + 2
    assert len(caught.value.created) == 20
    assert len(str(caught.value)) < 1000


def test_what_was_waited_for_is_told_as_it_is(api: Any) -> None:
    droplet = api.droplet.create(one(tags=["t"]), wait=True)
    snapshot = api.droplet.snapshot_create(droplet["id"])
    with pytest.raises(DOBOTOPollingException) as caught:
        api.droplet.rename(droplet["id"], "web-2", wait=True, poll=1, timeout=4)
    assert [action["id"] for action in caught.value.polling] == caught.value.ids == [snapshot["id"]]
    assert caught.value.polling[0]["type"] == "snapshot"


def test_a_droplet_without_a_public_address_is_ready_with_its_private_one(flavour: str, runner: Any) -> None:
    sim = Simulator(clock=ManualClock(), settings=Settings(address="after", address_gap=20))
    reports: list[Progress] = []
    droplet = client(flavour, runner, sim).droplet.create(
        one(public_networking=False), wait=True, ready_port=22, progress=reports.append
    )
    assert [network["type"] for network in droplet["networks"]["v4"]] == ["private"]


def test_an_hour_that_is_used_up_is_waited_out_and_not_overrun(flavour: str, runner: Any) -> None:
    sim = Simulator(clock=ManualClock(), settings=Settings(requests_per_hour=20))
    statuses: list[int] = []
    sim.on_seen.append(lambda _, reply: statuses.append(reply.status if reply else 0))
    api = client(flavour, runner, sim, timeout=10_000)
    for _ in range(30):
        api.droplet.list()
    assert statuses == [200] * 30


@pytest.mark.filterwarnings("ignore::doboto.errors.UnknownAttributeWarning")
@pytest.mark.parametrize("wrong", [["volumes"], {"volumez": []}, {"volumes": "506f"}, {"volumes": [None]}])
def test_a_selection_that_makes_no_sense_is_refused(api: Any, log: Log, wrong: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        api.droplet.destroy_with_associated_resources(1, wrong)
    assert log.take() == []


@pytest.mark.parametrize("dangerous", ["dangerous", "on", 2, b"true"])
def test_dangerous_is_true_or_false(api: Any, log: Log, dangerous: Any) -> None:
    for resources in (None, {"volumes": []}):
        with pytest.raises((ValueError, TypeError)):
            api.droplet.destroy_with_associated_resources(1, resources, dangerous=dangerous)
    assert log.take() == []


def test_what_the_list_of_associated_resources_says_can_be_given_back(api: Any) -> None:
    droplet = api.droplet.create(one(), wait=True)
    api.droplet.snapshot_create(droplet["id"], wait=True)
    resources = api.droplet.associated_resource_list(droplet["id"])
    status = api.droplet.destroy_with_associated_resources(droplet["id"], resources, wait=True)
    assert len(status["resources"]["snapshots"]) == 1
