"""A clock that runs faster than real time, as the simulator's `RealClock(speed=...)` does."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class ScaledClock:
    """The machine's clock, `speed` times as fast."""

    speed: float

    def time(self) -> float:
        return time.time() * self.speed

    def monotonic(self) -> float:
        return time.monotonic() * self.speed

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self.speed)  # noqa: TID251

    async def async_sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)
