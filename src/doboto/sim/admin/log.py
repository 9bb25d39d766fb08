"""The log of the last requests."""

from __future__ import annotations

from ..fields import integer
from ..records import Record
from .ask import Ask


def shown(ask: Ask) -> Record:
    """The last requests, or those after a number."""
    log = ask.simulator.log
    after = integer(ask.query.get("after")) or 0
    return {"requests": [entry.shown() for entry in log.entries(after)], "total": log.total}


def clear(ask: Ask) -> Record:
    """Forget them."""
    ask.simulator.log.clear()
    return shown(ask)
