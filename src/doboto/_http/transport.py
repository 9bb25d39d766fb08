"""Blocking transport: Python's own `http.client`, one pool of connections and one TLS context a client."""

from __future__ import annotations

import socket
from http.client import HTTPException
from urllib.parse import urlsplit

from .._core.response import Response
from .._io.failures import map_exception
from .._io.protocol import CLOSE_AFTER, Connection, Timeouts, WireRequest
from ..errors import DOBOTOException
from .connect import Connector
from .deadline_socket import DeadlineSocket
from .exchange import Exchange
from .pool import Pool, PooledConnection

#: What http.client raises: the last three for lengths that are none, beyond any number, or beyond the memory.
UNANSWERED = (HTTPException, OSError, ValueError, OverflowError, MemoryError)


class HTTPClientTransport:
    """Sends requests with `http.client`.

    Args:
        connection: How the API is reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._origin = len("{0.scheme}://{0.netloc}".format(urlsplit(connection.url)))
        self._route = Connector(connection)
        self._pool = Pool(self._route, connection.connections)

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        """Send a request and read the whole reply."""
        try:
            outcome = self._exchange(request, timeouts)
        except BaseException as interruption:  # Ctrl-C: its frames hold the headers too, and those of what it cut short
            interruption.__context__ = None
            raise interruption.with_traceback(None) from None
        if isinstance(outcome, Response):
            return outcome
        # Raised here and not where it was met: no traceback or context that shows frames with headers in them.
        raise outcome

    def _exchange(self, request: WireRequest, timeouts: Timeouts) -> Response | DOBOTOException:
        exchange = Exchange.begin(timeouts)
        try:
            return self._answered(request, exchange)
        except UNANSWERED as failure:
            return map_exception(failure, connected=exchange.connected)

    def _answered(self, request: WireRequest, exchange: Exchange) -> Response:
        connection, done = self._pool.take(exchange), False
        try:
            connection.ready(exchange)
            reply = self._asked(connection, request)
            done = True
        finally:
            self._pool.give_back(connection, done=done)
        return reply

    def _asked(self, connection: PooledConnection, request: WireRequest) -> Response:
        target = request.url if self._route.whole else request.url[self._origin :]
        headers = {**request.headers, **self._route.headers, "Accept-Encoding": "gzip"}
        wire: DeadlineSocket = connection.sock
        connection.request(request.method, target, request.body, headers)
        response = connection.getresponse()
        if wire.ended:  # http.client takes what came before that for all headers, and the body for empty
            raise HTTPException("a reply that was cut off in its headers")
        if response.status < 200:  # another reply follows, which the next exchange would take for its own
            raise HTTPException(f"a reply with status {response.status}")
        body = response.read()
        if response.status in CLOSE_AFTER:
            connection.close()
        told = {name.lower(): text for name, text in response.getheaders()}
        return Response(response.status, told, unpacked(body, told.get("content-encoding", "")))

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        """Whether that TCP port accepts a connection."""
        try:
            socket.create_connection((host, port), timeout).close()
        except OSError:
            return False
        return True

    async def close(self) -> None:
        """Close the pool's connections; the next request opens new ones."""
        self._pool.close()


def unpacked(body: bytes, coding: str) -> bytes:
    """The body as it was before it was packed for the way: packed, a page of 200 Droplets is a small part of its size.

    Raises:
        HTTPException: It is damaged, or packed in a way that was not asked for.
    """
    if coding.lower() in {"", "identity"} or not body:
        return body
    if coding.lower() != "gzip":
        raise HTTPException(f"a reply packed with {coding[:40]!r}")
    import zlib

    try:
        return zlib.decompress(body, wbits=31)  # 31: a gzip stream
    except zlib.error as damage:
        raise HTTPException(f"a reply that can't be unpacked: {damage}") from None
