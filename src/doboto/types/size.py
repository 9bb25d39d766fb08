"""What `GET /v2/sizes` answers, with the disks and GPUs that Droplets describe in the same terms."""

from typing import Literal, NotRequired, TypedDict


class Capacity(TypedDict):
    """An amount of storage or memory."""

    #: How many units.
    amount: int
    #: Unit of `amount`, "gib" as far as is known.
    unit: str


class DiskInfo(TypedDict):
    """One disk of a Droplet."""

    #: Every Droplet has a `local` or `boot` disk; a `scratch` disk (GPU Droplets) loses its data.
    type: Literal["local", "boot", "scratch"]
    #: How large the disk is.
    size: Capacity


class GpuInfo(TypedDict):
    """The GPUs of a GPU Droplet."""

    #: How many GPUs.
    count: int
    #: Their model, such as "nvidia_h100".
    model: str
    #: Memory of the GPU.
    vram: Capacity


class Size(TypedDict):
    """A size that a Droplet can have, and its price."""

    #: Identifier, such as "s-1vcpu-1gb": what requests take as `size`.
    slug: str
    #: RAM in MB.
    memory: int
    #: Number of virtual CPUs.
    vcpus: int
    #: Disk in GB. A resized Droplet may have another: its own `disk` counts.
    disk: int
    #: Outgoing public traffic included in the price, in TB a month.
    transfer: float
    #: Price of a whole month, in US dollars.
    price_monthly: float
    #: Price of an hour, in US dollars.
    price_hourly: float
    #: Slugs of the regions in which this size can be created.
    regions: list[str]
    #: Whether new Droplets can be created with this size.
    available: bool
    #: Class of the size, such as "Basic" or "CPU-Optimized".
    description: str
    #: Each disk of such a Droplet.
    disk_info: NotRequired[list[DiskInfo]]
    #: The GPUs of such a Droplet; missing where there are none.
    gpu_info: NotRequired[GpuInfo]
