"""Firewalls."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ...engine.errors import unprocessable
from ...engine.fields import integer, read_identifiers, read_name, read_required
from ...engine.records import Key, Record, as_list
from ...http.messages import ApiCall, page
from ...http.routes import Operations
from . import rules, state
from .rules import FIREWALL, FirewallMembers, StoredFirewall

OPERATIONS = Operations()

#: API reference, pattern of `name`; the refusal's text is our own.
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.\-]+")


def _show(call: ApiCall, firewall: StoredFirewall) -> Record:
    return call.scopes.visible("firewall", state.show(firewall))


def _in_path(call: ApiCall) -> StoredFirewall:
    return state.get(call.account, call.params["firewall_id"])


def _members(call: ApiCall, own: str | None = None) -> FirewallMembers:
    """Return all that a request says of a firewall; what it leaves out has its default."""
    account, body = call.account, call.body
    name = read_name(body)
    if not NAME.fullmatch(name):
        raise unprocessable("name must begin with an alphanumeric character and have only those, periods and dashes")
    found: FirewallMembers = {
        "name": name,
        **rules.read_rules(account, body),
        "droplet_ids": rules.droplets_named(account, body),
        "tags": rules.tags_named(account, body),
    }
    _readable(call, found)
    state.require_free_name(account, name, own)
    return found


def _readable(call: ApiCall, members: Mapping[str, Any]) -> None:
    # API reference, text of PUT: the token needs read access to what is attached.
    needed = {"droplet_ids": "droplet:read", "tags": "tag:read"}
    call.scopes.require(*(scope for name, scope in needed.items() if members.get(name)))
    if call.body.get("tags"):
        call.scopes.require("tag:create")  # API reference, existing_tags_array


@OPERATIONS("GET", "/v2/firewalls", "firewall:read")
def list_firewalls(call: ApiCall) -> Record:
    """List all firewalls."""
    return page(call, "firewalls", list(call.account.store(FIREWALL)), lambda firewall: _show(call, firewall))


@OPERATIONS("POST", "/v2/firewalls", "firewall:create", status=202)
def create_firewall(call: ApiCall) -> Record:
    """Create a firewall."""
    members = _members(call)
    state.require_room(call.account, members)
    return {"firewall": _show(call, state.create(call.account, call.now, members))}


@OPERATIONS("GET", "/v2/firewalls/{firewall_id}", "firewall:read")
def get_firewall(call: ApiCall) -> Record:
    """Return one firewall."""
    return {"firewall": _show(call, _in_path(call))}


@OPERATIONS("PUT", "/v2/firewalls/{firewall_id}", "firewall:update")
def update_firewall(call: ApiCall) -> Record:
    """Update the firewall to what the request says; nothing of its former configuration stays."""
    firewall = _in_path(call)
    _readable(call, firewall)
    changed = state.update(call.account, call.now, firewall["id"], **_members(call, firewall["id"]))
    return {"firewall": _show(call, changed)}


@OPERATIONS("DELETE", "/v2/firewalls/{firewall_id}", "firewall:delete", status=204)
def delete_firewall(call: ApiCall) -> None:
    """Delete a firewall; Droplets behind it lose its protection."""
    state.remove(call.account, call.params["firewall_id"])


@OPERATIONS("POST", "/v2/firewalls/{firewall_id}/droplets", "firewall:update", status=204)
def add_droplets(call: ApiCall) -> None:
    """Put Droplets behind the firewall."""
    firewall = _in_path(call)
    read_required(call.body, "droplet_ids", as_list)
    more = rules.droplets_named(call.account, call.body)
    _extend(call, firewall, "droplet_ids", [*firewall["droplet_ids"], *more])


@OPERATIONS("DELETE", "/v2/firewalls/{firewall_id}/droplets", "firewall:update", status=204)
def remove_droplets(call: ApiCall) -> None:
    """Take Droplets out; one that isn't behind the firewall changes nothing (unverified)."""
    firewall = _in_path(call)
    read_required(call.body, "droplet_ids", as_list)
    gone = {integer(item) for item in read_identifiers(call.body, "droplet_ids")}
    _extend(call, firewall, "droplet_ids", [item for item in firewall["droplet_ids"] if item not in gone])


@OPERATIONS("POST", "/v2/firewalls/{firewall_id}/tags", "firewall:update", status=204)
def add_tags(call: ApiCall) -> None:
    """Put all Droplets with a tag behind the firewall."""
    firewall = _in_path(call)
    read_required(call.body, "tags", as_list)
    _extend(call, firewall, "tags", [*firewall["tags"], *rules.tags_named(call.account, call.body)])


@OPERATIONS("DELETE", "/v2/firewalls/{firewall_id}/tags", "firewall:update", status=204)
def remove_tags(call: ApiCall) -> None:
    """Take tags off the firewall; one that it doesn't have changes nothing (unverified)."""
    firewall = _in_path(call)
    read_required(call.body, "tags", as_list)
    gone = {name.lower() for name in read_identifiers(call.body, "tags")}
    _extend(call, firewall, "tags", [name for name in firewall["tags"] if name.lower() not in gone])


def _extend(
    call: ApiCall, firewall: StoredFirewall, name: Literal["droplet_ids", "tags"], items: Sequence[Key]
) -> None:
    _readable(call, {name: items or firewall[name]})
    distinct = list(dict.fromkeys(items))
    if len(distinct) > len(firewall[name]):
        state.require_room(call.account, {**firewall, name: distinct})
    state.extend(call.account, call.now, firewall["id"], **{name: distinct})


@OPERATIONS("POST", "/v2/firewalls/{firewall_id}/rules", "firewall:update", status=204)
def add_rules(call: ApiCall) -> None:
    """Add rules."""
    firewall, more = _in_path(call), rules.read_rules(call.account, call.body)
    changed = rules.combine(rules.add_rules, firewall, more)
    state.update(call.account, call.now, firewall["id"], **changed)


@OPERATIONS("DELETE", "/v2/firewalls/{firewall_id}/rules", "firewall:update", status=204)
def remove_rules(call: ApiCall) -> None:
    """Remove rules that are exactly like those in the request."""
    firewall, fewer = _in_path(call), rules.read_rules(call.account, call.body)
    changed = rules.combine(rules.remove_rules, firewall, fewer)
    state.update(call.account, call.now, firewall["id"], **changed)
