"""Events: the same in both clients, to plain and async callbacks, and in the log."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

from doboto import DO, AsyncDO, DOBOTOConfigurationException, DOBOTOException, Limiter, call_states, events
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import Blockingly, client, one, several


@pytest.fixture
def kind(flavour: str) -> str:
    """Return the kind of callback that a client is given: `AsyncDO` takes plain ones too, see below."""
    return "async" if flavour == "asynchronous" else "plain"


def recorder(kind: str, into: list[Any]) -> Any:
    """A callback that keeps what it is called with."""

    async def keep(event: Any) -> None:
        into.append(event)

    return keep if kind == "async" else into.append


def recorded(flavour: str, runner: Any, sim: Simulator, kind: str, **settings: Any) -> tuple[Any, list[Any]]:
    seen: list[Any] = []
    return client(flavour, runner, sim, on_event=recorder(kind, seen), **settings), seen


def test_created_comes_with_each_resource_before_the_wait(flavour: str, runner: Any, sim: Any, kind: str) -> None:
    api, seen = recorded(flavour, runner, sim, kind)
    droplets = api.droplet.create(several("a", "b"), wait=True)
    created, later = seen[:2], seen[2:]
    assert [(type(event), event.kind, event.id, event.name) for event in created] == [
        (events.Created, "droplet", droplet["id"], droplet["name"]) for droplet in droplets
    ]
    assert created[0].resource["status"] == "new"
    assert {type(event) for event in later} == {events.Progress}
    assert (later[-1].done, later[-1].total) == (2, 2)
    assert str(created[0]) == f"created Droplet a ({droplets[0]['id']})"


def test_progress_of_a_call_gets_its_polls_plain_or_async(flavour: str, runner: Any, sim: Any, kind: str) -> None:
    seen: list[Any] = []
    client(flavour, runner, sim).droplet.create(one(), wait=True, progress=recorder(kind, seen))
    assert {type(event) for event in seen} == {events.Progress}
    assert seen[-1].done == 1


@pytest.mark.parametrize(
    ("resource", "arguments", "name"),
    [
        ("volume", {"name": "data", "region": "nyc3", "size_gigabytes": 10}, "data"),
        ("domain", {"name": "example.com", "ip_address": "192.0.2.1"}, "example.com"),
        ("tag", {"name": "web"}, "web"),
        ("vpc", {"name": "net", "region": "nyc3"}, "net"),
    ],
)
def test_created_comes_for_other_resources(
    flavour: str, runner: Any, sim: Any, resource: str, arguments: Any, name: str
) -> None:
    api, seen = recorded(flavour, runner, sim, "plain")
    getattr(api, resource).create(**arguments)
    assert [(event.kind, event.name) for event in seen] == [(resource, name)]


def test_adopted_follows_a_lost_response(flavour: str, runner: Any, sim: Any, kind: str) -> None:
    api, seen = recorded(flavour, runner, sim, kind)
    sim.faults.add("drop", when="after", method="POST", path="/v2/droplets", count=1)
    droplet = api.droplet.create(one())
    lost, adopted, created = seen
    assert (type(lost), type(adopted), type(created)) == (events.ResponseLost, events.Adopted, events.Created)
    assert (adopted.kind, adopted.id, adopted.name) == ("droplet", droplet["id"], "web-1")
    assert isinstance(lost.error, DOBOTOException)
    sim.faults.add("drop", when="after", method="POST", path="/v2/volumes", count=1)
    volume = api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    assert (type(seen[4]), seen[4].kind, seen[4].id) == (events.Adopted, "volume", volume["id"])


def test_retrying_says_what_when_and_why(flavour: str, runner: Any, sim: Any, kind: str) -> None:
    api, seen = recorded(flavour, runner, sim, kind)
    sim.faults.add("status", status=503, method="GET", count=2)
    api.droplet.list()
    assert [(type(event), event.method, event.attempt) for event in seen] == [
        (events.Retrying, "GET", 1), (events.Retrying, "GET", 2),
    ]  # fmt: skip
    assert seen[0].path.startswith("/droplets")
    assert 0 < seen[0].delay < seen[1].delay * 4
    assert seen[0].error.status == 503
    assert str(seen[0]).startswith("retry in")


def test_rate_limited_comes_before_a_request_waits(flavour: str, runner: Any, sim: Any, kind: str) -> None:
    api, seen = recorded(flavour, runner, sim, kind, limiter=Limiter(per_minute=2))
    for _ in range(3):
        api.account.info()
    assert [(type(event), event.method, event.path) for event in seen] == [(events.RateLimited, "GET", "/account")]
    assert seen[0].delay > 50
    assert "for the rate limit" in str(seen[0])


def test_waiting_for_another_action_is_an_event(flavour: str, runner: Any, sim: Any, kind: str) -> None:
    api, seen = recorded(flavour, runner, sim, kind)
    id = api.droplet.create(one(), wait=True)["id"]
    api.droplet.snapshot_create(id)
    seen.clear()
    api.droplet.reboot(id, wait=True)
    others = [event for event in seen if not isinstance(event, events.Progress)]
    assert [type(event) for event in others] == [events.WaitingForEvent, events.Started]
    assert str(id) in others[0].target
    assert (others[1].action["type"], others[1].action["resource_id"]) == ("reboot", id)


def test_a_poll_that_fails_is_an_event(flavour: str, runner: Any, sim: Any) -> None:
    from doboto import Retry

    api, seen = recorded(flavour, runner, sim, "plain", retry=Retry.never())

    def break_one(event: Any) -> None:
        if isinstance(event, events.Created):
            sim.faults.add("status", status=503, method="GET", count=1)

    api = api.with_options(on_event=lambda event: (seen.append(event), break_one(event)))
    api.droplet.create(one(), wait=True)
    failed = [event for event in seen if isinstance(event, events.PollFailed)]
    assert [(event.what, event.error.status) for event in failed] == [("create", 503)]


def test_with_options_gives_another_callback_for_its_calls_alone(flavour: str, runner: Any, sim: Any) -> None:
    api, seen = recorded(flavour, runner, sim, "plain")
    own: list[Any] = []
    api.with_options(on_event=own.append).droplet.create(one())
    api.with_options(timeout=20).droplet.create(one("web-2"))
    assert ([event.name for event in own], [event.name for event in seen]) == (["web-1"], ["web-2"])


def test_what_a_callback_raises_ends_the_call_and_knows_what_was_created(flavour: str, runner: Any, sim: Any) -> None:
    class Stop(Exception):
        pass

    def stop(event: Any) -> None:
        raise Stop

    api = client(flavour, runner, sim, on_event=stop)
    with pytest.raises(Stop) as caught:
        api.droplet.create(several("a", "b"))
    [state] = call_states(caught.value)
    assert [droplet["name"] for droplet in state.created] == ["a", "b"]
    with pytest.raises(Stop) as caught:
        api.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
    [state] = call_states(caught.value)
    assert [volume["name"] for volume in state.created] == ["data"]


def test_events_are_in_the_log_with_themselves(
    flavour: str, runner: Any, sim: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "doboto")
    droplet = client(flavour, runner, sim).droplet.create(one(), wait=True)
    [record] = [record for record in caplog.records if hasattr(record, "event")]
    assert record.getMessage() == f"created Droplet web-1 ({droplet['id']})"
    assert record.event.id == droplet["id"]
    assert record.levelno == logging.INFO


def test_every_event_reads_as_one_line(sim: Any) -> None:
    error = DOBOTOException("broken")
    made = [
        events.Progress("create", 1, 2, 3.4, {7: "status is new"}),
        events.Created("volume", "v", "data", {}),
        events.Adopted("droplet", 7, "web-1", {}),
        events.Differs("droplet", 7, "web-1", {"size": ("s-2vcpu-2gb", "s-1vcpu-1gb")}, {}),
        events.Started({"id": 8, "type": "reboot", "resource_type": "droplet", "resource_id": 7}),
        events.ResponseLost("volume data", error),
        events.WaitingForEvent("Droplet 7", error),
        events.Retrying("GET", "/droplets", 1, 0.5, error),
        events.RateLimited("GET", "/droplets", 61.0),
        events.PollFailed("create", error),
        events.Interrupted("create was being waited for"),
    ]
    assert {type(event).__name__ for event in made} == {kind.__name__ for kind in events.Event.__subclasses__()}
    for event in made:
        assert str(event)
        assert "\n" not in str(event)
        assert not str(event).startswith(type(event).__name__)


@pytest.mark.parametrize("wrong", ["print", 7, object()])
def test_a_callback_that_cannot_be_called_is_refused_before_a_request(
    flavour: str, runner: Any, sim: Any, wrong: Any
) -> None:
    with pytest.raises(DOBOTOConfigurationException, match="on_event"):
        client(flavour, runner, sim, on_event=wrong)
    api = client(flavour, runner, sim)
    with pytest.raises(DOBOTOConfigurationException, match="on_event"):
        api.with_options(on_event=wrong)
    with pytest.raises(TypeError, match="progress"):
        api.droplet.create(one(), wait=True, progress=wrong)
    assert api.droplet.list() == []


def test_the_blocking_client_refuses_async_callbacks_before_a_request(sim: Simulator) -> None:
    async def keep(event: Any) -> None:
        raise AssertionError

    class Keeper:
        async def __call__(self, event: Any) -> None:
            raise AssertionError

    for callback in (keep, Keeper()):
        with pytest.raises(DOBOTOConfigurationException, match="AsyncDO awaits"):
            DO.simulated(sim, on_event=callback)
        with pytest.raises(TypeError, match="AsyncDO awaits"):
            DO.simulated(sim).droplet.create(one(), wait=True, progress=callback)
    assert DO.simulated(sim).droplet.list() == []


def test_both_clients_report_the_same_events(runner: Any) -> None:
    reports: list[list[str]] = []
    for flavour in ("blocking", "asynchronous"):
        sim = Simulator(ManualClock(1_790_000_000), settings=Settings(droplet_limit=100))
        seen: list[Any] = []
        sim.faults.add("drop", when="after", method="POST", path="/v2/droplets", count=1)
        api = client(flavour, runner, sim, on_event=seen.append)
        droplet = api.droplet.create(one(), wait=True)
        api.droplet.snapshot_create(droplet["id"])
        api.droplet.reboot(droplet["id"], wait=True)
        reports.append([repr(event) for event in seen if not hasattr(event, "error")])
    assert reports[0] == reports[1]
    assert len(reports[0]) > 10


def test_print_is_a_callback(flavour: str, runner: Any, sim: Any, capsys: pytest.CaptureFixture[str]) -> None:
    client(flavour, runner, sim).droplet.create(one(), wait=True, progress=print)
    assert capsys.readouterr().out.splitlines()[-1].startswith("create: 1 of 1 done after")


def test_progress_in_words_names_what_is_pending(
    flavour: str, runner: Any, sim: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"web-{n}" for n in range(7)]
    made = client(flavour, runner, sim).droplet.create(several(*names), wait=True, progress=print)
    first = capsys.readouterr().out.splitlines()[0]
    assert re.fullmatch(r"create: 0 of 7 done after \d+ s; (\d+: [^;]+; ){4}\d+: [^;]+ and 2 more", first)
    assert f"; {made[0]['id']}: " in first


def test_progress_in_words_counts_failures() -> None:
    text = str(events.Progress("reboot", 1, 3, 6.0, {7: "running"}, failed=1))
    assert text == "reboot: 1 done, 1 failed of 3 after 6 s; 7: running"


def test_async_callbacks_may_suspend(runner: Any, sim: Simulator) -> None:
    import asyncio

    seen: list[Any] = []

    async def keep(event: Any) -> None:
        await asyncio.sleep(0)
        seen.append(event)

    api = Blockingly(AsyncDO.simulated(sim, on_event=keep), runner)
    api.droplet.create(one(), wait=True)
    assert isinstance(seen[0], events.Created)
    assert seen[-1].done == 1
