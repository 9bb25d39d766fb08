"""What an interrupted call knew, reached from whatever ended it."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import pytest

from doboto import DO, AsyncDO, DOBOTOBulkException, DOBOTOException, DOBOTOPollingException, call_states
from doboto.events import Progress
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import client, one, several

NAMES = [f"web-{number}" for number in range(25)]


@pytest.fixture
def sim() -> Simulator:
    return Simulator(ManualClock(1_790_000_000), settings=Settings(droplet_limit=1000))


def stop(event: Any) -> None:
    raise KeyboardInterrupt


def test_keyboard_interrupt_while_waiting_knows_what_was_created(sim: Simulator) -> None:
    with pytest.raises(KeyboardInterrupt) as caught:
        DO.simulated(sim).droplet.create(several(*NAMES), wait=True, progress=stop)
    [state] = call_states(caught.value)
    assert [droplet["name"] for droplet in state.created] == NAMES
    assert state.pending.keys() == {droplet["id"] for droplet in state.created}
    assert (list(state.unresolved), list(state.not_begun)) == ([], [])
    assert caught.value.doboto is state  # type: ignore[attr-defined]


def test_keyboard_interrupt_while_a_create_is_sent_knows_each_name(sim: Simulator) -> None:
    transport = Interrupting(sim, after=2)
    api = DO("t", url=transport.url, transport=transport, clock=transport.clock, connections=1)
    with pytest.raises(KeyboardInterrupt) as caught:
        api.droplet.create(several(*NAMES))
    [state] = call_states(caught.value)
    assert [droplet["name"] for droplet in state.created] == NAMES[:10]
    assert (list(state.unresolved), list(state.not_begun)) == (NAMES[10:20], NAMES[20:])


def test_keyboard_interrupt_while_an_address_is_assigned_knows_it(sim: Simulator) -> None:
    do = DO.simulated(sim)
    droplet = do.droplet.create(several("a"), wait=True)[0]

    def stop_at_polls(event: Any) -> None:
        if isinstance(event, Progress):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        do.reserved_ip.create(droplet_id=droplet["id"], wait=True, progress=stop_at_polls)
    [state] = call_states(caught.value)
    assert [address["ip"] for address in state.created] == [address["ip"] for address in do.reserved_ip.list()]


class Interrupting:
    """A transport that presses Ctrl-C once that many requests were answered: the last answer is lost with it."""

    def __init__(self, sim: Simulator, after: int) -> None:
        from doboto.simulated import SimulatedClock, SimulatedTransport

        self._transport, self.clock = SimulatedTransport(sim), SimulatedClock(sim)
        self.url = SimulatedTransport.url
        self._left = after

    async def send(self, request: Any, timeouts: Any) -> Any:
        found = await self._transport.send(request, timeouts)
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt
        return found

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        return False

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("call", "unresolved"),
    [
        (lambda do: do.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10}), "volume data in nyc3"),
        (lambda do: do.droplet.power_off(7), "power_off of Droplet 7"),
    ],
)
def test_keyboard_interrupt_of_other_changes_names_the_change(sim: Simulator, call: Any, unresolved: str) -> None:
    transport = Interrupting(sim, after=1)
    with pytest.raises(KeyboardInterrupt) as caught:
        call(DO("t", url=transport.url, transport=transport, clock=transport.clock))
    [state] = call_states(caught.value)
    assert list(state.unresolved) == [unresolved]


def test_interruption_while_an_earlier_error_is_handled_names_the_change(sim: Simulator) -> None:
    """What the earlier call knew says nothing of this one."""
    transport = Interrupting(sim, after=1)
    api = DO("t", url=transport.url, transport=transport, clock=transport.clock)
    with pytest.raises(KeyboardInterrupt) as caught:
        try:
            raise DOBOTOException("of an earlier call", created=[{"id": 1, "name": "web-1"}])
        except DOBOTOException:
            api.tag.create("a")
    assert list(caught.value.doboto.unresolved) == ["tag a"]  # type: ignore[attr-defined]


async def creates(sim: Simulator, entered: asyncio.Event, **more: Any) -> Any:
    """A create whose wait never ends: its callback suspends for good."""

    async def hang(event: Any) -> None:
        entered.set()
        await asyncio.Event().wait()

    async with AsyncDO.simulated(sim) as ado:
        return await ado.droplet.create(several("a", "b", **more), wait=True, progress=hang)


def names(states: list[Any]) -> list[list[str]]:
    return [[droplet["name"] for droplet in state.created] for state in states]


def test_a_cancelled_task_knows_what_was_created(sim: Simulator, runner: asyncio.Runner) -> None:
    async def main() -> list[Any]:
        entered = asyncio.Event()
        task = asyncio.create_task(creates(sim, entered))
        await entered.wait()
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as cancelled:
            return call_states(cancelled)
        raise AssertionError

    states = runner.run(main())
    assert names(states) == [["a", "b"]]
    assert len(states[0].pending) == 2


def test_the_timeout_error_of_asyncio_timeout_knows_what_was_created(sim: Simulator, runner: asyncio.Runner) -> None:
    async def main() -> list[Any]:
        entered = asyncio.Event()
        try:
            async with asyncio.timeout(None) as bound:
                entered.set = lambda: bound.reschedule(0)  # type: ignore[method-assign]
                await creates(sim, entered)
        except TimeoutError as late:
            return call_states(late)
        raise AssertionError

    assert names(runner.run(main())) == [["a", "b"]]


def test_a_sibling_cancelled_by_a_task_group_knows_what_was_created(sim: Simulator, runner: asyncio.Runner) -> None:
    async def main() -> list[Any]:
        entered = asyncio.Event()

        async def fail() -> None:
            await entered.wait()
            raise ValueError

        with pytest.raises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                sibling = group.create_task(creates(sim, entered))
                group.create_task(fail())
        return call_states(sibling)

    assert names(runner.run(main())) == [["a", "b"]]


def test_an_exception_group_gives_the_state_of_each_call(sim: Simulator, runner: asyncio.Runner) -> None:
    async def fail(ado: AsyncDO, name: str) -> None:
        await ado.droplet.create(one(name), wait=True, timeout=3)

    async def main() -> list[Any]:
        async with AsyncDO.simulated(sim) as ado:
            tasks = [fail(ado, "a"), fail(ado, "b")]
            failures = [each for each in await asyncio.gather(*tasks, return_exceptions=True) if each]
            return call_states(BaseExceptionGroup("both", failures))  # type: ignore[arg-type]

    assert sorted(names(runner.run(main()))) == [["a"], ["b"]]


def test_ctrl_c_in_asyncio_run_knows_what_was_created(sim: Simulator) -> None:
    async def main() -> None:
        entered = asyncio.Event()
        entered.set = lambda: signal.raise_signal(signal.SIGINT)  # type: ignore[method-assign]
        await creates(sim, entered)

    with pytest.raises(KeyboardInterrupt) as caught:
        asyncio.run(main())
    assert names(call_states(caught.value)) == [["a", "b"]]


def test_errors_of_the_library_have_the_same(flavour: str, runner: Any, sim: Simulator) -> None:
    api = client(flavour, runner, sim, connections=1)
    sim.faults.add("status", status=422, method="POST", path="/v2/droplets", after=1, count=1)
    with pytest.raises(DOBOTOException) as caught:
        api.droplet.create(several(*NAMES))
    error = caught.value
    assert [droplet["name"] for droplet in error.created] == NAMES[:10]
    assert (error.unresolved, error.not_begun) == ([], NAMES[10:])
    [state] = call_states(error)
    assert (list(state.created), list(state.not_begun)) == (error.created, error.not_begun)


def test_an_action_that_never_began_is_not_begun(flavour: str, runner: Any, sim: Simulator) -> None:
    api = client(flavour, runner, sim)
    id = api.droplet.create(one(), wait=True)["id"]
    api.droplet.snapshot_create(id)
    with pytest.raises(DOBOTOPollingException) as caught:
        api.droplet.reboot(id, wait=True, timeout=6)
    assert caught.value.not_begun == [f"Droplet {id}"]


def test_an_interrupted_bulk_knows_the_outcome_of_each(sim: Simulator) -> None:
    do = DO.simulated(sim)
    ids = [droplet["id"] for droplet in do.droplet.create(several("a", "b", "c"), wait=True)]
    with pytest.raises(KeyboardInterrupt) as caught:
        do.droplet.snapshot_create(ids, wait=True, progress=stop)
    [state] = call_states(caught.value)
    assert {id: outcome.state for id, outcome in state.outcomes.items()} == dict.fromkeys(ids, "running")


def test_a_bulk_exception_has_outcomes_in_its_state(flavour: str, runner: Any, sim: Simulator) -> None:
    with pytest.raises(DOBOTOBulkException) as caught:
        client(flavour, runner, sim).droplet.reboot([404, 405])
    [state] = call_states(caught.value)
    assert list(state.outcomes) == [404, 405]


@pytest.mark.parametrize("source", [ValueError("x"), None, KeyboardInterrupt()])
def test_what_no_call_ended_by_has_no_state(source: Any) -> None:
    assert call_states(source) == []
