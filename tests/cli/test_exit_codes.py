"""A table of all exit codes: how each comes about, what people read then, and the members of the error's JSON."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from doboto.cli.accounts.simulated import LocalAccount
from doboto.cli.errors import EXITS, Exit

from .conftest import NEW, Doboto, Done

CREATE = ("droplet", "create", "web", *NEW)
GUIDE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class World:
    """Commands of every kind, and what makes them fail."""

    doboto: Doboto
    simulated: Doboto
    served: Doboto
    faults: Any
    monkeypatch: pytest.MonkeyPatch


@pytest.fixture
def world(
    doboto: Doboto, simulated: Doboto, served: Doboto, doboto_server: Any, monkeypatch: pytest.MonkeyPatch
) -> World:
    return World(doboto, simulated, served, doboto_server.simulator.faults, monkeypatch)


@dataclass(frozen=True)
class Case:
    """How a code comes about, and what the error's JSON has then beside what all have."""

    run: Callable[[World, tuple[str, ...]], Done]
    members: frozenset[str] = frozenset()
    retryable: bool = False


def failed(world: World, form: tuple[str, ...]) -> Done:
    Path(world.simulated.environment["XDG_STATE_HOME"]).write_text("not a folder")
    return world.simulated(*form, "droplet", "list")


def rate_limit(world: World, form: tuple[str, ...]) -> Done:
    headers = {"ratelimit-limit": "5000", "ratelimit-remaining": "0", "ratelimit-reset": "4102444800"}
    world.faults.add("status", status=429, headers=headers)
    return world.served(*form, "droplet", "list")


def outcome_unknown(world: World, form: tuple[str, ...]) -> Done:
    world.faults.add("drop", when="before", method="POST", path="/v2/droplets")
    world.monkeypatch.setattr("doboto._wait.search.PATIENCE", 0.0)
    return world.served(*form, *CREATE)


def partly_done(world: World, form: tuple[str, ...]) -> Done:
    world.simulated.ok("-q", *CREATE, "--wait")
    return world.simulated(*form, "droplet", "power-off", "web", "404")


def refused(world: World, form: tuple[str, ...]) -> Done:
    world.faults.add("status", method="POST", status=422)
    return world.served(*form, *CREATE)


def action_failed(world: World, form: tuple[str, ...]) -> Done:
    world.faults.add("create_errored", count=1)
    return world.served(*form, *CREATE, "--wait", "--poll", "0.1")


def unreachable(world: World, form: tuple[str, ...]) -> Done:
    world.faults.add("status", method="DELETE", status=501)
    return world.served(*form, "droplet", "destroy", "404", "--yes")


def interrupted_by(number: int) -> Callable[[World, tuple[str, ...]], Done]:
    def interrupted(world: World, form: tuple[str, ...]) -> Done:
        pauses: list[float] = []

        def pause(self: LocalAccount, seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) > 1:  # it has been looked at once
                signal.raise_signal(number)

        world.monkeypatch.setattr(LocalAccount, "sleep", pause)
        before = signal.signal(number, signal.default_int_handler)  # `nohup` has SIGHUP ignored, and it would stay so
        try:
            return world.simulated(*form, *CREATE, "--wait")
        finally:
            signal.signal(number, before)

    return interrupted


UNDER_WAY = frozenset({"created", "pending", "resume"})
REPLY = frozenset({"status", "request_id", "attempts", "method", "url"})
CASES: Mapping[str, Case] = {
    "ok": Case(lambda world, form: world.simulated(*form, "droplet", "list")),
    "failed": Case(failed),
    "usage": Case(lambda world, form: world.doboto(*form, "droplet", "resize", "1")),
    "not_found": Case(lambda world, form: world.simulated(*form, "droplet", "info", "404"), REPLY | {"id"}),
    "unauthorized": Case(lambda world, form: world.doboto(*form, "droplet", "list")),
    "refused": Case(refused, REPLY | {"id"}),
    "rate_limit": Case(rate_limit, REPLY | {"id", "retry_after"}, retryable=True),
    "timeout": Case(
        lambda world, form: world.simulated(*form, *CREATE, "--wait", "--timeout", "3"),
        frozenset({"ids", "created", "resume"}),
    ),
    "outcome_unknown": Case(outcome_unknown, frozenset({"looked_for", "attempts", "method", "url"})),
    "partly_done": Case(partly_done, frozenset({"done", "failed", "results"})),
    "action_failed": Case(action_failed, frozenset({"created"})),
    "unreachable": Case(unreachable, REPLY | {"id"}, retryable=True),
    "interrupted": Case(interrupted_by(signal.SIGINT), UNDER_WAY),
    "terminated": Case(interrupted_by(signal.SIGTERM), UNDER_WAY),
    "hung_up": Case(interrupted_by(signal.SIGHUP), UNDER_WAY),
}


def test_every_code_is_here() -> None:
    assert list(CASES) == [one.name for one in EXITS]


@pytest.mark.parametrize("found", EXITS, ids=lambda one: one.name)
def test_people_get_the_code_and_a_line(world: World, found: Exit) -> None:
    done = CASES[found.name].run(world, ())
    assert done.code == found.code
    if found.code:
        last = done.err.splitlines()[-1]
        assert last.startswith("usage: doboto" if found.name == "usage" else "doboto: ")
        assert not any(line.startswith("{") for line in done.err.splitlines())
    else:
        assert done.err == ""


@pytest.mark.parametrize("found", EXITS, ids=lambda one: one.name)
def test_programs_get_the_code_and_documented_members(world: World, found: Exit) -> None:
    case = CASES[found.name]
    done = case.run(world, ("-o", "json"))
    assert done.code == found.code
    if not found.code:
        assert (done.err, done.json) == ("", [])
        return
    error = done.error
    assert (error["code"], error["exit_code"], error["retryable"]) == (found.name, found.code, case.retryable)
    assert error.keys() == {"code", "exit_code", "message", "retryable"} | case.members
    assert error["message"]
    assert all(value not in (None, "", []) for value in error.values())
    for name in error:
        assert f"`{name}`" in GUIDE or f'"{name}"' in GUIDE, f"{name} is not in the guide"
    # Each line before the error is an object with an event, and the error is the last and only one.
    assert all("event" in json.loads(line) for line in done.err.splitlines()[:-1])
