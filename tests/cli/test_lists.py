"""Lists by patterns and filters: names, regions, states and times."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from doboto.cli.output.columns import ListFilter
from doboto.cli.schema import catalog
from doboto.sim import Settings
from doboto.types import Action, Droplet

from .conftest import NEW, Doboto

ELSEWHERE = ("--size", "s-1vcpu-2gb", "--region", "sfo3", "--image", "ubuntu-24-04-x64")


@pytest.fixture
def fleet(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "droplet", "create", "web-1", "web-2", "Web-3", "db-1", *NEW, "--wait")
    simulated.ok("-q", "droplet", "create", "web-4", *ELSEWHERE, "--wait")
    simulated.ok("-q", "droplet", "power-off", "web-2", "--wait")
    return simulated


@pytest.fixture
def doboto_settings() -> Settings:
    return Settings(droplet_limit=1000)


def names(account: Doboto, *command: str) -> list[str]:
    found = account.ok("-o", "json", *command).json
    return sorted(one["name"] for one in found)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("web-*",), ["Web-3", "web-1", "web-2", "web-4"]),
        (("WEB-?", "--region", "nyc3"), ["Web-3", "web-1", "web-2"]),
        (("web-[12]", "db-*"), ["db-1", "web-1", "web-2"]),
        (("web-1",), ["web-1"]),
        (("web",), []),
        (("--region", "nyc3,sfo3", "--status", "OFF"), ["web-2"]),
        (("--size", "s-1vcpu-2gb"), ["web-4"]),
        (("--region", "sfo3", "db-*"), []),
    ],
)
def test_droplets_are_listed_by_patterns_and_filters(fleet: Doboto, words: tuple[str, ...], wanted: list[str]) -> None:
    assert names(fleet, "droplet", "list", *words) == wanted


def test_filters_work_with_every_kind_of_output_and_with_queries(fleet: Doboto) -> None:
    filtered = ("droplet", "list", "db-*", "--region", "nyc3")
    assert fleet.ok(*filtered, "--query", "[].name", "-o", "json").json == ["db-1"]
    assert fleet.ok(*filtered, "-o", "csv", "--columns", "name", "--no-header").out.split() == ["db-1"]
    assert json.loads(fleet.ok(*filtered, "-o", "jsonl").out)["name"] == "db-1"
    assert "web-1" not in fleet.ok(*filtered).out


def test_a_filter_that_nothing_has_names_what_there_is(fleet: Doboto) -> None:
    done = fleet.ok("droplet", "list", "--region", "nyc33")
    assert done.err.splitlines() == ["nothing has the region nyc33; there are nyc3, sfo3"]
    done = fleet.ok("droplet", "list", "--status", "of", "-o", "json")
    assert (done.json, json.loads(done.err)["message"]) == ([], "nothing has the status of; there are active, off")
    assert fleet.ok("-q", "droplet", "list", "--region", "nyc33").err == ""
    assert fleet.ok("droplet", "list", "--region", "nyc3", "nosuch-*").err == "", "a pattern may fit nothing"


def test_actions_are_listed_by_status_type_region_and_time(fleet: Doboto) -> None:
    def listed(*words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = fleet.ok("-o", "json", "action", "list", *words).json
        return found

    assert [one["type"] for one in listed("--type", "power_off", "--status", "completed")] == ["power_off"]
    assert [one["region_slug"] for one in listed("--region", "sfo3")] == ["sfo3"]
    assert {one["resource_type"] for one in listed("--resource-type", "droplet")} == {"droplet"}
    assert len(listed("--after", "-1h")) == 6
    assert listed("--before", "-1h") == []
    assert listed("--after", "2099-01-01") == []
    assert "--after" in fleet.refused(2, "usage", "action", "list", "--after", "soon")["message"]


def test_only_new_actions_are_read(served: Doboto, doboto_server: Any) -> None:
    served.ok("-q", "droplet", "create", "a-{001..250}", *NEW)
    account = doboto_server.simulator.account(doboto_server.token)
    begun = datetime.now(UTC) - timedelta(days=3)
    for id in range(2300000000, 2300000230):
        account.change("action", id, started_at=f"{begun:%Y-%m-%dT%H:%M:%SZ}")
    pages: list[str] = []
    doboto_server.simulator.on_seen.append(lambda incoming, reply: pages.append(incoming.query.get("page", "1")))
    assert len(served.ok("-o", "json", "action", "list", "--after", "-1d").json) == 20
    assert pages == ["1"]


@pytest.mark.parametrize("resource", ["image", "size", "region"])
def test_slugs_fit_patterns_too(simulated: Doboto, resource: str) -> None:
    pattern = {"image": "ubuntu-*", "size": "s-1vcpu-*", "region": "nyc*"}[resource]
    found = simulated.ok("-o", "json", resource, "list", pattern).json
    assert found
    assert all(one["slug"].startswith(pattern.rstrip("*")) for one in found)


def test_every_list_of_named_resources_takes_patterns(simulated: Doboto) -> None:
    for resource in catalog.resources():
        operation = catalog.operations(resource).get("list")
        if operation is not None and operation.result is not None and "name" in operation.result.__annotations__:
            simulated.ok("-q", catalog.hyphenate(resource), "list", "nosuch-*", "-o", "json")


def test_a_filter_reads_times_and_states_as_they_are() -> None:
    actions: list[Any] = [
        {"id": 1, "status": "completed", "started_at": "2026-11-26T10:00:00Z", "region_slug": None},
        {"id": 2, "status": "in-progress", "started_at": None, "region_slug": "nyc3"},
    ]
    assert ListFilter(after=0).apply(actions, Action) == actions[:1]
    assert ListFilter(values={"region": ["nyc3"]}).apply(actions, Action) == actions[1:]
    assert ListFilter(values={"status": ["In-Progress"]}).apply(actions, Action) == actions[1:]
    assert not ListFilter()
    assert ListFilter(patterns=["*"]).apply([{"name": None}, {"name": "a[b]"}], Droplet) == [
        {"name": None}, {"name": "a[b]"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("",), ("web-*", ""), ("--region", ""), ("--region", "nyc3,"), ("--status", " "),
        ("--after", "-1h", "--before", "-2h"), ("--after", ""), ("--before", "yesterday"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_right_lists_nothing(simulated: Doboto, words: tuple[str, ...]) -> None:
    """A variable of a script that is not set must not mean all Droplets."""
    simulated.refused(2, "usage", "droplet", "list", *words)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("droplet", "list", "we"), {"web-1", "web-2", "web-4"}),
        (("droplet", "list", "--region", "sf"), {"sfo2", "sfo3"}),
        (("droplet", "list", "--status", "a"), {"active", "archive"}),
        (("action", "list", "--status", "c"), {"completed"}),
        (("load-balancer", "list", "--status", ""), {"new", "active", "errored"}),
        (("droplet", "wait", "--until", "g"), {"gone"}),
    ],
)
def test_the_shell_completes_patterns_and_filters(fleet: Doboto, words: tuple[str, ...], wanted: set[str]) -> None:
    variables = {
        "_DOBOTO_COMPLETE": "fish_complete", "COMP_WORDS": " ".join(["doboto", *words]), "COMP_CWORD": words[-1],
    }  # fmt: skip
    lines = fleet.as_process("", **variables).out.splitlines()
    assert {line.partition("\t")[0].rpartition(",")[2] for line in lines} >= wanted


def test_a_filter_compares_each_item_of_a_list(simulated: Doboto) -> None:
    region = ("--region", "nyc3", "--size-gigabytes", "1")
    simulated.ok("-q", "volume", "create", "a", *region, "--tag", "env:prod,x")
    simulated.ok("-q", "volume", "create", "b", *region)
    assert names(simulated, "volume", "list", "--tag", "ENV:prod") == ["a"]
    assert names(simulated, "volume", "list", "--tag", "x,y") == ["a"]
    assert simulated.ok("volume", "list", "--tag", "z").err == "nothing has the tag z; there are env:prod, x\n"
    sizes = simulated.ok("-o", "json", "size", "list", "s-*", "--region", "nyc3").json
    assert sizes
    assert all("nyc3" in size["regions"] for size in sizes)
    assert len(sizes) <= len(simulated.ok("-o", "json", "size", "list", "s-*").json)
    assert simulated.ok("-o", "json", "image", "list", "debian-*", "--region", "nyc3").json
