"""Droplet actions: what each one wants in its request, and what it changes when it completes.

Two tables, by type: `_WANTED` reads and checks a request and gives the arguments of the change; `_CHANGES` applies it.
Types without an entry only have the transition in `lifecycle.DROPLET_ACTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ... import catalog
from ...engine import actions
from ...engine.account import Account
from ...engine.actions import ActionFailed
from ...engine.errors import pending_event, unprocessable
from ...engine.fields import flag, integer, read_optional, read_required, text
from ...engine.lifecycle import CURRENTLY_ON, DROPLET_ACTIONS, effect
from ...engine.records import DROPLET, IMAGE, VPC, Record, StoredAction, StoredDroplet
from ..images import find_image, make_image, usable_image
from . import backups, networks
from .request import BAD_SIZE, SIZE_ELSEWHERE, hostname

#: What client programs of 2025-26 quote; `terraform-provider-digitalocean` PR 7094 (then in hashicorp/terraform) had
#: "Size can not decrease size of Droplet's disk image".
SMALLER_DISK = "This size is not available because it has a smaller disk."
#: Our own text.
SAME_SIZE = "Droplet already has this size."
#: The text that `terraform-provider-digitalocean` has looked for since 2014.
ALREADY_OFF = "Droplet is already powered off"


def check(account: Account, droplet: StoredDroplet, body: Record, type: str) -> Record:
    """Return what the action needs to know, or the reason why it can't be done now."""
    if droplet["destroying"] or actions.pending(account, "droplet", droplet["id"]):
        raise pending_event()
    if _needs_off(account, type) and droplet["status"] != "off":
        raise unprocessable(CURRENTLY_ON)
    if type == "power_off" and droplet["status"] == "off" and account.settings.power_off_needs_on:
        raise unprocessable(ALREADY_OFF)
    return _WANTED[type](account, droplet, body) if type in _WANTED else {}


def _needs_off(account: Account, type: str) -> bool:
    settings = account.settings
    return {"resize": settings.resize_needs_off, "snapshot": settings.snapshot_needs_off}.get(type, False)


def begin(
    account: Account, now: float, droplet: StoredDroplet, type: str, wanted: Record, faults: Mapping[str, float]
) -> StoredAction:
    """Start the action."""
    return actions.start(
        account,
        now,
        type,
        "droplet",
        droplet["id"],
        droplet["region"],
        seconds=account.settings.seconds(f"droplet.{type}"),
        effect="droplet.change",
        arguments={"type": type, "droplet_id": droplet["id"], "wanted": {**wanted, "started_at": now}},
        fails="action_errored" in faults,
    )


@effect("droplet.change")
def _change(account: Account, now: float, *, type: str, droplet_id: int, wanted: Record) -> None:
    droplet = account.find(DROPLET, droplet_id)
    if droplet is None:
        raise ActionFailed
    if type in _CHANGES:
        _CHANGES[type](account, now, droplet, wanted)
    becomes = DROPLET_ACTIONS[type].becomes
    if becomes is not None and (type != "shutdown" or account.settings.shutdown_succeeds):
        booting = networks.boot_period(account, now) if becomes == "active" else {}
        account.change(DROPLET, droplet_id, status=becomes, **booting)


# -- what requests want


def _want_resize(account: Account, droplet: StoredDroplet, body: Record) -> Record:
    size = catalog.size(read_required(body, "size", text))
    if size is None:
        raise unprocessable(BAD_SIZE)
    if not size["available"] or droplet["region"] not in size["regions"]:
        raise unprocessable(SIZE_ELSEWHERE)
    if size["disk"] < droplet["disk"]:
        raise unprocessable(SMALLER_DISK)
    with_disk = flag(body, "disk")
    stays = size["slug"] == droplet["size_slug"] and (not with_disk or size["disk"] == droplet["disk"])
    if stays and account.settings.resize_to_same_size == "refuse":
        raise unprocessable(SAME_SIZE)
    return {"size": size["slug"], "disk": with_disk}


def _want_rebuild(account: Account, droplet: StoredDroplet, body: Record) -> Record:
    image = usable_image(account, body.get("image"))
    if image is None or droplet["region"] not in image["regions"]:
        raise unprocessable("You specified an invalid image for Droplet rebuild.")
    if (image["min_disk_size"] or 0) > droplet["disk"]:
        raise unprocessable("The image's minimum disk size is larger than the Droplet's disk.")
    return {"image": image["id"]}


def _want_restore(account: Account, droplet: StoredDroplet, body: Record) -> Record:
    # Programs restore snapshots of the same Droplet, too, where the API reference speaks of backups only.
    image = account.find(IMAGE, read_required(body, "image", integer))
    if image is None or image["type"] not in ("backup", "snapshot") or image["droplet_id"] != droplet["id"]:
        raise unprocessable("The image must be a backup or a snapshot of the Droplet.")
    return {"image": image["id"]}


def _want_rename(_account: Account, _droplet: StoredDroplet, body: Record) -> Record:
    return {"name": hostname(read_required(body, "name", text))}


def _want_snapshot(account: Account, droplet: StoredDroplet, body: Record) -> Record:
    # The API reference's examples of unnamed snapshots: name of the Droplet, then the time in milliseconds.
    return {"name": read_optional(body, "name", text, "") or f"{droplet['name']}-{int(account.clock.now() * 1000)}"}


def _want_kernel(_account: Account, _droplet: StoredDroplet, body: Record) -> Record:
    number = read_required(body, "kernel", integer)
    if catalog.kernel(number) is None:
        raise unprocessable("You specified an invalid kernel for the Droplet.")
    return {"kernel": number}


def _want_ipv6(_account: Account, droplet: StoredDroplet, _body: Record) -> Record:
    if not droplet["public"]:
        raise unprocessable("IPv6 can't be enabled on a Droplet without public networking.")
    return {}


def _want_backups(account: Account, _droplet: StoredDroplet, body: Record) -> Record:
    return {"policy": backups.read_policy(body) or backups.default_policy(account)}


def _want_policy(account: Account, droplet: StoredDroplet, body: Record) -> Record:
    policy = backups.read_policy(body)
    if policy is None:
        raise unprocessable("backup_policy is required")
    if account.get(DROPLET, droplet["id"])["backup_policy"] is None:
        raise unprocessable("Backups are not enabled for this Droplet.")
    return {"policy": policy}


# -- what completion changes


def _resize(account: Account, _now: float, droplet: StoredDroplet, wanted: Record) -> None:
    size = catalog.size(wanted["size"])
    if size is None:
        raise ActionFailed
    disk = size["disk"] if wanted["disk"] else droplet["disk"]
    account.change(DROPLET, droplet["id"], size_slug=size["slug"], disk=disk)


def _rebuild(account: Account, _now: float, droplet: StoredDroplet, wanted: Record) -> None:
    if find_image(account, wanted["image"]) is None:
        raise ActionFailed
    account.change(DROPLET, droplet["id"], image_id=wanted["image"])


def _rename(account: Account, _now: float, droplet: StoredDroplet, wanted: Record) -> None:
    account.change(DROPLET, droplet["id"], name=wanted["name"])


def _snapshot(account: Account, now: float, droplet: StoredDroplet, wanted: Record) -> None:
    # Dated like the action that makes it: the Terraform provider finds a snapshot by that.
    make_image(account, wanted.get("started_at", now), droplet, wanted["name"], "snapshot")


def _kernel(account: Account, _now: float, droplet: StoredDroplet, wanted: Record) -> None:
    account.change(DROPLET, droplet["id"], kernel_id=wanted["kernel"])


def _ipv6(account: Account, _now: float, droplet: StoredDroplet, _wanted: Record) -> None:
    if not droplet["networks"]["v6"]:
        interfaces = {**droplet["networks"], "v6": [networks.public_v6(account, droplet["region"])]}
        account.change(DROPLET, droplet["id"], ipv6=True, networks=interfaces, features=_with(droplet, "ipv6"))


def _private_networking(account: Account, _now: float, droplet: StoredDroplet, _wanted: Record) -> None:
    v4 = droplet["networks"]["v4"]
    if not any(interface["type"] == "private" for interface in v4):
        v4 = [*v4, networks.private_v4(account, account.get(VPC, droplet["vpc_uuid"]))]
    interfaces = {**droplet["networks"], "v4": v4}
    account.change(DROPLET, droplet["id"], networks=interfaces, features=_with(droplet, "private_networking"))


def _backups_on(account: Account, now: float, droplet: StoredDroplet, wanted: Record) -> None:
    backups.enable(account, now, droplet["id"], wanted["policy"])


def _backups_off(account: Account, _now: float, droplet: StoredDroplet, _wanted: Record) -> None:
    backups.disable(account, droplet["id"])


def _with(droplet: StoredDroplet, feature: str) -> list[str]:
    return list(dict.fromkeys([*droplet["features"], feature]))


_WANTED: dict[str, Callable[[Account, StoredDroplet, Record], Record]] = {
    "resize": _want_resize,
    "rebuild": _want_rebuild,
    "restore": _want_restore,
    "rename": _want_rename,
    "snapshot": _want_snapshot,
    "change_kernel": _want_kernel,
    "enable_ipv6": _want_ipv6,
    "enable_backups": _want_backups,
    "change_backup_policy": _want_policy,
}

_CHANGES: dict[str, Callable[[Account, float, StoredDroplet, Record], None]] = {
    "resize": _resize,
    "rebuild": _rebuild,
    "restore": _rebuild,
    "rename": _rename,
    "snapshot": _snapshot,
    "change_kernel": _kernel,
    "enable_ipv6": _ipv6,
    "enable_private_networking": _private_networking,
    "enable_backups": _backups_on,
    "disable_backups": _backups_off,
    "change_backup_policy": _backups_on,
}
