"""Settings of a rate limit that processes and machines share; the rest is loaded when it is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .._core.limiter import PER_MINUTE
from .._version import install_command
from ..errors import DOBOTOConfigurationException
from .protocol import RateLimitLease

# Valkey speaks Redis's protocol, so one client library serves both.
SCHEMES = {"redis": "redis", "rediss": "rediss", "unix": "unix", "valkey": "redis", "valkeys": "rediss"}


@dataclass(frozen=True, slots=True)
class RedisRateLimit:
    """A rate limit kept in a Redis or Valkey server, for all clients that are given the same one.

        do = DO(shared_rate_limit=RedisRateLimit("redis://cache.internal:6379/0"))

    It complements the client's own limiter, which coordinates the threads and tasks of one process. The server stores
    timestamps under a hash of token and base URL; the token never leaves the process. The timestamps come from the
    machines' clocks, which must agree within a second; a warning is logged if they do not. A request is counted when
    it gets its turn, so a slow one may still meet a 429, which is handled like any. Needs the extra `doboto[redis]`.

    If the server cannot be reached, requests are sent within the client's own limit, a warning is logged, and the
    server is not asked again for `pause` seconds. With `required=True` requests fail with
    `DOBOTOConnectionException` instead, unsent, and the retry policy decides.

    Attributes:
        url: Where the server is: `redis://`, `rediss://` (TLS), `valkey://`, `valkeys://`, `unix://`. May hold a
            password, and is in no repr or log.
        per_minute: How many requests all of them may send in `window` seconds.
        window: What a minute is, in whole seconds.
        required: If true, a request needs the server's answer.
        timeout: Seconds to wait for the server.
        pause: Seconds in which a server that did not answer is not asked again.
    """

    url: str = field(repr=False)
    per_minute: int = PER_MINUTE
    window: int = 61
    required: bool = False
    timeout: float = 1.0
    pause: float = 5.0

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in SCHEMES:
            raise DOBOTOConfigurationException(f"not the URL of a Redis or Valkey server: {', '.join(SCHEMES)}://...")
        if self.per_minute < 1 or self.window < 1:
            raise DOBOTOConfigurationException("per_minute and window must be 1 or more")

    @property
    def server(self) -> str:
        """Where the server is, without user and password."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"

    @property
    def address(self) -> str:
        """The URL as the client library knows it."""
        scheme, _, rest = self.url.partition("://")
        return f"{SCHEMES[scheme.lower()]}://{rest}"

    def lease(self, account: str, *, blocks: bool) -> RateLimitLease:
        """Return a client's part of it; see `SharedRateLimit`.

        Raises:
            DOBOTOConfigurationException: The extra is not installed.
        """
        try:
            from .redis import AsyncRateLimitLease, BlockingRateLimitLease
        except ModuleNotFoundError as missing:
            message = f"RedisRateLimit needs {missing.name}: {install_command('redis')}"
            raise DOBOTOConfigurationException(message) from missing
        return (BlockingRateLimitLease if blocks else AsyncRateLimitLease)(self, account)
