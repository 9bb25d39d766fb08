"""The account itself, its actions, and what it can order: regions, sizes, 1-Clicks."""

from __future__ import annotations

from .. import catalog
from ..engine import actions
from ..engine.account import Account
from ..engine.errors import not_found, unprocessable
from ..engine.fields import integer, read_required, text, texts
from ..engine.records import ACTION, Record, StoredAction
from ..http.messages import ApiCall, page
from ..http.routes import Operations
from . import byoip_prefixes as byoip


def email_of(account: Account) -> str:
    """Return an address that leads nowhere (RFC 2606), different for each account."""
    return f"sim-{account.draw('email') % 16**8:08x}@example.com"


def team_of(account: Account) -> str:
    """Return the UUID of the account's team."""
    return account.uuid("team")


OPERATIONS = Operations()


@OPERATIONS("GET", "/v2/account", "account:read")
def get_account(call: ApiCall) -> Record:
    """Return who is asking, and how much they may have."""
    return {"account": call.scopes.visible("account", _show(call.account))}


def _show(account: Account) -> Record:
    return {
        "droplet_limit": account.settings.droplet_limit,
        "floating_ip_limit": account.settings.reserved_ip_limit,
        "reserved_ip_limit": account.settings.reserved_ip_limit,
        "volume_limit": account.settings.volume_limit,
        "email": email_of(account),
        "name": email_of(account),  # as recorded on 2026-08-21
        "uuid": account.uuid("account"),
        "email_verified": True,
        "status": "active",
        "status_message": "",
        "team": {"uuid": team_of(account), "name": "My Team"},
    }


#: With it in `Accept`, actions of floating IPs are called by the new name (API reference, text on Actions).
RESERVED_IPS = "application/vnd.digitalocean.reserveip+json"


def _show_action(call: ApiCall, action: StoredAction) -> Record:
    shown = actions.show(action)
    renamed = shown["resource_type"] == "floating_ip" and RESERVED_IPS in call.headers.get("accept", "")
    return {**shown, "resource_type": "reserved_ip"} if renamed else shown


@OPERATIONS("GET", "/v2/actions", "actions:read")
def list_actions(call: ApiCall) -> Record:
    """List all actions, newest first."""
    keys = list(reversed(call.account.store(ACTION).records))
    return page(call, "actions", keys, lambda key: _show_action(call, call.account.get(ACTION, key)))


@OPERATIONS("GET", "/v2/actions/{action_id}", "actions:read")
def get_action(call: ApiCall) -> Record:
    """Return one action."""
    action = call.account.get(ACTION, integer(call.params["action_id"]) or 0)
    return {"action": _show_action(call, byoip.require_readable(call.account, action))}


@OPERATIONS("GET", "/v2/regions", "regions:read")
def list_regions(call: ApiCall) -> Record:
    """List all regions."""
    return page(call, "regions", catalog.entries("regions"), lambda region: region)


@OPERATIONS("GET", "/v2/sizes", "sizes:read", "regions:read")
def list_sizes(call: ApiCall) -> Record:
    """List all sizes."""
    return page(call, "sizes", catalog.entries("sizes"), lambda size: size)


@OPERATIONS("GET", "/v2/1-clicks")
def list_one_clicks(call: ApiCall) -> Record:
    """1-Click applications, of one type if asked; the reference has no pages here."""
    wanted = call.query.get("type")
    if wanted not in (None, "", "droplet", "kubernetes"):
        raise unprocessable("type must be droplet or kubernetes")
    return {"1_clicks": [entry for entry in catalog.entries("one_clicks") if wanted in (None, "", entry["type"])]}


@OPERATIONS("POST", "/v2/1-clicks/kubernetes", "kubernetes:update", "addon:create")
def install_one_clicks(call: ApiCall) -> Record:
    """Needs a Kubernetes cluster, and this simulator has none: every cluster is one that isn't there."""
    read_required(call.body, "addon_slugs", texts)
    read_required(call.body, "cluster_uuid", text)
    raise not_found()
