"""The dictionaries that go to the API and come from it, as types.

Responses are plain dictionaries: a field that is not declared here is kept all the same. A field is
`NotRequired` where the API reference calls it optional, or sends it only to tokens with a certain scope.

The modules of this package evaluate their annotations: with `from __future__ import annotations`,
`__required_keys__` would count every field as required (typing.TypedDict in Python's library reference).
Each is imported when one of its names is first asked for: together they would take a tenth of a first call's time.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .account import Account, AccountStatus, Team
    from .action import Action, ActionLink, ActionStatus
    from .associated import (
        AssociatedResource,
        AssociatedResources,
        AssociatedResourceSelection,
        DestroyedResource,
        DestroyedResources,
        DestroyStatus,
    )
    from .autoscale import (
        AutoscaleConfig,
        AutoscaleCreate,
        AutoscaleDynamic,
        AutoscaleEvent,
        AutoscaleMember,
        AutoscalePool,
        AutoscaleStatic,
        AutoscaleStatus,
        AutoscaleTemplate,
        AutoscaleTemplateBase,
        AutoscaleTemplateCreate,
        Utilization,
    )
    from .backup import (
        BackupHour,
        BackupPlan,
        BackupPolicy,
        BackupPolicyAttributes,
        BackupPolicyRecord,
        BackupWeekday,
        DropletSnapshot,
        NextBackupWindow,
        SupportedBackupPolicy,
    )
    from .certificate import Certificate, CertificateType
    from .domain import Domain, DomainRecord, DomainRecordAttributes, DomainRecordCreate
    from .droplet import Droplet, DropletStatus, Kernel, NeighborIds, Networks, NetworkV4, NetworkV6
    from .droplet_create import DropletAttributes, DropletCreate, DropletCreateBase, DropletsCreate
    from .droplet_plan import DropletPlan, PlanPrice, PlanProblem
    from .firewall import (
        Firewall,
        FirewallChange,
        FirewallCreate,
        FirewallRule,
        FirewallRules,
        FirewallTarget,
        InboundRule,
        OutboundRule,
    )
    from .image import Image, ImageCreate, ImageCreateBase, ImageListType
    from .load_balancer import (
        CDNSettings,
        ForwardingRule,
        GlobalSettings,
        HealthCheck,
        LoadBalancer,
        LoadBalancerCreate,
        LoadBalancerDomain,
        LoadBalancerFirewall,
        StickySessions,
    )
    from .monitoring import (
        AlertComparison,
        AlertPolicy,
        AlertPolicyCreate,
        AlertRecipients,
        AlertSlack,
        AlertType,
        AlertWindow,
        MetricSeries,
    )
    from .nat_gateway import (
        NATGateway,
        NATGatewayAddress,
        NATGatewayCreate,
        NATGatewayEgresses,
        NATGatewayPlace,
        NATGatewayState,
        NATGatewayUpdate,
        NATGatewayVPC,
    )
    from .one_click import OneClick
    from .project import (
        Project,
        ProjectAttributes,
        ProjectCreate,
        ProjectEnvironment,
        ProjectResource,
        ProjectResourceLinks,
    )
    from .region import Region
    from .reserved_ip import ReservedIP, ReservedIPv6
    from .size import Capacity, DiskInfo, GpuInfo, Size
    from .ssh_key import SSHKey
    from .tag import Tag, TaggableType, TaggedCount, TaggedCounts, TaggedResource
    from .volume import Snapshot, Volume, VolumeCreate, VolumeCreateBase
    from .vpc import VPC, VPCAttributes, VPCCreate, VPCMember, VPCPeering

__all__ = [
    "Account",
    "AccountStatus",
    "Action",
    "ActionLink",
    "ActionStatus",
    "AlertComparison",
    "AlertPolicy",
    "AlertPolicyCreate",
    "AlertRecipients",
    "AlertSlack",
    "AlertType",
    "AlertWindow",
    "AssociatedResource",
    "AssociatedResourceSelection",
    "AssociatedResources",
    "AutoscaleConfig",
    "AutoscaleCreate",
    "AutoscaleDynamic",
    "AutoscaleEvent",
    "AutoscaleMember",
    "AutoscalePool",
    "AutoscaleStatic",
    "AutoscaleStatus",
    "AutoscaleTemplate",
    "AutoscaleTemplateBase",
    "AutoscaleTemplateCreate",
    "BackupHour",
    "BackupPlan",
    "BackupPolicy",
    "BackupPolicyAttributes",
    "BackupPolicyRecord",
    "BackupWeekday",
    "CDNSettings",
    "Capacity",
    "Certificate",
    "CertificateType",
    "DestroyStatus",
    "DestroyedResource",
    "DestroyedResources",
    "DiskInfo",
    "Domain",
    "DomainRecord",
    "DomainRecordAttributes",
    "DomainRecordCreate",
    "Droplet",
    "DropletAttributes",
    "DropletCreate",
    "DropletCreateBase",
    "DropletPlan",
    "DropletSnapshot",
    "DropletStatus",
    "DropletsCreate",
    "Firewall",
    "FirewallChange",
    "FirewallCreate",
    "FirewallRule",
    "FirewallRules",
    "FirewallTarget",
    "ForwardingRule",
    "GlobalSettings",
    "GpuInfo",
    "HealthCheck",
    "Image",
    "ImageCreate",
    "ImageCreateBase",
    "ImageListType",
    "InboundRule",
    "Kernel",
    "LoadBalancer",
    "LoadBalancerCreate",
    "LoadBalancerDomain",
    "LoadBalancerFirewall",
    "MetricSeries",
    "NATGateway",
    "NATGatewayAddress",
    "NATGatewayCreate",
    "NATGatewayEgresses",
    "NATGatewayPlace",
    "NATGatewayState",
    "NATGatewayUpdate",
    "NATGatewayVPC",
    "NeighborIds",
    "NetworkV4",
    "NetworkV6",
    "Networks",
    "NextBackupWindow",
    "OneClick",
    "OutboundRule",
    "PlanPrice",
    "PlanProblem",
    "Project",
    "ProjectAttributes",
    "ProjectCreate",
    "ProjectEnvironment",
    "ProjectResource",
    "ProjectResourceLinks",
    "Region",
    "ReservedIP",
    "ReservedIPv6",
    "SSHKey",
    "Size",
    "Snapshot",
    "StickySessions",
    "SupportedBackupPolicy",
    "Tag",
    "TaggableType",
    "TaggedCount",
    "TaggedCounts",
    "TaggedResource",
    "Team",
    "Utilization",
    "VPC",
    "VPCAttributes",
    "VPCCreate",
    "VPCMember",
    "VPCPeering",
    "Volume",
    "VolumeCreate",
    "VolumeCreateBase",
]

#: Which names are in which module.
MODULES = {
    "account": "Account AccountStatus Team",
    "action": "Action ActionLink ActionStatus",
    "associated": "AssociatedResource AssociatedResources AssociatedResourceSelection DestroyedResource "
    "DestroyedResources DestroyStatus",
    "autoscale": "AutoscaleConfig AutoscaleCreate AutoscaleDynamic AutoscaleEvent AutoscaleMember AutoscalePool "
    "AutoscaleStatic AutoscaleStatus AutoscaleTemplate AutoscaleTemplateBase AutoscaleTemplateCreate "
    "Utilization",
    "backup": "BackupHour BackupPlan BackupPolicy BackupPolicyAttributes BackupPolicyRecord BackupWeekday "
    "DropletSnapshot NextBackupWindow SupportedBackupPolicy",
    "certificate": "Certificate CertificateType",
    "domain": "Domain DomainRecord DomainRecordAttributes DomainRecordCreate",
    "droplet": "Droplet DropletStatus Kernel NeighborIds Networks NetworkV4 NetworkV6",
    "droplet_create": "DropletAttributes DropletCreate DropletCreateBase DropletsCreate",
    "droplet_plan": "DropletPlan PlanPrice PlanProblem",
    "firewall": "Firewall FirewallChange FirewallCreate FirewallRule FirewallRules FirewallTarget InboundRule "
    "OutboundRule",
    "image": "Image ImageCreate ImageCreateBase ImageListType",
    "load_balancer": "CDNSettings ForwardingRule GlobalSettings HealthCheck LoadBalancer LoadBalancerCreate "
    "LoadBalancerDomain LoadBalancerFirewall StickySessions",
    "monitoring": "AlertComparison AlertPolicy AlertPolicyCreate AlertRecipients AlertSlack AlertType AlertWindow "
    "MetricSeries",
    "nat_gateway": "NATGateway NATGatewayAddress NATGatewayCreate NATGatewayEgresses NATGatewayPlace NATGatewayState "
    "NATGatewayUpdate NATGatewayVPC",
    "one_click": "OneClick",
    "project": "Project ProjectAttributes ProjectCreate ProjectEnvironment ProjectResource ProjectResourceLinks",
    "region": "Region",
    "reserved_ip": "ReservedIP ReservedIPv6",
    "size": "Capacity DiskInfo GpuInfo Size",
    "ssh_key": "SSHKey",
    "tag": "Tag TaggableType TaggedCount TaggedCounts TaggedResource",
    "volume": "Snapshot Volume VolumeCreate VolumeCreateBase",
    "vpc": "VPC VPCAttributes VPCCreate VPCMember VPCPeering",
}
HOMES = {name: module for module, names in MODULES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Import a type, or a module of types, when it is asked for first (PEP 562)."""
    if name in MODULES:
        return import_module(f".{name}", __name__)
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    """List the types, imported or not."""
    return sorted({*globals(), *__all__})
