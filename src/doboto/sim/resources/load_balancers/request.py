"""What a request to create or update a load balancer says, complete with defaults (API reference, load_balancer).

Both requests are the same full description; what one leaves out has its default again, except for what can't be
changed after creation, which stays. Where the reference has no text for a refusal, it is our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...engine import tagging
from ...engine.account import Account
from ...engine.errors import ApiError, not_found, unprocessable
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
from ...engine.records import DROPLET, VPC, Record
from ..projects import state as projects
from ..vpcs import default_vpc
from . import rules
from .rules import (
    LOAD_BALANCER,
    Forwarding,
    ForwardingRule,
    LoadBalancerDomain,
    LoadBalancerMembers,
    LoadBalancerTargets,
    StoredLoadBalancer,
)

#: Members that are fixed at creation (API reference for the first two; unverified for `type`).
Fixed = Literal["network", "network_stack", "type"]
#: Members with a list of values, their values with the default first.
CHOICES = {
    "network": ("EXTERNAL", "INTERNAL"),
    "network_stack": ("IPV4", "DUALSTACK"),
    "type": ("REGIONAL", "REGIONAL_NETWORK", "GLOBAL"),
    "algorithm": ("round_robin", "least_connections"),
    "tls_cipher_policy": ("DEFAULT", "STRONG"),
}
FLAGS = (
    "redirect_http_to_https",
    "enable_proxy_protocol",
    "enable_backend_keepalive",
    "disable_lets_encrypt_dns_records",
)
#: Nodes that a `size` stands for.
SIZES = {"lb-small": 1, "lb-medium": 3, "lb-large": 6}
MOST_NODES = 100
IDLE_TIMEOUT, SHORTEST_IDLE, LONGEST_IDLE = 60, 30, 600


@dataclass(frozen=True, slots=True)
class Location:
    """Where a load balancer stands; a global one stands nowhere."""

    region: str | None
    vpc_uuid: str | None


def read_request(
    account: Account, now: float, body: Record, old: StoredLoadBalancer | None = None
) -> LoadBalancerMembers:
    """Read all members that a request decides; `old` is the load balancer before an update."""
    type = _read_fixed(body, "type", old)
    location = _location(account, now, body, old, is_global=type == "GLOBAL")
    idle = read_optional(body, "http_idle_timeout_seconds", integer, IDLE_TIMEOUT)
    return {
        "name": read_name(body),
        "network": _read_fixed(body, "network", old),
        "network_stack": _read_fixed(body, "network_stack", old),
        "type": type,
        "algorithm": _choice(body, "algorithm"),
        "tls_cipher_policy": _choice(body, "tls_cipher_policy"),
        "redirect_http_to_https": flag(body, "redirect_http_to_https"),
        "enable_proxy_protocol": flag(body, "enable_proxy_protocol"),
        "enable_backend_keepalive": flag(body, "enable_backend_keepalive"),
        "disable_lets_encrypt_dns_records": flag(body, "disable_lets_encrypt_dns_records"),
        "region": location.region,
        "vpc_uuid": location.vpc_uuid,
        "size_unit": _size_unit(body),
        "http_idle_timeout_seconds": rules.in_range("http_idle_timeout_seconds", idle, SHORTEST_IDLE, LONGEST_IDLE),
        "health_check": rules.health_check(body),
        "sticky_sessions": rules.sticky_sessions(body),
        "firewall": rules.firewall(body),
        "project_id": _project(account, now, body, old),
        **(_global_members(account, body) if type == "GLOBAL" else _regional_members(account, body)),
        # The last one, because it may create a tag: every refusal comes before anything changes.
        **_targets(account, body, location),
    }


def droplets_named(account: Account, body: Record, location: Location) -> list[int]:
    """Return the Droplets in the member `droplet_ids`, each once; 422 for one that isn't there or can't be reached."""
    return list(dict.fromkeys(_droplet(account, item, location) for item in read_identifiers(body, "droplet_ids")))


def _droplet(account: Account, item: str, location: Location) -> int:
    number = integer(item)
    droplet = None if number is None else account.find(DROPLET, number)
    if droplet is None:
        raise unprocessable(f"Droplet {item} does not exist")
    if location.region is not None and droplet["region"] != location.region:
        raise unprocessable(f"Droplet {item} is not in the load balancer's region")
    if location.vpc_uuid is not None and droplet["vpc_uuid"] != location.vpc_uuid:
        raise unprocessable(f"Droplet {item} is not in the load balancer's VPC")
    return droplet["id"]


def _targets(account: Account, body: Record, location: Location) -> LoadBalancerTargets:
    tag = read_optional(body, "tag", text, "")
    droplet_ids = droplets_named(account, body, location)
    if tag and droplet_ids:
        # API reference: "mutually exclusive".
        raise unprocessable("droplet_ids and tag can't be used together")
    rules.require_few_droplets(account, droplet_ids)
    # That an unknown tag comes into being, as it does with Droplets, is unverified.
    return {
        "tag": tagging.create_missing(account, [tagging.validate_name(tag)])[0] if tag else "",
        "droplet_ids": droplet_ids,
    }


def _read_fixed(body: Record, name: Fixed, old: StoredLoadBalancer | None) -> str:
    if old is None:
        return _choice(body, name)
    if read_optional(body, name, text, old[name]).upper() != old[name]:
        raise unprocessable(f"{name} can't be changed after creation")
    return old[name]


def _choice(body: Record, name: str) -> str:
    choices = CHOICES[name]
    value = read_optional(body, name, text, choices[0]) or choices[0]
    return rules.one_of(name, value.upper() if choices[0].isupper() else value, choices)


def _location(
    account: Account, now: float, body: Record, old: StoredLoadBalancer | None, *, is_global: bool
) -> Location:
    if is_global:
        return Location(None, None)
    asked, vpc = read_optional(body, "region", text, None), read_optional(body, "vpc_uuid", text, None)
    if old is not None:
        _require_unmoved(old, asked, vpc)
        return Location(old["region"], old["vpc_uuid"])
    region = require_open_region(read_required(body, "region", text))
    return Location(region, _vpc(account, vpc, region) if vpc else default_vpc(account, region, now)["id"])


def _require_unmoved(old: StoredLoadBalancer, region: str | None, vpc: str | None) -> None:
    for name, asked, own in (("region", region, old["region"]), ("vpc_uuid", vpc, old["vpc_uuid"])):
        if asked and asked != own:
            raise unprocessable(f"{name} can't be changed after creation")


def _vpc(account: Account, key: str, region: str) -> str:
    vpc = account.find(VPC, key)
    if vpc is None:
        raise not_found()  # by analogy with Droplets: `python-digitalocean#264`
    if vpc["region"] != region:
        raise unprocessable("VPC is not in the same region as the load balancer.")
    return key


def _size_unit(body: Record) -> int:
    size = read_optional(body, "size", text, "lb-small") or "lb-small"
    nodes = SIZES[rules.one_of("size", size, tuple(SIZES))]
    return rules.in_range("size_unit", read_optional(body, "size_unit", integer, nodes), 1, MOST_NODES)


def _project(account: Account, now: float, body: Record, old: StoredLoadBalancer | None) -> str | None:
    asked = read_optional(body, "project_id", text, None)
    if asked:
        projects.require_project(account, now, asked)
        return asked
    # Nothing is the default project. The reference has what an update leaves out fall back to the default; that a
    # resource leaves its project by that is unverified, so it stays.
    return None if old is None else old["project_id"]


def _regional_members(account: Account, body: Record) -> Forwarding:
    found = rules.require_distinct(rules.read_rules(account, body))
    return {"forwarding_rules": found, "domains": [], "glb_settings": {}, "target_load_balancer_ids": []}


def _global_members(account: Account, body: Record) -> Forwarding:
    settings = rules.glb_settings(body)
    domains = objects(body, "domains") if body.get("domains") is not None else []
    return {
        "forwarding_rules": _global_rules(account, body),
        "domains": [_domain(account, item) for item in domains],
        "glb_settings": settings,
        "target_load_balancer_ids": [
            _target(account, key) for key in read_identifiers(body, "target_load_balancer_ids")
        ],
    }


def _global_rules(account: Account, body: Record) -> list[ForwardingRule]:
    # A global one forwards by `glb_settings` instead of rules (`terraform-provider-digitalocean` PR 1133), and has none
    # unless it is given some (that provider's acceptance tests), where the reference wants one at least.
    if body.get("forwarding_rules") in (None, []):
        return []
    return rules.require_distinct(rules.read_rules(account, body))


def _domain(account: Account, item: Record) -> LoadBalancerDomain:
    return {
        "name": read_name(item),
        "is_managed": flag(item, "is_managed"),
        "certificate_id": rules.require_certificate(account, item),
    }


def _target(account: Account, key: str) -> str:
    target = account.find(LOAD_BALANCER, key)
    if target is None or target["type"] == "GLOBAL":
        raise _no_target(key)
    return key


def _no_target(key: str) -> ApiError:
    return unprocessable(f"target load balancer {key} does not exist or is not a regional one")
