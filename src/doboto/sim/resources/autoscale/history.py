"""What a pool has done: one event each time it scales or is told something new.

A `pool_event` record has the members that the API shows, and `pool_id`, `at` and, of the pool at that time, `config`.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.account import Account
from ...engine.records import Key, Record, chosen
from ...engine.store import index
from ...engine.timestamps import iso

SHOWN = (
    "history_event_id", "current_instance_count", "desired_instance_count", "reason", "status", "created_at",
    "updated_at",
)  # fmt: skip


@index("pool_event", "pool")
def _pool(event: Record) -> Iterable[Key]:
    return (event["pool_id"],)


def of(account: Account, pool_id: str) -> list[Record]:
    """The pool's events, oldest first."""
    return [account.get("pool_event", key) for key in account.store("pool_event").keys("pool", pool_id)]


def begin(account: Account, now: float, pool: Record, current: int, desired: int, reason: str) -> str:
    """A new event, in progress; trying again what failed last time goes on with its event."""
    past = of(account, pool["id"])
    again = past[-1] if past else None
    if again and (again["status"], again["reason"], again["desired_instance_count"]) == ("error", reason, desired):
        account.change("pool_event", again["history_event_id"], status="in_progress", updated_at=iso(now))
        return str(again["history_event_id"])
    key = account.uuid()
    event = {
        "history_event_id": key,
        "pool_id": pool["id"],
        "current_instance_count": current,
        "desired_instance_count": desired,
        "reason": reason,
        "status": "in_progress",
        "created_at": iso(now),
        "updated_at": iso(now),
        "at": now,
        "config": pool["config"],
    }
    account.put("pool_event", key, event)
    return key


def end(account: Account, now: float, key: str, status: str, current: int) -> None:
    """The event is over: `success` or `error`."""
    account.change("pool_event", key, status=status, updated_at=iso(now), current_instance_count=current)


def show(event: Record) -> Record:
    """An event as the API shows it."""
    return chosen(event, SHOWN)
