"""`IO` for the blocking client: blocks, never suspends, and runs "these at once" in a few threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from .._operation import run
from .protocol import Clock, Job, Transport

R = TypeVar("R")


class BlockingIO:
    """Input and output that blocks.

    Args:
        transport: Carries requests; must never suspend.
        clock: Tells the time and sleeps.
        width: How many jobs run side by side.
    """

    def __init__(self, transport: Transport, clock: Clock, width: int) -> None:
        self.transport = transport
        self.clock = clock
        self._width = width

    async def sleep(self, seconds: float) -> None:
        """Block for that long."""
        if seconds > 0:
            self.clock.sleep(seconds)

    async def at_once(self, jobs: Sequence[Job[R]]) -> list[R | Exception]:
        """Run jobs in threads; their results in order, a failed job's exception in its place."""

        def outcome(job: Job[R]) -> R | Exception:
            try:
                return run(job())
            except Exception as failure:
                return failure

        if len(jobs) < 2:
            return [outcome(job) for job in jobs]
        from concurrent.futures import ThreadPoolExecutor  # only where it is used: its import costs 6 ms

        with ThreadPoolExecutor(min(self._width, len(jobs)), thread_name_prefix="doboto") as threads:
            return list(threads.map(outcome, jobs))
