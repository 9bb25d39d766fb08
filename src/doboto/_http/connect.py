"""The ways to the API: straight, through a proxy that reads along (http), or inside of one that carries (https)."""

from __future__ import annotations

import base64
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPResponse
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from .._io.protocol import Connection
from .deadline_socket import DeadlineSocket, Stream, connect
from .exchange import Exchange, till
from .nested_tls import NestedTLS
from .proxies import proxy_for

PORTS: Mapping[str, int] = {"http": 80, "https": 443}


class Connector:
    """How the API is reached.

    Args:
        connection: What was set.

    Attributes:
        host: The API's host.
        port: Its port.
        tls: Whether it is spoken to over TLS.
        whole: Whether a proxy reads along, so that it is asked for the whole URL.
        headers: What that one is told with each request.
    """

    def __init__(self, connection: Connection) -> None:
        api, proxy = urlsplit(connection.url), proxy_for(connection.url, connection.proxy)
        self._proxy = urlsplit(proxy) if proxy else None
        self.tls = api.scheme == "https"
        self.host, self.port = _place(api)
        self.whole = self._proxy is not None and not self.tls
        credentials: Mapping[str, str] = _credentials(self._proxy) if self._proxy else {}
        self.headers = credentials if self.whole else {}
        self._tunnel_headers = {"Host": self._authority, **credentials}
        if self.tls or _is_tls(self._proxy):
            self._context = _trusting(connection.ca_file)

    @property
    def _authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def open(self, exchange: Exchange) -> DeadlineSocket:
        """A connection over which the API can be asked.

        Raises:
            OSError: There is none, or it takes longer than connecting may.
        """
        end = time.monotonic() + exchange.left(exchange.timeouts.connect)
        stream: Stream = connect(*(_place(self._proxy) if self._proxy else (self.host, self.port)), end)
        try:
            if self._proxy and _is_tls(self._proxy):
                stream = self._secured(stream, _place(self._proxy)[0], end)
            if self._proxy and self.tls:
                self._carried(DeadlineSocket(stream, Exchange(exchange.timeouts, end)))
            if self.tls:
                stream = self._secured(stream, self.host, end)
        except BaseException:
            stream.close()
            raise
        return DeadlineSocket(stream, exchange)

    def _secured(self, stream: Any, host: str, end: float) -> Stream:
        """The stream with TLS on top; the time-out counts for the whole handshake."""
        if isinstance(stream, ssl.SSLSocket):
            return NestedTLS(stream, self._context, host, end)
        stream.settimeout(till(end))
        return self._context.wrap_socket(stream, server_hostname=host)

    def _carried(self, wire: DeadlineSocket) -> None:
        """Have the proxy carry what follows to the API.

        Raises:
            ConnectionError: It does not.
        """
        lines = [
            f"CONNECT {self._authority} HTTP/1.1",
            *(f"{name}: {text}" for name, text in self._tunnel_headers.items()),
        ]
        wire.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
        sock: Any = wire
        with HTTPResponse(sock, method="HEAD") as reply:  # as to HEAD, what follows a yes is no body
            reply.begin()
            if not 200 <= reply.status < 300:
                raise ConnectionError(f"the proxy answered {reply.status} {reply.reason}")


def _place(parts: SplitResult) -> tuple[str, int]:
    return parts.hostname or "", parts.port or PORTS[parts.scheme]


def _is_tls(proxy: SplitResult | None) -> bool:
    return proxy is not None and proxy.scheme == "https"


def _trusting(ca_file: str | None) -> ssl.SSLContext:
    """One for all connections: making it reads every certificate authority that the system knows."""
    context = ssl.create_default_context(cafile=ca_file)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _credentials(proxy: SplitResult) -> Mapping[str, str]:
    """The header for a user and password in the proxy's URL."""
    if proxy.username is None:
        return {}
    secret = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(secret).decode()}"}
