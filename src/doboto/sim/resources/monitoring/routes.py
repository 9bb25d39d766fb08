"""Metrics of Droplets, and alert policies.

A Droplet that does not exist has no series; the reference knows no 404 for metrics. Metrics have the form of a
Prometheus matrix. Alert policies are stored and shown; the simulator sends no notifications. A policy keeps naming a
Droplet that was destroyed: what the real API does is unverified, and a policy that names nothing would apply to all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from ...engine.errors import unprocessable
from ...engine.fields import integer, read_required, text
from ...engine.records import DROPLET, Record, StoredDroplet
from ...http.messages import ApiCall
from ...http.paging import page
from ...http.routes import Handler, Operations
from .alerts import ALERT_POLICY, StoredAlertPolicy, read_policy
from .machine import AGENT_LABELS, AGENT_METRICS, BANDWIDTH, MODES, DropletLoad, bandwidth, cpu_seconds, machine

OPERATIONS = Operations()

_PATH = "/v2/monitoring/metrics/droplet"


def _read_query(call: ApiCall) -> tuple[StoredDroplet | None, list[int]]:
    number = integer(read_required(call.query, "host_id", text))
    droplet = None if number is None else call.account.find(DROPLET, number)
    born = call.now if droplet is None else datetime.fromisoformat(droplet["created_at"]).timestamp()
    due = moments(call, born)
    return droplet, due


def _labels(one: DropletLoad, **others: str) -> dict[str, str]:
    return {**others, "host_id": str(one.number)}


@OPERATIONS("GET", f"{_PATH}/cpu", "monitoring:read")
def get_cpu(call: ApiCall) -> Record:
    """Return seconds in each mode since boot, all CPUs together."""
    droplet, due = _read_query(call)
    if droplet is None:
        return matrix([])
    one = machine(call.account, droplet, call.now)
    return matrix(_cpu(one, due, mode) for mode in ("idle", *MODES))


def _cpu(one: DropletLoad, due: list[int], mode: str) -> Record:
    def value(moment: int) -> float | None:
        return one.when_on(moment, lambda boot, at: cpu_seconds(one, mode, boot, at))

    return series(_labels(one, mode=mode), due, value, 2)


@OPERATIONS("GET", f"{_PATH}/bandwidth", "monitoring:read")
def get_bandwidth(call: ApiCall) -> Record:
    """Return megabits per second of one interface in one direction."""
    droplet, due = _read_query(call)
    interface, direction = (read_required(call.query, name, text) for name in ("interface", "direction"))
    if (interface, direction) not in BANDWIDTH:
        raise unprocessable("interface must be private or public, direction must be inbound or outbound")
    if droplet is None or not any(entry["type"] == interface for entry in droplet["networks"]["v4"]):
        return matrix([])
    one = machine(call.account, droplet, call.now)

    def value(moment: int) -> float | None:
        return one.when_on(moment, lambda _boot, at: bandwidth(one, interface, direction, at))

    return matrix([series(_labels(one, direction=direction, interface=interface), due, value)])


def _agent_metric(name: str) -> Handler:
    value_of, digits = AGENT_METRICS[name]

    def get_metric(call: ApiCall) -> Record:
        droplet, due = _read_query(call)
        if droplet is None or "monitoring" not in droplet["features"]:
            return matrix([])
        one = machine(call.account, droplet, call.now)

        def value(moment: int) -> float | None:
            return one.when_on(moment, lambda boot, at: value_of(one, boot, at))

        return matrix([series(_labels(one, **AGENT_LABELS.get(name, {})), due, value, digits)])

    return get_metric


for _name in AGENT_METRICS:
    OPERATIONS("GET", f"{_PATH}/{_name}", "monitoring:read")(_agent_metric(_name))


_ONE = "/v2/monitoring/alerts/{alert_uuid}"


@OPERATIONS("GET", "/v2/monitoring/alerts", "monitoring:read")
def list_policies(call: ApiCall) -> Record:
    """List all policies."""
    return page(call, "policies", list(call.account.store(ALERT_POLICY)), lambda policy: policy)


@OPERATIONS("POST", "/v2/monitoring/alerts", "monitoring:create")
def create_policy(call: ApiCall) -> Record:
    """Create a policy."""
    members, key = read_policy(call.body), call.account.uuid()
    policy: StoredAlertPolicy = {**members, "uuid": key}
    return {"policy": call.account.put(ALERT_POLICY, key, policy)}


@OPERATIONS("GET", _ONE, "monitoring:read")
def get_policy(call: ApiCall) -> Record:
    """Return one policy."""
    return {"policy": _in_path(call)}


@OPERATIONS("PUT", _ONE, "monitoring:update")
def replace_policy(call: ApiCall) -> Record:
    """New values for all members."""
    key = _in_path(call)["uuid"]
    policy: StoredAlertPolicy = {**read_policy(call.body), "uuid": key}
    return {"policy": call.account.put(ALERT_POLICY, key, policy)}


@OPERATIONS("DELETE", _ONE, "monitoring:delete", status=204)
def delete_policy(call: ApiCall) -> None:
    """Delete a policy."""
    call.account.delete(ALERT_POLICY, _in_path(call)["uuid"])


def _in_path(call: ApiCall) -> StoredAlertPolicy:
    return call.account.get(ALERT_POLICY, call.params["alert_uuid"])


#: Seconds between samples (API reference, examples; the agent's default interval according to `nanovms/nanos#2007`).
STEP = 120
#: A window that would have more samples has them further apart. Unverified.
MOST = 720

Labels = Mapping[str, str]


def moments(call: ApiCall, born: float) -> list[int]:
    """Return when samples are due in the window that a request asks for, from a resource's birth to the present."""
    start, end = read_required(call.query, "start", integer), read_required(call.query, "end", integer)
    if end < start:
        raise unprocessable("end must not be before start")
    first, last = max(start, math.ceil(born)), min(end, math.floor(call.now))
    if first > last:
        return []
    step = STEP * max(-(-(last - first) // (STEP * MOST)), 1)
    return list(range(-(-first // step) * step, last + 1, step))


def series(
    labels: Labels, due: Iterable[int], value: Callable[[int], float | None], digits: int | None = None
) -> Record:
    """Return one labelled series of values as text, rounded to `digits`; moments without a value have no sample."""
    sampled = ((moment, value(moment)) for moment in due)
    values = [[moment, _format(found, digits)] for moment, found in sampled if found is not None]
    return {"metric": dict(labels), "values": values}


def matrix(found: Iterable[Record]) -> Record:
    """Return the whole answer: series that have samples."""
    result = [each for each in found if each["values"]]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


def _format(value: float, digits: int | None) -> str:
    return repr(value) if digits is None else f"{value:.{digits}f}"
