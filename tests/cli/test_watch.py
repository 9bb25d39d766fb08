"""The live view beside a terminal: what ends it, what it costs, what it prints where nobody looks."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from doboto._io.clock import SystemClock
from doboto.cli.commands.watch import is_quit, wait_for_quit
from doboto.cli.commands.watch_view import View, render

from .conftest import NEW, Doboto


class HeldKey:
    """A clock, and a key that is held: it sends itself every tenth of a second."""

    def __init__(self, key: str) -> None:
        self.now = 0.0
        self.key = key

    def monotonic(self) -> float:
        return self.now

    def read(self, seconds: float) -> str | None:
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
    assert is_quit(pressed) is wanted


def test_a_held_key_does_not_cut_the_pause_short() -> None:
    key = HeldKey("x")
    looks: list[float] = []
    assert not wait_for_quit(key, 5.0, Time(key), lambda: looks.append(key.now))
    assert key.now >= 5.0
    assert all(later - earlier < 0.5 for earlier, later in pairwise(looks)), "the size is looked at"
    key.key = "q"
    assert wait_for_quit(key, 5.0, Time(key), lambda: None)
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


def droplet(number: int, status: str = "active") -> dict[str, Any]:
    return {"id": number, "name": f"web-{number}", "status": status, "region": {"slug": "nyc3"}}


def action(number: int) -> dict[str, Any]:
    return {"id": 900 + number, "type": "reboot", "resource_type": "droplet", "resource_id": number}


def lines(view: View, width: int, height: int) -> list[str]:
    """What a terminal of that size shows."""
    console = Console(width=width, height=height)
    with console.capture() as captured:
        console.print(render(view, width, height))
    return captured.get().splitlines()


views = st.builds(
    View,
    st.just("an account"),
    st.integers(0, 60).map(lambda many: [droplet(one) for one in range(many)]),
    st.integers(0, 40).map(lambda many: [action(one) for one in range(many)]),
    error=st.sampled_from(["", "the API does not answer, and says so at length " * 9]),
)


@given(views, st.integers(20, 200), st.integers(2, 70))
def test_whatever_there_is_fits_the_terminal(view: View, width: int, height: int) -> None:
    """Head and foot are there; what is shown and what is said to be more is all there is."""
    shown = lines(view, width, height)
    assert len(shown) <= height
    assert shown[0].startswith("doboto watch")
    assert any(line.startswith("q quits") for line in shown[-3:])
    for name, mark, all_of_them in (("actions", "reboot", view.actions), ("Droplets", "web-", view.droplets)):
        named = sum(mark in line and (mark == "reboot" or "reboot" not in line) for line in shown)
        more = [int(found[1]) for line in shown if (found := re.match(rf"and (\d+) more {name}", line))]
        assert named + sum(more) in {len(all_of_them), 0}
        assert not more or len(shown) == height or height < 16, "nothing is left out while there is room"


@given(views, st.integers(12, 70))
def test_running_actions_come_first_and_neither_pushes_the_other_out(view: View, height: int) -> None:
    shown = lines(view, 100, height)
    reboots = [place for place, line in enumerate(shown) if "reboot" in line]
    droplets = [place for place, line in enumerate(shown) if "nyc3" in line and "reboot" not in line]
    assert bool(reboots) is bool(view.actions)
    assert bool(droplets) is bool(view.droplets)
    assert not reboots or not droplets or max(reboots) < min(droplets)


def test_where_not_all_fit_those_come_first_that_something_is_up_with() -> None:
    view = View("an account", [*(droplet(one) for one in range(30)), droplet(30, "off"), droplet(31, "new")])
    shown = lines(view, 100, 16)
    assert [line.split()[1] for line in shown if "web-" in line][:3] == ["web-30", "web-31", "web-0"]
    whole = lines(view, 100, 60)
    assert [line.split()[1] for line in whole if "web-" in line][-2:] == ["web-30", "web-31"]


def test_an_action_is_shown_by_what_it_runs_on() -> None:
    volume = {**action(1), "resource_type": "volume", "resource_id": "506f78a4"}
    shown = "\n".join(lines(View("an account", [droplet(7)], [action(7), action(8), volume]), 100, 40))
    assert re.search(r"^reboot +web-7 ", shown, re.MULTILINE)
    assert re.search(r"^reboot +droplet 8 ", shown, re.MULTILINE)
    assert re.search(r"^reboot +volume 506f78a4 ", shown, re.MULTILINE)


def test_what_steers_the_terminal_is_taken_out_of_trouble() -> None:
    assert (
        lines(View("an account", error="no \x1b[2J way\n"), 80, 10)[-1] == "q quits  last updated 0 s ago: no ?[2J way?"
    )
