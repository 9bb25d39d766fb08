"""Droplets and actions as the API shows them, each 2.6 KB and 0.5 KB of JSON, made in a microsecond."""

from __future__ import annotations

import json
from typing import Any

FIRST_ID = 300_000_000
#: Bytes of one Droplet: what those of a real account take, with the sizes that its region has.
BYTES = 2600

REGION: dict[str, Any] = {
    "name": "New York 3",
    "slug": "nyc3",
    "features": ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"],
    "available": True,
    "sizes": [],
}
SIZE = {
    "slug": "s-1vcpu-1gb", "memory": 1024, "vcpus": 1, "disk": 25, "transfer": 1.0, "price_monthly": 6.0,
    "price_hourly": 0.00893, "available": True, "description": "Basic",
    "regions": ["ams3", "blr1", "fra1", "lon1", "nyc1", "nyc3", "sfo3", "sgp1", "syd1", "tor1"],
}  # fmt: skip
IMAGE = {
    "id": 155133621, "name": "24.04 (LTS) x64", "distribution": "Ubuntu", "slug": "ubuntu-24-04-x64", "public": True,
    "regions": ["ams3", "blr1", "fra1", "lon1", "nyc1", "nyc3", "sfo3", "sgp1", "syd1", "tor1"], "tags": [],
    "created_at": "2026-08-01T10:00:00Z", "min_disk_size": 7, "type": "base", "size_gigabytes": 0.63,
    "description": "Ubuntu 24.04 (LTS) x64", "status": "available",
}  # fmt: skip
NETWORKS = {
    "v4": [
        {"ip_address": "198.18.0.7", "netmask": "255.255.240.0", "gateway": "198.18.0.1", "type": "public"},
        {"ip_address": "10.108.0.7", "netmask": "255.255.240.0", "gateway": "10.108.0.1", "type": "private"},
    ],
    "v6": [],
}  # fmt: skip
DROPLET: dict[str, Any] = {
    "id": 111222333444, "name": "@name@", "memory": 1024, "vcpus": 1, "disk": 25, "locked": False, "status": "@status@",
    "kernel": None, "created_at": "2026-11-01T10:00:00Z",
    "features": ["monitoring", "droplet_agent", "private_networking"],
    "backup_ids": [], "next_backup_window": None, "snapshot_ids": [], "image": IMAGE, "volume_ids": [], "size": SIZE,
    "size_slug": "s-1vcpu-1gb", "networks": "@networks@", "region": REGION, "tags": ["env:prod", "web"],
    "vpc_uuid": "760e09ef-dc84-11e8-981e-3cfdfeaae000",
}  # fmt: skip
ACTION: dict[str, Any] = {
    "id": 111222333444, "status": "@status@", "type": "create",
    "started_at": "2026-11-01T10:00:00Z", "completed_at": None,
    "resource_id": 111222333444, "resource_type": "droplet", "region": {**REGION, "sizes": ["s-1vcpu-1gb"]},
    "region_slug": "nyc3",
}  # fmt: skip


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _template() -> str:
    """A Droplet of the wanted length; its region has as many sizes as there is room for."""
    sizes: list[str] = []
    while len(_compact({**DROPLET, "networks": NETWORKS, "region": {**REGION, "sizes": sizes}})) < BYTES - 12:
        number = len(sizes)
        sizes.append(
            f"{'smcg'[number % 4]}-{2 ** (number % 6)}vcpu-{2 ** (number % 7)}gb{'-intel' * (number % 3 == 2)}"
        )
    return _compact({**DROPLET, "region": {**REGION, "sizes": sizes}})


_DROPLET = _template().replace("111222333444", "%d").replace('"@networks@"', "%s").replace("@name@", "%s")
DROPLET_TEXT = _DROPLET.replace("@status@", "%s")
ACTION_TEXT = _compact(ACTION).replace("111222333444", "%d").replace("@status@", "%s")
ADDRESSES = _compact(NETWORKS)
NO_ADDRESSES = _compact({"v4": [], "v6": []})


def droplet(number: int, name: str | None = None, *, active: bool = True) -> bytes:
    """The Droplet with that number; it has addresses once it is active."""
    places = FIRST_ID + number, name or f"web-{number:05}", *_state(active)
    return (DROPLET_TEXT % places).encode()


def action(number: int, *, done: bool) -> bytes:
    """The create action of the Droplet with that number."""
    return (ACTION_TEXT % (FIRST_ID + number, "completed" if done else "in-progress", FIRST_ID + number)).encode()


def _state(active: bool) -> tuple[str, str]:
    return ("active", ADDRESSES) if active else ("new", NO_ADDRESSES)
