"""Volumes, their snapshots and their actions, by the volume's id and by its name."""

from __future__ import annotations

from collections.abc import Collection

from ...engine import actions
from ...engine.errors import bad_request
from ...engine.fields import read_optional, read_required, text
from ...engine.records import (
    ACTION,
    VOLUME,
    VOLUME_SNAPSHOT,
    Record,
    StoredVolume,
    StoredVolumeSnapshot,
    select_members,
)
from ...http.messages import ApiCall, page
from ...http.routes import Operations
from ..snapshots import SHOWN as SNAPSHOT_SHOWN
from . import actions as volume_actions
from . import state

OPERATIONS = Operations()


def volume_in_path(call: ApiCall) -> StoredVolume:
    """Return the volume whose id is in the path."""
    return call.account.get(VOLUME, call.params["volume_id"])


def _show(call: ApiCall, volume: StoredVolume) -> Record:
    return call.scopes.visible("volume", state.show(volume))


def _show_snapshot(call: ApiCall, snapshot: StoredVolumeSnapshot) -> Record:
    return call.scopes.visible("volume_snapshot", select_members(snapshot, SNAPSHOT_SHOWN))


def _keeps_tags(call: ApiCall) -> bool:
    if call.body.get("tags"):
        call.scopes.require("tag:create")
    return "lost_tags" not in call.faults


@OPERATIONS("GET", "/v2/volumes", "api:read", "api:write", "block_storage:read")
def list_volumes(call: ApiCall) -> Record:
    """List all volumes, or those with a name, in a region."""
    keys = state.find(call.account, call.query.get("name"), call.query.get("region"))
    return page(call, "volumes", keys, lambda key: _show(call, call.account.get(VOLUME, key)))


@OPERATIONS("POST", "/v2/volumes", "api:write", "block_storage:create", status=201)
def create_volume(call: ApiCall) -> Record:
    """Create a volume; a name is good for one volume in each region."""
    shown = _show(call, state.create(call.account, call.now, call.body, keep_tags=_keeps_tags(call)))
    if call.account.settings.volume_form == "2017":
        return {"volume": shown}
    # Null where there are none, in this reply alone (recordings of 2020-05-01 and 2022-11-24; lists of 2022-11-28).
    return {"volume": {name: None if value == [] else value for name, value in shown.items()}}


@OPERATIONS("DELETE", "/v2/volumes", "block_storage:delete", "api:write", status=204)
def delete_volume_by_name(call: ApiCall) -> None:
    """Delete by name and region; never without both."""
    name, region = call.query.get("name"), call.query.get("region")
    if not name or not region:
        missing = "region" if name else "name"
        raise bad_request(f"param is missing or the value is empty: {missing}")
    state.remove(call.account, state.by_name(call.account, name, region))


@OPERATIONS("GET", "/v2/volumes/{volume_id}", "block_storage:read")
def get_volume(call: ApiCall) -> Record:
    """Return one volume."""
    return {"volume": _show(call, volume_in_path(call))}


@OPERATIONS("DELETE", "/v2/volumes/{volume_id}", "block_storage:delete", status=204)
def delete_volume(call: ApiCall) -> None:
    """Delete by id."""
    state.remove(call.account, volume_in_path(call))


@OPERATIONS("GET", "/v2/volumes/{volume_id}/snapshots", "block_storage_snapshot:read")
def list_snapshots(call: ApiCall) -> Record:
    """List a volume's snapshots."""
    account = call.account
    keys = account.store(VOLUME_SNAPSHOT).keys("volume", volume_in_path(call)["id"])
    return page(call, "snapshots", keys, lambda key: _show_snapshot(call, account.get(VOLUME_SNAPSHOT, key)))


@OPERATIONS("POST", "/v2/volumes/{volume_id}/snapshots", "block_storage_snapshot:create", status=201)
def create_snapshot(call: ApiCall) -> Record:
    """Create a snapshot of a volume."""
    volume, keep_tags = volume_in_path(call), _keeps_tags(call)
    snapshot = state.make_snapshot(call.account, call.now, volume, call.body, keep_tags=keep_tags)
    return {"snapshot": _show_snapshot(call, snapshot)}


@OPERATIONS("GET", "/v2/volumes/snapshots/{snapshot_id}", "block_storage_snapshot:read")
def get_snapshot(call: ApiCall) -> Record:
    """Return one snapshot of a volume."""
    return {"snapshot": _show_snapshot(call, call.account.get(VOLUME_SNAPSHOT, call.params["snapshot_id"]))}


@OPERATIONS("DELETE", "/v2/volumes/snapshots/{snapshot_id}", "block_storage_snapshot:delete", status=204)
def delete_snapshot(call: ApiCall) -> None:
    """Delete one snapshot of a volume."""
    call.account.get(VOLUME_SNAPSHOT, call.params["snapshot_id"])
    call.account.delete(VOLUME_SNAPSHOT, call.params["snapshot_id"])


_PATH = "/v2/volumes/{volume_id}/actions"


def _act(call: ApiCall, volume: StoredVolume, types: Collection[str] | None = None) -> Record:
    if call.body.get("tags"):
        call.scopes.require("tag:create")
    action = volume_actions.begin(call.account, call.now, volume, call.body, call.faults, types)
    return {"action": actions.show(action)}


@OPERATIONS("POST", "/v2/volumes/actions", "block_storage_action:create", "api:write", status=202)
def act_by_name(call: ApiCall) -> Record:
    """Attach or detach the volume with a name; the region says which if there are several."""
    name, region = read_required(call.body, "volume_name", text), read_optional(call.body, "region", text, None)
    return _act(call, state.by_name(call.account, name, region), volume_actions.BY_NAME)


@OPERATIONS("POST", _PATH, "block_storage_action:create", status=202)
def act(call: ApiCall) -> Record:
    """Attach, detach or resize a volume."""
    return _act(call, volume_in_path(call))


@OPERATIONS("GET", _PATH, "block_storage_action:read")
def list_actions(call: ApiCall) -> Record:
    """List a volume's actions, newest first."""
    keys = actions.of(call.account, "volume", volume_in_path(call)["id"])
    return page(call, "actions", keys, lambda key: actions.show(call.account.get(ACTION, key)))


@OPERATIONS("GET", f"{_PATH}/{{action_id}}", "block_storage_action:read")
def get_action(call: ApiCall) -> Record:
    """Return one action of one volume."""
    volume = volume_in_path(call)
    action = actions.get(call.account, "volume", volume["id"], call.params["action_id"])
    return {"action": actions.show(action)}
