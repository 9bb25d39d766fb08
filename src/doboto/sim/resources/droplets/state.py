"""Droplets: how they are found, when they are visible, how the API shows them, and how they are destroyed.

Destroying is not an action (`api-v2#31`): afterwards one can only ask whether the Droplet is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from ... import catalog
from ...engine import actions, relations
from ...engine.account import Account
from ...engine.errors import not_found, pending_event
from ...engine.fields import integer
from ...engine.lifecycle import effect
from ...engine.records import DROPLET, Key, Kind, Record, StoredDroplet
from ...engine.store import index
from .. import images
from . import backups, networks


class ListLag(TypedDict):
    """Until when some Droplets are missing in lists."""

    until: float


LAG: Kind[ListLag] = Kind("lag")


@index(DROPLET, "name")
def _name(droplet: StoredDroplet) -> Iterable[Key]:
    return (droplet["name"].lower(),)


@index(DROPLET, "type")
def _type(droplet: StoredDroplet) -> Iterable[Key]:
    return (type_of(droplet["size_slug"]),)


@index(DROPLET, "host")
def _host(droplet: StoredDroplet) -> Iterable[Key]:
    return (droplet["host"],)


@index(DROPLET, "vpc")
def _vpc(droplet: StoredDroplet) -> Iterable[Key]:
    return (droplet["vpc_uuid"],)


def type_of(size_slug: str) -> str:
    """`gpus` or `droplets`, as the list's filter calls them."""
    return "gpus" if "gpu_info" in (catalog.size(size_slug) or {}) else "droplets"


def get(account: Account, identifier: object, now: float) -> StoredDroplet:
    """Return the Droplet with the id in a path, else 404."""
    number = integer(identifier)
    droplet = None if number is None else account.find(DROPLET, number)
    if droplet is None or droplet["found_from"] > now:
        raise not_found()
    return droplet


def note_lag(account: Account, until: float) -> None:
    """Note until when Droplets are missing in lists; without a note lists need not check each of them."""
    known = account.find(LAG, "list")
    if known is None or known["until"] < until:
        lag: ListLag = {"until": until}
        account.put(LAG, "list", lag)


def visible(account: Account, keys: Sequence[Key], now: float) -> Sequence[Key]:
    """Return those that lists already show, in the order of lists."""
    if (lag := account.find(LAG, "list")) is not None and lag["until"] > now:
        store = account.store(DROPLET).records
        keys = [key for key in keys if store[key]["listed_from"] <= now]
    return keys if account.settings.droplet_order == "ascending" else keys[::-1]


def show(account: Account, droplet: StoredDroplet, now: float) -> Record:
    """Return all members, in the order of the API reference."""
    size = catalog.size_of(droplet["size_slug"])
    number, policy = droplet["id"], droplet["backup_policy"]
    shown = {
        "id": number,
        "name": droplet["name"],
        "memory": size["memory"],
        "vcpus": size["vcpus"],
        "disk": droplet["disk"],
        "disk_info": _disks(size, droplet["disk"]),
        "locked": _is_locked(account, droplet),
        "status": droplet["status"],
        "kernel": None if droplet["kernel_id"] is None else catalog.kernel(droplet["kernel_id"]),
        "created_at": droplet["created_at"],
        "features": _features(droplet),
        "backup_ids": relations.images_of(account, "backup", number),
        "next_backup_window": None
        if policy is None or droplet["status"] == "new"
        else backups.next_window(policy, now),
        "snapshot_ids": relations.images_of(account, "snapshot", number),
        "image": images.show_in_droplet(images.image_of(account, droplet)),
        "volume_ids": relations.volumes_of(account, number),
        "size": size,
        "size_slug": droplet["size_slug"],
        "networks": networks.show(account, droplet),
        "region": catalog.region(droplet["region"]),
        "tags": droplet["tags"],
        # Recordings of 2020-12-10 and 2023-11-15 have none while the Droplet is new.
        **({} if droplet["status"] == "new" else {"vpc_uuid": droplet["vpc_uuid"]}),
    }
    return {**shown, "gpu_info": size["gpu_info"]} if "gpu_info" in size else shown


def _features(droplet: StoredDroplet) -> list[str]:
    # As with `vpc_uuid`, the private network comes later than the reply to the create (the same recordings).
    hidden = ("private_networking",) if droplet["status"] == "new" else ()
    return [name for name in droplet["features"] if name not in hidden]


def _is_locked(account: Account, droplet: StoredDroplet) -> bool:
    # API reference, on Droplet actions: locked while an action is not completed.
    if droplet["status"] == "new" and not account.settings.locked_while_new:
        return False
    return bool(droplet["destroying"]) or actions.pending(account, "droplet", droplet["id"])


def _disks(size: catalog.Size, disk: int) -> list[catalog.Disk]:
    first, *others = size["disk_info"]
    return [{**first, "size": {**first["size"], "amount": disk}}, *others]


def require_destroyable(account: Account, droplet: StoredDroplet) -> None:
    """Refuse a Droplet with a pending event where the settings say so."""
    if not account.settings.delete_while_pending and actions.pending(account, "droplet", droplet["id"]):
        raise pending_event()


def destroy(account: Account, now: float, droplet: StoredDroplet) -> None:
    """Destroy a Droplet, now or after the time that the settings give it; doing it twice changes nothing."""
    if droplet["destroying"]:
        return
    if account.settings.destroy_seconds:
        account.change(DROPLET, droplet["id"], destroying=True)
        account.after(account.settings.destroy_seconds, "droplet.destroy", now, droplet_id=droplet["id"])
    else:
        remove(account, now, droplet["id"])


def remove(account: Account, now: float, droplet_id: int) -> None:
    """Take a Droplet away; what was attached to it comes free a moment later (`godo#146`)."""
    droplet = account.delete(DROPLET, droplet_id)
    if droplet is not None:
        account.after(account.settings.detach_seconds, "droplet.released", now, droplet=droplet)


@effect("droplet.destroy")
def _destroy(account: Account, now: float, *, droplet_id: int) -> None:
    remove(account, now, droplet_id)


@effect("droplet.released")
def _release(account: Account, now: float, *, droplet: StoredDroplet) -> None:
    relations.notify_droplet_destroyed(account, now, droplet)
