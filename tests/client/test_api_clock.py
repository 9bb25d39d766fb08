"""The API's time, read from its Date headers, on machines with another time and beside an API with a faster clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.utils import formatdate
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doboto import DO, AsyncDO, DOBOTOConnectionException, DOBOTOOutcomeUnknownException, Limiter
from doboto._core.recovery import SKEW
from doboto._core.response import parse_http_date
from doboto._session.api_clock import ApiClock
from doboto.sim import ManualClock, Simulator
from doboto.simulated import SimulatedTransport

from .conftest import Blockingly, one

START = 1_790_000_000.0
#: Moments of the client's clock, and a time that is not its own.
MOMENTS = st.floats(0, 300)
WRONG = st.sampled_from([0.0, -3600.5, 86_400.25])


def noted(readings: list[tuple[float, float]], date: Callable[[float], float], wrong: float = 0.0) -> ApiClock:
    """A clock that has seen responses: when each was sent and received; its date is made in between."""
    clock = ApiClock(parse_http_date)
    for sent, received in readings:
        clock.note(formatdate(date((sent + received) / 2), usegmt=True), sent + wrong, received + wrong)
    return clock


def exchanges(moments: list[float], longest: float) -> list[tuple[float, float]]:
    """One exchange after the other, each over before the next one begins."""
    ordered = sorted(moments)
    return [(one, min(one + longest, next)) for one, next in pairwise([*ordered, ordered[-1] + 1])]


@given(st.lists(MOMENTS, min_size=1, max_size=8), MOMENTS, st.floats(0.001, 30), WRONG)
@example([0.0, 0.4, 60.0, 60.5], 0.5, 0.1, 0.0)
def test_an_api_of_the_same_speed_is_told_as_exactly_as_its_headers_allow(
    moments: list[float], moment: float, longest: float, wrong: float
) -> None:
    clock = noted(exchanges(moments, longest), lambda at: START + at, wrong)
    seen = clock.at(moment + wrong) - (START + moment)
    assert -1.01 - longest <= seen <= 0.01


@given(st.lists(MOMENTS, max_size=8), MOMENTS, st.floats(1, 1000), st.floats(0.001, 1), WRONG)
@example([], 0.5, 60.0, 0.01, 0.0)
def test_a_faster_api_is_never_taken_to_be_later_than_it_was(
    moments: list[float], moment: float, speed: float, longest: float, wrong: float
) -> None:
    """If a response came before the moment: what was created then is recognised, and nothing much older."""
    before = [*(one for one in moments if one < moment), -1 - longest]
    after = [*(one for one in moments if one > moment), 301.0, 302.0]
    readings = [*exchanges(before, longest), *exchanges(after, longest)]
    clock = noted(readings, lambda at: START + at * speed, wrong)
    assert clock.at(moment + wrong) - (START + moment * speed) <= SKEW + 0.01


@given(st.floats(2, 1000), st.floats(0.01, 60), WRONG)
def test_what_was_sent_before_the_first_response_is_found_while_looking(speed: float, gap: float, wrong: float) -> None:
    """Looking takes twelve seconds, with a response every three at most."""
    looks = [gap + later for later in (0, 0.5, 1.5, 3, 5, 8, 11, 12)]
    clock = noted([(one, one + 0.01) for one in looks], lambda at: START + at * speed, wrong)
    seen = clock.at(wrong) - START
    assert seen <= SKEW + 0.01
    assert seen >= -4 * speed * max(1.0, gap / 4)  # by few seconds of the client's clock


def test_servers_whose_clocks_differ_do_not_look_like_a_fast_one() -> None:
    clock = noted([(60.0, 60.1), (60.5, 60.6)], lambda at: START + at + (2 if at > 60.3 else 0))
    assert clock.at(0.0) - START == pytest.approx(2, abs=1.1)


def test_a_slow_response_leaves_what_a_quick_one_showed() -> None:
    clock = noted([(-5.0, -4.9), (1.0, 21.0)], lambda at: START + at)
    assert -1.2 <= clock.at(0.0) - START <= 0


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_a_reading_before_the_clients_clock_was_set_does_not_count(step: float) -> None:
    clock = noted([(0.0, 0.1)], lambda at: START + at)
    clock.note(formatdate(START + 10, usegmt=True), 10 + step, 10.1 + step)
    assert -1.2 <= clock.at(20.0 + step) - (START + 20) <= 0


def test_without_a_date_it_is_the_clients_time() -> None:
    clock = ApiClock(parse_http_date)
    assert clock.at(5.0) == 5.0
    clock.note("yesterday", 1.0, 2.0)
    assert clock.at(5.0) == 5.0


def test_few_readings_are_kept_of_many_and_the_first_is_not_pushed_out_at_once() -> None:
    clock = noted([(n / 100, n / 100 + 0.01) for n in range(9000)], lambda at: START + at * 60)
    assert len(clock._noted) <= 100
    assert clock.at(1.0) - START <= 60 + SKEW


class FastApi:
    """A simulated API whose clock runs sixty times as fast as the client's: transport and clock of the client.

    Args:
        simulator: The simulated account; its clock is moved.
        lost: How many seconds of the client's clock pass until a response to a change is lost.
        when: Whether the change takes effect.
    """

    speed = 60

    def __init__(self, simulator: Simulator, lost: float, *, effect: bool = True) -> None:
        self._transport = SimulatedTransport(simulator)
        self._clock: Any = simulator.clock
        self._lost, self._effect = lost, effect
        self._now = 5_000_000.0
        self.timeline = f"fast {id(self)}"

    def time(self) -> float:
        return self._now

    monotonic = time

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        self._clock.advance(seconds * self.speed)

    async def async_sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.sleep(seconds)

    async def send(self, request: Any, timeouts: Any) -> Any:
        change = request.method == "POST"
        self.sleep(0.01)
        response = await self._transport.send(request, timeouts) if self._effect or not change else None
        self.sleep(self._lost if change else 0.01)
        if change:
            raise DOBOTOConnectionException("the connection was dropped")
        return response

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        return True

    async def close(self) -> None:
        pass

    def client(self, flavour: str, runner: asyncio.Runner) -> Any:
        settings: dict[str, Any] = {"transport": self, "clock": self, "limiter": Limiter()}
        made = DO("fast", **settings) if flavour == "blocking" else AsyncDO("fast", **settings)
        return made if flavour == "blocking" else Blockingly(made, runner)


#: What is created or started, and how it is looked for.
LOST: dict[str, Callable[[Any, Any], Any]] = {
    "droplet": lambda do, _: do.droplet.create(one("web-2")),
    "volume": lambda do, _: do.volume.create(name="data", region="nyc3", size_gigabytes=1),
    "reserved ip": lambda do, _: do.reserved_ip.create(region="nyc3"),
    "action": lambda do, id: do.droplet.power_off(id),
    "image action": lambda do, id: do.droplet.snapshot_create(id, snapshot_name="before"),
}


@pytest.fixture
def fast() -> Simulator:
    return Simulator(clock=ManualClock(START))


@pytest.fixture
def other(fast: Simulator) -> Any:
    """Another program's client of the same account."""
    fast.register("other")
    fast.register("fast", account="other")
    return DO("other", transport=SimulatedTransport(fast), limiter=Limiter())


@pytest.mark.parametrize("asked_before", [True, False])
@pytest.mark.parametrize("lost", [0.01, 5.0, 55.0])
@pytest.mark.parametrize("kind", LOST)
def test_what_a_lost_response_made_is_found_beside_a_fast_clock(
    flavour: str, runner: Any, fast: Simulator, other: Any, kind: str, lost: float, asked_before: bool
) -> None:
    id = other.droplet.create(one())["id"]
    fast.clock.advance(120)  # type: ignore[attr-defined]
    api = FastApi(fast, lost).client(flavour, runner)
    if asked_before:
        api.account.info()
    assert LOST[kind](api, id)


@pytest.mark.parametrize("kind", ["droplet", "volume", "reserved ip"])
@pytest.mark.parametrize("asked_before", [True, False])
def test_what_is_older_is_not_taken_beside_a_fast_clock(
    flavour: str, runner: Any, fast: Simulator, other: Any, kind: str, asked_before: bool
) -> None:
    """Another program made the same two minutes before, two seconds by the client's clock."""
    LOST[kind](other, None)
    fast.clock.advance(120)  # type: ignore[attr-defined]
    api = FastApi(fast, 5.0, effect=False).client(flavour, runner)
    if asked_before:
        api.account.info()
    with pytest.raises(DOBOTOOutcomeUnknownException):
        LOST[kind](api, None)


class SlowLists(FastApi):
    """As fast as the client's clock; changes are dropped, and the response to a list takes fourteen seconds."""

    speed = 1

    async def send(self, request: Any, timeouts: Any) -> Any:
        response = await super().send(request, timeouts)
        if "account" not in request.url:
            self.sleep(14)
        return response


@pytest.mark.parametrize("kind", ["droplet", "volume", "reserved ip"])
def test_what_is_older_is_not_taken_after_slow_lists(
    flavour: str, runner: Any, fast: Simulator, other: Any, kind: str
) -> None:
    """Another program made the same ten seconds before; the response to `account.info` came at once."""
    LOST[kind](other, None)
    fast.clock.advance(10)  # type: ignore[attr-defined]
    api = SlowLists(fast, 0.01, effect=False).client(flavour, runner)
    api.account.info()
    with pytest.raises(DOBOTOOutcomeUnknownException):
        LOST[kind](api, None)


def test_a_tag_finds_what_its_own_clock_says_is_older(flavour: str, runner: Any, fast: Simulator, other: Any) -> None:
    api = FastApi(fast, 5.0).client(flavour, runner).with_options(recovery_tag="keep")
    fast.clock.advance(1)  # type: ignore[attr-defined]
    made = api.volume.create(name="data", region="nyc3", size_gigabytes=1)
    assert made["id"] == other.volume.list()[0]["id"]
