"""Forwarding rules of load balancers."""

from __future__ import annotations

from ...engine.account import Account
from ...engine.errors import unprocessable
from ...engine.fields import flag, integer, objects, optional, required, text
from ...engine.records import Record

#: API reference, `forwarding_rule`.
ENTRY = ("http", "https", "http2", "http3", "tcp", "udp")
TARGET = ("http", "https", "http2", "tcp", "udp")
#: Encrypted entries end here, and need a certificate for it, or are passed through.
ENCRYPTED = ("https", "http2", "http3")
#: What listens on UDP, and so may share a port number with what listens on TCP.
DATAGRAMS = ("udp", "http3")
HIGHEST_PORT = 65535


def read_rules(account: Account, body: Record) -> list[Record]:
    """The member `forwarding_rules`, at least one; the texts of refusals are our own."""
    found = [_rule(account, item) for item in objects(body, "forwarding_rules")]
    if not found:
        raise unprocessable("forwarding_rules can't be empty")
    return found


def distinct(rules: list[Record]) -> list[Record]:
    """The rules, if no two listen on one port, else 422."""
    seen = {listens_on(rule) for rule in rules}
    if len(seen) < len(rules):
        raise unprocessable("forwarding_rules: an entry port can only be used once")
    return rules


def listens_on(rule: Record) -> tuple[int, bool]:
    """Where a rule's traffic comes in: port, and whether as datagrams."""
    return rule["entry_port"], rule["entry_protocol"] in DATAGRAMS


def port(body: Record, name: str) -> int:
    """A port that must be there."""
    return in_range(name, required(body, name, integer), 1, HIGHEST_PORT)


def in_range(name: str, value: int, lowest: int, highest: int) -> int:
    """A number within limits, else 422."""
    if not lowest <= value <= highest:
        raise unprocessable(f"{name} must be between {lowest} and {highest}")
    return value


def one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    """One of the values that the API reference lists, else 422."""
    if value not in choices:
        raise unprocessable(f"{name} must be one of {', '.join(choices)}")
    return value


def certificate_named(account: Account, body: Record) -> str:
    """The id of a certificate that can be used; empty, null and missing all mean none (`droplet_kit#140`)."""
    key = optional(body, "certificate_id", text, "")
    certificate = account.find("certificate", key) if key else None
    if key and (certificate is None or certificate["state"] != "verified"):
        raise unprocessable(f"certificate {key} can not be used")
    return key


def _rule(account: Account, item: Record) -> Record:
    rule: Record = {
        "entry_protocol": one_of("entry_protocol", required(item, "entry_protocol", text).lower(), ENTRY),
        "entry_port": port(item, "entry_port"),
        "target_protocol": one_of("target_protocol", required(item, "target_protocol", text).lower(), TARGET),
        "target_port": port(item, "target_port"),
        "certificate_id": certificate_named(account, item),
        "tls_passthrough": flag(item, "tls_passthrough"),
    }
    _consistent(rule)
    return rule


def _consistent(rule: Record) -> None:
    entry, target = rule["entry_protocol"], rule["target_protocol"]
    if (entry == "udp") != (target == "udp"):
        raise unprocessable("entry_protocol and target_protocol must both be udp if one of them is")
    if entry in ENCRYPTED and bool(rule["certificate_id"]) == rule["tls_passthrough"]:
        raise unprocessable(f"an entry_protocol of {entry} needs either certificate_id or tls_passthrough")
    if rule["tls_passthrough"] and (entry not in ENCRYPTED or target not in ENCRYPTED):
        raise unprocessable("tls_passthrough is for encrypted traffic only")
