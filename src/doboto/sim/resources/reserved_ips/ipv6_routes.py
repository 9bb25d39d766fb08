"""Reserved IPv6 addresses."""

from __future__ import annotations

from ...engine import actions
from ...engine.errors import bad_request
from ...engine.fields import required, text
from ...engine.records import Record
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import state
from .routes import begin, droplet_of
from .state import V6

OPERATIONS = Operations()

NOUN = "reserved IPv6"


def _address_in_path(call: Call) -> Record:
    return state.get(call.account, V6, call.params["reserved_ipv6"])


def _show(call: Call, address: Record) -> Record:
    shown = {
        "ip": address["ip"],
        "region_slug": address["region"],
        "reserved_at": address["reserved_at"],
        "droplet": droplet_of(call, address),
    }
    return call.scopes.visible("reserved_ip", shown)


@OPERATIONS("GET", "/v2/reserved_ipv6", "reserved_ip:read")
def list_addresses(call: Call) -> Record:
    """All addresses."""
    return page(call, "reserved_ipv6s", list(call.account.store(V6)), lambda address: _show(call, address))


@OPERATIONS("POST", "/v2/reserved_ipv6", "reserved_ip:create", status=201)
def create_address(call: Call) -> Record:
    """An address for a region. In its first weeks the real reply came without its root key (`openapi` PR 951)."""
    region = state.open_region(required(call.body, "region_slug", text))
    state.may_reserve(call.account, V6, NOUN)
    return {"reserved_ipv6": _show(call, state.reserve(call.account, call.now, V6, region))}


@OPERATIONS("GET", "/v2/reserved_ipv6/{reserved_ipv6}", "reserved_ip:read")
def get_address(call: Call) -> Record:
    """One address."""
    return {"reserved_ipv6": _show(call, _address_in_path(call))}


@OPERATIONS("DELETE", "/v2/reserved_ipv6/{reserved_ipv6}", "reserved_ip:delete", status=204)
def delete_address(call: Call) -> None:
    """Give an address back; not while it is assigned."""
    address = _address_in_path(call)
    state.may_change(call.account, V6, NOUN, address)
    if address["droplet_id"] is not None:
        # Status and text of `terraform-provider-digitalocean` PR 1277 (2024); the reference lists 422 for it.
        raise bad_request("flipv6 released failed: assigned FLIP cannot be released")
    call.account.delete(V6, address["ip"])


@OPERATIONS("POST", "/v2/reserved_ipv6/{reserved_ipv6}/actions", "reserved_ip:update", status=201)
def act_on_address(call: Call) -> Record:
    """Assign or unassign."""
    return {"action": actions.show(begin(call, V6, NOUN, _address_in_path(call)))}
