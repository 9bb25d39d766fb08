"""Looking again and again for what a lost response would have said, with patience for lag."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import chain, repeat

from .._core.deadline import Deadline
from .._core.retry import is_transient
from .._session import Session
from ..errors import DOBOTOException

#: How long to look, and the pauses in between, in seconds: lists were seen to lag "a couple of seconds" (pydo#468).
PATIENCE = 12.0
PAUSES = (0.5, 1.0, 1.5, 2.0, 3.0)

#: Looks once: True when the outcome is known, False when not, None when it is about to be: patience starts afresh.
Look = Callable[[], Awaitable[bool | None]]


async def look_until_known(session: Session, look: Look, deadline: Deadline) -> str:
    """Look again and again until the outcome is known, or patience or the deadline is over; returns why it ended.

    Patience is for what lags behind. It starts afresh when looking failed: what loses answers loses those too, and
    an outage often lasts longer than any lag.
    """
    io, clock = session.io, session.io.clock
    begun = clock.monotonic()
    end, trouble = begun + PATIENCE, ""
    for longest in chain((0.0, *PAUSES), repeat(PAUSES[-1])):
        now = clock.monotonic()
        pause = max(0.0, min(longest, end - now))
        if deadline.remaining(now) <= pause:
            break
        await io.sleep(pause)
        looked = clock.monotonic()
        try:
            known = await look()
            if known:
                return ""
            trouble = ""
            if known is None:
                end = clock.monotonic() + PATIENCE
            if looked >= end:
                break  # this look began when patience was over: looks can take long themselves
        except DOBOTOException as failure:
            trouble = f"; looking failed: {failure}"
            if not (is_transient(failure) or failure.outcome_open):
                break  # a refusal; a response that makes no sense says nothing of the next
            end = clock.monotonic() + PATIENCE
    return f"looked for {clock.monotonic() - begun:.0f} s{trouble}"
