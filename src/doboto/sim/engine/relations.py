"""Relations between Droplets and what belongs to them, found from either side.

Each store's owner keeps one side of a relation in its records; indexes here give the other side. A
resource with such a relation also registers with `on_droplet_destroyed` and ends the relation there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .account import Account
from .records import (
    IMAGE,
    RESERVED_IP,
    RESERVED_IPV6,
    VOLUME,
    VOLUME_SNAPSHOT,
    Key,
    StoredDroplet,
    StoredImage,
    StoredReservedIp,
    StoredVolume,
    StoredVolumeSnapshot,
)
from .store import index

#: Called once a destroyed Droplet's resources come free, with the Droplet's last record.
DestroyHook = Callable[[Account, float, StoredDroplet], None]
_HOOKS: list[DestroyHook] = []


def on_droplet_destroyed(hook: DestroyHook) -> DestroyHook:
    """Register what has to happen to other resources when a Droplet was destroyed."""
    _HOOKS.append(hook)
    return hook


def notify_droplet_destroyed(account: Account, now: float, droplet: StoredDroplet) -> None:
    """Call the hooks of a Droplet that was destroyed."""
    for hook in _HOOKS:
        hook(account, now, droplet)


@index(VOLUME, "droplet")
def _volume_droplets(volume: StoredVolume) -> Iterable[Key]:
    return volume["droplet_ids"]


@index(VOLUME_SNAPSHOT, "volume")
def _snapshot_volume(snapshot: StoredVolumeSnapshot) -> Iterable[Key]:
    return (snapshot["resource_id"],)


@index(RESERVED_IP, "droplet")
@index(RESERVED_IPV6, "droplet")
def _reserved_ip_droplet(reserved_ip: StoredReservedIp) -> Iterable[Key]:
    return () if reserved_ip["droplet_id"] is None else (reserved_ip["droplet_id"],)


@index(IMAGE, "droplet")
def _image_droplet(image: StoredImage) -> Iterable[Key]:
    return () if image["droplet_id"] is None else (f"{image['type']}:{image['droplet_id']}",)


def images_of(account: Account, type: str, droplet_id: int) -> list[Key]:
    """Return ids of the snapshots or backups that were made of a Droplet."""
    return account.store(IMAGE).keys("droplet", f"{type}:{droplet_id}")


def volumes_of(account: Account, droplet_id: int) -> list[Key]:
    """Return ids of the volumes attached to a Droplet."""
    return account.store(VOLUME).keys("droplet", droplet_id)


def reserved_ips_of(account: Account, droplet_id: int) -> list[Key]:
    """Return reserved addresses assigned to a Droplet."""
    return account.store(RESERVED_IP).keys("droplet", droplet_id)


def reserved_ipv6s_of(account: Account, droplet_id: int) -> list[Key]:
    """Return reserved IPv6 addresses assigned to a Droplet."""
    return account.store(RESERVED_IPV6).keys("droplet", droplet_id)


def volume_snapshots_of(account: Account, droplet_id: int) -> list[Key]:
    """Return ids of the snapshots of the volumes attached to a Droplet."""
    store = account.store(VOLUME_SNAPSHOT)
    return [key for volume in volumes_of(account, droplet_id) for key in store.keys("volume", volume)]
