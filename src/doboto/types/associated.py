"""What belongs to a Droplet and outlives it, and the destruction of both."""

from typing import NotRequired, TypedDict


class AssociatedResource(TypedDict):
    """A resource that stays, and is charged, when its Droplet is destroyed."""

    #: Id of the resource: what a selective destruction takes.
    id: str
    #: Name of the resource.
    name: str
    #: Price of a month if the resource is kept, in US dollars.
    cost: str


class AssociatedResources(TypedDict, total=False):
    """The associated resources of a Droplet; a kind is missing where the token may not read it."""

    #: Reserved IPs. Sent to tokens with `reserved_ip:read`.
    reserved_ips: list[AssociatedResource]
    #: The same under their former name. Sent to tokens with `reserved_ip:read`.
    floating_ips: list[AssociatedResource]
    #: Snapshots of the Droplet. Sent to tokens with `image:read`.
    snapshots: list[AssociatedResource]
    #: Attached volumes. Sent to tokens with `block_storage:read`.
    volumes: list[AssociatedResource]
    #: Snapshots of those volumes. Sent to tokens with `block_storage_snapshot:read`.
    volume_snapshots: list[AssociatedResource]


class AssociatedResourceSelection(TypedDict, total=False):
    """The associated resources that a selective destruction takes along; all others are kept."""

    #: Ids of reserved IPs.
    reserved_ips: list[str]
    #: Former name of `reserved_ips`, deprecated.
    floating_ips: list[str]
    #: Ids of the Droplet's snapshots.
    snapshots: list[str]
    #: Ids of volumes.
    volumes: list[str]
    #: Ids of volumes' snapshots.
    volume_snapshots: list[str]


class DestroyedResource(TypedDict):
    """How far the destruction of one resource is."""

    #: Id of the resource.
    id: str
    #: Name of the resource.
    name: str
    #: When it was destroyed, ISO 8601.
    destroyed_at: NotRequired[str]
    #: Why it was not.
    error_message: NotRequired[str]


class DestroyedResources(TypedDict, total=False):
    """How far the destruction of each associated resource is."""

    #: Reserved IPs.
    reserved_ips: list[DestroyedResource]
    #: The same under their former name.
    floating_ips: list[DestroyedResource]
    #: Snapshots of the Droplet.
    snapshots: list[DestroyedResource]
    #: Volumes.
    volumes: list[DestroyedResource]
    #: Snapshots of volumes.
    volume_snapshots: list[DestroyedResource]


class DestroyStatus(TypedDict, total=False):
    """How far the destruction of a Droplet with associated resources is."""

    #: The Droplet itself.
    droplet: DestroyedResource
    #: What goes along with it.
    resources: DestroyedResources
    #: When all was done, ISO 8601.
    completed_at: str
    #: How many resources could not be destroyed; then ask for a retry.
    failures: int
