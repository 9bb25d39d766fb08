"""The metadata of a Droplet, as a document and by path.

https://docs.digitalocean.com/reference/api/metadata/ has the paths; DigitalOcean's client `go-metadata` reads the
document as an object, where the reference's example has an array around it. Not there, since nothing here has them:
`auth-key`, anchor addresses. Unverified: that paths of what a Droplet does not have lead to 404, and that vendor data
is empty (at DigitalOcean it is cloud-config of theirs).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...engine import relations
from ...engine.account import Account
from ...engine.records import DROPLET, Record, StoredDroplet, as_list, as_record
from ..machine import Machine

VERSION = "/metadata/v1"
#: The resolvers of the reference's example.
NAMESERVERS = ("2001:4860:4860::8844", "2001:4860:4860::8888", "8.8.8.8")
#: Names of the document, where those of paths differ.
PATH_NAMES: Mapping[str, str] = {
    "droplet_id": "id",
    "user_data": "user-data",
    "vendor_data": "vendor-data",
    "public_keys": "public-keys",
}
#: What is an index in the reference, of texts alone; it is served with and without the slash at the end.
INDEXES = ("tags",)
INTERFACE_PATH_NAMES: Mapping[str, str] = {"ip_address": "address"}


class Redirect(Exception):
    """An index was asked for without the slash at its end."""


def document(account: Account, machine: Machine) -> Record:
    """Return what `/metadata/v1.json` shows of a Droplet."""
    droplet = account.get(DROPLET, machine.droplet_id)
    reserved = _reserved_ip(account, droplet)
    return {
        "droplet_id": droplet["id"],
        "hostname": droplet["name"],
        "user_data": droplet["user_data"] or "",
        "vendor_data": "",
        "public_keys": machine.keys,
        "region": droplet["region"],
        "interfaces": _interfaces(droplet, machine.hardware_addresses),
        "dns": {"nameservers": list(NAMESERVERS)},
        "floating_ip": reserved,
        "reserved_ip": reserved,
        "tags": list(droplet["tags"]),
        "features": {"dhcp_enabled": False},
    }


def find(document: Record, path: str) -> Any:
    """Return what is at a path: the document itself, a list of names, or a text.

    Args:
        document: The metadata of the Droplet that asks.
        path: The path, such as `/metadata/v1/interfaces/public/0/ipv4/address`.

    Raises:
        LookupError: There is nothing.
        Redirect: It is an index, and there is something with a slash at the end.
    """
    if path == f"{VERSION}.json":
        return document
    if path != VERSION and not path.startswith(f"{VERSION}/"):
        raise LookupError(path)
    found: Any = _tree(document)
    for part in filter(None, path[len(VERSION) :].split("/")):
        found = (as_record(found) or {})[part]
    index = as_record(found)
    if index is None:
        return found
    if not path.endswith("/"):
        raise Redirect(f"{path}/")
    return "\n".join(f"{name}/" if name in INDEXES or as_record(below) else name for name, below in index.items())


def _interfaces(droplet: StoredDroplet, hardware_addresses: Mapping[str, str]) -> Record:
    """The interfaces by type; a Droplet has one of each at most."""
    found: dict[str, list[Record]] = {"public": [], "private": []}
    for v4 in droplet["networks"]["v4"]:
        ipv4 = {name: v4[name] for name in ("ip_address", "netmask", "gateway")}
        interface: Record = {"ipv4": ipv4, "mac": hardware_addresses.get(v4["ip_address"], ""), "type": v4["type"]}
        if v4["type"] == "public" and droplet["networks"]["v6"]:
            v6 = droplet["networks"]["v6"][0]
            ipv6 = {"ip_address": v6["ip_address"], "cidr": v6["netmask"], "gateway": v6["gateway"]}
            interface["ipv6"] = ipv6
        found[v4["type"]].append(interface)
    return found


def _reserved_ip(account: Account, droplet: StoredDroplet) -> Record:
    addresses = relations.reserved_ips_of(account, droplet["id"])
    active: Record = {"active": bool(addresses)}
    return {"ipv4": {**active, **({"ip_address": addresses[0]} if addresses else {})}}


def _tree(document: Record) -> Record:
    """The document as indexes and texts."""
    return {PATH_NAMES.get(name, name): _branch(name, value) for name, value in document.items()}


def _branch(name: str, value: Any) -> Any:
    record, items = as_record(value), as_list(value)
    if name == "interfaces" and record is not None:
        return {type: _number_interfaces(interfaces) for type, interfaces in record.items() if interfaces}
    if record is not None:
        return {key: _branch(key, below) for key, below in record.items()}
    if items is not None:
        return "\n".join(map(str, items))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number_interfaces(interfaces: Sequence[Record]) -> Record:
    return {str(number): _interface(one) for number, one in enumerate(interfaces)}


def _interface(interface: Record) -> Record:
    members = ((name, as_record(value)) for name, value in interface.items())
    return {
        name: interface[name]
        if record is None
        else {INTERFACE_PATH_NAMES.get(key, key): str(value) for key, value in record.items()}
        for name, record in members
    }
