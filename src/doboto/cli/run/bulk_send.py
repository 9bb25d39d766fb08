"""Sends the calls of a command, a few side by side, within one deadline for all of them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..._core.deadline import Deadline
from ..._wait.pending_event import PendingEventWatch
from ...errors import DOBOTOPendingEventException, DOBOTOPollingException, DOBOTOTimeoutException
from ...events import Progress
from ..errors import as_usage
from .calls import Call, Calls, Stage

if TYPE_CHECKING:
    from ..output.progress import Reporter

#: Calls side by side, as many as the client keeps connections.
WIDTH = 8
#: What has a call that was answered go on, or end.
Answered = Callable[[Call, Any], None]


class Sender:
    """Sends calls, and notes in each how far it has come.

    Args:
        method: The operation.
        calls: All calls of the command.
        deadline: Bounds all of them together; None where the operation takes no time-out.
        now: The client's monotonic clock.
        reporter: Is told how it goes.
        answered: Takes what a call was answered where that is not the end of it, for what it asks for goes on and is
            waited for together; None where each call waits by itself.
        progresses: Whether the operation tells how far its waiting is.
    """

    def __init__(
        self,
        method: Callable[..., Any],
        calls: Calls,
        deadline: Deadline | None,
        now: Callable[[], float],
        reporter: Reporter,
        answered: Answered | None,
        *,
        progresses: bool,
    ) -> None:
        self._method = method
        self._calls = calls
        self._deadline = deadline
        self._now = now
        self._reporter = reporter
        self._answered = answered
        self._progresses = progresses
        self._stopped = False
        self._mutex = threading.Lock()

    def send_all(self) -> None:
        """Send all that were not sent yet.

        The threads are daemons: Ctrl-C ends the command at once, not after a last look.
        """
        waiting = self._calls.at(Stage.WAITING)
        if len(waiting) == 1:
            self.send(waiting[0])
            return
        _side_by_side([partial(self.send, call) for call in waiting])

    def stop(self) -> None:
        """Send nothing more: the command has ended, and has told what was begun."""
        with self._mutex:
            self._stopped = True

    def send(self, call: Call) -> None:
        """Send one; nothing once the deadline is over."""
        left = None if self._deadline is None else self._deadline.remaining(self._now())
        with self._mutex:
            if left == 0 or self._stopped:
                return
            call.at(Stage.SENT, "being sent")
        try:
            with as_usage():  # the operation looks at its arguments
                outcome = self._method(**{**call.values, **self._more(call, left)})
        except Exception as failure:
            self._not_answered(call, failure)
        else:
            (_end if self._answered is None else self._answered)(call, outcome)
        by_itself = self._answered is None and call.values.get("wait")
        (self._reporter.progress() if by_itself else self._reporter.note)(self._calls.progress())

    def _more(self, call: Call, left: float | None) -> dict[str, Any]:
        """What a call is given beside its own values."""
        timeout = {} if left is None else {"timeout": left}
        if self._answered is not None:
            return {**timeout, "wait": False}
        return {**timeout, "progress": partial(self._told, call)} if self._progresses else timeout

    def _told(self, call: Call, progress: Progress) -> None:
        """A call that waits by itself has looked."""
        stage = Stage.HELD if progress.what == PendingEventWatch.what else Stage.BEGUN
        call.at(stage, "; ".join(progress.pending.values()) or call.state)
        self._reporter.progress()(self._calls.progress())

    def _not_answered(self, call: Call, failure: Exception) -> None:
        if isinstance(failure, DOBOTOPendingEventException) and self._answered is not None:
            call.at(Stage.HELD, "another action is running")
        elif isinstance(failure, DOBOTOPollingException):
            held = failure.message.startswith(PendingEventWatch.what)  # it waited for another action, and sent nothing
            call.at(Stage.HELD if held else Stage.BEGUN, call.state)
        elif isinstance(failure, DOBOTOTimeoutException) and not failure.sent and self._over():
            call.at(Stage.WAITING, "not sent yet")
        else:
            call.over(failure)

    def _over(self) -> bool:
        return self._deadline is not None and not self._deadline.remaining(self._now())


def _end(call: Call, outcome: Any) -> None:
    call.over(outcome)


def _side_by_side(jobs: Sequence[Callable[[], None]]) -> None:
    waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def work() -> None:
        while True:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                job()
            except BaseException as failure:  # raised where all are waited for
                done.put(failure)
            else:
                done.put(None)

    for _ in range(min(WIDTH, len(jobs))):
        threading.Thread(target=work, daemon=True).start()
    for _ in jobs:
        if failure := done.get():
            raise failure
