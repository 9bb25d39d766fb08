"""The real clock."""

from __future__ import annotations

import time


class SystemClock:
    """The machine's clock."""

    def time(self) -> float:
        """Seconds since 1970 (UTC)."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block for that long."""
        time.sleep(seconds)  # noqa: TID251 - the only line where real time passes

    async def async_sleep(self, seconds: float) -> None:
        """Suspend for that long."""
        import asyncio  # the blocking client has no use for it

        await asyncio.sleep(seconds)
