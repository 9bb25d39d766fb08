"""The API's clock beside the client's, as the Date headers of responses show it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from .._core.recovery import SKEW

#: How many readings are kept, and how many seconds lie between them at least; the newest is kept in any case. They
#: reach back further than a response is waited for and looked for.
KEPT = 100
SPACING = 1.0


class Reading(NamedTuple):
    """A Date header, in seconds since 1970, and when the exchange began and ended by the client's clock."""

    date: float
    sent: float
    received: float


class ApiClock:
    """Gives the time at the API at a moment of the client's clock, which may be wrong.

    The API's clock runs as fast as the client's, and the headers say by how much they differ. A simulator's
    clock may run faster (`doboto sim --speed 60`): then a second of doubt here is a minute there. Two headers that lie
    further apart than the time between them allows prove that, and the line through both gives the time.

    Args:
        parse: Parses a Date header: seconds since 1970, or None.
    """

    def __init__(self, parse: Callable[[str], float | None]) -> None:
        self._parse = parse
        self._noted: deque[tuple[str, float, float]] = deque(maxlen=KEPT)

    def note(self, date: str, sent: float, received: float) -> None:
        """Note the Date header of a response, and when its request was sent and it was received."""
        noted = self._noted
        if len(noted) > 1 and noted[-1][2] - noted[-2][2] < SPACING:
            noted[-1] = (date, sent, received)
        else:
            noted.append((date, sent, received))

    def at(self, moment: float) -> float:
        """Return the API's time at a moment of the client's clock, in seconds since 1970: that moment if none is known.

        It is no later than the real one by more than two seconds; earlier by as much as the quickest response took.
        """
        readings = list(self._newest_first())
        if not readings:
            return moment
        last = readings[0]
        same_speed = moment + _ahead(readings)
        if moment >= last.received:
            return same_speed
        before = next((one for one in readings if one.received <= moment), None)
        faster = _before(readings[-1], last, moment) if before is None else _between(before, last, moment)
        return same_speed if faster is None else min(same_speed, faster)

    def _newest_first(self) -> Iterator[Reading]:
        for date, sent, received in reversed(list(self._noted)):
            parsed = self._parse(date)
            if parsed is not None:
                yield Reading(parsed, sent, received)


def _ahead(newest_first: Sequence[Reading]) -> float:
    """Return how far the API's clock is ahead of ours at least, in seconds, if both run at the same speed.

    A date is made while its exchange goes on, so each reading gives a lower bound, the closer the quicker it was. One
    that lies beyond what the newest allows was made before one of the clocks was set.
    """
    last = newest_first[0]
    most = last.date + 1 - last.sent  # a date is cut to whole seconds
    bounds = [one.date - one.received for one in newest_first]
    return max((bound for bound in bounds if bound <= most), default=bounds[0])


def _between(first: Reading, last: Reading, moment: float) -> float | None:
    """Return the API's time at a moment after the first reading; None if its clock need not be faster than ours."""
    passed, ours = last.date - first.date, last.received - first.received
    if passed - 1 <= last.received - first.sent:  # both dates are cut to whole seconds
        return None
    return first.date + passed * (moment - first.received) / ours if ours > 0 else first.date


def _before(first: Reading, last: Reading, moment: float) -> float | None:
    """Return the API's time at a moment before the first reading; None if its clock is not certainly faster than ours.

    Dates of two servers may differ a little; over the short time between the readings that must not look like speed.
    """
    passed, ours = last.date - first.date, last.sent - first.received
    if ours <= 0 or passed - 1 <= last.received - first.sent + SKEW:
        return None
    return first.date - (passed + 1) * (first.received - moment) / ours
