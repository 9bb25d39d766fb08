"""`IO` for the asynchronous client: suspends, and runs "these at once" as tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from .protocol import Clock, Job, Transport

R = TypeVar("R")


class TaskIO:
    """Input and output that suspends.

    Args:
        transport: Carries requests.
        clock: Tells the time and sleeps.
        width: How many jobs run side by side.
    """

    def __init__(self, transport: Transport, clock: Clock, width: int) -> None:
        self.transport = transport
        self.clock = clock
        self._width = width

    async def sleep(self, seconds: float) -> None:
        """Suspend for that long."""
        if seconds > 0:
            await self.clock.asleep(seconds)

    async def at_once(self, jobs: Sequence[Job[R]]) -> list[R | Exception]:
        """Run jobs as tasks; their results in order, a failed job's exception in its place."""
        room = asyncio.Semaphore(self._width)

        async def outcome(job: Job[R]) -> R | Exception:
            async with room:
                try:
                    return await job()
                except Exception as failure:
                    return failure

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(outcome(job)) for job in jobs]
        return [task.result() for task in tasks]
