"""The account itself."""

from __future__ import annotations

from ..engine.account import Account
from ..engine.records import Record
from ..http.messages import Call
from ..http.routes import Operations
from .images.transfers import email_of, team_of

OPERATIONS = Operations()


@OPERATIONS("GET", "/v2/account", "account:read")
def get_account(call: Call) -> Record:
    """Who is asking, and how much they may have."""
    return {"account": call.scopes.visible("account", _show(call.account))}


def _show(account: Account) -> Record:
    return {
        "droplet_limit": account.settings.droplet_limit,
        "floating_ip_limit": account.settings.reserved_ip_limit,
        "reserved_ip_limit": account.settings.reserved_ip_limit,
        "volume_limit": account.settings.volume_limit,
        "email": email_of(account),
        "name": "Simulated Account",
        "uuid": account.uuid("account").replace("-", ""),
        "email_verified": True,
        "status": "active",
        "status_message": "",
        "team": {"uuid": team_of(account), "name": "My Team"},
    }
