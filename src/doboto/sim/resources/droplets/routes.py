"""Droplets: list, create, show, destroy; their actions, by Droplet and by tag."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine import actions, tagging
from ...engine.errors import bad_request, not_found, unprocessable
from ...engine.fields import integer, read_required, text
from ...engine.lifecycle import DROPLET_ACTIONS
from ...engine.records import ACTION, DROPLET, Key, Record, StoredAction, StoredDroplet
from ...http.messages import ApiCall, page
from ...http.routes import Operations
from . import actions as changes
from . import state
from .create import batch, create
from .request import read_request
from .state import destroy, require_destroyable

OPERATIONS = Operations()


def show(call: ApiCall, droplet: StoredDroplet) -> Record:
    """Return a Droplet as the caller may see it."""
    return call.scopes.visible("droplet", state.show(call.account, droplet, call.now))


def droplet_in_path(call: ApiCall) -> StoredDroplet:
    """Return the Droplet whose id is in the path."""
    return state.get(call.account, call.params["droplet_id"], call.now)


def page_of_droplets(call: ApiCall, keys: Sequence[Key]) -> Record:
    """Return a page of Droplets that lists already show."""
    records = call.account.store(DROPLET).records
    listed = state.visible(call.account, keys, call.now)
    return page(call, "droplets", listed, lambda key: show(call, records[key]))


@OPERATIONS("GET", "/v2/droplets", "droplet:read")
def list_droplets(call: ApiCall) -> Record:
    """Filtered by tag, or by name and type; GPU Droplets only when asked for (API reference)."""
    tag, name, kind = (call.query.get(key) for key in ("tag_name", "name", "type"))
    droplets = call.account.store(DROPLET)
    if tag:
        if name or kind:
            raise unprocessable("tag_name can not be combined with name or type")
        call.scopes.require("tag:read")
        return page_of_droplets(call, tagging.find_tagged(call.account, DROPLET, tag))
    if kind not in (None, "", "droplets", "gpus"):
        raise unprocessable("type must be droplets or gpus")
    type = kind or "droplets"
    if not name:
        return page_of_droplets(call, droplets.keys("type", type))
    named = sorted(droplets.keys("name", name.lower()), key=int)
    return page_of_droplets(call, [key for key in named if state.type_of(droplets.records[key]["size_slug"]) == type])


@OPERATIONS("POST", "/v2/droplets", "droplet:create", status=202)
def create_droplets(call: ApiCall) -> Record:
    """Create one Droplet by `name` or several by `names`, with the actions that make them."""
    request = read_request(call.account, call.body, call.scopes)
    made = create(call.account, call.now, request, lambda name: call.faults_of(name, request.tags))
    links = {"links": {"actions": _links(call, [action for _, action in made], many=request.many)}}
    shown = [show(call, droplet) for droplet, _ in made]
    return {"droplets": shown, **links} if request.many else {"droplet": shown[0], **links}


def _links(call: ApiCall, created: list[StoredAction], *, many: bool) -> list[Record]:
    if many and call.account.settings.names_link == "batch":
        # Its id is none of those of the create actions (`python-digitalocean#176`).
        return [_link(call, batch(call.account, call.now, created), "batch")]
    return [_link(call, action, "create") for action in created]


def _link(call: ApiCall, action: StoredAction, rel: str) -> Record:
    return {"id": action["id"], "rel": rel, "href": f"{call.base}/v2/actions/{action['id']}"}


@OPERATIONS("DELETE", "/v2/droplets", "droplet:delete", "tag:read", status=204)
def destroy_by_tag(call: ApiCall) -> None:
    """All Droplets with a tag; never all without one."""
    tag = call.query.get("tag_name")
    if not tag:
        raise bad_request("param is missing or the value is empty: tag_name")
    if tagging.canonical_name(call.account, tag) is None:
        raise not_found()
    droplets = [call.account.get(DROPLET, key) for key in tagging.find_tagged(call.account, DROPLET, tag)]
    for droplet in droplets:
        require_destroyable(call.account, droplet)
    for droplet in droplets:
        destroy(call.account, call.now, droplet)


@OPERATIONS("GET", "/v2/droplets/{droplet_id}", "droplet:read")
def get_droplet(call: ApiCall) -> Record:
    """Return one Droplet."""
    return {"droplet": show(call, droplet_in_path(call))}


@OPERATIONS("DELETE", "/v2/droplets/{droplet_id}", "droplet:delete", status=204)
def destroy_droplet(call: ApiCall) -> None:
    """One Droplet."""
    droplet = droplet_in_path(call)
    require_destroyable(call.account, droplet)
    destroy(call.account, call.now, droplet)


@OPERATIONS("GET", "/v2/droplets/{droplet_id}/actions", "droplet:read")
def list_droplet_actions(call: ApiCall) -> Record:
    """List a Droplet's actions, newest first."""
    account, droplet = call.account, droplet_in_path(call)
    keys = actions.of(account, "droplet", droplet["id"])
    return page(call, "actions", keys, lambda key: actions.show(account.get(ACTION, key)))


def _type(call: ApiCall) -> str:
    type = read_required(call.body, "type", text)
    if type not in DROPLET_ACTIONS:
        raise unprocessable(f"The action type {type!r} is not known.")
    call.scopes.require(*DROPLET_ACTIONS[type].scopes)
    return type


def _faults_of(call: ApiCall, droplet: StoredDroplet) -> dict[str, float]:
    return call.faults_of(droplet["name"], droplet["tags"])


@OPERATIONS("POST", "/v2/droplets/{droplet_id}/actions", "droplet:update", status=201)
def act(call: ApiCall) -> Record:
    """Start one action on one Droplet."""
    droplet, type = droplet_in_path(call), _type(call)
    wanted = changes.check(call.account, droplet, call.body, type)
    action = changes.begin(
        call.account, call.now, droplet, type, wanted, call.faults_of(droplet["name"], droplet["tags"])
    )
    return {"action": actions.show(action)}


@OPERATIONS("POST", "/v2/droplets/actions", "droplet:update", "tag:read", status=201)
def act_by_tag(call: ApiCall) -> Record:
    """Start the same action on every Droplet with a tag: on all of them, or on none if one refuses.

    A tag that nothing has, or that is not there, starts nothing and gives an empty list, while destroying by such a
    tag is 404. Unverified: no trace shows either for actions.
    """
    tag, account = call.query.get("tag_name"), call.account
    if not tag:
        raise bad_request("param is missing or the value is empty: tag_name")
    type = _type(call)
    if not DROPLET_ACTIONS[type].by_tag:
        raise unprocessable(f"The action type {type!r} can not be used with a tag.")
    droplets = [account.get(DROPLET, key) for key in tagging.find_tagged(account, DROPLET, tag)]
    wanted = [changes.check(account, droplet, call.body, type) for droplet in droplets]
    started = [
        changes.begin(account, call.now, droplet, type, arguments, _faults_of(call, droplet))
        for droplet, arguments in zip(droplets, wanted, strict=True)
    ]
    return {"actions": [actions.show(action) for action in started]}


@OPERATIONS("GET", "/v2/droplets/{droplet_id}/actions/{action_id}", "droplet:read")
def get_action(call: ApiCall) -> Record:
    """Return one action of one Droplet."""
    droplet = droplet_in_path(call)
    key = actions.resource_key("droplet", droplet["id"])
    action = call.account.find(ACTION, integer(call.params["action_id"]) or 0)
    if action is None or key not in (action["resource"], action["also"]):
        raise not_found()
    return {"action": actions.show(action)}
