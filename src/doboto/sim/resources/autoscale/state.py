"""Pools: described by requests, created, changed, scaled by what their Droplets do, deleted."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import ApiError, conflict, unprocessable
from ...engine.fields import decimal, flag, integer, read_identifiers, read_optional, read_required, text
from ...engine.lifecycle import durations, effect
from ...engine.records import DROPLET, Record, StoredDroplet, as_list, as_record, select_members
from ...engine.relations import on_droplet_destroyed
from ...http.scopes import Scopes
from ..droplets.create import create
from ..droplets.request import BAD_REGION, read_request
from ..droplets.state import destroy
from ..projects import state as projects
from . import members
from .members import AUTOSCALE_POOL, POOL_EVENT, POOL_MEMBER, StoredPool

N = TypeVar("N", int, float)

#: API reference, limits of `config`.
LARGEST_POOL, LARGEST_MINIMUM = 1000, 500
TARGETS = ("target_cpu_utilization", "target_memory_utilization")
LEAST_TARGET = 0.05
COOLDOWN_MINUTES, SHORTEST_COOLDOWN, LONGEST_COOLDOWN = 10, 5, 20
#: API reference, `droplet_template`: the regions that a pool can be in.
REGIONS = frozenset(
    {"nyc1", "nyc2", "nyc3", "ams2", "ams3", "sfo1", "sfo2", "sfo3", "sgp1", "lon1", "fra1", "tor1", "blr1", "syd1"}
)
#: What the API shows of a template.
SHOWN = (
    "name", "region", "size", "image", "ssh_keys", "tags", "vpc_uuid", "with_droplet_agent", "project_id", "ipv6",
    "user_data", "public_networking",
)  # fmt: skip


#: What a template says of its Droplets: `backups` and `monitoring` are in the API reference's examples only.
TEMPLATE_MEMBERS = (*SHOWN, "backups", "backup_policy", "monitoring")


def read_config(body: Record) -> Record:
    """Read a fixed number of Droplets, or a range and what to aim at inside it."""
    asked = read_required(body, "config", as_record)
    if asked.get("target_number_instances") is None:
        return _dynamic(asked)
    if any(asked.get(name) is not None for name in ("min_instances", "max_instances")):
        raise unprocessable("config must either have target_number_instances or min_instances and max_instances")
    return {"target_number_instances": _between(asked, "target_number_instances", integer, 1, LARGEST_POOL)}


def _dynamic(asked: Record) -> Record:
    least = _between(asked, "min_instances", integer, 1, LARGEST_MINIMUM)
    most = _between(asked, "max_instances", integer, 1, LARGEST_POOL)
    if least > most:
        raise unprocessable("min_instances must not be above max_instances")
    aims = {name: _between(asked, name, decimal, LEAST_TARGET, 1.0) for name in TARGETS if asked.get(name) is not None}
    pause = {"cooldown_minutes": COOLDOWN_MINUTES, **{k: v for k, v in asked.items() if v is not None}}
    minutes = _between(pause, "cooldown_minutes", integer, SHORTEST_COOLDOWN, LONGEST_COOLDOWN)
    return {"min_instances": least, "max_instances": most, **aims, "cooldown_minutes": minutes}


def _between(body: Record, name: str, read: Callable[[object], N | None], least: N, most: N) -> N:
    value = read_required(body, name, read)
    if not least <= value <= most:
        raise unprocessable(f"{name} must be between {least} and {most}")
    return value


def read_template(account: Account, now: float, body: Record, scopes: Scopes) -> Record:
    """Read what the pool's Droplets are like, checked as for a Droplet."""
    asked = read_required(body, "droplet_template", as_record)
    region = read_required(asked, "region", text)
    if region not in REGIONS:
        raise unprocessable(BAD_REGION)
    read_required(asked, "ssh_keys", as_list)
    made = {**select_members(asked, TEMPLATE_MEMBERS), "name": read_optional(asked, "name", text, "") or body["name"]}
    order = read_request(account, made, scopes)
    return {
        **made,
        "image": str(read_required(asked, "image", _slug_or_id)),
        "ssh_keys": read_identifiers(asked, "ssh_keys"),
        "tags": order.tags,
        # As given, empty included: what is empty is decided for each Droplet.
        "vpc_uuid": order.vpc_uuid or "",
        "with_droplet_agent": order.agent,
        "ipv6": order.ipv6,
        "public_networking": flag(asked, "public_networking", default=True),
        "project_id": _project(account, now, asked, scopes),
    }


def _slug_or_id(value: object) -> str | int | None:
    return value if isinstance(value, str) else integer(value)


def _project(account: Account, now: float, asked: Record, scopes: Scopes) -> str:
    project_id = read_optional(asked, "project_id", text, "")
    if not project_id:
        return ""
    scopes.require("project:read")
    projects.require_project(account, now, project_id)
    return project_id


def target_count(config: Record, current: int, seen: dict[str, float]) -> int:
    """Return how many Droplets the pool should have when it has so many, as busy as seen under the targets' names.

    The usual rule of proportion: twice as busy as aimed at wants twice as many. What the real one does is unverified.
    """
    if "target_number_instances" in config:
        fixed: int = config["target_number_instances"]
        return fixed
    wanted: list[int] = [
        math.ceil(current * seen[name] / config[name]) for name in TARGETS if name in config and name in seen
    ]
    least: int = config["min_instances"]
    most: int = config["max_instances"]
    return min(max(least, *(wanted or [current])), most)


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
    return target_count(pool["config"], len(members.of(account, pool["id"])), by_target)


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
