"""Tags, and what can be tagged."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

#: Kind of a resource that can be tagged. (A Droplet's snapshot is an `image`.)
TaggableType: TypeAlias = Literal["droplet", "image", "volume", "volume_snapshot"]


class TaggedCount(TypedDict):
    """How many resources of a kind carry a tag."""

    #: Number of resources.
    count: int
    #: URL of the one that was tagged last; missing where there is none.
    last_tagged_uri: NotRequired[str]


class TaggedCounts(TypedDict):
    """How many resources carry a tag: all together, and by kind."""

    #: Number of resources.
    count: int
    #: URL of the one that was tagged last; missing where there is none.
    last_tagged_uri: NotRequired[str]
    #: Droplets. Sent to tokens with `droplet:read`.
    droplets: NotRequired[TaggedCount]
    #: Images, snapshots of Droplets included. Sent to tokens with `image:read`.
    images: NotRequired[TaggedCount]
    #: Volumes. Sent to tokens with `block_storage:read`.
    volumes: NotRequired[TaggedCount]
    #: Snapshots of volumes. Sent to tokens with `block_storage_snapshot:read`.
    volume_snapshots: NotRequired[TaggedCount]
    #: Database clusters. Sent to tokens with `database:read`.
    databases: NotRequired[TaggedCount]


class Tag(TypedDict):
    """A label that resources carry."""

    #: Name, in the capitalisation that it was first made with; requests must keep to that.
    name: str
    #: How many resources carry it.
    resources: TaggedCounts


class TaggedResource(TypedDict):
    """A resource to put a tag on, or to take it off."""

    #: Id of the resource; numbers are sent as text, which the API insists on (droplet_kit PR#138).
    resource_id: str | int
    #: Kind of the resource.
    resource_type: TaggableType
