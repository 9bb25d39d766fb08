"""Destroying Droplets. It is not an action (`api-v2#31`): there is nothing to ask afterwards but whether it is gone."""

from __future__ import annotations

from ...engine import actions, relations
from ...engine.account import Account
from ...engine.errors import pending_event
from ...engine.events import effect
from ...engine.records import Record


def may_destroy(account: Account, droplet: Record) -> None:
    """Refuse a Droplet with a pending event where the settings say so."""
    if not account.settings.delete_while_pending and actions.pending(account, "droplet", droplet["id"]):
        raise pending_event()


def destroy(account: Account, now: float, droplet: Record) -> None:
    """Destroy a Droplet, now or after the time that the settings give it; doing it twice changes nothing."""
    if droplet["destroying"]:
        return
    if account.settings.destroy_seconds:
        account.change("droplet", droplet["id"], destroying=True)
        account.after(account.settings.destroy_seconds, "droplet.destroy", now, droplet_id=droplet["id"])
    else:
        remove(account, now, droplet["id"])


def remove(account: Account, now: float, droplet_id: int) -> None:
    """Take a Droplet away; what was attached to it comes free a moment later (`godo#146`)."""
    droplet = account.delete("droplet", droplet_id)
    if droplet is not None:
        account.after(account.settings.detach_seconds, "droplet.released", now, droplet=droplet)


@effect("droplet.destroy")
def _destroy(account: Account, now: float, *, droplet_id: int) -> None:
    remove(account, now, droplet_id)


@effect("droplet.released")
def _released(account: Account, now: float, *, droplet: Record) -> None:
    relations.droplet_destroyed(account, now, droplet)
