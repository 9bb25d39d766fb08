"""Pools: created, changed, scaled by what their Droplets do, deleted."""

from __future__ import annotations

from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import ApiError, conflict
from ...engine.lifecycle import durations, effect
from ...engine.records import DROPLET, Record, StoredDroplet
from ...engine.relations import on_droplet_destroyed
from ...http.scopes import Scopes
from ..droplets.create import create
from ..droplets.request import read_request
from ..droplets.state import destroy
from ..projects import state as projects
from . import members
from .members import AUTOSCALE_POOL, POOL_EVENT, POOL_MEMBER, StoredPool
from .request import COOLDOWN_MINUTES, TARGETS, desired_count

durations(autoscale__delete=5.0)

CONFIGURED, UP, DOWN = "CONFIGURATION_CHANGE", "SCALE_UP", "SCALE_DOWN"


def create_pool(account: Account, now: float, name: str, config: Record, template: Record) -> StoredPool:
    """Create a pool, and its first Droplets."""
    key = account.uuid()
    pool: StoredPool = {
        "id": key,
        "name": name,
        "config": config,
        "template": template,
        "created_at": iso(now),
        "updated_at": iso(now),
        "status": "active",
        "desired": 0,
        "scaled": now,
    }
    account.put(AUTOSCALE_POOL, key, pool)
    _scale(account, now, pool, _desired_count(account, now, pool), CONFIGURED)
    _schedule_check(account, now, pool)
    return account.get(AUTOSCALE_POOL, key)


def update(account: Account, now: float, pool: StoredPool, config: Record, template: Record) -> StoredPool:
    """Scale by another configuration; that Droplets already there stay as they are is unverified."""
    if pool["status"] == "deleting":
        raise conflict()
    changed = account.change(AUTOSCALE_POOL, pool["id"], config=config, template=template, updated_at=iso(now))
    _scale(account, now, changed, _desired_count(account, now, changed), CONFIGURED)
    return account.get(AUTOSCALE_POOL, pool["id"])


def delete(account: Account, now: float, pool: StoredPool, *, with_droplets: bool) -> None:
    """Delete a pool and its Droplets, or let these go on without it."""
    if pool["status"] != "deleting":
        account.change(AUTOSCALE_POOL, pool["id"], status="deleting", updated_at=iso(now))
        seconds = account.settings.seconds("autoscale.delete")
        account.after(seconds, "autoscale.delete", now, pool_id=pool["id"], with_droplets=with_droplets)


@effect("autoscale.delete")
def _delete(account: Account, now: float, *, pool_id: str, with_droplets: bool) -> None:
    own = members.of(account, pool_id)
    account.delete(AUTOSCALE_POOL, pool_id)
    for key in account.store(POOL_MEMBER).keys("ever", pool_id):
        account.delete(POOL_MEMBER, key)
    for key in account.store(POOL_EVENT).keys("pool", pool_id):
        account.delete(POOL_EVENT, key)
    for key in own if with_droplets else ():
        _destroy(account, now, key)


@effect("autoscale.check")
def _check(account: Account, now: float, *, pool_id: str) -> None:
    pool = account.find(AUTOSCALE_POOL, pool_id)
    if pool is None or pool["status"] == "deleting":
        return
    if now >= pool["scaled"] + _cooldown(pool):
        goal, current = _desired_count(account, now, pool), len(members.of(account, pool_id))
        if goal != current:
            _scale(account, now, pool, goal, UP if goal > current else DOWN)
    _schedule_check(account, now, account.get(AUTOSCALE_POOL, pool_id))


@on_droplet_destroyed
def _replace_destroyed(account: Account, now: float, droplet: StoredDroplet) -> None:
    # A Droplet that was destroyed by another request is replaced; how soon is unverified.
    member = account.find(POOL_MEMBER, droplet["id"])
    if member is None or member["left"] is not None:
        return
    members.leave(account, now, droplet["id"])
    pool = account.get(AUTOSCALE_POOL, member["pool_id"])
    if pool["status"] != "deleting" and len(members.of(account, pool["id"])) < pool["desired"]:
        _scale(account, now, pool, pool["desired"], UP)


@effect("autoscale.scaled")
def _finish_scaling(account: Account, now: float, *, pool_id: str, event_id: str) -> None:
    if account.find(POOL_EVENT, event_id) is not None:
        members.end_event(account, now, event_id, "success", len(members.of(account, pool_id)))


def _schedule_check(account: Account, now: float, pool: StoredPool) -> None:
    # A moment of the calendar: on a clock on which everything is over at once, a pool still cools down.
    pause = _cooldown(pool)
    due = pool["scaled"] + pause
    account.at(due if due > now else now + pause, "autoscale.check", pool_id=pool["id"])


def _cooldown(pool: StoredPool) -> float:
    minutes: int = pool["config"].get("cooldown_minutes", COOLDOWN_MINUTES)
    return 60.0 * minutes


def _desired_count(account: Account, now: float, pool: StoredPool) -> int:
    aims = any(name in pool["config"] for name in TARGETS)
    seen = members.average(account, pool["id"], now) if aims else None
    by_target = {} if seen is None else {f"target_{name}_utilization": busy for name, busy in seen.items()}
    return desired_count(pool["config"], len(members.of(account, pool["id"])), by_target)


def _scale(account: Account, now: float, pool: StoredPool, goal: int, reason: str) -> None:
    account.change(AUTOSCALE_POOL, pool["id"], desired=goal, scaled=now)
    own = members.of(account, pool["id"])
    event = members.begin_event(account, now, pool, len(own), goal, reason)
    # Which Droplets go first is unverified: here the newest.
    for key in own[goal:][::-1]:
        members.leave(account, now, key)
        _destroy(account, now, key)
    try:
        for _ in range(goal - len(own)):
            _add(account, now, pool)
    except ApiError:
        # The order was good when the pool was made; the Droplet limit, or a key or image that is gone, stop it now.
        _fail(account, now, pool, event)
        return
    account.change(AUTOSCALE_POOL, pool["id"], status="active")
    seconds = account.settings.seconds("droplet.create") if goal > len(own) else 0.0
    account.after(seconds, "autoscale.scaled", now, pool_id=pool["id"], event_id=event)


def _fail(account: Account, now: float, pool: StoredPool, event: str) -> None:
    account.change(AUTOSCALE_POOL, pool["id"], status="error")
    members.end_event(account, now, event, "error", len(members.of(account, pool["id"])))


def _add(account: Account, now: float, pool: StoredPool) -> None:
    template = pool["template"]
    ((droplet, _),) = create(account, now, read_request(account, template, Scopes()), lambda _: {})
    members.join(account, now, pool["id"], droplet["id"])
    resource = projects.find_by_urn(account, f"do:droplet:{droplet['id']}")
    if resource is not None and account.find(projects.PROJECT, template["project_id"]) is not None:
        projects.assign(account, now, resource, template["project_id"])


def _destroy(account: Account, now: float, droplet_id: int) -> None:
    droplet = account.find(DROPLET, droplet_id)
    if droplet is not None:
        destroy(account, now, droplet)
