"""Asynchronous transport: aiohttp, one connection pool and one TLS context a client."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from yarl import URL

from .._core.response import Response
from .._http.proxies import proxy_for
from ..errors import DOBOTOException
from .failures import map_exception
from .protocol import CLOSE_AFTER, Connection, Timeouts, WireRequest


@dataclass(slots=True)
class Exchange:
    """Whether a request had a connection to the API, so that something of it may have been sent."""

    connected: bool = False


class Carried(aiohttp.ClientResponse):
    """A reply that knows its connection even after it was given back, which happens while the body is read."""

    _carrier: Any = None

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        """Read status and headers."""
        self._carrier = connection.protocol
        return await super().start(connection)

    def drop(self) -> None:
        """Close the connection: nobody may use it again."""
        self._carrier.close()


class AiohttpTransport:
    """Sends requests with aiohttp. Its session is made at the first request, inside the running event loop.

    Args:
        connection: How the API is reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._proxy = proxy_for(connection.url, connection.proxy)
        self._connections = connection.connections
        https = connection.url.startswith("https") or (self._proxy or "").startswith("https")
        self._tls = ssl.create_default_context(cafile=connection.ca_file) if https else True
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        """Send a request and read the whole reply."""
        outcome = await self._exchange(request, timeouts)
        if isinstance(outcome, Response):
            return outcome
        # Raised here and not where it was met: no traceback or context that shows frames with headers in them.
        raise outcome

    async def _exchange(self, request: WireRequest, timeouts: Timeouts) -> Response | DOBOTOException:
        bounds = aiohttp.ClientTimeout(
            timeouts.total,
            sock_connect=timeouts.connect,
            sock_read=timeouts.read,
            ceil_threshold=float("inf"),  # those beyond it would be rounded up to whole seconds
        )
        exchange = Exchange()
        # The loop learns that a kept connection was closed only when it runs: a change must not be sent on that one.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        try:
            async with (await self._ready()).request(
                request.method,
                _exact(request.url),
                data=request.body,
                headers=request.headers,
                timeout=bounds,
                allow_redirects=False,
                proxy=self._proxy,
                trace_request_ctx=exchange,
            ) as response:
                return await _read(cast(Carried, response))
        except (TimeoutError, aiohttp.ClientError, OSError, UnicodeError) as failure:  # UnicodeError: of a host's name
            return map_exception(failure, connected=exchange.connected)
        except BaseException as interruption:  # a cancelled task: its frames hold the headers too
            interruption.__context__ = None
            raise interruption.with_traceback(None) from None

    async def _ready(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            # A client that outlives its event loop (asyncio.run twice) starts afresh in the next one.
            await self.close()
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=self._tls)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                response_class=Carried,
                trace_configs=[_trace()],
            )
            self._loop = loop
        return self._session

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        """Whether that TCP port accepts a connection."""
        try:
            async with asyncio.timeout(timeout):
                _, writer = await asyncio.open_connection(host, port)
        except OSError:  # TimeoutError is one
            return False
        writer.close()
        return True

    async def close(self) -> None:
        """Close the session's connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


async def _read(response: Carried) -> Response:
    if response.status < 200:  # 101: what follows is not HTTP
        raise aiohttp.ClientError(f"a reply with status {response.status}")
    body = await response.read()
    if response.status in CLOSE_AFTER:
        response.drop()
    headers = {name.lower(): text for name, text in response.headers.items()}
    return Response(response.status, headers, body)


def _exact(url: str) -> URL:
    """The URL as it was quoted: aiohttp would otherwise take `%2F` apart again."""
    return URL(url, encoded=True)


def _trace() -> aiohttp.TraceConfig:
    """Notes in a request's `Exchange` that it has a connection: a new one (TLS and proxy included) or a kept one."""

    async def connected(session: Any, context: Any, parameters: Any) -> None:  # noqa: ARG001 - aiohttp's signature
        context.trace_request_ctx.connected = True

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    return trace
