"""Alert policies: they are stored and shown; the simulator sends no notifications.

A policy keeps naming a Droplet that was destroyed: what the real API does is unverified, and a policy that names
nothing would apply to all.
"""

from __future__ import annotations

import re
from typing import TypedDict

from ..engine.errors import unprocessable
from ..engine.fields import boolean, decimal, objects, read_identifiers, read_optional, read_required, text, texts
from ..engine.records import Kind, Record, as_list, as_record
from ..http.messages import ApiCall, page
from ..http.routes import Operations


class AlertPolicyMembers(TypedDict):
    """What a request says of an alert policy, as the API shows it."""

    alerts: Record
    compare: str
    description: str
    enabled: bool
    entities: list[str]
    tags: list[str]
    type: str
    value: float
    window: str


class StoredAlertPolicy(AlertPolicyMembers):
    """An alert policy."""

    uuid: str


ALERT_POLICY: Kind[StoredAlertPolicy] = Kind("alert_policy")

#: API reference, `type`, `compare` and `window`.
TYPES = frozenset(
    f"v1/{group}/{name}"
    for group, names in {
        "insights/droplet": (
            "load_1", "load_5", "load_15", "memory_utilization_percent", "disk_utilization_percent", "cpu",
            "disk_read", "disk_write", "public_outbound_bandwidth", "public_inbound_bandwidth",
            "private_outbound_bandwidth", "private_inbound_bandwidth",
        ),
        "insights/lbaas": (
            "avg_cpu_utilization_percent", "connection_utilization_percent", "droplet_health",
            "tls_connections_per_second_utilization_percent", "increase_in_http_error_rate_percentage_5xx",
            "increase_in_http_error_rate_percentage_4xx", "increase_in_http_error_rate_count_5xx",
            "increase_in_http_error_rate_count_4xx", "high_http_request_response_time",
            "high_http_request_response_time_50p", "high_http_request_response_time_95p",
            "high_http_request_response_time_99p",
        ),
        "dbaas/alerts": ("load_15_alerts", "memory_utilization_alerts", "disk_utilization_alerts", "cpu_alerts"),
        "droplet/autoscale_alerts": (
            "current_instances", "target_instances", "current_cpu_utilization", "target_cpu_utilization",
            "current_memory_utilization", "target_memory_utilization", "scale_up", "scale_down",
        ),
    }.items()
    for name in names
)  # fmt: skip
#: The groups that types are in.
NEWER_TYPE = re.compile(r"v1/(insights|dbaas|droplet|kubernetes|volumes|genai|gradient)[a-z_]*/[a-z0-9_/]+")
COMPARISONS = frozenset({"GreaterThan", "LessThan"})
WINDOWS = frozenset({"5m", "10m", "30m", "1h"})


def read_policy(body: Record) -> AlertPolicyMembers:
    """Read all members of a policy but its identifier; all have to be there. The texts of refusals are our own."""
    return {
        "alerts": _alerts(read_required(body, "alerts", as_record)),
        "compare": _one_of(body, "compare", COMPARISONS),
        "description": read_required(body, "description", text),
        "enabled": read_required(body, "enabled", boolean),
        "entities": _identifiers(body, "entities"),
        "tags": read_required(body, "tags", texts),
        "type": _type(body),
        "value": read_required(body, "value", decimal),
        "window": _one_of(body, "window", WINDOWS),
    }


def _one_of(body: Record, name: str, known: frozenset[str]) -> str:
    value = read_required(body, name, text)
    if value not in known:
        raise unprocessable(f"{name} is invalid")
    return value


def _type(body: Record) -> str:
    # New types appear before the reference lists them: any name in a known group passes.
    value = read_required(body, "type", text)
    if value not in TYPES and not NEWER_TYPE.fullmatch(value):
        raise unprocessable("type is invalid")
    return value


def _identifiers(body: Record, name: str) -> list[str]:
    read_required(body, name, as_list)
    return read_identifiers(body, name)


def _alerts(asked: Record) -> Record:
    # One of the two is enough; Go programs write null for the other.
    email: list[str] = []
    slack = [] if asked.get("slack") is None else [_slack(entry) for entry in objects(asked, "slack")]
    return {"email": read_optional(asked, "email", texts, email), "slack": slack}


def _slack(entry: Record) -> Record:
    return {"channel": read_required(entry, "channel", text), "url": read_required(entry, "url", text)}


OPERATIONS = Operations()


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
