"""Actions of the whole account."""

from __future__ import annotations

from ..engine import actions
from ..engine.fields import integer
from ..engine.records import Record
from ..http.messages import Call
from ..http.paging import page
from ..http.routes import Operations

OPERATIONS = Operations()

#: With it in `Accept`, actions of floating IPs are called by the new name (API reference, text on Actions).
RESERVED_IPS = "application/vnd.digitalocean.reserveip+json"


def _show(call: Call, action: Record) -> Record:
    shown = actions.show(action)
    renamed = shown["resource_type"] == "floating_ip" and RESERVED_IPS in call.headers.get("accept", "")
    return {**shown, "resource_type": "reserved_ip"} if renamed else shown


@OPERATIONS("GET", "/v2/actions", "actions:read")
def list_actions(call: Call) -> Record:
    """All actions, newest first."""
    keys = list(reversed(call.account.store("action").records))
    return page(call, "actions", keys, lambda key: _show(call, call.account.get("action", key)))


@OPERATIONS("GET", "/v2/actions/{action_id}", "actions:read")
def get_action(call: Call) -> Record:
    """One action."""
    return {"action": _show(call, call.account.get("action", integer(call.params["action_id"]) or 0))}
