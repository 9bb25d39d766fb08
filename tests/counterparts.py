"""Where DigitalOcean's OpenAPI document describes what a TypedDict describes."""

from __future__ import annotations

from dataclasses import dataclass, field

Reasons = dict[str, str]


@dataclass(frozen=True)
class Counterpart:
    """Where the document describes what a TypedDict describes, and how the two differ on purpose."""

    schemas: tuple[str, ...]
    request: bool = False
    #: Fields that the schema does not require, but every example has.
    always: frozenset[str] = frozenset()
    #: Fields that the schema lacks: the reason.
    extra: Reasons = field(default_factory=dict)
    #: Fields that take more values than the schema says: the reason.
    wider: Reasons = field(default_factory=dict)


def reply(*schemas: str, always: str = "", extra: Reasons | None = None, wider: Reasons | None = None) -> Counterpart:
    sent = frozenset(always.split())
    return Counterpart(schemas, always=sent, extra=extra or {}, wider=wider or {})


def request(schema: str, extra: Reasons | None = None) -> Counterpart:
    return Counterpart((schema,), request=True, extra=extra or {})


VOLUME = {"volume": "DOBOTO 0.6 documented it; the client sends it as `volumes`"}
SHOWN_WITH_BACKUPS = "DOBOTO 0.6 documented it, and the example of backups has it"

# "droplet" is a component; "droplet.networks" a property, "firewall.inbound_rules[]" the items of a list;
# "@name" the body of a response component.
COUNTERPARTS: dict[str, Counterpart] = {
    "Volume": reply(
        "volume_full",
        always="id droplet_ids name description size_gigabytes created_at region filesystem_type filesystem_label",
    ),
    "VolumeCreate": request("volumes_ext4"),
    "Snapshot": reply("snapshots"),
    "Action": reply(
        "action",
        always="id status type started_at completed_at resource_id resource_type",
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
    "DropletCreate": request("droplet_single_create", extra=VOLUME),
    "DropletSnapshot": reply(
        "droplet_snapshot", extra=dict.fromkeys(("distribution", "slug", "public"), SHOWN_WITH_BACKUPS)
    ),
    "DropletsCreate": request("droplet_multi_create", extra=VOLUME),
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
    "VolumeCreateBase": "what VolumeCreate has beside what is required",
    "DropletCreateBase": "what DropletCreate and DropletsCreate share",
    "DropletAttributes": "DropletCreate and DropletsCreate together, with nothing required",
}
# Not to be held against the examples.
NOT_SHOWN = {
    "FirewallRule": "its examples have the fields of the rules that are made from it too",
    "NeighborIds": "the document has no example of the report",
}
