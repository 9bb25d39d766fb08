"""VPCs: the default one of each region, those that are made, and addresses inside them.

Members of a `vpc` record: `id`, `urn`, `name`, `description`, `region`, `ip_range`, `default`, `created_at`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network

from ...catalog import entries, region
from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import conflict, forbidden, unprocessable
from ...engine.fields import boolean, name_of, optional, required, text
from ...engine.records import Key, Record
from ...engine.store import index
from . import members, ranges

#: API reference, pattern of `name` and length of `description`.
NAME = re.compile(r"[a-zA-Z0-9\-.]+")
DESCRIPTION_LENGTH = 255

#: `pulumi-digitalocean#753`; the reference promises 403, the API sends 409. The refusal for default VPCs is the 403 of
#: `doctl#930`, its text is in the notes of many who met it.
WITH_MEMBERS = "Can not delete VPC with members"
IS_DEFAULT = "Can not delete default VPCs"
SAME_NAME = "a VPC with the same name already exists in your account"


@index("vpc", "default")
def _default(vpc: Record) -> Iterable[Key]:
    return (vpc["region"],) if vpc["default"] else ()


@index("vpc", "region")
def _region(vpc: Record) -> Iterable[Key]:
    return (vpc["region"],)


@index("vpc", "name")
def _name(vpc: Record) -> Iterable[Key]:
    return (vpc["name"],)


# -- the default one


def known_default(account: Account, slug: str) -> Record | None:
    """The region's default VPC, if it has come into being."""
    keys = account.store("vpc").keys("default", slug)
    return account.get("vpc", keys[0]) if keys else None


def default_vpc(account: Account, region: str, now: float) -> Record:
    """The region's default VPC; it comes into being with the first resource that needs it."""
    return known_default(account, region) or _make_default(account, region, now)


def _make_default(account: Account, slug: str, now: float) -> Record:
    number = [place["slug"] for place in entries("regions")].index(slug)
    # The real ones are /20; a /16 leaves room for ten thousand Droplets in one region.
    usual, others = IPv4Network(f"10.{100 + number}.0.0/16"), list(account.store("vpc"))
    if any(usual.overlaps(ranges.network_of(vpc)) for vpc in others):
        usual = ranges.free_range(usual.prefixlen, slug, others)
    return _put(account, now, account.uuid("vpc", slug), f"default-{slug}", "", slug, usual, default=True)


def _put(
    account: Account,
    now: float,
    key: str,
    name: str,
    description: str,
    slug: str,
    network: IPv4Network,
    *,
    default: bool,
) -> Record:
    vpc = {
        "id": key,
        "urn": f"do:vpc:{key}",
        "name": name,
        "description": description,
        "region": slug,
        "ip_range": str(network),
        "default": default,
        "created_at": iso(now),
    }
    return account.put("vpc", key, vpc)


# -- made, changed, deleted


def create(account: Account, now: float, body: Record) -> Record:
    """A new VPC; the first one of a region is its default (API reference, text of POST /v2/vpcs)."""
    name, slug, description = _free_name(account, name_of(body)), _open_region(body), _description(body, "")
    asked = optional(body, "ip_range", text, None)
    if not account.settings.first_vpc_is_default:
        default_vpc(account, slug, now)
    others = list(account.store("vpc"))
    if asked:
        network = ranges.read_network(asked)
        ranges.require_free(network, slug, others)
    else:
        network = ranges.free_range(ranges.GENERATED, slug, others)
    default = known_default(account, slug) is None
    return _put(account, now, account.uuid(), name, description, slug, network, default=default)


def update(account: Account, vpc: Record, body: Record) -> Record:
    """New name or description, or the region's default from now on; what is missing stays as it is."""
    name = vpc["name"] if body.get("name") is None else _free_name(account, name_of(body), vpc)
    description, default = _description(body, vpc["description"]), optional(body, "default", boolean, vpc["default"])
    if vpc["default"] and not default:
        raise unprocessable("The default VPC of a region can not be unset; set another one as default instead.")
    former = known_default(account, vpc["region"])
    if default and former is not None and former["id"] != vpc["id"]:
        account.change("vpc", former["id"], default=False)
    return account.change("vpc", vpc["id"], name=name, description=description, default=default)


def delete(account: Account, vpc: Record) -> None:
    """Delete a VPC that is nobody's default and has nothing in it."""
    if vpc["default"]:
        raise forbidden(IS_DEFAULT)
    if members.count(account, vpc["id"]):
        raise conflict(WITH_MEMBERS)
    if account.store("vpc_peering").count("vpc", vpc["id"]):
        raise conflict("Can not delete VPC with peerings")  # unverified
    account.delete("vpc", vpc["id"])


def _free_name(account: Account, name: str, own: Record | None = None) -> str:
    if not NAME.fullmatch(name):
        raise unprocessable("name may only contain alphanumeric characters, dashes, and periods")
    if any(own is None or key != own["id"] for key in account.store("vpc").keys("name", name)):
        raise unprocessable(SAME_NAME)
    return name


def _open_region(body: Record) -> str:
    slug = required(body, "region", text)
    if not (region(slug) or {"available": False})["available"]:
        raise unprocessable("region is invalid")
    return slug


def _description(body: Record, default: str) -> str:
    description = optional(body, "description", text, default)
    if len(description) > DESCRIPTION_LENGTH:
        raise unprocessable(f"description is too long (maximum is {DESCRIPTION_LENGTH} characters)")
    return description


# -- addresses


def _room(network: IPv4Network) -> int:
    return max(network.num_addresses - 3, 1)  # without the network's own, the gateway's and the broadcast address


def require_room(account: Account, vpc: Record, wanted: int) -> None:
    """Refuse more members than there are addresses; the text is our own."""
    if members.count(account, vpc["id"]) + wanted > _room(ranges.network_of(vpc)):
        raise unprocessable(f"VPC {vpc['name']} has not enough free addresses.")


def next_address(account: Account, vpc: Record) -> tuple[str, str]:
    """A private address and its netmask. They are not used again until the range has been gone through."""
    network = ranges.network_of(vpc)
    room, number = _room(network), account.count(f"vpc:{vpc['id']}")
    places = (str(network.network_address + 2 + (number + step) % room) for step in range(room))
    if number >= room:
        taken = members.has_address(account, vpc["id"])
        places = (place for place in places if not taken(place))
    return next(places, None) or str(network.network_address + 2 + number % room), str(network.netmask)
