"""Monitoring: in both clients, held against the specification."""

from __future__ import annotations

import typing
from asyncio import Runner
from datetime import UTC, datetime
from typing import Any

import pytest

from doboto import DOBOTOInvalidResponseException, DOBOTONotFoundException, DOBOTOOutcomeUnknownException
from doboto.errors import ArgumentValueError
from doboto.resources.monitoring import AutoscaleMetric, DropletMetric
from doboto.sim import Simulator

from .conftest import Log, one
from .scripted import reply, stage

CPU: dict[str, Any] = {
    "type": "v1/insights/droplet/cpu",
    "description": "CPU is busy",
    "compare": "GreaterThan",
    "value": 80,
    "window": "5m",
    "entities": [],
    "tags": ["web", "db"],
    "alerts": {
        "email": ["a@example.com"],
        "slack": [{"channel": "ops", "url": "https://hooks.slack.com/services/T/A"}],
    },
    "enabled": True,
}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def policy(api: Any) -> Any:
    return api.monitoring.alert_create(**CPU)


def test_life_of_an_alert_policy(api: Any) -> None:
    policy = api.monitoring.alert_create(**CPU)
    assert {**CPU, "uuid": policy["uuid"]} == policy
    assert api.monitoring.alert_list() == list(api.monitoring.alert_each()) == [policy]
    assert api.monitoring.alert_info(policy["uuid"]) == policy
    changed = api.monitoring.alert_update(policy["uuid"], {**policy, "value": 90})
    assert changed == {**policy, "value": 90} == api.monitoring.alert_info(policy["uuid"])
    assert api.monitoring.alert_destroy(policy["uuid"]) is None
    with pytest.raises(DOBOTONotFoundException):
        api.monitoring.alert_destroy(policy["uuid"])
    assert api.monitoring.alert_destroy(policy["uuid"], missing_ok=True) is None
    assert api.monitoring.alert_list() == []


def test_attributes_as_keywords(api: Any) -> None:
    attribs = {name: value for name, value in CPU.items() if name != "enabled"}
    assert api.monitoring.alert_create(**CPU)["enabled"] is True
    assert api.monitoring.alert_create(**attribs, enabled=False)["enabled"] is False


def test_present_goes_by_type_and_description(api: Any, policy: Any) -> None:
    assert api.monitoring.alert_present(**{**CPU, "value": 99}) == (policy, None)
    for change in ({"type": "v1/insights/droplet/load_1"}, {"description": "CPU is bored"}):
        there, created = api.monitoring.alert_present(**{**CPU, **change})
        assert there == created
    assert len(api.monitoring.alert_list()) == 3


@pytest.mark.parametrize("missing", CPU)
def test_a_policy_that_lacks_something_is_refused(api: Any, log: Log, missing: str) -> None:
    attribs = {name: value for name, value in CPU.items() if name != missing}
    calls = [api.monitoring.alert_create, api.monitoring.alert_present]
    for call in [*calls, lambda **attribs: api.monitoring.alert_update("u", attribs)]:
        with pytest.raises(ValueError, match=f"{missing} is required"):
            call(**attribs)
    assert log.take() == []


def test_lists_must_be_lists(api: Any, log: Log) -> None:
    with pytest.raises(TypeError, match="entities must be a list"):
        api.monitoring.alert_create(**{**CPU, "entities": "17209102"})
    assert log.take() == []


@pytest.mark.parametrize("name", ["alert_create", "alert_present"])
def test_a_policy_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log, name: str) -> None:
    api.monitoring.alert_create(**{**CPU, "description": "another"})
    sim.faults.add("drop", method="POST", path="/v2/monitoring/alerts", count=1, when="after")
    made = getattr(api.monitoring, name)(**{**CPU, "tags": ["db", "web"]})
    policy = made if name == "alert_create" else made[1]
    assert policy in api.monitoring.alert_list()
    assert policy["description"] == CPU["description"]
    assert log.count("POST /monitoring/alerts") == 2


def test_a_policy_that_says_something_else_is_not_the_one(api: Any, sim: Simulator, policy: Any) -> None:
    sim.faults.add("drop", method="POST", path="/v2/monitoring/alerts", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="alert policy CPU is busy"):
        api.monitoring.alert_create(**{**CPU, "value": 95})


def test_a_policy_that_says_the_same_is_recognised_in_any_order(api: Any, sim: Simulator) -> None:
    """As the API may give lists back in another order than it was sent."""
    sim.faults.add("drop", method="POST", path="/v2/monitoring/alerts", count=1, when="after")
    two = [{"channel": "b", "url": "https://b"}, {"url": "https://a", "channel": "a"}]
    made = api.monitoring.alert_create(**{**CPU, "alerts": {"slack": two, "email": []}})
    assert made["alerts"]["slack"] == two


@pytest.fixture
def hour(api: Any, sim: Simulator) -> tuple[Any, float, float]:
    """A Droplet with the agent, and an hour of its life."""
    droplet = api.droplet.create(one(monitoring=True, private_networking=True), wait=True)
    start = sim.clock.now()
    sim.clock.advance(3600)  # type: ignore[attr-defined]
    return droplet, start, sim.clock.now()


@pytest.mark.parametrize("metric", typing.get_args(DropletMetric))
def test_what_was_measured_of_a_droplet(api: Any, hour: tuple[Any, float, float], metric: str, log: Log) -> None:
    droplet, start, end = hour
    more = {"interface": "public", "direction": "inbound"} if metric == "bandwidth" else {}
    log.take()
    series = api.monitoring.droplet_metric_info(droplet["id"], metric, start, end, **more)
    assert series
    assert {found["metric"]["host_id"] for found in series} == {str(droplet["id"])}
    assert all(start <= moment <= end and float(value) >= 0 for found in series for moment, value in found["values"])
    assert log.count(f"GET /monitoring/metrics/droplet/{metric}?") == 1


@pytest.mark.parametrize("metric", typing.get_args(AutoscaleMetric))
def test_what_was_measured_of_a_pool(api: Any, sim: Simulator, metric: str) -> None:
    template = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "ssh_keys": []}
    config = {"min_instances": 1, "max_instances": 3, "target_cpu_utilization": 0.5, "target_memory_utilization": 0.5}
    pool = api.autoscale.create(name="web", config=config, droplet_template=template, wait=True)
    start = sim.clock.now()
    sim.clock.advance(3600)  # type: ignore[attr-defined]
    (series,) = api.monitoring.autoscale_metric_info(pool["id"], metric, start, sim.clock.now())
    assert series["metric"] == {"autoscale_pool_id": pool["id"]}
    assert series["values"]


def test_the_metrics_are_those_of_the_specification(openapi: dict[str, Any]) -> None:
    for kind, ours in (("droplet", DropletMetric), ("droplet_autoscale", AutoscaleMetric)):
        root = f"/v2/monitoring/metrics/{kind}/"
        theirs = {path.removeprefix(root) for path in openapi["paths"] if path.startswith(root)}
        assert set(typing.get_args(ours)) == theirs


def test_a_droplet_that_is_not_there_has_no_series(api: Any) -> None:
    assert api.monitoring.droplet_metric_info(1, "cpu", 0, 10) == []


@pytest.mark.parametrize(
    ("arguments", "more", "error"),
    [
        ((1, "heat", 0, 1), {}, ValueError),
        ((1, "", 0, 1), {}, ValueError),
        ((1, "cpu", -1, 1), {}, ValueError),
        ((1, "cpu", 0, float("inf")), {}, ValueError),
        ((1, "cpu", 0, 10**400), {}, ValueError),
        ((1, "cpu", float("nan"), 1), {}, ValueError),
        ((1, "cpu", "now", 1), {}, ValueError),
        ((1, "cpu", 2, 1), {}, ValueError),
        ((1, "cpu", [0], 1), {}, (TypeError, ValueError)),
        ((1, "cpu", 0, True), {}, (TypeError, ValueError)),
        ((1, "bandwidth", 0, 1), {}, ValueError),
        ((1, "bandwidth", 0, 1), {"interface": "public"}, ValueError),
        ((1, "bandwidth", 0, 1), {"interface": "public", "direction": ""}, ValueError),
        ((1, "cpu", 0, 1), {"interface": "public", "direction": "inbound"}, ValueError),
        ((1, "cpu", 0, 1), {"direction": "inbound"}, ValueError),
        (("", "cpu", 0, 1), {}, ValueError),
    ],
)
def test_a_measurement_that_can_not_be_right_is_refused(
    api: Any, log: Log, arguments: tuple[Any, ...], more: dict[str, str], error: Any
) -> None:
    with pytest.raises(error):
        api.monitoring.droplet_metric_info(*arguments, **more)
    if not more and arguments[1] != "bandwidth":
        with pytest.raises(error):
            api.monitoring.autoscale_metric_info(*arguments)
    assert log.take() == []


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("-1h", "now", (1_789_996_400, 1_790_000_000)),
        ("-1.5d", "-30m", (1_789_870_400, 1_789_998_200)),
        ("2026-09-21T13:00:00Z", "2026-09-21T15:00:00+02:00", (1_789_995_600, 1_789_995_600)),
        ("2026-09-21", "2026-09-21 13:00", (1_789_948_800, 1_789_995_600)),
        (datetime(2026, 9, 21, 13, tzinfo=UTC), 1_790_000_000.9, (1_789_995_600, 1_790_000_000)),
        ("1789995600", 1_790_000_000, (1_789_995_600, 1_790_000_000)),
        ("20260921", " 20260922 ", (1_789_948_800, 1_790_035_200)),
        ("20261399", 1_790_000_000, (20_261_399, 1_790_000_000)),
    ],
)
def test_times_of_measurements_in_every_form(
    api: Any, sim: Simulator, start: Any, end: Any, seconds: tuple[int, int]
) -> None:
    asked: list[dict[str, str]] = []
    sim.on_seen.append(lambda incoming, _: asked.append(incoming.query))
    api.monitoring.droplet_metric_info(1, "cpu", start, end)
    api.monitoring.autoscale_metric_info("a6a6a6a6-0000-4000-8000-000000000000", "current_instances", start, end)
    assert [(int(one["start"]), int(one["end"])) for one in asked] == [seconds] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        *(1_790_000_000_000, "1790000000000", -1, "yesterday", "-1y", "", "2026", "0001-01-01"),
        *(datetime(1960, 1, 1, tzinfo=UTC), datetime.min.replace(tzinfo=UTC)),
        *(datetime.min, datetime.max),  # noqa: DTZ901 - local time
        pytest.param(10**5000, id="many digits"),
    ],
)
def test_what_is_no_time_of_a_measurement_is_refused(api: Any, log: Log, wrong: Any) -> None:
    for window in ((wrong, "now"), (0, wrong)):
        with pytest.raises(ArgumentValueError, match="^(start|end) must be "):
            api.monitoring.droplet_metric_info(1, "cpu", *window)
    assert log.take() == []


@pytest.mark.parametrize("body", [{"status": "error", "data": {"resultType": "matrix", "result": []}}, {}, []])
def test_a_measurement_that_failed_is_told(flavour: str, runner: Runner, body: Any) -> None:
    with pytest.raises(DOBOTOInvalidResponseException, match="did not return the measurements"):
        stage(flavour, runner, reply(200, body)).api.monitoring.droplet_metric_info(1, "cpu", 0, 1)
