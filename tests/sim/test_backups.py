"""Backups: policies, windows, what is taken in them, and restoring."""

from __future__ import annotations

from doboto.sim import ManualClock

from .client import Client

DAY = 86_400.0


def test_backups_are_daily_unless_asked_otherwise(client: Client) -> None:
    droplet = client.create_active(backups=True)
    policy = client.get(f"/v2/droplets/{droplet['id']}/backups/policy")["policy"]
    assert "backups" in droplet["features"]
    assert policy["backup_enabled"]
    assert policy["backup_policy"]["plan"] == "daily"
    assert policy["backup_policy"]["retention_period_days"] == 7
    assert droplet["next_backup_window"] == policy["next_backup_window"]


def test_a_weekly_window_opens_on_its_day_and_hour(client: Client) -> None:
    wanted = {"plan": "weekly", "weekday": "SUN", "hour": 20}
    droplet = client.create_active(backups=True, backup_policy=wanted)
    assert droplet["next_backup_window"] == {"start": "2026-03-15T20:00:00Z", "end": "2026-03-16T00:00:00Z"}


def test_a_backup_is_taken_in_its_window_and_kept_for_its_time(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active(backups=True)
    path = f"/v2/droplets/{droplet['id']}"
    clock.advance(DAY)
    (backup,) = client.get(f"{path}/backups")["backups"]
    assert (backup["type"], backup["distribution"], backup["public"]) == ("backup", "Ubuntu", False)
    assert client.get(path)["droplet"]["backup_ids"] == [backup["id"]]
    assert client.get("/v2/snapshots")["snapshots"] == []
    clock.advance(20 * DAY)
    ids = client.get(path)["droplet"]["backup_ids"]
    assert len(ids) == 7
    assert backup["id"] not in ids


def test_a_droplet_can_be_restored_from_its_own_backup_only(client: Client, clock: ManualClock) -> None:
    first, second = client.create_active("a", backups=True), client.create_active("b")
    clock.advance(DAY)
    (backup,) = client.get(f"/v2/droplets/{first['id']}/backups")["backups"]
    assert client.act(first, "restore", image=backup["id"])["image"]["id"] == backup["id"]
    assert client.act(first, "restore", image=str(backup["id"]))["status"] == "active"
    path = f"/v2/droplets/{second['id']}/actions"
    assert client.call("POST", path, {"type": "restore", "image": backup["id"]}).status == 422


def test_backups_can_be_enabled_changed_and_disabled_later(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    path = f"/v2/droplets/{droplet['id']}/backups/policy"
    assert client.get(path)["policy"] == {"droplet_id": droplet["id"], "backup_enabled": False}
    client.act(droplet, "enable_backups", backup_policy={"plan": "daily", "hour": 8})
    assert client.get(path)["policy"]["backup_policy"]["hour"] == 8
    client.act(droplet, "change_backup_policy", backup_policy={"plan": "weekly", "day": "MON"})
    assert client.get(path)["policy"]["backup_policy"]["weekday"] == "MON"
    after = client.act(droplet, "disable_backups")
    assert (after["next_backup_window"], "backups" in after["features"]) == (None, False)
    clock.advance(30 * DAY)
    assert client.get(f"/v2/droplets/{droplet['id']}/backups")["backups"] == []


def test_backups_go_with_their_droplet(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active(backups=True)
    clock.advance(DAY)
    client.call("DELETE", f"/v2/droplets/{droplet['id']}")
    clock.advance(10)
    assert client.get("/v2/images?private=true")["images"] == []


def test_policies_of_all_droplets_are_a_map_in_pages(client: Client) -> None:
    ids = [str(client.create_active(f"d{number}", backups=number == 0)["id"]) for number in range(3)]
    body = client.get("/v2/droplets/backups/policies?per_page=2")
    assert list(body["policies"]) == ids[:2]
    assert [body["policies"][key]["backup_enabled"] for key in ids[:2]] == [True, False]
    assert body["meta"]["total"] == 3


def test_supported_policies(client: Client) -> None:
    names = [one["name"] for one in client.get("/v2/droplets/backups/supported_policies")["supported_policies"]]
    assert names == ["weekly", "daily"]
