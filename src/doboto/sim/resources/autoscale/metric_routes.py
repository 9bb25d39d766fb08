"""Metrics of autoscale pools. A pool that isn't there has no series; the reference knows no 404 here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ...engine.account import Account
from ...engine.fields import required, text
from ...engine.records import Record
from ...http.messages import Call
from ...http.routes import Handler, Operations
from ..monitoring.series import matrix, moments, series
from .measures import Past, aimed_at, busy, curves, past

OPERATIONS = Operations()

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
    return lambda _account, past: lambda moment: aimed_at(past, name, moment)


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
    def get_metric(call: Call) -> Record:
        key = required(call.query, "autoscale_pool_id", text)
        pool = call.account.find("autoscale_pool", key)
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
