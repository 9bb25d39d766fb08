"""Faults on demand, in process and over sockets: what the client meets, and what has happened to the account."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from doboto.sim import InstantClock, ManualClock, RealClock, Settings, Simulator
from doboto.sim.faults import KINDS
from doboto.sim.http.messages import Dropped

from .client import Answer, Client, in_process, over_http
from .conftest import START, Simulate

WANTED = {"name": "web-01", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}


def raw(client: Client, method: str = "GET", path: str = "/v2/droplets", body: object = None) -> Answer:
    """An answer that may be anything."""
    content = b"" if body is None else json.dumps(body).encode()
    return client._transport(method, path, {"authorization": f"Bearer {client.token}"}, content)


def lose(client: Client, method: str = "GET", path: str = "/v2/droplets", body: object = None) -> None:
    """A request whose connection is closed before the reply is whole."""
    with pytest.raises((Dropped, urllib3.exceptions.ProtocolError, urllib3.exceptions.SSLError)):
        raw(client, method, path, body)


#: Rules that end a connection: of eight requests the first ends four, the second two, the third one.
ENDS = (("drop", "before"), ("drop", "after"), ("cut", "after"))


def _outcome(client: Client) -> str:
    try:
        return str(raw(client).status)
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.SSLError):
        return "lost"


def statuses(client: Client, requests: int) -> list[int]:
    return [raw(client).status for _ in range(requests)]


def total(client: Client) -> int:
    count: int = client.get("/v2/droplets")["meta"]["total"]
    return count


# -- statuses


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 404, 418, 599])
def test_a_status_answers_in_place_of_the_operation(client: Client, status: int) -> None:
    client.sim.faults.add("status", method="POST", status=status, count=1)
    answer = raw(client, "POST", "/v2/droplets", WANTED)
    assert answer.status == status
    assert {"id", "message"} == set(answer.body)
    assert "x-request-id" in answer.headers
    assert total(client) == 0
    assert raw(client, "POST", "/v2/droplets", WANTED).status == 202


def test_a_status_can_come_after_the_effect(client: Client) -> None:
    client.sim.faults.add("status", method="POST", status=503, when="after", count=1)
    assert raw(client, "POST", "/v2/droplets", WANTED).status == 503
    assert total(client) == 1


def test_a_status_comes_with_the_headers_and_body_asked_for(client: Client) -> None:
    client.sim.faults.add("status", status=429, headers={"Retry-After": "7", "RateLimit-Remaining": "0"}, body=None)
    answer = raw(client)
    assert (answer.status, answer.content) == (429, b"")
    assert (answer.headers["retry-after"], answer.headers["ratelimit-remaining"]) == ("7", "0")


def test_a_bare_status_is_like_a_gateway_in_front_of_the_api(client: Client) -> None:
    client.sim.faults.add("status", status=502, body="<html>502 Bad Gateway</html>", bare=True)
    answer = raw(client)
    assert answer.content == b"<html>502 Bad Gateway</html>"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert not {"x-request-id", "ratelimit-limit", "retry-after"} & set(answer.headers)


def test_statuses_without_content_have_none(client: Client) -> None:
    client.sim.faults.add("status", status=204, body="nothing")
    assert (raw(client).status, raw(client).content) == (204, b"")


# -- connections


def test_a_connection_dropped_before_the_effect_leaves_none(client: Client) -> None:
    client.sim.faults.add("drop", method="POST", count=1)
    lose(client, "POST", "/v2/droplets", WANTED)
    assert total(client) == 0


def test_a_connection_dropped_after_the_effect_leaves_a_droplet(client: Client) -> None:
    client.sim.faults.add("drop", when="after", method="POST", count=1)
    lose(client, "POST", "/v2/droplets", WANTED)
    assert total(client) == 1


@pytest.mark.parametrize("kept", [None, 0, 10, 10_000_000])
def test_a_reply_is_cut_in_the_middle_and_has_taken_effect(client: Client, kept: int | None) -> None:
    client.sim.faults.add("cut", method="POST", count=1, **({} if kept is None else {"bytes": kept}))
    lose(client, "POST", "/v2/droplets", WANTED)
    assert total(client) == 1


def test_a_cut_reply_says_how_long_it_would_have_been() -> None:
    sim = Simulator(ManualClock(START))
    sim.faults.add("cut", bytes=10)
    with sim.serve() as server, urllib3.PoolManager(retries=False) as pool:
        url = f"{server.url}/droplets"
        reply = pool.request("GET", url, headers={"authorization": "Bearer t"}, preload_content=False)
        assert (reply.status, reply.headers["content-length"]) == (200, "45")
        with pytest.raises(urllib3.exceptions.ProtocolError, match="10 bytes read"):
            reply.read()


def test_a_reply_without_a_body_is_dropped_in_place_of_cut(client: Client) -> None:
    droplet = client.create()
    client.sim.faults.add("cut", method="DELETE")
    lose(client, "DELETE", f"/v2/droplets/{droplet['id']}")
    assert total(client) == 0


@pytest.mark.parametrize("tls", [False, True])
def test_the_server_goes_on_after_drops_and_cuts_and_says_nothing(tls: bool, capfd: pytest.CaptureFixture[str]) -> None:
    sim = Simulator(ManualClock(START), Settings(requests_per_minute=0))
    sim.faults.load([{"kind": kind, "when": when, "every": 2} for kind, when in ENDS])
    with sim.serve(tls=tls) as server:
        transport, pool = over_http(server.origin, server.ca_file)
        outcomes = [_outcome(Client(sim, transport, None)) for _ in range(40)]
        pool.clear()
    assert (outcomes.count("lost"), outcomes.count("200")) == (35, 5)
    assert capfd.readouterr().err == ""


# -- latency


def test_latency_really_passes_on_an_instant_clock(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    monkeypatch.setattr("doboto.sim.engine.clock._sleep", pause)
    client = simulate(clock=InstantClock())
    client.sim.faults.add("latency", seconds=2.5, count=1)
    client.get("/v2/account")
    assert paused == [2.5]


def test_latency_lets_time_pass(client: Client, clock: ManualClock) -> None:
    client.sim.faults.add("latency", seconds=30, count=1)
    client.get("/v2/droplets")
    assert clock.now() == START + 30
    client.get("/v2/droplets")
    assert clock.now() == START + 30


def test_a_droplet_made_late_is_made_when_it_is_made(client: Client) -> None:
    client.sim.faults.add("latency", seconds=60, method="POST")
    client.sim.faults.add("latency", seconds=60, method="POST", when="after")
    assert client.create()["created_at"] == "2026-03-10T10:31:00Z"


#: Seconds that no step comes near to, and a client that waits that long for a connection, but not for a reply.
LONG = 60
IMPATIENT = urllib3.Timeout(connect=LONG, read=0.05)


def test_a_client_that_does_not_wait_times_out_and_the_effect_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The latency ends when the client has given up."""
    given_up, done = threading.Event(), threading.Event()

    async def latency(seconds: float) -> None:
        await asyncio.to_thread(given_up.wait, LONG)

    monkeypatch.setattr("doboto.sim.engine.clock._sleep", latency)
    sim = Simulator(RealClock())
    sim.faults.add("latency", seconds=2, method="POST", count=1)
    sim.on_commit.append(lambda changes: done.set())
    url, headers = "/v2/droplets", {"authorization": "Bearer t"}
    with sim.serve() as server, urllib3.PoolManager(retries=False) as pool:
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            pool.request("POST", server.origin + url, headers=headers, json=WANTED, timeout=IMPATIENT)
        assert not done.is_set()
        given_up.set()
        assert done.wait(LONG)
        assert pool.request("GET", server.origin + url, headers=headers, timeout=LONG).json()["meta"]["total"] == 1


def test_a_server_stops_in_spite_of_a_request_that_is_held_up(capfd: pytest.CaptureFixture[str]) -> None:
    sim = Simulator(RealClock())
    sim.faults.add("latency", seconds=1000)
    late = pytest.raises(urllib3.exceptions.ReadTimeoutError)
    with sim.serve() as server, urllib3.PoolManager(retries=False, timeout=IMPATIENT) as pool, late:
        pool.request("GET", f"{server.url}/droplets", headers={"authorization": "Bearer t"})
    assert capfd.readouterr().err == ""


# -- replies


def test_a_reply_that_is_no_json(client: Client) -> None:
    client.sim.faults.add("not_json", method="POST", count=1)
    answer = raw(client, "POST", "/v2/droplets", WANTED)
    assert answer.status == 202
    assert answer.headers["content-type"].startswith("application/json")
    with pytest.raises(ValueError):
        answer.body  # noqa: B018 - reading it is the test
    assert total(client) == 1


def test_a_reply_of_the_wrong_shape(client: Client) -> None:
    right = {"droplets", "links", "meta"}
    client.sim.faults.add("wrong_shape", count=40)
    shapes = [raw(client).content for _ in range(40)]
    assert len(set(shapes)) > 5
    assert not any(isinstance(json.loads(shape), dict) and right <= set(json.loads(shape)) for shape in shapes)
    client.sim.faults.add("wrong_shape", body={"droplets": {"0": 1}})
    assert raw(client).body == {"droplets": {"0": 1}}


@pytest.mark.parametrize("kind", ["not_json", "wrong_shape"])
def test_even_a_reply_without_content_can_be_garbled(client: Client, kind: str) -> None:
    droplet = client.create()
    client.sim.faults.add(kind, method="DELETE")
    assert raw(client, "DELETE", f"/v2/droplets/{droplet['id']}").status == 200
    assert total(client) == 0


# -- what befalls what is made


def test_a_new_droplet_is_missing_in_lists_for_a_while(client: Client, clock: ManualClock) -> None:
    client.sim.faults.add("list_lag", seconds=7)
    droplet = client.create()
    assert total(client) == 0
    assert client.call("GET", f"/v2/droplets/{droplet['id']}").status == 200
    clock.advance(7)
    assert total(client) == 1


def test_a_new_droplet_answers_404_for_a_while(client: Client, clock: ManualClock) -> None:
    client.sim.faults.add("get_lag", count=1)
    first, second = client.create("a"), client.create("b")
    assert client.call("GET", f"/v2/droplets/{first['id']}").status == 404
    assert client.call("GET", f"/v2/droplets/{second['id']}").status == 200
    clock.advance(3)
    assert client.call("GET", f"/v2/droplets/{first['id']}").status == 200


def test_a_create_that_ends_errored_makes_its_droplet_vanish(client: Client, clock: ManualClock) -> None:
    client.sim.faults.add("create_errored")
    body = client.post("/v2/droplets", WANTED, status=202)
    assert client.call("GET", f"/v2/droplets/{body['droplet']['id']}").status == 200
    clock.advance(60)
    assert client.get(f"/v2/actions/{body['links']['actions'][0]['id']}")["action"]["status"] == "errored"
    assert client.call("GET", f"/v2/droplets/{body['droplet']['id']}").status == 404


def test_an_action_ends_errored_and_changes_nothing(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    client.sim.faults.add("action_errored", count=1)
    path = f"/v2/droplets/{droplet['id']}"
    action = client.post(f"{path}/actions", {"type": "power_off"})["action"]
    assert action["status"] == "in-progress"
    clock.advance(60)
    assert client.get(f"/v2/actions/{action['id']}")["action"]["status"] == "errored"
    assert client.get(path)["droplet"]["status"] == "active"


def test_tags_get_lost(client: Client) -> None:
    client.sim.faults.add("lost_tags", count=1)
    assert client.create("a", tags=["x"])["tags"] == []
    assert client.create("b", tags=["x"])["tags"] == ["x"]


@pytest.mark.parametrize(("kind", "status"), [("address_before", "new"), ("address_after", "active")])
def test_addresses_come_before_active_or_after_it(simulate: Simulate, kind: str, status: str) -> None:
    setting = "after" if kind == "address_before" else "before"
    client = simulate(address=setting, address_gap=2.0, durations={"droplet.create": 10.0})
    client.sim.faults.add(kind)
    path = f"/v2/droplets/{client.create()['id']}"
    clock: Any = client.sim.clock
    clock.advance(9 if kind == "address_before" else 11)
    droplet = client.get(path)["droplet"]
    assert (droplet["status"], bool(droplet["networks"]["v4"])) == (status, kind == "address_before")
    clock.advance(5)
    droplet = client.get(path)["droplet"]
    assert droplet["status"] == "active"
    assert droplet["networks"]["v4"]


# -- which requests


def test_a_rule_is_for_its_method_and_path_only(client: Client) -> None:
    client.sim.faults.add("status", method="get", path="/v2/droplets/{droplet_id}")
    droplet = client.create()
    assert raw(client, "GET", f"/v2/droplets/{droplet['id']}").status == 503
    assert raw(client, "GET", f"/v2//droplets/{droplet['id']}/").status == 503
    assert raw(client, "GET", f"/v2/droplets/{droplet['id']}/actions").status == 200
    assert raw(client, "GET", "/v2/droplets").status == 200
    assert raw(client, "DELETE", f"/v2/droplets/{droplet['id']}").status == 204


@pytest.mark.parametrize(
    "path", ["/droplets", "/v2/droplets", "/v2/droplets/", "/**", "/v2/**", "/*/droplets", "/{v}/d*", "/d*", "/**plets"]
)
def test_a_path_is_taken_with_and_without_the_version(client: Client, path: str) -> None:
    fault = client.sim.faults.add("status", path=path, count=1)
    assert statuses(client, 2) == [503, 200]
    assert (fault.triggered, client.call("GET", "/v2/account").status) == (1, 200)


def test_wildcards(client: Client) -> None:
    client.sim.faults.add("status", path="/v2/dropl*")
    assert raw(client, path="/v2/droplets").status == 503
    assert raw(client, path="/v2/droplets/1").status == 404
    client.sim.faults.clear()
    client.sim.faults.add("status", path="/v2/**")
    assert raw(client, path="/v2/droplets/1/actions").status == 503


def test_a_rule_can_be_for_one_account_only(client: Client) -> None:
    client.sim.faults.add("status", account=client.sim.account("token").name)
    assert raw(client).status == 503
    client.token = "other"
    assert raw(client).status == 200


def test_a_request_without_a_token_meets_no_fault(client: Client) -> None:
    client.sim.faults.add("drop")
    client.token = None
    assert client.call("GET", "/v2/droplets").status == 401


def test_count_after_and_every(client: Client) -> None:
    client.sim.faults.add("status", after=2, every=3, count=2)
    assert statuses(client, 12) == [200, 200, 200, 200, 503, 200, 200, 503, 200, 200, 200, 200]


def test_the_first_rule_that_ends_a_request_is_the_last_one_asked(client: Client) -> None:
    client.sim.faults.add("status", status=502, count=1)
    client.sim.faults.add("status", status=504, count=1)
    assert statuses(client, 3) == [502, 504, 200]


def test_probability_is_repeatable_and_about_right(client: Client) -> None:
    def run(seed: int | None) -> list[int]:
        client.sim.faults.clear()
        client.sim.faults.add("status", probability=0.3, seed=seed)
        return statuses(client, 200)

    first = run(7)
    assert 30 < first.count(503) < 90
    assert run(7) == first != run(8)
    assert run(None) == run(None)


def test_the_simulators_seed_is_that_of_rules_without_one() -> None:
    def run(seed: int) -> list[int]:
        sim = Simulator(ManualClock(START), Settings(requests_per_minute=0), seed)
        sim.faults.add("status", probability=0.5)
        return statuses(Client(sim, in_process(sim.app), None), 50)

    assert run(1) == run(1) != run(2)


def test_threads_share_a_count() -> None:
    sim = Simulator(ManualClock(START), Settings(requests_per_minute=0))
    fault = sim.faults.add("status", count=10)
    client = Client(sim, in_process(sim.app), None)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: raw(client).status, range(400)))
    assert (found.count(503), found.count(200), fault.seen, fault.triggered) == (10, 390, 400, 10)


# -- rules as data


def test_rules_are_loaded_from_a_file(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps([{"kind": "status", "count": 1, "arguments": {"status": 500}}, {"kind": "latency"}]))
    faults = client.sim.faults.load(file)
    assert [fault.rule.kind for fault in faults] == ["status", "latency"]
    assert statuses(client, 2) == [500, 200]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({}, "must have a kind"),
        ([], "must be an object"),
        ({"kind": "flood"}, "kind must be one of status, latency"),
        ({"kind": "drop", "colour": 1}, "no 'colour'; it has kind, when, method, path"),
        ({"kind": "status", "status": 500}, "no 'status' outside its 'arguments'; it has"),
        ({"kind": "drop", "probability": 2}, "probability must be a number from 0 to 1"),
        ({"kind": "drop", "count": 0}, "count must be a whole number above 0"),
        ({"kind": "drop", "path": "droplets"}, "path must be a path"),
        ({"kind": "drop", "path": "/v1/droplets"}, "path must be one of the API's"),
        ({"kind": "drop", "path": "/v2/"}, "path must be one of the API's"),
        ({"kind": "drop", "path": "/v2/droplets?tag_name=web"}, "path must have no query"),
        ({"kind": "drop", "path": "/v2//droplets"}, "no empty segment"),
        ({"kind": "status", "when": "after", "arguments": {"status": 429}}, "status 429 happens before"),
        ({"kind": "cut", "when": "before"}, "cut happens after, not 'before'"),
        ({"kind": "drop", "arguments": {"bytes": 1}}, "drop takes no arguments, not 'bytes'"),
        ({"kind": "status", "arguments": {"status": 99}}, "status must be a status from 200 to 599"),
        ({"kind": "status", "arguments": {"headers": {"a b": "c"}}}, "headers must be"),
        ({"kind": "status", "arguments": {"headers": {"content-length": "1"}}}, "headers must be"),
        ({"kind": "status", "arguments": {"headers": {"a": "b\r\nc: d"}}}, "headers must be"),
        ({"kind": "latency", "arguments": {"seconds": -1}}, "seconds must be"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_reason(rule: object, why: str) -> None:
    faults = Simulator(ManualClock(START)).faults
    with pytest.raises(ValueError, match=f"rule 1: .*{why}"):
        faults.load([{"kind": "drop"}, rule])
    assert list(faults) == []


def test_clearing_and_removing(client: Client) -> None:
    first = client.sim.faults.add("status", count=1)
    client.sim.faults.add("status", status=500)
    assert client.sim.faults.remove(first.number)
    assert not client.sim.faults.remove(first.number)
    assert raw(client).status == 500
    client.sim.faults.clear()
    assert raw(client).status == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = [
    "method",
    "path",
    "when",
    "account",
    "names",
    "tags",
    "count",
    "after",
    "every",
    "probability",
    "seed",
    "arguments",
]


@given(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(sorted(KINDS)) | JSON},
        optional={name: JSON | st.sampled_from(["GET", "/v2/**", "after", 1, 0.5]) for name in MEMBERS},
    )
)
def test_any_rule_is_refused_or_leaves_the_simulator_able_to_answer(rule: dict[str, Any]) -> None:
    sim = Simulator(ManualClock(START))
    try:
        sim.faults.load([rule])
    except ValueError:
        return
    try:
        answer = raw(Client(sim, in_process(sim.app), None), "POST", "/v2/droplets", WANTED)
    except Dropped:
        return
    assert answer.status == 202 or rule["kind"] in ("status", "not_json", "wrong_shape")


# -- the date


def test_every_reply_tells_the_simulated_date_once(client: Client, clock: ManualClock) -> None:
    clock.advance(86_400 * 365)
    for answer in (raw(client), raw(client, "GET", "/v2/nothing"), raw(client, "OPTIONS")):
        assert answer.headers["date"] == "Wed, 10 Mar 2027 10:30:00 GMT"
        assert parsedate_to_datetime(answer.headers["date"]).timestamp() == clock.now()


# -- which Droplets can be reached


def test_a_droplet_can_be_reached_when_it_is_active_and_has_booted(client: Client, clock: ManualClock) -> None:
    path = f"/v2/droplets/{client.create(ipv6=True)['id']}"
    clock.advance(31)
    networks = client.get(path)["droplet"]["networks"]
    addresses = [interface["ip_address"] for interface in networks["v4"] + networks["v6"]]
    assert len(addresses) == 3

    def can_connect() -> list[bool]:
        return [client.sim.can_connect(address, 22) for address in addresses]

    assert not any(can_connect()), "still new"
    clock.advance(1)
    assert client.get(path)["droplet"]["status"] == "active"
    assert not any(can_connect()), "still booting"
    clock.advance(client.sim.settings.boot_seconds)
    assert all(can_connect())
    assert not client.sim.can_connect(addresses[0], 23)
    client.post(f"{path}/actions", {"type": "power_off"})
    clock.advance(60)
    assert not any(can_connect()), "off"
    client.post(f"{path}/actions", {"type": "power_on"})
    clock.advance(4)
    assert not any(can_connect()), "booting again"
    clock.advance(client.sim.settings.boot_seconds)
    assert all(can_connect())
    client.call("DELETE", path)
    assert not any(can_connect()), "gone"


def test_nobody_is_at_other_addresses(client: Client) -> None:
    client.create_active()
    assert not any(client.sim.can_connect(host, 22) for host in ("192.0.2.1", "::1", "example.com", ""))


def test_addresses_are_recognised_however_they_are_written(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active(ipv6=True)
    clock.advance(60)
    address = droplet["networks"]["v6"][0]["ip_address"]
    assert client.sim.can_connect(address.upper(), 22)
    assert client.sim.can_connect(f"[{address.replace('::', ':0::')}]", 22)
