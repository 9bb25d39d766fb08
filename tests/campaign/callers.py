"""The two crowds that create: threads with the blocking client and tasks with the asynchronous one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from doboto import DO, AsyncDO

from .plan import Ask


@dataclass(slots=True)
class Outcome:
    """What a caller was left with."""

    ask: Ask
    droplets: list[Any] = field(default_factory=list[Any])
    error: BaseException | None = None


#: Seconds that a call may take, for those that wait.
PATIENCE = 150.0


def threads(client: DO, asks: Sequence[Ask], width: int) -> list[Outcome]:
    """Have threads that share a client do the calls."""

    def create(ask: Ask) -> Outcome:
        try:
            return Outcome(ask, _listed(client.droplet.create(ask.attributes, wait=ask.wait, timeout=PATIENCE)))
        except BaseException as error:
            return Outcome(ask, error=error)

    with ThreadPoolExecutor(width) as pool:
        return list(pool.map(create, asks))


async def tasks(client: AsyncDO, asks: Sequence[Ask], width: int) -> list[Outcome]:
    """Have tasks that share a client do the calls."""
    room = asyncio.Semaphore(width)

    async def create(ask: Ask) -> Outcome:
        async with room:
            try:
                made: Any = await client.droplet.create(ask.attributes, wait=ask.wait, timeout=PATIENCE)
                return Outcome(ask, _listed(made))
            except BaseException as error:
                return Outcome(ask, error=error)

    return await asyncio.gather(*(create(ask) for ask in asks))


def both(blocking: DO, asynchronous: AsyncDO, asks: Sequence[Ask], width: int) -> list[Outcome]:
    """Both crowds at the same time, every second call each; in the order of the calls."""
    done: list[Outcome] = []
    crowd = threading.Thread(target=lambda: done.extend(threads(blocking, asks[::2], width)))
    crowd.start()

    async def run() -> list[Outcome]:
        async with asynchronous:
            return await tasks(asynchronous, asks[1::2], width)

    others = asyncio.run(run())
    crowd.join()
    return sorted([*done, *others], key=lambda outcome: outcome.ask.number)


def _listed(made: Any) -> list[Any]:
    return made if isinstance(made, list) else [made]
