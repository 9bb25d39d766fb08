"""Cloud firewalls."""

from typing import Literal, NotRequired, Required, TypedDict


class FirewallTarget(TypedDict, total=False):
    """The other ends of the traffic that a rule lets through."""

    #: Addresses and networks (CIDR), IPv4 and IPv6.
    addresses: list[str]
    #: Ids of Droplets.
    droplet_ids: list[int]
    #: Ids of load balancers.
    load_balancer_uids: list[str]
    #: Ids of Kubernetes clusters.
    kubernetes_ids: list[str]
    #: Tags of Droplets.
    tags: list[str] | None


class FirewallRule(TypedDict):
    """What rules for both directions have in common."""

    #: Protocol that is let through.
    protocol: Literal["tcp", "udp", "icmp"]
    #: A port, a range as "8000-9000", or "0": all of them, and always so for `icmp`.
    ports: str


class InboundRule(FirewallRule):
    """Traffic that may come in."""

    #: Where it may come from.
    sources: FirewallTarget


class OutboundRule(FirewallRule):
    """Traffic that may go out."""

    #: Where it may go to.
    destinations: FirewallTarget


class FirewallChange(TypedDict):
    """A Droplet to which the firewall's latest state is not applied yet."""

    #: Id of the Droplet.
    droplet_id: int
    #: Whether the firewall is being taken off the Droplet.
    removing: bool
    #: How far the change is, such as "waiting".
    status: str


class Firewall(TypedDict):
    """A cloud firewall: it drops what no rule lets through.

    The API reference requires no field; those without `NotRequired` are in every response that it shows.
    """

    #: UUID of the firewall.
    id: str
    #: Whether the latest change is applied everywhere.
    status: Literal["waiting", "succeeded", "failed"]
    #: When it was made, ISO 8601.
    created_at: str
    #: Droplets that still wait for a change; empty when all is applied.
    pending_changes: list[FirewallChange]
    #: Name: letters, digits, "." and "-", beginning with a letter or digit.
    name: str
    #: Ids of the Droplets it protects. Sent to tokens with `droplet:read`.
    droplet_ids: NotRequired[list[int] | None]
    #: Tags whose Droplets it protects. Sent to tokens with `tag:read`.
    tags: NotRequired[list[str] | None]
    #: What may come in.
    inbound_rules: list[InboundRule] | None
    #: What may go out.
    outbound_rules: list[OutboundRule] | None


class FirewallRules(TypedDict, total=False):
    """Rules to be added to a firewall, or taken out of it: at least one."""

    #: What may come in, each with `protocol`, `ports` and `sources`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_add_rules
    inbound_rules: list[InboundRule] | None
    #: What may go out, each with `protocol`, `ports` and `destinations`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_add_rules
    outbound_rules: list[OutboundRule] | None


class FirewallCreate(FirewallRules, total=False):
    """The attributes that create a firewall, or replace its configuration: a name and at least one rule."""

    #: Name: letters, digits, "." and "-", beginning with a letter or digit; unique in the account.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_create
    name: Required[str]
    #: Ids of Droplets to protect. Default: none. Needs `droplet:read`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_create
    droplet_ids: list[int] | None
    #: Tags whose Droplets are to be protected; they must exist. Default: none. Needs `tag:read`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_create
    tags: list[str] | None
