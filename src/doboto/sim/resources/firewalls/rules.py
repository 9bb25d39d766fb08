"""Access rules of firewalls: reading them from a request, and taking them apart again when a target is gone."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from ...engine import tagging
from ...engine.account import Account
from ...engine.errors import ApiError, unprocessable
from ...engine.fields import integer, objects, read_identifiers, required
from ...engine.records import Key, Record, as_record

#: Both lists of a firewall, and where a rule of each says whom it lets through (API reference).
PEERS = {"inbound_rules": "sources", "outbound_rules": "destinations"}
PROTOCOLS = ("tcp", "udp", "icmp")
#: "0" stands for all ports, and is what a rule for ICMP shows (API reference).
ALL_PORTS = "0"
HIGHEST_PORT = 65535
#: `doctl#247`, `terraform-provider-digitalocean` PR 39.
NO_PORTS = "You must specify a positive value for ports."
#: `patoroco/doorkeeper` PR 17.
BAD_PORTS = "you must specify a valid range for ports"
#: `terraform-provider-digitalocean#33`.
BAD_ADDRESS = "invalid address"

_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)


def read_rules(account: Account, body: Record) -> dict[str, list[Record]]:
    """Read the rules in a request by list, each once; 422 if there are none at all."""
    found = {name: _rules(account, body, name) for name in PEERS}
    if not any(found.values()):
        # API reference: "at least one inbound or outbound access rule"; the refusal's text is our own.
        raise unprocessable("at least one inbound or outbound rule is required")
    return found


def add_rules(rules: list[Record], more: list[Record]) -> list[Record]:
    """Return the rules with others behind them; one that is there already is not doubled (unverified)."""
    return [*rules, *(rule for rule in more if rule not in rules)]


def remove_rules(rules: list[Record], fewer: list[Record]) -> list[Record]:
    """Return the rules without others; one that isn't there changes nothing (unverified)."""
    return [rule for rule in rules if rule not in fewer]


def targets(firewall: Record) -> set[Key]:
    """Return everything that the firewall's rules name, as `member:identifier`."""
    return {
        f"{member}:{item}"
        for name, peer in PEERS.items()
        for rule in firewall[name]
        for member, items in rule[peer].items()
        for item in items
    }


def without(firewall: Record, member: str, gone: Key) -> dict[str, list[Record]]:
    """Both lists with one target taken out of every rule; a rule whose only target it was goes too."""
    return {
        name: [rule for rule in (_without(rule, peer, member, gone) for rule in firewall[name]) if rule is not None]
        for name, peer in PEERS.items()
    }


def _without(rule: Record, peer: str, member: str, gone: Key) -> Record | None:
    named: dict[str, list[Any]] = rule[peer]
    if gone not in named.get(member, ()):
        return rule
    kept = {name: [item for item in items if (name, item) != (member, gone)] for name, items in named.items()}
    left = {name: items for name, items in kept.items() if items}
    return {**rule, peer: left} if left else None


def _rules(account: Account, body: Record, name: str) -> list[Record]:
    if body.get(name) is None:
        return []
    return add_rules([], [_rule(account, item, PEERS[name]) for item in objects(body, name)])


def _rule(account: Account, item: Record, peer: str) -> Record:
    protocol = str(item.get("protocol")).lower()
    if protocol not in PROTOCOLS:
        raise unprocessable(f"protocol must be one of {', '.join(PROTOCOLS)}")
    ports = _icmp_ports(item.get("ports")) if protocol == "icmp" else _ports(item.get("ports"))
    return {"protocol": protocol, "ports": ports, peer: _targets(account, required(item, peer, as_record))}


def _icmp_ports(value: object) -> str:
    # Echoed as they are sent (acceptance tests of the Terraform provider); "0" if there are none (API reference).
    return "" if value == "" else _ports(ALL_PORTS if value is None else value)


def _ports(value: object) -> str:
    ports = "" if value is None or isinstance(value, bool) else str(value).replace(" ", "")
    if not ports:
        raise unprocessable(NO_PORTS)
    # doctl's help still offers "all"; it has been refused in favour of "0" (doorkeeper PR 17) and the other way round
    # (`godo#149`). Unverified for today, so both are taken.
    if ports in (ALL_PORTS, "all"):
        return ALL_PORTS
    match = _RANGE.fullmatch(ports)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last <= HIGHEST_PORT:
        raise unprocessable(BAD_PORTS)
    return ports


def _targets(account: Account, peer: Record) -> Record:
    found: Record = {
        "addresses": [_address(item) for item in read_identifiers(peer, "addresses")],
        "droplet_ids": droplets_named(account, peer),
        "load_balancer_uids": [_load_balancer(account, key) for key in read_identifiers(peer, "load_balancer_uids")],
        # There are no Kubernetes clusters to compare with.
        "kubernetes_ids": read_identifiers(peer, "kubernetes_ids"),
        "tags": tags_named(account, peer),
    }
    return {name: items for name, items in found.items() if items}


def _address(item: str) -> str:
    try:
        ipaddress.ip_network(item, strict=False)
    except ValueError:
        raise unprocessable(BAD_ADDRESS) from None
    return item


def _load_balancer(account: Account, key: str) -> str:
    if account.find("load_balancer", key) is None:
        raise _missing("load balancer", key)
    return key


def droplets_named(account: Account, body: Record) -> list[int]:
    """Return the Droplets in the member `droplet_ids`, each once; 422 for one that isn't there."""
    found = [_droplet(account, item) for item in read_identifiers(body, "droplet_ids")]
    return list(dict.fromkeys(found))


def _droplet(account: Account, item: str) -> int:
    number = integer(item)
    if number is None or account.find("droplet", number) is None:
        raise _missing("Droplet", item)
    return number


def tags_named(account: Account, body: Record) -> list[str]:
    """Return the tags in the member `tags`, each once; they must be there (API reference)."""
    found = [_tag(account, item) for item in read_identifiers(body, "tags")]
    return list(dict.fromkeys(found))


def _tag(account: Account, item: str) -> str:
    name = tagging.canonical_name(account, item)
    if name is None:
        raise _missing("tag", item)
    return name


def _missing(what: str, key: str) -> ApiError:
    # Status and text of these refusals are unverified.
    return unprocessable(f"{what} {key} does not exist")
