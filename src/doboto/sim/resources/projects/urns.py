"""Resources by their uniform names, `do:droplet:123`: what a project can hold.

A domain's, volume's, VPC's or Droplet's project is noted beside it; a `load_balancer` and a `reserved_ip` record have
a member `project_id` (null for the default project), because their own replies show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...engine.account import Account
from ...engine.fields import integer
from ...engine.records import DROPLET, RESERVED_IP, VOLUME, VPC, Key, Kind

#: API reference, pattern of `urn`.
#: `reservedip` is taken, too, and written `floatingip`.
URN = re.compile(r"do:(dbaas|domain|droplet|floatingip|reservedip|loadbalancer|space|volume|kubernetes|vpc):(.*)")


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind of resource: its store, the scope that shows it, and its place in paths."""

    store: Kind[Any]
    scope: str
    path: str


#: By their names in URNs; databases, Spaces and Kubernetes clusters are outside this simulator, so that none is ever
#: found. Reserved IPs have their old name here and in links.
KINDS = {
    "droplet": ResourceKind(DROPLET, "droplet:read", "droplets"),
    "volume": ResourceKind(VOLUME, "block_storage:read", "volumes"),
    "domain": ResourceKind(Kind("domain"), "domain:read", "domains"),
    "floatingip": ResourceKind(RESERVED_IP, "reserved_ip:read", "floating_ips"),
    "loadbalancer": ResourceKind(Kind("load_balancer"), "load_balancer:read", "load_balancers"),
    "vpc": ResourceKind(VPC, "vpc:read", "vpcs"),
}
#: Scopes of the kinds that are not there.
OUTSIDE = {"dbaas": "database:read", "space": "spaces:read", "kubernetes": "kubernetes:read"}


class ProjectResource(NamedTuple):
    """A resource that is there; a tuple, because there may be ten thousand at a time."""

    type: str
    kind: ResourceKind
    key: Key
    record: Mapping[str, Any]

    @property
    def urn(self) -> str:
        """Its uniform name."""
        return f"do:{self.type}:{self.key}"


def scope_of(urn: str) -> str | None:
    """Return the scope that a resource of that name takes to be seen; nothing for what is no URN."""
    match = URN.fullmatch(urn)
    if match is None:
        return None
    type = _type(match)
    return KINDS[type].scope if type in KINDS else OUTSIDE[type]


def _type(match: re.Match[str]) -> str:
    return "floatingip" if match.group(1) == "reservedip" else match.group(1)


def find(account: Account, urn: str) -> ProjectResource | None:
    """Return the resource of that name, if it is there."""
    match = URN.fullmatch(urn)
    kind = None if match is None else KINDS.get(_type(match))
    if match is None or kind is None:
        return None
    key: Key | None = integer(match.group(2)) if kind.store == DROPLET else match.group(2).lower()
    record = None if key is None else account.find(kind.store, key)
    return None if key is None or record is None else ProjectResource(_type(match), kind, key, record)


def everything(account: Account) -> Iterator[ProjectResource]:
    """Return all resources that a project can hold, kind by kind."""
    for type, kind in KINDS.items():
        for key, record in account.store(kind.store).records.items():
            yield ProjectResource(type, kind, key, record)
