"""What DigitalOcean offers: regions, sizes, images, kernels and 1-Clicks, as data files beside this one.

Facts from the public price list, the API reference and its examples; prices and versions age, the structure does not. A
file is read when it is first asked for. The records are shared by all accounts and never changed.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NotRequired, TypedDict, overload


class Region(TypedDict):
    """A region, as the API shows it."""

    slug: str
    name: str
    sizes: list[str]
    features: list[str]
    available: bool


class DiskSize(TypedDict):
    """How large a disk is."""

    amount: int
    unit: str


class Disk(TypedDict):
    """One of the disks that Droplets of a size have."""

    type: str
    size: DiskSize


class Size(TypedDict):
    """A size, as the API shows it; only those with GPUs have `gpu_info`."""

    slug: str
    memory: int
    vcpus: int
    disk: int
    transfer: float
    price_monthly: float
    price_hourly: float
    regions: list[str]
    available: bool
    description: str
    disk_info: list[Disk]
    gpu_info: NotRequired[dict[str, Any]]


class ImageMembers(TypedDict):
    """What public images and the account's own have in common."""

    id: int
    name: str
    type: Literal["snapshot", "backup", "custom"]
    distribution: str
    slug: str | None
    public: bool
    regions: list[str]
    created_at: str
    min_disk_size: int | None
    size_gigabytes: float | None
    description: str
    tags: list[str]
    status: str
    error_message: str


class PublicImage(ImageMembers):
    """A public image, as the API shows it, and its `family`, by which lists pick."""

    family: Literal["application", "distribution"]


class Kernel(TypedDict):
    """A kernel, as the API shows it."""

    id: int
    name: str
    version: str


class OneClick(TypedDict):
    """A 1-Click application, as the API shows it."""

    slug: str
    type: Literal["droplet", "kubernetes"]


@overload
def entries(name: Literal["regions"]) -> list[Region]: ...
@overload
def entries(name: Literal["sizes"]) -> list[Size]: ...
@overload
def entries(name: Literal["images"]) -> list[PublicImage]: ...
@overload
def entries(name: Literal["kernels"]) -> list[Kernel]: ...
@overload
def entries(name: Literal["one_clicks"]) -> list[OneClick]: ...
def entries(name: str) -> list[Any]:
    """Return all entries of a data file, in its order."""
    return _read(name)


@cache
def _read(name: str) -> list[Any]:
    found: list[Any] = json.loads(files(__name__).joinpath(f"{name}.json").read_text("utf-8"))
    return found


@cache
def _by(name: str, member: str) -> dict[object, Any]:
    return {entry[member]: entry for entry in _read(name)}


def region(slug: object) -> Region | None:
    """Return a region by its slug."""
    return _by("regions", "slug").get(slug) if isinstance(slug, str) else None


def is_open_region(slug: object) -> bool:
    """Return whether there is a region of that slug, and it takes new resources."""
    found = region(slug)
    return found is not None and found["available"]


def region_index(slug: str) -> int:
    """Return the index of a region among all, of which addresses in it are made."""
    return [region["slug"] for region in entries("regions")].index(slug)


def size(slug: object) -> Size | None:
    """Return a size by its slug."""
    return _by("sizes", "slug").get(slug) if isinstance(slug, str) else None


def size_of(slug: str) -> Size:
    """Return a size that is there."""
    found: Size = _by("sizes", "slug")[slug]
    return found


def image(key: object) -> PublicImage | None:
    """Return a public image by its id or slug."""
    if isinstance(key, str):
        return _by("images", "slug").get(key)
    return _by("images", "id").get(key) if isinstance(key, int) else None


def kernel(key: int) -> Kernel | None:
    """Return a kernel by its id."""
    return _by("kernels", "id").get(key)
