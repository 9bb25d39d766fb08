"""Relations between Droplets and what belongs to them, found from either side.

Each store's owner keeps one side of a relation in its records; indexes here give the other side. Members that records
must have:

- `volume`: `id`, `name`, `size_gigabytes`, `region` (slug), `droplet_ids`, `tags`
- `volume_snapshot`: `id`, `name`, `size_gigabytes`, `resource_id` (of the volume), `tags`
- `reserved_ip`: `ip`, `region` (slug), `droplet_id` (or null)
- `reserved_ipv6`: the same
- `firewall`: `id`, `droplet_ids`, `tags`
- `image`: `id`, `type`, `droplet_id` (or null), `tags`

A resource with such a relation also registers with `on_droplet_destroyed` and ends the relation there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .account import Account
from .records import Key, Record
from .store import index

#: Called once a destroyed Droplet's resources come free, with the Droplet's last record.
DestroyHook = Callable[[Account, float, Record], None]
_HOOKS: list[DestroyHook] = []


def on_droplet_destroyed(hook: DestroyHook) -> DestroyHook:
    """Register what has to happen to other resources when a Droplet was destroyed."""
    _HOOKS.append(hook)
    return hook


def notify_droplet_destroyed(account: Account, now: float, droplet: Record) -> None:
    """Call the hooks of a Droplet that was destroyed."""
    for hook in _HOOKS:
        hook(account, now, droplet)


@index("volume", "droplet")
def _volume_droplets(volume: Record) -> Iterable[Key]:
    droplet_ids: list[int] = volume["droplet_ids"]
    return droplet_ids


@index("volume_snapshot", "volume")
def _snapshot_volume(snapshot: Record) -> Iterable[Key]:
    return (snapshot["resource_id"],)


@index("reserved_ip", "droplet")
@index("reserved_ipv6", "droplet")
def _reserved_ip_droplet(reserved_ip: Record) -> Iterable[Key]:
    return () if reserved_ip["droplet_id"] is None else (reserved_ip["droplet_id"],)


@index("firewall", "droplet")
def _firewall_droplets(firewall: Record) -> Iterable[Key]:
    return firewall["droplet_ids"] or ()


@index("firewall", "tag")
def _firewall_tags(firewall: Record) -> Iterable[Key]:
    return firewall["tags"] or ()


@index("image", "droplet")
def _image_droplet(image: Record) -> Iterable[Key]:
    return () if image["droplet_id"] is None else (f"{image['type']}:{image['droplet_id']}",)


def images_of(account: Account, type: str, droplet_id: int) -> list[Key]:
    """Return ids of the snapshots or backups that were made of a Droplet."""
    return account.store("image").keys("droplet", f"{type}:{droplet_id}")


def volumes_of(account: Account, droplet_id: int) -> list[Key]:
    """Return ids of the volumes attached to a Droplet."""
    return account.store("volume").keys("droplet", droplet_id)


def reserved_ips_of(account: Account, droplet_id: int) -> list[Key]:
    """Return reserved addresses assigned to a Droplet."""
    return account.store("reserved_ip").keys("droplet", droplet_id)


def reserved_ipv6s_of(account: Account, droplet_id: int) -> list[Key]:
    """Return reserved IPv6 addresses assigned to a Droplet."""
    return account.store("reserved_ipv6").keys("droplet", droplet_id)


def volume_snapshots_of(account: Account, droplet_id: int) -> list[Key]:
    """Return ids of the snapshots of the volumes attached to a Droplet."""
    store = account.store("volume_snapshot")
    return [key for volume in volumes_of(account, droplet_id) for key in store.keys("volume", volume)]


def firewalls_of(account: Account, droplet: Record) -> list[Key]:
    """Return ids of the firewalls that a Droplet is behind, by its id or by a tag."""
    store = account.store("firewall")
    by_tag = [key for tag in droplet["tags"] for key in store.keys("tag", tag)]
    return list(dict.fromkeys([*store.keys("droplet", droplet["id"]), *by_tag]))
