"""Alert policies, and metrics that follow what Droplets do."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto.sim import ManualClock
from doboto.sim.resources.metrics import Curve

from .client import Client
from .conftest import START, Simulate

POLICY = {
    "alerts": {"email": ["bob@example.com"], "slack": [{"channel": "Alerts", "url": "https://hooks.example.com/T1"}]},
    "compare": "GreaterThan",
    "description": "CPU Alert",
    "enabled": True,
    "entities": ["192018292"],
    "tags": ["web"],
    "type": "v1/insights/droplet/cpu",
    "value": 80,
    "window": "5m",
}
ONE_NUMBER = [
    "load_1",
    "load_5",
    "load_15",
    "memory_total",
    "memory_free",
    "memory_cached",
    "memory_available",
    "filesystem_size",
    "filesystem_free",
]


def metric(client: Client, droplet: Any, name: str, since: float = START, **query: str) -> list[Any]:
    end = int(client.sim.clock.now())
    more = "".join(f"&{key}={value}" for key, value in query.items())
    path = f"/v2/monitoring/metrics/droplet/{name}?host_id={droplet['id']}&start={int(since)}&end={end}{more}"
    body = client.get(path)
    assert (body["status"], body["data"]["resultType"]) == ("success", "matrix")
    found = body["data"]["result"]
    assert isinstance(found, list)
    return found


def numbers(series: Any) -> list[float]:
    return [float(value) for _, value in series["values"]]


def test_a_policy_is_created_shown_replaced_listed_and_deleted(client: Client) -> None:
    made = client.post("/v2/monitoring/alerts", POLICY, status=200)["policy"]
    path = f"/v2/monitoring/alerts/{made['uuid']}"
    assert {**POLICY, "uuid": made["uuid"]} == made == client.get(path)["policy"]
    put = client.call("PUT", path, {**POLICY, "enabled": "false", "value": "90.5", "entities": [7]}).body["policy"]
    assert (put["enabled"], put["value"], put["entities"], put["uuid"]) == (False, 90.5, ["7"], made["uuid"])
    assert client.get("/v2/monitoring/alerts") == {"policies": [put], "links": {}, "meta": {"total": 1}}
    assert client.call("DELETE", path).status == 204
    assert [client.call(method, path, POLICY).status for method in ("GET", "PUT", "DELETE")] == [404, 404, 404]


@pytest.mark.parametrize(
    "wrong",
    [
        *({name: None} for name in POLICY),
        {"type": "v1/moods/droplet/cpu"},
        {"compare": "Equals"},
        {"window": "2m"},
        {"value": "much"},
        {"entities": "1"},
        {"tags": [1]},
        {"enabled": "maybe"},
        {"alerts": []},
        {"alerts": {"email": "a@example.com"}},
        {"alerts": {"email": [], "slack": [{"url": "https://hooks.example.com"}]}},
    ],
)
def test_what_no_policy_can_be_is_refused(simulate: Simulate, wrong: dict[str, object]) -> None:
    client = simulate()
    assert client.call("POST", "/v2/monitoring/alerts", {**POLICY, **wrong}).status == 422
    assert client.get("/v2/monitoring/alerts")["policies"] == []


@pytest.mark.parametrize("name", ONE_NUMBER)
def test_a_running_droplet_has_samples(client: Client, clock: ManualClock, name: str) -> None:
    droplet = client.create_active(monitoring=True)
    clock.advance(3600)
    (series,) = metric(client, droplet, name)
    assert series["metric"]["host_id"] == str(droplet["id"])
    moments = [moment for moment, _ in series["values"]]
    assert {after - before for before, after in pairwise(moments)} == {120}
    assert len(moments) == 30
    assert all(value > 0 for value in numbers(series))


def test_metrics_agree_with_one_another_and_with_the_size(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active(monitoring=True)
    clock.advance(3600)
    found = {name: numbers(metric(client, droplet, name)[0]) for name in ONE_NUMBER}
    assert 0.9 < found["memory_total"][0] / (droplet["memory"] * 2**20) < 1
    assert 0.9 < found["filesystem_size"][0] / (droplet["disk"] * 2**30) < 1
    for total, free, cached, available in zip(
        *(found[f"memory_{part}"] for part in ("total", "free", "cached", "available")), strict=True
    ):
        assert free < available < free + cached < total
    assert all(free < size for size, free in zip(found["filesystem_size"], found["filesystem_free"], strict=True))


def test_load_is_an_average_over_its_minutes(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active(monitoring=True, size="s-4vcpu-8gb")
    clock.advance(7200)
    one, five, fifteen = (numbers(metric(client, droplet, f"load_{n}", START + 1800)[0]) for n in (1, 5, 15))
    spreads = [max(series) - min(series) for series in (one, five, fifteen)]
    assert spreads[0] >= spreads[1] > spreads[2]
    assert sum(one) == pytest.approx(sum(fifteen), rel=0.2)


def test_cpu_counters_add_up_to_the_time_since_boot(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active(size="s-2vcpu-2gb")
    clock.advance(3600)
    series = metric(client, droplet, "cpu")
    assert len({one["metric"]["mode"] for one in series}) == 8
    for one in series:
        assert numbers(one) == sorted(numbers(one))
    last = series[0]["values"][-1][0]
    assert sum(numbers(one)[-1] for one in series) == pytest.approx(2 * (last - START - 32), abs=0.1)


def test_a_droplet_that_is_off_has_no_samples_and_counts_anew_after_it(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    clock.advance(3600)
    client.act(droplet, "power_off")
    off = clock.now() - 57
    clock.advance(3600)
    client.act(droplet, "power_on")
    on = clock.now() - 56
    clock.advance(3600)
    for one in metric(client, droplet, "cpu"):
        moments = [moment for moment, _ in one["values"]]
        assert not any(off < moment < on for moment in moments)
        assert any(moment < off for moment in moments)
        assert any(moment > on for moment in moments)
    (idle,) = (one for one in metric(client, droplet, "cpu", on) if one["metric"]["mode"] == "idle")
    assert numbers(idle)[0] < 120


def test_a_reboot_begins_the_counters_anew_and_power_on_of_a_running_one_does_not(
    client: Client, clock: ManualClock
) -> None:
    droplet = client.create_active()

    def idle() -> float:
        clock.advance(1200)
        (found,) = (one for one in metric(client, droplet, "cpu") if one["metric"]["mode"] == "idle")
        return numbers(found)[-1]

    first = idle()
    client.act(droplet, "power_on")
    second = idle()
    client.act(droplet, "reboot")
    assert idle() < second > first


def test_bandwidth_is_by_interface_and_direction(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    hidden = client.create_active("hidden", public_networking=False)
    clock.advance(600)
    (series,) = metric(client, droplet, "bandwidth", interface="public", direction="outbound")
    assert series["metric"] == {"host_id": str(droplet["id"]), "interface": "public", "direction": "outbound"}
    assert metric(client, hidden, "bandwidth", interface="private", direction="inbound")
    assert metric(client, hidden, "bandwidth", interface="public", direction="inbound") == []
    path = f"/v2/monitoring/metrics/droplet/bandwidth?host_id={droplet['id']}&start=1&end=2"
    assert client.call("GET", f"{path}&interface=public&direction=up").status == 422
    assert client.call("GET", f"{path}&interface=public").status == 422


def test_without_the_agent_only_cpu_and_bandwidth_are_seen(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    clock.advance(600)
    assert metric(client, droplet, "cpu")
    assert [metric(client, droplet, name) for name in ONE_NUMBER] == [[]] * len(ONE_NUMBER)


def test_series_depend_on_seed_droplet_and_time_only(simulate: Simulate) -> None:
    def load(seed: int) -> list[list[float]]:
        client = simulate(seed=seed)
        droplets = [client.create_active(name, monitoring=True) for name in ("a", "b")]
        client.sim.clock.advance(3600)  # type: ignore[attr-defined]
        return [numbers(metric(client, droplet, "load_5", START + 300)[0]) for droplet in droplets]

    first = load(1)
    assert first == load(1)
    assert first != load(2)
    assert first[0] != first[1]


def test_a_window_is_answered_however_wide_and_wherever(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    clock.advance(30 * 86_400)
    path = f"/v2/monitoring/metrics/droplet/cpu?host_id={droplet['id']}"
    (idle, *_) = client.get(f"{path}&start=0&end={'9' * 400}")["data"]["result"]
    assert 100 < len(idle["values"]) <= 721
    assert idle["values"][0][0] >= START
    assert idle["values"][-1][0] <= clock.now()
    assert client.get(f"{path}&start={'9' * 400}&end={'9' * 400}")["data"]["result"] == []
    for query in ("", "&start=1", "&end=1", "&start=x&end=1", "&start=2&end=1"):
        assert client.call("GET", path + query).status == 422


def test_a_droplet_that_is_not_there_has_no_series(client: Client) -> None:
    droplet = client.create_active()
    client.call("DELETE", f"/v2/droplets/{droplet['id']}")
    for one in (droplet, {"id": 1}, {"id": "web"}):
        assert metric(client, one, "cpu") == []
    assert client.call("GET", "/v2/monitoring/metrics/droplet/cpu?start=1&end=2").status == 422


@given(
    st.builds(Curve, st.floats(0.15, 0.45), st.floats(0, 1), st.floats(0, 1)),
    st.floats(0, 4e9),
    st.floats(1, 1e6),
    st.floats(1, 1e6),
)
def test_a_curve_stays_a_part_and_adds_up(curve: Curve, since: float, first: float, second: float) -> None:
    assert 0 < curve.at(since) < 0.75
    middle, until = since + first, since + first + second
    whole = curve.total(since, until)
    assert curve.total(since, middle) + curve.total(middle, until) == pytest.approx(whole, rel=1e-6, abs=0.01)
    assert 0 < curve.average(since, until) < 0.75
    assert curve.average(since, since + 60) == pytest.approx(curve.at(since + 30), rel=1e-3)
