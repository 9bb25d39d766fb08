"""`IO` for the blocking client: the calling thread waits; jobs side by side run in a few threads, or in that one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Generic, TypeVar

from .._core.forks import is_lock_held_here
from .._operation import Wait, run
from .concurrency import Concurrency
from .protocol import Clock, Job, Transport

R = TypeVar("R")


def _outcome(job: Job[R]) -> R | Exception:
    try:
        return run(job())
    except Exception as failure:
        return failure


class BackgroundTask(Generic[R]):
    """A job in a thread of its own.

    The thread is a daemon: it delays neither its caller, if that drops it, nor the end of the program. It has the
    context variables of its caller, as a task has: tracing finds its parent there. Where the system has no further
    thread, and in the handler of a signal that came while its thread held a lock, the job is done when its result is
    asked for.

    Args:
        job: What it does.
    """

    def __init__(self, job: Job[R]) -> None:
        self._job = job
        self._outcomes: list[R | BaseException] = []
        work = partial(copy_context().run, self._run)
        thread = threading.Thread(target=work, name="doboto-ahead", daemon=True)
        self._finish: Callable[[], None] = work
        if not is_lock_held_here():
            with suppress(RuntimeError):
                thread.start()
                self._finish = thread.join

    def _run(self) -> None:
        try:
            self._outcomes.append(run(self._job()))
        except BaseException as failure:  # raised where the result is asked for
            self._outcomes.append(failure)

    async def result(self) -> R:
        """Block until it is done, and return its result."""
        self._finish()
        outcome = self._outcomes.pop()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def cancel(self) -> None:
        """Abandon it: it ends with its request."""


class _WorkerPool(Generic[R]):
    """A few threads that share some jobs, each thread in a copy of the caller's context variables.

    Args:
        jobs: What they do.
        concurrency: How many threads run.
    """

    def __init__(self, jobs: Sequence[Job[R]], concurrency: Concurrency) -> None:
        self._jobs = jobs
        self._concurrency = concurrency
        self._todo = deque(range(len(jobs)))
        self._outcomes: dict[int, R | Exception] = {}
        self._interruptions: list[BaseException] = []

    def work(self, *, finish: bool) -> list[R | Exception]:
        """Run the jobs, and block until they are done."""
        threads: list[threading.Thread] = []
        try:
            self._start(threads)
            if not threads:
                copy_context().run(self._run, 0)
            for thread in threads:
                thread.join()
        except BaseException:
            self._todo.clear()
            for thread in threads if finish else ():
                if thread.is_alive():  # the last one may not have been started
                    thread.join()
            raise
        if self._interruptions:
            raise self._interruptions[0]
        return [self._outcomes[index] for index in range(len(self._jobs))]

    def _start(self, threads: list[threading.Thread]) -> None:
        """Start threads, and note them: fewer where the system has no further one, none at the program's end."""
        for number in range(min(self._concurrency.width, len(self._jobs))):
            threads.append(self._thread(number))
            try:
                threads[-1].start()
            except RuntimeError:
                del threads[-1]
                return

    def _thread(self, number: int) -> threading.Thread:
        run_in_context = copy_context().run  # a copy each: only one thread at a time can be in a context
        return threading.Thread(target=run_in_context, args=(self._run, number), name=f"doboto-{number}", daemon=True)

    def _run(self, number: int) -> None:
        while self._todo and number < self._concurrency.width:
            try:
                index = self._todo.popleft()
            except IndexError:  # another thread was faster
                return
            try:
                self._outcomes[index] = _outcome(self._jobs[index])
            except BaseException as interruption:  # raised where the outcomes are waited for
                self._todo.clear()
                self._interruptions.append(interruption)


class BlockingIO:
    """Input and output that blocks.

    Args:
        transport: Carries requests; must suspend for nothing but a `Wait`.
        clock: Gives the time and sleeps.
        concurrency: How many jobs run side by side.
        one_thread: Whether those that read may run in one thread: the transport waits for sockets of its own alone,
            and the clock is the machine's.
    """

    suspends = False

    def __init__(
        self, transport: Transport, clock: Clock, concurrency: Concurrency, *, one_thread: bool = False
    ) -> None:
        self._one_thread = one_thread
        self.transport = transport
        self.closed = False
        self.clock = clock
        self.concurrency = concurrency

    def wrap(self, wrapper: Callable[[Transport], Transport]) -> None:
        """Put what a program made around the transport: it may block, so that reads run in threads from now on."""
        self.transport = wrapper(self.transport)
        self._one_thread = False

    async def sleep(self, seconds: float) -> None:
        """Block for that long."""
        if seconds > 0:
            await Wait(self.clock.sleep, seconds)

    async def gather(self, jobs: Sequence[Job[R]], *, finish: bool = False) -> list[R | Exception]:
        """Run jobs in threads; return their results in order, the exception of a job that failed.

        In the handler of a signal that came while this thread held a lock, they run here: threads would wait for that.

        Ctrl-C ends it: with `finish`, jobs that have begun are waited for; others run on unattended.
        """
        if len(jobs) < 2 or is_lock_held_here():
            return [_outcome(job) for job in jobs]
        return _WorkerPool(jobs, self.concurrency).work(finish=finish)

    async def gather_reads(
        self, jobs: Sequence[Job[R]], on_idle: Callable[[], object] | None = None
    ) -> list[R | Exception]:
        """Run jobs that only read in this thread, or as `gather` does; Ctrl-C ends those that have begun."""
        if not self._one_thread or len(jobs) + (on_idle is not None) < 2:
            return await self.gather(jobs)
        from .scheduler import Scheduler  # most lists have one page

        try:
            scheduler = Scheduler(jobs, self.concurrency, on_idle)
        except OSError:  # the process has no file descriptor left for a selector; threads need none
            return await self.gather(jobs)
        return scheduler.run()

    def start(self, job: Job[R]) -> BackgroundTask[R]:
        """Run a job in a thread."""
        return BackgroundTask(job)
