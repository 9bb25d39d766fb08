"""`IO` for the asynchronous client: suspends, and runs jobs side by side as tasks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from .concurrency import Concurrency
from .protocol import Clock, Job, Transport

R = TypeVar("R")

#: Turns of the event loop in which tasks connect and send if nothing makes them wait.
TURNS = 8


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

    async def cancel(self) -> None:
        """Cancel it, its request included."""
        self._task.cancel()
        await asyncio.wait([self._task])


class TaskIO:
    """Input and output that suspends.

    Args:
        transport: Carries requests.
        clock: Gives the time and sleeps.
        concurrency: How many jobs run side by side.
    """

    suspends = True

    def __init__(self, transport: Transport, clock: Clock, concurrency: Concurrency) -> None:
        self.transport = transport
        self.closed = False
        self.clock = clock
        self.concurrency = concurrency

    def wrap(self, wrapper: Callable[[Transport], Transport]) -> None:
        """Put what a program made around the transport."""
        self.transport = wrapper(self.transport)

    async def sleep(self, seconds: float) -> None:
        """Suspend for that long."""
        if seconds > 0:
            await self.clock.async_sleep(seconds)

    async def gather(self, jobs: Sequence[Job[R]], *, finish: bool = False) -> list[R | Exception]:  # noqa: ARG002
        """Run jobs as tasks; return their results in order, the exception of a job that failed.

        Cancelling cancels every job, with `finish` too: the exception of each reports what it had done.
        """
        waiting = deque(range(len(jobs)))
        outcomes: dict[int, R | Exception] = {}

        async def work(number: int) -> None:
            while waiting and number < self.concurrency.width:
                index = waiting.popleft()
                outcomes[index] = await _outcome(jobs[index])

        async with asyncio.TaskGroup() as group:
            for number in range(min(self.concurrency.width, len(jobs))):
                group.create_task(work(number))
        return [outcomes[index] for index in range(len(jobs))]

    async def gather_reads(
        self, jobs: Sequence[Job[R]], on_idle: Callable[[], object] | None = None
    ) -> list[R | Exception]:
        """Run jobs that only read as tasks."""
        if on_idle is None or not jobs:
            return await self.gather(jobs)
        reading = BackgroundTask(partial(self.gather, jobs))
        try:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            on_idle()
        except BaseException:
            await reading.cancel()
            raise
        return await reading.result()

    def start(self, job: Job[R]) -> BackgroundTask[R]:
        """Run a job as a task."""
        return BackgroundTask(job)


async def _outcome(job: Job[R]) -> R | Exception:
    try:
        return await job()
    except Exception as failure:
        return failure
