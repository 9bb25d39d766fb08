"""Droplets in the order asked for: in linear time, and known whenever Ctrl-C strikes."""

from __future__ import annotations

from typing import Any, Self

import pytest

from doboto import DO, DOBOTOUnprocessableException, call_states
from doboto._core.droplet.create_request import in_order
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import client, several
from .interruption_points import Interruption

NAMES = [f"web-{number}" for number in range(12)]
ORDERING = ("_core/droplet/create_request.py",)


@pytest.fixture
def sim() -> Simulator:
    return Simulator(ManualClock(1_790_000_000), settings=Settings(droplet_limit=5000))


class Counted(str):
    """A name that counts how often it is looked at."""

    __slots__ = ()
    looks = 0

    def __eq__(self, other: object) -> bool:
        Counted.looks += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        Counted.looks += 1
        return str.__hash__(self)


def test_a_thousand_names_are_put_in_order_in_linear_time() -> None:
    names = [Counted(f"web-{number}") for number in range(1000)]
    droplets = [{"id": number, "name": names[number]} for number in reversed(range(1000))]
    Counted.looks = 0
    assert [droplet["id"] for droplet in in_order(droplets, names)] == list(range(1000))
    assert Counted.looks <= 10 * len(names)


def test_names_that_are_alike_and_names_not_asked_for_are_kept() -> None:
    droplets = [{"id": id, "name": name} for id, name in enumerate(["b", "a", "x", "a", None])]
    assert [droplet["id"] for droplet in in_order(droplets, ["a", "b", "a", "c"])] == [1, 0, 3, 2, 4]


def test_a_thousand_droplets_come_in_the_order_asked_for(flavour: str, runner: Any, sim: Simulator) -> None:
    names = [f"n-{number}" for number in reversed(range(1000))]
    made = client(flavour, runner, sim).droplet.create(several(*names))
    assert [droplet["name"] for droplet in made] == names


class Ordering(Interruption):
    """Ctrl-C at an instruction of `in_order`."""

    def __enter__(self) -> Self:
        """Call it once beforehand: Python 3.13 has events of its instructions from the second call on."""
        super().__enter__()
        nth, self._nth = self._nth, None
        in_order([{"id": 1, "name": "a"}, {"id": 2, "name": "x"}], ["a", "b"])
        self._nth, self.count = nth, 0
        return self

    def _trace(self, frame: Any, event: str, argument: Any) -> Any:
        ours = frame.f_code.co_qualname.partition(".")[0] == "in_order"
        return super()._trace(frame, event, argument) if ours else None


def interrupt(flavour: str, runner: Any, refused: bool, nth: int | None) -> Ordering:
    """Press Ctrl-C at one point of a create whose second request may be refused; what was created must be known."""
    sim = Simulator(ManualClock(1_790_000_000), settings=Settings(droplet_limit=5000))
    if refused:
        sim.faults.add("status", status=422, method="POST", path="/v2/droplets", after=1, count=1)
    api = client(flavour, runner, sim, connections=1)
    interruption = Ordering(ORDERING, nth)
    try:
        with interruption:
            api.droplet.create(several(*NAMES))
    except KeyboardInterrupt as caught:
        there = {droplet["id"] for droplet in DO.simulated(sim).droplet.list()}
        known = {droplet["id"] for state in call_states(caught) for droplet in state.created}
        assert len(there) == (10 if refused else 12)
        assert known == there, interruption.where
    except DOBOTOUnprocessableException:
        assert refused
    return interruption


@pytest.mark.parametrize("refused", [False, True], ids=["accepted", "refused"])
def test_ctrl_c_while_droplets_are_put_in_order_knows_them(flavour: str, runner: Any, refused: bool) -> None:
    count = interrupt(flavour, runner, refused, None).count
    assert count > 100
    for nth in range(0, count, max(1, count // 60)):
        assert interrupt(flavour, runner, refused, nth).where is not None
