"""`IO` for the asynchronous client: suspends, and runs jobs side by side as tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Generic, TypeVar

from .protocol import Clock, Job, Transport

R = TypeVar("R")


class BackgroundTask(Generic[R]):
    """A job in a task of its own.

    Args:
        job: What it does.
    """

    def __init__(self, job: Job[R]) -> None:
        self._task = asyncio.create_task(_outcome(job))

    async def result(self) -> R:
        """Suspend until it is done, and return its result."""
        outcome = await self._task
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def drop(self) -> None:
        """Cancel it, its request included."""
        self._task.cancel()
        await asyncio.wait([self._task])


class TaskIO:
    """Input and output that suspends.

    Args:
        transport: Carries requests.
        clock: Gives the time and sleeps.
        width: How many jobs run side by side.
    """

    suspends = True

    def __init__(self, transport: Transport, clock: Clock, width: int) -> None:
        self.transport = transport
        self.closed = False
        self.clock = clock
        self._width = width

    async def sleep(self, seconds: float) -> None:
        """Suspend for that long."""
        if seconds > 0:
            await self.clock.async_sleep(seconds)

    async def gather(self, jobs: Sequence[Job[R]], *, finish: bool = False) -> list[R | Exception]:  # noqa: ARG002
        """Run jobs as tasks; return their results in order, the exception of a job that failed.

        Cancelling cancels every job, whatever `finish` says: the exception of each reports what it had done.
        """
        room = asyncio.Semaphore(self._width)

        async def outcome(job: Job[R]) -> R | Exception:
            async with room:
                return await _outcome(job)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(outcome(job)) for job in jobs]
        return [task.result() for task in tasks]

    def start(self, job: Job[R]) -> BackgroundTask[R]:
        """Run a job as a task."""
        return BackgroundTask(job)


async def _outcome(job: Job[R]) -> R | Exception:
    try:
        return await job()
    except Exception as failure:
        return failure
