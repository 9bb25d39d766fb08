"""Bodies that make sense, for operations whose schema doesn't say what does: names that fit, things that are there."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from typing import Any

from live import Live

Body = dict[str, Any]
Order = Callable[[Live], Body]

_numbers = itertools.count(1)

DROPLET = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
RULE = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 8080}
SSH = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}
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
PROJECT = {"purpose": "IoT", "description": "", "environment": "Development"}


def name(beginning: str) -> str:
    """A name that nothing else has."""
    return f"{beginning}-{next(_numbers)}"


def public_key() -> str:
    """A key that no other is like."""
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + next(_numbers).to_bytes(32, "big")
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} someone@example.com"


def _droplet(live: Live) -> Body:
    return {"name": name("web"), "tags": ["web"], "backups": True, "ipv6": True, "monitoring": True, **DROPLET}


def _action(live: Live) -> Body:
    types = ("power_off", "power_on", "snapshot", "reboot", "rename", "enable_ipv6", "enable_backups", "power_cycle")
    return {"type": live.random.choice(types), "name": name("fuzz")}


def _volume_action(live: Live) -> Body:
    return {"type": "attach", "droplet_id": live.one("droplet_id"), "region": "nyc3"}


def _reserved_ip_action(live: Live) -> Body:
    assign = {"type": "assign", "droplet_id": live.one("droplet_id")}
    return live.random.choice([assign, {"type": "unassign"}])


def _tagged(live: Live) -> Body:
    return {"resources": [{"resource_id": str(live.one("droplet_id")), "resource_type": "droplet"}]}


def _droplets(live: Live) -> Body:
    return {"droplet_ids": [live.one("droplet_id")]}


def _load_balancer(live: Live) -> Body:
    return {"name": name("balancer"), "region": "nyc3", "forwarding_rules": [RULE], "tag": "web"}


def _pool(live: Live) -> Body:
    template = {"ssh_keys": [str(live.one("ssh_key_identifier"))], "tags": ["pool"], **DROPLET}
    return {"name": name("pool"), "config": {"target_number_instances": 2}, "droplet_template": template}


def _project_resources(live: Live) -> Body:
    return {"resources": [f"do:droplet:{live.one('droplet_id')}", f"do:volume:{live.one('volume_id')}"]}


def _certificate(live: Live) -> Body:
    return {"name": name("certificate"), "type": "lets_encrypt", "dns_names": [f"www.{live.one('domain_name')}"]}


def _gateway(live: Live) -> Body:
    return {
        "name": name("nat"), "type": "PUBLIC", "region": "nyc3", "size": 1, "vpcs": [{"vpc_uuid": live.one("vpc_id")}]
    }  # fmt: skip


def _peering(live: Live) -> Body:
    return {"name": name("peering"), "vpc_ids": [live.one("vpc_id"), live.one("vpc_id")]}


def _volume(live: Live) -> Body:
    return {"name": name("data"), "region": "nyc3", "size_gigabytes": 10, "tags": ["web"]}


def _volume_named(live: Live) -> Body:
    return {**_volume_action(live), "volume_name": f"data-{live.random.randint(1, next(_numbers))}"}


ORDERS: dict[tuple[str, str], Order] = {
    ("POST", "/v2/account/keys"): lambda live: {"name": name("key"), "public_key": public_key()},
    ("POST", "/v2/certificates"): _certificate,
    ("POST", "/v2/domains"): lambda live: {"name": f"{name('fuzz')}.example.com"},
    ("POST", "/v2/domains/{domain_name}/records"): lambda live: {"type": "A", "name": name("a"), "data": "198.18.0.9"},
    ("PUT", "/v2/domains/{domain_name}/records/{domain_record_id}"): lambda live: {"type": "A", "data": "198.18.0.8"},
    ("POST", "/v2/droplets"): _droplet,
    ("POST", "/v2/droplets/{droplet_id}/actions"): _action,
    ("POST", "/v2/droplets/autoscale"): _pool,
    ("PUT", "/v2/droplets/autoscale/{autoscale_pool_id}"): _pool,
    ("POST", "/v2/firewalls"): lambda live: {"name": name("wall"), "inbound_rules": [SSH], **_droplets(live)},
    ("PUT", "/v2/firewalls/{firewall_id}"): lambda live: {"name": name("wall"), "inbound_rules": [SSH]},
    ("POST", "/v2/firewalls/{firewall_id}/droplets"): _droplets,
    ("DELETE", "/v2/firewalls/{firewall_id}/droplets"): _droplets,
    ("POST", "/v2/firewalls/{firewall_id}/tags"): lambda live: {"tags": [live.one("tag_id")]},
    ("DELETE", "/v2/firewalls/{firewall_id}/tags"): lambda live: {"tags": [live.one("tag_id")]},
    ("POST", "/v2/firewalls/{firewall_id}/rules"): lambda live: {"inbound_rules": [{**SSH, "ports": "80"}]},
    ("DELETE", "/v2/firewalls/{firewall_id}/rules"): lambda live: {"inbound_rules": [{**SSH, "ports": "80"}]},
    ("POST", "/v2/floating_ips"): lambda live: {"region": "nyc3"},
    ("POST", "/v2/floating_ips/{floating_ip}/actions"): _reserved_ip_action,
    ("POST", "/v2/images/{image_id}/account_transfer"): lambda live: {"recipient_email": "someone@example.com"},
    ("POST", "/v2/images/{image_id}/account_transfer/cancel"): lambda live: {"transfer_id": live.one("transfer_id")},
    ("POST", "/v2/images/{image_id}/actions"): lambda live: {"type": "transfer", "region": "ams3"},
    ("POST", "/v2/load_balancers"): _load_balancer,
    ("PUT", "/v2/load_balancers/{lb_id}"): _load_balancer,
    ("POST", "/v2/load_balancers/{lb_id}/droplets"): _droplets,
    ("DELETE", "/v2/load_balancers/{lb_id}/droplets"): _droplets,
    ("POST", "/v2/monitoring/alerts"): lambda live: ALERT,
    ("PUT", "/v2/monitoring/alerts/{alert_uuid}"): lambda live: ALERT,
    ("POST", "/v2/projects"): lambda live: {"name": name("project"), **PROJECT},
    ("PUT", "/v2/projects/default"): lambda live: {"name": name("project"), "is_default": True, **PROJECT},
    ("PUT", "/v2/projects/{project_id}"): lambda live: {"name": name("project"), "is_default": False, **PROJECT},
    ("POST", "/v2/projects/{project_id}/resources"): _project_resources,
    ("POST", "/v2/projects/default/resources"): _project_resources,
    ("POST", "/v2/reserved_ips"): lambda live: {"region": "nyc3"},
    ("POST", "/v2/reserved_ips/{reserved_ip}/actions"): _reserved_ip_action,
    ("POST", "/v2/reserved_ipv6"): lambda live: {"region_slug": "nyc3"},
    ("POST", "/v2/reserved_ipv6/{reserved_ipv6}/actions"): _reserved_ip_action,
    ("POST", "/v2/tags/{tag_id}/resources"): _tagged,
    ("DELETE", "/v2/tags/{tag_id}/resources"): _tagged,
    ("POST", "/v2/volumes"): _volume,
    ("POST", "/v2/volumes/actions"): _volume_named,
    ("POST", "/v2/volumes/{volume_id}/actions"): _volume_action,
    ("POST", "/v2/volumes/{volume_id}/snapshots"): lambda live: {"name": name("frozen")},
    ("POST", "/v2/vpcs"): lambda live: {"name": name("private"), "region": "nyc3"},
    ("POST", "/v2/vpcs/{vpc_id}/peerings"): lambda live: {"name": name("peering"), "vpc_id": live.one("vpc_id")},
    ("POST", "/v2/vpc_nat_gateways"): _gateway,
    ("PUT", "/v2/vpc_nat_gateways/{id}"): lambda live: {"name": name("nat"), "size": 1},
    ("POST", "/v2/vpc_peerings"): _peering,
}
