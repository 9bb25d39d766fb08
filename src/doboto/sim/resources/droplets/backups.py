"""Backup policies of Droplets, their windows, and the backups taken in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ...engine import relations
from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import unprocessable
from ...engine.fields import integer, read_optional, read_required, text
from ...engine.lifecycle import effect
from ...engine.records import DROPLET, IMAGE, BackupPolicy, Record, StoredDroplet, as_record
from ..images import make_image, remove_image

HOURS = (0, 4, 8, 12, 16, 20)
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
WINDOW_HOURS = 4
RETENTION_DAYS = {"weekly": 28, "daily": 7}

#: Several times a day, by hours between two (`godo` PR 997, 2026-04).
USAGE_BASED = re.compile(r"intra_daily_([1-9]\d?)h")

#: What the API reference's example of supported policies says.
SUPPORTED: list[Record] = [
    {
        "name": plan,
        "possible_window_starts": list(HOURS),
        "window_length_hours": WINDOW_HOURS,
        "retention_period_days": days,
        "possible_days": list(DAYS) if plan == "weekly" else [],
    }
    for plan, days in RETENTION_DAYS.items()
]


def read_policy(body: Mapping[str, Any]) -> BackupPolicy | None:
    """Read the member `backup_policy` of a request, made whole, if it is there; 422 if it can't be had."""
    asked = read_optional(body, "backup_policy", as_record, None)
    if asked is None:
        return None
    plan = read_required(asked, "plan", text)
    if USAGE_BASED.fullmatch(plan):
        return _usage_based_policy(asked, plan)
    if plan not in RETENTION_DAYS:
        raise unprocessable("backup_policy plan must be daily or weekly")
    if plan == "weekly":
        return _fixed_policy(plan, _hour(asked), _weekday(asked))
    return _fixed_policy(plan, _hour(asked))


def _usage_based_policy(asked: Record, plan: str) -> BackupPolicy:
    # These say themselves how long a window is and how long a backup is kept (`godo` PR 997, 2026-04).
    window = read_optional(asked, "window_length_hours", integer, WINDOW_HOURS)
    kept = read_optional(asked, "retention_period_days", integer, RETENTION_DAYS["daily"])
    if window < 1 or kept < 1:
        raise unprocessable("backup_policy window_length_hours and retention_period_days must be at least 1")
    return {"plan": plan, "hour": _hour(asked), "window_length_hours": window, "retention_period_days": kept}


def default_policy(account: Account) -> BackupPolicy:
    """Daily (API reference), at an hour of the provider's choice."""
    return _fixed_policy("daily", HOURS[account.draw() % len(HOURS)])


def next_window(policy: BackupPolicy, now: float) -> Record:
    """Return the coming window of a policy, as the API shows it."""
    start = next_start(policy, now)
    return {"start": iso(start), "end": iso(start + policy["window_length_hours"] * 3600)}


def next_start(policy: BackupPolicy, now: float) -> float:
    """Return when the coming window opens."""
    moment = datetime.fromtimestamp(now, UTC)
    start = moment.replace(hour=policy["hour"], minute=0, second=0, microsecond=0)
    often = USAGE_BASED.fullmatch(policy["plan"])
    step = timedelta(hours=int(often[1])) if often else timedelta(days=1)
    while start <= moment or not _on_day(policy, start):
        start += step
    return start.timestamp()


def enable(account: Account, now: float, droplet_id: int, policy: BackupPolicy) -> None:
    """Back a Droplet up from now on; a former policy's coming backup is forgotten."""
    droplet = account.get(DROPLET, droplet_id)
    features = [*(name for name in droplet["features"] if name != "backups"), "backups"]
    start = next_start(policy, now)
    account.change(DROPLET, droplet_id, backup_policy=policy, backup_at=start, features=features)
    account.at(start, "droplet.backup", droplet_id=droplet_id, start=start)


def disable(account: Account, droplet_id: int) -> None:
    """Back a Droplet up no more; backups that are there stay."""
    features = [name for name in account.get(DROPLET, droplet_id)["features"] if name != "backups"]
    account.change(DROPLET, droplet_id, backup_policy=None, backup_at=None, features=features)


def show_record(droplet: StoredDroplet, now: float) -> Record:
    """Return a Droplet's backup policy record."""
    policy = droplet["backup_policy"]
    shown: Record = {"droplet_id": droplet["id"], "backup_enabled": policy is not None}
    return (
        shown if policy is None else {**shown, "backup_policy": policy, "next_backup_window": next_window(policy, now)}
    )


@effect("droplet.backup")
def _backup(account: Account, now: float, *, droplet_id: int, start: float) -> None:
    droplet = account.find(DROPLET, droplet_id)
    policy = None if droplet is None else droplet["backup_policy"]
    if droplet is None or policy is None or droplet["backup_at"] != start:
        return
    day = datetime.fromtimestamp(now, UTC)
    backup = make_image(account, now, droplet, f"{droplet['name']}- {day:%Y-%m-%d}", "backup")
    account.at(now + policy["retention_period_days"] * 86400, "droplet.backup_expires", image_id=backup["id"])
    following = next_start(policy, now)
    account.change(DROPLET, droplet_id, backup_at=following)
    account.at(following, "droplet.backup", droplet_id=droplet_id, start=following)


@effect("droplet.backup_expires")
def _backup_expires(account: Account, _now: float, *, image_id: int) -> None:
    # A backup that has been converted into a snapshot stays.
    image = account.find(IMAGE, image_id)
    if image is not None and image["type"] == "backup":
        remove_image(account, image_id)


@relations.on_droplet_destroyed
def _remove_backups(account: Account, _now: float, droplet: StoredDroplet) -> None:
    # The product documentation: backups go with their Droplet, snapshots stay.
    for image_id in relations.images_of(account, "backup", droplet["id"]):
        remove_image(account, int(image_id))


def _weekday(asked: Record) -> str:
    # The reference's example of an action writes `day`.
    day = read_optional(asked, "weekday", text, None) or read_optional(asked, "day", text, None) or DAYS[0]
    if day.upper() not in DAYS:
        raise unprocessable(f"backup_policy weekday must be one of {', '.join(DAYS)}")
    return day.upper()


def _hour(asked: Record) -> int:
    hour = read_optional(asked, "hour", integer, 0)
    if hour not in HOURS:
        raise unprocessable(f"backup_policy hour must be one of {', '.join(map(str, HOURS))}")
    return hour


def _fixed_policy(plan: str, hour: int, weekday: str | None = None) -> BackupPolicy:
    """Return a policy whose windows and retention its plan fixes."""
    on: BackupPolicy = {
        "plan": plan,
        "hour": hour,
        "window_length_hours": WINDOW_HOURS,
        "retention_period_days": RETENTION_DAYS[plan],
    }
    return on if weekday is None else {**on, "weekday": weekday}


def _on_day(policy: BackupPolicy, start: datetime) -> bool:
    # Python's week begins on Monday, the API's on Sunday.
    return policy.get("weekday") in (None, DAYS[(start.weekday() + 1) % 7])
