"""The real clock."""

from __future__ import annotations

import time


class SystemClock:
    """The machine's clock."""

    # Read several times a call: Python's own functions, without one of ours around each.
    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)

    def sleep(self, seconds: float) -> None:
        """Block for that long."""
        time.sleep(seconds)  # noqa: TID251 - the only line where real time passes

    async def async_sleep(self, seconds: float) -> None:
        """Suspend for that long."""
        import asyncio  # the blocking client has no use for it

        await asyncio.sleep(seconds)
