"""A program that shares a limit with others: `rate_limit_child.py FLAVOUR SIM_URL REDIS_URL WINDOW CALLS`.

It prints how many calls were answered, and for each the moments between which it was let go.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from doboto import DO, AsyncDO, Limiter, RedisRateLimit


def main(flavour: str, url: str, redis: str, window: str, calls: str) -> None:
    settings = {
        "url": url,
        "limiter": Limiter(window=float(window)),
        "shared_rate_limit": RedisRateLimit(redis, window=int(window), timeout=60.0),
        "timeout": 280.0,
    }
    if flavour == "blocking":
        with DO("shared", **settings) as do, ThreadPoolExecutor(16) as threads:
            taken = note_taken(do)
            done = list(threads.map(lambda _: do.request("GET", "/account"), range(int(calls))))
    else:
        done, taken = asyncio.run(asynchronous(settings, int(calls)))
    print(json.dumps([len(done), taken]))


async def asynchronous(settings: dict, calls: int) -> tuple[list, list]:
    async with AsyncDO("shared", **settings) as do, asyncio.TaskGroup() as group:
        taken = note_taken(do)
        tasks = [group.create_task(do.request("GET", "/account")) for _ in range(calls)]
    return [task.result() for task in tasks], taken


def note_taken(client: DO | AsyncDO) -> list[tuple[float, float]]:
    """Note before and after which moment each request was let go: when it arrives says nothing, it may be late."""
    lease, taken = client._session.lease, []
    take = lease.take

    async def noted() -> float:
        before = time.time()
        wait = await take()
        if not wait:
            taken.append((before, time.time()))
        return wait

    lease.take = noted
    return taken


main(*sys.argv[1:])
