"""The wire form of firewall rules: what requests that add and remove rules send.

The API lists rules in a spelling of its own, so that rules are compared by meaning, and removed as they are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .._json import mapping, records
from ..errors import ArgumentValueError
from ..types import InboundRule, OutboundRule
from .attributes import to_nonempty_list
from .conversion import is_listlike
from .equivalence.networks import normalize_network

#: Rules by the list that they are in.
Rules: TypeAlias = dict[str, list[Any]]

#: Both lists of rules, and where a rule of each says whom it lets through.
SIDES = {"inbound_rules": "sources", "outbound_rules": "destinations"}
#: How rules for all ports are spelled. The API lists them as "0" (API reference), also where they were sent as "all".
ALL_PORTS = frozenset({"0", "all", "1-65535"})


def to_wire_form(inbound: Sequence[InboundRule] | None, outbound: Sequence[OutboundRule] | None) -> Rules:
    """Return the rules for both directions, as far as there are any.

    Raises:
        ValueError: There are none.
        TypeError: They are no list.
    """
    given = {"inbound_rules": inbound, "outbound_rules": outbound}
    rules = {side: to_nonempty_list(side, found) for side, found in given.items() if found is not None}
    if not rules:
        raise ArgumentValueError("give {0}, {1}, or both", "inbound_rules", "outbound_rules")
    return rules


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Adding rules, or removing them.

    Attributes:
        method: The HTTP method of the request.
        body: Gives what to send, from the rules and the firewall.
        is_done: Whether the firewall is as it is to be.
    """

    method: str
    body: Callable[[Rules, Mapping[str, Any]], Rules]
    is_done: Callable[[Rules, Mapping[str, Any]], bool]


def to_listed_spelling(rules: Rules, firewall: Mapping[str, Any]) -> Rules:
    """Return rules in the spelling of the firewall; those that it does not have, as they are.

    The API removes a rule only if it is spelled as listed: "all" for the ports of one that is listed with "0" matches
    nothing, and the request succeeds all the same (cnspec#3839).
    """
    return {
        side: [listed for rule in given for listed in _find_same(rule, firewall, side) or [rule]]
        for side, given in rules.items()
    }


def has_none(rules: Rules, firewall: Mapping[str, Any]) -> bool:
    """Return whether a firewall has none of the rules, in any spelling."""
    return not any(_find_same(rule, firewall, side) for side, given in rules.items() for rule in given)


def find_missing(rules: Rules, firewall: Mapping[str, Any]) -> Rules:
    """Return the rules that a firewall does not have, in any spelling."""
    lacking = {side: [rule for rule in given if not _find_same(rule, firewall, side)] for side, given in rules.items()}
    return {side: given for side, given in lacking.items() if given}


ADD = RuleChange("POST", find_missing, lambda rules, firewall: not find_missing(rules, firewall))
REMOVE = RuleChange("DELETE", to_listed_spelling, has_none)


def are_same(rules: Sequence[Any], others: Sequence[Any]) -> bool:
    """Return whether two lists have the same rules, in any order and spelling."""
    meanings = [normalize_rule(one) for one in others]
    return len(rules) == len(others) and all(normalize_rule(rule) in meanings for rule in rules)


def _find_same(rule: Mapping[str, Any], firewall: Mapping[str, Any], side: str) -> list[Mapping[str, Any]]:
    return [one for one in records(firewall.get(side)) if normalize_rule(one) == normalize_rule(rule)]


def normalize_rule(rule: Any) -> tuple[Any, ...]:
    """Return a rule in one spelling: all ports are `0`, and always so for `icmp`; peers are in no order."""
    given = mapping(rule)
    protocol = str(given.get("protocol")).strip().lower()
    peers = {
        (peer, member, _normalize_peer(member, str(item)))
        for peer in SIDES.values()
        for member, found in mapping(given.get(peer)).items()
        for item in (found if is_listlike(found) else ())
    }
    return protocol, "0" if protocol == "icmp" else _normalize_ports(given.get("ports")), peers


def _normalize_ports(value: Any) -> str:
    """Return ports in one spelling: a range of one port is that port."""
    ports = str(value).replace(" ", "").lower()
    first, _, last = ports.partition("-")
    return "0" if ports in ALL_PORTS else first if first == last else ports


def _normalize_peer(member: str, item: str) -> str:
    """Return an address or network in one spelling; tags are the same in upper and lower case."""
    return normalize_network(item) if member == "addresses" else item.lower()
