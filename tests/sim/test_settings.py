"""Settings as JSON: changed at run time through the admin interface, and read from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from doboto.sim import Settings
from doboto.sim.engine.settings import read_file

from .client import Client
from .conftest import Simulate
from .test_admin import ask, call_admin, refusal


def test_settings_change_for_every_account_and_the_rest_stays(client: Client) -> None:
    client.create()
    before = call_admin(client, "GET", "/settings")["settings"]
    after = call_admin(client, "PUT", "/settings", {"droplet_limit": 1, "durations": {"droplet.create": 2.5}})[
        "settings"
    ]
    assert after == {**before, "droplet_limit": 1, "durations": {**before["durations"], "droplet.create": 2.5}}
    order = {"name": "b", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
    assert client.call("POST", "/v2/droplets", order).status == 422
    client.token = "new"
    droplet = client.create()
    client.sim.clock.advance(2.5)  # type: ignore[attr-defined]
    assert client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["status"] == "active"


def test_durations_add_up(client: Client) -> None:
    call_admin(client, "PUT", "/settings", {"durations": {"droplet.create": 1}})
    call_admin(client, "PUT", "/settings", {"durations": {"droplet.resize": 2}})
    assert client.sim.settings.durations == {"droplet.create": 1, "droplet.resize": 2}


def test_what_is_told_can_be_put_back(client: Client) -> None:
    before = call_admin(client, "GET", "/settings")
    assert call_admin(client, "PUT", "/settings", before["settings"]) == before


def test_a_changed_limit_counts_what_has_been_asked(simulate: Simulate) -> None:
    client = simulate(requests_per_minute=100)
    for _ in range(3):
        client.get("/v2/account")
    call_admin(client, "PUT", "/settings", {"requests_per_minute": 3})
    assert client.call("GET", "/v2/account").status == 429
    call_admin(client, "PUT", "/settings", {"requests_per_minute": 0})
    client.get("/v2/account")


def test_the_log_keeps_as_much_as_is_set(client: Client) -> None:
    for _ in range(3):
        client.get("/v2/account")
    call_admin(client, "PUT", "/settings", {"log_size": 2})
    assert [entry["number"] for entry in call_admin(client, "GET", "/log")["requests"]] == [2, 3]


@pytest.mark.parametrize(
    ("members", "told_of"),
    [
        ({"droplet_limits": 3}, "there is no setting droplet_limits"),
        ({"droplet_limit": True}, "droplet_limit must be a whole number"),
        ({"droplet_limit": 2.5}, "droplet_limit must be a whole number"),
        ({"droplet_limit": -1}, "droplet_limit must be a whole number"),
        ({"per_page_max": 0}, "per_page_max must be a whole number from 1"),
        ({"list_lag": "2"}, "list_lag must be"),
        ({"list_lag": 1e300}, "list_lag must be a number"),
        ({"delete_while_pending": 1}, "delete_while_pending must be true or false"),
        ({"private_gateway": None}, "private_gateway must be text"),
        ({"address": "never"}, "address must be one of before, after"),
        ({"address": []}, "address must be one of before, after"),
        ({"open_ports": [0]}, "open_ports must be a list of ports"),
        ({"open_ports": 22}, "open_ports must be a list of ports"),
        ({"durations": {"droplet.creation": 1}}, "droplet.creation"),
        ({"durations": {"droplet.create": None}}, "droplet.create must be"),
        ({"durations": 3}, "durations must be seconds by name"),
    ],
)
def test_settings_that_make_no_sense_change_nothing(client: Client, members: Any, told_of: str) -> None:
    before = client.sim.settings
    status, message = refusal(client, "PUT", "/settings", {"volume_limit": 7, **members})
    assert status == 422
    assert told_of in message
    assert client.sim.settings is before


def test_settings_are_an_object(client: Client) -> None:
    assert refusal(client, "PUT", "/settings", [])[0] == 400
    assert ask(client, "PUT", "/settings", {}).status == 200


def test_a_file_has_what_differs_from_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"allow_remote_admin": True, "open_ports": [22, 80]}))
    assert read_file(file) == Settings(allow_remote_admin=True, open_ports=(22, 80))
    file.write_text("[]")
    with pytest.raises(ValueError, match="JSON object"):
        read_file(file)
