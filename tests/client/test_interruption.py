"""Ctrl-C and cancelled tasks lose nothing: what exists, or may exist, is in the exception's notes and in the log."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from doboto import DO, AsyncDO, DOBOTOException, Timeouts, WireRequest
from doboto._core.response import Response
from doboto.sim import ManualClock, Settings, Simulator
from doboto.simulated import SimulatedClock, SimulatedTransport

from .conftest import one, several

Condition = Callable[[str, int], bool]


class Interrupter:
    """Transport and clock that press Ctrl-C, or cancel the task, once a condition holds.

    Args:
        sim: What answers.
        flavour: Whose client it is.
    """

    def __init__(self, sim: Simulator, flavour: str) -> None:
        self._transport, self._clock = SimulatedTransport(sim), SimulatedClock(sim)
        self._blocking = flavour == "blocking"
        self.timeline = self._clock.timeline
        self.time, self.monotonic = self._clock.time, self._clock.monotonic
        self.task: asyncio.Task[Any] | None = None
        #: When to interrupt: before the request is sent, after its reply came, or at a sleep; by how often it happened.
        self.before: Condition = lambda request, count: False
        self.after: Condition = lambda request, count: False
        self.at_sleep: Condition = lambda slept, count: False
        self.sent = self.slept = 0
        self.replies: list[Any] = []
        #: A part of a request's line for which the reply is an empty list.
        self.hidden = "nothing"

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Any:
        self.sent += 1
        count, line = self.sent, f"{request.method} {request.url.partition('/v2')[2]}"
        if self.before(line, count):
            await self.interrupt()
        reply = await self._transport.send(request, timeouts)
        if self.hidden in line:
            reply = Response(200, {}, b'{"droplets": [], "links": {}, "meta": {"total": 0}}')
        self.replies.append((line, reply))
        if self.after(line, count):
            await self.interrupt()
        return reply

    async def reaches(self, host: str, port: int, timeout: float) -> bool:
        return False

    async def close(self) -> None:
        pass

    def sleep(self, seconds: float) -> None:
        self.slept += 1
        if self.at_sleep("", self.slept):
            raise KeyboardInterrupt
        self._clock.sleep(seconds)

    async def async_sleep(self, seconds: float) -> None:
        self.slept += 1
        if self.at_sleep("", self.slept):
            await self.interrupt()
        await self._clock.async_sleep(seconds)

    async def interrupt(self) -> None:
        if self._blocking:
            raise KeyboardInterrupt
        assert self.task is not None
        self.task.cancel()
        await asyncio.sleep(0)


@pytest.fixture
def sim() -> Simulator:
    return Simulator(ManualClock(1_790_000_000), settings=Settings(droplet_limit=1000))


@pytest.fixture
def interrupter(sim: Simulator, flavour: str) -> Interrupter:
    return Interrupter(sim, flavour)


@pytest.fixture
def notes_of(
    flavour: str, interrupter: Interrupter, runner: asyncio.Runner, caplog: pytest.LogCaptureFixture
) -> Callable[..., str]:
    """Runs an operation that is interrupted; gives its exception's notes, which the log has too."""
    settings: dict[str, Any] = {
        "url": SimulatedTransport.url, "transport": interrupter, "clock": interrupter, "connections": 1,
    }  # fmt: skip

    def run(name: str, *arguments: Any, **options: Any) -> str:
        with pytest.raises((KeyboardInterrupt, asyncio.CancelledError)) as caught:
            if flavour == "blocking":
                getattr(DO("t", **settings).droplet, name)(*arguments, **options)
            else:
                runner.run(cancelled(name, arguments, options))
        notes = "\n".join(getattr(caught.value, "__notes__", []))
        logged = " ".join(record.getMessage() for record in caplog.records if record.levelname == "WARNING")
        for id in re.findall(r"\d{4,}", notes):
            assert id in logged
        return notes

    async def cancelled(name: str, arguments: Any, options: Any) -> None:
        interrupter.task = asyncio.create_task(getattr(AsyncDO("t", **settings).droplet, name)(*arguments, **options))
        await interrupter.task

    return run


def ids(sim: Simulator) -> dict[str, int]:
    """What is in the account, by name."""
    return {droplet["name"]: droplet["id"] for droplet in DO.simulated(sim, token="t").droplet.list()}


NAMES = [f"web-{number}" for number in range(25)]


def test_while_the_first_request_is_on_its_way(sim: Simulator, interrupter: Interrupter, notes_of: Any) -> None:
    """Nobody knows an id yet; what was asked for, and that it may exist, is told."""
    interrupter.after = lambda request, count: request == "POST /droplets"
    notes = notes_of("create", one("web-1"), wait=True)
    assert "Droplets were being created: web-1" in notes
    assert "created so far: none yet; asked for, and perhaps there: web-1" in notes
    assert "not asked for" not in notes
    assert list(ids(sim)) == ["web-1"]


def test_while_a_later_request_is_on_its_way(sim: Simulator, interrupter: Interrupter, notes_of: Any) -> None:
    interrupter.before = lambda request, count: count == 3
    notes = notes_of("create", several(*NAMES), wait=True)
    made = ids(sim)
    assert len(made) == 20
    assert all(f"{name} ({id})" in notes for name, id in made.items())
    assert f"perhaps there: {', '.join(NAMES[20:])}" in notes


def test_requests_that_were_not_sent_are_told_apart(sim: Simulator, interrupter: Interrupter, notes_of: Any) -> None:
    interrupter.after = lambda request, count: request == "POST /droplets"
    notes = notes_of("create", several(*NAMES), wait=True)
    assert f"perhaps there: {', '.join(NAMES[:10])}; not asked for: {', '.join(NAMES[10:])}" in notes
    assert sorted(ids(sim)) == sorted(NAMES[:10])


def test_while_a_429_is_waited_for(sim: Simulator, interrupter: Interrupter, notes_of: Any) -> None:
    sim.faults.add("status", status=429, headers={"retry-after": "20"}, method="POST", after=1, count=1)
    interrupter.at_sleep = lambda slept, number: True
    notes = notes_of("create", several(*NAMES))
    made = ids(sim)
    assert len(made) == 10
    assert all(f"{name} ({id})" in notes for name, id in made.items())
    assert all(name in notes for name in NAMES)


def test_while_a_lost_answer_is_looked_for(sim: Simulator, interrupter: Interrupter, notes_of: Any) -> None:
    """Of two Droplets one is found, and the other one is not in the list yet."""
    sim.faults.add("drop", when="after", method="POST", count=1)
    interrupter.hidden = "name=web-2"
    interrupter.at_sleep = lambda slept, number: bool(interrupter.replies)
    notes = notes_of("create", several("web-1", "web-2"), wait=True)
    made = ids(sim)
    assert f"web-1 ({made['web-1']})" in notes
    assert "web-2" in notes


@pytest.mark.parametrize("count", [1, 2, 3])
def test_while_waiting_for_droplets(sim: Simulator, interrupter: Interrupter, notes_of: Any, count: int) -> None:
    interrupter.at_sleep = lambda slept, number: number == count
    notes = notes_of("create", several(*NAMES), wait=True, poll=5)
    assert all(str(id) in notes for id in ids(sim).values())
    assert len(ids(sim)) == 25


def test_while_one_of_two_is_ready_already(sim: Simulator, interrupter: Interrupter, notes_of: Any) -> None:
    """What is ready is told as well as what is waited for."""
    interrupter.before = lambda request, count: request.startswith("GET /droplets")
    notes = notes_of("create", several("web-1", "web-2"), wait=True)
    assert all(str(id) in notes for id in ids(sim).values())


def test_while_waiting_for_a_port(sim: Simulator, interrupter: Interrupter, notes_of: Any) -> None:
    interrupter.at_sleep = lambda slept, number: (
        bool(interrupter.replies)
        and any(b'"active"' in reply.body for line, reply in interrupter.replies if line.startswith("GET /droplets"))
    )
    notes = notes_of("create", one("web-1"), wait=True, ready_port=22)
    assert str(ids(sim)["web-1"]) in notes


def test_by_the_progress_callback(sim: Simulator, notes_of: Any) -> None:
    def stop(progress: Any) -> None:
        raise KeyboardInterrupt

    notes = notes_of("create", one("web-1"), wait=True, progress=stop)
    assert str(ids(sim)["web-1"]) in notes


def test_while_waiting_for_an_action(sim: Simulator, interrupter: Interrupter, notes_of: Any) -> None:
    droplet = DO.simulated(sim, token="t").droplet.create(one("web-1"), wait=True)
    interrupter.at_sleep = lambda slept, number: number == 1
    notes = notes_of("snapshot_create", droplet["id"], snapshot_name="before", wait=True)
    [action] = [
        action for action in DO.simulated(sim, token="t").droplet.action_list(droplet["id"])
        if action["type"] == "snapshot"
    ]  # fmt: skip
    assert str(action["id"]) in notes


def test_the_library_s_own_errors_carry_what_was_created(sim: Simulator, interrupter: Interrupter) -> None:
    """The same for an error that ends a create of several."""
    sim.faults.load([{"method": "POST", "kind": "status", "arguments": {"status": 422}, "when": "before"}])
    api = DO("t", url=SimulatedTransport.url, transport=interrupter, clock=interrupter)
    with pytest.raises(DOBOTOException) as caught:
        api.droplet.create(several(*NAMES))
    assert {made["id"] for made in caught.value.created} == set(ids(sim).values())
