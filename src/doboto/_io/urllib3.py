"""Blocking transport: urllib3, one connection pool and one TLS context a client."""

from __future__ import annotations

import socket
import ssl
import time
from typing import Final

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
)
from urllib3.exceptions import (
    TimeoutError as Urllib3TimeoutError,
)

from .._core.reply import Reply
from .._settings import Connection
from ..errors import DOBOTOConnectionException, DOBOTOException, DOBOTOTimeoutException
from .protocol import Timeouts, WireRequest
from .proxies import proxy_for

PIECE: Final = 1 << 16
# The connection was never made, so nothing was sent. A ConnectTimeoutError is one of them, whatever its name says.
NEVER_SENT: Final = (NewConnectionError, NameResolutionError, ConnectTimeoutError)


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
        if self._proxy:
            return urllib3.ProxyManager(
                self._proxy, maxsize=self._connection.connections, ssl_context=context, proxy_ssl_context=context
            )
        return urllib3.PoolManager(maxsize=self._connection.connections, ssl_context=context)

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Reply:
        """Send a request and read the whole reply."""
        outcome = self._exchange(request, timeouts)
        if isinstance(outcome, Reply):
            return outcome
        # Raised here and not where it was met: no traceback or context that shows frames with headers in them.
        raise outcome

    def _exchange(self, request: WireRequest, timeouts: Timeouts) -> Reply | DOBOTOException:
        end = time.monotonic() + timeouts.total
        try:
            response = self._pool.urlopen(
                request.method,
                request.url,
                body=request.body,
                headers=request.headers,
                timeout=urllib3.Timeout(connect=timeouts.connect, read=timeouts.read, total=timeouts.total),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                body = _read(response, end)
            except BaseException:
                response.close()
                raise
            response.release_conn()
            headers = {name.lower(): text for name, text in response.headers.items()}
            return Reply(response.status, headers, body)
        except (HTTPError, OSError, _Late) as failure:
            return _translate(failure)
        except BaseException as interruption:  # Ctrl-C: its frames hold the headers too
            raise interruption.with_traceback(None) from None

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


class _Late(Exception):
    """The reply did not end in time."""


def _read(response: urllib3.BaseHTTPResponse, end: float) -> bytes:
    """The body, piece by piece: a server that drips never outlives the deadline by more than one piece."""
    pieces: list[bytes] = []
    while piece := response.read1(PIECE):
        pieces.append(piece)
        if time.monotonic() > end:
            raise _Late("the reply did not end in time")
    return b"".join(pieces)


def _translate(failure: Exception) -> DOBOTOException:
    """Our exception for urllib3's, with its text and without its traceback."""
    reason = _reason(failure)
    sent = not isinstance(reason, NEVER_SENT)
    message = f"{type(reason).__name__.removesuffix('Error')}: {reason}".replace("\n", " ")
    if isinstance(reason, Urllib3TimeoutError | _Late):
        return DOBOTOTimeoutException(f"no reply in time ({message})", sent=sent)
    if isinstance(reason, SSLError | ssl.SSLError) and "CERTIFICATE" in str(reason).upper():
        sent = False  # the handshake failed: nothing of HTTP was sent
    return DOBOTOConnectionException(f"no reply ({message})", sent=sent)


def _reason(failure: Exception) -> Exception:
    """The cause inside a ProxyError: the proxy that can't be reached was sent nothing either."""
    if isinstance(failure, ProxyError):
        return failure.original_error
    return failure
