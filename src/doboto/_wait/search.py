"""Looking again and again for what a lost response would have said, with patience for lag."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import chain, repeat
from typing import Any

from .._core.deadline import Deadline
from .._core.retry import is_transient
from .._session import Session
from ..errors import DOBOTOException, DOBOTOOutcomeUnknownException, describe_reason

#: How long to look, and the pauses in between, in seconds: lists were seen to lag "a couple of seconds" (pydo#468).
PATIENCE = 12.0
PAUSES = (0.5, 1.0, 1.5, 2.0, 3.0)
#: What an error of an open outcome has of the one that left it open.
CARRIED = ("method", "url", "status", "id", "request_id", "headers", "body", "attempts")

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


def with_tag(tag: str | None) -> str:
    """Return what a request is looked for by beside what it asked for, in words."""
    return "" if tag is None else f", with the tag {tag}"


def when(seconds: float) -> str:
    """Return a moment in words; one that is beyond the calendar, by an odd Date header, in seconds."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"{seconds:.0f} s after 1970 began"


def outcome_unknown(
    failure: DOBOTOException, asked: Any, looked_for: str, why: str, found: Sequence[Any]
) -> DOBOTOOutcomeUnknownException:
    error = DOBOTOOutcomeUnknownException(
        f"the outcome is unknown; looked for {looked_for} ({why}). Check before you retry: "
        f"nothing is sent again by itself. The cause was {describe_reason(failure)}",
        failure.result,
        asked=asked,
        looked_for=looked_for,
        error=failure,
        created=found,
        **{name: getattr(failure, name) for name in CARRIED},
    )
    error.sent_at = failure.sent_at
    return error
