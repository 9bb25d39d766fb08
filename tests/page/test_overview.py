"""What the page is told: one account at a glance, light however much there is."""

from __future__ import annotations

import json
from typing import Any

from doboto.sim import ManualClock, Simulator
from doboto.sim.engine.world import account_label as label

from .conftest import START, Program, Started


def test_a_fresh_simulator_has_nothing_to_show(program: Program) -> None:
    overview = program.overview()
    assert (overview["account"], overview["accounts"], overview["requests"], overview["faults"]) == (None, [], [], 0)
    assert overview["clock"]["now"] == START


def test_a_droplet_its_action_and_its_request_are_shown(program: Program) -> None:
    droplet = program.create(tags=["web"])
    overview = program.overview()
    [shown], [action], [request] = overview["droplets"], overview["actions"], overview["requests"]
    assert shown == {
        "id": droplet["id"],
        "name": "web-01",
        "status": "new",
        "size": "s-1vcpu-1gb",
        "region": "nyc3",
        "addresses": [],
        "tags": ["web"],
    }
    assert (action["type"], action["of"], action["name"], action["due"]) == ("create", "droplet", "web-01", START + 32)
    assert (request["method"], request["path"], request["status"]) == ("POST", "/v2/droplets", 202)
    assert overview["next_due"] == START + 22
    assert overview["statuses"] == {"new": 1}
    assert overview["rate"] == {"limit": 5000, "remaining": 4999, "reset": START + 3600}
    assert ["tag", 1] in overview["also"]


def test_looking_lets_happen_what_is_due(program: Program) -> None:
    program.create()
    clock = program.simulator.clock
    assert isinstance(clock, ManualClock)
    clock.advance(40)
    overview = program.overview()
    [shown] = overview["droplets"]
    assert shown["status"] == "active"
    assert {one["type"] for one in shown["addresses"]} == {"public", "private"}
    assert (overview["actions"], overview["actions_total"]) == ([], 0)


def test_what_is_done_by_looking_is_kept(program: Program) -> None:
    """A change that is first seen on the page is saved like any other."""
    program.create()
    kept: list[Any] = []
    program.simulator.on_commit.append(kept.extend)
    program.simulator.clock.advance(40)  # type: ignore[attr-defined]
    program.overview()
    assert any(kind == "droplet" for _, touched in kept for kind, _ in touched)


def test_the_account_is_the_one_asked_for_else_that_of_the_latest_request(program: Program) -> None:
    first, second = program.create("first", token="one"), program.create("second", token="two")
    assert [one["id"] for one in program.overview()["droplets"]] == [second["id"]]
    assert [one["id"] for one in program.overview(label("one"))["droplets"]] == [first["id"]]
    assert program.overview("account-of-nobody")["account"] == label("two")
    accounts = [(one["account"], one["droplets"]) for one in program.overview()["accounts"]]
    assert accounts == [(label(name), 1) for name in ("two", "one")]
    assert all(one["email"].endswith("@example.com") for one in program.overview()["accounts"])


def test_requests_are_those_of_the_account_and_those_that_opened_none(program: Program) -> None:
    program.call("GET", "/account", token="one")
    program.call("GET", "/account", token=None)
    program.call("GET", "/sizes", token="two")
    shown = program.overview(label("one"))["requests"]
    assert [(one["path"], one["status"], one["account"]) for one in shown] == [
        ("/v2/account", 401, None),
        ("/v2/account", 200, label("one")),
    ]


def test_tokens_are_never_shown(program: Program) -> None:
    program.create(token="my-secret-token")
    program.call("GET", "/v2/my-other-path", token="my-secret-token-2")
    assert "my-secret" not in json.dumps(program.overview())


def test_no_limit_is_no_number(start: Started) -> None:
    program = start(requests_per_hour=0)
    program.create()
    assert program.overview()["rate"] is None


def test_a_volume_that_is_attached_shows_its_one_action_by_name(program: Program) -> None:
    """The action stands for two resources, and is counted once."""
    droplet = program.create()
    program.simulator.clock.advance(60)  # type: ignore[attr-defined]
    volume = program.call("POST", "/volumes", {"name": "data", "size_gigabytes": 10, "region": "nyc3"})["volume"]
    program.call("POST", f"/volumes/{volume['id']}/actions", {"type": "attach", "droplet_id": droplet["id"]})
    overview = program.overview()
    assert overview["actions_total"] == 1
    [action] = overview["actions"]
    assert (action["of"], action["name"]) == ("volume", "data")
    assert ["volume", 1] in overview["also"]


def test_ten_thousand_droplets_are_counts_and_the_newest_hundred(start: Started) -> None:
    program = start(droplet_limit=10_000, requests_per_hour=0, default_vpc_prefix=16)
    fill(program.simulator, 10_000)
    overview = program.overview()
    assert overview["statuses"] == {"new": 10_000}
    assert (len(overview["droplets"]), len(overview["actions"]), overview["actions_total"]) == (100, 100, 10_000)
    assert overview["droplets"][0]["name"] == "droplet-9999"
    assert overview["actions"][0]["name"] == "droplet-9999"
    assert len(json.dumps(overview)) < 100_000


def fill(simulator: Simulator, number: int) -> None:
    """Droplets made without HTTP, by the rules that a request goes through."""
    from doboto.sim.http.scopes import Scopes
    from doboto.sim.resources.droplets.create import create
    from doboto.sim.resources.droplets.request import read_request

    account, now = simulator.account(), simulator.clock.now()
    wanted = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
    for at in range(number):
        create(account, now, read_request(account, {**wanted, "name": f"droplet-{at}"}, Scopes()), lambda _: {})
