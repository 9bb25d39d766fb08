"""Addresses that are reserved and move between Droplets: IPv4 (also called floating IPs) and IPv6."""

from typing import NotRequired, TypedDict

from .droplet import Droplet
from .region import Region


class ReservedIP(TypedDict):
    """A reserved IPv4 address. As a floating IP, its old name, it looks the same.

    The API reference requires no field; those without `NotRequired` are in every response that it shows.
    """

    #: The address, which is its identifier too.
    ip: str
    #: Region that it is reserved to.
    region: Region
    #: The whole Droplet that it is assigned to, or None. Sent to tokens with `droplet:read`.
    droplet: NotRequired[Droplet | None]
    #: Whether an action is running that keeps others from beginning.
    locked: bool
    #: UUID of its project. Sent to tokens with `project:read`.
    project_id: NotRequired[str]


class ReservedIPv6(TypedDict):
    """A reserved IPv6 address.

    The API reference requires no field; those without `NotRequired` are in every response that it shows.
    """

    #: The address, which is its identifier too.
    ip: str
    #: When it was reserved, ISO 8601.
    reserved_at: str
    #: Slug of the region that it is reserved to.
    region_slug: str
    #: The whole Droplet that it is assigned to, or None. Sent to tokens with `droplet:read`, but not by the create.
    droplet: NotRequired[Droplet | None]
