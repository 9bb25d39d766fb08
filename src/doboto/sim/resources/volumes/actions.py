"""What joins volumes and Droplets: attaching, detaching, resizing, and what becomes of volumes with their Droplet.

Two tables by type of action: what it wants, checked, and (as effects) what it changes when it completes. Attaching
and detaching are events of the Droplet, too: no second one begins before they end (`flex-volume#1`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from ...engine import actions, relations, tagging
from ...engine.account import Account
from ...engine.actions import ActionFailed
from ...engine.errors import over_limit, pending_event, unprocessable
from ...engine.fields import integer, read_optional, read_required, text
from ...engine.lifecycle import durations, effect
from ...engine.records import (
    ACTION,
    DROPLET,
    VOLUME,
    Key,
    Record,
    StoredAction,
    StoredDroplet,
    StoredVolume,
    as_list,
    as_record,
)
from .state import find, gigabytes, require_capacity, require_idle

#: The reference's example of an attach took 11 s, that of its list no time at all: plausible, not promised.
durations(volume__attach=5.0, volume__detach=5.0, volume__resize=3.0)

#: By `Settings.volume_form`: what clients see as the `resource_type` of a volume's actions, and which types of actions
#: are completed in the reply to the request.
_FORMS: Mapping[str, tuple[str, Collection[str]]] = {"today": ("volume", ()), "2017": ("backend", ("resize",))}

#: What `csi-digitalocean` looks for in a refused attach.
ALREADY_ATTACHED = "This volume is already attached"
#: `godo` PR 136, `doctl#207`: also without a `droplet_id`.
NOT_ATTACHED = "Attachment not found"
#: `doctl#321`, for a new Droplet with a volume that can't be found.
BAD_VOLUMES = "Invalid volume allocations"
#: The fragment is what `csi-digitalocean` looks for (2026), the number is our own.
TOO_MANY = "cannot attach more volumes to the Droplet (maximum is {limit})"
ELSEWHERE = "Volume and Droplet must be in the same region."


def begin(
    account: Account,
    now: float,
    volume: StoredVolume,
    body: Record,
    faults: Collection[str],
    types: Collection[str] | None = None,
) -> StoredAction:
    """Start the action that the request asks for."""
    type = read_required(body, "type", text)
    if type not in (_WANTED if types is None else types):
        raise unprocessable(f"The action type {type!r} is not known.")
    _same_region(volume, body)
    require_idle(account, volume)
    wanted = _WANTED[type](account, volume, body)
    droplet_id = wanted.get("droplet_id")
    if type == "attach":
        _tag(account, volume, body)
    shown_as, at_once = _FORMS[account.settings.volume_form]
    action = actions.start(
        account,
        now,
        f"{type}_volume",
        "volume",
        volume["id"],
        volume["region"],
        seconds=0.0 if type in at_once else account.settings.seconds(f"volume.{type}"),
        effect=f"volume.{type}",
        arguments={"volume_id": volume["id"], **wanted},
        fails="action_errored" in faults,
        also=None if droplet_id is None else actions.resource_key("droplet", droplet_id),
        shown_as=shown_as,
    )
    if type in at_once:
        account.apply_due_events(now)
    return account.get(ACTION, action["id"])


def for_new_droplet(account: Account, body: Record, region: str, *, many: bool) -> list[str]:
    """Return the volumes named by a request to create a Droplet: ids, or objects with `id` or `name` as in godo."""
    nothing: list[object] = []
    asked = [_find_named(account, item, region) for item in read_optional(body, "volumes", as_list, nothing)]
    found = {volume["id"]: volume for volume in asked}
    if found and many:
        raise unprocessable("Volumes can only be attached to one Droplet.")
    for volume in found.values():
        _require_attachable(account, volume, region)
    _room(account, len(found))
    return list(found)


def regions_for_new_droplet(account: Account, body: Record) -> set[str]:
    """Return where all the volumes are that such a request names; empty if it names none, or they are not together."""
    nothing: list[object] = []
    asked = [_regions(account, item) for item in read_optional(body, "volumes", as_list, nothing)]
    return set[str].intersection(*asked) if asked else set()


def attach(account: Account, volume_id: str, droplet_id: int) -> None:
    """Attach a volume to a Droplet."""
    account.change(VOLUME, volume_id, droplet_ids=[droplet_id])


def detach(account: Account, volume_id: Key) -> None:
    """Detach a volume."""
    account.change(VOLUME, volume_id, droplet_ids=[])


# -- what requests want


def _same_region(volume: StoredVolume, body: Record) -> None:
    # API reference: `region` is where the volume is. That any other is refused is unverified.
    if read_optional(body, "region", text, volume["region"]) != volume["region"]:
        raise unprocessable("The volume is not in this region.")


def _want_attach(account: Account, volume: StoredVolume, body: Record) -> Record:
    droplet = account.get(DROPLET, read_required(body, "droplet_id", integer))
    _require_attachable(account, volume, droplet["region"])
    if droplet["destroying"]:
        raise pending_event()
    _require_idle_droplet(account, droplet["id"])
    _room(account, len(relations.volumes_of(account, droplet["id"])) + 1)
    return {"droplet_id": droplet["id"]}


def _want_detach(account: Account, volume: StoredVolume, body: Record) -> Record:
    droplet_id = read_optional(body, "droplet_id", integer, None)
    if droplet_id not in volume["droplet_ids"]:
        raise unprocessable(NOT_ATTACHED)
    _require_idle_droplet(account, droplet_id)
    return {"droplet_id": droplet_id}


def _want_resize(account: Account, volume: StoredVolume, body: Record) -> Record:
    size = gigabytes(body)
    if size <= volume["size_gigabytes"]:
        raise unprocessable("A volume can only be made larger.")
    require_capacity(account, size - volume["size_gigabytes"], "resize volume")
    return {"size_gigabytes": size}


_WANTED: dict[str, Callable[[Account, StoredVolume, Record], Record]] = {
    "attach": _want_attach,
    "detach": _want_detach,
    "resize": _want_resize,
}
#: What can be asked for by a volume's name: no resize (`openapi` PR 376).
BY_NAME = ("attach", "detach")


def _require_attachable(account: Account, volume: StoredVolume, region: str) -> None:
    if volume["droplet_ids"]:
        raise unprocessable(ALREADY_ATTACHED)
    require_idle(account, volume)
    if volume["region"] != region:
        raise unprocessable(ELSEWHERE)


def _require_idle_droplet(account: Account, droplet_id: int | None) -> None:
    if droplet_id is not None and actions.pending(account, "droplet", droplet_id):
        raise pending_event()


def _room(account: Account, number: int) -> None:
    limit = account.settings.volumes_per_droplet
    if number > limit:
        raise over_limit(unprocessable(TOO_MANY.format(limit=limit)), "volumes_per_droplet")


def _tag(account: Account, volume: StoredVolume, body: Record) -> None:
    # The reference's body of an attach has `tags` and does not say whose: taken for the volume's, unverified.
    for name in tagging.create_missing(account, tagging.read_tags(body)):
        tagging.attach(account, name, VOLUME, volume["id"])


def _find_named(account: Account, item: object, region: str) -> StoredVolume:
    wanted = as_record(item) or {"id": item}
    key, name = wanted.get("id"), wanted.get("name")
    if isinstance(key, str) and (volume := account.find(VOLUME, key)):
        return volume
    if key is None and isinstance(name, str) and (keys := find(account, name, region)):
        return account.get(VOLUME, keys[0])
    raise unprocessable(BAD_VOLUMES)


def _regions(account: Account, item: object) -> set[str]:
    wanted = as_record(item) or {"id": item}
    key, name = wanted.get("id"), wanted.get("name")
    keys = find(account, name, None) if key is None and isinstance(name, str) and name else [key]
    return {volume["region"] for key in keys if isinstance(key, str) and (volume := account.find(VOLUME, key))}


# -- what completion changes


@effect("volume.attach")
def _attach(account: Account, _now: float, *, volume_id: str, droplet_id: int) -> None:
    if account.find(DROPLET, droplet_id) is None or account.find(VOLUME, volume_id) is None:
        raise ActionFailed
    attach(account, volume_id, droplet_id)


@effect("volume.detach")
def _detach(account: Account, _now: float, *, volume_id: str, droplet_id: int) -> None:  # noqa: ARG001
    # Its Droplet may have been destroyed in the meantime, to the same effect.
    if account.find(VOLUME, volume_id) is None:
        raise ActionFailed
    detach(account, volume_id)


@effect("volume.resize")
def _resize(account: Account, _now: float, *, volume_id: str, size_gigabytes: int) -> None:
    if account.find(VOLUME, volume_id) is None:
        raise ActionFailed
    account.change(VOLUME, volume_id, size_gigabytes=size_gigabytes)


@relations.on_droplet_destroyed
def _detach_destroyed(account: Account, _now: float, droplet: StoredDroplet) -> None:
    for volume_id in relations.volumes_of(account, droplet["id"]):
        detach(account, volume_id)
