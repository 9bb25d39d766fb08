"""`IO` for the blocking client: blocks, never suspends, and runs "these at once" in a few threads."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Generic, TypeVar

from .._operation import run
from .protocol import Clock, Job, Transport

R = TypeVar("R")


class Aside(Generic[R]):
    """A job in a thread of its own.

    The thread keeps nobody: neither who drops it, who would have to wait for a reply, nor the end of the program.

    Args:
        job: What it does.
    """

    def __init__(self, job: Job[R]) -> None:
        self._job = job
        self._outcomes: list[R | BaseException] = []
        self._thread = threading.Thread(target=self._run, name="doboto-ahead", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._outcomes.append(run(self._job()))
        except BaseException as failure:  # raised where the result is asked for
            self._outcomes.append(failure)

    async def result(self) -> R:
        """Block till it is done."""
        self._thread.join()
        outcome = self._outcomes.pop()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def drop(self) -> None:
        """Leave it to itself: it ends with its request."""


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

    def begin(self, job: Job[R]) -> Aside[R]:
        """Run a job in a thread."""
        return Aside(job)
