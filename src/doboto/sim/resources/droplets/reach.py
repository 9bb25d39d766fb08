"""Which Droplets could be reached over the network, if there were one: those that are active and have booted."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ...engine.account import Account
from ...engine.records import Key, Record
from ...engine.store import index


@index("droplet", "address")
def _address(droplet: Record) -> Iterable[Key]:
    networks = droplet["networks"]
    return [interface["ip_address"] for interface in (*networks["v4"], *networks["v6"])]


def boots(account: Account, now: float) -> Record:
    """The member of a Droplet that starts now: when its ports answer."""
    return {"answers_from": now + account.clock.lasting(account.settings.boot_seconds)}


def answers(account: Account, host: str, port: int, now: float) -> bool:
    """Whether a Droplet of the account listens there: at an address of its own or a reserved one."""
    if port not in account.settings.open_ports:
        return False
    return any(_up(account, account.find("droplet", key), now) for key in _at(account, host))


def _at(account: Account, host: str) -> list[Key]:
    try:
        address = str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return []
    kinds = ("reserved_ip", "reserved_ipv6")
    reserved = [record["droplet_id"] for kind in kinds if (record := account.find(kind, address)) is not None]
    return [*account.store("droplet").keys("address", address), *(key for key in reserved if key is not None)]


def _up(account: Account, droplet: Record | None, now: float) -> bool:
    if droplet is None or droplet["status"] != "active":
        return False
    # The boot may have begun on another clock, before a restart.
    return account.clock.lasting(droplet.get("answers_from", 0.0) - now) <= 0
