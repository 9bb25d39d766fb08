"""The simulator, held to what the real API was recorded to answer (`tests/recorded.json`)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from doboto.sim import ManualClock, Settings, Simulator, catalog

from ..recorded import DOCUMENT, FACTS, KINDS, matches
from .client import Answer, Client, in_process
from .conftest import START

IDS = [fact["id"] for fact in FACTS]


def scene(fact: dict[str, Any]) -> Client:
    """A client of an account like the recorded one."""
    made = {"requests_per_minute": 0, **fact.get("settings", {})}
    settings = Settings.preset(fact["preset"], **made) if "preset" in fact else Settings(**made)
    sim = Simulator(ManualClock(START), settings)
    if "fault" in fact:
        sim.faults.add(fact["fault"])
    client = Client(sim, in_process(sim.app), None)
    client.token = fact.get("token", "token")
    if "scopes" in fact:
        sim.register("token", scopes=fact["scopes"])
    return client


def play(client: Client, steps: list[dict[str, Any]]) -> Answer:
    """Ask for all of it, in order; the last answer is what was recorded."""
    kept: dict[str, Any] = {}
    for step in steps:
        method, path = _fill(step["ask"], kept).split(" ", 1)
        answer = client.call(method, _moments(path), _fill(step.get("body"), kept))
        for name, where in step.get("keep", {}).items():
            kept[name] = _inside(answer.body, where)
        client.sim.clock.advance(step.get("wait", 0))  # type: ignore[attr-defined]
    return answer


def _fill(value: Any, kept: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _fill(item, kept) for name, item in value.items()}
    if not isinstance(value, str):
        return value
    if value == "<region without storage>":
        return next(one["slug"] for one in catalog.entries("regions") if "storage" not in one["features"])
    whole = re.fullmatch(r"\{(\w+)\}", value)
    return kept[whole[1]] if whole else re.sub(r"\{(\w+)\}", lambda found: str(kept[found[1]]), value)


def _moments(path: str) -> str:
    now = int(START) + 600
    return path.replace("<now - 480>", str(now - 480)).replace("<now>", str(now))


def _inside(body: Any, where: str) -> Any:
    for part in where.split("."):
        body = body[int(part) if part.isdigit() else part]
    return body


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_the_simulator_answers_as_recorded(fact: dict[str, Any]) -> None:
    answer, reply = play(scene(fact), fact["steps"]), fact["reply"]
    assert answer.status == reply["status"], answer
    for name, value in reply.get("headers", {}).items():
        moment = re.fullmatch(r"<first request \+ (\d+)>", value)
        wanted = str(int(START) + int(moment[1])) if moment else value
        matches(wanted, answer.headers.get(name), name)
    assert not set(reply.get("absent", ())) & answer.headers.keys()
    if "text" in reply:
        assert answer.content.decode() == reply["text"]
    if "lines" in fact:
        zone = answer.body["domain"]["zone_file"].splitlines()
        assert [re.sub(r"(hostmaster\.\S+) \d+", r"\1 #", line) for line in zone] == fact["lines"]
    elif "body" in reply:
        matches(reply["body"], answer.body)


def test_both_orders_of_addresses_happen() -> None:
    client = scene({})
    for number in range(10):
        client.create(f"web-{number}")
    client.sim.clock.advance(60)  # type: ignore[attr-defined]
    droplets = client.get("/v2/droplets")["droplets"]
    assert {droplet["networks"]["v4"][0]["type"] for droplet in droplets} == {"public", "private"}
    assert client.get("/v2/droplets")["droplets"] == droplets


def test_what_is_not_held_says_why() -> None:
    assert not set(DOCUMENT["not_held"]) & set(IDS)
    assert all(len(reason) > 20 for reason in DOCUMENT["not_held"].values())
    assert all(fact["recorded"] and fact["source"] for fact in FACTS)


def test_every_kind_of_value_has_an_example_that_is_one() -> None:
    assert [name for name, (fits, value) in KINDS.items() if not fits(value)] == []
