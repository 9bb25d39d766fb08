"""No request whatever gets a 500; faults have their place; threads may share."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doboto.sim import ManualClock, Settings, Simulator
from doboto.sim.http.messages import ApiCall, ApiReply
from doboto.sim.resources import operations

from .client import Client, in_process
from .conftest import START, Simulate
from .test_persistence import contents

_OPERATIONS = sorted({(one.method, one.path) for one in operations()})
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_members = st.sampled_from([
    "name", "names", "size", "image", "region", "ssh_keys", "backups", "backup_policy", "ipv6", "tags",
    "user_data", "volumes", "vpc_uuid", "public_networking", "type", "disk", "kernel", "resources", "public_key",
    "url", "transfer_id", "recipient_uuid", "snapshots", "addon_slugs", "cluster_uuid",
])  # fmt: skip
_likely = st.sampled_from(
    ["web-01", "nyc3", "s-1vcpu-1gb", "ubuntu-24-04-x64", "resize", "rename", "snapshot", "restore"]
)
_bodies = st.dictionaries(_members, _json | _likely, max_size=8)
_parts = st.text(st.characters(exclude_characters="/?#%", exclude_categories=["Cs"]), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def busy() -> Client:
    """An account with a Droplet that can be acted on."""
    sim = Simulator(ManualClock(START), Settings(requests_per_hour=0, requests_per_minute=0, key_lists_per_minute=0))
    client = Client(sim, in_process(sim.app), None)
    client.create_active(tags=["web"], backups=True)
    return client


@settings(max_examples=400)
@given(
    st.sampled_from(_OPERATIONS), _bodies, _parts | st.just("480000000"), st.dictionaries(_members, _parts, max_size=2)
)
def test_no_request_gets_a_500(
    busy: Client, operation: tuple[str, str], body: dict[str, Any], part: str, query: dict[str, str]
) -> None:
    method, path = operation
    written = "/".join(_quote(part) if step.startswith("{") else step for step in path.split("/"))
    parameters = "&".join(f"{name}={_quote(value)}" for name, value in query.items())
    busy.call(method, f"{written}?{parameters}", body, x_dangerous="true")
    busy.sim.clock.advance(7)  # type: ignore[attr-defined]


@settings(max_examples=100)
@given(st.sampled_from(_OPERATIONS), st.binary(max_size=30))
def test_no_bytes_get_a_500(busy: Client, operation: tuple[str, str], content: bytes) -> None:
    busy.send(operation[0], operation[1].replace("{", "").replace("}", ""), content)


def _quote(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode())


class _Faulty:
    """Answers in place of one operation, and breaks the reply of another after it took effect."""

    async def before(self, call: ApiCall) -> ApiReply | None:
        return ApiReply(503, {"id": "service_unavailable", "message": "x"}) if call.path == "/v2/account" else None

    async def after(self, call: ApiCall, reply: ApiReply) -> ApiReply:
        return ApiReply(502, None, {"content-type": "text/html"}, b"<html>") if call.method == "POST" else reply


def test_faults_strike_before_or_after_the_effect(simulate: Simulate) -> None:
    client = simulate()
    client.sim.faults = _Faulty()
    assert client.call("GET", "/v2/account").status == 503
    wanted = {"name": "a", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
    client._specification = None
    answer = client.send("POST", "/v2/droplets", str(wanted).replace("'", '"').encode())
    assert (answer.status, answer.content, answer.headers["content-type"]) == (502, b"<html>", "text/html")
    assert client.get("/v2/droplets")["meta"]["total"] == 1


class _Marking:
    def __init__(self, *names: str) -> None:
        self._names = names

    async def before(self, call: ApiCall) -> ApiReply | None:
        call.faults.update(dict.fromkeys(self._names, 3.0))
        return None

    async def after(self, call: ApiCall, reply: ApiReply) -> ApiReply:
        return reply


def test_a_create_can_end_errored_and_its_droplet_vanish(simulate: Simulate) -> None:
    client = simulate()
    client.sim.faults = _Marking("create_errored", "lost_tags")
    body = client.post(
        "/v2/droplets", {"name": "a", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "tags": ["x"]}, status=202
    )
    assert body["droplet"]["tags"] == []
    client.sim.clock.advance(60)  # type: ignore[attr-defined]
    assert client.get(f"/v2/actions/{body['links']['actions'][0]['id']}")["action"]["status"] == "errored"
    assert client.call("GET", f"/v2/droplets/{body['droplet']['id']}").status == 404


def test_an_action_can_end_errored_and_change_nothing(simulate: Simulate) -> None:
    client = simulate()
    droplet = client.create_active()
    client.sim.faults = _Marking("action_errored")
    path = f"/v2/droplets/{droplet['id']}"
    action = client.post(f"{path}/actions", {"type": "power_off"})["action"]
    client.sim.clock.advance(60)  # type: ignore[attr-defined]
    assert client.get(f"/v2/actions/{action['id']}")["action"]["status"] == "errored"
    assert client.get(path)["droplet"]["status"] == "active"


def test_a_lag_can_be_asked_for_by_a_fault(simulate: Simulate) -> None:
    client = simulate()
    client.sim.faults = _Marking("list_lag", "get_lag", "address_after")
    droplet = client.create()
    assert client.call("GET", f"/v2/droplets/{droplet['id']}").status == 404
    assert client.get("/v2/droplets")["meta"]["total"] == 0
    client.sim.clock.advance(33)  # type: ignore[attr-defined]
    (seen,) = client.get("/v2/droplets")["droplets"]
    assert (seen["status"], seen["networks"]["v4"]) == ("active", [])


def test_threads_may_share_a_simulator() -> None:
    sim = Simulator(ManualClock(START), Settings(droplet_limit=1000, requests_per_minute=0))
    client = Client(sim, in_process(sim.app), None)
    threads = [threading.Thread(target=lambda: [client.create() for _ in range(25)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = client.get("/v2/droplets?per_page=200")["droplets"]
    assert len({one["id"] for one in listed}) == 200


def test_a_request_is_logged_for_whoever_listens(simulate: Simulate) -> None:
    client, seen = simulate(), list[tuple[str, str, int]]()
    client.sim.on_seen.append(lambda incoming, reply: seen.append((incoming.method, incoming.path, reply.status)))
    client.get("/v2/account")
    client.call("GET", "/v2/nope")
    assert seen == [("GET", "/v2/account", 200), ("GET", "/v2/nope", 404)]


def test_an_operation_that_crashes_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sim = Simulator(ManualClock(START))
    send = in_process(sim.app)
    token = {"authorization": "Bearer token"}
    send("POST", "/v2/domains", token, b'{"name": "a.example"}')
    before = contents(sim)
    monkeypatch.setattr("doboto.sim.resources.domains._show", None)
    assert send("POST", "/v2/domains", token, b'{"name": "b.example"}').status == 500
    assert contents(sim) == before
