"""Hundreds of actions that other programs begin meanwhile hide none of one's own; every test runs in both clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from doboto import DO, DOBOTONotFoundException, Limiter, events
from doboto._core.deadline import Deadline
from doboto._core.pages import PER_PAGE
from doboto._operation import run
from doboto._session import Session
from doboto._wait.lookup import read_newest
from doboto.sim import Settings, Simulator

from .conftest import Log, client, one, several

OTHERS = 500


@pytest.fixture
def settings() -> Settings:
    return Settings(droplet_limit=100_000, requests_per_hour=0, requests_per_minute=0)


@pytest.fixture
def other(sim: Simulator) -> DO:
    """Another program's client, with Droplets of its own."""
    do = DO.simulated(sim, limiter=Limiter(per_minute=1_000_000))
    do.droplet.create(several(*(f"other-{n}" for n in range(OTHERS)), tags=["others"]), wait=True)
    return do


@pytest.fixture
def api(flavour: str, runner: Any, sim: Simulator, other: DO) -> Any:
    """A client; whenever a response of its own is lost, the other program begins its actions before it looks."""

    def begin(event: object) -> None:
        if isinstance(event, events.ResponseLost):
            other.droplet.power_cycle(tag_name="others")

    return client(flavour, runner, sim, on_event=begin)


@pytest.mark.parametrize("count", [2, 250])
def test_lost_actions_by_tag_are_found(api: Any, other: DO, sim: Simulator, count: int) -> None:
    own = other.droplet.create(several(*(f"own-{n}" for n in range(count)), tags=["own"]), wait=True)
    sim.faults.add("drop", method="POST", path="/v2/droplets/actions", when="after", count=1)
    actions = api.droplet.power_cycle(tag_name="own")
    assert sorted(action["resource_id"] for action in actions) == sorted(droplet["id"] for droplet in own)
    assert len({action["id"] for action in actions}) == count


def test_a_lost_action_is_found_where_only_the_accounts_list_has_it(api: Any, other: DO, sim: Simulator) -> None:
    droplet = other.droplet.create(one(ipv6=True), wait=True)
    ip = api.reserved_ipv6.create("nyc3")["ip"]
    sim.faults.add("drop", method="POST", path="/v2/reserved_ipv6/*/actions", when="after", count=1)
    assert api.reserved_ipv6.assign(ip, droplet["id"], wait=True)["type"] == "assign_ip"
    assert api.reserved_ipv6.info(ip)["droplet"]["id"] == droplet["id"]


def test_an_action_that_never_was_is_not_waited_for(api: Any, other: DO, sim: Simulator, log: Log) -> None:
    """The newest page has only actions of this minute; a page further back shows that its id is an old one."""
    sim.clock.advance(400)  # type: ignore[attr-defined]
    other.droplet.power_cycle(tag_name="others")
    start = sim.clock.now()
    log.take()
    with pytest.raises(DOBOTONotFoundException):
        api.action.wait(7)
    assert sim.clock.now() == start
    assert log.take() == ["GET /actions/7", *(f"GET /actions?page={number}" for number in (1, 2, 3))]


class Listed:
    """A session that answers with pages of actions whose ids are their times, and records which were read.

    Args:
        ids: The actions as the API lists them.
        between: Actions that begin after each reading.
    """

    def __init__(self, ids: list[int], between: int = 0) -> None:
        self.ids, self.between = ids, between
        self.read: list[int] = []

    async def call(self, request: Any, deadline: Any, read: Callable[[Any], Any]) -> Any:
        number = request.query["page"]
        self.read.append(number)
        start, total = (number - 1) * PER_PAGE, len(self.ids)
        actions = [{"id": id} for id in self.ids[start : start + PER_PAGE]]
        last = -(-total // PER_PAGE)
        links = {"pages": {"last": f"/v2/actions?page={last}"}} if number < last else {}
        self.ids = [*range(self.ids[0] + self.between, self.ids[0], -1), *self.ids]
        return read({"actions": actions, "links": links, "meta": {"total": total}})

    def newest(self, since: int) -> list[int]:
        session, none = cast(Session, self), cast(Deadline, None)
        found = run(read_newest(session, "actions", "/actions", none, lambda action: action["id"] < since))
        return [action["id"] for action in found if action["id"] >= since]


def test_newest_are_read_from_the_end_where_the_list_grows() -> None:
    descending, ascending = Listed([*range(1000, 0, -1)]), Listed([*range(1, 1001)])
    assert descending.newest(700) == [*range(1000, 699, -1)]
    assert descending.read == [1, 2]
    assert sorted(ascending.newest(700)) == [*range(700, 1001)]
    assert ascending.read == [1, 5, 4]
    assert Listed([3, 2, 1]).newest(2) == [3, 2]


def test_one_that_moves_to_the_next_page_meanwhile_is_found_once() -> None:
    assert Listed([*range(1000, 0, -1)], between=3).newest(700) == [*range(1000, 699, -1)]


def test_no_more_than_ten_pages_are_read() -> None:
    listed = Listed([*range(10_000, 0, -1)])
    assert len(listed.newest(0)) == 10 * PER_PAGE
    assert len(listed.read) == 10
