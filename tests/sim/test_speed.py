"""What must not grow with the account, counted in function calls, which are the same on every machine.

How long it takes is for `benchmarks/simulator.py` to say.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from doboto.sim import ManualClock, Settings, Simulator, snapshot

from .client import Answer, in_process
from .conftest import START

PLAN = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "tags": ["web"]}
FEW, MANY = 50, 1500


class Account:
    """An account with so many Droplets, without anybody checking what it answers."""

    def __init__(self, droplets: int) -> None:
        limits = Settings(droplet_limit=10**6, requests_per_hour=0, requests_per_minute=0)
        self.sim = Simulator(ManualClock(START), limits)
        self._transport = in_process(self.sim.app)
        self.ids = [self.create(f"web-{number}") for number in range(droplets)]
        self.apply_due_events()
        for path in ("/v2/droplets", "/v2/actions", "/v2/tags"):  # the first request for each compiles its routes
            self.ask("GET", path)

    def apply_due_events(self) -> None:
        """Let everything happen that is under way."""
        self.sim.clock.advance(600)  # type: ignore[attr-defined]
        self.ask("GET", "/v2/account")

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        answer = self._transport(method, path, {"authorization": "Bearer token"}, content)
        assert answer.status < 300, answer
        return answer

    def create(self, name: str) -> int:
        return int(self.ask("POST", "/v2/droplets", {**PLAN, "name": name}).body["droplet"]["id"])


@pytest.fixture(scope="module")
def accounts() -> tuple[Account, Account]:
    return Account(FEW), Account(MANY)


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, Python's own included."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    former = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(former)
    return counted


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda account: account.create("one-more"), id="create"),
        pytest.param(lambda account: account.ask("GET", f"/v2/droplets/{account.ids[7]}"), id="info"),
        pytest.param(lambda account: account.ask("GET", "/v2/droplets"), id="list"),
        pytest.param(lambda account: account.ask("GET", "/v2/droplets?tag_name=web"), id="list by tag"),
        pytest.param(lambda account: account.ask("GET", "/v2/droplets?name=web-7"), id="list by name"),
        pytest.param(lambda account: account.ask("GET", "/v2/actions"), id="actions"),
        pytest.param(lambda account: account.ask("GET", "/v2/tags/web"), id="tag"),
        pytest.param(lambda account: account.ask("DELETE", f"/v2/droplets/{account.ids[9]}"), id="destroy"),
    ],
)
def test_work_does_not_grow_with_the_account(
    accounts: tuple[Account, Account], work: Callable[[Account], object]
) -> None:
    for account in accounts:
        account.apply_due_events()
    few, many = (calls(lambda account=account: work(account)) for account in accounts)  # type: ignore[misc]
    assert few > 50
    # A draw more or less, a longer number: but nothing for each Droplet.
    assert abs(many - few) < FEW


def test_ten_thousand_pending_actions_cost_nothing_until_they_are_due(accounts: tuple[Account, Account]) -> None:
    account = accounts[1]
    account.apply_due_events()
    idle = calls(lambda: account.ask("GET", "/v2/account"))
    account.ask("POST", "/v2/droplets/actions?tag_name=web", {"type": "power_off"})
    assert len(account.sim.account("token").store("event")) >= MANY - 10
    assert calls(lambda: account.ask("GET", "/v2/account")) == idle


def test_a_crowded_vpc_still_gives_addresses_quickly() -> None:
    """Once all addresses have been used, free ones are looked for without going through all members."""
    account = Account(0)
    account.ask("POST", "/v2/vpcs", {"name": "first", "region": "nyc3"})
    own = {"name": "own", "region": "nyc3", "ip_range": "192.168.0.0/23"}
    vpc = account.ask("POST", "/v2/vpcs", own).body["vpc"]["id"]
    wanted = {**PLAN, "vpc_uuid": vpc}

    def create() -> int:
        number = int(account.ask("POST", "/v2/droplets", {**wanted, "name": "x"}).body["droplet"]["id"])
        account.apply_due_events()
        return number

    ids = [create() for _ in range(500)]
    fresh = calls(create)
    for number in ids[:100]:
        account.ask("DELETE", f"/v2/droplets/{number}")
    account.apply_due_events()
    while account.sim.account("token").count(f"vpc:{vpc}") < 509:
        pass  # as many creations as there are addresses
    again = calls(create)
    assert again < fresh + 500
    droplets = account.sim.account("token").store("droplet")
    private = [one["networks"]["v4"][1]["ip_address"] for one in droplets if len(one["networks"]["v4"]) == 2]
    assert len(private) == len(set(private)) == 402


def test_loading_a_state_costs_the_same_for_each_droplet(accounts: tuple[Account, Account]) -> None:
    """Lists are shown once while a state is validated, not page by page."""

    def load(document: object) -> None:
        snapshot.load(Simulator(ManualClock(START)), document)

    few, many = (calls(partial(load, snapshot.dump(account.sim))) for account in accounts)
    assert many / few < 1.1 * MANY / FEW
