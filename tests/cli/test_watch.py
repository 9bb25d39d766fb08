"""The live view beside a terminal: what ends it, what it costs, what it prints where nobody looks."""

from __future__ import annotations

from typing import Any

import pytest

from doboto._io.clock import SystemClock
from doboto.cli.watch import ended, ends

from .conftest import NEW, Doboto


class HeldKey:
    """A clock, and a key that is held: it sends itself every tenth of a second."""

    def __init__(self, key: str) -> None:
        self.now = 0.0
        self.key = key

    def monotonic(self) -> float:
        return self.now

    def pressed(self, seconds: float) -> str | None:
        self.now += min(seconds, 0.1)
        return self.key


class Time(SystemClock):
    """The held key's time."""

    def __init__(self, key: HeldKey) -> None:
        self._key = key

    def monotonic(self) -> float:
        return self._key.now


@pytest.mark.parametrize(("pressed", "wanted"), [
    ("q", True), ("Q", True), ("xxq", True), ("\x1b", True), ("", True),
    ("x", False), ("\x1b[A", False), ("\x1bOq", False), (" ", False),
])  # fmt: skip
def test_only_q_and_escape_alone_end_it(pressed: str, wanted: bool) -> None:
    assert ends(pressed) is wanted


def test_a_held_key_does_not_cut_the_pause_short() -> None:
    key = HeldKey("x")
    assert not ended(key, 5.0, Time(key))
    assert key.now >= 5.0
    key.key = "q"
    assert ended(key, 5.0, Time(key))
    assert key.now < 6.0


@pytest.mark.parametrize("once", [("--once",), ()])
def test_a_look_that_fails_is_an_error(served: Doboto, doboto_server: Any, once: tuple[str, ...]) -> None:
    doboto_server.simulator.faults.add("status", status=403)
    served.refused(4, "unauthorized", "watch", *once)


def test_what_it_prints_is_printed_as_anything_else(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "droplet", "reboot", "web")
    found = simulated.ok("watch", "--once", "-o", "json").json
    assert ([one["name"] for one in found["droplets"]], [one["type"] for one in found["actions"]]) == (
        ["web"],
        ["reboot"],
    )
    assert simulated.ok("watch", "--query", "droplets[].name").out == "web\n"
    assert simulated.ok("watch", "--columns", "name", "--no-header").out.splitlines()[0] == "web"
    simulated.refused(2, "usage", "watch", "--columns", "nmae")
