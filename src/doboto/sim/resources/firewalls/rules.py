"""Access rules of firewalls: reading them from a request, and taking them apart again when a target is gone."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import TypedDict

from ...engine import tagging
from ...engine.account import Account
from ...engine.errors import ApiError, unprocessable
from ...engine.fields import integer, objects, read_identifiers, read_required
from ...engine.records import DROPLET, Key, Kind, Record, as_record

#: Whom a firewall rule lets through: identifiers by kind (`addresses`, `droplet_ids`, `tags`...).
Peers = dict[str, list[Key]]


class FirewallRule(TypedDict):
    """An access rule of either direction."""

    protocol: str
    ports: str
    peers: Peers


class FirewallChange(TypedDict):
    """A change on its way to one Droplet."""

    droplet_id: int
    removing: bool
    change: int


class FirewallRules(TypedDict):
    """The rules of a firewall, or some of them."""

    inbound_rules: list[FirewallRule]
    outbound_rules: list[FirewallRule]


class FirewallMembers(FirewallRules):
    """What a request says of a firewall."""

    name: str
    droplet_ids: list[int]
    tags: list[str]


class StoredFirewall(FirewallMembers):
    """A firewall, and its changes under way."""

    id: str
    created_at: str
    changes: list[FirewallChange]


FIREWALL: Kind[StoredFirewall] = Kind("firewall")


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


def read_rules(account: Account, body: Record) -> FirewallRules:
    """Read the rules in a request by list, each once; 422 if there are none at all."""
    found: FirewallRules = {
        "inbound_rules": _rules(account, body, "inbound_rules"),
        "outbound_rules": _rules(account, body, "outbound_rules"),
    }
    if not any(found.values()):
        # API reference: "at least one inbound or outbound access rule"; the refusal's text is our own.
        raise unprocessable("at least one inbound or outbound rule is required")
    return found


def add_rules(rules: list[FirewallRule], more: list[FirewallRule]) -> list[FirewallRule]:
    """Return the rules with others behind them; one that is there already is not doubled (unverified)."""
    return [*rules, *(rule for rule in more if rule not in rules)]


def remove_rules(rules: list[FirewallRule], fewer: list[FirewallRule]) -> list[FirewallRule]:
    """Return the rules without others; one that isn't there changes nothing (unverified)."""
    return [rule for rule in rules if rule not in fewer]


def combine(
    change: Callable[[list[FirewallRule], list[FirewallRule]], list[FirewallRule]],
    firewall: FirewallRules,
    others: FirewallRules,
) -> FirewallRules:
    """Return the rules of a firewall, each list changed by that of the others."""
    return {
        "inbound_rules": change(firewall["inbound_rules"], others["inbound_rules"]),
        "outbound_rules": change(firewall["outbound_rules"], others["outbound_rules"]),
    }


def targets(firewall: StoredFirewall) -> set[Key]:
    """Return everything that the firewall's rules name, as `member:identifier`."""
    return {
        f"{member}:{item}"
        for rule in (*firewall["inbound_rules"], *firewall["outbound_rules"])
        for member, items in rule["peers"].items()
        for item in items
    }


def without(firewall: StoredFirewall, member: str, gone: Key) -> FirewallRules:
    """Both lists with one target taken out of every rule; a rule whose only target it was goes too."""

    def keep(rules: list[FirewallRule]) -> list[FirewallRule]:
        return [left for left in (_without(rule, member, gone) for rule in rules) if left is not None]

    return {"inbound_rules": keep(firewall["inbound_rules"]), "outbound_rules": keep(firewall["outbound_rules"])}


def show_rules(rules: list[FirewallRule], peer: str) -> list[Record]:
    """Return rules as the API shows them: whom each lets through is called `sources` or `destinations` there."""
    return [{"protocol": rule["protocol"], "ports": rule["ports"], peer: rule["peers"]} for rule in rules]


def _without(rule: FirewallRule, member: str, gone: Key) -> FirewallRule | None:
    named = rule["peers"]
    if gone not in named.get(member, ()):
        return rule
    kept = {name: [item for item in items if (name, item) != (member, gone)] for name, items in named.items()}
    left = {name: items for name, items in kept.items() if items}
    return {**rule, "peers": left} if left else None


def _rules(account: Account, body: Record, name: str) -> list[FirewallRule]:
    if body.get(name) is None:
        return []
    return add_rules([], [_rule(account, item, PEERS[name]) for item in objects(body, name)])


def _rule(account: Account, item: Record, peer: str) -> FirewallRule:
    protocol = str(item.get("protocol")).lower()
    if protocol not in PROTOCOLS:
        raise unprocessable(f"protocol must be one of {', '.join(PROTOCOLS)}")
    ports = _icmp_ports(item.get("ports")) if protocol == "icmp" else _ports(item.get("ports"))
    return {"protocol": protocol, "ports": ports, "peers": _targets(account, read_required(item, peer, as_record))}


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


def _targets(account: Account, peer: Record) -> Peers:
    found: Peers = {
        "addresses": [_address(item) for item in read_identifiers(peer, "addresses")],
        "droplet_ids": [*droplets_named(account, peer)],
        "load_balancer_uids": [_load_balancer(account, key) for key in read_identifiers(peer, "load_balancer_uids")],
        # There are no Kubernetes clusters to compare with.
        "kubernetes_ids": [*read_identifiers(peer, "kubernetes_ids")],
        "tags": [*tags_named(account, peer)],
    }
    return {name: items for name, items in found.items() if items}


def _address(item: str) -> str:
    try:
        ipaddress.ip_network(item, strict=False)
    except ValueError:
        raise unprocessable(BAD_ADDRESS) from None
    return item


def _load_balancer(account: Account, key: str) -> str:
    if account.store("load_balancer").get(key) is None:
        raise _missing("load balancer", key)
    return key


def droplets_named(account: Account, body: Record) -> list[int]:
    """Return the Droplets in the member `droplet_ids`, each once; 422 for one that isn't there."""
    found = [_droplet(account, item) for item in read_identifiers(body, "droplet_ids")]
    return list(dict.fromkeys(found))


def _droplet(account: Account, item: str) -> int:
    number = integer(item)
    if number is None or account.find(DROPLET, number) is None:
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
