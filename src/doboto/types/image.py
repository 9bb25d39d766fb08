"""What `GET /v2/images` answers, and what a Droplet was created from."""

from typing import Literal, NotRequired, TypedDict


class Image(TypedDict):
    """A disk image that Droplets are created from: a distribution, an application, or one of the team's.

    The API reference requires no field; those without `NotRequired` are in every reply that it shows.
    """

    #: Number by which requests refer to the image.
    id: int
    #: Display name, such as "24.04 (LTS) x64".
    name: str
    #: Who made the image and how: `base` (DigitalOcean), `snapshot`, `backup`, `custom` (imported), `admin`.
    type: NotRequired[Literal["base", "snapshot", "backup", "custom", "admin"]]
    # The API reference has an enumeration, but of what an import may name: a base image may have another
    # distribution, e.g. AlmaLinux (melvincv/learn-kubernetes, distro-images.md: a doctl listing).
    #: Distribution that the image holds, such as "Ubuntu".
    distribution: str
    #: Identifier of a public image, such as "ubuntu-24-04-x64"; None for the team's own.
    slug: NotRequired[str | None]
    #: Whether every team sees the image.
    public: NotRequired[bool]
    #: Slugs of the regions in which the image can be used.
    regions: list[str]
    #: When the image was made, ISO 8601.
    created_at: str
    #: Smallest disk for this image, in GB.
    min_disk_size: NotRequired[int | None]
    #: Size of the image in GB.
    size_gigabytes: NotRequired[float | None]
    #: Free text.
    description: NotRequired[str]
    #: Tags of the image.
    tags: NotRequired[list[str] | None]
    #: State of an imported image; `NEW` and `pending` ones cannot be used yet.
    status: NotRequired[Literal["NEW", "available", "pending", "deleted", "retired"]]
    #: Why an import failed.
    error_message: NotRequired[str]
