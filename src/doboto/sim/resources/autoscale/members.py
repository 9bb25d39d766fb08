"""The Droplets of a pool, what the pool has done, and its past for its metrics.

A member stays until the pool is gone, for the pool's metrics; there is an event for each scaling or change of
configuration.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypedDict

from ...engine import actions
from ...engine.account import Account
from ...engine.clock import iso
from ...engine.records import ACTION, DROPLET, Key, Kind, Record, select_members
from ...engine.store import index
from ..metrics import Curve, Span, curve, span_at, spans

#: Seconds over which a Droplet's present utilization is an average. Unverified.
LOOKBACK = 300.0


class StoredPool(TypedDict):
    """A pool: how it scales, what its Droplets are like, how many it should have now and when it last scaled."""

    id: str
    name: str
    config: Record
    template: Record
    created_at: str
    updated_at: str
    status: Literal["active", "deleting", "error"]
    desired: int
    scaled: float


class PoolMember(TypedDict):
    """A Droplet of a pool, and when it was one."""

    droplet_id: int
    pool_id: str
    joined: float
    left: float | None


class PoolEvent(TypedDict):
    """What a pool has done, with its configuration at that time."""

    history_event_id: str
    pool_id: str
    current_instance_count: int
    desired_instance_count: int
    reason: str
    status: Literal["in_progress", "success", "error"]
    created_at: str
    updated_at: str
    at: float
    config: Record


AUTOSCALE_POOL: Kind[StoredPool] = Kind("autoscale_pool")
POOL_MEMBER: Kind[PoolMember] = Kind("pool_member")
POOL_EVENT: Kind[PoolEvent] = Kind("pool_event")


@index(POOL_MEMBER, "pool")
def _pool(member: PoolMember) -> Iterable[Key]:
    return (member["pool_id"],) if member["left"] is None else ()


@index(POOL_MEMBER, "ever")
def _ever(member: PoolMember) -> Iterable[Key]:
    return (member["pool_id"],)


def of(account: Account, pool_id: str) -> list[int]:
    """Return the ids of the pool's Droplets, oldest first."""
    return [int(key) for key in account.store(POOL_MEMBER).keys("pool", pool_id)]


def join(account: Account, now: float, pool_id: str, droplet_id: int) -> None:
    """Add a Droplet to the pool."""
    member: PoolMember = {"droplet_id": droplet_id, "pool_id": pool_id, "joined": now, "left": None}
    account.put(POOL_MEMBER, droplet_id, member)


def leave(account: Account, now: float, droplet_id: int) -> None:
    """Remove a Droplet from the pool."""
    account.change(POOL_MEMBER, droplet_id, left=now)


def active(account: Account, pool_id: str) -> list[int]:
    """Return the ids of those that are active."""
    found = [account.find(DROPLET, key) for key in of(account, pool_id)]
    return [droplet["id"] for droplet in found if droplet is not None and droplet["status"] == "active"]


def utilization(account: Account, droplet_id: int, now: float) -> Record:
    """Return how busy one of them is."""
    return {name: curve(account, droplet_id, name).average(now - LOOKBACK, now) for name in ("memory", "cpu")}


def average(account: Account, pool_id: str, now: float) -> Record | None:
    """Return how busy the active ones are, taken together; nothing without any."""
    found = [utilization(account, key, now) for key in active(account, pool_id)]
    return {name: sum(one[name] for one in found) / len(found) for name in ("memory", "cpu")} if found else None


#: The member's status for that of its Droplet (API reference, `status` of members).
_STATUS = {"new": "provisioning", "active": "active", "off": "off", "archive": "off"}


def show(account: Account, droplet_id: int, now: float) -> Record:
    """Return a member as the API shows it; health beyond being on is unverified."""
    droplet = account.find(DROPLET, droplet_id)
    gone = droplet is None or droplet["destroying"]
    status = "deleting" if droplet is None or gone else _STATUS[droplet["status"]]
    idle = {"memory": 0.0, "cpu": 0.0}
    shown = {
        "droplet_id": droplet_id,
        "created_at": iso(account.get(POOL_MEMBER, droplet_id)["joined"]),
        "updated_at": _updated_at(account, droplet_id),
        "health_status": "unhealthy" if status == "off" else "healthy",
        "status": status,
        "current_utilization": utilization(account, droplet_id, now) if status == "active" else idle,
    }
    return {**shown, "unhealthy_reason": "The Droplet is off."} if status == "off" else shown


def _updated_at(account: Account, droplet_id: int) -> str:
    latest = account.get(ACTION, actions.of(account, "droplet", droplet_id)[0])
    return latest["completed_at"] or latest["started_at"]


EVENT_SHOWN = (
    "history_event_id", "current_instance_count", "desired_instance_count", "reason", "status", "created_at",
    "updated_at",
)  # fmt: skip


@index(POOL_EVENT, "pool")
def _event_pool(event: PoolEvent) -> Iterable[Key]:
    return (event["pool_id"],)


def events_of(account: Account, pool_id: str) -> list[PoolEvent]:
    """Return the pool's events, oldest first."""
    return [account.get(POOL_EVENT, key) for key in account.store(POOL_EVENT).keys("pool", pool_id)]


def begin_event(account: Account, now: float, pool: StoredPool, current: int, desired: int, reason: str) -> str:
    """Create an event, in progress; trying again what failed last time goes on with its event."""
    past = events_of(account, pool["id"])
    again = past[-1] if past else None
    if again and (again["status"], again["reason"], again["desired_instance_count"]) == ("error", reason, desired):
        account.change(POOL_EVENT, again["history_event_id"], status="in_progress", updated_at=iso(now))
        return again["history_event_id"]
    key = account.uuid()
    event: PoolEvent = {
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
    account.put(POOL_EVENT, key, event)
    return key


def end_event(account: Account, now: float, key: str, status: str, current: int) -> None:
    """End an event with `success` or `error`."""
    account.change(POOL_EVENT, key, status=status, updated_at=iso(now), current_instance_count=current)


def show_event(event: PoolEvent) -> Record:
    """Return an event as the API shows it."""
    return select_members(event, EVENT_SHOWN)


@dataclass(frozen=True, slots=True)
class Past:
    """All that the pool has held, with the times at which each ran, and its events."""

    ran: list[tuple[int, list[Span]]]
    events: list[PoolEvent]
    began: list[float]

    def running(self, moment: float) -> list[int]:
        """Return the Droplets that ran at a moment."""
        return [droplet for droplet, ran in self.ran if span_at(ran, moment) is not None]

    def event(self, moment: float) -> PoolEvent | None:
        """Return the latest event before a moment."""
        before = bisect_right(self.began, moment)
        return self.events[before - 1] if before else None


def past(account: Account, pool_id: str, now: float) -> Past:
    """Return the past of a pool."""
    held = [account.get(POOL_MEMBER, key) for key in account.store(POOL_MEMBER).keys("ever", pool_id)]
    events = events_of(account, pool_id)
    return Past([_ran(account, member, now) for member in held], events, [event["at"] for event in events])


def _ran(account: Account, member: PoolMember, now: float) -> tuple[int, list[Span]]:
    until = now if member["left"] is None else member["left"]
    return member["droplet_id"], spans(account, member["droplet_id"], until)


def curves(account: Account, past: Past, name: str) -> dict[int, Curve]:
    """Return the curve of each Droplet by its id."""
    return {droplet: curve(account, droplet, name) for droplet, _ in past.ran}


def busy(past: Past, by_droplet: dict[int, Curve], moment: float) -> float | None:
    """Return how busy those that ran at a moment were, taken together."""
    found = [by_droplet[droplet].at(moment) for droplet in past.running(moment)]
    return sum(found) / len(found) if found else None


def target_at(past: Past, target: str, moment: float) -> float | None:
    """Return the target at a moment, if the pool had one."""
    event = past.event(moment)
    return None if event is None else event["config"].get(target)
