"""The queue of jobs: order, and what is waited for."""

from __future__ import annotations

import threading
from concurrent.futures import wait

from hypothesis import given
from hypothesis import strategies as st

from doboto.sim.machines.jobs import JobQueue


@given(st.lists(st.tuples(st.sampled_from("abc"), st.lists(st.integers(0, 30), max_size=3)), max_size=30))
def test_jobs_run_after_those_of_their_name_and_those_they_name(plan: list[tuple[str, list[int]]]) -> None:
    queue, done, lock = JobQueue(), list[int](), threading.Lock()

    def job(number: int) -> None:
        with lock:
            done.append(number)

    jobs = []
    for number, (name, after) in enumerate(plan):
        earlier = [jobs[one] for one in after if one < number]
        jobs.append(queue.submit(name, lambda number=number: job(number), *earlier))  # type: ignore[misc]
    wait(jobs)
    queue.close()
    for number, (name, after) in enumerate(plan):
        before = [one for one in range(number) if plan[one][0] == name or one in after]
        assert all(done.index(one) < done.index(number) for one in before)
    assert len(done) == len(plan)


def test_failure_stops_nothing_that_follows() -> None:
    queue = JobQueue()
    failed = queue.submit("a", lambda: 1 // 0)  # type: ignore[arg-type]
    following = queue.submit("a", lambda: None)
    assert following.result(30) is None
    assert isinstance(failed.exception(30), ZeroDivisionError)
    queue.close()
    assert queue.last("a") is None
