"""The transport of both clients: a pool of connections, and one exchange for one `send`."""

from __future__ import annotations

import time

from .._core.response import Response
from .._io.failures import map_exception
from .._io.protocol import Connection, Timeouts, WireRequest
from ..errors import DOBOTOException, DOBOTOResponseTooLargeException, Stage
from .connect import Connector
from .content import InvalidResponse, ResponseTooLarge
from .dial import dial
from .network import Exchange, Network
from .plain import RequestHeaders
from .pool import Pool

#: What may go wrong on the way.
FAILURES = (OSError, InvalidResponse, ResponseTooLarge)


class HTTPTransport:
    """Sends requests over connections of its own; see `doboto.Transport`.

    Args:
        connection: How the API is reached.
        network: Blocking or asynchronous sockets.
    """

    def __init__(self, connection: Connection, network: Network) -> None:
        self._connector = Connector(connection, network)
        self._network = network
        self._pool = Pool(self._connector, network, connection.connections)
        common = {"Host": self._connector.host, "Accept-Encoding": "gzip", **self._connector.headers}
        self._headers = RequestHeaders(common)
        self._max_size = connection.max_response_size

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        """Send a request, once, and read the whole response."""
        try:
            outcome = await self._attempt(request, Exchange.begin(timeouts))
        except BaseException as interruption:  # its frames hold the headers too, and those of what it cut short
            interruption.__context__ = None
            raise interruption.with_traceback(None) from None
        if isinstance(outcome, Response):
            return outcome
        # Raised here and not where it was met: no traceback or context that shows frames with headers in them.
        raise outcome

    async def _attempt(self, request: WireRequest, exchange: Exchange) -> Response | DOBOTOException:
        try:
            return await self._exchange(request, exchange)
        except ResponseTooLarge as failure:
            return DOBOTOResponseTooLargeException(f"{failure}; max_response_size allows more")
        except FAILURES as failure:
            return map_exception(failure, exchange.stage, exchange.peer)

    async def _exchange(self, request: WireRequest, exchange: Exchange) -> Response:
        lease = await self._pool.acquire(exchange)
        try:
            connection = await self._pool.connect(lease, exchange)
            target = self._connector.target(request.url)
            return await connection.exchange(request, target, self._headers, exchange, self._max_size)
        finally:
            self._pool.release(lease)

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        """Return whether that TCP port accepts a connection."""
        exchange = Exchange.begin(Timeouts(timeout, timeout, timeout))
        try:
            (await dial(self._network, host, port, time.monotonic() + timeout, exchange, Stage.CONNECT)).close()
        except OSError:
            return False
        return True

    async def close(self) -> None:
        """Close the pool's connections."""
        self._pool.close()
