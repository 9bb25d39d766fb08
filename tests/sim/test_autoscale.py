"""Autoscale pools: real Droplets that come and go."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import InstantClock, ManualClock

from .client import Client
from .conftest import START, Simulate

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0mYbXxqZ0p3G8rXo4cB2Qm0R5cQ1g1d4m3o2sG7aA me@example.com"
ALL = "/v2/droplets/autoscale"


def template(client: Client, **attributes: Any) -> dict[str, Any]:
    keys = client.get("/v2/account/keys")["ssh_keys"] or [
        client.post("/v2/account/keys", {"name": "mine", "public_key": KEY})["ssh_key"]
    ]
    wanted = {"name": "worker", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
    return {**wanted, "ssh_keys": [keys[0]["fingerprint"]], "tags": ["pool"], **attributes}


def request_body(client: Client, config: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    return {"name": "workers", "config": config, "droplet_template": template(client), **attributes}


def pool(client: Client, **config: Any) -> Any:
    return client.post(ALL, request_body(client, config), status=202)["autoscale_pool"]


def get_pool(client: Client, made: Any) -> Any:
    return client.get(f"{ALL}/{made['id']}")["autoscale_pool"]


def members(client: Client, made: Any) -> list[Any]:
    found = client.get(f"{ALL}/{made['id']}/members?per_page=200")["droplets"]
    assert isinstance(found, list)
    return found


def events(client: Client, made: Any) -> list[Any]:
    """Oldest first."""
    found = client.get(f"{ALL}/{made['id']}/history?per_page=200")["history"]
    return list(reversed(found))


def measure(client: Client, made: Any, name: str) -> list[tuple[int, float]]:
    window = f"start={int(START)}&end={int(client.sim.clock.now())}"
    path = f"/v2/monitoring/metrics/droplet_autoscale/{name}?autoscale_pool_id={made['id']}&{window}"
    found = client.get(path)["data"]["result"]
    return [(moment, float(value)) for one in found for moment, value in one["values"]]


def test_a_pool_of_fixed_size_makes_its_droplets(client: Client, clock: ManualClock) -> None:
    made = pool(client, target_number_instances=3)
    assert (made["status"], made["active_resources_count"]) == ("active", 0)
    assert made["config"] == {"target_number_instances": 3}
    assert made["droplet_template"]["ssh_keys"] == template(client)["ssh_keys"]
    assert [one["status"] for one in members(client, made)] == ["provisioning"] * 3
    (event,) = events(client, made)
    assert (event["reason"], event["status"], event["desired_instance_count"]) == (
        "CONFIGURATION_CHANGE",
        "in_progress",
        3,
    )
    clock.advance(60)
    assert [one["status"] for one in members(client, made)] == ["active"] * 3
    (event,) = events(client, made)
    assert (event["status"], event["current_instance_count"]) == ("success", 3)
    after = get_pool(client, made)
    assert after["active_resources_count"] == 3
    assert 0 < after["current_utilization"]["cpu"] < 1
    droplets = client.get("/v2/droplets?tag_name=pool")["droplets"]
    assert {one["id"] for one in droplets} == {one["droplet_id"] for one in members(client, made)}
    assert made["droplet_template"]["vpc_uuid"] == made["droplet_template"]["project_id"] == ""
    assert len({one["vpc_uuid"] for one in droplets}) == 1


def test_pools_are_listed_and_found_by_name(client: Client) -> None:
    made = pool(client, target_number_instances=1)
    other = client.post(ALL, request_body(client, {"target_number_instances": 1}, name="other"), status=202)[
        "autoscale_pool"
    ]
    assert [one["id"] for one in client.get(ALL)["autoscale_pools"]] == [made["id"], other["id"]]
    assert [one["id"] for one in client.get(f"{ALL}?name=other")["autoscale_pools"]] == [other["id"]]
    assert client.get(f"{ALL}?per_page=1")["meta"]["total"] == 2


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"target_number_instances": 0},
        {"target_number_instances": 1001},
        {"target_number_instances": "many"},
        {"target_number_instances": 1, "min_instances": 1, "max_instances": 2},
        {"min_instances": 1},
        {"min_instances": 3, "max_instances": 2},
        {"min_instances": 501, "max_instances": 600},
        {"min_instances": 1, "max_instances": 2, "target_cpu_utilization": 0.01},
        {"min_instances": 1, "max_instances": 2, "target_memory_utilization": 1.1},
        {"min_instances": 1, "max_instances": 2, "cooldown_minutes": 4},
        {"min_instances": 1, "max_instances": 2, "cooldown_minutes": 21},
    ],
)
def test_configurations_that_no_pool_can_have_are_refused(client: Client, config: dict[str, Any]) -> None:
    assert client.call("POST", ALL, request_body(client, config)).status == 422
    assert client.get("/v2/droplets")["droplets"] == client.get(ALL)["autoscale_pools"] == []


@pytest.mark.parametrize(
    "attributes",
    [
        {"region": "mars1"},
        {"region": None},
        {"size": "huge"},
        {"size": None},
        {"image": "windows"},
        {"ssh_keys": None},
        {"ssh_keys": ["aa:bb"]},
        {"name": "no spaces please"},
        {"ipv6": "maybe"},
    ],
)
def test_templates_that_no_droplet_can_have_are_refused(client: Client, attributes: dict[str, Any]) -> None:
    body = request_body(client, {"target_number_instances": 1}, droplet_template=template(client, **attributes))
    assert client.call("POST", ALL, body).status == 422
    assert client.call("POST", ALL, {**body, "droplet_template": "web"}).status == 422
    assert client.get(ALL)["autoscale_pools"] == []


def test_unknown_vpc_and_project_are_404(client: Client) -> None:
    for unknown in ({"vpc_uuid": "5a4981aa-9653-4bd1-bef5-d6bff52042e4"}, {"project_id": "nowhere"}):
        body = request_body(client, {"target_number_instances": 1}, droplet_template=template(client, **unknown))
        assert client.call("POST", ALL, body).status == 404


def test_a_busy_pool_grows_to_its_maximum_and_waits_between(client: Client, clock: ManualClock) -> None:
    made = pool(client, min_instances=1, max_instances=4, target_cpu_utilization=0.05, cooldown_minutes=5)
    clock.advance(60)
    assert len(members(client, made)) == 1
    clock.advance(239)
    assert len(members(client, made)) == 1
    counts = []
    for _ in range(12):
        clock.advance(300)
        counts.append(len(members(client, made)))
    assert counts == sorted(counts)
    assert counts[-1] == 4
    up = [event for event in events(client, made) if event["reason"] == "SCALE_UP"]
    assert up
    assert {event["status"] for event in up} == {"success"}
    assert up[-1]["desired_instance_count"] == 4


def test_a_changed_pool_cools_down_too(client: Client, clock: ManualClock) -> None:
    config = {"min_instances": 1, "max_instances": 9, "target_cpu_utilization": 0.05, "cooldown_minutes": 5}
    made = pool(client, **config)
    clock.advance(290)
    client.call("PUT", f"{ALL}/{made['id']}", request_body(client, config))
    many = len(members(client, made))
    assert many > 1
    clock.advance(299)
    assert len(members(client, made)) == many
    clock.advance(2)
    assert len(members(client, made)) == 9


def test_a_pool_that_is_being_deleted_scales_no_more(client: Client, clock: ManualClock) -> None:
    made = pool(client, min_instances=1, max_instances=9, target_cpu_utilization=0.05, cooldown_minutes=5)
    clock.advance(298)
    client.call("DELETE", f"{ALL}/{made['id']}")
    clock.advance(4)
    assert get_pool(client, made)["status"] == "deleting"
    assert client.get("/v2/droplets")["meta"]["total"] == 1


def test_an_idle_pool_shrinks_to_its_minimum(client: Client, clock: ManualClock) -> None:
    made = pool(client, target_number_instances=4)
    clock.advance(60)
    before = [one["droplet_id"] for one in members(client, made)]
    config = {"min_instances": 2, "max_instances": 5, "target_cpu_utilization": 1, "target_memory_utilization": 1}
    changed = client.call("PUT", f"{ALL}/{made['id']}", request_body(client, config))
    assert changed.body["autoscale_pool"]["config"] == {**config, "cooldown_minutes": 10}
    clock.advance(3600)
    assert [one["droplet_id"] for one in members(client, made)] == before[:2]
    assert client.get("/v2/droplets")["meta"]["total"] == 2
    assert client.call("GET", f"/v2/droplets/{before[3]}").status == 404


def test_put_scales_at_once_and_keeps_the_name(client: Client, clock: ManualClock) -> None:
    made = pool(client, target_number_instances=1)
    clock.advance(60)
    path = f"{ALL}/{made['id']}"
    body = request_body(client, {"target_number_instances": 2}, droplet_template=template(client, size="s-2vcpu-2gb"))
    assert client.call("PUT", path, {**body, "name": "renamed"}).status == 422
    changed = client.call("PUT", path, body).body["autoscale_pool"]
    assert changed["updated_at"] > made["updated_at"]
    ids = [one["droplet_id"] for one in members(client, made)]
    sizes = [client.get(f"/v2/droplets/{number}")["droplet"]["size_slug"] for number in ids]
    assert sizes == ["s-1vcpu-1gb", "s-2vcpu-2gb"]
    assert [event["reason"] for event in events(client, made)] == ["CONFIGURATION_CHANGE"] * 2
    assert client.call("PUT", f"{ALL}/nowhere", body).status == 404


def test_a_member_that_somebody_destroys_is_replaced(client: Client, clock: ManualClock) -> None:
    made = pool(client, target_number_instances=2)
    clock.advance(60)
    first, second = (one["droplet_id"] for one in members(client, made))
    client.call("DELETE", f"/v2/droplets/{first}")
    assert [one["status"] for one in members(client, made)] == ["deleting", "active"]
    clock.advance(60)
    after = [one["droplet_id"] for one in members(client, made)]
    assert len(after) == 2
    assert second in after
    assert first not in after
    assert events(client, made)[-1]["reason"] == "SCALE_UP"


def test_a_member_that_is_off_is_unhealthy(client: Client, clock: ManualClock) -> None:
    made = pool(client, target_number_instances=1)
    clock.advance(60)
    (one,) = members(client, made)
    assert (one["health_status"], "unhealthy_reason" in one) == ("healthy", False)
    client.act({"id": one["droplet_id"]}, "power_off")
    (off,) = members(client, made)
    assert (off["status"], off["health_status"], bool(off["unhealthy_reason"])) == ("off", "unhealthy", True)
    assert off["updated_at"] > one["updated_at"]
    assert get_pool(client, made)["active_resources_count"] == 0


def test_a_pool_that_meets_the_droplet_limit_says_so_and_tries_again(simulate: Simulate) -> None:
    clock = ManualClock(START)
    client = simulate(clock, droplet_limit=3)
    other = client.create_active("other")
    made = pool(client, target_number_instances=3)
    assert len(members(client, made)) == 2
    assert get_pool(client, made)["status"] == "error"
    clock.advance(3600)
    assert [event["status"] for event in events(client, made)] == ["error", "error"]
    client.call("DELETE", f"/v2/droplets/{other['id']}")
    clock.advance(700)
    assert (len(members(client, made)), get_pool(client, made)["status"]) == (3, "active")
    assert events(client, made)[-1]["status"] == "success"


def test_deleting_a_pool_leaves_its_droplets(client: Client, clock: ManualClock) -> None:
    made = pool(client, target_number_instances=2)
    clock.advance(60)
    path = f"{ALL}/{made['id']}"
    assert client.call("DELETE", path).status == 202
    assert get_pool(client, made)["status"] == "deleting"
    assert client.call("PUT", path, request_body(client, {"target_number_instances": 3})).status == 409
    clock.advance(10)
    assert [client.call("GET", f"{path}{part}").status for part in ("", "/members", "/history")] == [404, 404, 404]
    assert client.get("/v2/droplets")["meta"]["total"] == 2
    clock.advance(7200)
    assert client.get("/v2/droplets")["meta"]["total"] == 2


def test_the_dangerous_way_takes_the_droplets_along(client: Client, clock: ManualClock) -> None:
    made = pool(client, target_number_instances=2)
    bystander = client.create_active("bystander")
    path = f"{ALL}/{made['id']}/dangerous"
    assert client.call("DELETE", path).status == 400
    assert client.call("DELETE", path, x_dangerous="true").status == 202
    clock.advance(10)
    assert [one["id"] for one in client.get("/v2/droplets")["droplets"]] == [bystander["id"]]
    assert client.call("DELETE", path, x_dangerous="true").status == 404


def test_the_metrics_of_a_pool_tell_its_past(client: Client, clock: ManualClock) -> None:
    made = pool(client, min_instances=2, max_instances=3, target_cpu_utilization=1, target_memory_utilization=0.9)
    clock.advance(1200)
    client.call("PUT", f"{ALL}/{made['id']}", request_body(client, {"target_number_instances": 4}))
    clock.advance(1200)
    changed = START + 1200
    target, current = (measure(client, made, f"{name}_instances") for name in ("target", "current"))
    assert {value for moment, value in target if moment < changed} == {2}
    assert {value for moment, value in target if moment > changed} == {4}
    assert {value for moment, value in current if START + 32 < moment < changed} == {2}
    assert current[-1][1] == 4
    aims = measure(client, made, "target_memory_utilization")
    assert {value for _, value in aims} == {0.9}
    assert all(moment <= changed for moment, _ in aims)
    assert all(0 < value < 1 for _, value in measure(client, made, "current_cpu_utilization"))
    assert measure(client, made, "current_memory_utilization")
    assert measure(client, {"id": "nowhere"}, "target_cpu_utilization") == []


def test_members_belong_to_the_project_of_the_template(client: Client) -> None:
    project = client.post("/v2/projects", {"name": "pools", "purpose": "IoT"})["project"]
    body = request_body(
        client, {"target_number_instances": 2}, droplet_template=template(client, project_id=project["id"])
    )
    made = client.post(ALL, body, status=202)["autoscale_pool"]
    found = client.get(f"/v2/projects/{project['id']}/resources")["resources"]
    assert {one["urn"] for one in found} == {f"do:droplet:{one['droplet_id']}" for one in members(client, made)}


def test_a_pool_cools_down_on_a_clock_on_which_everything_is_over_at_once(simulate: Simulate) -> None:
    client = simulate(InstantClock(start=START))
    made = pool(client, min_instances=1, max_instances=9, target_cpu_utilization=0.05)
    assert [one["status"] for one in members(client, made)] == ["active"]
