"""Tags and what is tagged."""

from __future__ import annotations

from typing import Any

from ..engine import tagging
from ..engine.account import Account
from ..engine.errors import ApiError, bad_request, not_found, unprocessable
from ..engine.fields import integer, objects, read_required, text
from ..engine.records import DROPLET, IMAGE, TAG, VOLUME, VOLUME_SNAPSHOT, Key, Kind, Record, StoredTag
from ..http.messages import ApiCall, page
from ..http.routes import Operations

OPERATIONS = Operations()

#: The scope that tagging a kind of resource takes (API reference, text of POST .../resources).
UPDATE_SCOPES: dict[str, str] = {
    DROPLET: "droplet:update",
    IMAGE: "image:update",
    VOLUME: "block_storage:update",
    VOLUME_SNAPSHOT: "block_storage_snapshot:update",
}


def show(call: ApiCall, tag: StoredTag) -> Record:
    """Return a tag with the numbers of what carries it."""
    counts = {plural: _statistics(call, tag, kind) for kind, plural in tagging.KINDS.items()}
    counts["databases"] = {"count": 0}
    visible = call.scopes.visible("tag_resources", counts)
    total = sum(entry["count"] for entry in visible.values())
    last = [entry["last_tagged_uri"] for entry in visible.values() if "last_tagged_uri" in entry]
    return {
        "name": tag["name"],
        "resources": {"count": total, **({"last_tagged_uri": last[0]} if last else {}), **visible},
    }


def _statistics(call: ApiCall, tag: StoredTag, kind: Kind[Any]) -> Record:
    count, last = call.account.store(kind).count("tag", tag["name"]), tag["last"].get(kind)
    if not count or last is None:
        return {"count": count}
    return {"count": count, "last_tagged_uri": f"{call.base}/v2/{tagging.KINDS[kind]}/{last}"}


def _tag_in_path(call: ApiCall) -> StoredTag:
    # URLs take the canonical capitalisation only (`doctl#333`).
    name = call.params["tag_id"]
    tag = call.account.find(TAG, name.lower())
    if tag is None or tag["name"] != name:
        raise not_found()
    return tag


@OPERATIONS("GET", "/v2/tags", "tag:read")
def list_tags(call: ApiCall) -> Record:
    """List all tags."""
    return page(call, "tags", list(call.account.store(TAG)), lambda tag: show(call, tag))


def _with_causes(error: ApiError) -> ApiError:
    # What is wrong with a new tag is 400 with a body of its own (API reference, example of POST /v2/tags).
    if error.status not in (400, 422):
        return error
    causes = [f"rpc error: code = InvalidArgument desc = {error.message}"]
    body = {"error": error.message, "messages": None, "root_causes": causes}
    return ApiError(400, error.id, error.message, error.headers, body)


@OPERATIONS("POST", "/v2/tags", "tag:create", status=201, wording=_with_causes)
def create_tag(call: ApiCall) -> Record:
    """Create a tag; one that is there already is simply shown."""
    name = tagging.validate_name(read_required(call.body, "name", text))
    tagging.create_missing(call.account, [name])
    return {"tag": show(call, call.account.get(TAG, name.lower()))}


@OPERATIONS("GET", "/v2/tags/{tag_id}", "tag:read")
def get_tag(call: ApiCall) -> Record:
    """Return one tag."""
    return {"tag": show(call, _tag_in_path(call))}


@OPERATIONS("DELETE", "/v2/tags/{tag_id}", "tag:delete", status=204)
def delete_tag(call: ApiCall) -> None:
    """Forget a tag; resources lose it."""
    name = _tag_in_path(call)["name"]
    tagging.notify_tag_deleted(call.account, call.now, name)
    for kind in tagging.KINDS:
        for key in call.account.store(kind).keys("tag", name):
            tagging.detach(call.account, name, kind, key)
    call.account.delete(TAG, name.lower())


@OPERATIONS("POST", "/v2/tags/{tag_id}/resources", "tag:create", status=204)
def tag_resources(call: ApiCall) -> None:
    """Tag resources; the tag must be there (`doctl#107`)."""
    name = _tag_in_path(call)["name"]
    for kind, key in _resources(call):
        tagging.attach(call.account, name, kind, key)


@OPERATIONS("DELETE", "/v2/tags/{tag_id}/resources", "tag:delete", status=204)
def untag_resources(call: ApiCall) -> None:
    """Take the tag off resources."""
    name = _tag_in_path(call)["name"]
    for kind, key in _resources(call):
        tagging.detach(call.account, name, kind, key)


def _resources(call: ApiCall) -> list[tuple[Kind[Any], Key]]:
    """Return all resources named in the body, every one of them there; nothing changes before that is known."""
    if not call.body.get("resources"):
        raise bad_request("param is missing or the value is empty: resources")  # `python-digitalocean#238`
    return [_resource(call, item) for item in objects(call.body, "resources")]


def _resource(call: ApiCall, item: Record) -> tuple[Kind[Any], Key]:
    kind, identifier = Kind[Any](read_required(item, "resource_type", text)), item.get("resource_id")
    if kind not in UPDATE_SCOPES:
        raise unprocessable(f"resource_type {str(kind)!r} can not be tagged")
    if not isinstance(identifier, str):
        raise unprocessable("resource_id must be a string")  # `droplet_kit` PR 138
    call.scopes.require(UPDATE_SCOPES[kind])
    return kind, _existing(call.account, kind, identifier)


def _existing(account: Account, kind: Kind[Any], identifier: str) -> Key:
    key: Key = (integer(identifier) or 0) if kind in ("droplet", "image") else identifier
    account.get(kind, key)
    return key
