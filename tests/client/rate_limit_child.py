"""A program that shares a budget with others: `rate_limit_child.py FLAVOUR SIM_URL REDIS_URL WINDOW CALLS`."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

from doboto import DO, AsyncDO, Limiter, RedisRateLimit


def main(flavour: str, url: str, redis: str, window: str, calls: str) -> None:
    settings = {
        "url": url,
        "limiter": Limiter(window=float(window)),
        "shared_rate_limit": RedisRateLimit(redis, window=int(window), timeout=60.0),
        "timeout": 120.0,
    }
    if flavour == "blocking":
        with DO("shared", **settings) as do, ThreadPoolExecutor(16) as threads:
            done = list(threads.map(lambda _: do.request("GET", "/account"), range(int(calls))))
    else:
        done = asyncio.run(asynchronous(settings, int(calls)))
    print(len(done))


async def asynchronous(settings: dict, calls: int) -> list:
    async with AsyncDO("shared", **settings) as do, asyncio.TaskGroup() as group:
        tasks = [group.create_task(do.request("GET", "/account")) for _ in range(calls)]
    return [task.result() for task in tasks]


main(*sys.argv[1:])
