"""`IO` for the blocking client: blocks, never suspends, and runs "these at once" in a few threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

from .._operation import run
from .protocol import Clock, Job, Transport

R = TypeVar("R")


def _outcome(job: Job[R]) -> R | Exception:
    try:
        return run(job())
    except Exception as failure:
        return failure


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

    async def at_once(self, jobs: Sequence[Job[R]], *, finish: bool = False) -> list[R | Exception]:
        """Run jobs in threads; their results in order, a failed job's exception in its place.

        Ctrl-C ends it: jobs that only read are left to themselves, and with `finish` those that have begun are waited
        for.
        """
        if len(jobs) < 2:
            return [_outcome(job) for job in jobs]
        todo = deque(range(len(jobs)))
        outcomes: dict[int, R | Exception] = {}
        interruptions: list[BaseException] = []

        def work() -> None:
            while todo:
                try:
                    place = todo.popleft()
                except IndexError:  # another thread was faster
                    return
                try:
                    outcomes[place] = _outcome(jobs[place])
                except BaseException as interruption:  # raised where the outcomes are waited for
                    todo.clear()
                    interruptions.append(interruption)

        count = min(self._width, len(jobs))
        threads = [threading.Thread(target=work, name=f"doboto-{n}", daemon=True) for n in range(count)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException:
            todo.clear()
            for thread in threads if finish else ():
                thread.join()
            raise
        if interruptions:
            raise interruptions[0]
        return [outcomes[place] for place in range(len(jobs))]

    def begin(self, job: Job[R]) -> Aside[R]:
        """Run a job in a thread."""
        return Aside(job)
