"""Image actions: to another region, or a backup into a snapshot."""

from __future__ import annotations

from ... import catalog
from ...engine import actions
from ...engine.account import Account
from ...engine.actions import ActionFailed
from ...engine.errors import not_found, unprocessable
from ...engine.events import effect
from ...engine.fields import integer, required, text
from ...engine.records import Record
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from .routes import image_in_path, own_image_in_path

OPERATIONS = Operations()


@OPERATIONS("GET", "/v2/images/{image_id}/actions", "image:read")
def list_image_actions(call: Call) -> Record:
    """An image's actions, newest first."""
    keys = actions.of(call.account, "image", image_in_path(call)["id"])
    return page(call, "actions", keys, lambda key: actions.show(call.account.get("action", key)))


@OPERATIONS("POST", "/v2/images/{image_id}/actions", "image:update", status=201)
def act_on_image(call: Call) -> Record:
    """Start an action; wrapped in `action` as the reference's example has it, against its schema."""
    image, account = own_image_in_path(call), call.account
    type = required(call.body, "type", text)
    arguments = _wanted(call, image, type)
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


def _wanted(call: Call, image: Record, type: str) -> Record:
    if type == "convert":
        if image["type"] != "backup":
            raise unprocessable("Only a backup can be converted to a snapshot.")
        return {}
    if type != "transfer":
        raise unprocessable(f"The action type {type!r} is not known.")
    region = catalog.region(required(call.body, "region", text))
    if region is None or not region["available"]:
        raise unprocessable("region is invalid")
    return {"region": region["slug"]}


@OPERATIONS("GET", "/v2/images/{image_id}/actions/{action_id}", "image:read")
def get_image_action(call: Call) -> Record:
    """One action of one image."""
    image = image_in_path(call)
    action = call.account.find("action", integer(call.params["action_id"]) or 0)
    if action is None or action["resource"] != actions.resource_key("image", image["id"]):
        raise not_found()
    return {"action": actions.show(action)}


@effect("image.transfer")
def _transfer(account: Account, _now: float, *, image_id: int, region: str) -> None:
    image = _still_there(account, image_id)
    account.change("image", image_id, regions=list(dict.fromkeys([*image["regions"], region])))


@effect("image.convert")
def _convert(account: Account, _now: float, *, image_id: int) -> None:
    _still_there(account, image_id)
    account.change("image", image_id, type="snapshot")


def _still_there(account: Account, image_id: int) -> Record:
    image = account.find("image", image_id)
    if image is None:
        raise ActionFailed
    return image
