"""Resources as `terraform-provider-digitalocean` creates them (`digitalocean/*/resource_*.go`).

With empty attributes where it sends them. Texts in braces stand for what `test_plans.account` makes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p plan@example.com"
OTHER_KEY = KEY.replace("FHS", "FHT")
ANYWHERE = {"addresses": ["0.0.0.0/0", "::/0"]}
CHECK = {
    "protocol": "http",
    "port": 80,
    "path": "/",
    "check_interval_seconds": 10,
    "response_timeout_seconds": 5,
    "healthy_threshold": 5,
    "unhealthy_threshold": 3,
}
#: The API reference's default: others than the provider's, which it sends with every check that is configured.
DEFAULT_CHECK = {**CHECK, "healthy_threshold": 3, "unhealthy_threshold": 5}
HTTP = {
    "entry_protocol": "http",
    "entry_port": 80,
    "target_protocol": "http",
    "target_port": 80,
    "certificate_id": "",
    "tls_passthrough": False,
}


@dataclass(frozen=True)
class Resource:
    """One resource of a plan: how it is created, read and updated with the same."""

    name: str
    path: str
    root: str
    sent: dict[str, Any]
    #: What the reply calls what was sent, or has in its place; None: it is not read back.
    shown: dict[str, Any] = field(default_factory=dict)
    update: str | None = None
    #: Attributes that the update leaves out, as they can't be changed.
    fixed: tuple[str, ...] = ()
    id: str = "id"
    #: Where it is read, if not where it is created.
    read: str = ""
    status: int = 201
    #: Attributes that only show what was sent once the creation is over, for whose end tools wait.
    later: tuple[str, ...] = ()
    #: Attributes that change by themselves, or with every update.
    varying: tuple[str, ...] = ("updated_at", "current_utilization")

    def expectation(self) -> dict[str, Any]:
        """What a reader has to find once the resource is there."""
        return {name: value for name, value in {**self.sent, **self.shown}.items() if value is not None}


def record(type: str, name: str, data: str, shown: dict[str, Any] | None = None, **attributes: Any) -> Resource:
    """A domain record as the provider creates it."""
    sent = {"type": type, "name": name, "data": data, "ttl": 1800, **attributes}
    return Resource(f"record {type}", "/v2/domains/plan.example.com/records", "domain_record", sent, shown or {}, "PUT")


RESOURCES = (
    Resource(
        "droplet",
        "/v2/droplets",
        "droplet",
        {
            "name": "web-01",
            "region": "nyc3",
            "size": "s-1vcpu-1gb",
            "image": "ubuntu-24-04-x64",
            "ssh_keys": ["{key}"],
            "backups": True,
            "ipv6": True,
            "monitoring": True,
            "user_data": "#cloud-config",
            "tags": ["one", "two"],
            "vpc_uuid": "{vpc}",
        },
        {
            "size": None,
            "size_slug": "s-1vcpu-1gb",
            "image": {"slug": "ubuntu-24-04-x64"},
            "ssh_keys": None,
            "backups": None,
            "ipv6": None,
            "monitoring": None,
            "user_data": None,
            "status": "active",
            "locked": False,
            "vcpus": 1,
            "disk": 25,
        },
        status=202,
        later=("vpc_uuid",),
    ),
    Resource(
        "volume",
        "/v2/volumes",
        "volume",
        {"region": "nyc3", "name": "data", "description": "", "size_gigabytes": 10, "tags": ["one"]},
        {"droplet_ids": [], "filesystem_type": "", "filesystem_label": ""},
    ),
    Resource(
        "firewall",
        "/v2/firewalls",
        "firewall",
        {
            "name": "web",
            "droplet_ids": ["{droplet}"],
            "tags": ["one"],
            "inbound_rules": [
                {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["192.0.2.0/24", "2001:db8::/64"]}},
                {"protocol": "tcp", "ports": "8000-9000", "sources": {"tags": ["one"]}},
                {"protocol": "icmp", "sources": ANYWHERE},
            ],
            "outbound_rules": [{"protocol": "udp", "ports": "53", "destinations": ANYWHERE}],
        },
        {"status": "succeeded"},
        "PUT",
        status=202,
    ),
    Resource(
        "load balancer",
        "/v2/load_balancers",
        "load_balancer",
        {
            "name": "front",
            "region": "nyc3",
            "size_unit": 1,
            "algorithm": "round_robin",
            "enable_proxy_protocol": False,
            "redirect_http_to_https": False,
            "enable_backend_keepalive": False,
            "forwarding_rules": [HTTP],
            "health_check": CHECK,
            "sticky_sessions": {"type": "cookies", "cookie_name": "DO-LB", "cookie_ttl_seconds": 300},
            "droplet_ids": ["{droplet}"],
            "disable_lets_encrypt_dns_records": False,
            "project_id": "{project}",
            "http_idle_timeout_seconds": 60,
            "firewall": {"deny": ["cidr:192.0.2.0/24"], "allow": ["ip:198.51.100.1"]},
        },
        {"status": "active", "algorithm": None},
        "PUT",
        status=202,
    ),
    Resource(
        "domain",
        "/v2/domains",
        "domain",
        {"name": "other.example.com", "ip_address": ""},
        {"ip_address": None},
        id="name",
    ),
    record("A", "www", "198.51.100.1"),
    record("AAAA", "www", "2001:db8::1"),
    record("CNAME", "alias", "www.example.net.", {"data": "www.example.net"}),
    record("MX", "@", "mail.example.net.", {"data": "mail.example.net"}, priority=10),
    record("TXT", "@", "v=spf1 -all"),
    record("NS", "sub", "ns1.example.net.", {"data": "ns1.example.net"}),
    record("SRV", "_sip._tcp", "sip.example.net.", {"data": "sip.example.net"}, priority=0, port=5060, weight=0),
    record("CAA", "@", "letsencrypt.org.", {"data": "letsencrypt.org"}, flags=0, tag="issue"),
    Resource(
        "VPC",
        "/v2/vpcs",
        "vpc",
        {"name": "inner", "description": "", "region": "nyc3", "ip_range": "10.99.0.0/24"},
        update="PUT",
        fixed=("region", "ip_range"),
    ),
    Resource(
        "project",
        "/v2/projects",
        "project",
        {"name": "shop", "description": "", "purpose": "Web Application", "environment": ""},
        update="PATCH",
    ),
    Resource(
        "reserved IP", "/v2/reserved_ips", "reserved_ip", {"region": "nyc3"}, {"droplet": None}, id="ip", status=202
    ),
    Resource(
        "SSH key",
        "/v2/account/keys",
        "ssh_key",
        {"name": "laptop", "public_key": KEY},
        update="PUT",
        fixed=("public_key",),
    ),
    Resource(
        "certificate",
        "/v2/certificates",
        "certificate",
        {"name": "web", "type": "lets_encrypt", "dns_names": ["plan.example.com", "www.plan.example.com"]},
        {"state": "verified"},
        status=202,
    ),
    Resource(
        "alert policy",
        "/v2/monitoring/alerts",
        "policy",
        {
            "alerts": {
                "email": [],
                "slack": [{"channel": "Production", "url": "https://hooks.slack.com/services/T/A"}],
            },
            "compare": "GreaterThan",
            "description": "CPU",
            "enabled": True,
            "entities": ["{droplet}"],
            "tags": [],
            "type": "v1/insights/droplet/cpu",
            "value": 95,
            "window": "5m",
        },
        {"entities": ["{droplet text}"]},
        "PUT",
        id="uuid",
        status=200,
    ),
    Resource(
        "autoscale pool",
        "/v2/droplets/autoscale",
        "autoscale_pool",
        {
            "name": "pool",
            "config": {"target_number_instances": 2},
            "droplet_template": {
                "size": "s-1vcpu-1gb",
                "region": "nyc3",
                "image": "ubuntu-24-04-x64",
                "tags": ["one"],
                "ssh_keys": ["{key text}"],
                "vpc_uuid": "",
                "with_droplet_agent": True,
                "project_id": "",
                "ipv6": True,
                "user_data": "",
            },
        },
        {"status": "active", "active_resources_count": 2},
        "PUT",
        status=202,
    ),
    Resource(
        "NAT gateway",
        "/v2/vpc_nat_gateways",
        "vpc_nat_gateway",
        {
            "name": "out",
            "type": "PUBLIC",
            "region": "nyc3",
            "size": 1,
            "vpcs": [{"vpc_uuid": "{vpc}", "default_gateway": True}],
            "udp_timeout_seconds": 30,
            "icmp_timeout_seconds": 30,
            "tcp_timeout_seconds": 300,
        },
        {"state": "ACTIVE"},
        "PUT",
        ("type", "region"),
        status=202,
        later=("vpcs",),
    ),
    Resource(
        "VPC peering",
        "/v2/vpc_peerings",
        "vpc_peering",
        {"name": "both", "vpc_ids": ["{vpc}", "{other vpc}"]},
        {"status": "ACTIVE"},
        "PATCH",
        ("vpc_ids",),
        status=202,
    ),
    Resource(
        "custom image",
        "/v2/images",
        "image",
        {
            "name": "mine",
            "url": "https://example.com/disk.qcow2",
            "region": "nyc3",
            "distribution": "Unknown OS",
            "description": "",
            "tags": ["one"],
        },
        {"url": None, "region": None, "regions": ["nyc3"], "status": "available", "type": "custom"},
        "PUT",
        ("url", "region", "tags"),
        status=202,
    ),
    Resource(
        "plain droplet",
        "/v2/droplets",
        "droplet",
        {"name": "web-02", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "debian-12-x64", "backups": False},
        {"size": None, "size_slug": "s-1vcpu-1gb", "image": {"slug": "debian-12-x64"}, "backups": None, "tags": []},
        status=202,
    ),
    Resource(
        "formatted volume",
        "/v2/volumes",
        "volume",
        {"region": "nyc3", "name": "logs", "size_gigabytes": 5, "filesystem_type": "ext4", "filesystem_label": "logs"},
        {"tags": [], "description": ""},
    ),
    Resource(
        "volume snapshot",
        "/v2/volumes/{volume}/snapshots",
        "snapshot",
        {"name": "kept", "tags": ["one"]},
        {"resource_id": "{volume}", "resource_type": "volume", "regions": ["nyc3"], "min_disk_size": 10},
        read="/v2/snapshots",
    ),
    Resource(
        "load balancer by tag",
        "/v2/load_balancers",
        "load_balancer",
        {"name": "tagged", "region": "nyc3", "size": "lb-small", "tag": "one", "forwarding_rules": [HTTP]},
        {
            "status": "active",
            "size": None,
            "size_unit": 1,
            "health_check": DEFAULT_CHECK,
            "sticky_sessions": {"type": "none"},
        },
        "PUT",
        status=202,
    ),
    Resource(
        "global load balancer",
        "/v2/load_balancers",
        "load_balancer",
        {
            "name": "global",
            "type": "GLOBAL",
            "forwarding_rules": [],
            "health_check": CHECK,
            "domains": [{"name": "plan.example.com", "is_managed": True}],
            "glb_settings": {
                "target_protocol": "http",
                "target_port": 80,
                "cdn": {"is_enabled": True},
                "region_priorities": {"nyc3": 1, "ams3": 2},
                "failover_threshold": 10,
            },
            "target_load_balancer_ids": [],
        },
        {"status": "active", "network": ""},
        "PUT",
        status=202,
    ),
    Resource(
        "alert policy by email",
        "/v2/monitoring/alerts",
        "policy",
        {
            "alerts": {"email": ["plan@example.com"], "slack": None},
            "compare": "LessThan",
            "description": "",
            "enabled": False,
            "entities": [],
            "tags": ["one"],
            "type": "v1/insights/droplet/memory_utilization_percent",
            "value": 0.5,
            "window": "1h",
        },
        {"alerts": {"email": ["plan@example.com"], "slack": []}},
        "PUT",
        id="uuid",
        status=200,
    ),
    Resource(
        "pool that grows",
        "/v2/droplets/autoscale",
        "autoscale_pool",
        {
            "name": "growing",
            "config": {
                "min_instances": 1,
                "max_instances": 3,
                "target_cpu_utilization": 0.5,
                "target_memory_utilization": 0.5,
                "cooldown_minutes": 5,
            },
            "droplet_template": {
                "size": "s-1vcpu-1gb",
                "region": "nyc3",
                "image": "ubuntu-24-04-x64",
                "tags": [],
                "ssh_keys": ["{key text}"],
                "vpc_uuid": "{vpc}",
                "project_id": "{project}",
            },
        },
        {"status": "active", "active_resources_count": 1},
        "PUT",
        status=202,
    ),
    Resource(
        "reserved IP of a droplet",
        "/v2/reserved_ips",
        "reserved_ip",
        {"droplet_id": "{droplet}"},
        {"droplet_id": None, "droplet": {"id": "{droplet}"}, "region": "nyc3", "locked": False},
        id="ip",
        status=202,
        later=("droplet", "locked"),
    ),
    Resource(
        "reserved IPv6",
        "/v2/reserved_ipv6",
        "reserved_ipv6",
        {"region_slug": "nyc3"},
        {"droplet": None},
        id="ip",
    ),
    Resource("tag", "/v2/tags", "tag", {"name": "plain"}, {"resources": {"count": 0}}, id="name"),
)
