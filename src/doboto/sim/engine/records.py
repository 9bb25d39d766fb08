"""Records, the one form of state: dicts that can be written as JSON, kept by kind and identifier, and their types.

The types are the simulator's own, because what is stored is not what the API shows: a Droplet has the slug of its size
and the id of its image, a volume the slug of its region; `show` of each resource makes a reply of that. Here are those
that several resources know; what one alone uses is in its own file. Separate from the store, because almost every file
of the simulator needs records and few need the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from sys import float_info
from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeGuard, TypeVar, cast

from ..catalog import ImageMembers

#: A JSON object of any content: the body of a request or of a reply, the arguments of an effect.
Record = dict[str, Any]

#: An identifier inside one kind of resource: Droplets, images and actions count, most others have a UUID.
Key = int | str

#: What the records of a kind are: a `TypedDict`. Records are never changed in place: a change is a new dict that is put
#: into its store.
R = TypeVar("R", bound=Mapping[str, Any])


class Kind(str, Generic[R]):
    """The name of a kind of records; its parameter is the type that these have."""

    __slots__ = ()


def as_record(value: object) -> Record | None:
    """Return the value itself if it is a JSON object, else nothing."""
    return cast("Record", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """Return the items if the value is a JSON array, else nothing."""
    return list(cast("Iterable[Any]", value)) if isinstance(value, list) else None


def is_whole(value: object, least: float = -inf, most: float = inf) -> TypeGuard[int]:
    """Return whether a JSON value is a whole number within limits; booleans are none."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_number(value: object, least: float = -inf, most: float = inf) -> TypeGuard[float]:
    """Return whether a JSON value is a finite number within limits; booleans are none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) <= float_info.max and least <= value <= most  # a whole number may be beyond every float


def select_members(record: Mapping[str, Any], names: tuple[str, ...]) -> Record:
    """Return the named members, in that order, of those that the record has."""
    return dict(_members(record, names))


def _members(record: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name in names:
        if name in record:
            yield name, record[name]


# -- the account's own bookkeeping


class StoredEvent(TypedDict):
    """Something that is going to happen: at `due`, the effect of that name with these arguments."""

    due: float
    effect: str
    arguments: Record
    #: It takes time, rather than being a moment of the calendar.
    lasts: NotRequired[bool]


class StoredCounter(TypedDict):
    """How far something has been counted."""

    value: int


class StoredAction(TypedDict):
    """An action, and what it leads to when it ends."""

    id: int
    status: Literal["in-progress", "completed", "errored"]
    type: str
    started_at: str
    completed_at: str | None
    resource_id: int | None
    resource_type: str
    region_slug: str | None
    #: The resource as `KIND:KEY`, and a second one for which the action is a pending event.
    resource: str
    also: str | None
    effect: str | None
    arguments: Record
    fails: bool
    #: The effect of failing.
    failure: str | None


class StoredTag(TypedDict):
    """A tag in its first capitalisation, with the resource of each kind that got it last."""

    name: str
    last: dict[str, Key]


# -- Droplets and images


class Interface(TypedDict):
    """A network interface, as the API shows it; of IPv6 ones the netmask is a number."""

    ip_address: str
    netmask: str | int
    gateway: str
    type: Literal["public", "private"]


class Networks(TypedDict):
    """The interfaces of a Droplet."""

    v4: list[Interface]
    v6: list[Interface]


class BackupPolicy(TypedDict):
    """When backups are taken and how long they are kept."""

    plan: str
    hour: int
    weekday: NotRequired[str]
    window_length_hours: int
    retention_period_days: int


class StoredDroplet(TypedDict):
    """A Droplet; what it costs and has of memory follows from its size."""

    id: int
    name: str
    status: Literal["new", "active", "off", "archive"]
    created_at: str
    #: When lists show it and when it is found by its id.
    listed_from: float
    found_from: float
    destroying: bool
    size_slug: str
    disk: int
    image_id: int
    region: str
    features: list[str]
    networks: Networks
    ipv6: bool
    public: bool
    vpc_uuid: str
    kernel_id: int | None
    backup_policy: BackupPolicy | None
    #: When the next backup is taken.
    backup_at: float | None
    ssh_keys: list[int]
    user_data: str | None
    tags: list[str]
    #: The physical server.
    host: str
    #: When its ports answer.
    answers_from: NotRequired[float]


class StoredImage(ImageMembers):
    """An image of the account, with the Droplet that it was made of."""

    droplet_id: int | None
    #: Of a snapshot or a backup, what names the Droplet's files of that moment; accounts share them.
    disk: NotRequired[str]


# -- volumes


class FileSystem(TypedDict):
    """How a volume is formatted."""

    filesystem_type: str
    filesystem_label: str


class StoredVolume(FileSystem):
    """A volume."""

    id: str
    name: str
    region: str
    description: str
    size_gigabytes: int
    droplet_ids: list[int]
    created_at: str
    tags: list[str]
    #: When its last snapshot was made.
    snapshot_at: NotRequired[float]
    #: The snapshot that it was made of.
    snapshot_id: NotRequired[str]


class StoredVolumeSnapshot(FileSystem):
    """A snapshot of a volume, with the file system that a volume made of it gets."""

    id: str
    name: str
    created_at: str
    regions: list[str]
    resource_id: str
    resource_type: Literal["volume"]
    min_disk_size: int
    size_gigabytes: int
    tags: list[str]


# -- networks


class StoredVpc(TypedDict):
    """A VPC."""

    id: str
    urn: str
    name: str
    description: str
    region: str
    ip_range: str
    default: bool
    created_at: str


class StoredReservedIp(TypedDict):
    """A reserved address, IPv4 or IPv6."""

    ip: str
    region: str
    droplet_id: int | None
    reserved_at: str
    #: None is the default project; IPv4 only.
    project_id: str | None
    #: The BYOIP prefix that it is of.
    byoip: NotRequired[str]


EVENT: Kind[StoredEvent] = Kind("event")
COUNTER: Kind[StoredCounter] = Kind("counter")
ACTION: Kind[StoredAction] = Kind("action")
TAG: Kind[StoredTag] = Kind("tag")
DROPLET: Kind[StoredDroplet] = Kind("droplet")
IMAGE: Kind[StoredImage] = Kind("image")
#: Images that are gone, for Droplets made of them.
DELETED_IMAGE: Kind[StoredImage] = Kind("deleted_image")
VOLUME: Kind[StoredVolume] = Kind("volume")
VOLUME_SNAPSHOT: Kind[StoredVolumeSnapshot] = Kind("volume_snapshot")
VPC: Kind[StoredVpc] = Kind("vpc")
RESERVED_IP: Kind[StoredReservedIp] = Kind("reserved_ip")
RESERVED_IPV6: Kind[StoredReservedIp] = Kind("reserved_ipv6")
