"""Droplet actions, by Droplet and by tag."""

from __future__ import annotations

from ...engine import actions, tagging
from ...engine.errors import bad_request, not_found, unprocessable
from ...engine.fields import integer, required, text
from ...engine.lifecycle import DROPLET_ACTIONS
from ...engine.records import Record
from ...http.messages import Call
from ...http.routes import Operations
from . import actions as changes
from .routes import droplet_in_path

OPERATIONS = Operations()


def _type(call: Call) -> str:
    type = required(call.body, "type", text)
    if type not in DROPLET_ACTIONS:
        raise unprocessable(f"The action type {type!r} is not known.")
    call.scopes.require(*DROPLET_ACTIONS[type].scopes)
    return type


@OPERATIONS("POST", "/v2/droplets/{droplet_id}/actions", "droplet:update", status=201)
def act(call: Call) -> Record:
    """One action on one Droplet."""
    droplet, type = droplet_in_path(call), _type(call)
    wanted = changes.check(call.account, droplet, call.body, type)
    action = changes.begin(call.account, call.now, droplet, type, wanted, call.faults)
    return {"action": actions.show(action)}


@OPERATIONS("POST", "/v2/droplets/actions", "droplet:update", "tag:read", status=201)
def act_by_tag(call: Call) -> Record:
    """The same action on every Droplet with a tag: on all of them, or on none if one refuses.

    A tag that nothing has, or that is not there, starts nothing and gives an empty list, while destroying by such a
    tag is 404. Unverified: no trace shows either for actions.
    """
    tag, account = call.query.get("tag_name"), call.account
    if not tag:
        raise bad_request("param is missing or the value is empty: tag_name")
    type = _type(call)
    if not DROPLET_ACTIONS[type].by_tag:
        raise unprocessable(f"The action type {type!r} can not be used with a tag.")
    droplets = [account.get("droplet", key) for key in tagging.tagged(account, "droplet", tag)]
    wanted = [changes.check(account, droplet, call.body, type) for droplet in droplets]
    started = [
        changes.begin(account, call.now, droplet, type, arguments, call.faults)
        for droplet, arguments in zip(droplets, wanted, strict=True)
    ]
    return {"actions": [actions.show(action) for action in started]}


@OPERATIONS("GET", "/v2/droplets/{droplet_id}/actions/{action_id}", "droplet:read")
def get_action(call: Call) -> Record:
    """One action of one Droplet."""
    droplet = droplet_in_path(call)
    action = call.account.find("action", integer(call.params["action_id"]) or 0)
    if action is None or action["resource"] != actions.resource_key("droplet", droplet["id"]):
        raise not_found()
    return {"action": actions.show(action)}
