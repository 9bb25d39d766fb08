"""Handing an image over to another account: offered by one, accepted or declined by the other, cancelled by the first.

Members of an `image_transfer` record: `id`, `image_id`, `recipient` (an email address or a team's UUID), `status`.
"""

from __future__ import annotations

from ...engine.account import Account
from ...engine.errors import bad_request, not_found
from ...engine.records import Record
from .state import remove_image


def email_of(account: Account) -> str:
    """An address that leads nowhere (RFC 2606), different for each account."""
    return f"sim-{account.draw('email') % 16**8:08x}@example.com"


def team_of(account: Account) -> str:
    """The UUID of the account's team."""
    return account.uuid("team")


def offer(account: Account, image: Record, recipient: str) -> Record:
    """Offer an image to whoever has that address or team."""
    number = account.next_id("image_transfer")
    record = {"id": number, "image_id": image["id"], "recipient": recipient, "status": "pending"}
    return account.put("image_transfer", number, record)


def cancel(account: Account, image_id: int, number: int) -> None:
    """Take an offer back."""
    transfer = account.get("image_transfer", number)
    _still_open(transfer, image_id)
    account.change("image_transfer", number, status="cancelled")


def accept(account: Account, image_id: int, number: int) -> None:
    """Take over an image that is offered to this account."""
    giver = _giver(account, image_id, number)
    image = giver.get("image", image_id)
    giver.change("image_transfer", number, status="accepted")
    remove_image(giver, image_id)
    # Identifiers are counted by account here, so the image may need a new one.
    new_id = image_id if account.find("image", image_id) is None else account.next_id("image")
    account.put("image", new_id, {**image, "id": new_id, "droplet_id": None, "tags": []})


def decline(account: Account, image_id: int, number: int) -> None:
    """Refuse an image that is offered to this account."""
    _giver(account, image_id, number).change("image_transfer", number, status="declined")


def _giver(account: Account, image_id: int, number: int) -> Account:
    mine = (email_of(account), team_of(account))
    for other in account.others():
        transfer = other.find("image_transfer", number)
        if transfer is not None and transfer["image_id"] == image_id and transfer["recipient"] in mine:
            _still_open(transfer, image_id)
            account.partners.append(other)
            return other
    raise not_found()


def _still_open(transfer: Record, image_id: int) -> None:
    if transfer["image_id"] != image_id:
        raise not_found()
    if transfer["status"] != "pending":
        raise bad_request(f"The transfer has been {transfer['status']}.")
