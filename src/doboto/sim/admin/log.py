"""The log of the last requests."""

from __future__ import annotations

from ..engine.fields import integer
from ..engine.records import Record
from .request import Ask


def shown(ask: Ask) -> Record:
    """The last requests, or those after a number."""
    log = ask.simulator.log
    after = integer(ask.query.get("after")) or 0
    return {"requests": [entry.shown() for entry in log.entries(after)], "total": log.total}


def clear(ask: Ask) -> Record:
    """Forget them."""
    ask.simulator.log.clear()
    return shown(ask)
