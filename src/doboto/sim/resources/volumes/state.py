"""Volumes and their snapshots: records and rules. What is done with them and Droplets is in `volumes/actions.py`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ... import catalog
from ...engine import actions, tagging
from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import ApiError, conflict, forbidden, not_found, over_limit, too_many_requests, unprocessable
from ...engine.fields import integer, read_name, read_optional, read_required, text
from ...engine.records import (
    VOLUME,
    VOLUME_SNAPSHOT,
    FileSystem,
    Key,
    Record,
    StoredVolume,
    StoredVolumeSnapshot,
    select_members,
)
from ...engine.store import index

SHOWN = (
    "id", "region", "droplet_ids", "name", "description", "size_gigabytes", "created_at", "filesystem_type",
    "filesystem_label", "tags",
)  # fmt: skip

#: API reference, text of `name`; underscores, which its examples still have, are refused since 2020
#: (`terraform-provider-digitalocean` PR 404, `openapi` PR 765). The message is in that provider's PR 386.
NAME = re.compile(r"[a-z][a-z0-9\-]{0,63}")
BAD_NAME = "failed to create volume: invalid volume name. names must be lowercase and alphanumeric"
#: `csi-digitalocean` PR 481.
LIMIT = "failed to {do}: volume/snapshot capacity limit exceeded"
#: Recorded on 2021-05-03 and 2023-04-19; that it has the id of other 429s, is counted by volume and comes without
#: Retry-After is unverified.
SNAPSHOT_RATE = "failed to create snapshot: this operation is rate-limited - one request per {limit}"
#: 409 as `csi-digitalocean` expects it; the text is our own.
SAME_SNAPSHOT = "failed to create snapshot: a snapshot of the volume with this name already exists"
#: `terraform-provider-digitalocean#19`, `godo#146`; its `id` is really written like that.
ATTACHED = "A volume that's attached to a Droplet cannot be deleted. Please detach it first before deleting."
#: By analogy with Droplets and floating IPs; unverified.
PENDING_EVENT = "Volume already has a pending event."

#: GiB (API reference, introduction to block storage: 1 GiB to 16 TiB).
MAX_SIZE = 16 * 1024
#: How long a file system's label may be (API reference, text of `filesystem_label`).
LABEL_LENGTH = {"ext4": 16, "xfs": 12}


@index(VOLUME, "name")
def _name(volume: StoredVolume) -> Iterable[Key]:
    return (volume["name"],)


@index(VOLUME, "region")
def _region(volume: StoredVolume) -> Iterable[Key]:
    return (volume["region"],)


def find(account: Account, name: str | None, region: str | None) -> list[Key]:
    """Return ids of the volumes with that name, in that region; what isn't given doesn't matter."""
    store = account.store(VOLUME)
    if name:
        return [key for key in store.keys("name", name) if not region or store.records[key]["region"] == region]
    return store.keys("region", region) if region else list(store.records)


def show(volume: StoredVolume) -> Record:
    """Return a volume as the API shows it."""
    return select_members({**volume, "region": catalog.region(volume["region"])}, SHOWN)


def create(account: Account, now: float, body: Record, *, keep_tags: bool = True) -> StoredVolume:
    """Create a volume, empty or of a snapshot."""
    snapshot = _snapshot(account, body)
    name, region = _read_name(body), _read_region(account, body, snapshot)
    size, file_system = _size(body, snapshot), _filesystem(body, snapshot)
    description, tags = read_optional(body, "description", text, ""), tagging.read_tags(body) if keep_tags else []
    if find(account, name, region):
        raise conflict(account.settings.volume_name_text)
    if len(account.store(VOLUME)) >= account.settings.volume_limit:
        raise over_limit(forbidden(LIMIT.format(do="create volume")), "volume_limit")
    require_capacity(account, size, "create volume")
    volume: StoredVolume = {
        "id": account.uuid(),
        "name": name,
        "region": region,
        "description": description,
        "size_gigabytes": size,
        "filesystem_type": file_system["filesystem_type"],
        "filesystem_label": file_system["filesystem_label"],
        "droplet_ids": [],
        "created_at": iso(now),
        "tags": tagging.create_missing(account, tags),
    }
    if snapshot is not None:
        volume["snapshot_id"] = snapshot["id"]
    account.put(VOLUME, volume["id"], volume)
    tagging.note_last_tagged(account, volume["tags"], VOLUME, volume["id"])
    return volume


def remove(account: Account, volume: StoredVolume) -> None:
    """Delete a volume that is attached to nothing; its snapshots stay."""
    if volume["droplet_ids"]:
        raise ApiError(409, "Illegal Action", ATTACHED)
    require_idle(account, volume)
    account.delete(VOLUME, volume["id"])


def require_idle(account: Account, volume: StoredVolume) -> None:
    """422 while something is under way for the volume."""
    if actions.pending(account, "volume", volume["id"]):
        raise unprocessable(PENDING_EVENT)


def make_snapshot(
    account: Account, now: float, volume: StoredVolume, body: Record, *, keep_tags: bool = True
) -> StoredVolumeSnapshot:
    """Create a snapshot of a volume as it is now; there at once, the reference has no action for it."""
    name = _snapshot_name(account, now, volume, body)
    tags = tagging.create_missing(account, tagging.read_tags(body) if keep_tags else [])
    key = account.uuid()
    snapshot: StoredVolumeSnapshot = {
        "id": key,
        "name": name,
        "created_at": iso(now),
        "regions": [volume["region"]],
        "resource_id": volume["id"],
        "resource_type": "volume",
        "min_disk_size": volume["size_gigabytes"],
        # The API counts what was written; nothing writes to a simulated volume.
        "size_gigabytes": 0,
        "tags": tags,
        "filesystem_type": volume["filesystem_type"],
        "filesystem_label": volume["filesystem_label"],
    }
    account.put(VOLUME_SNAPSHOT, key, snapshot)
    account.change(VOLUME, volume["id"], snapshot_at=now)
    tagging.note_last_tagged(account, tags, VOLUME_SNAPSHOT, key)
    return snapshot


def _snapshot_name(account: Account, now: float, volume: StoredVolume, body: Record) -> str:
    name, store = read_name(body), account.store(VOLUME_SNAPSHOT)
    if any(store.records[key]["name"] == name for key in store.keys("volume", volume["id"])):
        raise conflict(SAME_SNAPSHOT)
    limit = account.settings.volume_snapshot_seconds
    if "snapshot_at" in volume and now < volume["snapshot_at"] + account.clock.lasting(limit):
        refusal = too_many_requests(message=SNAPSHOT_RATE.format(limit=_go_duration(limit)))
        raise over_limit(refusal, "volume_snapshot_seconds")
    return name


def _go_duration(seconds: float) -> str:
    # As Go prints durations, `10m0s`: the text is a Go program's.
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f}m{rest:g}s" if minutes else f"{rest:g}s"


def require_capacity(account: Account, more: int, do: str) -> None:
    """Refuse more GiB than volumes and their snapshots may have together, if the account has such a limit."""
    limit = account.settings.volume_capacity
    if not limit:
        return
    used = sum(one["size_gigabytes"] for store in ("volume", "volume_snapshot") for one in account.store(store))
    if used + more > limit:
        raise over_limit(forbidden(LIMIT.format(do=do)), "volume_capacity")


def gigabytes(body: Record) -> int:
    """Return a size that a volume can have; the text is our own."""
    size = read_required(body, "size_gigabytes", integer)
    if not 1 <= size <= MAX_SIZE:
        raise unprocessable(f"size_gigabytes must be between 1 and {MAX_SIZE}")
    return size


def _snapshot(account: Account, body: Record) -> StoredVolumeSnapshot | None:
    key = read_optional(body, "snapshot_id", text, None)
    return account.get(VOLUME_SNAPSHOT, key) if key else None


def _read_name(body: Record) -> str:
    name = read_required(body, "name", text)
    if not NAME.fullmatch(name):
        raise unprocessable(BAD_NAME)
    return name


def _read_region(account: Account, body: Record, snapshot: StoredVolumeSnapshot | None) -> str:
    default = None if snapshot is None else snapshot["regions"][0]
    slug = read_optional(body, "region", text, default) or read_required(body, "region", text)
    region = catalog.region(slug)
    if region is None or "storage" not in region["features"]:
        raise unprocessable(account.settings.volume_region_text)
    if snapshot is not None and slug not in snapshot["regions"]:
        raise unprocessable("failed to create volume: the snapshot is not available in this region")
    return slug


def _size(body: Record, snapshot: StoredVolumeSnapshot | None) -> int:
    # A volume of a snapshot has the snapshot's size, not the size that is asked for (`droplet_kit#320`).
    return gigabytes(body) if snapshot is None else snapshot["min_disk_size"]


def _filesystem(body: Record, snapshot: StoredVolumeSnapshot | None) -> FileSystem:
    type, label = read_optional(body, "filesystem_type", text, ""), read_optional(body, "filesystem_label", text, "")
    if type and type not in LABEL_LENGTH:
        raise unprocessable(f"filesystem_type must be one of {', '.join(LABEL_LENGTH)}")
    if label and not type:
        raise unprocessable("filesystem_label may only be used with filesystem_type")
    if len(label) > LABEL_LENGTH.get(type, 0):
        raise unprocessable(f"filesystem_label is too long (maximum is {LABEL_LENGTH[type]} characters)")
    if snapshot is not None and not type:
        return {
            "filesystem_type": snapshot["filesystem_type"],
            "filesystem_label": snapshot["filesystem_label"],
        }
    return {"filesystem_type": type, "filesystem_label": label}


def by_name(account: Account, name: str, region: str | None) -> StoredVolume:
    """Return the one volume with that name: 404 for none, 422 if several regions have one."""
    keys = find(account, name, region)
    if not keys:
        raise not_found()
    if len(keys) > 1:
        raise unprocessable("region is required")
    return account.get(VOLUME, keys[0])
