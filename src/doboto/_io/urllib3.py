"""Blocking transport: urllib3, one connection pool and one TLS context a client."""

from __future__ import annotations

import socket
import ssl
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.exceptions import EmptyPoolError, HTTPError, NewConnectionError, ProtocolError, ProxyError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError

from .._core.reply import Reply
from .._settings import Connection
from ..errors import DOBOTOConnectionException, DOBOTOException, DOBOTOTimeoutException
from .bounded import POOLS, Exchange, exchange
from .protocol import Timeouts, WireRequest
from .proxies import proxy_for

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
        self._direct: urllib3.HTTPConnectionPool | None = None
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(connection.url))

    def _make(self) -> urllib3.PoolManager:
        https = self._connection.url.startswith("https") or (self._proxy or "").startswith("https")
        context = ssl.create_default_context(cafile=self._connection.ca_file) if https else None
        connections = self._connection.connections
        if self._proxy:
            pool: urllib3.PoolManager = urllib3.ProxyManager(
                self._proxy,
                maxsize=connections,
                block=True,
                proxy_headers=_credentials(self._proxy),
                ssl_context=context,
                proxy_ssl_context=context,
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
            pool, target = self._way(request.url)
            patience: Any = timeouts.total  # any number will do, though urllib3 says int
            response = pool.urlopen(
                request.method,
                target,
                body=request.body,
                headers=request.headers,
                timeout=urllib3.Timeout(timeouts.connect, timeouts.read, timeouts.total),
                pool_timeout=patience,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                body = response.read()
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

    def _way(self, url: str) -> tuple[urllib3.PoolManager | urllib3.HTTPConnectionPool, str]:
        """Whom to ask for a connection, and for what. Without a proxy all goes to one host: no need to look it up."""
        if self._proxy or not url.startswith(self._origin + "/"):
            return self._pool, url
        direct = self._direct
        if direct is None:
            direct = self._direct = self._pool.connection_from_url(self._origin)
        return direct, url[len(self._origin) :]

    async def reaches(self, host: str, port: int, timeout: float) -> bool:
        """Whether that TCP port accepts a connection."""
        try:
            socket.create_connection((host, port), timeout).close()
        except OSError:
            return False
        return True

    async def close(self) -> None:
        """Close the pool's connections; the next request opens new ones."""
        self._direct = None
        self._pool.clear()


def _credentials(proxy: str) -> dict[str, str]:
    """The header for a user and password in the proxy's URL, which urllib3 leaves to us."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return {}
    return urllib3.make_headers(proxy_basic_auth=f"{unquote(parts.username)}:{unquote(parts.password or '')}")


def _translate(failure: Exception, connected: bool) -> DOBOTOException:
    """Our exception for urllib3's, with its text and without its traceback."""
    # A ProxyError tells no more than its cause.
    reason = failure.original_error if isinstance(failure, ProxyError) else failure
    message = f"{type(reason).__name__.removesuffix('Error')}: {reason}".replace("\n", " ")
    if _late(reason):
        return DOBOTOTimeoutException(f"no reply in time ({message})", sent=connected)
    return DOBOTOConnectionException(f"no reply ({message})", sent=connected)


def _late(reason: Exception) -> bool:
    if isinstance(
        reason, NewConnectionError
    ):  # refused, or an unknown name: a time-out to urllib3, for old times' sake
        return False
    if isinstance(reason, ProtocolError) and reason.args:  # what sending met
        return isinstance(reason.args[-1], LATE)
    return isinstance(reason, LATE)
