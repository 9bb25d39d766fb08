"""Where DigitalOcean's OpenAPI document describes what a TypedDict describes."""

from __future__ import annotations

from dataclasses import dataclass, field

Reasons = dict[str, str]


@dataclass(frozen=True)
class Counterpart:
    """Where the document describes what a TypedDict describes, and how the two differ on purpose."""

    schemas: tuple[str, ...]
    request: bool = False
    #: Fields that the schema does not require: of a reply, those that every example has; of a request, those without
    #: which it would say nothing.
    always: frozenset[str] = frozenset()
    #: Fields that the schema lacks: the reason.
    extra: Reasons = field(default_factory=dict)
    #: Fields that take more values than the schema says: the reason.
    wider: Reasons = field(default_factory=dict)
    #: Fields that the schema requires and the API does not: the reason.
    optional: Reasons = field(default_factory=dict)


def reply(*schemas: str, always: str = "", extra: Reasons | None = None, wider: Reasons | None = None) -> Counterpart:
    sent = frozenset(always.split())
    return Counterpart(schemas, always=sent, extra=extra or {}, wider=wider or {})


def request(
    schema: str,
    always: str = "",
    extra: Reasons | None = None,
    wider: Reasons | None = None,
    optional: Reasons | None = None,
) -> Counterpart:
    needed = frozenset(always.split())
    return Counterpart((schema,), True, needed, extra or {}, wider or {}, optional or {})


#: What the client takes besides the API's own attributes of a create.
IN_PROJECT = {"project_id": "the client assigns it by a request of its own"}
OWN = {"volume": "DOBOTO 0.6 documented it; the client sends it as `volumes`", **IN_PROJECT}
SHOWN_WITH_BACKUPS = "DOBOTO 0.6 documented it, and the example of backups has it"

# "droplet" is a component; "droplet.networks" a property, "firewall.inbound_rules[]" the items of a list;
# "@name" the body of a response component; "POST /v2/vpcs" the body of a request.
COUNTERPARTS: dict[str, Counterpart] = {
    "Account": reply("account"),
    "AlertPolicy": reply("alert_policy"),
    "AlertPolicyCreate": request("alert_policy_request"),
    "AlertRecipients": reply("alerts"),
    "AlertSlack": reply("slack_details"),
    "AutoscaleCreate": request("autoscale_pool_create"),
    "AutoscaleDynamic": reply("autoscale_pool_dynamic_config"),
    "AutoscaleEvent": reply("history"),
    "AutoscaleMember": reply("member"),
    "AutoscalePool": reply("autoscale_pool"),
    "AutoscaleStatic": reply("autoscale_pool_static_config"),
    "AutoscaleTemplate": reply("autoscale_pool_droplet_template"),
    "AutoscaleTemplateCreate": request("autoscale_pool_droplet_template"),
    "ImageCreate": request("image_new_custom"),
    "MetricSeries": reply("metrics_result"),
    "OneClick": reply("oneClicks"),
    "SSHKey": reply("sshKeys", always="id fingerprint"),
    "Tag": reply("tags", always="name resources"),
    "TaggedCount": reply("tags_metadata", always="count"),
    "TaggedCounts": reply("tags.resources", always="count"),
    "TaggedResource": request(
        "tags_resource.resources[]",
        always="resource_id resource_type",
        wider={"resource_id": "a number is sent as text"},
    ),
    "Team": reply("account.team"),
    "Utilization": reply("current_utilization", "member_current_utilization"),
    "CDNSettings": reply("glb_settings.cdn"),
    "Certificate": reply("certificate", always="id name not_after sha1_fingerprint created_at dns_names state type"),
    "Domain": reply("domain", always="name ttl zone_file"),
    "DomainRecord": reply("domain_record", always="id name data priority port ttl weight flags tag"),
    "DomainRecordCreate": request("domain_record"),
    "FirewallCreate": request("POST /v2/firewalls"),
    "FirewallRules": request("POST /v2/firewalls/{firewall_id}/rules"),
    "ForwardingRule": reply("forwarding_rule"),
    "GlobalSettings": reply("glb_settings"),
    "HealthCheck": reply("health_check"),
    "LoadBalancer": reply(
        "load_balancer",
        always="id name algorithm status created_at health_check sticky_sessions redirect_http_to_https "
        "enable_proxy_protocol droplet_ids",
    ),
    "LoadBalancerCreate": request(
        "load_balancer_base",
        always="name",
        extra=dict.fromkeys(("droplet_ids", "tag", "region"), "in one of the two forms that the base is a part of"),
    ),
    "LoadBalancerDomain": reply("domains"),
    "LoadBalancerFirewall": reply("lb_firewall"),
    "NATGateway": reply(
        "vpc_nat_gateway_get",
        always="id name type state region size vpcs udp_timeout_seconds icmp_timeout_seconds tcp_timeout_seconds "
        "created_at updated_at",
        extra={"project_id": "an example of a reply has it"},
        wider={"vpcs": "see NATGatewayVPC"},
    ),
    "NATGatewayAddress": reply("vpc_nat_gateway_get.egresses.public_gateways[]"),
    "NATGatewayCreate": request("vpc_nat_gateway_create"),
    "NATGatewayEgresses": reply("vpc_nat_gateway_get.egresses"),
    "NATGatewayPlace": request("vpc_nat_gateway_create.vpcs[]"),
    "NATGatewayUpdate": request("vpc_nat_gateway_update"),
    "NATGatewayVPC": reply(
        "vpc_nat_gateway_get.vpcs[]", always="vpc_uuid", extra={"default_gateway": "the examples of replies have it"}
    ),
    "Project": reply(
        "project",
        always="id owner_uuid owner_id name description purpose environment created_at updated_at is_default",
    ),
    "ProjectAttributes": request("PATCH /v2/projects/{project_id}"),
    "ProjectCreate": request("POST /v2/projects"),
    "ProjectResource": reply("resource"),
    "ProjectResourceLinks": reply("resource.links", always="self"),
    "ReservedIP": reply("reserved_ip", "floating_ip", always="ip region locked"),
    "ReservedIPv6": reply("reserved_ipv6", "reserved_ipv6_list.reserved_ipv6s[]", always="ip reserved_at region_slug"),
    "StickySessions": reply("sticky_sessions"),
    "VPC": reply("vpc", always="name description region ip_range default id urn created_at"),
    "VPCAttributes": request("PATCH /v2/vpcs/{vpc_id}"),
    "VPCCreate": request("POST /v2/vpcs", extra=IN_PROJECT),
    "VPCMember": reply("vpc_member", always="name urn created_at"),
    "VPCPeering": reply("vpc_peering", always="id created_at status vpc_ids name"),
    "Volume": reply(
        "volume_full",
        always="id droplet_ids name description size_gigabytes created_at region filesystem_type filesystem_label",
    ),
    "VolumeCreate": request(
        "volumes_ext4",
        extra=IN_PROJECT,
        optional={"region": "with snapshot_id it is the snapshot's, as the text of snapshot_id says"},
    ),
    "Snapshot": reply("snapshots"),
    "Action": reply(
        "action",
        always="id status type started_at completed_at resource_id resource_type",
        extra={"image_id": "`snapshot_create` adds the new image's id"},
        wider={"region": "DOBOTO 0.6 documented a slug or null"},
    ),
    "ActionLink": reply("action_link", always="id rel href"),
    "AssociatedResource": reply("associated_resource", always="id name cost"),
    "AssociatedResourceSelection": request("selective_destroy_associated_resource"),
    "AssociatedResources": reply("@associated_resources_list"),
    "BackupPolicy": reply("droplet_backup_policy", always="plan hour window_length_hours retention_period_days"),
    "BackupPolicyAttributes": request("droplet_backup_policy"),
    "BackupPolicyRecord": reply("droplet_backup_policy_record", always="droplet_id backup_enabled"),
    "Capacity": reply("disk_info.size", "gpu_info.vram", always="amount unit"),
    "DestroyStatus": reply("associated_resource_status"),
    "DestroyedResource": reply("destroyed_associated_resource", always="id name"),
    "DestroyedResources": reply("associated_resource_status.resources"),
    "DiskInfo": reply("disk_info", always="type size"),
    "Droplet": reply("droplet"),
    "DropletCreate": request("droplet_single_create", extra=OWN),
    "DropletSnapshot": reply(
        "droplet_snapshot", extra=dict.fromkeys(("distribution", "slug", "public"), SHOWN_WITH_BACKUPS)
    ),
    "DropletsCreate": request("droplet_multi_create", extra=OWN),
    "Firewall": reply("firewall", always="id status created_at pending_changes name inbound_rules outbound_rules"),
    "FirewallChange": reply("firewall.pending_changes[]", always="droplet_id removing status"),
    "FirewallRule": reply("firewall_rule_base"),
    "FirewallTarget": reply("firewall_rule_target"),
    "GpuInfo": reply("gpu_info", always="count model vram"),
    "Image": reply("image", always="id name distribution regions created_at"),
    "InboundRule": reply("firewall.inbound_rules[]"),
    "Kernel": reply("kernel", always="id name version"),
    "NeighborIds": reply("neighbor_ids"),
    "NetworkV4": reply("network_v4", always="ip_address netmask gateway type"),
    "NetworkV6": reply("network_v6", always="ip_address netmask gateway type"),
    "Networks": reply("droplet.networks", always="v4 v6"),
    "NextBackupWindow": reply("droplet_next_backup_window", always="start end"),
    "OutboundRule": reply("firewall.outbound_rules[]"),
    "Region": reply("region"),
    "Size": reply("size"),
    "SupportedBackupPolicy": reply(
        "supported_droplet_backup_policy",
        always="name possible_window_starts window_length_hours retention_period_days possible_days",
    ),
}
# Held by test_attributes_are_those_of_both_creates.
CLIENTS_OWN = {
    "DomainRecordAttributes": "DomainRecordCreate with nothing required: the client adds the type",
    "AutoscaleTemplateBase": "what AutoscaleTemplate and AutoscaleTemplateCreate share",
    "ImageCreateBase": "what ImageCreate has beside what is required",
    "VolumeCreateBase": "what VolumeCreate has beside what is required",
    "DropletPlan": "what `droplet.plan` returns",
    "PlanPrice": "a part of DropletPlan",
    "PlanProblem": "a part of DropletPlan",
    "DropletCreateBase": "what DropletCreate and DropletsCreate share",
    "DropletAttributes": "DropletCreate and DropletsCreate together, with nothing required",
}
# Not to be held against the examples.
NOT_SHOWN = {
    "CDNSettings": "the document has no example of a global load balancer",
    "GlobalSettings": "the document has no example of a global load balancer",
    "LoadBalancerDomain": "the document has no example of a global load balancer",
    "Account": "the document has examples of its fields alone",
    "AutoscaleDynamic": "examples of the other kind of configuration are held against it too",
    "AutoscaleStatic": "examples of the other kind of configuration are held against it too",
    "TaggedCount": "TaggedCounts is one with more fields",
    "Team": "the document has examples of its fields alone",
    "FirewallRule": "its examples have the fields of the rules that are made from it too",
    "NeighborIds": "the document has no example of the report",
}
