"""Accounts, what they hold, and all of it as a document."""

from __future__ import annotations

from .. import snapshot
from ..engine.errors import not_found, unprocessable
from ..engine.records import Record
from .request import Ask


def listed(ask: Ask) -> Record:
    """Which accounts there are, what they hold, and what their most used token has left."""
    now = ask.simulator.clock.now()
    return {
        "accounts": [
            {
                "account": account.name,
                "resources": {kind: len(records) for kind, records in account.dump().items() if records},
                "ratelimit_remaining": account.rates.lowest(now).remaining(now),
            }
            for account in ask.simulator.accounts.values()
        ]
    }


def reset(ask: Ask) -> Record:
    """Empty all accounts, or one."""
    name = ask.account(ask.members)
    if name is not None and name not in ask.simulator.accounts:
        raise not_found(f"There is no account {name}.")
    return {"reset": snapshot.reset(ask.simulator, name)}


def state(ask: Ask) -> Record:
    """Everything as one document."""
    return snapshot.dump(ask.simulator)


def load(ask: Ask) -> Record:
    """Put such a document back."""
    try:
        snapshot.load(ask.simulator, ask.body)
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    return {"loaded": list(ask.simulator.accounts)}
