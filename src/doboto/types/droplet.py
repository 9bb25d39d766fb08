"""Droplets, as `GET /v2/droplets` and its neighbours answer them."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

from .backup import NextBackupWindow
from .image import Image
from .region import Region
from .size import DiskInfo, GpuInfo, Size

#: State of a Droplet. `active` is powered on, not booted.
DropletStatus: TypeAlias = Literal["new", "active", "off", "archive"]


class NetworkV4(TypedDict):
    """An IPv4 address of a Droplet."""

    #: The address.
    ip_address: str
    #: Its netmask, such as "255.255.240.0".
    netmask: str
    # The API reference says `nil`, responses were seen with "" (community.digitalocean#199).
    #: Its gateway. A private network has none: then this is no address.
    gateway: str
    #: Whether the address is reached from the Internet or from the VPC.
    type: Literal["public", "private"]


class NetworkV6(TypedDict):
    """An IPv6 address of a Droplet."""

    #: The address.
    ip_address: str
    #: Length of the network's prefix, such as 64: a number, unlike the IPv4 netmask.
    netmask: int
    #: Its gateway.
    gateway: str
    #: Always public: there are no private IPv6 networks.
    type: Literal["public"]


class Networks(TypedDict):
    """The addresses of a Droplet; both lists are empty until it gets them."""

    #: IPv4 addresses.
    v4: list[NetworkV4]
    #: IPv6 addresses.
    v6: list[NetworkV6]


class Kernel(TypedDict):
    """A kernel that DigitalOcean keeps outside of the Droplet; those since March 2017 have their own."""

    #: Number of the kernel: what `kernel_update` takes.
    id: int
    #: Display name.
    name: str
    #: Version, patch and release in one string.
    version: str


class Droplet(TypedDict):
    """A virtual machine."""

    #: Number of the Droplet: what nearly every method takes.
    id: int
    #: Name, and the host name at creation.
    name: str
    #: RAM in MB.
    memory: int
    #: Number of virtual CPUs.
    vcpus: int
    #: Disk in GB; it counts where it differs from that of `size`.
    disk: int
    #: Each disk of the Droplet.
    disk_info: NotRequired[list[DiskInfo]]
    #: Whether an action under way keeps others from beginning.
    locked: bool
    #: Whether it is being created, powered on, powered off, or gone.
    status: DropletStatus
    #: Kernel kept outside of the Droplet; None for those since March 2017.
    kernel: NotRequired[Kernel | None]
    #: When it was created, ISO 8601.
    created_at: str
    #: Features that are switched on, such as "backups" or "ipv6".
    features: list[str]
    #: Ids of its backups. Sent to tokens with `image:read`.
    backup_ids: NotRequired[list[int]]
    #: When its next backup begins; None without backups.
    next_backup_window: NextBackupWindow | None
    #: Ids of its snapshots. Sent to tokens with `image:read`.
    snapshot_ids: NotRequired[list[int]]
    #: What it was created from. Sent to tokens with `image:read`.
    image: NotRequired[Image]
    #: Ids of the volumes attached to it. Sent to tokens with `block_storage:read`.
    volume_ids: NotRequired[list[str]]
    #: Its size, with the price.
    size: Size
    #: Slug of its size.
    size_slug: str
    #: Its addresses.
    networks: Networks
    #: Where it lives.
    region: Region
    #: Its tags. Sent to tokens with `tag:read`.
    tags: NotRequired[list[str]]
    #: UUID of the VPC it is in. Sent to tokens with `vpc:read`.
    vpc_uuid: NotRequired[str]
    #: Its GPUs; missing from Droplets without one.
    gpu_info: NotRequired[GpuInfo]


class NeighborIds(TypedDict, total=False):
    """The report of Droplets that share a physical machine."""

    #: One list of Droplet ids for each machine that holds several.
    neighbor_ids: list[list[int]]
