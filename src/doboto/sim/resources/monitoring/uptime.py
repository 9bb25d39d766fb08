"""When a Droplet was on: its actions say so, and they outlive it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ...engine import actions
from ...engine.account import Account
from ...engine.lifecycle import DROPLET_ACTIONS
from ...engine.records import Record

#: From one boot to the next, or to the end; counters of a machine begin anew with each.
Span = tuple[float, float]


def spans(account: Account, droplet_id: int, until: float) -> list[Span]:
    """The times at which the Droplet ran, oldest first."""
    found: list[Span] = []
    booted: float | None = None
    for moment, on in _turns(account, droplet_id):
        if booted is not None:
            found.append((booted, moment))
        booted = moment if on else None
    return found if booted is None else [*found, (booted, until)]


def span_at(found: list[Span], moment: float) -> Span | None:
    """The span that a moment is in."""
    return next(((boot, end) for boot, end in reversed(found) if boot <= moment <= end), None)


def _turns(account: Account, droplet_id: int) -> Iterator[tuple[float, bool]]:
    # Every boot, also of a machine that was on, and every end of running.
    on = False
    for key in reversed(actions.of(account, "droplet", droplet_id)):
        action = account.get("action", key)
        turned = _turn(account, action)
        if turned is not None and not (on and action["type"] == "power_on"):
            on = turned
            yield datetime.fromisoformat(action["completed_at"]).timestamp(), on


def _turn(account: Account, action: Record) -> bool | None:
    if action["status"] != "completed":
        return None
    type: str = action["type"]
    if type == "create":
        return True
    becomes = DROPLET_ACTIONS[type].becomes if type in DROPLET_ACTIONS else None
    if becomes is None or (type == "shutdown" and not account.settings.shutdown_succeeds):
        return None
    return becomes == "active"
