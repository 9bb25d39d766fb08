"""What the page shows of everything."""

from __future__ import annotations

from ..page.glance import glance
from ..records import Record
from . import clock
from .ask import Ask


def shown(ask: Ask) -> Record:
    """What the page at `/` shows, the time included."""
    return {"clock": clock.shown(ask), **glance(ask.simulator, ask.query.get("account"))}
