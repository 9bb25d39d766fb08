"""Jobs of machines in threads: those of one machine run one after another, in the order of their submission."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

log = logging.getLogger("doboto.sim.machines")
#: How many jobs run at once.
WORKERS = 8


class JobQueue:
    """Runs jobs, each after those of the same name and those that it names.

    A job waits only for jobs that were submitted before it, and those start first: so with any number of threads
    the oldest job waits for nothing, and no job waits forever.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="doboto-machine")
        self._lock = threading.Lock()
        self._last: dict[str, Future[None]] = {}

    def submit(self, name: str, job: Callable[[], None], *after: Future[None]) -> Future[None]:
        """Run a job when the earlier jobs of that name are over, whether they failed or not.

        Args:
            name: What the job is about, such as a machine's name.
            job: The job.
            after: Further jobs that have to be over before it starts.
        """
        with self._lock:
            former = self._last.get(name)
            earlier = [*after, *([] if former is None else [former])]

            def run() -> None:
                wait(earlier)
                job()

            submitted = self._last[name] = self._pool.submit(run)
        submitted.add_done_callback(lambda done: self._forget(name, done))
        return submitted

    def last(self, name: str) -> Future[None] | None:
        """Return the job of a name that was submitted last, unless it is over."""
        with self._lock:
            return self._last.get(name)

    def close(self) -> None:
        """Wait for the jobs that have started; the others do not run any more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _forget(self, name: str, done: Future[None]) -> None:
        with self._lock:
            if self._last.get(name) is done:
                del self._last[name]


def log_failure(what: str, job: Future[None]) -> None:
    """Log the failure of a job whose outcome no action reports.

    Args:
        what: What the job does.
        job: The job.
    """

    def log_outcome(done: Future[None]) -> None:
        if not done.cancelled() and (failure := done.exception()) is not None:
            log.error("%s failed: %s", what, failure)

    job.add_done_callback(log_outcome)
