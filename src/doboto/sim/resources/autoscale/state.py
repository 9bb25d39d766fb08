"""Pools: created, changed, scaled by what their Droplets do, deleted.

Members of an `autoscale_pool` record: `id`, `name`, `config`, `template`, `status`, `created_at`, `updated_at`, and of
its own `desired` (Droplets that it should have now) and `scaled` (when it last scaled).
"""

from __future__ import annotations

from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import ApiError, conflict
from ...engine.lifecycle import durations, effect
from ...engine.records import Record
from ...engine.relations import on_droplet_destroyed
from ...http.scopes import Scopes
from ..droplets.create import create
from ..droplets.request import read_request
from ..droplets.state import destroy
from ..projects import state as projects
from ..projects import urns
from . import members
from .request import COOLDOWN_MINUTES, TARGETS, desired_count

durations(autoscale__delete=5.0)

CONFIGURED, UP, DOWN = "CONFIGURATION_CHANGE", "SCALE_UP", "SCALE_DOWN"


def create_pool(account: Account, now: float, name: str, config: Record, template: Record) -> Record:
    """Create a pool, and its first Droplets."""
    key = account.uuid()
    pool = {
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
    account.put("autoscale_pool", key, pool)
    _scale(account, now, pool, _desired_count(account, now, pool), CONFIGURED)
    _schedule_check(account, now, pool)
    return account.get("autoscale_pool", key)


def update(account: Account, now: float, pool: Record, config: Record, template: Record) -> Record:
    """Scale by another configuration; that Droplets already there stay as they are is unverified."""
    if pool["status"] == "deleting":
        raise conflict()
    changed = account.change("autoscale_pool", pool["id"], config=config, template=template, updated_at=iso(now))
    _scale(account, now, changed, _desired_count(account, now, changed), CONFIGURED)
    return account.get("autoscale_pool", pool["id"])


def delete(account: Account, now: float, pool: Record, *, with_droplets: bool) -> None:
    """Delete a pool and its Droplets, or let these go on without it."""
    if pool["status"] != "deleting":
        account.change("autoscale_pool", pool["id"], status="deleting", updated_at=iso(now))
        seconds = account.settings.seconds("autoscale.delete")
        account.after(seconds, "autoscale.delete", now, pool_id=pool["id"], with_droplets=with_droplets)


@effect("autoscale.delete")
def _delete(account: Account, now: float, *, pool_id: str, with_droplets: bool) -> None:
    own = members.of(account, pool_id)
    account.delete("autoscale_pool", pool_id)
    for key in account.store("pool_member").keys("ever", pool_id):
        account.delete("pool_member", key)
    for key in account.store("pool_event").keys("pool", pool_id):
        account.delete("pool_event", key)
    for key in own if with_droplets else ():
        _destroy(account, now, key)


@effect("autoscale.check")
def _check(account: Account, now: float, *, pool_id: str) -> None:
    pool = account.find("autoscale_pool", pool_id)
    if pool is None or pool["status"] == "deleting":
        return
    if now >= pool["scaled"] + _cooldown(pool):
        goal, current = _desired_count(account, now, pool), len(members.of(account, pool_id))
        if goal != current:
            _scale(account, now, pool, goal, UP if goal > current else DOWN)
    _schedule_check(account, now, account.get("autoscale_pool", pool_id))


@on_droplet_destroyed
def _replace_destroyed(account: Account, now: float, droplet: Record) -> None:
    # A Droplet that somebody else has destroyed is replaced; how soon is unverified.
    member = account.find("pool_member", droplet["id"])
    if member is None or member["left"] is not None:
        return
    members.leave(account, now, droplet["id"])
    pool = account.get("autoscale_pool", member["pool_id"])
    if pool["status"] != "deleting" and len(members.of(account, pool["id"])) < pool["desired"]:
        _scale(account, now, pool, pool["desired"], UP)


@effect("autoscale.scaled")
def _finish_scaling(account: Account, now: float, *, pool_id: str, event_id: str) -> None:
    if account.find("pool_event", event_id) is not None:
        members.end_event(account, now, event_id, "success", len(members.of(account, pool_id)))


def _schedule_check(account: Account, now: float, pool: Record) -> None:
    # A moment of the calendar: on a clock on which everything is over at once, a pool still cools down.
    pause = _cooldown(pool)
    due = pool["scaled"] + pause
    account.at(due if due > now else now + pause, "autoscale.check", pool_id=pool["id"])


def _cooldown(pool: Record) -> float:
    minutes: int = pool["config"].get("cooldown_minutes", COOLDOWN_MINUTES)
    return 60.0 * minutes


def _desired_count(account: Account, now: float, pool: Record) -> int:
    aims = any(name in pool["config"] for name in TARGETS)
    seen = members.average(account, pool["id"], now) if aims else None
    by_target = {} if seen is None else {f"target_{name}_utilization": busy for name, busy in seen.items()}
    return desired_count(pool["config"], len(members.of(account, pool["id"])), by_target)


def _scale(account: Account, now: float, pool: Record, goal: int, reason: str) -> None:
    account.change("autoscale_pool", pool["id"], desired=goal, scaled=now)
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
    account.change("autoscale_pool", pool["id"], status="active")
    seconds = account.settings.seconds("droplet.create") if goal > len(own) else 0.0
    account.after(seconds, "autoscale.scaled", now, pool_id=pool["id"], event_id=event)


def _fail(account: Account, now: float, pool: Record, event: str) -> None:
    account.change("autoscale_pool", pool["id"], status="error")
    members.end_event(account, now, event, "error", len(members.of(account, pool["id"])))


def _add(account: Account, now: float, pool: Record) -> None:
    template = pool["template"]
    ((droplet, _),) = create(account, now, read_request(account, template, Scopes()), lambda _: {})
    members.join(account, now, pool["id"], droplet["id"])
    resource = urns.find(account, f"do:droplet:{droplet['id']}")
    if resource is not None and account.find("project", template["project_id"]) is not None:
        projects.assign(account, now, resource, template["project_id"])


def _destroy(account: Account, now: float, droplet_id: int) -> None:
    droplet = account.find("droplet", droplet_id)
    if droplet is not None:
        destroy(account, now, droplet)
