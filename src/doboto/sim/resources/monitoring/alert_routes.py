"""Alert policies. They are kept and shown; the simulator notifies nobody.

A policy goes on naming a Droplet that is gone: what the real API does is unverified, and a policy that names nothing
would be for all.
"""

from __future__ import annotations

from ...engine.records import Record
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from .alerts import ordered

OPERATIONS = Operations()

_ONE = "/v2/monitoring/alerts/{alert_uuid}"


@OPERATIONS("GET", "/v2/monitoring/alerts", "monitoring:read")
def list_policies(call: Call) -> Record:
    """All policies."""
    return page(call, "policies", list(call.account.store("alert_policy")), lambda policy: policy)


@OPERATIONS("POST", "/v2/monitoring/alerts", "monitoring:create")
def create_policy(call: Call) -> Record:
    """A new policy."""
    members, key = ordered(call.body), call.account.uuid()
    return {"policy": call.account.put("alert_policy", key, {**members, "uuid": key})}


@OPERATIONS("GET", _ONE, "monitoring:read")
def get_policy(call: Call) -> Record:
    """One policy."""
    return {"policy": _in_path(call)}


@OPERATIONS("PUT", _ONE, "monitoring:update")
def replace_policy(call: Call) -> Record:
    """New values for all members."""
    key = _in_path(call)["uuid"]
    return {"policy": call.account.put("alert_policy", key, {**ordered(call.body), "uuid": key})}


@OPERATIONS("DELETE", _ONE, "monitoring:delete", status=204)
def delete_policy(call: Call) -> None:
    """Delete a policy."""
    call.account.delete("alert_policy", _in_path(call)["uuid"])


def _in_path(call: Call) -> Record:
    return call.account.get("alert_policy", call.params["alert_uuid"])
