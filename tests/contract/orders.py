"""Requests that make sense, for operations whose schema doesn't say what does: names that fit, things that are there.

An order gets the parameters of its path and may change them. Without a body it gives nothing.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from typing import Any

from live import Body, Live, Parameters

Order = Callable[[Live, Parameters], Body | None]

_numbers = itertools.count(1)

DROPLET = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
RULE = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 8080}
MORE = {"entry_protocol": "http", "entry_port": 81, "target_protocol": "http", "target_port": 8081}
SSH = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}
WEB = {"protocol": "tcp", "ports": "80", "sources": {"addresses": ["0.0.0.0/0"]}}
IMAGE = {"region": "nyc3", "url": "https://example.com/disk.img.gz", "distribution": "Ubuntu"}
PROJECT = {"purpose": "IoT", "description": "", "environment": "Development"}
ALERT = {
    "alerts": {"email": ["someone@example.com"], "slack": []},
    "compare": "GreaterThan",
    "description": "busy",
    "enabled": True,
    "entities": [],
    "tags": ["web"],
    "type": "v1/insights/droplet/cpu",
    "value": 80,
    "window": "5m",
}


def name(beginning: str) -> str:
    """A name that nothing else has."""
    return f"{beginning}-{next(_numbers)}"


def always(**members: Any) -> Order:
    """The same body each time."""
    return lambda _live, _path: members


def named(beginning: str, **members: Any) -> Order:
    """A body with a name that nothing else has."""
    return lambda _live, _path: {"name": name(beginning), **members}


def about(member: str, parameter: str, *, several: bool = False, **members: Any) -> Order:
    """A body with the identifier of something that is there."""

    def order(live: Live, _path: Parameters) -> Body:
        found = live.one(parameter)
        return {member: [found] if several else found, **members}

    return order


def _key(_live: Live, _path: Parameters) -> Body:
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + next(_numbers).to_bytes(32, "big")
    return {"name": name("key"), "public_key": f"ssh-ed25519 {base64.b64encode(blob).decode()} someone@example.com"}


def _action(live: Live, _path: Parameters) -> Body:
    types = ("power_off", "power_on", "snapshot", "reboot", "rename", "enable_ipv6", "enable_backups", "power_cycle")
    return {"type": live.random.choice(types), "name": name("fuzz")}


def _attach(live: Live) -> Body:
    return {"type": "attach", "droplet_id": live.make("/v2/droplets")["droplet"]["id"], "region": "nyc3"}


def _volume_action(live: Live, path: Parameters) -> Body:
    path["volume_id"] = live.make("/v2/volumes")["volume"]["id"]
    return live.random.choice([_attach(live), {"type": "resize", "size_gigabytes": 100}])


def _volume_action_by_name(live: Live, _path: Parameters) -> Body:
    return {**_attach(live), "volume_name": live.make("/v2/volumes")["volume"]["name"]}


def _assign(live: Live, _path: Parameters) -> Body:
    droplet = live.make("/v2/droplets")["droplet"]["id"]
    live.wait()
    return live.random.choice([{"type": "assign", "droplet_id": droplet}, {"type": "unassign"}])


def _tagged(live: Live, _path: Parameters) -> Body:
    return {"resources": [{"resource_id": str(live.one("droplet_id")), "resource_type": "droplet"}]}


def _balancer(live: Live, _path: Parameters) -> Body:
    behind = live.random.choice([{"tag": "web"}, {"droplet_ids": [live.one("droplet_id")]}])
    return {"name": name("balancer"), "region": "nyc3", "forwarding_rules": [RULE, MORE], **behind}


def _balanced(live: Live, path: Parameters) -> Body:
    droplet = live.one("droplet_id")
    body = {"name": name("balancer"), "region": "nyc3", "forwarding_rules": [RULE], "droplet_ids": [droplet]}
    path["lb_id"] = live.call("POST", "/v2/load_balancers", body)[1]["load_balancer"]["id"]
    live.wait()
    return {"droplet_ids": [droplet]}


def _one_more_rule(_live: Live, _path: Parameters) -> Body:
    return {"forwarding_rules": [{**RULE, "entry_port": 1000 + next(_numbers)}]}


def _global_balancer(live: Live, path: Parameters) -> None:
    body = {"name": name("global"), "type": "GLOBAL", "glb_settings": {"target_protocol": "http", "target_port": 80}}
    path["lb_id"] = live.call("POST", "/v2/load_balancers", body)[1]["load_balancer"]["id"]


def _pool(live: Live, path: Parameters) -> Body:
    template = {"ssh_keys": [str(live.one("ssh_key_identifier"))], "tags": ["pool"], **DROPLET}
    called = name("pool")
    if path:  # it can't be renamed
        called = live.call("GET", f"/v2/droplets/autoscale/{path['autoscale_pool_id']}")[1]["autoscale_pool"]["name"]
    return {"name": called, "config": {"target_number_instances": 2}, "droplet_template": template}


def _resources(live: Live, _path: Parameters) -> Body:
    return {"resources": [f"do:droplet:{live.one('droplet_id')}", f"do:volume:{live.one('volume_id')}"]}


def _certificate(live: Live, _path: Parameters) -> Body:
    return {"name": name("certificate"), "type": "lets_encrypt", "dns_names": [f"www.{live.one('domain_name')}"]}


def _gateway(live: Live, _path: Parameters) -> Body:
    place = {"vpc_uuid": live.make("/v2/vpcs")["vpc"]["id"]}
    return {"name": name("nat"), "type": "PUBLIC", "region": "nyc3", "size": 1, "vpcs": [place]}


def _peering(live: Live, _path: Parameters) -> Body:
    return {"name": name("peering"), "vpc_ids": [live.make("/v2/vpcs")["vpc"]["id"] for _ in range(2)]}


def _peering_with(live: Live, _path: Parameters) -> Body:
    return {"name": name("peering"), "vpc_id": live.make("/v2/vpcs")["vpc"]["id"]}


def _prefix(_live: Live, _path: Parameters) -> Body:
    return {"prefix": f"10.{next(_numbers) % 256}.0.0/24", "region": "nyc3", "signature": "signed"}


def _transfer(live: Live, path: Parameters, giver: str, taker: str) -> Body:
    email = live.call("GET", "/v2/account", token=taker)[1]["account"]["email"]
    image = live.call("POST", "/v2/images", {"name": name("gift"), **IMAGE}, giver)[1]["image"]["id"]
    offer = live.call("POST", f"/v2/images/{image}/account_transfer", {"recipient_email": email}, giver)[1]
    path["image_id"] = image
    return {"transfer_id": offer["transfer_id"]}


def _offered(live: Live, path: Parameters) -> Body:
    return _transfer(live, path, "friend", "fuzz")


def _offering(live: Live, path: Parameters) -> Body:
    return _transfer(live, path, "fuzz", "friend")


def _destroyed(live: Live, path: Parameters) -> None:
    path["droplet_id"] = live.make("/v2/droplets")["droplet"]["id"]
    live.call("DELETE", "/v2/droplets/{droplet_id}/destroy_with_associated_resources/dangerous".format(**path))
    live.wait()


ORDERS: dict[tuple[str, str], Order] = {
    ("POST", "/v2/account/keys"): _key,
    ("POST", "/v2/byoip_prefixes"): _prefix,
    ("POST", "/v2/certificates"): _certificate,
    ("POST", "/v2/domains"): lambda _live, _path: {"name": f"{name('fuzz')}.example.com"},
    ("POST", "/v2/domains/{domain_name}/records"): named("a", type="A", data="198.18.0.9"),
    ("PUT", "/v2/domains/{domain_name}/records/{domain_record_id}"): named("a", type="A", data="198.18.0.8"),
    ("PATCH", "/v2/domains/{domain_name}/records/{domain_record_id}"): named("a", type="A"),
    ("POST", "/v2/droplets"): named("web", tags=["web"], backups=True, ipv6=True, monitoring=True, **DROPLET),
    ("POST", "/v2/droplets/{droplet_id}/actions"): _action,
    ("DELETE", "/v2/droplets/{droplet_id}/destroy_with_associated_resources/selective"): always(snapshots=[]),
    ("POST", "/v2/droplets/{droplet_id}/destroy_with_associated_resources/retry"): _destroyed,
    ("GET", "/v2/droplets/{droplet_id}/destroy_with_associated_resources/status"): _destroyed,
    ("POST", "/v2/droplets/autoscale"): _pool,
    ("PUT", "/v2/droplets/autoscale/{autoscale_pool_id}"): _pool,
    ("POST", "/v2/firewalls"): named("wall", inbound_rules=[SSH, WEB], tags=["web"]),
    ("PUT", "/v2/firewalls/{firewall_id}"): named("wall", inbound_rules=[SSH, WEB], tags=["web"]),
    ("POST", "/v2/firewalls/{firewall_id}/droplets"): about("droplet_ids", "droplet_id", several=True),
    ("DELETE", "/v2/firewalls/{firewall_id}/droplets"): about("droplet_ids", "droplet_id", several=True),
    ("POST", "/v2/firewalls/{firewall_id}/tags"): about("tags", "tag_id", several=True),
    ("DELETE", "/v2/firewalls/{firewall_id}/tags"): always(tags=["web"]),
    ("POST", "/v2/firewalls/{firewall_id}/rules"): always(inbound_rules=[WEB]),
    ("DELETE", "/v2/firewalls/{firewall_id}/rules"): always(inbound_rules=[WEB]),
    ("POST", "/v2/floating_ips"): always(region="nyc3"),
    ("POST", "/v2/floating_ips/{floating_ip}/actions"): _assign,
    ("POST", "/v2/images"): named("image", **IMAGE),
    ("POST", "/v2/images/{image_id}/account_transfer/accept"): _offered,
    ("POST", "/v2/images/{image_id}/account_transfer/cancel"): _offering,
    ("POST", "/v2/images/{image_id}/account_transfer/decline"): _offered,
    ("POST", "/v2/images/{image_id}/actions"): always(type="transfer", region="ams3"),
    ("POST", "/v2/load_balancers"): _balancer,
    ("PUT", "/v2/load_balancers/{lb_id}"): _balancer,
    ("DELETE", "/v2/load_balancers/{lb_id}/cache"): _global_balancer,
    ("POST", "/v2/load_balancers/{lb_id}/droplets"): _balanced,
    ("DELETE", "/v2/load_balancers/{lb_id}/droplets"): _balanced,
    ("POST", "/v2/load_balancers/{lb_id}/forwarding_rules"): _one_more_rule,
    ("DELETE", "/v2/load_balancers/{lb_id}/forwarding_rules"): always(forwarding_rules=[MORE]),
    ("POST", "/v2/monitoring/alerts"): always(**ALERT),
    ("PUT", "/v2/monitoring/alerts/{alert_uuid}"): always(**ALERT),
    ("POST", "/v2/projects"): named("project", **PROJECT),
    ("PUT", "/v2/projects/default"): named("project", is_default=True, **PROJECT),
    ("PUT", "/v2/projects/{project_id}"): named("project", is_default=False, **PROJECT),
    ("POST", "/v2/projects/{project_id}/resources"): _resources,
    ("POST", "/v2/projects/default/resources"): _resources,
    ("POST", "/v2/reserved_ips"): always(region="nyc3"),
    ("POST", "/v2/reserved_ips/{reserved_ip}/actions"): _assign,
    ("POST", "/v2/reserved_ipv6"): always(region_slug="nyc3"),
    ("POST", "/v2/reserved_ipv6/{reserved_ipv6}/actions"): _assign,
    ("POST", "/v2/tags"): named("tag"),
    ("POST", "/v2/tags/{tag_id}/resources"): _tagged,
    ("DELETE", "/v2/tags/{tag_id}/resources"): _tagged,
    ("POST", "/v2/volumes"): named("data", region="nyc3", size_gigabytes=10, tags=["web"]),
    ("POST", "/v2/volumes/actions"): _volume_action_by_name,
    ("POST", "/v2/volumes/{volume_id}/actions"): _volume_action,
    ("POST", "/v2/volumes/{volume_id}/snapshots"): named("frozen"),
    ("POST", "/v2/vpcs"): named("private", region="nyc3"),
    ("POST", "/v2/vpcs/{vpc_id}/peerings"): _peering_with,
    ("POST", "/v2/vpc_nat_gateways"): _gateway,
    ("PUT", "/v2/vpc_nat_gateways/{id}"): named("nat", size=1),
    ("POST", "/v2/vpc_peerings"): _peering,
}

#: Queries that make sense, likewise; where there is none, single parameters that name something.
QUERIES: dict[tuple[str, str], Callable[[Live], Body]] = {
    ("DELETE", "/v2/droplets"): lambda _live: {"tag_name": "web"},
    ("DELETE", "/v2/volumes"): lambda live: {"name": live.make("/v2/volumes")["volume"]["name"], "region": "nyc3"},
}
#: As which parameter of a path a parameter of a query is known.
IN_QUERY = {"tag_name": "tag_id", "host_id": "droplet_id", "autoscale_pool_id": "autoscale_pool_id"}
#: A while of which there are measurements: the first hour of the simulated account.
WHILE = {"start": "1773138600", "end": "1773142200"}
