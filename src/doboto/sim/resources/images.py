"""Images of an account: snapshots, backups and imported ones, beside the catalog's public ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .. import catalog
from ..catalog import ImageMembers
from ..engine import tagging
from ..engine.account import Account
from ..engine.clock import iso
from ..engine.errors import forbidden, not_found, unprocessable
from ..engine.fields import boolean, integer, read_description, read_name, read_optional, read_required, text
from ..engine.lifecycle import effect
from ..engine.records import DELETED_IMAGE, IMAGE, Record, StoredDroplet, StoredImage, select_members
from ..http.messages import ApiCall, page
from ..http.routes import Operations

SHOWN = (
    "id", "name", "type", "distribution", "slug", "public", "regions", "created_at", "min_disk_size", "size_gigabytes",
    "description", "tags", "status", "error_message",
)  # fmt: skip

#: As Droplets' own lists show them: today's `droplet_snapshot`, with the members that the reference's example of
#: backups still has.
SNAPSHOT_SHOWN = (
    "id", "name", "distribution", "slug", "public", "regions", "created_at", "min_disk_size", "size_gigabytes", "type",
)  # fmt: skip


def show(image: ImageMembers) -> Record:
    """Return an image as the API shows it."""
    return select_members(image, SHOWN)


def show_in_droplet(image: ImageMembers) -> Record:
    """Return a Droplet's image: no `error_message` (recordings since 2020-05), an own snapshot without description."""
    own_snapshot = image["type"] == "snapshot" and not image["public"]
    hidden = ("error_message", "description") if own_snapshot else ("error_message",)
    return {name: value for name, value in show(image).items() if name not in hidden}


def show_snapshot(image: StoredImage) -> Record:
    """Return a snapshot or backup in a Droplet's own list."""
    return select_members(image, SNAPSHOT_SHOWN)


def find_image(account: Account, key: object) -> ImageMembers | None:
    """Return an image, by id (a number, or as text) or by a public one's slug."""
    number = integer(key)
    if number is None:
        return catalog.image(key)
    return catalog.image(number) or account.find(IMAGE, number)


def usable_image(account: Account, key: object) -> ImageMembers | None:
    """Return the same if a Droplet can be made of it: one that is still being imported can't."""
    found = find_image(account, key)
    return found if found is not None and found["status"] in ("available", "retired") else None


def image_of(account: Account, droplet: StoredDroplet) -> ImageMembers:
    """Return the image a Droplet was made of, also when it has been deleted since."""
    number = droplet["image_id"]
    found = catalog.image(number) or account.find(IMAGE, number) or account.find(DELETED_IMAGE, number)
    if found is None:
        raise LookupError(f"Droplet {droplet['id']} is of image {number}, which never was")
    return found


def make_image(
    account: Account, now: float, droplet: StoredDroplet, name: str, type: Literal["snapshot", "backup"]
) -> StoredImage:
    """Create a snapshot or backup of a Droplet."""
    source = image_of(account, droplet)
    number = account.next_id("image")
    image: StoredImage = {
        "id": number,
        "name": name,
        "type": type,
        "distribution": source["distribution"],
        "slug": None,
        "public": False,
        "regions": [droplet["region"]],
        "created_at": iso(now),
        "min_disk_size": droplet["disk"],
        "size_gigabytes": round((source["size_gigabytes"] or 0) + 0.5 + account.draw() % 100 / 100, 2),
        "description": "",
        "tags": [],
        "status": "available",
        "error_message": "",
        "droplet_id": droplet["id"],
        "disk": disk_of(account, droplet["id"], now),
    }
    return account.put(IMAGE, number, image)


def disk_of(account: Account, droplet_id: int, moment: float) -> str:
    """Return what names the disk of a Droplet at a moment, in epoch seconds."""
    return f"{account.name}-{droplet_id}-{int(moment * 1000)}"


def disk_in(image: Mapping[str, object]) -> str | None:
    """Return what names the disk that an image is; None unless it is a snapshot or a backup."""
    disk = image.get("disk")
    return disk if isinstance(disk, str) else None


def remove_image(account: Account, number: int) -> None:
    """Delete an image; Droplets made of it go on showing it."""
    image = account.delete(IMAGE, number)
    if image is not None:
        deleted: StoredImage = {**image, "status": "deleted"}
        account.put(DELETED_IMAGE, number, deleted)


OPERATIONS = Operations()

#: What acceptance tests of the Terraform provider read; the reference writes "Unknown".
UNKNOWN = "Unknown OS"
#: API reference, `distribution`: anything else is accepted and taken for unknown.
DISTRIBUTIONS = (
    "Arch Linux", "CentOS", "CoreOS", "Debian", "Fedora", "Fedora Atomic", "FreeBSD", "Gentoo", "openSUSE", "RancherOS",
    "Rocky Linux", "Ubuntu", UNKNOWN,
)  # fmt: skip


def show_to_caller(call: ApiCall, image: ImageMembers) -> Record:
    """Return an image as the caller may see it."""
    return call.scopes.visible("image", show(image))


def image_in_path(call: ApiCall) -> ImageMembers:
    """Return the image whose id (or, for public ones, slug) is in the path."""
    found = find_image(call.account, call.params["image_id"])
    if found is None:
        raise not_found()
    return found


def own_image_in_path(call: ApiCall) -> StoredImage:
    """Return the same, if it is the account's own."""
    number = image_in_path(call)["id"]
    if catalog.image(number) is not None:
        raise forbidden()
    return call.account.get(IMAGE, number)


@OPERATIONS("GET", "/v2/images", "image:read")
def list_images(call: ApiCall) -> Record:
    """List all images the account can use, or its own, or those of a kind, or those with a tag."""
    kind, tag = call.query.get("type"), call.query.get("tag_name")
    own, found = list(call.account.store(IMAGE)), list[ImageMembers]()
    if tag:
        found += [call.account.get(IMAGE, key) for key in tagging.find_tagged(call.account, IMAGE, tag)]
    elif boolean(call.query.get("private")):
        found += own
    elif kind:
        found += [image for image in catalog.entries("images") if image["family"] == _kind(kind)]
    else:
        found += [*catalog.entries("images"), *own]
    return page(call, "images", found, lambda image: show_to_caller(call, image))


def _kind(kind: str) -> str:
    if kind not in ("application", "distribution"):
        raise unprocessable("type must be application or distribution")
    return kind


@OPERATIONS("POST", "/v2/images", "image:create", status=202)
def import_image(call: ApiCall) -> Record:
    """Import a custom image from a URL; it can be used once it has been imported. Nothing is fetched."""
    account, body = call.account, call.body
    name, url, region = read_name(body), read_required(body, "url", text), read_required(body, "region", text)
    if not url.startswith(("http://", "https://", "ftp://")):
        raise unprocessable("url is invalid")
    if not catalog.is_open_region(region):
        raise unprocessable("region is invalid")
    if body.get("tags"):
        call.scopes.require("tag:create")
    asked, description, distribution = tagging.read_tags(body), read_description(body), _distribution(body)
    tags = tagging.create_missing(account, asked)
    number = account.next_id("image")
    image: StoredImage = {
        "id": number,
        "name": name,
        "type": "custom",
        "distribution": distribution,
        "slug": None,
        "public": False,
        "regions": [region],
        "created_at": iso(call.now),
        "min_disk_size": None,
        "size_gigabytes": None,
        "description": description,
        "tags": tags,
        "status": "NEW",
        "error_message": "",
        "droplet_id": None,
    }
    account.put(IMAGE, number, image)
    tagging.note_last_tagged(account, tags, IMAGE, number)
    account.after(account.settings.seconds("image.import"), "image.imported", call.now, image_id=number)
    return {"image": show_to_caller(call, image)}


@effect("image.imported")
def _finish_import(account: Account, _now: float, *, image_id: int) -> None:
    if account.find(IMAGE, image_id) is not None:
        size = round(1 + account.draw() % 400 / 100, 2)
        account.change(IMAGE, image_id, status="available", size_gigabytes=size, min_disk_size=15)


@OPERATIONS("GET", "/v2/images/{image_id}", "image:read")
def get_image(call: ApiCall) -> Record:
    """Return one image."""
    return {"image": show_to_caller(call, image_in_path(call))}


@OPERATIONS("PUT", "/v2/images/{image_id}", "image:update")
def update_image(call: ApiCall) -> Record:
    """New name, description or distribution of one's own image."""
    image, body = own_image_in_path(call), call.body
    name = image["name"] if body.get("name") is None else read_name(body)
    distribution = image["distribution"] if body.get("distribution") is None else _distribution(body)
    description = read_description(body, image["description"])
    changed = call.account.change(IMAGE, image["id"], name=name, distribution=distribution, description=description)
    return {"image": show_to_caller(call, changed)}


@OPERATIONS("DELETE", "/v2/images/{image_id}", "image:delete", status=204)
def delete_image(call: ApiCall) -> None:
    """Delete one's own image."""
    account, number = call.account, integer(call.params["image_id"]) or 0
    if account.settings.deleted_image == "refuse" and account.find(DELETED_IMAGE, number) is not None:
        raise unprocessable("Image Can not delete an already deleted image.")
    remove_image(account, own_image_in_path(call)["id"])


def _distribution(body: Record) -> str:
    distribution = read_optional(body, "distribution", text, UNKNOWN)
    return distribution if distribution in DISTRIBUTIONS else UNKNOWN
