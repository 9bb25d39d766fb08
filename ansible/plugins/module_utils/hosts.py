"""Hosts of Ansible's inventory, made of Droplets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

try:
    from doboto import addresses
except ImportError:  # the plugin says which library is needed
    addresses = None

Droplet = dict[str, Any]

#: Members that are added to Droplets for groups; the API has them elsewhere.
VPC, PROJECT = "vpc_name", "project_name"


@dataclass(frozen=True)
class Host:
    """A Droplet as a host.

    Attributes:
        account: The name of the account that it is in; empty where there is only one.
        droplet: The Droplet.
        kinds: The kinds of addresses that it may be reached at, the preferred one first.
    """

    account: str
    droplet: Mapping[str, Any]
    kinds: Sequence[str] = ("public_ipv4",)

    @property
    def address(self) -> str | None:
        """The address to reach it at, or None."""
        found = (getattr(addresses, kind)(self.droplet) for kind in self.kinds)
        return next((address for address in found if address), None)

    def variables(self, prefix: str) -> dict[str, Any]:
        """Its variables: the attributes of the Droplet, its addresses and its account.

        Args:
            prefix: What their names begin with.
        """
        reached = {kind: getattr(addresses, kind)(self.droplet) for kind in ADDRESSES}
        shown = {key: _without_catalog(key, value) for key, value in self.droplet.items()}
        return {f"{prefix}{key}": value for key, value in {**shown, **reached, "account": self.account}.items()}

    def groups(self, by: Iterable[str]) -> Iterator[str]:
        """The names of its groups, not yet made fit for Ansible.

        Args:
            by: What groups are made of, names of C(GROUPS).
        """
        if self.account:
            yield self.account
        for kind in by:
            yield from (f"{kind}_{value}" for value in GROUPS[kind](self.droplet) if value)


ADDRESSES = ("public_ipv4", "private_ipv4", "public_ipv6")

#: What each kind of group is made of.
GROUPS = {
    "tag": lambda droplet: droplet.get("tags") or [],
    "region": lambda droplet: [(droplet.get("region") or {}).get("slug")],
    "size": lambda droplet: [droplet.get("size_slug")],
    "status": lambda droplet: [droplet.get("status")],
    "vpc": lambda droplet: [droplet.get(VPC)],
    "project": lambda droplet: [droplet.get(PROJECT)],
}


#: Members that repeat for every Droplet what the catalog has: half of what the API sends.
CATALOG = {"region": ("sizes", "features", "available"), "size": ("regions", "available"), "image": ("regions",)}


def _without_catalog(key: str, value: Any) -> Any:
    if key not in CATALOG or not isinstance(value, Mapping):
        return value
    return {name: member for name, member in value.items() if name not in CATALOG[key]}


def unique_names(hosts: Sequence[Host]) -> Iterator[tuple[str, Host]]:
    """Each host with a name of its own: its Droplet's, or C(name-id) where an older Droplet has that one.

    Args:
        hosts: The hosts of all accounts.
    """
    own = {host.droplet["name"] for host in hosts}
    taken: set[str] = set()
    for host in sorted(hosts, key=lambda host: host.droplet["id"]):
        name = host.droplet["name"]
        while name in taken or (name != host.droplet["name"] and name in own):
            name = f"{name}-{host.droplet['id']}"
        taken.add(name)
        yield name, host


def read_account(
    do: Any, *, tag_name: str | None, type: str, statuses: Sequence[str], group_by: Sequence[str]
) -> list[Droplet]:
    """The Droplets of one account, with what their groups need.

    Args:
        do: The client.
        tag_name: Only Droplets with this tag.
        type: C(droplets), C(gpus) or C(all).
        statuses: Only Droplets with one of these statuses; all if empty.
        group_by: What groups are made of.

    Raises:
        ValueError: C(tag_name) and C(type) exclude each other.
        DOBOTOException: A page could not be read; no list is returned that lacks some.
    """
    if tag_name and type != "droplets":
        raise ValueError("tag_name finds Droplets of either type: leave out type")
    found = do.droplet.list(tag_name) if tag_name else do.droplet.list(type=type)
    droplets = [droplet for droplet in found if not statuses or droplet["status"] in statuses]
    if "vpc" in group_by:
        names = {vpc["id"]: vpc["name"] for vpc in do.vpc.list()}
        droplets = [{**droplet, VPC: names.get(droplet.get("vpc_uuid"))} for droplet in droplets]
    if "project" in group_by:
        projects = _projects(do)
        droplets = [{**droplet, PROJECT: projects.get(f"do:droplet:{droplet['id']}")} for droplet in droplets]
    return droplets


def _projects(do: Any) -> dict[str, str]:
    """The name of the project that each resource is in, by the resource's URN."""
    return {
        resource["urn"]: project["name"]
        for project in do.project.list()
        for resource in do.project.resource_list(project["id"])
    }


def with_addresses(droplet: Droplet) -> Droplet:
    """A Droplet and, beside what the API sent, its addresses.

    Args:
        droplet: The Droplet; one that is only planned has none.
    """
    if "networks" not in droplet:
        return droplet
    return {**droplet, **{kind: getattr(addresses, kind)(droplet) for kind in ADDRESSES}}
