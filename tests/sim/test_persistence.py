"""A state in a file: what is there when it is opened again, after a proper end and after none."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doboto import DO, DOBOTOForbiddenException
from doboto.sim import InstantClock, ManualClock, RealClock, Settings, Simulator, snapshot
from doboto.sim.persistence import Persistence, StateError

from .client import in_process

START = 1_773_138_600.0
NEW = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def manual(path: Path, **options: Any) -> Simulator:
    return Simulator(ManualClock(START), state=path, **options)


def after_a_crash(path: Path) -> Path:
    """What is on disk at this moment, as the next process would find it if this one died now."""
    copy = Path(tempfile.mkdtemp(dir=path.parent)) / path.name
    for suffix in ("", "-wal"):
        if Path(f"{path}{suffix}").exists():
            shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    return copy


def contents(simulator: Simulator) -> Any:
    """All records of all accounts, in their order."""
    accounts = {name: account.dump() for name, account in simulator.accounts.items()}
    return {
        name: {kind: list(records.items()) for kind, records in kinds.items() if records}
        for name, kinds in accounts.items()
        if any(kinds.values())
    }


def busy_account(simulator: Simulator) -> None:
    """A bit of everything, some of it still going on."""
    with DO.simulated(simulator, token="one") as do:
        do.droplet.create(names=["web-1", "web-2"], **NEW, tags=["web", "all"], backups=True, wait=True)
        first, second = do.droplet.list()
        do.droplet.power_off(first["id"], wait=True)
        do.droplet.snapshot_create(first["id"], snapshot_name="nightly", wait=True)
        do.droplet.destroy(second["id"])
        do.droplet.create(name="web-3", **NEW, tags=["all"])
        do.droplet.power_on(first["id"], wait=False)
    with DO.simulated(simulator, token="two") as do:
        do.droplet.create(name="db", **NEW, ipv6=True)


# -- what is kept


def test_everything_is_there_again_in_its_order(path: Path) -> None:
    with manual(path) as simulator:
        busy_account(simulator)
        before = contents(simulator)
    assert len(before) == 2
    with manual(path) as again:
        assert contents(again) == before


def test_nothing_that_was_answered_needs_a_proper_end(path: Path) -> None:
    with manual(path) as simulator:
        busy_account(simulator)
        with manual(after_a_crash(path)) as again:
            assert contents(again) == contents(simulator)


def test_a_change_is_on_disk_before_its_reply_leaves(path: Path) -> None:
    found: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps({"name": "web-1", **NEW}).encode(), "more_body": False}

    async def send(message: Any) -> None:
        with manual(after_a_crash(path)) as crashed, DO.simulated(crashed, token="token") as do:
            found.append(f"{message['type']}: {[droplet['name'] for droplet in do.droplet.list()]}")

    with manual(path) as simulator:
        headers = [(b"authorization", b"Bearer token"), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/v2/droplets", "headers": headers, "query_string": b""}
        with pytest.raises(StopIteration):
            simulator.app(scope, receive, send).send(None)  # type: ignore[attr-defined]
    assert found == ["http.response.start: ['web-1']", "http.response.body: ['web-1']"]


def test_what_is_going_on_goes_on(path: Path) -> None:
    with manual(path) as simulator, DO.simulated(simulator) as do:
        droplet = do.droplet.create(name="web-1", **NEW)
        assert droplet["status"] == "new"
    with manual(path) as again, DO.simulated(again) as do:
        assert do.droplet.info(droplet["id"])["status"] == "new"
        again.clock.advance(60)  # type: ignore[attr-defined]
        assert do.droplet.info(droplet["id"])["status"] == "active"


def test_identifiers_are_not_given_out_twice(path: Path) -> None:
    ids = []
    for _ in range(3):
        with manual(path, seed=5) as simulator, DO.simulated(simulator) as do:
            ids.append(do.droplet.create(name="web-1", **NEW, wait=True)["id"])
            do.droplet.destroy(ids[-1])
    assert len(set(ids)) == 3


def test_a_change_of_two_accounts_is_one_transaction(path: Path) -> None:
    with manual(path) as simulator:
        one, two = simulator.account("one"), simulator.account("two")
        assert simulator.state is not None
        statements: list[str] = []
        simulator.state._database.set_trace_callback(statements.append)
        one.put("item", 1, {"id": 1})
        two.put("item", 1, {"id": 1})
        one.touched_accounts.append(two)
        simulator.commit(one)
        simulator.state._database.set_trace_callback(None)
        assert [word for word in statements if word.startswith(("BEGIN", "COMMIT"))] == ["BEGIN ", "COMMIT"]
        assert sum(word.startswith("INSERT") for word in statements) == 2


def test_tokens_keep_their_scopes_and_accounts(path: Path) -> None:
    with manual(path) as simulator:
        simulator.register("reader", ["droplet:read"], account="owner")
        with DO.simulated(simulator, token="owner") as do:
            do.droplet.create(name="web-1", **NEW)
    with manual(path) as again, DO.simulated(again, token="reader") as do:
        assert [droplet["name"] for droplet in do.droplet.list()] == ["web-1"]
        with pytest.raises(DOBOTOForbiddenException):
            do.droplet.create(name="web-2", **NEW)


def test_the_seed_is_that_of_the_file(path: Path) -> None:
    with manual(path, seed=7) as simulator:
        simulator.account("old").put("tag", "a", {})
        simulator.commit(simulator.account("old"))
        simulator.reseed(8)
        simulator.account("new").put("tag", "a", {})
    with manual(path) as again:
        assert (again.seed, again.account("old").seed, again.account("new").seed) == (8, 7, 8)


def test_a_reset_is_kept(path: Path) -> None:
    with manual(path) as simulator:
        busy_account(simulator)
        snapshot.reset(simulator)
        with manual(after_a_crash(path)) as again:
            assert contents(again) == {}


def test_a_loaded_snapshot_is_kept(path: Path) -> None:
    with Simulator(ManualClock(START + 1e6)) as other:
        busy_account(other)
        document = json.loads(json.dumps(snapshot.dump(other)))
        with manual(path) as simulator:
            simulator.account("old").put("tag", "a", {})
            snapshot.load(simulator, document)
            with manual(after_a_crash(path)) as again:
                assert contents(again) == contents(other)
                assert again.clock.now() == other.clock.now()


@contextmanager
def full_disk(simulator: Simulator, setting: str = "max_page_count") -> Iterator[None]:
    """Let the file grow no more, or with `query_only` take no change at all."""
    assert simulator.state is not None
    database = simulator.state._database
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA {setting} = {pages}")
    yield
    database.execute(f"PRAGMA {setting} = {1_000_000 if setting == 'max_page_count' else 0}")


def test_what_a_full_disk_answers_500_is_not_in_the_account(path: Path) -> None:
    with manual(path, settings=Settings(droplet_limit=200)) as simulator, DO.simulated(simulator) as do:
        send = in_process(simulator.app)
        bodies = [json.dumps({"name": f"web-{number}", **NEW}).encode() for number in range(100)]
        with full_disk(simulator):
            sent = [send("POST", "/v2/droplets", {"authorization": "Bearer a"}, body).status for body in bodies]
        assert {202, 500} == set(sent)
        assert len(simulator.account("a").store("droplet")) == sent.count(202)
        with manual(after_a_crash(path)) as again:
            assert contents(again) == contents(simulator)
        do.droplet.create(name="last", **NEW)
        with manual(after_a_crash(path)) as again:
            assert contents(again) == contents(simulator)


def test_events_that_a_full_disk_undid_happen_later(path: Path) -> None:
    with manual(path) as simulator, DO.simulated(simulator, token="token") as do:
        droplets = do.droplet.create(names=[f"web-{number}" for number in range(10)], **NEW)
        before = contents(simulator)
        simulator.clock.advance(60)  # type: ignore[attr-defined]
        send = in_process(simulator.app)
        with full_disk(simulator, "query_only"):
            assert send("GET", "/v2/droplets", {"authorization": "Bearer token"}, b"").status == 500
            assert contents(simulator) == before
        assert [do.droplet.info(one["id"])["status"] for one in droplets] == ["active"] * 10
        with manual(after_a_crash(path)) as again:
            assert contents(again) == contents(simulator)


def test_a_state_that_a_full_disk_refuses_is_not_loaded(path: Path) -> None:
    with Simulator(ManualClock(START + 1e6), seed=9, settings=Settings(droplet_limit=1000)) as other:
        with DO.simulated(other) as do:
            for number in range(30):
                do.droplet.create(names=[f"web-{number}-{one}" for one in range(10)], **NEW)
        document = snapshot.dump(other)
    with manual(path, seed=3) as simulator:
        busy_account(simulator)
        before = snapshot.dump(simulator)
        with full_disk(simulator), pytest.raises(sqlite3.OperationalError, match="full"):
            snapshot.load(simulator, document)
        assert snapshot.dump(simulator) == before


ADMIN_CHANGES: list[tuple[str, str, Any]] = [
    ("PUT", "clock", {"kind": "instant"}),
    ("PUT", "clock", {"kind": "real", "speed": 60}),
    ("POST", "clock/advance", {"seconds": 3600}),
    ("PUT", "seed", {"seed": 99}),
    ("POST", "reset", {}),
    ("POST", "reset", {"token": "one"}),
    ("PUT", "state", {"version": 1, "now": START + 1e6, "seed": 5, "accounts": {}}),
]


@pytest.mark.parametrize(
    ("used", "method", "what", "body"),
    [(used, *change) for used in (True, False) for change in ADMIN_CHANGES if used or change[1] != "reset"],
)
def test_an_admin_change_that_a_full_disk_refuses_did_not_happen(
    path: Path, used: bool, method: str, what: str, body: Any
) -> None:
    """Clock, seeds, faults and counted requests are as before, and it works once there is room."""
    with manual(path, seed=3) as simulator:
        if used:
            busy_account(simulator)
        simulator.faults.add("status", status=503, path="/v2/nowhere")
        send = in_process(simulator.app)

        def everything() -> Any:
            kept = {name: send("GET", f"/_sim/{name}", {}, b"").body for name in ("state", "clock", "seed", "faults")}
            accounts = simulator.accounts.values()
            return kept, [account.rates for account in accounts], [account.clock for account in accounts]

        before = everything()
        with full_disk(simulator, "query_only"):
            refused = send(method, f"/_sim/{what}", {}, json.dumps(body).encode())
            assert (refused.status, everything()) == (500, before)
        with manual(after_a_crash(path)) as again:
            assert snapshot.dump(again) == before[0]["state"]
        assert send(method, f"/_sim/{what}", {}, json.dumps(body).encode()).status == 200
        assert everything() != before


def test_what_can_never_be_written_does_not_stop_later_writes(path: Path) -> None:
    with manual(path) as simulator, DO.simulated(simulator) as do:
        account = simulator.account()
        account.put("item", "bad", {"value": b"no JSON"})
        with pytest.raises(TypeError):
            simulator.commit(account)
        account.delete("item", "bad")
        do.droplet.create(name="web-01", **NEW)
        with manual(after_a_crash(path)) as again:
            assert things(again) == things(simulator)
            assert len(do.droplet.list()) == 1


KEYS = st.integers(-(2**70), 2**70) | st.text(max_size=4)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
RECORDS = st.dictionaries(st.text(max_size=4), JSON, max_size=3)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["one", "two"]), KEYS, st.none() | RECORDS),
    max_size=12,
)


@given(st.lists(CHANGES, max_size=4))
@settings(max_examples=25)
def test_any_records_under_any_keys_survive_any_changes(requests: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        with manual(path) as simulator:
            for changes in requests:
                for token, key, record in changes:
                    account = simulator.account(token)
                    account.delete("item", key) if record is None else account.put("item", key, record)
                simulator.commit(simulator.account("one"), simulator.account("two"))
            with manual(after_a_crash(path)) as again:
                assert things(again) == things(simulator)


def things(simulator: Simulator) -> Any:
    # By key: a record that was deleted and put again by one request keeps its old place on disk.
    found = [simulator.account(token).dump().get("item", {}) for token in ("one", "two")]
    return [sorted(one.items(), key=lambda item: repr(item[0])) for one in found]


# -- time


def test_a_manual_clock_goes_on_from_the_saved_moment(path: Path) -> None:
    with manual(path) as simulator:
        simulator.clock.advance(1000)  # type: ignore[attr-defined]
    with Simulator(ManualClock(), state=path) as again:
        assert again.clock.now() == START + 1000


def test_a_faster_clock_goes_on_from_the_saved_moment(path: Path) -> None:
    manual(path).close()
    with Simulator(RealClock(100), state=path) as again:
        assert START <= again.clock.now() < START + 100_000


def test_what_was_due_while_nobody_served_has_happened_on_a_real_clock(path: Path) -> None:
    with Simulator(RealClock(start=START), state=path) as simulator, DO.simulated(simulator) as do:
        droplet = do.droplet.create(name="web-1", **NEW)
    with Simulator(RealClock(start=START + 3600), state=path) as again:
        assert again.account("simulated").get("droplet", droplet["id"])["status"] == "active"
        assert again.clock.now() >= START + 3600


@pytest.mark.parametrize("clock", [RealClock, InstantClock])
def test_real_time_does_not_go_back_behind_what_has_happened(path: Path, clock: type[RealClock]) -> None:
    manual(path).close()
    with Simulator(clock(start=START - 3600), state=path) as again:
        assert again.clock.now() >= START


# -- the file


def test_a_second_simulator_is_refused_while_the_first_has_the_file(path: Path) -> None:
    with manual(path), pytest.raises(StateError, match="in use by another process"):
        Persistence(Simulator(), path, patience=0)
    manual(path).close()


def test_closing_twice_does_nothing(path: Path) -> None:
    simulator = manual(path)
    simulator.close()
    simulator.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions")
def test_only_its_owner_can_read_the_file(path: Path) -> None:
    with manual(path):
        assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} == {0o600}


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE mine (a)")
    database.close()
    content = path.read_bytes()
    with pytest.raises(StateError, match="another program"):
        manual(path)
    assert path.read_bytes() == content


def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.write_text("my precious notes " * 100)
    content = path.read_bytes()
    with pytest.raises(StateError, match="not a database"):
        manual(path)
    assert path.read_bytes() == content


def test_a_file_of_a_later_version_is_refused(path: Path) -> None:
    manual(path).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StateError, match="version 99"):
        manual(path)


def test_a_record_that_is_damaged_is_told(path: Path) -> None:
    with manual(path) as simulator:
        busy_account(simulator)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE record SET value = 'x' WHERE kind = 'droplet'")
    database.close()
    with pytest.raises(StateError, match="cannot be read"):
        manual(path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be opened"):
        manual(tmp_path / "none" / "state.db")
