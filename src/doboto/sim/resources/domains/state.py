"""Domains with their records, and the zone file that follows from them.

Members of a `domain` record: `name`, `soa_id` (its SOA record's), `serial`. Those of a `domain_record` record: what
the API shows, and `domain`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable

from ...engine.account import Account
from ...engine.errors import unprocessable
from ...engine.records import Key, Record, select_members
from ...engine.store import index
from ..projects import state as projects

TTL = 1800
NAME_SERVERS = ("ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com")
SHOWN = ("id", "type", "name", "data", "priority", "port", "ttl", "weight", "flags", "tag")
#: `domain.TLD` (API reference); the text is our own.
_NAME = re.compile(r"(?=.{3,253}\Z)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{2,63}(?<!-)", re.ASCII)

_NOTHING: Record = dict.fromkeys(SHOWN)


@index("domain_record", "domain")
def _domain(record: Record) -> Iterable[Key]:
    return (record["domain"],)


@index("domain_record", "name")
def _name(record: Record) -> Iterable[Key]:
    return (name_key(record["domain"], record["name"]),)


def name_key(domain: str, name: str) -> str:
    """Return what records of one name are found by."""
    return f"{name.lower()} {domain}"


def create(account: Account, now: float, name: str, ip_address: str | None) -> Record:
    """Create a domain with its SOA and NS records, and an A record if there is an address for it."""
    lowered = name.lower()
    if not _NAME.fullmatch(lowered):
        raise unprocessable(f"domain '{name}': name is invalid")
    if account.find("domain", lowered) is not None:
        raise unprocessable(f"domain '{name}': name already exists")  # `droplet_kit#181`
    soa = add_record(account, lowered, {"type": "SOA", "name": "@", "data": str(TTL), "ttl": TTL})
    domain = account.put("domain", lowered, {"name": lowered, "soa_id": soa["id"], "serial": int(now)})
    for server in NAME_SERVERS:
        add_record(account, lowered, {"type": "NS", "name": "@", "data": server, "ttl": TTL})
    if ip_address is not None:
        add_record(account, lowered, {"type": "A", "name": "@", "data": ip_address, "ttl": TTL})
    return domain


def remove(account: Account, name: str) -> None:
    """Forget a domain and its records."""
    for key in account.store("domain_record").keys("domain", name):
        account.delete("domain_record", key)
    account.delete("domain", name)
    projects.forget(account, f"do:domain:{name}")


def add_record(account: Account, domain: str, members: Record) -> Record:
    """Create a record, with null for what its type doesn't have."""
    number = account.next_id("domain_record")
    return account.put("domain_record", number, {**_NOTHING, **members, "id": number, "domain": domain})


def share_ttl(account: Account, record: Record) -> None:
    """Give a record's time to live to the others of its name and type.

    A set of records has one (RFC 2181, 5.2), and creating one changed an older one (seen on 2024-05-16). That the one
    written last wins on an update, too, is unverified.
    """
    store = account.store("domain_record")
    for key in store.keys("name", name_key(record["domain"], record["name"])):
        other = store.records[key]
        if other["type"] == record["type"] and other["ttl"] != record["ttl"]:
            account.change("domain_record", key, ttl=record["ttl"])


def touch(account: Account, now: float, domain: Record) -> None:
    """Increase the serial of a zone that changed."""
    account.change("domain", domain["name"], serial=max(int(now), domain["serial"] + 1))


def records_of(account: Account, domain: str) -> list[Record]:
    """Return a domain's records in the order they came."""
    store = account.store("domain_record")
    return [store.records[key] for key in sorted(store.keys("domain", domain), key=int)]


def ttl_of(account: Account, domain: Record) -> int:
    """Return the zone's time to live: that of its SOA record, the only member that can change (API reference)."""
    ttl: int = account.get("domain_record", domain["soa_id"])["ttl"]
    return ttl


def show_record(record: Record) -> Record:
    """Return a record as the API shows it."""
    return select_members(record, SHOWN)


def fqdn(domain: str, name: str) -> str:
    """Return the full name of a record, without the last dot."""
    return domain if name == "@" else f"{name}.{domain}"


def zone_file(account: Account, domain: Record) -> str:
    """Return the zone in the form of the API reference's example."""
    name, ttl = domain["name"], ttl_of(account, domain)
    head = [
        f"$ORIGIN {name}.",
        f"$TTL {ttl}",
        f"{name}. IN SOA {NAME_SERVERS[0]}. hostmaster.{name}. {domain['serial']} 10800 3600 604800 {ttl}",
    ]
    records = [_line(record) for record in records_of(account, name) if record["type"] != "SOA"]
    return "\n".join([*head, *records, ""])


def _line(record: Record) -> str:
    data = _RDATA.get(record["type"], _verbatim)(record)
    return f"{fqdn(record['domain'], record['name'])}. {record['ttl']} IN {record['type']} {data}"


def _verbatim(record: Record) -> str:
    # TXT too has no quotes in zone files that people show (community tutorial on Sentora).
    return str(record["data"])


def _host(record: Record) -> str:
    return f"{record['domain'] if record['data'] == '@' else record['data']}."


#: What follows the type, where that isn't just the data.
_RDATA: dict[str, Callable[[Record], str]] = {
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
