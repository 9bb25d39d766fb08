"""What is done to images: their actions, and their transfer to other accounts.

A transfer hands an image over to another account: one offers it, the other accepts or declines it, the first may cancel
it.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from ..engine import actions
from ..engine.account import Account
from ..engine.actions import ActionFailed
from ..engine.errors import bad_request, not_found, unprocessable
from ..engine.fields import integer, read_optional, read_region, read_required, text
from ..engine.lifecycle import effect
from ..engine.records import ACTION, IMAGE, Kind, Record, StoredImage
from ..http.messages import ApiCall, ApiReply, page
from ..http.routes import Operations
from .account import email_of, team_of
from .images import image_in_path, own_image_in_path, remove_image


class ImageTransfer(TypedDict):
    """An image on its way to another account: that of an email address, or of a team's UUID."""

    id: int
    image_id: int
    recipient: str
    status: Literal["pending", "accepted", "declined", "cancelled"]


IMAGE_TRANSFER: Kind[ImageTransfer] = Kind("image_transfer")


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


OPERATIONS = Operations()


@OPERATIONS("POST", "/v2/images/{image_id}/account_transfer", "image:update", "image:delete", status=201)
def offer_transfer(call: ApiCall) -> Record:
    """Offer an image to another account."""
    image = own_image_in_path(call)
    recipient = read_optional(call.body, "recipient_email", text, None) or read_optional(
        call.body, "recipient_uuid", text, None
    )
    if not recipient:
        raise bad_request("recipient_email or recipient_uuid is required")
    return {"transfer_id": offer(call.account, image, recipient)["id"]}


@OPERATIONS("POST", "/v2/images/{image_id}/account_transfer/accept", "image:create", status=201)
def accept_transfer(call: ApiCall) -> ApiReply:
    """Take over an image from another account."""
    accept(call.account, *_transfer(call))
    return ApiReply(201)


@OPERATIONS("POST", "/v2/images/{image_id}/account_transfer/cancel", "image:update", status=204)
def cancel_transfer(call: ApiCall) -> None:
    """Take back an offer."""
    cancel(call.account, *_transfer(call))


@OPERATIONS("POST", "/v2/images/{image_id}/account_transfer/decline", "image:create", status=204)
def decline_transfer(call: ApiCall) -> None:
    """Refuse an offer."""
    decline(call.account, *_transfer(call))


def _transfer(call: ApiCall) -> tuple[int, int]:
    number = integer(call.params["image_id"])
    if number is None:
        raise not_found()
    return number, read_required(call.body, "transfer_id", integer)


@OPERATIONS("GET", "/v2/images/{image_id}/actions", "image:read")
def list_image_actions(call: ApiCall) -> Record:
    """List an image's actions, newest first."""
    keys = actions.of(call.account, "image", image_in_path(call)["id"])
    return page(call, "actions", keys, lambda key: actions.show(call.account.get(ACTION, key)))


@OPERATIONS("POST", "/v2/images/{image_id}/actions", "image:update", status=201)
def act_on_image(call: ApiCall) -> Record:
    """Start an action; wrapped in `action` as the reference's example has it, against its schema."""
    image, account = own_image_in_path(call), call.account
    type = read_required(call.body, "type", text)
    arguments = _read_arguments(call, image, type)
    if actions.pending(account, "image", image["id"]):
        raise unprocessable("Image already has a pending event.")
    action = actions.start(
        account,
        call.now,
        type,
        "image",
        image["id"],
        arguments.get("region", image["regions"][0]),
        seconds=account.settings.seconds(f"image.{type}"),
        effect=f"image.{type}",
        arguments={"image_id": image["id"], **arguments},
        fails="action_errored" in call.faults,
    )
    return {"action": actions.show(action)}


def _read_arguments(call: ApiCall, image: StoredImage, type: str) -> Record:
    if type == "convert":
        if image["type"] != "backup":
            raise unprocessable("Only a backup can be converted to a snapshot.")
        return {}
    if type != "transfer":
        raise unprocessable(f"The action type {type!r} is not known.")
    return {"region": read_region(call.body)}


@OPERATIONS("GET", "/v2/images/{image_id}/actions/{action_id}", "image:read")
def get_image_action(call: ApiCall) -> Record:
    """Return one action of one image."""
    image = image_in_path(call)
    action = actions.get(call.account, "image", image["id"], call.params["action_id"])
    return {"action": actions.show(action)}


@effect("image.transfer")
def _finish_transfer(account: Account, _now: float, *, image_id: int, region: str) -> None:
    image = _find_image(account, image_id)
    account.change(IMAGE, image_id, regions=list(dict.fromkeys([*image["regions"], region])))


@effect("image.convert")
def _convert(account: Account, _now: float, *, image_id: int) -> None:
    _find_image(account, image_id)
    account.change(IMAGE, image_id, type="snapshot")


def _find_image(account: Account, image_id: int) -> StoredImage:
    image = account.find(IMAGE, image_id)
    if image is None:
        raise ActionFailed
    return image
