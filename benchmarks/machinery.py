"""What it costs that an operation is written once for both clients: a call through `@operation`, less a plain call."""

from __future__ import annotations

import timeit
from statistics import median
from types import SimpleNamespace

from doboto._operation import Async, Bound, Sync, operation

CALLS = 100_000
ROUNDS = 5


class Group(Bound[Sync]):
    """Operations that do nothing."""

    def __init__(self, mode: type[Sync | Async]) -> None:
        self._mode = mode
        self._async_view = self if mode is Async else Group(Async)
        self._session = SimpleNamespace(strict=False, timeouts=SimpleNamespace(total=300.0))

    @operation(ref="")
    async def through(self, id: int) -> int:
        """Give it back."""
        return id

    def plain(self, id: int) -> int:
        """Give it back."""
        return id


def machinery() -> float:
    """Microseconds a call."""
    group = Group(Sync)
    found = [
        timeit.timeit(lambda: group.through(1), number=CALLS) - timeit.timeit(lambda: group.plain(1), number=CALLS)
        for _ in range(ROUNDS)
    ]
    return median(found) / CALLS * 1e6
