"""Images of an account: snapshots, backups and imported ones, beside the catalog's public ones, and their transfers.

A transfer hands an image over to another account: one offers it, the other accepts or declines it, the first may cancel
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

from ... import catalog
from ...catalog import ImageMembers
from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import bad_request, not_found
from ...engine.fields import integer
from ...engine.records import (
    DELETED_IMAGE,
    IMAGE,
    Kind,
    Record,
    StoredDroplet,
    StoredImage,
    select_members,
)


class ImageTransfer(TypedDict):
    """An image on its way to another account: that of an email address, or of a team's UUID."""

    id: int
    image_id: int
    recipient: str
    status: Literal["pending", "accepted", "declined", "cancelled"]


IMAGE_TRANSFER: Kind[ImageTransfer] = Kind("image_transfer")

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


def email_of(account: Account) -> str:
    """Return an address that leads nowhere (RFC 2606), different for each account."""
    return f"sim-{account.draw('email') % 16**8:08x}@example.com"


def team_of(account: Account) -> str:
    """Return the UUID of the account's team."""
    return account.uuid("team")


def offer(account: Account, image: StoredImage, recipient: str) -> ImageTransfer:
    """Offer an image to the account with that address or team."""
    number = account.next_id("image_transfer")
    transfer: ImageTransfer = {"id": number, "image_id": image["id"], "recipient": recipient, "status": "pending"}
    return account.put(IMAGE_TRANSFER, number, transfer)


def cancel(account: Account, image_id: int, number: int) -> None:
    """Take an offer back."""
    transfer = account.get(IMAGE_TRANSFER, number)
    _require_open(transfer, image_id)
    account.change(IMAGE_TRANSFER, number, status="cancelled")


def accept(account: Account, image_id: int, number: int) -> None:
    """Take over an image that is offered to this account."""
    giver = _find_giver(account, image_id, number)
    image = giver.get(IMAGE, image_id)
    giver.change(IMAGE_TRANSFER, number, status="accepted")
    remove_image(giver, image_id)
    # Identifiers are counted by account here, so the image may need a new one.
    new_id = image_id if account.find(IMAGE, image_id) is None else account.next_id("image")
    taken: StoredImage = {**image, "id": new_id, "droplet_id": None, "tags": []}
    account.put(IMAGE, new_id, taken)


def decline(account: Account, image_id: int, number: int) -> None:
    """Refuse an image that is offered to this account."""
    _find_giver(account, image_id, number).change(IMAGE_TRANSFER, number, status="declined")


def _find_giver(account: Account, image_id: int, number: int) -> Account:
    mine = (email_of(account), team_of(account))
    for other in account.others():
        transfer = other.find(IMAGE_TRANSFER, number)
        if transfer is not None and transfer["image_id"] == image_id and transfer["recipient"] in mine:
            _require_open(transfer, image_id)
            account.touched_accounts.append(other)
            return other
    raise not_found()


def _require_open(transfer: ImageTransfer, image_id: int) -> None:
    if transfer["image_id"] != image_id:
        raise not_found()
    if transfer["status"] != "pending":
        raise bad_request(f"The transfer has been {transfer['status']}.")
