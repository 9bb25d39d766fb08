"""Reserved IPs, also under their old name floating IPs, and reserved IPv6 addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ... import catalog
from ...engine import actions
from ...engine.errors import bad_request, unprocessable
from ...engine.fields import integer, read_optional, read_required, require_open_region, text
from ...engine.records import ACTION, DROPLET, Record, StoredAction, StoredDroplet, StoredReservedIp
from ...http.messages import ApiCall, page
from ...http.routes import Operations
from .. import byoip_prefixes as byoip
from ..droplets import state as droplets
from ..droplets.routes import show as show_droplet
from ..projects import state as projects
from . import state
from .state import V4, V6

OPERATIONS = Operations()


@dataclass(frozen=True, slots=True)
class AddressName:
    """What paths and replies call an address, and what texts do."""

    one: str
    noun: str


#: By the first part of the path. The text for floating IPs is real (`doctl#493`), the new name in it is by analogy.
NAMES: Mapping[str, AddressName] = {
    "reserved_ips": AddressName("reserved_ip", "reserved IP"),
    "floating_ips": AddressName("floating_ip", "floating IP"),
}


def _root(call: ApiCall) -> str:
    return call.path.split("/")[2]


def _name(call: ApiCall) -> AddressName:
    return NAMES[_root(call)]


def _address_in_path(call: ApiCall) -> StoredReservedIp:
    return state.get(call.account, V4, call.params[_name(call).one])


def _show(call: ApiCall, address: StoredReservedIp) -> Record:
    account = call.account
    shown = {
        "ip": address["ip"],
        "droplet": droplet_of(call, address),
        "region": catalog.region(address["region"]),
        "locked": actions.pending(account, V4, address["ip"]),
        "project_id": address["project_id"] or projects.default_id(account),
    }
    return call.scopes.visible("reserved_ip", shown)


def droplet_of(call: ApiCall, address: StoredReservedIp) -> Record | None:
    """Return the whole Droplet that an address is assigned to."""
    number = address["droplet_id"]
    droplet = None if number is None else call.account.find(DROPLET, number)
    return None if droplet is None else show_droplet(call, droplet)


def _show_action(call: ApiCall, action: StoredAction) -> Record:
    return {**actions.show(action), "resource_type": _name(call).one}


def _show_single(call: ApiCall, address: StoredReservedIp, action: StoredAction) -> Record:
    # Outside of lists an action shows the address's project (API reference, schemas of the replies).
    return {**_show_action(call, action), "project_id": address["project_id"] or projects.default_id(call.account)}


@OPERATIONS("GET", "/v2/floating_ips", "reserved_ip:read")
@OPERATIONS("GET", "/v2/reserved_ips", "reserved_ip:read")
def list_addresses(call: ApiCall) -> Record:
    """List all addresses."""
    return page(call, _root(call), list(call.account.store(V4)), lambda address: _show(call, address))


@OPERATIONS("POST", "/v2/floating_ips", "reserved_ip:create", status=202)
@OPERATIONS("POST", "/v2/reserved_ips", "reserved_ip:create", status=202)
def create_address(call: ApiCall) -> Record:
    """Create an address for a Droplet or for a region; with both, for the Droplet (`hashicorp/terraform#3580`)."""
    account, name = call.account, _name(call)
    droplet = _droplet_wanted(call)
    region = _region_wanted(call) if droplet is None else droplet["region"]
    project_id = _project_wanted(call)
    state.require_limit(account, V4, name.noun)
    if droplet is not None:
        state.require_unassigned(account, V4, name.noun, droplet)
    address = state.reserve(account, call.now, V4, region, project_id)
    links = _assign_new(call, address, droplet)
    # The reply names the Droplet already, while the assignment is under way.
    shown: StoredReservedIp = address if droplet is None else {**address, "droplet_id": droplet["id"]}
    return {name.one: _show(call, shown), "links": links}


def _droplet_wanted(call: ApiCall) -> StoredDroplet | None:
    number = read_optional(call.body, "droplet_id", integer, None)
    return None if number is None else droplets.get(call.account, number, call.now)


def _project_wanted(call: ApiCall) -> str | None:
    wanted = read_optional(call.body, "project_id", text, None) or None
    if wanted is not None:
        projects.require_project(call.account, call.now, wanted)
    return wanted


def _region_wanted(call: ApiCall) -> str:
    if call.body.get("region") is None:
        raise unprocessable("droplet_id or region is required")
    return require_open_region(read_required(call.body, "region", text))


def _assign_new(call: ApiCall, address: StoredReservedIp, droplet: StoredDroplet | None) -> Record:
    if droplet is None:
        state.note_reserved(call.account, call.now, address)
        return {}
    action = state.assign(call.account, call.now, V4, address, droplet, call.faults)
    return {
        "droplets": [_link(call, "droplets", droplet["id"], "droplet")],
        "actions": [_link(call, "actions", action["id"], action["type"])],
    }


def _link(call: ApiCall, root: str, number: int, rel: str) -> Record:
    return {"id": number, "rel": rel, "href": f"{call.base}/v2/{root}/{number}"}


@OPERATIONS("GET", "/v2/floating_ips/{floating_ip}", "reserved_ip:read")
@OPERATIONS("GET", "/v2/reserved_ips/{reserved_ip}", "reserved_ip:read")
def get_address(call: ApiCall) -> Record:
    """Return one address."""
    return {_name(call).one: _show(call, _address_in_path(call))}


@OPERATIONS("DELETE", "/v2/floating_ips/{floating_ip}", "reserved_ip:delete", status=204)
@OPERATIONS("DELETE", "/v2/reserved_ips/{reserved_ip}", "reserved_ip:delete", status=204)
def delete_address(call: ApiCall) -> None:
    """Give an address back, assigned or not (API reference; `godo#487` saw it take two attempts in 2021)."""
    address = _address_in_path(call)
    state.require_idle(call.account, V4, _name(call).noun, address)
    call.account.delete(V4, address["ip"])


@OPERATIONS("GET", "/v2/floating_ips/{floating_ip}/actions", "reserved_ip:read")
@OPERATIONS("GET", "/v2/reserved_ips/{reserved_ip}/actions", "reserved_ip:read")
def list_address_actions(call: ApiCall) -> Record:
    """List an address's actions, newest first."""
    keys = actions.of(call.account, V4, _address_in_path(call)["ip"])
    return page(call, "actions", keys, lambda key: _show_action(call, call.account.get(ACTION, key)))


@OPERATIONS("POST", "/v2/floating_ips/{floating_ip}/actions", "reserved_ip:update", status=201)
@OPERATIONS("POST", "/v2/reserved_ips/{reserved_ip}/actions", "reserved_ip:update", status=201)
def act_on_address(call: ApiCall) -> Record:
    """Assign or unassign."""
    address = _address_in_path(call)
    action = begin(call, V4, _name(call).noun, address)
    return {"action": _show_single(call, address, action)}


def begin(call: ApiCall, store: state.AddressKind, noun: str, address: StoredReservedIp) -> StoredAction:
    """Begin the action that the body asks for."""
    account, type = call.account, read_required(call.body, "type", text)
    if type not in ("assign", "unassign"):
        raise unprocessable(f"The action type {type!r} is not known.")
    state.require_idle(account, store, noun, address)
    if type == "assign":
        droplet = droplets.get(account, read_required(call.body, "droplet_id", integer), call.now)
        if droplet["region"] != address["region"]:
            raise unprocessable(f"The Droplet is not in the region of the {noun}.")
        state.require_unassigned(account, store, noun, droplet)
        return state.assign(account, call.now, store, address, droplet, call.faults)
    if address["droplet_id"] is None:
        # 422 according to `terraform-provider-digitalocean` PR 57; the text is our own.
        raise unprocessable(f"The {noun} is not assigned to a Droplet.")
    return state.unassign(account, call.now, store, address, call.faults)


@OPERATIONS("GET", "/v2/floating_ips/{floating_ip}/actions/{action_id}", "reserved_ip:read")
@OPERATIONS("GET", "/v2/reserved_ips/{reserved_ip}/actions/{action_id}", "reserved_ip:read")
def get_address_action(call: ApiCall) -> Record:
    """Return one action of one address."""
    address = _address_in_path(call)
    action = actions.get(call.account, V4, address["ip"], call.params["action_id"])
    return {"action": _show_single(call, address, byoip.require_readable(call.account, action))}


NOUN = "reserved IPv6"


def _v6_in_path(call: ApiCall) -> StoredReservedIp:
    return state.get(call.account, V6, call.params["reserved_ipv6"])


def _show_v6(call: ApiCall, address: StoredReservedIp) -> Record:
    shown = {
        "ip": address["ip"],
        "region_slug": address["region"],
        "reserved_at": address["reserved_at"],
        "droplet": droplet_of(call, address),
    }
    return call.scopes.visible("reserved_ip", shown)


@OPERATIONS("GET", "/v2/reserved_ipv6", "reserved_ip:read")
def list_v6_addresses(call: ApiCall) -> Record:
    """List all addresses."""
    return page(call, "reserved_ipv6s", list(call.account.store(V6)), lambda address: _show_v6(call, address))


@OPERATIONS("POST", "/v2/reserved_ipv6", "reserved_ip:create", status=201)
def create_v6_address(call: ApiCall) -> Record:
    """Create an address for a region; in its first weeks the real reply had no root key (`openapi` PR 951)."""
    region = require_open_region(read_required(call.body, "region_slug", text))
    state.require_limit(call.account, V6, NOUN)
    return {"reserved_ipv6": _show_v6(call, state.reserve(call.account, call.now, V6, region))}


@OPERATIONS("GET", "/v2/reserved_ipv6/{reserved_ipv6}", "reserved_ip:read")
def get_v6_address(call: ApiCall) -> Record:
    """Return one address."""
    return {"reserved_ipv6": _show_v6(call, _v6_in_path(call))}


@OPERATIONS("DELETE", "/v2/reserved_ipv6/{reserved_ipv6}", "reserved_ip:delete", status=204)
def delete_v6_address(call: ApiCall) -> None:
    """Give an address back; not while it is assigned."""
    address = _v6_in_path(call)
    state.require_idle(call.account, V6, NOUN, address)
    if address["droplet_id"] is not None:
        # Status and text of `terraform-provider-digitalocean` PR 1277 (2024); the reference lists 422 for it.
        raise bad_request("flipv6 released failed: assigned FLIP cannot be released")
    call.account.delete(V6, address["ip"])


@OPERATIONS("POST", "/v2/reserved_ipv6/{reserved_ipv6}/actions", "reserved_ip:update", status=201)
def act_on_v6_address(call: ApiCall) -> Record:
    """Assign or unassign."""
    return {"action": actions.show(begin(call, V6, NOUN, _v6_in_path(call)))}
