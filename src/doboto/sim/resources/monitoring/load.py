"""How busy a simulated Droplet is: a curve over time that its id and the account's seed decide.

A curve is a mean with a wave a day and a wave an hour and a half long around it. It can be added up over any time at
once, so that averages (load over five minutes) and counters (seconds of CPU since boot) are true to it and cost the
same however long ago they began.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...engine.account import Account

DAY, SHORT = 86_400.0, 5_400.0
#: The waves' heights as parts of the mean, and the range of means: a curve stays above 0.06 and below 0.72.
DAILY, HOURLY = 0.4, 0.2
LEAST, MOST = 0.15, 0.45


@dataclass(frozen=True, slots=True)
class Curve:
    """A part of a whole, between 0 and 1, at every moment."""

    mean: float
    daily: float
    hourly: float

    def at(self, moment: float) -> float:
        """The value at a moment."""
        waves = DAILY * math.sin(_angle(moment, DAY, self.daily)) + HOURLY * math.sin(
            _angle(moment, SHORT, self.hourly)
        )
        return self.mean * (1 + waves)

    def total(self, since: float, until: float) -> float:
        """The area under the curve between two moments, in seconds."""
        waves = _area(since, until, DAY, self.daily, DAILY) + _area(since, until, SHORT, self.hourly, HOURLY)
        return self.mean * (until - since + waves)

    def average(self, since: float, until: float) -> float:
        """The mean between two moments."""
        return self.total(since, until) / (until - since) if until > since else self.at(until)


def curve(account: Account, droplet_id: int, name: str) -> Curve:
    """The named curve of a Droplet."""
    number = account.draw("load", name, str(droplet_id))
    mean, daily, hourly = ((number >> 32 * place & 0xFFFFFFFF) / 2**32 for place in range(3))
    return Curve(LEAST + (MOST - LEAST) * mean, daily, hourly)


def _angle(moment: float, period: float, phase: float) -> float:
    return 2 * math.pi * (moment / period + phase)


def _area(since: float, until: float, period: float, phase: float, height: float) -> float:
    turned = math.cos(_angle(since, period, phase)) - math.cos(_angle(until, period, phase))
    return height * period / (2 * math.pi) * turned
