"""What a firewall protects, and its changes on their way to the Droplets.

A change is of one Droplet whose security policy is being updated. How changes appear is the API reference's `status`
and `pending_changes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...engine import relations, tagging
from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import conflict, not_found, over_limit, unprocessable
from ...engine.lifecycle import durations, effect
from ...engine.records import DROPLET, Key, Record, StoredDroplet
from ...engine.store import index
from .rules import FIREWALL, PEERS, FirewallChange, FirewallMembers, StoredFirewall, show_rules, targets, without

durations(firewall__apply=5.0)

#: 409, seen in `harmony-one/harmony-ops#390` (2020-02-20).
DUPLICATE_NAME = "duplicate name"


@index(FIREWALL, "name")
def _name(firewall: StoredFirewall) -> Iterable[Key]:
    return (firewall["name"],)


@index(FIREWALL, "droplet")
def _droplets(firewall: StoredFirewall) -> Iterable[Key]:
    return firewall["droplet_ids"]


@index(FIREWALL, "tag")
def _tags(firewall: StoredFirewall) -> Iterable[Key]:
    return firewall["tags"]


@index(FIREWALL, "target")
def _targets(firewall: StoredFirewall) -> Iterable[Key]:
    return targets(firewall)


def get(account: Account, key: str) -> StoredFirewall:
    """Return the firewall with that id, else 404."""
    return account.get(FIREWALL, key)


def require_free_name(account: Account, name: str, own: Key | None = None) -> None:
    """Refuse a name that another firewall has with 409."""
    if any(key != own for key in account.store(FIREWALL).keys("name", name)):
        raise conflict(DUPLICATE_NAME)


def require_room(account: Account, members: Mapping[str, Any]) -> None:
    """Refuse more Droplets, tags or rules than a firewall may have; the texts are our own."""
    settings = account.settings
    rules = len(members["inbound_rules"]) + len(members["outbound_rules"])
    for number, limit, what in (
        (len(members["droplet_ids"]), settings.firewall_droplet_limit, "Droplet"),
        (len(members["tags"]), settings.firewall_tag_limit, "tag"),
        (rules, settings.firewall_rule_limit, "rule"),
    ):
        if limit and number > limit:
            refusal = unprocessable(f"a firewall can have at most {limit} {what}s")
            raise over_limit(refusal, f"firewall_{what.lower()}_limit")


def create(account: Account, now: float, members: FirewallMembers) -> StoredFirewall:
    """Create a firewall; its rules are on their way to what it protects."""
    key = account.uuid()
    firewall: StoredFirewall = {"id": key, "created_at": iso(now), "changes": [], **members}
    account.put(FIREWALL, key, firewall)
    return _begin(account, now, key, dict.fromkeys(protected_droplets(account, firewall), False))


def update(account: Account, now: float, key: str, **members: Any) -> StoredFirewall:
    """Change rules or what is protected; every Droplet concerned is updated."""
    require_room(account, {**get(account, key), **members})
    before = protected_droplets(account, get(account, key))
    after = protected_droplets(account, account.change(FIREWALL, key, **members))
    gone = [number for number in before if number not in after]
    return _begin(account, now, key, {**dict.fromkeys(after, False), **dict.fromkeys(gone, True)})


def extend(account: Account, now: float, key: str, **members: Any) -> StoredFirewall:
    """Protect more or fewer Droplets under the same rules; only these are updated."""
    before = set(protected_droplets(account, get(account, key)))
    after = set(protected_droplets(account, account.change(FIREWALL, key, **members)))
    return _begin(account, now, key, {number: number in before for number in sorted(before ^ after)})


def protected_droplets(account: Account, firewall: StoredFirewall) -> list[int]:
    """Return the Droplets behind the firewall, by id or by tag."""
    by_tag = [key for tag in firewall["tags"] for key in tagging.find_tagged(account, DROPLET, tag)]
    return list(dict.fromkeys([*firewall["droplet_ids"], *by_tag]))


def firewalls_of(account: Account, droplet: StoredDroplet) -> list[Key]:
    """Return ids of the firewalls that a Droplet is behind, by its id or by a tag."""
    store = account.store(FIREWALL)
    by_tag = [key for tag in droplet["tags"] for key in store.keys("tag", tag)]
    return list(dict.fromkeys([*store.keys("droplet", droplet["id"]), *by_tag]))


def show(firewall: StoredFirewall) -> Record:
    """Return a firewall as the API shows it."""
    pending = [
        {"droplet_id": change["droplet_id"], "removing": change["removing"], "status": "waiting"}
        for change in firewall["changes"]
    ]
    return {
        "id": firewall["id"],
        "name": firewall["name"],
        "status": "waiting" if pending else "succeeded",
        "inbound_rules": show_rules(firewall["inbound_rules"], PEERS["inbound_rules"]),
        "outbound_rules": show_rules(firewall["outbound_rules"], PEERS["outbound_rules"]),
        "created_at": firewall["created_at"],
        "droplet_ids": firewall["droplet_ids"],
        "tags": firewall["tags"],
        "pending_changes": pending,
    }


def _begin(account: Account, now: float, key: str, changes: dict[int, bool]) -> StoredFirewall:
    firewall = get(account, key)
    if not changes:
        return firewall
    number = account.count("firewall_change")
    kept = [change for change in firewall["changes"] if change["droplet_id"] not in changes]
    new: list[FirewallChange] = [
        {"droplet_id": item, "removing": removing, "change": number} for item, removing in changes.items()
    ]
    account.after(account.settings.seconds("firewall.apply"), "firewall.applied", now, firewall_id=key, change=number)
    return account.change(FIREWALL, key, changes=[*kept, *new])


@effect("firewall.applied")
def _apply_changes(account: Account, _now: float, *, firewall_id: str, change: int) -> None:
    firewall = account.find(FIREWALL, firewall_id)
    if firewall is not None:
        left = [one for one in firewall["changes"] if one["change"] != change]
        account.change(FIREWALL, firewall_id, changes=left)


@relations.on_droplet_destroyed
def _forget_droplet(account: Account, _now: float, droplet: StoredDroplet) -> None:
    number = droplet["id"]
    store = account.store(FIREWALL)
    for key in store.keys("droplet", number):
        left = [one for one in store.records[key]["droplet_ids"] if one != number]
        account.change(FIREWALL, key, droplet_ids=left)
    for key in store.keys("change", number):
        changes = [one for one in store.records[key]["changes"] if one["droplet_id"] != number]
        account.change(FIREWALL, key, changes=changes)
    forget(account, "droplet_ids", number)


@index(FIREWALL, "change")
def _changes(firewall: StoredFirewall) -> Iterable[Key]:
    return [change["droplet_id"] for change in firewall["changes"]]


def forget(account: Account, member: str, gone: Key) -> None:
    """Take what no longer exists out of all rules (unverified: no trace shows what the real API does)."""
    for key in account.store(FIREWALL).keys("target", f"{member}:{gone}"):
        firewall = account.get(FIREWALL, key)
        account.change(FIREWALL, key, **without(firewall, member, gone))


@tagging.on_tag_deleted
def _forget_tag(account: Account, now: float, name: str) -> None:
    for key in account.store(FIREWALL).keys("tag", name):
        left = [tag for tag in account.get(FIREWALL, key)["tags"] if tag != name]
        extend(account, now, str(key), tags=left)
    forget(account, "tags", name)


def remove(account: Account, key: str) -> None:
    """Delete a firewall, else 404."""
    if account.delete(FIREWALL, key) is None:
        raise not_found()
