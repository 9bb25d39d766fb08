"""Jobs of the blocking client side by side in one thread: while some wait for the network, another one computes.

Threads would do the same, but they pass Python's lock on at each piece of a response, and each has a memory of its own
that the C library keeps: a list of 10,000 Droplets took a tenth more CPU and 9 MB more.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from contextvars import copy_context
from typing import Any, Generic, TypeVar

from .._operation.waits import Wait, step, suspended_for_a_loop
from .concurrency import Concurrency
from .protocol import Job

R = TypeVar("R")


class _Task:
    """A job that has begun, in a copy of the caller's context variables.

    Attributes:
        wait: What it waits for.
        end: When it has waited long enough, on the monotonic clock.
    """

    wait: Wait[Any]
    end: float

    def __init__(self, index: int, coroutine: Coroutine[Any, Any, Any]) -> None:
        self.index = index
        self.coroutine = coroutine
        self.context = copy_context()


class Scheduler(Generic[R]):
    """Runs some jobs side by side.

    Args:
        jobs: What they are.
        concurrency: How many run at a time.
        on_idle: Called once, the first time that all of them wait.
    """

    def __init__(
        self, jobs: Sequence[Job[R]], concurrency: Concurrency, on_idle: Callable[[], object] | None = None
    ) -> None:
        self._jobs = jobs
        self._concurrency = concurrency
        self._on_idle = on_idle
        self._todo = deque(range(len(jobs)))
        self._tasks: dict[_Task, None] = {}
        self._outcomes: dict[int, R | Exception] = {}
        self._selector = selectors.DefaultSelector()
        self._waker: tuple[socket.socket, socket.socket] | None = None

    def run(self) -> list[R | Exception]:
        """Run the jobs, and block until they are done; return their results in order, the exception of one that failed.

        What interrupts it, such as Ctrl-C, ends those that have begun.
        """
        try:
            self._begin()
            while self._tasks:
                ready = self._wait()
                for task in ready:
                    self._resume(task)
                    self._begin()  # now, so that its request is on its way while the others' responses are decoded
                if not ready and self._on_idle is not None:
                    self._on_idle()
                    self._on_idle = None
        finally:
            for task in self._tasks:
                task.context.run(task.coroutine.close)
            self._close()
        return [self._outcomes[index] for index in range(len(self._jobs))]

    def _begin(self) -> None:
        """Begin jobs, as many as may run now, but for one: a signal's handler may need its connection."""
        most = max(1, min(self._concurrency.width, self._concurrency.most - 1))
        while self._todo and len(self._tasks) < most:
            index = self._todo.popleft()
            task = _Task(index, self._jobs[index]())
            self._tasks[task] = None
            self._advance(task)

    def _resume(self, task: _Task) -> None:
        """Have a task go on that has waited."""
        for sock, _ in task.wait.sockets:
            self._selector.unregister(sock)
        self._advance(task)

    def _advance(self, task: _Task) -> None:
        """Run a task until it waits for something or has ended, and note what."""
        try:
            wait = task.context.run(step, task.coroutine)
        except StopIteration as stop:
            self._outcomes[task.index] = stop.value
        except Exception as failure:
            self._outcomes[task.index] = failure
        else:
            self._park(task, wait)
            return
        del self._tasks[task]

    def _park(self, task: _Task, wait: object) -> None:
        """Note what a task waits for.

        Raises:
            RuntimeError: It is something for an event loop.
        """
        if not isinstance(wait, Wait):
            raise suspended_for_a_loop()
        task.wait, task.end = wait, time.monotonic() + wait.seconds
        for sock, events in task.wait.sockets:
            self._selector.register(sock, events, task)
        if task.wait.gate is not None:
            self._listen()
            task.wait.gate.notify = self._wake

    def _wait(self) -> list[_Task]:
        """Wait until some tasks may go on: one of their sockets is ready, their gate is open, or their time is over.

        With something to do while idle it only looks.
        """
        now = time.monotonic()
        at_once = self._on_idle is not None or any(map(_is_admitted, self._tasks))
        end = now if at_once else min(task.end for task in self._tasks)
        ready = {key.data for key, _ in self._selector.select(max(0.0, end - now))}
        if None in ready:
            self._receive_wakes()
        now = time.monotonic()
        return [task for task in self._tasks if task in ready or task.end <= now or _is_admitted(task)]

    def _wake(self) -> None:
        """End a wait for sockets, from another thread."""
        if self._waker is not None:
            with suppress(OSError):  # full, so that it wakes already, or closed since nothing waits any more
                self._waker[1].send(b"!")

    def _listen(self) -> None:
        """Make it possible to be woken; where no file descriptor is left, a gate is looked at when its time is over."""
        if self._waker is not None:
            return
        with suppress(OSError):
            self._waker = socket.socketpair()
            for sock in self._waker:
                sock.settimeout(0)
            self._selector.register(self._waker[0], selectors.EVENT_READ)

    def _receive_wakes(self) -> None:
        if self._waker is not None:
            with suppress(BlockingIOError):
                self._waker[0].recv(4096)

    def _close(self) -> None:
        self._selector.close()
        for sock in self._waker or ():
            sock.close()


def _is_admitted(task: _Task) -> bool:
    """Return whether a task waits for a gate that is open by now."""
    return task.wait.gate is not None and task.wait.gate.is_open()
