"""VPCs: the default one of each region, those that are created, their address ranges and addresses inside them.

A range is in RFC 1918, neither too large nor too small, not reserved, and does not overlap with another one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from ipaddress import IPv4Network

from ..catalog import entries, region_index
from ..engine.account import Account
from ..engine.clock import iso, iso_with_fraction
from ..engine.errors import conflict, forbidden, unprocessable
from ..engine.fields import boolean, read_description, read_name, read_optional, read_region, text
from ..engine.records import VPC, Key, Record, StoredVpc, select_members
from ..engine.store import index
from ..http.messages import ApiCall, page
from ..http.routes import Operations
from . import vpc_members

#: API reference, pattern of `name`.
NAME = re.compile(r"[a-zA-Z0-9\-.]+")

#: `pulumi-digitalocean#753`; the reference promises 403, the API sends 409 (recorded on 2024-06-19). The refusal for
#: default VPCs is the 403 of `doctl#930` (2020-12-17), its text is in the notes of many who met it.
WITH_MEMBERS = "Can not delete VPC with members"
IS_DEFAULT = "Can not delete default VPCs"
SAME_NAME = "a VPC with the same name already exists in your account"


@index(VPC, "default")
def _default(vpc: StoredVpc) -> Iterable[Key]:
    return (vpc["region"],) if vpc["default"] else ()


@index(VPC, "region")
def _region(vpc: StoredVpc) -> Iterable[Key]:
    return (vpc["region"],)


@index(VPC, "name")
def _name(vpc: StoredVpc) -> Iterable[Key]:
    return (vpc["name"],)


# -- the default one


def find_default(account: Account, slug: str) -> StoredVpc | None:
    """Return the region's default VPC, if it has come into being."""
    keys = account.store(VPC).keys("default", slug)
    return account.get(VPC, keys[0]) if keys else None


def default_vpc(account: Account, region: str, now: float) -> StoredVpc:
    """Return the region's default VPC; it comes into being with the first resource that needs it."""
    return find_default(account, region) or _make_default(account, region, now)


def _make_default(account: Account, slug: str, now: float) -> StoredVpc:
    number = region_index(slug)
    prefix = account.settings.default_vpc_prefix
    usual, others = IPv4Network(f"10.{100 + number}.0.0/{prefix}"), list(account.store(VPC))
    if any(usual.overlaps(network_of(vpc)) for vpc in others):
        usual = free_range(usual.prefixlen, slug, others)
    key, created = account.uuid("vpc", slug), iso(now)
    return _put(account, created, key, f"default-{slug}", "", slug, usual, default=True)


def ensure_defaults(account: Account, now: float) -> None:
    """Give each open region its default VPC, as in an account in use, unless the settings say that it is fresh."""
    if account.settings.first_vpc_is_default:
        return
    for region in entries("regions"):
        if region["available"]:
            default_vpc(account, region["slug"], now)


def _put(
    account: Account,
    created_at: str,
    key: str,
    name: str,
    description: str,
    slug: str,
    network: IPv4Network,
    *,
    default: bool,
) -> StoredVpc:
    vpc: StoredVpc = {
        "id": key,
        "urn": f"do:vpc:{key}",
        "name": name,
        "description": description,
        "region": slug,
        "ip_range": str(network),
        "default": default,
        "created_at": created_at,
    }
    return account.put(VPC, key, vpc)


# -- made, changed, deleted


def create(account: Account, now: float, body: Record) -> StoredVpc:
    """Create a VPC; in a new account the first one of a region is its default (API reference, POST /v2/vpcs)."""
    ensure_defaults(account, now)
    name, slug, description = _free_name(account, read_name(body)), read_region(body), read_description(body)
    asked = read_optional(body, "ip_range", text, None)
    others = list(account.store(VPC))
    if asked:
        network = read_network(asked)
        require_free(network, slug, others)
    else:
        network = free_range(GENERATED, slug, others)
    default = find_default(account, slug) is None
    # Recordings of 2019 to 2021 have fractions of a second in what was made, none in default VPCs.
    created = iso_with_fraction(now, account.draw() % 1_000_000)
    return _put(account, created, account.uuid(), name, description, slug, network, default=default)


def update(account: Account, vpc: StoredVpc, body: Record) -> StoredVpc:
    """New name or description, or the region's default from now on; what is missing stays as it is."""
    name = vpc["name"] if body.get("name") is None else _free_name(account, read_name(body), vpc)
    description = read_description(body, vpc["description"])
    default = read_optional(body, "default", boolean, vpc["default"])
    if vpc["default"] and not default:
        raise unprocessable("The default VPC of a region can not be unset; set another one as default instead.")
    former = find_default(account, vpc["region"])
    if default and former is not None and former["id"] != vpc["id"]:
        account.change(VPC, former["id"], default=False)
    return account.change(VPC, vpc["id"], name=name, description=description, default=default)


def delete(account: Account, vpc: StoredVpc) -> None:
    """Delete a VPC that is not the default of its region and has nothing in it."""
    if vpc["default"]:
        raise forbidden(IS_DEFAULT)
    if vpc_members.count(account, vpc["id"]):
        raise conflict(WITH_MEMBERS)
    if account.store("vpc_peering").count("vpc", vpc["id"]):
        raise conflict("Can not delete VPC with peerings")  # unverified
    account.delete(VPC, vpc["id"])


def _free_name(account: Account, name: str, own: StoredVpc | None = None) -> str:
    if not NAME.fullmatch(name):
        raise unprocessable("name may only contain alphanumeric characters, dashes, and periods")
    if any(own is None or key != own["id"] for key in account.store(VPC).keys("name", name)):
        raise unprocessable(SAME_NAME)
    return name


# -- addresses


def _room(network: IPv4Network) -> int:
    return max(network.num_addresses - 3, 1)  # without the network's own, the gateway's and the broadcast address


def require_room(account: Account, vpc: StoredVpc, wanted: int) -> None:
    """Refuse more members than there are addresses; the text is our own."""
    if vpc_members.count(account, vpc["id"]) + wanted > _room(network_of(vpc)):
        raise unprocessable(f"VPC {vpc['name']} has not enough free addresses.")


def next_address(account: Account, vpc: StoredVpc) -> tuple[str, str]:
    """Return a private address and its netmask. They are not used again until the range has been gone through."""
    network = network_of(vpc)
    room, number = _room(network), account.count(f"vpc:{vpc['id']}")
    addresses = (str(network.network_address + 2 + (number + step) % room) for step in range(room))
    if number >= room:
        taken = vpc_members.has_address(account, vpc["id"])
        addresses = (address for address in addresses if not taken(address))
    return next(addresses, None) or str(network.network_address + 2 + number % room), str(network.netmask)


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


def network_of(vpc: StoredVpc) -> IPv4Network:
    """Return a VPC's range."""
    return IPv4Network(vpc["ip_range"])


def reserved_ranges(region: str) -> list[IPv4Network]:
    """Return what no VPC of a region may have."""
    return [*RESERVED, *([RESERVED_IN[region]] if region in RESERVED_IN else [])]


def read_network(value: str) -> IPv4Network:
    """Read a range in CIDR notation, else 422; the texts here are our own."""
    try:
        network = IPv4Network(value)
    except ValueError:
        raise unprocessable("ip_range is not a network in CIDR notation") from None
    if "/" not in value or not LARGEST <= network.prefixlen <= SMALLEST:
        raise unprocessable(f"ip_range must be between /{LARGEST} and /{SMALLEST}")
    if not any(network.subnet_of(private) for private in PRIVATE):
        raise unprocessable("ip_range must be in the range of private addresses")
    return network


def require_free(network: IPv4Network, region: str, vpcs: Iterable[StoredVpc]) -> None:
    """Refuse a range that is reserved in the region or that another VPC of the account has a part of."""
    if any(network.overlaps(one) for one in reserved_ranges(region)):
        raise unprocessable(f"ip_range overlaps with a reserved range in {region}")
    for vpc in vpcs:
        if network.overlaps(network_of(vpc)):
            # The text is that of a trace in public operations notes; `terraform-provider-digitalocean#551` is the case.
            raise unprocessable(
                f"This range/size overlaps with another VPC network in your account: {vpc['name']} {vpc['ip_range']}."
            )


def free_range(prefix: int, region: str, vpcs: Iterable[StoredVpc]) -> IPv4Network:
    """Return the lowest range of a size that is neither reserved nor taken."""
    size, start = 2 ** (32 - prefix), _GENERATED_FROM
    taken = sorted((*reserved_ranges(region), *map(network_of, vpcs)), key=lambda one: int(one.network_address))
    for network in taken:
        if int(network.network_address) >= start + size:
            break
        start = max(start, -(-(int(network.broadcast_address) + 1) // size) * size)
    found = IPv4Network((start, prefix))
    if not found.subnet_of(PRIVATE[0]):
        raise unprocessable("There is no free IP range left for a VPC.")
    return found


OPERATIONS = Operations()

SHOWN = ("id", "urn", "name", "description", "region", "ip_range", "created_at", "default")


def show(vpc: StoredVpc) -> Record:
    """Return a VPC as the API shows it."""
    return select_members(vpc, SHOWN)


def vpc_in_path(call: ApiCall) -> StoredVpc:
    """Return the VPC whose id is in the path."""
    return call.account.get(VPC, call.params["vpc_id"])


@OPERATIONS("GET", "/v2/vpcs", "vpc:read")
def list_vpcs(call: ApiCall) -> Record:
    """List all VPCs."""
    ensure_defaults(call.account, call.now)
    return page(call, "vpcs", list(call.account.store(VPC)), show)


@OPERATIONS("POST", "/v2/vpcs", "vpc:create", status=201)
def create_vpc(call: ApiCall) -> Record:
    """Create a VPC."""
    return {"vpc": show(create(call.account, call.now, call.body))}


@OPERATIONS("GET", "/v2/vpcs/{vpc_id}", "vpc:read")
def get_vpc(call: ApiCall) -> Record:
    """Return one VPC."""
    return {"vpc": show(vpc_in_path(call))}


@OPERATIONS("PUT", "/v2/vpcs/{vpc_id}", "vpc:update")
def update_vpc(call: ApiCall) -> Record:
    """The same as PATCH, but for the name, which must be there."""
    vpc = vpc_in_path(call)
    read_name(call.body)
    return {"vpc": show(update(call.account, vpc, call.body))}


@OPERATIONS("PATCH", "/v2/vpcs/{vpc_id}", "vpc:update")
def patch_vpc(call: ApiCall) -> Record:
    """New name or description, or default from now on."""
    return {"vpc": show(update(call.account, vpc_in_path(call), call.body))}


@OPERATIONS("DELETE", "/v2/vpcs/{vpc_id}", "vpc:delete", status=204)
def delete_vpc(call: ApiCall) -> None:
    """Delete a VPC with nothing in it."""
    delete(call.account, vpc_in_path(call))
