"""Snapshots of Droplets and of volumes, side by side; `images/state.py` and `volumes/state.py` make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine.errors import not_found, unprocessable
from ..engine.fields import integer
from ..engine.records import IMAGE, VOLUME_SNAPSHOT, Key, Kind, Record, select_members
from ..http.messages import ApiCall, page
from ..http.routes import Operations
from .images import remove_image

OPERATIONS = Operations()

SHOWN = (
    "id",
    "name",
    "created_at",
    "regions",
    "resource_id",
    "resource_type",
    "min_disk_size",
    "size_gigabytes",
    "tags",
)
#: The store behind each `resource_type`, and the scope that also lets one see and delete its snapshots.
STORES: dict[str, Kind[Any]] = {"droplet": IMAGE, "volume": VOLUME_SNAPSHOT}
READ = {IMAGE: "snapshot:read", VOLUME_SNAPSHOT: "block_storage_snapshot:read"}
DELETE = {IMAGE: "image:delete", VOLUME_SNAPSHOT: "block_storage_snapshot:delete"}


def _is_snapshot(store: Kind[Any], record: Mapping[str, Any] | None) -> bool:
    return record is not None and (store != IMAGE or record["type"] == "snapshot")


def _show(call: ApiCall, store: Kind[Any], record: Mapping[str, Any]) -> Record:
    shown = {**record, "id": str(record["id"]), "resource_type": "volume"}
    if store == IMAGE:
        # An image that came from another account is of no Droplet here.
        shown |= {"resource_id": str(record["droplet_id"] or ""), "resource_type": "droplet"}
    return call.scopes.visible("snapshot", select_members(shown, SHOWN))


@OPERATIONS("GET", "/v2/snapshots", "snapshot:read")
def list_snapshots(call: ApiCall) -> Record:
    """List all snapshots, or those of Droplets, or those of volumes."""
    wanted = call.query.get("resource_type")
    if wanted not in (None, "", *STORES):
        raise unprocessable("resource_type must be droplet or volume")
    stores = [store for type, store in STORES.items() if wanted in (None, "", type)]
    found = [(store, record) for store in stores for record in call.account.store(store) if _is_snapshot(store, record)]
    return page(call, "snapshots", found, lambda one: _show(call, *one))


def _in_path(call: ApiCall) -> tuple[Kind[Any], Key, Mapping[str, Any]]:
    identifier = call.params["snapshot_id"]
    number = integer(identifier)
    store: Kind[Any] = VOLUME_SNAPSHOT if number is None else IMAGE
    key: Key = identifier if number is None else number
    record = call.account.find(store, key)
    if record is None or not _is_snapshot(store, record):
        raise not_found()
    return store, key, record


@OPERATIONS("GET", "/v2/snapshots/{snapshot_id}")
def get_snapshot(call: ApiCall) -> Record:
    """Return one snapshot; a number is a Droplet's, a UUID a volume's."""
    store, _, record = _in_path(call)
    call.scopes.require_any("snapshot:read", READ[store])
    return {"snapshot": _show(call, store, record)}


@OPERATIONS("DELETE", "/v2/snapshots/{snapshot_id}", status=204)
def delete_snapshot(call: ApiCall) -> None:
    """Delete one snapshot."""
    store, key, _ = _in_path(call)
    call.scopes.require_any("snapshot:delete", DELETE[store])
    if store == IMAGE:
        remove_image(call.account, int(key))
    else:
        call.account.delete(store, key)
