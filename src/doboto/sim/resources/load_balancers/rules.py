"""Forwarding rules of load balancers, and the other objects inside a description, each with its defaults.

Fields and defaults are those of the API reference. Where it has no text for a refusal, the text is our own; that counts
and seconds of health checks end at 300 is unverified.
"""

from __future__ import annotations

import ipaddress
from typing import Literal, TypedDict

from ...engine.account import Account
from ...engine.errors import over_limit, unprocessable
from ...engine.fields import (
    flag,
    integer,
    objects,
    read_identifiers,
    read_name,
    read_optional,
    read_required,
    require_open_region,
    text,
)
from ...engine.records import Kind, Record, as_record
from ..certificates import CERTIFICATE


class ForwardingRule(TypedDict):
    """Where a load balancer takes traffic and where it sends it."""

    entry_protocol: str
    entry_port: int
    target_protocol: str
    target_port: int
    certificate_id: str
    tls_passthrough: bool


class LoadBalancerDomain(TypedDict):
    """A domain of a global load balancer."""

    name: str
    is_managed: bool
    certificate_id: str


class Forwarding(TypedDict):
    """What happens to the traffic; only a global load balancer has more than rules."""

    forwarding_rules: list[ForwardingRule]
    domains: list[LoadBalancerDomain]
    glb_settings: Record
    target_load_balancer_ids: list[str]


class LoadBalancerTargets(TypedDict):
    """Which Droplets get the traffic, by tag or one by one."""

    tag: str
    droplet_ids: list[int]


class LoadBalancerMembers(Forwarding, LoadBalancerTargets):
    """What a request says of a load balancer, defaults included; a global one has no region and no VPC."""

    name: str
    network: str
    network_stack: str
    type: str
    algorithm: str
    tls_cipher_policy: str
    redirect_http_to_https: bool
    enable_proxy_protocol: bool
    enable_backend_keepalive: bool
    disable_lets_encrypt_dns_records: bool
    region: str | None
    vpc_uuid: str | None
    size_unit: int
    http_idle_timeout_seconds: int
    health_check: Record
    sticky_sessions: Record
    firewall: dict[str, list[str]]
    #: None is the default project.
    project_id: str | None


class StoredLoadBalancer(LoadBalancerMembers):
    """A load balancer."""

    id: str
    created_at: str
    status: Literal["new", "active", "errored"]
    ip: str
    ipv6: str | None
    #: When it was last resized.
    resized_at: float | None


LOAD_BALANCER: Kind[StoredLoadBalancer] = Kind("load_balancer")


#: API reference, `forwarding_rule`.
ENTRY = ("http", "https", "http2", "http3", "tcp", "udp")
TARGET = ("http", "https", "http2", "tcp", "udp")
#: Encrypted entries end here, and need a certificate for it, or are passed through.
ENCRYPTED = ("https", "http2", "http3")
#: What listens on UDP, and so may share a port number with what listens on TCP.
DATAGRAMS = ("udp", "http3")
HIGHEST_PORT = 65535


def read_rules(account: Account, body: Record) -> list[ForwardingRule]:
    """Read the member `forwarding_rules`, at least one; the texts of refusals are our own."""
    found = [_rule(account, item) for item in objects(body, "forwarding_rules")]
    if not found:
        raise unprocessable("forwarding_rules can't be empty")
    return require_room(account, found)


def require_distinct(rules: list[ForwardingRule]) -> list[ForwardingRule]:
    """Return the rules, if no two listen on one port, else 422."""
    seen = {listens_on(rule) for rule in rules}
    if len(seen) < len(rules):
        raise unprocessable("forwarding_rules: an entry port can only be used once")
    return rules


def require_room(account: Account, found: list[ForwardingRule]) -> list[ForwardingRule]:
    """Return the rules, if a load balancer may have so many, else 422; the text is our own."""
    limit = account.settings.load_balancer_rule_limit
    if limit and len(found) > limit:
        refusal = unprocessable(f"a load balancer can have at most {limit} forwarding rules")
        raise over_limit(refusal, "load_balancer_rule_limit")
    return found


def require_few_droplets(account: Account, droplet_ids: list[int]) -> None:
    """Refuse more Droplets than a load balancer may have by id with 422; the text is our own."""
    limit = account.settings.load_balancer_droplet_limit
    if limit and len(droplet_ids) > limit:
        refusal = unprocessable(f"a load balancer can have at most {limit} Droplets by id; use a tag for more")
        raise over_limit(refusal, "load_balancer_droplet_limit")


def listens_on(rule: ForwardingRule) -> tuple[int, bool]:
    """Return where a rule's traffic comes in: port, and whether as datagrams."""
    return rule["entry_port"], rule["entry_protocol"] in DATAGRAMS


def port(body: Record, name: str) -> int:
    """Return a port that must be there."""
    return in_range(name, read_required(body, name, integer), 1, HIGHEST_PORT)


def in_range(name: str, value: int, lowest: int, highest: int) -> int:
    """Return a number within limits, else 422."""
    if not lowest <= value <= highest:
        raise unprocessable(f"{name} must be between {lowest} and {highest}")
    return value


def one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    """Return one of the values that the API reference lists, else 422."""
    if value not in choices:
        raise unprocessable(f"{name} must be one of {', '.join(choices)}")
    return value


def require_certificate(account: Account, body: Record) -> str:
    """Return the id of a certificate that can be used; empty, null and missing all mean none (`droplet_kit#140`)."""
    key = read_optional(body, "certificate_id", text, "")
    certificate = account.find(CERTIFICATE, key) if key else None
    if key and (certificate is None or certificate["state"] != "verified"):
        raise unprocessable(f"certificate {key} can not be used")
    return key


def _rule(account: Account, item: Record) -> ForwardingRule:
    rule: ForwardingRule = {
        "entry_protocol": one_of("entry_protocol", read_required(item, "entry_protocol", text).lower(), ENTRY),
        "entry_port": port(item, "entry_port"),
        "target_protocol": one_of("target_protocol", read_required(item, "target_protocol", text).lower(), TARGET),
        "target_port": port(item, "target_port"),
        "certificate_id": require_certificate(account, item),
        "tls_passthrough": flag(item, "tls_passthrough"),
    }
    _consistent(rule)
    return rule


def _consistent(rule: ForwardingRule) -> None:
    entry, target = rule["entry_protocol"], rule["target_protocol"]
    if (entry == "udp") != (target == "udp"):
        raise unprocessable("entry_protocol and target_protocol must both be udp if one of them is")
    if entry in ENCRYPTED and bool(rule["certificate_id"]) == rule["tls_passthrough"]:
        raise unprocessable(f"an entry_protocol of {entry} needs either certificate_id or tls_passthrough")
    if rule["tls_passthrough"] and (entry not in ENCRYPTED or target not in ENCRYPTED):
        raise unprocessable("tls_passthrough is for encrypted traffic only")


#: Health checks: counts and seconds with their defaults.
CHECKS = {
    "check_interval_seconds": 10,
    "response_timeout_seconds": 5,
    "unhealthy_threshold": 5,
    "healthy_threshold": 3,
}
LONGEST_CHECK = 300
LONGEST_COOKIE = 2**31 - 1
PERCENT = 100


def object_of(body: Record, name: str) -> Record:
    """Return a member that is an object; an empty one if it is missing."""
    nothing: Record = {}
    return read_optional(body, name, as_record, nothing)


def health_check(body: Record) -> Record:
    """Return the member `health_check`; one by TCP asks for no path."""
    asked = object_of(body, "health_check")
    protocol = one_of("protocol", read_optional(asked, "protocol", text, "http").lower(), ("http", "https", "tcp"))
    number = in_range("port", read_optional(asked, "port", integer, 80), 1, HIGHEST_PORT)
    counts = {
        name: in_range(name, read_optional(asked, name, integer, default), 1, LONGEST_CHECK)
        for name, default in CHECKS.items()
    }
    path = {} if protocol == "tcp" else {"path": read_optional(asked, "path", text, "/") or "/"}
    return {"protocol": protocol, "port": number, **path, **counts}


def sticky_sessions(body: Record) -> Record:
    """Return the member `sticky_sessions`; its cookie is only there where it is used."""
    asked = object_of(body, "sticky_sessions")
    type = one_of("type", read_optional(asked, "type", text, "none").lower(), ("none", "cookies"))
    if type == "none":
        return {"type": type}
    lasting = in_range("cookie_ttl_seconds", read_required(asked, "cookie_ttl_seconds", integer), 1, LONGEST_COOKIE)
    return {"type": type, "cookie_name": read_name(asked, "cookie_name"), "cookie_ttl_seconds": lasting}


def firewall(body: Record) -> dict[str, list[str]]:
    """Return the member `firewall`: who is kept out, and who is let in."""
    asked = object_of(body, "firewall")
    return {name: [_source(item) for item in read_identifiers(asked, name)] for name in ("deny", "allow")}


def _source(item: str) -> str:
    kind, _, address = item.partition(":")
    try:
        # A single address is a network, too, but not when it has a mask.
        fits = kind in ("ip", "cidr") and (kind == "cidr" or "/" not in address)
        ipaddress.ip_network(address if fits else "", strict=False)
    except ValueError:
        raise unprocessable(f"firewall rule {item!r} must be like 'ip:1.2.3.4' or 'cidr:1.2.0.0/16'") from None
    return item


def glb_settings(body: Record) -> Record:
    """Return the member `glb_settings` of a global load balancer."""
    asked = object_of(body, "glb_settings")
    protocol = read_optional(asked, "target_protocol", text, "http").lower()
    port = read_optional(asked, "target_port", integer, 80)
    threshold = read_optional(asked, "failover_threshold", integer, 50)
    return {
        "target_protocol": one_of("target_protocol", protocol, ("http", "https", "http2")),
        "target_port": in_range("target_port", port, 1, HIGHEST_PORT),
        # Shown if it is asked for only (acceptance tests of the Terraform provider).
        **({"cdn": {"is_enabled": flag(object_of(asked, "cdn"), "is_enabled")}} if asked.get("cdn") else {}),
        "region_priorities": _priorities(asked),
        "failover_threshold": in_range("failover_threshold", threshold, 0, PERCENT),
    }


def _priorities(asked: Record) -> Record:
    priorities = object_of(asked, "region_priorities")
    return {require_open_region(slug): read_required(priorities, slug, integer) for slug in priorities}
