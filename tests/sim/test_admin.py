"""The admin interface under /_sim/, in process and over sockets."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Address, Headers
from starlette.types import Message

from doboto.sim import InstantClock, ManualClock, RealClock, Settings, Simulator, SimulatorClock
from doboto.sim.admin import HANDLERS
from doboto.sim.engine.errors import ApiError
from doboto.sim.engine.world import account_label as label
from doboto.sim.http.incoming import refuse_strangers

from .client import Answer, Client, in_process, over_http
from .conftest import START, Simulate

TOKEN = "a-token-of-mine"


def ask(client: Client, method: str, path: str, body: object = None, **headers: str) -> Answer:
    """A request without a token."""
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return client._transport(method, f"/_sim{path}", headers, content)


def call_admin(client: Client, method: str, path: str, body: object = None) -> Any:
    """The body of an answer that must be a success."""
    answer = ask(client, method, path, body)
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    return answer.body


def refusal(client: Client, method: str, path: str, body: object = None) -> tuple[int, str]:
    """The status and text of a refusal."""
    answer = ask(client, method, path, body)
    assert set(answer.body) == {"id", "message"}
    return answer.status, answer.message


def local(clock: SimulatorClock | None = None, **settings: Any) -> Client:
    """A client in process."""
    sim = Simulator(clock or ManualClock(START), Settings(**settings))
    return Client(sim, in_process(sim.app), None)


# -- state


def test_reset_empties_every_account_and_takes_faults_and_log_away(client: Client) -> None:
    client.create()
    client.token = "other"
    client.create()
    client.sim.faults.add("status", path="/v2/nowhere")
    assert len(call_admin(client, "POST", "/reset")["reset"]) == 2
    assert client.get("/v2/droplets")["meta"]["total"] == 0
    assert call_admin(client, "GET", "/faults") == {"faults": []}
    assert [entry["path"] for entry in call_admin(client, "GET", "/log")["requests"]] == ["/v2/droplets"]


@pytest.mark.parametrize("by", ["account", "token"])
def test_reset_can_be_of_one_account(client: Client, by: str) -> None:
    client.create()
    client.token = "other"
    client.create()
    assert call_admin(client, "POST", "/reset", {by: "other"}) == {"reset": [client.sim.account("other").name]}
    assert client.get("/v2/droplets")["meta"]["total"] == 0
    client.token = "token"
    assert client.get("/v2/droplets")["meta"]["total"] == 1
    assert refusal(client, "POST", "/reset", {by: "nobody"})[0] == 404


def test_a_reset_account_is_as_good_as_new(simulate: Simulate) -> None:
    client = simulate(requests_per_minute=5)
    before = client.create()
    for _ in range(4):
        client.get("/v2/droplets")
    assert client.call("GET", "/v2/droplets").status == 429
    call_admin(client, "POST", "/reset")
    assert client.create()["id"] == before["id"]
    client.sim.clock.advance(1000)  # type: ignore[attr-defined]
    assert client.get("/v2/actions")["meta"]["total"] == 1


def test_a_state_can_be_taken_and_put_back(client: Client, clock: ManualClock) -> None:
    kept = client.create("kept", tags=["x"])
    clock.advance(10)
    state = call_admin(client, "GET", "/state")
    clock.advance(100)
    client.create("later")
    client.call("DELETE", f"/v2/droplets/{kept['id']}")
    assert call_admin(client, "PUT", "/state", state) == {"loaded": [client.sim.account("token").name]}
    assert clock.now() == START + 10
    droplets = client.get("/v2/droplets?tag_name=x")["droplets"]
    assert [(droplet["name"], droplet["status"]) for droplet in droplets] == [("kept", "new")]
    assert client.get("/v2/droplets")["meta"]["total"] == 1
    clock.advance(22)
    assert client.get(f"/v2/droplets/{kept['id']}")["droplet"]["status"] == "active", "what was to happen still does"
    assert call_admin(client, "GET", "/state")["seed"] == 0


def test_a_state_moves_to_another_simulator(client: Client) -> None:
    droplet = client.create_active("moved", ipv6=True, backups=True)
    state = call_admin(client, "GET", "/state")
    other = local()
    call_admin(other, "POST", "/state", state)
    assert other.get(f"/v2/droplets/{droplet['id']}") == client.get(f"/v2/droplets/{droplet['id']}")
    assert call_admin(other, "GET", "/state") == call_admin(client, "GET", "/state")
    assert other.create()["id"] == client.create()["id"], "identifiers go on"


def test_what_the_admin_interface_changes_is_kept_in_the_state_file(tmp_path: Path) -> None:
    def reopen() -> Client:
        sim = Simulator(ManualClock(START), state=tmp_path / "state")
        return Client(sim, in_process(sim.app), None)

    client = reopen()
    client.create("kept")
    state = call_admin(client, "GET", "/state")
    call_admin(client, "POST", "/reset")
    call_admin(client, "PUT", "/seed", {"seed": 5})
    client.sim.close()
    client = reopen()
    assert client.get("/v2/droplets")["meta"]["total"] == 0
    assert call_admin(client, "GET", "/seed") == {"seed": 5}
    call_admin(client, "PUT", "/state", state)
    client.sim.close()
    client = reopen()
    assert [droplet["name"] for droplet in client.get("/v2/droplets")["droplets"]] == ["kept"]
    assert call_admin(client, "GET", "/state") == state
    client.sim.close()


def test_loading_forgets_what_is_not_in_the_state(client: Client) -> None:
    state = call_admin(client, "GET", "/state")
    client.create()
    call_admin(client, "PUT", "/state", state)
    assert client.get("/v2/droplets")["meta"]["total"] == 0


def test_no_token_is_in_a_state_or_in_the_log(client: Client) -> None:
    client.token = TOKEN
    client.create()
    for path in ("/state", "/log", "/accounts", "/faults"):
        assert TOKEN.encode() not in ask(client, "GET", path).content


#: An event of an action that is not there.
FINISH = {"due": 1, "effect": "action.finish", "arguments": {"action_id": 7}}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": 2}, "version 1, not 2"),
        ({"now": "later"}, "now must be"),
        ({"now": 1e308}, "now must be"),
        ({"now": -1}, "now must be"),
        ({"seed": 2**63}, "seed must be"),
        ({"seed": True}, "seed must be"),
        ({"accounts": {"\ud800": {}}}, "can be kept"),
        ({"accounts": {"a": {"event": [[1, {"due": 1, "effect": "action.finish", "arguments": {}}]]}}}, "can't happen"),
        ({"accounts": {"a": {"event": [["x", FINISH]]}}}, "can't happen"),
        ({"accounts": {"a": {"event": [[1, FINISH]]}}}, "can't be used"),
        ({"accounts": {"a": {"action": [[1, {"status": "in-progress", "effect": "x"}]]}}}, "can't happen"),
        ({"accounts": {"a": {"tag": [["x", {"name": "x"}]]}}}, "can't be used"),
        ({"accounts": []}, "accounts must be an object"),
        ({"accounts": {"a": []}}, "account a must be an object"),
        ({"accounts": {"a": {"droplet": [[1]]}}}, "pairs of a key and an object"),
        ({"accounts": {"a": {"droplet": [[1, {"id": 1}]]}}}, "can't be used"),
        ({"accounts": {"a": {"event": [[1, {"due": 1, "effect": "?", "arguments": {}}]]}}}, "can't happen"),
        ({"accounts": {"a": {"event": [[1, {**FINISH, "due": 10**400}]]}}}, "can't happen"),
    ],
)
def test_what_is_no_state_is_refused_and_changes_nothing(client: Client, change: Any, why: str) -> None:
    client.create()
    before = call_admin(client, "GET", "/state")
    status, message = refusal(client, "PUT", "/state", {**before, **change})
    assert status == 422
    assert why in message
    assert call_admin(client, "GET", "/state") == before


def test_accounts_are_listed_with_what_they_hold(client: Client) -> None:
    client.create()
    (account,) = call_admin(client, "GET", "/accounts")["accounts"]
    assert account["account"] == label("token")
    assert account["resources"]["droplet"] == 1
    assert account["ratelimit_remaining"] == 4999


# -- time


def test_a_manual_clock_is_read_and_moved(client: Client) -> None:
    assert call_admin(client, "GET", "/clock") == {
        "kind": "manual", "now": START, "time": "2026-03-10T10:30:00Z", "speed": None,
    }  # fmt: skip
    droplet = client.create()
    assert call_admin(client, "POST", "/clock/advance", {"seconds": 32.5})["now"] == START + 32.5
    assert client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["status"] == "active"
    assert refusal(client, "PUT", "/clock", {"speed": 2})[0] == 409


@pytest.mark.parametrize(
    "seconds", [-1, None, "1", True, float("inf"), float("nan"), 1e300, pytest.param(10**400, id="long")]
)
def test_a_clock_is_moved_by_a_sensible_number_only(client: Client, seconds: object) -> None:
    # What is no JSON at all (RFC 8259) is 400.
    expected = 422 if json.dumps(seconds) not in ("Infinity", "NaN") else 400
    assert refusal(client, "POST", "/clock/advance", {"seconds": seconds})[0] == expected
    assert client.sim.clock.now() == START


@pytest.mark.parametrize(("clock", "kind"), [(RealClock(start=START), "real"), (InstantClock(start=START), "instant")])
def test_a_running_clock_can_run_faster_and_does_not_jump(clock: RealClock, kind: str) -> None:
    client = local(clock)
    before = clock.now()
    answer = call_admin(client, "PUT", "/clock", {"speed": 1e6})
    assert (answer["kind"], answer["speed"]) == (kind, 1e6)
    call_admin(client, "PUT", "/clock", {"speed": 1})
    after = clock.now()
    assert before < after
    assert clock.now() - after < 1
    assert refusal(client, "POST", "/clock/advance", {"seconds": 1})[0] == 409
    assert refusal(client, "PUT", "/clock", {"speed": 0})[0] == 422


# -- faults


def test_faults_are_added_listed_and_taken_away(client: Client) -> None:
    rule = {"kind": "status", "method": "POST", "path": "/v2/droplets", "count": 1, "arguments": {"status": 500}}
    (one,) = call_admin(client, "POST", "/faults", rule)["faults"]
    assert one.items() >= {"id": 1, **rule, "when": "before", "seen": 0, "triggered": 0}.items()
    call_admin(client, "POST", "/faults", [{"kind": "latency"}, {"kind": "cut", "path": "/v2/nowhere"}])
    assert client._transport("POST", "/v2/droplets", {"authorization": "Bearer token"}, b"{}").status == 500
    listed = call_admin(client, "GET", "/faults")["faults"]
    assert [(fault["kind"], fault["seen"], fault["triggered"]) for fault in listed] == [
        ("status", 1, 1), ("latency", 0, 0), ("cut", 0, 0),
    ]  # fmt: skip
    assert len(call_admin(client, "DELETE", "/faults/2")["faults"]) == 2
    assert refusal(client, "DELETE", "/faults/2")[0] == 404
    assert call_admin(client, "DELETE", "/faults") == {"faults": []}


def test_a_fault_can_be_for_the_account_of_a_token(client: Client) -> None:
    (fault,) = call_admin(client, "POST", "/faults", {"kind": "status", "token": TOKEN})["faults"]
    assert fault["account"] == label(TOKEN)
    assert client.call("GET", "/v2/droplets").status == 200
    client.token = TOKEN
    assert client.call("GET", "/v2/droplets").status == 503


def test_a_wrong_rule_is_refused_and_none_is_added(client: Client) -> None:
    status, message = refusal(client, "POST", "/faults", [{"kind": "drop"}, {"kind": "drip"}])
    assert status == 422
    assert message.startswith("rule 1: kind must be one of")
    assert call_admin(client, "GET", "/faults") == {"faults": []}


# -- the log


def test_the_log_says_what_was_asked_by_whom_and_what_became_of_it(client: Client, clock: ManualClock) -> None:
    clock.advance(5)
    client.create()
    client.token = None
    client.call("GET", "/v2/droplets")
    log = call_admin(client, "GET", "/log")
    assert [(entry["account"], entry["method"], entry["path"], entry["status"]) for entry in log["requests"]] == [
        (label("token"), "POST", "/v2/droplets", 202), (None, "GET", "/v2/droplets", 401),
    ]  # fmt: skip
    assert {entry["time"] for entry in log["requests"]} == {"2026-03-10T10:30:05Z"}
    assert all(0 < entry["milliseconds"] < 5000 for entry in log["requests"])
    assert [entry["number"] for entry in call_admin(client, "GET", "/log?after=1")["requests"]] == [2]
    assert call_admin(client, "DELETE", "/log") == {"requests": [], "total": 2}


def test_the_log_forgets_the_oldest(simulate: Simulate) -> None:
    client = simulate(log_size=3)
    for _ in range(5):
        client.get("/v2/droplets")
    log = call_admin(client, "GET", "/log")
    assert ([entry["number"] for entry in log["requests"]], log["total"]) == ([3, 4, 5], 5)


def test_the_log_has_requests_without_a_reply(http_server: Any) -> None:
    sim = Simulator(ManualClock(START))
    switchboard, transport = http_server
    switchboard.app = sim.app
    client = Client(sim, transport, None)
    sim.faults.add("drop")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        client.call("GET", "/v2/droplets")
    (entry,) = call_admin(client, "GET", "/log")["requests"]
    assert (entry["status"], entry["path"]) == (None, "/v2/droplets")


# -- the rest


def test_the_seed_is_read_and_set_for_what_comes(client: Client) -> None:
    assert call_admin(client, "GET", "/seed") == {"seed": 0}
    first = client.create()["id"]
    assert call_admin(client, "PUT", "/seed", {"seed": 7}) == {"seed": 7}
    call_admin(client, "POST", "/reset")
    assert client.create()["id"] == first + 7
    for wrong in (-1, 1.5, "1", None):
        assert refusal(client, "PUT", "/seed", {"seed": wrong})[0] == 422


def test_settings_are_shown_with_the_durations_in_force(simulate: Simulate) -> None:
    client = simulate(droplet_limit=77, durations={"droplet.create": 3.0})
    settings = call_admin(client, "GET", "/settings")["settings"]
    assert settings["droplet_limit"] == 77
    assert (settings["durations"]["droplet.create"], settings["durations"]["droplet.power_off"]) == (3.0, 3.0)


def test_what_is_not_there_is_refused_in_json(client: Client) -> None:
    assert refusal(client, "GET", "/nothing")[0] == 404
    assert refusal(client, "PATCH", "/clock")[0] == 405
    assert refusal(client, "POST", "/faults", b"{")[0] == 400
    assert refusal(client, "POST", "/reset", [])[0] == 400


def test_it_counts_for_nothing_and_meets_no_fault(simulate: Simulate) -> None:
    client = simulate(requests_per_minute=1)
    client.sim.faults.add("drop")
    for _ in range(3):
        call_admin(client, "GET", "/clock")
    assert call_admin(client, "GET", "/log")["total"] == 0


@given(
    st.sampled_from([(method, path) for path, handlers in HANDLERS.items() for method in handlers]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["version", "now", "seed", "accounts", "kind", "speed", "seconds", "account", "token", "x"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ),
)
def test_whatever_is_sent_the_answer_is_documented(where: tuple[str, str], body: object) -> None:
    client = local()
    method, path = where
    answer = ask(client, method, path.replace("{id}", "1"), body)
    assert answer.status in (200, 400, 404, 409, 422)
    assert isinstance(answer.body, dict)


# -- who may use it


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "api.localhost"])
def test_programs_on_this_machine_may_use_it(peer: str, host: str) -> None:
    refuse_strangers(Address(peer, 1234), Headers({"host": host}))
    refuse_strangers(Address(peer, 1234), Headers({"host": host, "origin": f"http://{host}"}))


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("192.0.2.7", {"host": "localhost"}),
        ("::ffff:192.0.2.7", {"host": "localhost"}),
        ("fe80::1%eth0", {"host": "localhost"}),
        ("", {"host": "localhost"}),
        ("127.0.0.1", {"host": "sim.example.com"}),
        ("127.0.0.1", {"host": "[::1"}),
        ("127.0.0.1", {}),
        ("127.0.0.1", {"host": "localhost:8080", "origin": "https://example.com"}),
        ("127.0.0.1", {"host": "localhost:8080", "origin": "null"}),
    ],
)
def test_other_machines_and_other_sites_may_not(peer: str, headers: dict[str, str]) -> None:
    with pytest.raises(ApiError) as caught:
        refuse_strangers(Address(peer, 1234), Headers(headers))
    assert (caught.value.status, caught.value.id) == (403, "forbidden")
    if "origin" not in headers:
        assert "doboto sim --settings FILE" in caught.value.message


@pytest.mark.parametrize("allowed", [False, True])
def test_pages_of_other_sites_are_refused_even_if_remote_is_allowed(allowed: bool) -> None:
    sim = Simulator(ManualClock(START), Settings(allow_remote_admin=allowed))
    sim.account("token")
    with sim.serve() as server, urllib3.PoolManager(retries=False) as pool:
        for path, method in (("/_sim/reset", "POST"), ("/", "GET")):
            url = f"{server.origin}{path}"
            assert pool.request(method, url, headers={"origin": "https://example.com"}).status == 403
            assert pool.request(method, url, headers={"origin": server.origin}).status == 200


def test_remote_programs_are_served_if_allowed() -> None:
    for address, host in (("192.0.2.7", "sim.example.com"), ("fe80::1%eth0", "[fe80::1]:8080")):
        refuse_strangers(Address(address, 1234), Headers({"host": host}), allow_remote=True)
        refuse_strangers(Address(address, 1), Headers({"host": host, "origin": f"http://{host}"}), allow_remote=True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://example.com", "content-length": "5"}, 403),
        ({"host": "sim.example.com", "content-length": "5"}, 403),
        ({"content-length": str(2**28 + 1)}, 413),
        ({"content-length": "9" * 20}, 413),
    ],
)
def test_a_refused_body_is_not_read(headers: dict[str, str], status: int) -> None:
    """800 MB from a page of another site take no memory."""
    reply = Exchange(headers, [b"{}"])
    assert (reply.status, reply.read) == (status, 0)


def test_a_body_without_a_length_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doboto.sim.admin.LARGEST", 2**16)
    reply = Exchange({}, itertools.repeat(b" " * 2**12))
    assert (reply.status, reply.read) == (413, 17)


def test_a_body_that_is_cut_off_changes_nothing() -> None:
    reply = Exchange({"content-length": "100"}, [b'{"seed": 7}', None])
    assert (reply.status, reply.sim.seed) == (400, 0)


class Exchange:
    """One PUT of a seed from this machine, with its body in pieces; None is the end of the connection."""

    def __init__(self, headers: dict[str, str], pieces: Iterable[bytes | None]) -> None:
        self.sim = Simulator(ManualClock(START))
        self.read = 0
        self.status = 0
        self._pieces = iter(pieces)
        sent = [(name.encode(), value.encode()) for name, value in {"host": "localhost", **headers}.items()]
        scope = {
            "type": "http",
            "method": "PUT",
            "path": "/_sim/seed",
            "raw_path": b"/_sim/seed",
            "root_path": "",
            "query_string": b"",
            "headers": sent,
            "client": ("127.0.0.1", 1),
        }
        with contextlib.suppress(StopIteration):
            self.sim.app(scope, self._receive, self._send).__await__().send(None)

    async def _receive(self) -> Message:
        self.read += 1
        piece = next(self._pieces)
        return (
            {"type": "http.disconnect"} if piece is None else {"type": "http.request", "body": piece, "more_body": True}
        )

    async def _send(self, message: Message) -> None:
        self.status = message.get("status", self.status)


def test_its_root_answers_with_and_without_a_slash(client: Client) -> None:
    assert ask(client, "GET", "").content == ask(client, "GET", "/").content
    assert refusal(client, "GET", "")[0] == 404


@pytest.mark.parametrize("seed", [-1, 2**63, 10**400, True, 1.5, "1", None])
def test_a_seed_that_no_file_has_room_for_is_refused(tmp_path: Path, seed: object) -> None:
    with Simulator(ManualClock(START), state=tmp_path / "state.db") as sim:
        client = Client(sim, in_process(sim.app), None)
        assert refusal(client, "PUT", "/seed", {"seed": seed})[0] == 422
        assert call_admin(client, "PUT", "/seed", {"seed": 2**63 - 1}) == {"seed": 2**63 - 1}
        client.create()


@pytest.mark.parametrize("seed", [-1, 2**63, True])
def test_a_simulator_has_no_such_seed_from_the_start(seed: int) -> None:
    with pytest.raises(ValueError, match="seed must be"):
        Simulator(seed=seed)


def test_a_state_of_more_records_than_a_page_is_tried_to_its_end(client: Client) -> None:
    before = call_admin(client, "GET", "/state")
    tags: list[Any] = [[f"t{number}", {"name": f"t{number}", "last": {}}] for number in range(250)]
    assert call_admin(client, "PUT", "/state", {**before, "accounts": {"a": {"tag": tags}}}) == {"loaded": ["a"]}
    tags[-1][1].pop("last")
    status, message = refusal(client, "PUT", "/state", {**before, "accounts": {"a": {"tag": tags}}})
    assert (status, "can't be used" in message) == (422, True)


@pytest.mark.parametrize("soa_id", [1, -1, "1", None, 1.5, [], {}])
def test_a_domain_without_its_soa_record_is_refused(client: Client, soa_id: object) -> None:
    client.post("/v2/domains", {"name": "example.com"})
    state = call_admin(client, "GET", "/state")
    assert ask(client, "PUT", "/state", state).status == 200
    (account,) = state["accounts"].values()
    account["domain"][0][1]["soa_id"] = soa_id
    assert refusal(client, "PUT", "/state", state)[0] == 422
    assert client.get("/v2/domains/example.com")["domain"]["zone_file"]


def test_a_failure_of_its_own_is_a_500_in_json(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.sim, "log", None)
    assert refusal(client, "GET", "/log")[0] == 500


def test_no_header_of_a_proxy_decides_who_may_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    sim = Simulator(ManualClock(START))
    with sim.serve() as server:
        transport, pool = over_http(server.origin)
        elsewhere = {"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https"}
        assert transport("GET", "/_sim/seed", elsewhere, b"").status == 200
        pool.clear()
