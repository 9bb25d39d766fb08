"""The objects inside a load balancer's description, each with its defaults (API reference).

Where the reference has no text for a refusal, it is our own; that counts and seconds of health checks end at 300 is
unverified.
"""

from __future__ import annotations

import ipaddress

from ... import catalog
from ...engine.errors import unprocessable
from ...engine.fields import as_texts, flag, integer, name_of, optional, required, text
from ...engine.records import Record, as_record
from . import rules

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
    """A member that is an object; an empty one if it is missing."""
    nothing: Record = {}
    return optional(body, name, as_record, nothing)


def region(slug: str) -> str:
    """A region that is open, else 422."""
    if not (catalog.region(slug) or {"available": False})["available"]:
        raise unprocessable("Region is not available")
    return slug


def health_check(body: Record) -> Record:
    """The member `health_check`; one by TCP asks for no path."""
    asked = object_of(body, "health_check")
    protocol = rules.one_of("protocol", optional(asked, "protocol", text, "http").lower(), ("http", "https", "tcp"))
    number = rules.in_range("port", optional(asked, "port", integer, 80), 1, rules.HIGHEST_PORT)
    counts = {
        name: rules.in_range(name, optional(asked, name, integer, default), 1, LONGEST_CHECK)
        for name, default in CHECKS.items()
    }
    path = {} if protocol == "tcp" else {"path": optional(asked, "path", text, "/") or "/"}
    return {"protocol": protocol, "port": number, **path, **counts}


def sticky_sessions(body: Record) -> Record:
    """The member `sticky_sessions`; its cookie is only there where it is used."""
    asked = object_of(body, "sticky_sessions")
    type = rules.one_of("type", optional(asked, "type", text, "none").lower(), ("none", "cookies"))
    if type == "none":
        return {"type": type}
    lasting = rules.in_range("cookie_ttl_seconds", required(asked, "cookie_ttl_seconds", integer), 1, LONGEST_COOKIE)
    return {"type": type, "cookie_name": name_of(asked, "cookie_name"), "cookie_ttl_seconds": lasting}


def firewall(body: Record) -> Record:
    """The member `firewall`: who is kept out, and who is let in."""
    asked = object_of(body, "firewall")
    return {name: [_source(item) for item in as_texts(asked, name)] for name in ("deny", "allow")}


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
    """The member `glb_settings` of a global load balancer."""
    asked = object_of(body, "glb_settings")
    protocol = optional(asked, "target_protocol", text, "http").lower()
    port = optional(asked, "target_port", integer, 80)
    threshold = optional(asked, "failover_threshold", integer, 50)
    return {
        "target_protocol": rules.one_of("target_protocol", protocol, ("http", "https", "http2")),
        "target_port": rules.in_range("target_port", port, 1, rules.HIGHEST_PORT),
        "cdn": {"is_enabled": flag(object_of(asked, "cdn"), "is_enabled")},
        "region_priorities": _priorities(asked),
        "failover_threshold": rules.in_range("failover_threshold", threshold, 0, PERCENT),
    }


def _priorities(asked: Record) -> Record:
    priorities = object_of(asked, "region_priorities")
    return {region(slug): required(priorities, slug, integer) for slug in priorities}
