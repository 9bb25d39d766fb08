"""Block storage volumes, and the snapshots of volumes and Droplets."""

from typing import Literal, NotRequired, TypedDict

from .region import Region


class Volume(TypedDict):
    """A block storage volume.

    The API reference requires no field; those without `NotRequired` are in every response that it shows.
    """

    #: UUID of the volume.
    id: str
    #: Ids of the Droplets that it is attached to: one, or none.
    droplet_ids: list[int] | None
    #: Name, unique in its region.
    name: str
    #: What it is for.
    description: str
    #: Size in GiB.
    size_gigabytes: int
    #: When it was made, ISO 8601.
    created_at: str
    #: Names of its tags. Sent to tokens with `tag:read`.
    tags: NotRequired[list[str] | None]
    #: Region that it is in.
    region: Region
    #: File system that it was formatted with; empty for none.
    filesystem_type: str
    #: Label of that file system.
    filesystem_label: str


class VolumeCreateBase(TypedDict, total=False):
    """The attributes that every volume may be created with and none must."""

    #: Slug of the region, such as "nyc3"; may be omitted with `snapshot_id`, whose region it is then.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/regions_list
    region: str
    #: What it is for. Default: nothing.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/volumes_create
    description: str
    #: UUID of a volume snapshot to create it from. Default: an empty volume.
    #: https://docs.digitalocean.com/products/snapshots/
    snapshot_id: str
    #: File system to format it with: "ext4" or "xfs". Default: none.
    #: https://docs.digitalocean.com/products/volumes/how-to/create/
    filesystem_type: str
    #: Label of that file system: up to 16 characters for ext4, 12 for xfs. Default: none.
    #: https://docs.digitalocean.com/products/volumes/how-to/create/
    filesystem_label: str
    #: Names of tags to put on it, made if new. Default: none. Needs `tag:create`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/tags_create
    tags: list[str] | None
    #: UUID of the project to be in, or "default". Default: the default project. It is not sent with the create: the
    #: client checks it before, and puts the volume there right after. Needs `project:read`, `project:assign_resource`
    #: and `block_storage:read`. https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_assign_resources
    project_id: str


class VolumeCreate(VolumeCreateBase):
    """The attributes that create a volume."""

    #: Name: letters, digits and "-", beginning with a letter, up to 64 characters; unique in its region.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/volumes_create
    name: str
    #: Size in GiB; with `snapshot_id` at least that of the snapshot's volume.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/volumes_create
    size_gigabytes: int


class Snapshot(TypedDict):
    """A snapshot of a Droplet or of a volume, as the lists of snapshots have it."""

    #: Number of a Droplet's snapshot, UUID of a volume's, both as text.
    id: str
    #: Name of the snapshot.
    name: str
    #: When it was made, ISO 8601.
    created_at: str
    #: Slugs of the regions that it can be used in.
    regions: list[str]
    #: Id of the Droplet or volume that it was made of.
    resource_id: str
    #: What that is.
    resource_type: Literal["droplet", "volume"]
    #: Smallest disk, in GB, that it fits on.
    min_disk_size: int
    #: Size that it is charged for, in GB.
    size_gigabytes: float
    #: Names of its tags. Sent to tokens with `tag:read`.
    tags: NotRequired[list[str] | None]
