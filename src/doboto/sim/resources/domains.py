"""Domains, and the zone file that follows from their records."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import TypedDict

from ..engine.account import Account
from ..engine.errors import not_found, unprocessable
from ..engine.fields import read_name, read_optional, text
from ..engine.records import Key, Kind, Record, select_members
from ..engine.store import index
from ..http.messages import ApiCall, page
from ..http.routes import Operations
from .projects import state as projects


class StoredDomain(TypedDict):
    """A domain, by its name in lower case."""

    name: str
    soa_id: int
    serial: int


class DomainRecordMembers(TypedDict):
    """A domain record as the API shows it, but for its id; what a type does not have is None."""

    type: str
    name: str
    data: str
    priority: int | None
    port: int | None
    ttl: int
    weight: int | None
    flags: int | None
    tag: str | None


class StoredDomainRecord(DomainRecordMembers):
    """A record of a domain."""

    id: int
    domain: str


DOMAIN: Kind[StoredDomain] = Kind("domain")
DOMAIN_RECORD: Kind[StoredDomainRecord] = Kind("domain_record")


TTL = 1800
NAME_SERVERS = ("ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com")
SHOWN = ("id", "type", "name", "data", "priority", "port", "ttl", "weight", "flags", "tag")
#: `domain.TLD` (API reference); the text is our own.
_NAME = re.compile(r"(?=.{3,253}\Z)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{2,63}(?<!-)", re.ASCII)


@index(DOMAIN_RECORD, "domain")
def _domain(record: StoredDomainRecord) -> Iterable[Key]:
    return (record["domain"],)


@index(DOMAIN_RECORD, "name")
def _name(record: StoredDomainRecord) -> Iterable[Key]:
    return (name_key(record["domain"], record["name"]),)


def name_key(domain: str, name: str) -> str:
    """Return what records of one name are found by."""
    return f"{name.lower()} {domain}"


def create(account: Account, now: float, name: str, ip_address: str | None) -> StoredDomain:
    """Create a domain with its SOA and NS records, and an A record if there is an address for it."""
    lowered = name.lower()
    if not _NAME.fullmatch(lowered):
        raise unprocessable(f"domain '{name}': name is invalid")
    if account.find(DOMAIN, lowered) is not None:
        raise unprocessable(f"domain '{name}': name already exists")  # `droplet_kit#181`
    soa = add_record(account, lowered, _apex("SOA", str(TTL)))
    domain: StoredDomain = {"name": lowered, "soa_id": soa["id"], "serial": int(now)}
    account.put(DOMAIN, lowered, domain)
    for server in NAME_SERVERS:
        add_record(account, lowered, _apex("NS", server))
    if ip_address is not None:
        add_record(account, lowered, _apex("A", ip_address))
    return domain


def remove(account: Account, name: str) -> None:
    """Forget a domain and its records."""
    for key in account.store(DOMAIN_RECORD).keys("domain", name):
        account.delete(DOMAIN_RECORD, key)
    account.delete(DOMAIN, name)
    projects.forget(account, f"do:domain:{name}")


def add_record(account: Account, domain: str, members: DomainRecordMembers) -> StoredDomainRecord:
    """Create a record."""
    number = account.next_id("domain_record")
    record: StoredDomainRecord = {**members, "id": number, "domain": domain}
    return account.put(DOMAIN_RECORD, number, record)


def _apex(type: str, data: str) -> DomainRecordMembers:
    """Return the members of a record of the domain itself."""
    return {
        "type": type,
        "name": "@",
        "data": data,
        "ttl": TTL,
        "priority": None,
        "port": None,
        "weight": None,
        "flags": None,
        "tag": None,
    }


def share_ttl(account: Account, record: StoredDomainRecord) -> None:
    """Give a record's time to live to the others of its name and type.

    A set of records has one (RFC 2181, 5.2), and creating one changed an older one (seen on 2024-05-16). That the one
    written last wins on an update, too, is unverified.
    """
    store = account.store(DOMAIN_RECORD)
    for key in store.keys("name", name_key(record["domain"], record["name"])):
        other = store.records[key]
        if other["type"] == record["type"] and other["ttl"] != record["ttl"]:
            account.change(DOMAIN_RECORD, key, ttl=record["ttl"])


def touch(account: Account, now: float, domain: StoredDomain) -> None:
    """Increase the serial of a zone that changed."""
    account.change(DOMAIN, domain["name"], serial=max(int(now), domain["serial"] + 1))


def records_of(account: Account, domain: str) -> list[StoredDomainRecord]:
    """Return a domain's records in the order they came."""
    store = account.store(DOMAIN_RECORD)
    return [store.records[key] for key in sorted(store.keys("domain", domain), key=int)]


def ttl_of(account: Account, domain: StoredDomain) -> int:
    """Return the zone's time to live: that of its SOA record, the only member that can change (API reference)."""
    return account.get(DOMAIN_RECORD, domain["soa_id"])["ttl"]


def show_record(record: StoredDomainRecord) -> Record:
    """Return a record as the API shows it."""
    return select_members(record, SHOWN)


def fqdn(domain: str, name: str) -> str:
    """Return the full name of a record, without the last dot."""
    return domain if name == "@" else f"{name}.{domain}"


def zone_file(account: Account, domain: StoredDomain) -> str:
    """Return the zone in the form of the API reference's example."""
    name, ttl = domain["name"], ttl_of(account, domain)
    head = [
        f"$ORIGIN {name}.",
        f"$TTL {ttl}",
        f"{name}. IN SOA {NAME_SERVERS[0]}. hostmaster.{name}. {domain['serial']} 10800 3600 604800 {ttl}",
    ]
    records = [_line(record) for record in records_of(account, name) if record["type"] != "SOA"]
    return "\n".join([*head, *records, ""])


def _line(record: StoredDomainRecord) -> str:
    data = _RDATA.get(record["type"], _verbatim)(record)
    return f"{fqdn(record['domain'], record['name'])}. {record['ttl']} IN {record['type']} {data}"


def _verbatim(record: StoredDomainRecord) -> str:
    # TXT too has no quotes in zone files that people show (community tutorial on Sentora).
    return record["data"]


def _host(record: StoredDomainRecord) -> str:
    return f"{record['domain'] if record['data'] == '@' else record['data']}."


#: What follows the type, where that isn't just the data.
_RDATA: dict[str, Callable[[StoredDomainRecord], str]] = {
    "CNAME": _host,
    "NS": _host,
    "MX": lambda record: f"{record['priority']} {_host(record)}",
    "SRV": lambda record: f"{record['priority']} {record['weight']} {record['port']} {_host(record)}",
    "CAA": lambda record: f'{record["flags"]} {record["tag"]} "{record["data"]}"',
}


def is_address(text: str, version: int) -> bool:
    """Return whether the text is an IP address of that version, and nothing more: no scope, no spaces."""
    try:
        return ipaddress.ip_address(text).version == version and "%" not in text
    except ValueError:
        return False


OPERATIONS = Operations()


def domain_in_path(call: ApiCall) -> StoredDomain:
    """Return the domain that the path names; never with a dot at its end (`libdns/digitalocean#1`)."""
    found = call.account.find(DOMAIN, call.params["domain_name"].lower())
    if found is None:
        raise not_found()
    return found


def _show(call: ApiCall, domain: StoredDomain) -> Record:
    account = call.account
    return {
        "name": domain["name"],
        "ttl": ttl_of(account, domain),
        "zone_file": zone_file(account, domain),
    }


@OPERATIONS("GET", "/v2/domains", "domain:read")
def list_domains(call: ApiCall) -> Record:
    """List all domains."""
    return page(call, "domains", list(call.account.store(DOMAIN)), lambda domain: _show(call, domain))


@OPERATIONS("POST", "/v2/domains", "domain:create", status=201)
def create_domain(call: ApiCall) -> Record:
    """Create a domain; it has its records at once, but the reply no zone file yet (API reference, example)."""
    name, ip_address = read_name(call.body), read_optional(call.body, "ip_address", text, None) or None
    if ip_address is not None and not is_address(ip_address, 4):
        raise unprocessable("ip_address is not a valid IPv4 address")
    domain = create(call.account, call.now, name, ip_address)
    return {"domain": {**_show(call, domain), "zone_file": None}}


@OPERATIONS("GET", "/v2/domains/{domain_name}", "domain:read")
def get_domain(call: ApiCall) -> Record:
    """Return one domain."""
    return {"domain": _show(call, domain_in_path(call))}


@OPERATIONS("DELETE", "/v2/domains/{domain_name}", "domain:delete", status=204)
def delete_domain(call: ApiCall) -> None:
    """Delete a domain and all its records."""
    remove(call.account, domain_in_path(call)["name"])
