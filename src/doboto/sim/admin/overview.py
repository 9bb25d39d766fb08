"""What the page shows of everything."""

from __future__ import annotations

from ..engine.records import Record
from ..page.overview import glance
from . import clock
from .request import Ask


def shown(ask: Ask) -> Record:
    """What the page at `/` shows, the time included."""
    return {"clock": clock.shown(ask), **glance(ask.simulator, ask.query.get("account"))}
