"""What Droplets are found by, and who may see them when."""

from __future__ import annotations

from collections.abc import Iterable

from ... import catalog
from ...engine.account import Account
from ...engine.errors import not_found
from ...engine.fields import integer
from ...engine.records import Key, Record
from ...engine.store import index


@index("droplet", "name")
def _name(droplet: Record) -> Iterable[Key]:
    return (droplet["name"].lower(),)


@index("droplet", "type")
def _type(droplet: Record) -> Iterable[Key]:
    return (type_of(droplet["size_slug"]),)


@index("droplet", "host")
def _host(droplet: Record) -> Iterable[Key]:
    return (droplet["host"],)


@index("droplet", "vpc")
def _vpc(droplet: Record) -> Iterable[Key]:
    return (droplet["vpc_uuid"],)


def type_of(size_slug: str) -> str:
    """`gpus` or `droplets`, as the list's filter calls them."""
    return "gpus" if "gpu_info" in (catalog.size(size_slug) or {}) else "droplets"


def get(account: Account, identifier: object, now: float) -> Record:
    """The Droplet with the id in a path, else 404."""
    number = integer(identifier)
    droplet = None if number is None else account.find("droplet", number)
    if droplet is None or droplet["found_from"] > now:
        raise not_found()
    return droplet


def note_lag(account: Account, until: float) -> None:
    """Remember that Droplets are missing in lists till then: otherwise lists need not look at each of them."""
    known = account.find("lag", "list")
    if known is None or known["until"] < until:
        account.put("lag", "list", {"until": until})


def listed(account: Account, keys: Iterable[Key], now: float) -> list[Key]:
    """Those that lists already show, in the order of lists."""
    shown = list(keys)
    if (account.find("lag", "list") or {"until": now})["until"] > now:
        store = account.store("droplet").records
        shown = [key for key in shown if store[key]["listed_from"] <= now]
    return shown if account.settings.droplet_order == "ascending" else shown[::-1]
