"""What tools that compare a plan with the account depend on: what is read is what was sent, at any time after it.

An update with what a resource has already changes nothing, and what is destroyed is gone in the end.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from doboto.sim import ManualClock, Settings, Simulator

from .client import Client, in_process
from .conftest import START
from .plans import OTHER_KEY, RESOURCES, Resource
from .stored import check

#: Attributes that show how far something is.
STATES = ("status", "state", "active_resources_count")


def account(client: Client) -> dict[str, Any]:
    """What the resources refer to, by the names in their braces."""
    droplet = client.create_active("member")["id"]
    key = client.post("/v2/account/keys", {"name": "other", "public_key": OTHER_KEY})["ssh_key"]["id"]
    client.post("/v2/tags", {"name": "one"})
    client.post("/v2/domains", {"name": "plan.example.com"})
    ranges = {"{vpc}": "10.98.1.0/24", "{other vpc}": "10.98.2.0/24"}
    vpcs = {
        name: client.post("/v2/vpcs", {"name": f"v{number}", "region": "nyc3", "ip_range": range})["vpc"]["id"]
        for number, (name, range) in enumerate(ranges.items())
    }
    volume = client.post("/v2/volumes", {"name": "disk", "region": "nyc3", "size_gigabytes": 10})["volume"]["id"]
    ids = {
        "{volume}": volume,
        "{droplet}": droplet,
        "{droplet text}": str(droplet),
        "{key}": key,
        "{key text}": str(key),
    }
    return {**ids, **vpcs, "{project}": client.get("/v2/projects/default")["project"]["id"]}


def fill(value: Any, known: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: fill(item, known) for name, item in value.items()}
    if isinstance(value, list):
        return [fill(item, known) for item in value]
    if isinstance(value, str):
        return known[value] if value in known else re.sub(r"\{\w+\}", lambda found: str(known[found[0]]), value)
    return value


def differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """Where a reply doesn't show what is expected; it may show more, lists in any order."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [one for name in expected for one in differences(expected[name], found.get(name), f"{where}.{name}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        missing = [item for item in expected if all(differences(item, other) for other in found)]
        return [f"{where}: no {item!r} in {found!r}" for item in missing]
    if isinstance(expected, str) and isinstance(found, dict):
        found = found.get("slug")
    return [] if expected == found else [f"{where}: {found!r} instead of {expected!r}"]


def steady(resource: Resource, reply: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reply.items() if name not in resource.varying}


@pytest.mark.parametrize("gap", [1.0, 60.0], ids=["speed 1", "speed 60"])
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.name)
def test_what_is_read_is_what_was_sent(resource: Resource, gap: float) -> None:
    """A program that reads each second of its own sees the simulator's clock move by `gap` seconds."""
    clock = ManualClock(START)
    sim = Simulator(clock, Settings(requests_per_minute=0))
    client = Client(sim, in_process(sim.app), None)
    known = account(client)
    sent, expected = fill(resource.sent, known), fill(resource.expectation(), known)
    made = client.post(fill(resource.path, known), sent, resource.status)[resource.root]
    path = f"{resource.read or resource.path}/{made[resource.id]}"

    def read() -> dict[str, Any]:
        clock.advance(gap)
        found: dict[str, Any] = client.get(path)[resource.root]
        return found

    present = {name: value for name, value in expected.items() if name not in (*STATES, *resource.later)}
    assert differences(present, client.get(path)[resource.root]) == []

    for _ in range(600):
        found = read()
        if not differences(expected, found):
            break
    assert differences(expected, found) == []
    assert [steady(resource, read()) for _ in range(3)] == [steady(resource, found)] * 3

    if resource.update:
        same = {name: value for name, value in sent.items() if name not in resource.fixed}
        answer = client.call(resource.update, path, same)
        assert answer.status < 300, answer
        clock.advance(600)  # a firewall says once more that it is being applied
        assert [steady(resource, read()) for _ in range(3)] == [steady(resource, found)] * 3

    answer = client.call("DELETE", path)
    assert answer.status in (202, 204), answer
    clock.advance(600)
    assert client.call("GET", path).status == 404
    check(sim)
