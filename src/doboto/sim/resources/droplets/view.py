"""A Droplet as the API shows it: from its record, the catalog and what belongs to it."""

from __future__ import annotations

from ... import catalog
from ...engine import actions, relations
from ...engine.account import Account
from ...engine.records import Record
from ..images import state as images
from . import backups, networks


def show(account: Account, droplet: Record, now: float) -> Record:
    """All members, in the order of the API reference."""
    size = catalog.size(droplet["size_slug"]) or {}
    number, policy = droplet["id"], droplet["backup_policy"]
    shown = {
        "id": number,
        "name": droplet["name"],
        "memory": size["memory"],
        "vcpus": size["vcpus"],
        "disk": droplet["disk"],
        "disk_info": _disks(size, droplet["disk"]),
        "locked": _locked(account, droplet),
        "status": droplet["status"],
        "kernel": None if droplet["kernel_id"] is None else catalog.kernel(droplet["kernel_id"]),
        "created_at": droplet["created_at"],
        "features": droplet["features"],
        "backup_ids": relations.images_of(account, "backup", number),
        "next_backup_window": None
        if policy is None or droplet["status"] == "new"
        else backups.next_window(policy, now),
        "snapshot_ids": relations.images_of(account, "snapshot", number),
        "image": images.show(images.image_of(account, droplet)),
        "volume_ids": relations.volumes_of(account, number),
        "size": size,
        "size_slug": droplet["size_slug"],
        "networks": networks.shown(account, droplet),
        "region": catalog.region(droplet["region"]),
        "tags": droplet["tags"],
        "vpc_uuid": droplet["vpc_uuid"],
    }
    return {**shown, "gpu_info": size["gpu_info"]} if "gpu_info" in size else shown


def _locked(account: Account, droplet: Record) -> bool:
    # API reference, on Droplet actions: locked while an action is not completed.
    if droplet["status"] == "new" and not account.settings.locked_while_new:
        return False
    return bool(droplet["destroying"]) or actions.pending(account, "droplet", droplet["id"])


def _disks(size: Record, disk: int) -> list[Record]:
    first, *others = size["disk_info"]
    return [{**first, "size": {**first["size"], "amount": disk}}, *others]
