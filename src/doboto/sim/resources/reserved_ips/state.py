"""Reserved addresses: IPv4 ones (by their old name floating IPs) and IPv6 ones, and how they move between Droplets.

Addresses are from ranges that lead nowhere: 203.0.113.0/24, 198.51.100.0/24 and 192.0.2.0/24 (RFC 5737), and
2001:db8:1::/48 (RFC 3849).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Container
from typing import TypeAlias

from ...catalog import region_index
from ...engine import actions
from ...engine.account import Account
from ...engine.actions import ActionFailed
from ...engine.clock import iso
from ...engine.errors import not_found, over_limit, pending_event, unprocessable
from ...engine.lifecycle import durations, effect
from ...engine.records import (
    ACTION,
    DROPLET,
    RESERVED_IP,
    RESERVED_IPV6,
    Kind,
    Record,
    StoredAction,
    StoredDroplet,
    StoredReservedIp,
)
from ...engine.relations import on_droplet_destroyed
from .. import byoip_prefixes as byoip

#: IPv4 and IPv6 ones.
AddressKind: TypeAlias = Kind[StoredReservedIp]
V4, V6 = RESERVED_IP, RESERVED_IPV6

#: An assignment takes 11 s in the API reference's example; an unassignment "sleep 10" or more (`doctl#493`).
durations(reserved_ip__assign=11.0, reserved_ip__unassign=11.0)

_V4_NETWORKS = [ipaddress.IPv4Network(each) for each in ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")]
_V4_HOSTS = 254
#: A prime that does not divide the number of addresses: stepping by it visits each of them once.
_V4_STEP = 251
_V6 = int(ipaddress.IPv6Address("2001:db8:1::"))


def get(account: Account, store: AddressKind, text: str) -> StoredReservedIp:
    """Return the address that a path names, in any notation; else 404."""
    try:
        ip = str(ipaddress.ip_address(text))
    except ValueError:
        raise not_found() from None
    found = account.find(store, ip) or (byoip.unused_address(account, ip) if store == V4 else None)
    if found is None:
        raise not_found()
    return found


def require_limit(account: Account, store: AddressKind, noun: str) -> None:
    """Refuse one more address than the account may have; text and separate counts of the two kinds are unverified."""
    own = sum(one.get("byoip") is not None for one in account.store(store))
    if len(account.store(store)) - own >= account.settings.reserved_ip_limit:
        raise over_limit(unprocessable(f"You have reached the {noun} limit of your account."), "reserved_ip_limit")


def reserve(
    account: Account, now: float, store: AddressKind, slug: str, project_id: str | None = None
) -> StoredReservedIp:
    """Create an address of a region."""
    ip = _v4(account) if store == V4 else _v6(account, slug)
    made: StoredReservedIp = {
        "ip": ip,
        "region": slug,
        "droplet_id": None,
        "reserved_at": iso(now),
        "project_id": project_id,
    }
    return account.put(store, ip, made)


def note_reserved(account: Account, now: float, address: StoredReservedIp) -> None:
    """Note the action of reserving to a region, completed as it begins (API reference, example of actions)."""
    _start(account, now, V4, address, "reserve_ip", 0.0)
    account.apply_due_events(now)


def require_unassigned(account: Account, store: AddressKind, noun: str, droplet: StoredDroplet) -> None:
    """Refuse a Droplet that is busy or has such an address.

    Having one is 422 even for the very address to be assigned (a comment in `digitalocean/flipop`); the text is our
    own.
    """
    if droplet["destroying"]:
        raise pending_event()
    require_idle_droplet(account, droplet["id"])
    if account.store(store).count("droplet", droplet["id"]):
        raise unprocessable(f"The Droplet already has a {noun} assigned.")


def require_idle_droplet(account: Account, droplet_id: int) -> None:
    """Refuse a second event of the Droplet (`terraform-provider-digitalocean#1034`)."""
    if actions.pending(account, "droplet", droplet_id):
        raise pending_event()


def require_idle(account: Account, store: AddressKind, noun: str, address: StoredReservedIp) -> None:
    """Refuse a second event, also deletion (`doctl#493`, for floating IPs)."""
    if actions.pending(account, store, address["ip"]):
        raise unprocessable(f"The {noun} already has a pending event.")


def assign(
    account: Account,
    now: float,
    store: AddressKind,
    address: StoredReservedIp,
    droplet: StoredDroplet,
    faults: Container[str],
) -> StoredAction:
    """Begin to move an address to a Droplet."""
    account.put(store, address["ip"], address)  # one of a BYOIP prefix comes into being here
    return _begin(account, now, store, address, "assign", droplet["id"], faults)


def unassign(
    account: Account, now: float, store: AddressKind, address: StoredReservedIp, faults: Container[str]
) -> StoredAction:
    """Begin to take an address off its Droplet; not while that is busy (unverified, by analogy with assigning)."""
    if address["droplet_id"] is not None:
        require_idle_droplet(account, address["droplet_id"])
    return _begin(account, now, store, address, "unassign", None, faults)


def _begin(
    account: Account,
    now: float,
    store: AddressKind,
    address: StoredReservedIp,
    type: str,
    droplet_id: int | None,
    faults: Container[str],
) -> StoredAction:
    arguments = {"store": store, "ip": address["ip"], "droplet_id": droplet_id}
    seconds = account.settings.seconds(f"reserved_ip.{type}")
    fails = "action_errored" in faults
    busy = address["droplet_id"] if droplet_id is None else droplet_id
    return _start(account, now, store, address, f"{type}_ip", seconds, arguments, fails=fails, droplet_id=busy)


def _start(
    account: Account,
    now: float,
    store: AddressKind,
    address: StoredReservedIp,
    type: str,
    seconds: float,
    arguments: Record | None = None,
    *,
    fails: bool = False,
    droplet_id: int | None = None,
) -> StoredAction:
    action = actions.start(
        account,
        now,
        type,
        store,
        address["ip"],
        address["region"],
        seconds=seconds,
        effect=None if arguments is None else "reserved_ip.move",
        arguments=arguments,
        fails=fails,
        also=None if droplet_id is None else actions.resource_key("droplet", droplet_id),
    )
    # In the list of all actions IPv4 ones keep the old name (API reference, on Actions; `doctl#493`).
    shown = "floating_ip" if store == V4 else store
    return account.change(ACTION, action["id"], resource_type=shown, resource_id=_number(address["ip"]))


def _number(ip: str) -> int:
    # The address as a number: 2994767248 for 178.128.133.144 in `doctl#493`. IPv6 does not fit; that it is cut is
    # unverified.
    return int(ipaddress.ip_address(ip)) & 0xFFFF_FFFF


@effect("reserved_ip.move")
def _move(account: Account, _now: float, *, store: str, ip: str, droplet_id: int | None) -> None:
    kind: AddressKind = Kind(store)
    gone = droplet_id is not None and account.find(DROPLET, droplet_id) is None
    taken = droplet_id is not None and account.store(kind).count("droplet", droplet_id) > 0
    if account.find(kind, ip) is None or gone or taken:
        raise ActionFailed
    account.change(kind, ip, droplet_id=droplet_id)


@on_droplet_destroyed
def _unassign_destroyed(account: Account, _now: float, droplet: StoredDroplet) -> None:
    for store in (V4, V6):
        for ip in account.store(store).keys("droplet", droplet["id"]):
            account.change(store, ip, droplet_id=None)


def _v4(account: Account) -> str:
    room = len(_V4_NETWORKS) * _V4_HOSTS
    for _ in range(room):
        network, host = divmod((account.draw(V4) + account.count(V4) * _V4_STEP) % room, _V4_HOSTS)
        ip = str(_V4_NETWORKS[network][host + 1])
        if account.find(V4, ip) is None:
            return ip
    raise unprocessable("There are no more addresses to reserve.")


def _v6(account: Account, slug: str) -> str:
    number = region_index(slug) + 1
    # Ending in :9000 as the traced ones do (`openapi` PR 951, `droplet_kit` PR 332).
    return str(ipaddress.IPv6Address(_V6 + (number << 64) + ((account.count(V6) + 1) << 16) + 0x9000))
