"""Which ranges VPCs may have: RFC 1918, not too large or small, not reserved, not overlapping."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from ipaddress import IPv4Network

from ...engine.errors import unprocessable
from ...engine.records import Record

#: API reference, text of `ip_range`.
LARGEST, SMALLEST, GENERATED = 16, 28, 20
PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))

#: Ranges that DigitalOcean uses itself (product documentation, limits of VPCs): everywhere, and by region.
RESERVED = tuple(map(IPv4Network, ("10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24", "10.229.0.0/16")))
RESERVED_IN = {
    region: IPv4Network(network)
    for region, network in {
        "ams2": "10.14.0.0/16", "ams3": "10.18.0.0/16", "atl1": "10.50.0.0/16", "blr1": "10.47.0.0/16",
        "fra1": "10.19.0.0/16", "lon1": "10.16.0.0/16", "nyc1": "10.10.0.0/16", "nyc2": "10.13.0.0/16",
        "nyc3": "10.17.0.0/16", "sfo1": "10.12.0.0/16", "sfo2": "10.46.0.0/16", "sfo3": "10.48.0.0/16",
        "sgp1": "10.15.0.0/16", "syd1": "10.49.0.0/16", "tor1": "10.20.0.0/16",
    }.items()
}  # fmt: skip

#: Generated ranges seen in traces lie here and above (`terraform-provider-digitalocean#551`: 10.118.80.0/20).
_GENERATED_FROM = int(ipaddress.IPv4Address("10.116.0.0"))


def network_of(vpc: Record) -> IPv4Network:
    """A VPC's range."""
    return IPv4Network(vpc["ip_range"])


def reserved_in(region: str) -> list[IPv4Network]:
    """What no VPC of a region may have."""
    return [*RESERVED, *([RESERVED_IN[region]] if region in RESERVED_IN else [])]


def read_network(value: str) -> IPv4Network:
    """A range in CIDR notation, else 422; the texts here are our own."""
    try:
        network = IPv4Network(value)
    except ValueError:
        raise unprocessable("ip_range is not a network in CIDR notation") from None
    if "/" not in value or not LARGEST <= network.prefixlen <= SMALLEST:
        raise unprocessable(f"ip_range must be between /{LARGEST} and /{SMALLEST}")
    if not any(network.subnet_of(private) for private in PRIVATE):
        raise unprocessable("ip_range must be in the range of private addresses")
    return network


def require_free(network: IPv4Network, region: str, vpcs: Iterable[Record]) -> None:
    """Refuse a range that is reserved in the region or that another VPC of the account has a part of."""
    if any(network.overlaps(one) for one in reserved_in(region)):
        raise unprocessable(f"ip_range overlaps with a reserved range in {region}")
    for vpc in vpcs:
        if network.overlaps(network_of(vpc)):
            # The text is that of a trace in public operations notes; `terraform-provider-digitalocean#551` is the case.
            raise unprocessable(
                f"This range/size overlaps with another VPC network in your account: {vpc['name']} {vpc['ip_range']}."
            )


def free_range(prefix: int, region: str, vpcs: Iterable[Record]) -> IPv4Network:
    """The lowest range of a size that is neither reserved nor taken."""
    size, start = 2 ** (32 - prefix), _GENERATED_FROM
    taken = sorted((*reserved_in(region), *map(network_of, vpcs)), key=lambda one: int(one.network_address))
    for network in taken:
        if int(network.network_address) >= start + size:
            break
        start = max(start, -(-(int(network.broadcast_address) + 1) // size) * size)
    found = IPv4Network((start, prefix))
    if not found.subnet_of(PRIVATE[0]):
        raise unprocessable("There is no free IP range left for a VPC.")
    return found
