"""The shared rate limit in Redis or Valkey: the moving window of the library `limits`, which counts as the API does."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any, Protocol, cast

import redis
import redis.asyncio
from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage as SuspendingStorage
from limits.aio.strategies import MovingWindowRateLimiter as SuspendingWindow
from limits.storage import RedisStorage as BlockingStorage
from limits.strategies import MovingWindowRateLimiter as BlockingWindow
from redis.asyncio.retry import Retry as SuspendingRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry as BlockingRetry

from ..errors import DOBOTOConnectionException

log = logging.getLogger("doboto")

#: The shortest pause before asking again, in seconds: a position may become free a moment late.
SHORTEST = 0.001
#: Seconds by which the clocks of this machine and of the server may differ.
CLOCK_TOLERANCE = 1.0


class Limit(Protocol):
    """What a lease reads of a `RedisRateLimit`, which is defined where nothing has to be installed."""

    @property
    def per_minute(self) -> int: ...
    @property
    def window(self) -> int: ...
    @property
    def required(self) -> bool: ...
    @property
    def timeout(self) -> float: ...
    @property
    def pause(self) -> float: ...
    @property
    def server(self) -> str: ...
    @property
    def address(self) -> str: ...


class _RateLimitLease:
    """What the leases of both clients share: whose requests are counted, and what happens without the server."""

    def __init__(self, limit: Limit, account: str) -> None:
        self._limit = limit
        self._account = account
        self._item = RateLimitItemPerSecond(limit.per_minute, limit.window, namespace="doboto")
        self._away_until = float("-inf")
        self._compared = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._limit!r}>"

    def _away(self) -> bool:
        return time.monotonic() < self._away_until

    def _record_failure(self, failure: Exception) -> None:
        """Leave the server alone for a while."""
        self._away_until = time.monotonic() + self._limit.pause
        kind = type(failure).__name__  # its text may show the URL, and a password in it
        todo = "requests fail" if self._limit.required else "going on within this process's own rate limit"
        log.warning("the shared rate limit at %s can't be reached (%s): %s", self._limit.server, kind, todo)

    def _without(self) -> float:
        """Return what to do without the server's answer."""
        if self._limit.required:
            message = f"the shared rate limit at {self._limit.server} can't be reached; the request was not sent"
            raise DOBOTOConnectionException(message, sent=False)
        return 0.0

    def _compare_clocks(self, moment: tuple[int, int]) -> None:
        """Warn once if this machine's clock is far from the server's: requests would be counted at wrong times."""
        self._compared = True
        seconds, microseconds = moment
        apart = abs(time.time() - (seconds + microseconds / 1e6))
        if apart > CLOCK_TOLERANCE:
            log.warning(
                "this machine's clock and that of the shared rate limit at %s differ by %.1f s; the limit is only "
                "exact within %.0f s: synchronize the clocks",
                self._limit.server,
                apart,
                CLOCK_TOLERANCE,
            )

    def _pool_of(self, kind: Any, retry: Any) -> Any:
        """Connections that are bounded in time, and tried once: what happens then is ours to say."""
        seconds = self._limit.timeout
        return kind.from_url(self._limit.address, retry=retry, socket_timeout=seconds, socket_connect_timeout=seconds)


class BlockingRateLimitLease(_RateLimitLease):
    """For the blocking client."""

    def __init__(self, limit: Limit, account: str) -> None:
        super().__init__(limit, account)
        retry = BlockingRetry(NoBackoff(), 0)
        self._pool: redis.ConnectionPool = self._pool_of(redis.ConnectionPool, retry)
        self._window = BlockingWindow(BlockingStorage("redis://", connection_pool=self._pool))

    async def take(self) -> float:
        """Take one request out of it; see `RateLimitLease`."""
        if not self._away():
            try:
                if not self._compared:
                    self._compare_clocks(cast(Any, redis.Redis(connection_pool=self._pool)).time())
                if self._window.hit(self._item, self._account):
                    return 0.0
                freed = self._window.get_window_stats(self._item, self._account).reset_time
                return max(SHORTEST, freed - time.time())
            except (RedisError, OSError) as failure:
                self._record_failure(failure)
        return self._without()

    async def close(self) -> None:
        """Give connections back."""
        self._pool.disconnect()


class AsyncRateLimitLease(_RateLimitLease):
    """For the asynchronous client; its connections belong to the running event loop, and are made in it."""

    def __init__(self, limit: Limit, account: str) -> None:
        super().__init__(limit, account)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pool: redis.asyncio.ConnectionPool | None = None
        self._window: SuspendingWindow | None = None

    def _ready(self) -> SuspendingWindow:
        loop = asyncio.get_running_loop()
        if self._window is None or self._loop is not loop:
            retry = SuspendingRetry(NoBackoff(), 0)
            self._pool = self._pool_of(redis.asyncio.ConnectionPool, retry)
            shared = cast(Any, {"connection_pool": self._pool})  # documented for `limits`, and missing in its types
            self._window = SuspendingWindow(SuspendingStorage("async+redis://", implementation="redispy", **shared))
            self._loop = loop
        return self._window

    async def take(self) -> float:
        """Take one request out of it; see `RateLimitLease`."""
        if not self._away():
            try:
                window = self._ready()
                if not self._compared:
                    server = redis.asyncio.Redis(connection_pool=self._pool)
                    self._compare_clocks(await cast(Any, server).time())
                if await window.hit(self._item, self._account):
                    return 0.0
                freed = (await window.get_window_stats(self._item, self._account)).reset_time
                return max(SHORTEST, freed - time.time())
            except (RedisError, OSError) as failure:
                self._record_failure(failure)
        return self._without()

    async def close(self) -> None:
        """Give connections back."""
        pool, self._pool, self._window = self._pool, None, None
        if pool is not None and self._loop is asyncio.get_running_loop():
            await pool.disconnect()
