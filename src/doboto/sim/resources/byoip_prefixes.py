"""BYOIP: prefixes of one's own, whose addresses are then assigned to Droplets like reserved ones.

A prefix is `in_progress`, then `active` or `failed`, in the end `deleting` (the first two: API reference, examples).
An address that has been assigned is a `reserved_ip` record with the prefix's `uuid` in its member `byoip`.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import TypedDict

from ..catalog import is_open_region
from ..engine import actions
from ..engine.account import Account
from ..engine.clock import iso
from ..engine.errors import not_found, unprocessable
from ..engine.fields import boolean, read_required, text
from ..engine.lifecycle import durations, effect
from ..engine.records import ACTION, RESERVED_IP, Key, Kind, Record, StoredAction, StoredReservedIp, select_members
from ..engine.store import index
from ..http.messages import ApiCall, page
from ..http.routes import Operations
from .projects.state import default_id

#: Plausible only: the real one asks the registry of the addresses, which takes its time.
durations(byoip_prefix__create=120.0, byoip_prefix__delete=30.0)


class ByoipPrefix(TypedDict):
    """A prefix, as the API shows it."""

    uuid: str
    prefix: str
    region: str
    status: str
    validations: list[dict[str, str]]
    failure_reason: str
    advertised: bool


BYOIP_PREFIX: Kind[ByoipPrefix] = Kind("byoip_prefix")

#: API reference, text on BYOIP prefixes.
LARGEST, SMALLEST = 18, 24


@index(RESERVED_IP, "byoip")
def _prefix(address: StoredReservedIp) -> Iterable[Key]:
    return (address["byoip"],) if "byoip" in address else ()


def create(account: Account, now: float, body: Record, *, fails: bool = False) -> ByoipPrefix:
    """Begin to bring a prefix; any signature will do unless a fault says otherwise."""
    network, slug = _read_network(read_required(body, "prefix", text)), read_required(body, "region", text)
    if not read_required(body, "signature", text):
        raise unprocessable("signature is required")
    if not is_open_region(slug):
        raise unprocessable("region is invalid")
    for other in account.store(BYOIP_PREFIX):
        if network.overlaps(IPv4Network(other["prefix"])):
            raise unprocessable(f"The prefix overlaps with {other['prefix']}, which is on this account.")
    key = account.uuid()
    prefix: ByoipPrefix = {
        "uuid": key,
        "prefix": str(network),
        "region": slug,
        "status": "in_progress",
        "validations": [],
        "failure_reason": "",
        "advertised": False,
    }
    account.after(account.settings.seconds("byoip_prefix.create"), "byoip.created", now, prefix_id=key, fails=fails)
    return account.put(BYOIP_PREFIX, key, prefix)


def advertise(account: Account, prefix: ByoipPrefix, wanted: bool) -> ByoipPrefix:
    """Announce an active prefix to the internet, or stop that."""
    if prefix["status"] != "active":
        raise unprocessable("The prefix is not active.")
    return account.change(BYOIP_PREFIX, prefix["uuid"], advertised=wanted)


def delete(account: Account, now: float, prefix: ByoipPrefix) -> None:
    """Begin to give a prefix back; not while Droplets have addresses of it (product documentation)."""
    if any(_in_use(account, address) for address in addresses(account, prefix)):
        raise unprocessable("The prefix has addresses assigned to Droplets.")
    if prefix["status"] != "deleting":
        account.change(BYOIP_PREFIX, prefix["uuid"], status="deleting", advertised=False)
        account.after(account.settings.seconds("byoip_prefix.delete"), "byoip.deleted", now, prefix_id=prefix["uuid"])


def addresses(account: Account, prefix: ByoipPrefix) -> list[StoredReservedIp]:
    """Addresses of a prefix that are or were assigned."""
    return [account.get(RESERVED_IP, key) for key in account.store(RESERVED_IP).keys("byoip", prefix["uuid"])]


def allocations(account: Account, prefix: ByoipPrefix) -> list[Record]:
    """Return which addresses of a prefix Droplets have, and since when, as the API shows them."""
    return [_allocation(account, one) for one in addresses(account, prefix) if one["droplet_id"] is not None]


def unused_address(account: Account, ip: str) -> StoredReservedIp | None:
    """Return the record with which an address of an active prefix begins, once it is used."""
    address = ip_address(ip)
    for prefix in account.store(BYOIP_PREFIX):
        if prefix["status"] == "active" and address in IPv4Network(prefix["prefix"]):
            return {
                "ip": ip,
                "region": prefix["region"],
                "droplet_id": None,
                "reserved_at": iso(account.clock.now()),
                "project_id": None,
                "byoip": prefix["uuid"],
            }
    return None


def _read_network(value: str) -> IPv4Network:
    try:
        network = IPv4Network(value)
    except ValueError:
        raise unprocessable("prefix is not an IPv4 network in CIDR notation") from None
    if not LARGEST <= network.prefixlen <= SMALLEST:
        raise unprocessable(f"prefix must be between /{LARGEST} and /{SMALLEST}")
    return network


def _in_use(account: Account, address: StoredReservedIp) -> bool:
    return address["droplet_id"] is not None or actions.pending(account, "reserved_ip", address["ip"])


def _allocation(account: Account, address: StoredReservedIp) -> Record:
    done = (account.get(ACTION, key) for key in actions.of(account, "reserved_ip", address["ip"]))
    assigned = [one["completed_at"] for one in done if one["type"] == "assign_ip" and one["status"] == "completed"]
    return {
        "id": int(IPv4Address(address["ip"])),
        "byoip": address["ip"],
        "region": address["region"],
        "resource": f"do:droplet:{address['droplet_id']}",
        "assigned_at": assigned[0] if assigned else address["reserved_at"],
    }


@effect("byoip.created")
def _finish_create(account: Account, _now: float, *, prefix_id: str, fails: bool) -> None:
    prefix = account.find(BYOIP_PREFIX, prefix_id)
    if prefix is None or prefix["status"] != "in_progress":
        return
    if fails:
        # Name and status of the check: API reference, schema of `validations`; status and reason are our own.
        failed = [{"name": "SIGNATURE HASH", "status": "FAILED", "note": ""}]
        account.change(BYOIP_PREFIX, prefix_id, status="failed", validations=failed, failure_reason="validation failed")
    else:
        account.change(BYOIP_PREFIX, prefix_id, status="active")


@effect("byoip.deleted")
def _finish_delete(account: Account, _now: float, *, prefix_id: str) -> None:
    prefix = account.delete(BYOIP_PREFIX, prefix_id)
    if prefix is not None:
        for address in addresses(account, prefix):
            account.delete(RESERVED_IP, address["ip"])


def require_readable(account: Account, action: StoredAction) -> StoredAction:
    """Return an action that is asked for by its id; 404 for one of a prefix's address, where these can't be read."""
    if not account.settings.byoip_actions_readable:
        type, _, ip = action["resource"].partition(":")
        address = account.find(RESERVED_IP, ip) if type == RESERVED_IP else None
        if address is not None and "byoip" in address:
            raise not_found()
    return action


OPERATIONS = Operations()

SHOWN = ("uuid", "prefix", "status", "region", "validations", "failure_reason", "advertised")


def _show(call: ApiCall, prefix: ByoipPrefix) -> Record:
    return {**select_members(prefix, SHOWN), "name": "", "locked": False, "project_id": default_id(call.account)}


def _prefix_in_path(call: ApiCall) -> ByoipPrefix:
    return call.account.get(BYOIP_PREFIX, call.params["byoip_prefix_uuid"])


@OPERATIONS("GET", "/v2/byoip_prefixes", "byoip_prefix:read")
def list_prefixes(call: ApiCall) -> Record:
    """List all prefixes."""
    return page(call, "byoip_prefixes", list(call.account.store(BYOIP_PREFIX)), lambda prefix: _show(call, prefix))


@OPERATIONS("POST", "/v2/byoip_prefixes", "byoip_prefix:create", status=202)
def create_prefix(call: ApiCall) -> Record:
    """Begin to bring a prefix; under the key that the reference's example and godo have, its schema does not."""
    prefix = create(call.account, call.now, call.body, fails="create_errored" in call.faults)
    return {"byoip_prefix": select_members(prefix, ("uuid", "region", "status"))}


@OPERATIONS("GET", "/v2/byoip_prefixes/{byoip_prefix_uuid}", "byoip_prefix:read")
def get_prefix(call: ApiCall) -> Record:
    """Return one prefix."""
    return {"byoip_prefix": _show(call, _prefix_in_path(call))}


@OPERATIONS("PATCH", "/v2/byoip_prefixes/{byoip_prefix_uuid}", "byoip_prefix:update", status=202)
def patch_prefix(call: ApiCall) -> Record:
    """Announce a prefix to the internet, or stop that."""
    prefix, wanted = _prefix_in_path(call), read_required(call.body, "advertise", boolean)
    return {"byoip_prefix": _show(call, advertise(call.account, prefix, wanted))}


@OPERATIONS("DELETE", "/v2/byoip_prefixes/{byoip_prefix_uuid}", "byoip_prefix:delete", status=202)
def delete_prefix(call: ApiCall) -> None:
    """Give a prefix back, which takes a moment."""
    delete(call.account, call.now, _prefix_in_path(call))


@OPERATIONS("GET", "/v2/byoip_prefixes/{byoip_prefix_uuid}/ips", "byoip_prefix:read")
def list_addresses(call: ApiCall) -> Record:
    """List which addresses of a prefix Droplets have."""
    return page(call, "ips", allocations(call.account, _prefix_in_path(call)), lambda shown: shown)
