"""The crowds that call: threads with the blocking client, tasks with the asynchronous one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from doboto import DO, AsyncDO, Limiter
from doboto.sim import RealClock

from .kinds import CALL_TIMEOUT, KINDS
from .plan import DROPLET, Ask
from .witness import CALL_HEADER, identity

#: The clients' clocks are wrong by that many seconds: nothing may depend on this machine agreeing with the API's.
WRONG = 1000.0


@dataclass(slots=True)
class Outcome:
    """What a caller was left with: what it was given, each with `id` and `name`, or an error."""

    ask: Ask
    given: list[Any] = field(default_factory=list[Any])
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class WrongClock:
    """The simulator's time, in any process of this machine, where the calendar is wrong."""

    clock: RealClock
    timeline = "campaign"

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.clock.now()

    def time(self) -> float:
        """Seconds since 1970 (UTC), wrongly."""
        return self.clock.now() + WRONG

    def sleep(self, seconds: float) -> None:
        """Block for that long."""
        time.sleep(seconds / self.clock.speed)  # noqa: TID251 - the campaign passes real time

    async def async_sleep(self, seconds: float) -> None:
        """Suspend for that long."""
        await asyncio.sleep(seconds / self.clock.speed)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Callers that share one client; whole, it can be sent to a process of its own.

    Attributes:
        blocking: Whether they are threads with `DO`, else tasks with `AsyncDO`.
        url: The simulator's.
        token: Opens the account.
        width: How many there are.
        settings: The client's.
        asks: Their calls.
    """

    blocking: bool
    url: str
    token: str
    width: int
    settings: Mapping[str, Any]
    asks: Sequence[Ask]

    def run(self) -> list[Outcome]:
        """Have them call."""
        logging.getLogger("doboto").addHandler(logging.NullHandler())
        settings: dict[str, Any] = {
            **self.settings, "limiter": Limiter(per_minute=1_000_000), "wrap_transport": _IdentifyingTransport,
        }  # fmt: skip
        if not self.blocking:
            return asyncio.run(self._run_tasks(settings))
        with DO(self.token, self.url, **settings) as client:
            return threads(client, self.asks, self.width)

    async def _run_tasks(self, settings: dict[str, Any]) -> list[Outcome]:
        async with AsyncDO(self.token, self.url, **settings) as client:
            return await tasks(client, self.asks, self.width)


def threads(client: DO, asks: Sequence[Ask], width: int) -> list[Outcome]:
    """Have threads that share a client do the calls."""

    def create(ask: Ask) -> Outcome:
        try:
            return Outcome(ask, _given(ask, _start(client, ask)))
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
                return Outcome(ask, _given(ask, await _start(client, ask)))
            except BaseException as error:
                return Outcome(ask, error=error)

    return await asyncio.gather(*(create(ask) for ask in asks))


def _start(client: DO | AsyncDO, ask: Ask) -> Any:
    """Do a call; of the asynchronous client, return what is to be awaited."""
    _CALL.set(ask.number)
    if ask.kind == DROPLET:
        return client.droplet.create(ask.attributes, wait=ask.wait, timeout=CALL_TIMEOUT)
    return KINDS[ask.kind](client, ask)


def _given(ask: Ask, made: Any) -> list[Any]:
    if ask.kind == DROPLET:
        return [{"id": identity(one), "name": one["name"]} for one in (made if isinstance(made, list) else [made])]
    return [{"id": identity(made), "name": ask.name}]


#: The call that this thread or task is in.
_CALL: ContextVar[int] = ContextVar("_CALL")


class _IdentifyingTransport:
    """Sends the number of the call along with each request; Droplets are identified by their user data."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    async def send(self, request: Any, timeouts: Any) -> Any:
        """Send a request."""
        number = str(_CALL.get(-1))
        return await self._transport.send(replace(request, headers={**request.headers, CALL_HEADER: number}), timeouts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
