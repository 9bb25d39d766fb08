"""Images of an account: snapshots, backups and imported ones, beside the catalog's public ones.

Members of an `image` record: those that the API shows, and `droplet_id` (or null) it was made of.
"""

from __future__ import annotations

from ... import catalog
from ...engine.account import Account
from ...engine.fields import integer
from ...engine.records import Record, chosen
from ...engine.timestamps import iso

SHOWN = (
    "id", "name", "type", "distribution", "slug", "public", "regions", "created_at", "min_disk_size", "size_gigabytes",
    "description", "tags", "status", "error_message",
)  # fmt: skip

#: As Droplets' own lists show them: today's `droplet_snapshot`, with the members that the reference's example of
#: backups still has.
SNAPSHOT_SHOWN = (
    "id", "name", "distribution", "slug", "public", "regions", "created_at", "min_disk_size", "size_gigabytes", "type",
)  # fmt: skip


def show(image: Record) -> Record:
    """An image as the API shows it."""
    return chosen(image, SHOWN)


def show_snapshot(image: Record) -> Record:
    """A snapshot or backup in a Droplet's own list."""
    return chosen(image, SNAPSHOT_SHOWN)


def find_image(account: Account, key: object) -> Record | None:
    """An image, by id (a number, or as text) or by a public one's slug."""
    number = integer(key)
    if number is None:
        return catalog.image(key)
    return catalog.image(number) or account.find("image", number)


def usable_image(account: Account, key: object) -> Record | None:
    """The same if a Droplet can be made of it: one that is still being imported can't."""
    found = find_image(account, key)
    return found if found is not None and found["status"] in ("available", "retired") else None


def image_of(account: Account, droplet: Record) -> Record:
    """The image a Droplet was made of, also when it has been deleted since."""
    number: int = droplet["image_id"]
    found = catalog.image(number) or account.find("image", number) or account.find("deleted_image", number)
    if found is None:
        raise LookupError(f"Droplet {droplet['id']} is of image {number}, which never was")
    return found


def make_image(account: Account, now: float, droplet: Record, name: str, type: str) -> Record:
    """A snapshot or backup of a Droplet."""
    source = image_of(account, droplet)
    number = account.next_id("image")
    image = {
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
    }
    return account.put("image", number, image)


def remove_image(account: Account, number: int) -> None:
    """Delete an image; Droplets made of it go on showing it."""
    image = account.delete("image", number)
    if image is not None:
        account.put("deleted_image", number, {**image, "status": "deleted"})
