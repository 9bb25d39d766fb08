"""What is in a VPC: Droplets, load balancers, NAT gateways.

A kind with a row in `KINDS` needs records with `id`, `name`, `created_at`, and an index `vpc` over the id of the VPC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..engine.account import Account
from ..engine.records import DROPLET, EVENT, VPC, Key, Record, StoredEvent, as_record
from ..engine.store import index
from ..http.messages import ApiCall, page
from ..http.routes import Operations
from ..http.scopes import Scopes


@dataclass(frozen=True, slots=True)
class MemberKind:
    """One kind of member: its store, the scope to see it with, its name in URNs."""

    store: str
    scope: str
    urn: str | None


KINDS = (
    MemberKind("droplet", "droplet:read", "droplet"),
    MemberKind("load_balancer", "load_balancer:read", "loadbalancer"),
    # The API reference's pattern of a member's URN has no name for NAT gateways: they are counted and not listed.
    MemberKind("nat_gateway", "nat_gateway:read", None),
)


@index(EVENT, "vpc")
def _leaving(event: StoredEvent) -> Iterable[Key]:
    # A destroyed Droplet stays a member until what was attached to it comes free: the refusal to delete its VPC right
    # after it is well known (`pulumi-digitalocean#753`, `terraform-provider-digitalocean#472`).
    droplet = as_record(event["arguments"].get("droplet")) if event["effect"] == "droplet.released" else None
    return (droplet["vpc_uuid"],) if droplet is not None else ()


def members(account: Account, vpc_id: str, kinds: Iterable[MemberKind] = KINDS) -> list[tuple[MemberKind, Record]]:
    """Return all members of a VPC that are of some kinds, each with its kind."""
    return [(kind, record) for kind in kinds for record in _of_kind(account, vpc_id, kind)]


def _of_kind(account: Account, vpc_id: str, kind: MemberKind) -> list[Record]:
    store = account.store(kind.store)
    found = [store.records[key] for key in store.keys("vpc", vpc_id)]
    if kind.store != "droplet":
        return found
    return [*found, *_list_leaving(account, vpc_id)]


def _list_leaving(account: Account, vpc_id: str) -> list[Record]:
    events = (account.get(EVENT, key) for key in account.store(EVENT).keys("vpc", vpc_id))
    return [event["arguments"]["droplet"] for event in events]


def count(account: Account, vpc_id: str) -> int:
    """Return how many members a VPC has."""
    stores = [*(kind.store for kind in KINDS), "event"]
    return sum(account.store(store).count("vpc", vpc_id) for store in stores)


def list_members(account: Account, vpc_id: str, type: str | None, scopes: Scopes) -> list[tuple[MemberKind, Record]]:
    """List members that the API lists: those of a type if one is given, and only what the token may see."""
    named = [kind for kind in KINDS if kind.urn is not None and type in (None, "", kind.urn, kind.store)]
    return members(account, vpc_id, [kind for kind in named if scopes.allow(kind.scope)])


def show(member: tuple[MemberKind, Record]) -> Record:
    """Return a member as the API shows it."""
    kind, record = member
    return {"urn": f"do:{kind.urn}:{record['id']}", "name": record["name"], "created_at": record["created_at"]}


def has_address(account: Account, vpc_id: str) -> Callable[[str], bool]:
    """Return a function for whether some member of a VPC has an address; it does not scan the Droplets."""
    droplets, gateways = account.store(DROPLET), account.store("nat_gateway")
    few = {gateways.records[key]["gateway_ip"] for key in gateways.keys("vpc", vpc_id)}
    few |= {interface["ip_address"] for gone in _list_leaving(account, vpc_id) for interface in gone["networks"]["v4"]}

    def is_taken(address: str) -> bool:
        return address in few or any(
            droplets.records[key]["vpc_uuid"] == vpc_id for key in droplets.keys("address", address)
        )

    return is_taken


OPERATIONS = Operations()


@OPERATIONS("GET", "/v2/vpcs/{vpc_id}/members", "vpc:read")
def list_members_of_vpc(call: ApiCall) -> Record:
    """List what is in a VPC."""
    vpc, type = call.account.get(VPC, call.params["vpc_id"]), call.query.get("resource_type")
    found = list_members(call.account, vpc["id"], type, call.scopes)
    return page(call, "members", found, show)
