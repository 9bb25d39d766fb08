"""The dictionaries that go to the API and come from it, as types.

Replies are plain dictionaries: a field that is not declared here is kept all the same. A field is
`NotRequired` where the API reference calls it optional, or sends it only to tokens with a certain scope.

The modules of this package evaluate their annotations: with `from __future__ import annotations`,
`__required_keys__` would count every field as required (typing.TypedDict in Python's library reference).
"""

from .action import Action, ActionLink, ActionStatus
from .associated import (
    AssociatedResource,
    AssociatedResources,
    AssociatedResourceSelection,
    DestroyedResource,
    DestroyedResources,
    DestroyStatus,
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
from .droplet import Droplet, DropletStatus, Kernel, NeighborIds, Networks, NetworkV4, NetworkV6
from .droplet_create import DropletAttributes, DropletCreate, DropletCreateBase, DropletsCreate
from .firewall import Firewall, FirewallChange, FirewallRule, FirewallTarget, InboundRule, OutboundRule
from .image import Image
from .region import Region
from .size import Capacity, DiskInfo, GpuInfo, Size
from .volume import Snapshot, Volume, VolumeCreate, VolumeCreateBase

__all__ = [
    "Action",
    "ActionLink",
    "ActionStatus",
    "AssociatedResource",
    "AssociatedResourceSelection",
    "AssociatedResources",
    "BackupHour",
    "BackupPlan",
    "BackupPolicy",
    "BackupPolicyAttributes",
    "BackupPolicyRecord",
    "BackupWeekday",
    "Capacity",
    "DestroyStatus",
    "DestroyedResource",
    "DestroyedResources",
    "DiskInfo",
    "Droplet",
    "DropletAttributes",
    "DropletCreate",
    "DropletCreateBase",
    "DropletSnapshot",
    "DropletStatus",
    "DropletsCreate",
    "Firewall",
    "FirewallChange",
    "FirewallRule",
    "FirewallTarget",
    "GpuInfo",
    "Image",
    "InboundRule",
    "Kernel",
    "NeighborIds",
    "NetworkV4",
    "NetworkV6",
    "Networks",
    "NextBackupWindow",
    "OutboundRule",
    "Region",
    "Size",
    "Snapshot",
    "SupportedBackupPolicy",
    "Volume",
    "VolumeCreate",
    "VolumeCreateBase",
]
