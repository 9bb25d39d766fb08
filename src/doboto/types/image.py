"""What `GET /v2/images` answers, and what a Droplet was created from."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

#: What `list` can be narrowed to; it is not the images' own `type`.
ImageListType: TypeAlias = Literal["application", "distribution"]


class Image(TypedDict):
    """A disk image that Droplets are created from: a distribution, an application, or one of the team's.

    The API reference requires no field; those without `NotRequired` are in every response that it shows.
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


class ImageCreateBase(TypedDict, total=False):
    """The attributes that an imported image may be made with."""

    #: Distribution that it holds, such as "Ubuntu"; the API takes one that it does not know for "Unknown", the default.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/images_create_custom
    distribution: str
    #: Free text.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/images_create_custom
    description: str
    #: Names of tags to put on it, made if new. Default: none. Needs `tag:create`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/tags_create
    tags: list[str] | None


class ImageCreate(ImageCreateBase):
    """The attributes that create a image from a URL."""

    #: Display name.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/images_create_custom
    name: str
    #: Where to fetch it: raw, qcow2, vhdx, vdi or vmdk, plain or packed by gzip or bzip2, below 100 GB when unpacked.
    #: https://docs.digitalocean.com/products/custom-images/how-to/upload/
    url: str
    #: Slug of the region that it can be used in first.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/regions_list
    region: str
