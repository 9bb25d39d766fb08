"""The Droplets of a pool.

A `pool_member` record has `droplet_id`, `pool_id`, `joined` and `left` (or null): it stays until the pool is gone, for
the pool's metrics.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...engine import actions
from ...engine.account import Account
from ...engine.records import Key, Record
from ...engine.store import index
from ...engine.timestamps import iso
from ..monitoring.load import curve

#: Seconds over which a Droplet's present utilization is an average. Unverified.
LOOKBACK = 300.0


@index("pool_member", "pool")
def _pool(member: Record) -> Iterable[Key]:
    return (member["pool_id"],) if member["left"] is None else ()


@index("pool_member", "ever")
def _ever(member: Record) -> Iterable[Key]:
    return (member["pool_id"],)


def of(account: Account, pool_id: str) -> list[int]:
    """The ids of the pool's Droplets, oldest first."""
    return [int(key) for key in account.store("pool_member").keys("pool", pool_id)]


def join(account: Account, now: float, pool_id: str, droplet_id: int) -> None:
    """A Droplet is the pool's."""
    member = {"droplet_id": droplet_id, "pool_id": pool_id, "joined": now, "left": None}
    account.put("pool_member", droplet_id, member)


def leave(account: Account, now: float, droplet_id: int) -> None:
    """A Droplet is no longer the pool's."""
    account.change("pool_member", droplet_id, left=now)


def active(account: Account, pool_id: str) -> list[int]:
    """The ids of those that are active."""
    return [key for key in of(account, pool_id) if (account.find("droplet", key) or {}).get("status") == "active"]


def utilization(account: Account, droplet_id: int, now: float) -> Record:
    """How busy one of them is."""
    return {name: curve(account, droplet_id, name).average(now - LOOKBACK, now) for name in ("memory", "cpu")}


def average(account: Account, pool_id: str, now: float) -> Record | None:
    """How busy the active ones are, taken together; nothing without any."""
    found = [utilization(account, key, now) for key in active(account, pool_id)]
    return {name: sum(one[name] for one in found) / len(found) for name in ("memory", "cpu")} if found else None


#: The member's status for that of its Droplet (API reference, `status` of members).
_STATUS = {"new": "provisioning", "active": "active", "off": "off", "archive": "off"}


def show(account: Account, droplet_id: int, now: float) -> Record:
    """A member as the API shows it; health beyond being on is unverified."""
    droplet = account.find("droplet", droplet_id)
    gone = droplet is None or droplet["destroying"]
    status = "deleting" if droplet is None or gone else _STATUS[droplet["status"]]
    idle = {"memory": 0.0, "cpu": 0.0}
    shown = {
        "droplet_id": droplet_id,
        "created_at": iso(account.get("pool_member", droplet_id)["joined"]),
        "updated_at": _updated_at(account, droplet_id),
        "health_status": "unhealthy" if status == "off" else "healthy",
        "status": status,
        "current_utilization": utilization(account, droplet_id, now) if status == "active" else idle,
    }
    return {**shown, "unhealthy_reason": "The Droplet is off."} if status == "off" else shown


def _updated_at(account: Account, droplet_id: int) -> str:
    latest = account.get("action", actions.of(account, "droplet", droplet_id)[0])
    return str(latest["completed_at"] or latest["started_at"])
