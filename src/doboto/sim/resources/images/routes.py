"""Images: the public ones and the account's own, their actions, and their transfer to other accounts."""

from __future__ import annotations

from ... import catalog
from ...catalog import ImageMembers
from ...engine import actions, tagging
from ...engine.account import Account
from ...engine.actions import ActionFailed
from ...engine.clock import iso
from ...engine.errors import bad_request, forbidden, not_found, unprocessable
from ...engine.fields import (
    boolean,
    integer,
    read_description,
    read_name,
    read_optional,
    read_region,
    read_required,
    text,
)
from ...engine.lifecycle import effect
from ...engine.records import ACTION, DELETED_IMAGE, IMAGE, Record, StoredImage
from ...http.messages import ApiCall, ApiReply
from ...http.paging import page
from ...http.routes import Operations
from . import state
from .state import find_image, remove_image

OPERATIONS = Operations()

#: What acceptance tests of the Terraform provider read; the reference writes "Unknown".
UNKNOWN = "Unknown OS"
#: API reference, `distribution`: anything else is accepted and taken for unknown.
DISTRIBUTIONS = (
    "Arch Linux", "CentOS", "CoreOS", "Debian", "Fedora", "Fedora Atomic", "FreeBSD", "Gentoo", "openSUSE", "RancherOS",
    "Rocky Linux", "Ubuntu", UNKNOWN,
)  # fmt: skip


def show(call: ApiCall, image: ImageMembers) -> Record:
    """Return an image as the caller may see it."""
    return call.scopes.visible("image", state.show(image))


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
    return page(call, "images", found, lambda image: show(call, image))


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
    return {"image": show(call, image)}


@effect("image.imported")
def _finish_import(account: Account, _now: float, *, image_id: int) -> None:
    if account.find(IMAGE, image_id) is not None:
        size = round(1 + account.draw() % 400 / 100, 2)
        account.change(IMAGE, image_id, status="available", size_gigabytes=size, min_disk_size=15)


@OPERATIONS("GET", "/v2/images/{image_id}", "image:read")
def get_image(call: ApiCall) -> Record:
    """Return one image."""
    return {"image": show(call, image_in_path(call))}


@OPERATIONS("PUT", "/v2/images/{image_id}", "image:update")
def update_image(call: ApiCall) -> Record:
    """New name, description or distribution of one's own image."""
    image, body = own_image_in_path(call), call.body
    name = image["name"] if body.get("name") is None else read_name(body)
    distribution = image["distribution"] if body.get("distribution") is None else _distribution(body)
    description = read_description(body, image["description"])
    changed = call.account.change(IMAGE, image["id"], name=name, distribution=distribution, description=description)
    return {"image": show(call, changed)}


@OPERATIONS("DELETE", "/v2/images/{image_id}", "image:delete", status=204)
def delete_image(call: ApiCall) -> None:
    """Delete one's own image."""
    account, number = call.account, integer(call.params["image_id"]) or 0
    if account.settings.deleted_image == "refuse" and account.find(DELETED_IMAGE, number) is not None:
        raise unprocessable("Image Can not delete an already deleted image.")
    remove_image(account, own_image_in_path(call)["id"])


@OPERATIONS("POST", "/v2/images/{image_id}/account_transfer", "image:update", "image:delete", status=201)
def offer_transfer(call: ApiCall) -> Record:
    """Offer an image to another account."""
    image = own_image_in_path(call)
    recipient = read_optional(call.body, "recipient_email", text, None) or read_optional(
        call.body, "recipient_uuid", text, None
    )
    if not recipient:
        raise bad_request("recipient_email or recipient_uuid is required")
    return {"transfer_id": state.offer(call.account, image, recipient)["id"]}


@OPERATIONS("POST", "/v2/images/{image_id}/account_transfer/accept", "image:create", status=201)
def accept_transfer(call: ApiCall) -> ApiReply:
    """Take over an image from another account."""
    state.accept(call.account, *_transfer(call))
    return ApiReply(201)


@OPERATIONS("POST", "/v2/images/{image_id}/account_transfer/cancel", "image:update", status=204)
def cancel_transfer(call: ApiCall) -> None:
    """Take back an offer."""
    state.cancel(call.account, *_transfer(call))


@OPERATIONS("POST", "/v2/images/{image_id}/account_transfer/decline", "image:create", status=204)
def decline_transfer(call: ApiCall) -> None:
    """Refuse an offer."""
    state.decline(call.account, *_transfer(call))


def _transfer(call: ApiCall) -> tuple[int, int]:
    number = integer(call.params["image_id"])
    if number is None:
        raise not_found()
    return number, read_required(call.body, "transfer_id", integer)


def _distribution(body: Record) -> str:
    distribution = read_optional(body, "distribution", text, UNKNOWN)
    return distribution if distribution in DISTRIBUTIONS else UNKNOWN


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
    action = call.account.find(ACTION, integer(call.params["action_id"]) or 0)
    if action is None or action["resource"] != actions.resource_key("image", image["id"]):
        raise not_found()
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
