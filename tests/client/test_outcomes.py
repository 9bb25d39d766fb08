"""Changes whose answer was lost: found and gone on with, or told as what they are; never sent again.

Every fault here strikes once, at the first create or action; the account afterwards holds what the caller knows.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest

from doboto import DO, DOBOTOException, DOBOTOOutcomeUnknownException, DOBOTORateLimitException
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import Log, client, one, several

CREATE = {"method": "POST", "path": "/v2/droplets", "count": 1}
ACTION = {"method": "POST", "path": "/v2/droplets/*/actions", "count": 1}
#: Answers that are lost after the request took effect.
LOST = [
    ("drop", {"when": "after"}),
    ("cut", {}),
    ("not_json", {}),
    ("wrong_shape", {}),
    *(("status", {"when": "after", "status": status}) for status in (408, 500, 502, 503, 504)),
]
#: The same, but nothing took effect; the client can't know.
NOTHING = [("drop", {"when": "before"}), *(("status", {"when": "before", "status": status}) for status in (500, 503))]


def names(droplets: list[Any]) -> list[str]:
    return [droplet["name"] for droplet in droplets]


@pytest.mark.parametrize(("kind", "arguments"), LOST)
def test_one_droplet_is_found_and_returned_as_if_nothing_had_happened(
    api: Any, sim: Simulator, log: Log, kind: str, arguments: dict[str, Any]
) -> None:
    sim.faults.add(kind, **CREATE, **arguments)
    droplet = api.droplet.create(one(tags=["t"]), wait=True)
    assert droplet["status"] == "active"
    assert api.droplet.list() == [droplet]
    assert log.count("POST /droplets") == 1


@pytest.mark.parametrize(("kind", "arguments"), LOST)
@pytest.mark.parametrize("count", [2, 25])
def test_several_are_found_in_the_order_asked_for(
    api: Any, sim: Simulator, log: Log, kind: str, arguments: dict[str, Any], count: int
) -> None:
    asked = [f"w{n}" for n in range(count)]
    sim.faults.add(kind, **{**CREATE, "after": 1 if count > 10 else 0}, **arguments)
    droplets = api.droplet.create(several(*asked), wait=True)
    assert names(droplets) == asked
    assert {droplet["id"] for droplet in droplets} == {droplet["id"] for droplet in api.droplet.list()}
    assert log.count("POST /droplets") == -(-count // 10)


@pytest.mark.parametrize(("kind", "arguments"), NOTHING)
def test_what_cannot_be_found_is_told_and_not_sent_again(
    api: Any, sim: Simulator, log: Log, kind: str, arguments: dict[str, Any]
) -> None:
    sim.faults.add(kind, **CREATE, **arguments)
    with pytest.raises(DOBOTOOutcomeUnknownException) as caught:
        api.droplet.create(one(), wait=True)
    error = caught.value
    assert error.asked["name"] == "web-1"
    assert "web-1" in error.looked_for
    assert "s-1vcpu-1gb" in error.looked_for
    assert isinstance(error.error, DOBOTOException)
    assert "nothing is sent again" in str(error)
    assert error.outcome_open is True
    assert error.created == []
    assert api.droplet.list() == []
    assert log.count("POST /droplets") == 1


def test_what_was_made_before_is_carried(api: Any, sim: Simulator) -> None:
    asked = [f"w{n}" for n in range(25)]
    sim.faults.add("drop", **{**CREATE, "after": 1}, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException) as caught:
        api.droplet.create(several(*asked))
    assert set(names(caught.value.created)) < set(asked)
    assert names(caught.value.created) == [name for name in asked if name in names(caught.value.created)]
    assert {droplet["id"] for droplet in caught.value.created} == {droplet["id"] for droplet in api.droplet.list()}


def test_lag_of_the_list_is_waited_out(flavour: str, runner: Any) -> None:
    sim = Simulator(clock=ManualClock(), settings=Settings(list_lag=6))
    sim.faults.add("drop", **CREATE, when="after")
    api = client(flavour, runner, sim)
    assert names([api.droplet.create(one())]) == ["web-1"]


def test_older_droplets_of_the_same_name_are_not_taken(api: Any, sim: Simulator) -> None:
    old = api.droplet.create(one(), wait=True)
    sim.clock.advance(60)  # type: ignore[attr-defined]
    sim.faults.add("drop", **CREATE, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException):
        api.droplet.create(one())
    sim.faults.add("drop", **CREATE, when="after")
    assert api.droplet.create(one())["id"] != old["id"]


@pytest.mark.parametrize("other", [{"size": "s-1vcpu-2gb"}, {"image": "debian-12-x64"}, {"region": "ams3"}])
def test_others_that_are_not_alike_are_not_taken(api: Any, sim: Simulator, other: dict[str, Any]) -> None:
    stranger = DO.simulated(sim)
    meanwhile = threading.Event()

    def create_another(call: Any, reply: Any) -> None:
        if call.method == "POST" and not meanwhile.is_set():
            meanwhile.set()
            stranger.droplet.create({**one(), **other})

    sim.on_seen.append(create_another)
    sim.faults.add("status", **CREATE, when="before", status=503)
    with pytest.raises(DOBOTOOutcomeUnknownException):
        api.droplet.create(one())


def test_when_it_cannot_tell_whose_they_are_it_says_so(api: Any, sim: Simulator) -> None:
    """Another program makes one of the same name, size, image and region at the same time."""
    stranger = DO("simulated", transport=DO.simulated(sim)._session.io.transport, clock=Apart(sim))
    made: list[Any] = []

    def create_another(incoming: Any, reply: Any) -> None:
        if incoming.method == "POST" and not made:
            made.append(None)
            made[0] = stranger.droplet.create(one())

    sim.on_seen.append(create_another)
    sim.faults.add("drop", **CREATE, when="after")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="another program's") as caught:
        api.droplet.create(one())
    assert caught.value.created == []
    assert all(str(droplet["id"]) in str(caught.value) for droplet in api.droplet.list())


class Apart:
    """The simulator's clock, seen by another program: nothing is shared with it."""

    timeline = "another program"

    def __init__(self, sim: Simulator) -> None:
        self._clock = DO.simulated(sim)._session.io.clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._clock, name)


def test_adopting_is_logged(api: Any, sim: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    sim.faults.add("drop", **CREATE, when="after")
    droplet = api.droplet.create(one())
    assert f"adopted Droplet web-1 ({droplet['id']})" in caplog.text


def test_a_rate_limit_is_no_open_outcome(api: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("status", **CREATE, status=429, headers={"retry-after": "7"})
    assert api.droplet.create(one())["name"] == "web-1"
    assert log.count("POST /droplets") == 2
    sim.faults.add("status", method="POST", path="/v2/droplets", status=429, headers={"retry-after": "700"})
    with pytest.raises(DOBOTORateLimitException):
        api.droplet.create(one())


@pytest.mark.parametrize(("kind", "arguments"), LOST)
def test_an_action_is_found(api: Any, sim: Simulator, log: Log, kind: str, arguments: dict[str, Any]) -> None:
    droplet = api.droplet.create(one(), wait=True)
    sim.faults.add(kind, **ACTION, **arguments)
    action = api.droplet.reboot(droplet["id"], wait=True)
    assert (action["type"], action["status"]) == ("reboot", "completed")
    assert log.count(f"POST /droplets/{droplet['id']}/actions") == 1


@pytest.mark.parametrize(("kind", "arguments"), NOTHING)
def test_an_action_that_cannot_be_found_is_told(api: Any, sim: Simulator, kind: str, arguments: dict[str, Any]) -> None:
    droplet = api.droplet.create(one(), wait=True)
    api.droplet.reboot(droplet["id"], wait=True)
    sim.clock.advance(60)  # type: ignore[attr-defined]
    sim.faults.add(kind, **ACTION, **arguments)
    with pytest.raises(DOBOTOOutcomeUnknownException, match=f"reboot of Droplet {droplet['id']}"):
        api.droplet.reboot(droplet["id"], wait=True)
    assert [action["type"] for action in api.droplet.action_list(droplet["id"])].count("reboot") == 1


@pytest.mark.parametrize(("kind", "arguments"), LOST)
def test_actions_by_tag_are_found(api: Any, sim: Simulator, kind: str, arguments: dict[str, Any]) -> None:
    droplets = api.droplet.create(several("a", "b", "c", tags=["t"]), wait=True)
    sim.faults.add(kind, method="POST", path="/v2/droplets/actions", count=1, **arguments)
    actions = api.droplet.power_off(tag_name="t", wait=True)
    assert {action["resource_id"] for action in actions} == {droplet["id"] for droplet in droplets}
    assert {action["status"] for action in actions} == {"completed"}


def test_a_destruction_with_associated_resources_is_found(api: Any, sim: Simulator) -> None:
    droplet = api.droplet.create(one(), wait=True)
    sim.faults.add("drop", method="DELETE", count=1, when="after")
    assert api.droplet.destroy_with_associated_resources(droplet["id"], dangerous=True, wait=True)["failures"] == 0
    other = api.droplet.create(one(), wait=True)
    sim.faults.add("drop", method="DELETE", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="destruction of Droplet"):
        api.droplet.destroy_with_associated_resources(other["id"], dangerous=True, wait=True)


def test_threads_that_create_the_same_name_do_not_take_each_others(sim: Simulator) -> None:
    """Half of the answers are lost, half of those before they took effect; each Droplet is known to one caller."""
    sim.faults.add("drop", method="POST", path="/v2/droplets", probability=0.25, seed=1, when="after")
    sim.faults.add("drop", method="POST", path="/v2/droplets", probability=0.25, seed=2, when="before")
    do = DO.simulated(sim, timeout=10_000)
    known: list[int] = []
    unknown: list[DOBOTOOutcomeUnknownException] = []

    def work() -> None:
        for _ in range(5):
            try:
                known.append(do.droplet.create(one("same"))["id"])
            except DOBOTOOutcomeUnknownException as error:
                unknown.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there = [droplet["id"] for droplet in do.droplet.list()]
    named = {int(word) for error in unknown for word in str(error).replace(",", " ").split() if word.isdigit()}
    assert len(known) == len(set(known))
    assert set(known) <= set(there)
    assert set(there) - set(known) <= named
    assert len(known) + len(unknown) == 40
