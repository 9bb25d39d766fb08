"""BYOIP prefixes."""

from __future__ import annotations

from ...engine.fields import boolean, required
from ...engine.records import Record, chosen
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from ..projects.state import default_id
from . import state

OPERATIONS = Operations()

SHOWN = ("uuid", "prefix", "status", "region", "validations", "failure_reason", "advertised")


def _show(call: Call, prefix: Record) -> Record:
    return {**chosen(prefix, SHOWN), "name": "", "locked": False, "project_id": default_id(call.account)}


def _prefix_in_path(call: Call) -> Record:
    return call.account.get("byoip_prefix", call.params["byoip_prefix_uuid"])


@OPERATIONS("GET", "/v2/byoip_prefixes", "byoip_prefix:read")
def list_prefixes(call: Call) -> Record:
    """All prefixes."""
    return page(call, "byoip_prefixes", list(call.account.store("byoip_prefix")), lambda prefix: _show(call, prefix))


@OPERATIONS("POST", "/v2/byoip_prefixes", "byoip_prefix:create", status=202)
def create_prefix(call: Call) -> Record:
    """Begin to bring a prefix; under the key that the reference's example and godo have, its schema does not."""
    prefix = state.create(call.account, call.now, call.body, fails="create_errored" in call.faults)
    return {"byoip_prefix": chosen(prefix, ("uuid", "region", "status"))}


@OPERATIONS("GET", "/v2/byoip_prefixes/{byoip_prefix_uuid}", "byoip_prefix:read")
def get_prefix(call: Call) -> Record:
    """One prefix."""
    return {"byoip_prefix": _show(call, _prefix_in_path(call))}


@OPERATIONS("PATCH", "/v2/byoip_prefixes/{byoip_prefix_uuid}", "byoip_prefix:write", status=202)
def patch_prefix(call: Call) -> Record:
    """Announce a prefix to the internet, or stop that."""
    prefix, wanted = _prefix_in_path(call), required(call.body, "advertise", boolean)
    return {"byoip_prefix": _show(call, state.advertise(call.account, prefix, wanted))}


@OPERATIONS("DELETE", "/v2/byoip_prefixes/{byoip_prefix_uuid}", "byoip_prefix:delete", status=202)
def delete_prefix(call: Call) -> None:
    """Give a prefix back, which takes a moment."""
    state.delete(call.account, call.now, _prefix_in_path(call))


@OPERATIONS("GET", "/v2/byoip_prefixes/{byoip_prefix_uuid}/ips", "byoip_prefix:read")
def list_addresses(call: Call) -> Record:
    """Which addresses of a prefix Droplets have."""
    return page(call, "ips", state.allocations(call.account, _prefix_in_path(call)), lambda shown: shown)
