"""Destroying a Droplet together with what belongs to it: which resources these are, and how far it has got."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from ...engine import actions, relations
from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import conflict, not_found, unprocessable
from ...engine.fields import read_identifiers
from ...engine.lifecycle import durations, effect
from ...engine.records import DROPLET, IMAGE, RESERVED_IP, VOLUME, VOLUME_SNAPSHOT, Key, Kind, Record, StoredDroplet
from ..images import remove_image
from .state import remove

durations(droplet__destroy_associated=5.0)

#: Dollars a month for a gigabyte, or for one (public price list).
SNAPSHOT_PRICE, VOLUME_PRICE, RESERVED_IP_PRICE = 0.06, 0.10, 4.00


@dataclass(frozen=True, slots=True)
class AssociatedKind:
    """One kind of associated resource."""

    store: Kind[Any]
    of: Callable[[Account, int], list[Key]]
    name: str
    price: float
    by_size: bool = True


class DestroyStatus(TypedDict):
    """How far the destruction of a Droplet and its resources has got, as the API shows it."""

    droplet: dict[str, str]
    resources: dict[str, list[Record]]
    completed_at: NotRequired[str]
    failures: int


DESTROY_STATUS: Kind[DestroyStatus] = Kind("destroy_status")

_ADDRESSES = AssociatedKind(RESERVED_IP, relations.reserved_ips_of, "ip", RESERVED_IP_PRICE, by_size=False)

#: By the names of the API reference; floating IPs are the old name of reserved ones and list the same.
KINDS = {
    "reserved_ips": _ADDRESSES,
    "floating_ips": _ADDRESSES,
    "snapshots": AssociatedKind(
        IMAGE, lambda account, droplet: relations.images_of(account, "snapshot", droplet), "name", SNAPSHOT_PRICE
    ),
    "volumes": AssociatedKind(VOLUME, relations.volumes_of, "name", VOLUME_PRICE),
    "volume_snapshots": AssociatedKind(VOLUME_SNAPSHOT, relations.volume_snapshots_of, "name", SNAPSHOT_PRICE),
}


def resources(account: Account, droplet_id: int) -> dict[str, list[Record]]:
    """Return what could be destroyed along with the Droplet, with what it would cost to keep."""
    return {
        name: [_show(kind, key, account.get(kind.store, key)) for key in kind.of(account, droplet_id)]
        for name, kind in KINDS.items()
    }


def _show(kind: AssociatedKind, key: Key, record: Mapping[str, Any]) -> Record:
    cost = kind.price * (record["size_gigabytes"] or 0) if kind.by_size else kind.price
    return {"id": str(key), "name": record[kind.name], "cost": f"{cost:.2f}"}


def select(account: Account, droplet_id: int, body: Record) -> dict[str, list[Record]]:
    """Return those of the Droplet's resources that a request names; 422 for any that isn't its."""
    there = resources(account, droplet_id)
    return {name: _select_named(name, items, read_identifiers(body, name)) for name, items in there.items()}


def _select_named(name: str, items: list[Record], wanted: list[str]) -> list[Record]:
    by_id = {item["id"]: item for item in items}
    unknown = [key for key in wanted if key not in by_id]
    if unknown:
        raise unprocessable(f"{name} {', '.join(unknown)} not associated with the Droplet")
    return [by_id[key] for key in dict.fromkeys(wanted)]


def begin(account: Account, now: float, droplet: StoredDroplet, chosen: dict[str, list[Record]]) -> None:
    """Start destroying a Droplet and the chosen resources."""
    number = droplet["id"]
    _idle(account.find(DESTROY_STATUS, number))
    status: DestroyStatus = {
        "droplet": {"id": str(number), "name": droplet["name"]},
        "resources": {name: [_waiting(item) for item in items] for name, items in chosen.items()},
        "failures": 0,
    }
    account.put(DESTROY_STATUS, number, status)
    account.change(DROPLET, number, destroying=True)
    _start(account, now, number)


def retry(account: Account, now: float, droplet_id: int) -> None:
    """Try again what failed."""
    status = status_of(account, droplet_id)
    _idle(status)
    resumed: DestroyStatus = {"droplet": status["droplet"], "resources": status["resources"], "failures": 0}
    account.put(DESTROY_STATUS, droplet_id, resumed)
    _start(account, now, droplet_id)


def status_of(account: Account, droplet_id: int) -> DestroyStatus:
    """Return how far the destruction has got; 404 if there never was one."""
    status = account.find(DESTROY_STATUS, droplet_id)
    if status is None:
        raise not_found()
    return status


def _idle(status: DestroyStatus | None) -> None:
    if status is not None and "completed_at" not in status:
        raise conflict()


def _start(account: Account, now: float, droplet_id: int) -> None:
    seconds = account.settings.seconds("droplet.destroy_associated")
    account.after(seconds, "droplet.destroy_associated", now, droplet_id=droplet_id)


def _waiting(item: Record) -> Record:
    return {"id": item["id"], "name": item["name"]}


@effect("droplet.destroy_associated")
def _destroy(account: Account, now: float, *, droplet_id: int) -> None:
    status = account.get(DESTROY_STATUS, droplet_id)
    done = {
        name: [_destroy_one(account, now, KINDS[name], item, droplet_id) for item in items]
        for name, items in status["resources"].items()
    }
    remove(account, now, droplet_id)
    failures = sum("error_message" in item for items in done.values() for item in items)
    droplet = {"destroyed_at": iso(now), **status["droplet"]}
    finished: DestroyStatus = {"droplet": droplet, "resources": done, "completed_at": iso(now), "failures": failures}
    account.put(DESTROY_STATUS, droplet_id, finished)


def _destroy_one(account: Account, now: float, kind: AssociatedKind, item: Record, droplet_id: int) -> Record:
    if "destroyed_at" in item:
        return item
    key: Key = int(item["id"]) if kind.store == IMAGE else item["id"]
    if actions.pending(account, kind.store, key):
        return {**_waiting(item), "error_message": "The resource already has a pending event."}
    if not _is_still_attached(account.find(kind.store, key), droplet_id):
        return {**_waiting(item), "error_message": "The resource belongs to another Droplet by now."}
    if kind.store == IMAGE:
        remove_image(account, int(key))
    else:
        account.delete(kind.store, key)
    return {**_waiting(item), "destroyed_at": iso(now)}


def _is_still_attached(record: Mapping[str, Any] | None, droplet_id: int) -> bool:
    # A volume or an address may have moved since the request. One that is attached to none is still the one chosen.
    members = record or {}
    holders: list[int | None] = members.get("droplet_ids") or [members.get("droplet_id")]
    return holders == [None] or droplet_id in holders
