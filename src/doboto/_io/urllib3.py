"""Blocking transport: urllib3, one connection pool and one TLS context a client."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Final

import urllib3
from urllib3.exceptions import EmptyPoolError, HTTPError, NewConnectionError, ProxyError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError

from .._core.reply import Reply
from .._settings import Connection
from ..errors import DOBOTOConnectionException, DOBOTOException, DOBOTOTimeoutException
from .bounded import POOLS, Exchange, exchange
from .protocol import Timeouts, WireRequest
from .proxies import proxy_for

PIECE: Final = 1 << 16
LATE: Final = (Urllib3TimeoutError, EmptyPoolError, TimeoutError)


class Urllib3Transport:
    """Sends requests with urllib3.

    Args:
        connection: How the API is reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._proxy = proxy_for(connection.url, connection.proxy)
        self._pool = self._make()

    def _make(self) -> urllib3.PoolManager:
        https = self._connection.url.startswith("https") or (self._proxy or "").startswith("https")
        context = ssl.create_default_context(cafile=self._connection.ca_file) if https else None
        connections = self._connection.connections
        if self._proxy:
            pool: urllib3.PoolManager = urllib3.ProxyManager(
                self._proxy, maxsize=connections, block=True, ssl_context=context, proxy_ssl_context=context
            )
        else:
            pool = urllib3.PoolManager(maxsize=connections, block=True, ssl_context=context)
        pool.pool_classes_by_scheme = POOLS
        return pool

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Reply:
        """Send a request and read the whole reply."""
        outcome = self._exchange(request, timeouts)
        if isinstance(outcome, Reply):
            return outcome
        # Raised here and not where it was met: no traceback or context that shows frames with headers in them.
        raise outcome

    def _exchange(self, request: WireRequest, timeouts: Timeouts) -> Reply | DOBOTOException:
        current = Exchange.begin(timeouts)
        outer = exchange.set(current)
        try:
            response = self._pool.urlopen(
                request.method,
                request.url,
                body=request.body,
                headers=request.headers,
                timeout=urllib3.Timeout(timeouts.connect, timeouts.read, timeouts.total),
                pool_timeout=timeouts.total,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                body = b"".join(_pieces(response))
            except BaseException:
                response.close()
                raise
            finally:
                response.release_conn()
            headers = {name.lower(): text for name, text in response.headers.items()}
            return Reply(response.status, headers, body)
        except (HTTPError, OSError) as failure:
            return _translate(failure, current.connected)
        except BaseException as interruption:  # Ctrl-C: its frames hold the headers too
            raise interruption.with_traceback(None) from None
        finally:
            exchange.reset(outer)

    async def reaches(self, host: str, port: int, timeout: float) -> bool:
        """Whether that TCP port accepts a connection."""
        try:
            socket.create_connection((host, port), timeout).close()
        except OSError:
            return False
        return True

    async def close(self) -> None:
        """Close the pool's connections."""
        self._pool.clear()


def _pieces(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    while piece := response.read1(PIECE):
        yield piece


def _translate(failure: Exception, connected: bool) -> DOBOTOException:
    """Our exception for urllib3's, with its text and without its traceback."""
    # A ProxyError tells no more than its cause.
    reason = failure.original_error if isinstance(failure, ProxyError) else failure
    message = f"{type(reason).__name__.removesuffix('Error')}: {reason}".replace("\n", " ")
    # A NewConnectionError (refused, unknown name) is a time-out to urllib3, whatever happened.
    if isinstance(reason, LATE) and not isinstance(reason, NewConnectionError):
        return DOBOTOTimeoutException(f"no reply in time ({message})", sent=connected)
    return DOBOTOConnectionException(f"no reply ({message})", sent=connected)
