"""Droplet autoscale pools and their metrics.

A pool that does not exist has no series; the reference knows no 404 for metrics.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ...engine.account import Account
from ...engine.errors import bad_request, not_found, unprocessable
from ...engine.fields import boolean, read_name, read_required, text
from ...engine.records import Record, select_members
from ...http.messages import ApiCall, ApiReply, page
from ...http.routes import Handler, Operations
from ..metrics import matrix, moments, series
from . import members, state
from .members import AUTOSCALE_POOL, Past, StoredPool, busy, curves, past, target_at

OPERATIONS = Operations()

_ALL, _ONE = "/v2/droplets/autoscale", "/v2/droplets/autoscale/{autoscale_pool_id}"


def _in_path(call: ApiCall) -> StoredPool:
    key = call.params["autoscale_pool_id"]
    pool = call.account.find(AUTOSCALE_POOL, key)
    if pool is None:
        # The text that `terraform-provider-digitalocean` looks for (2025).
        raise not_found(f"autoscale group with id {key} not found")
    return pool


def _show(call: ApiCall, pool: StoredPool) -> Record:
    seen = members.average(call.account, pool["id"], call.now)
    return {
        **select_members(pool, ("id", "name", "config")),
        "droplet_template": select_members(pool["template"], state.SHOWN),
        **({} if seen is None else {"current_utilization": seen}),
        **select_members(pool, ("created_at", "updated_at", "status")),
        "active_resources_count": len(members.active(call.account, pool["id"])),
    }


@OPERATIONS("GET", _ALL, "droplet:read")
def list_pools(call: ApiCall) -> Record:
    """List all pools, or those of a name."""
    name = call.query.get("name")
    found = [pool for pool in call.account.store(AUTOSCALE_POOL) if not name or pool["name"] == name]
    return page(call, "autoscale_pools", found, lambda pool: _show(call, pool))


def _read_request(call: ApiCall) -> tuple[str, Record, Record]:
    body, name = call.body, read_name(call.body)
    return name, state.read_config(body), state.read_template(call.account, call.now, body, call.scopes)


@OPERATIONS("POST", _ALL, "droplet:create", status=202)
def create_pool(call: ApiCall) -> Record:
    """Create a pool; its Droplets are being made."""
    return {"autoscale_pool": _show(call, state.create_pool(call.account, call.now, *_read_request(call)))}


@OPERATIONS("GET", _ONE, "droplet:read")
def get_pool(call: ApiCall) -> Record:
    """Return one pool."""
    return {"autoscale_pool": _show(call, _in_path(call))}


@OPERATIONS("PUT", _ONE, "droplet:create")
def replace_pool(call: ApiCall) -> Record:
    """Another configuration or template; the name stays (API reference, `name`)."""
    pool, (name, config, template) = _in_path(call), _read_request(call)
    if name != pool["name"]:
        raise unprocessable("name can't be changed")
    return {"autoscale_pool": _show(call, state.update(call.account, call.now, pool, config, template))}


@OPERATIONS("DELETE", _ONE, "droplet:delete", status=202)
def delete_pool(call: ApiCall) -> ApiReply:
    """Delete the pool alone; its Droplets go on without it."""
    state.delete(call.account, call.now, _in_path(call), with_droplets=False)
    return ApiReply(202)


@OPERATIONS("DELETE", f"{_ONE}/dangerous", "droplet:delete", status=202)
def delete_pool_and_droplets(call: ApiCall) -> ApiReply:
    """Delete the pool and its Droplets; only with the header that says so."""
    pool = _in_path(call)
    if not boolean(call.headers.get("x-dangerous")):
        raise bad_request("The X-Dangerous header must be set to true to destroy an autoscale pool with its Droplets.")
    state.delete(call.account, call.now, pool, with_droplets=True)
    return ApiReply(202)


@OPERATIONS("GET", f"{_ONE}/members", "droplet:read")
def list_members(call: ApiCall) -> Record:
    """List the pool's Droplets."""
    own = members.of(call.account, _in_path(call)["id"])
    return page(call, "droplets", own, lambda key: members.show(call.account, key, call.now))


@OPERATIONS("GET", f"{_ONE}/history", "droplet:read")
def list_history(call: ApiCall) -> Record:
    """List what the pool has done, newest first; that order is unverified."""
    return page(call, "history", members.events_of(call.account, _in_path(call)["id"])[::-1], members.show_event)


Measure = Callable[[float], float | None]


def _current_instances(_account: Account, past: Past) -> Measure:
    return lambda moment: len(past.running(moment))


def _target_instances(_account: Account, past: Past) -> Measure:
    return lambda moment: None if (event := past.event(moment)) is None else event["desired_instance_count"]


def _current(name: str) -> Callable[[Account, Past], Measure]:
    def current(account: Account, past: Past) -> Measure:
        by_droplet = curves(account, past, name)
        return lambda moment: busy(past, by_droplet, moment)

    return current


def _target(name: str) -> Callable[[Account, Past], Measure]:
    return lambda _account, past: lambda moment: target_at(past, name, moment)


#: By the last part of the path.
_MEASURES: dict[str, Callable[[Account, Past], Measure]] = {
    "current_instances": _current_instances,
    "target_instances": _target_instances,
    "current_cpu_utilization": _current("cpu"),
    "target_cpu_utilization": _target("target_cpu_utilization"),
    "current_memory_utilization": _current("memory"),
    "target_memory_utilization": _target("target_memory_utilization"),
}


def _metric(name: str) -> Handler:
    def get_metric(call: ApiCall) -> Record:
        key = read_required(call.query, "autoscale_pool_id", text)
        pool = call.account.find(AUTOSCALE_POOL, key)
        born = call.now if pool is None else datetime.fromisoformat(pool["created_at"]).timestamp()
        due = moments(call, born)
        if pool is None:
            return matrix([])
        measure = _MEASURES[name](call.account, past(call.account, key, call.now))
        # Labels and units (a decimal, as in a pool's own members) are unverified.
        return matrix([series({"autoscale_pool_id": key}, due, measure)])

    return get_metric


for _name in _MEASURES:
    OPERATIONS("GET", f"/v2/monitoring/metrics/droplet_autoscale/{_name}", "monitoring:read")(_metric(_name))
