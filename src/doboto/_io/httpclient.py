"""Blocking transport: Python's own `http.client`, one pool of connections and one TLS context a client."""

from __future__ import annotations

import socket
from http.client import HTTPException
from urllib.parse import urlsplit

from .._core.reply import Reply
from .._settings import Connection
from ..errors import DOBOTOException
from .exchange import Exchange
from .failures import translated
from .pool import Kept, Pool
from .protocol import ASTRAY, Timeouts, WireRequest
from .routes import Route


class HTTPClientTransport:
    """Sends requests with `http.client`.

    Args:
        connection: How the API is reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._origin = len("{0.scheme}://{0.netloc}".format(urlsplit(connection.url)))
        self._route = Route(connection)
        self._pool = Pool(self._route, connection.connections)

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Reply:
        """Send a request and read the whole reply."""
        outcome = self._exchange(request, timeouts)
        if isinstance(outcome, Reply):
            return outcome
        # Raised here and not where it was met: no traceback or context that shows frames with headers in them.
        raise outcome

    def _exchange(self, request: WireRequest, timeouts: Timeouts) -> Reply | DOBOTOException:
        exchange = Exchange.begin(timeouts)
        try:
            connection = self._pool.take(exchange)
            try:
                connection.ready(exchange)
                return self._asked(connection, request)
            except BaseException:
                connection.close()
                raise
            finally:
                self._pool.give_back(connection)
        except (HTTPException, OSError, ValueError) as failure:  # ValueError: what http.client has for a wrong length
            return translated(failure, connected=exchange.connected)
        except BaseException as interruption:  # Ctrl-C: its frames hold the headers too
            raise interruption.with_traceback(None) from None

    def _asked(self, connection: Kept, request: WireRequest) -> Reply:
        target = request.url if self._route.whole else request.url[self._origin :]
        headers = {**request.headers, **self._route.headers, "Accept-Encoding": "gzip"}
        connection.request(request.method, target, request.body, headers)
        response = connection.getresponse()
        if response.status < 200:  # another reply follows, which the next exchange would take for its own
            raise HTTPException(f"a reply with status {response.status}")
        body = response.read()
        if response.status in ASTRAY:
            connection.close()
        told = {name.lower(): text for name, text in response.getheaders()}
        return Reply(response.status, told, unpacked(body, told.get("content-encoding", "")))

    async def reaches(self, host: str, port: int, timeout: float) -> bool:
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
