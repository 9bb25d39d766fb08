"""Addresses of Droplets, from ranges that lead nowhere, and which of them answer.

Public addresses are from 198.18.0.0/15 (RFC 2544, benchmarks) and 2001:db8::/32 (RFC 3849, documentation): a program
that connects to a simulated Droplet's address gets no answer. Netmasks and gateways have the form of the API
reference's examples. If there were a network, those Droplets would answer that are active and have booted.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ...catalog import region_index
from ...engine import relations
from ...engine.account import Account
from ...engine.records import (
    DROPLET,
    RESERVED_IP,
    RESERVED_IPV6,
    Interface,
    Key,
    Networks,
    Record,
    StoredDroplet,
    StoredVpc,
)
from ...engine.store import index
from ..vpcs import network_of, next_address

_V4 = int(ipaddress.IPv4Address("198.18.0.0"))
_V4_ROOM = 2**17
_V4_BLOCK = 2**12
_V4_NETMASK = "255.255.240.0"
#: Odd, so that stepping by it visits every address of the range once before any comes again.
_V4_STEP = 40_503
_V6 = int(ipaddress.IPv6Address("2001:db8::"))


def public_v4(account: Account) -> Interface:
    """Return a public IPv4 interface with an address that no other Droplet of the account has."""
    start = account.draw("public v4") % _V4_ROOM
    while True:
        offset = (start + account.count("public v4") * _V4_STEP) % _V4_ROOM
        if 1 < offset % _V4_BLOCK < _V4_BLOCK - 1:
            break
    address, gateway = _V4 + offset, _V4 + offset - offset % _V4_BLOCK + 1
    return {
        "ip_address": str(ipaddress.IPv4Address(address)),
        "netmask": _V4_NETMASK,
        "gateway": str(ipaddress.IPv4Address(gateway)),
        "type": "public",
    }


def private_v4(account: Account, vpc: StoredVpc) -> Interface:
    """Return a private interface in a VPC."""
    address, netmask = next_address(account, vpc)
    asked = account.settings.private_gateway
    gateway = str(network_of(vpc)[1]) if asked == "vpc" else asked
    return {"ip_address": address, "netmask": netmask, "gateway": gateway, "type": "private"}


def public_v6(account: Account, region: str) -> Interface:
    """Return a public IPv6 interface."""
    number = region_index(region)
    network = _V6 + ((number + 1) << 64)
    return {
        "ip_address": str(ipaddress.IPv6Address(network + 0x1000 + account.count("public v6"))),
        "netmask": 64,
        "gateway": str(ipaddress.IPv6Address(network + 1)),
        "type": "public",
    }


def show(account: Account, droplet: StoredDroplet) -> Networks:
    """Return a Droplet's own interfaces and the reserved addresses assigned to it (`godo#343`).

    A reserved IPv4 address follows the public one (a recording of 2020-06 has it between public and private).
    """
    reserved_v4 = [_reserved_v4(str(ip)) for ip in relations.reserved_ips_of(account, droplet["id"])]
    reserved_v6 = [_reserved_v6(str(ip)) for ip in relations.reserved_ipv6s_of(account, droplet["id"])]
    own = droplet["networks"]
    public = [one for one in own["v4"] if one["type"] == "public"] + reserved_v4
    private = [one for one in own["v4"] if one["type"] == "private"]
    first, second = (private, public) if _private_first(account, droplet) else (public, private)
    return {"v4": [*first, *second], "v6": [*own["v6"], *reserved_v6]}


def _private_first(account: Account, droplet: StoredDroplet) -> bool:
    order = account.settings.v4_order
    return order == "private" or (order == "drawn" and account.draw("v4 order", str(droplet["id"])) % 2 == 1)


def _reserved_v4(ip: str) -> Interface:
    network = ipaddress.IPv4Network(f"{ip}/24", strict=False)
    return {"ip_address": ip, "netmask": str(network.netmask), "gateway": str(network[1]), "type": "public"}


def _reserved_v6(ip: str) -> Interface:
    # Netmask 0 as in the fixtures of `droplet_kit` PR 332.
    network = ipaddress.IPv6Network(f"{ip}/64", strict=False)
    return {"ip_address": ip, "netmask": 0, "gateway": str(network[1]), "type": "public"}


@index(DROPLET, "address")
def _address(droplet: StoredDroplet) -> Iterable[Key]:
    networks = droplet["networks"]
    return [interface["ip_address"] for interface in (*networks["v4"], *networks["v6"])]


def boot_period(account: Account, now: float) -> Record:
    """Return the member of a Droplet that starts now: when its ports answer."""
    return {"answers_from": now + account.clock.lasting(account.settings.boot_seconds)}


def answers(account: Account, host: str, port: int, now: float) -> bool:
    """Return whether a Droplet of the account listens there: at an address of its own or a reserved one."""
    if port not in account.settings.open_ports:
        return False
    return any(_is_up(account, account.find(DROPLET, key), now) for key in _keys_at(account, host))


def _keys_at(account: Account, host: str) -> list[Key]:
    try:
        address = str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return []
    kinds = (RESERVED_IP, RESERVED_IPV6)
    reserved = [record["droplet_id"] for kind in kinds if (record := account.find(kind, address)) is not None]
    return [*account.store(DROPLET).keys("address", address), *(key for key in reserved if key is not None)]


def _is_up(account: Account, droplet: StoredDroplet | None, now: float) -> bool:
    if droplet is None or droplet["status"] != "active":
        return False
    # The boot may have begun on another clock, before a restart.
    return account.clock.lasting(droplet.get("answers_from", 0.0) - now) <= 0
