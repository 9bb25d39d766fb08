"""Ways to the API: directly, through a proxy that reads requests (plain HTTP), or through one that carries TLS."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from .._io.protocol import Connection
from ..errors import Stage
from .dial import authority, dial
from .network import Exchange, Network, Stream
from .proxies import proxy_for

if TYPE_CHECKING:
    import ssl

    from .tls import Trust

PORTS: Mapping[str, int] = {"http": 80, "https": 443}


class Connector:
    """How the API is reached.

    Args:
        connection: What was set.
        network: Whose sockets are used.

    Attributes:
        peer: The API's host and port.
        host: What the Host header says (RFC 9110, 7.2).
        headers: Headers that a proxy reads, with each request.
    """

    def __init__(self, connection: Connection, network: Network) -> None:
        api, proxy = urlsplit(connection.url), proxy_for(connection.url, connection.proxy)
        self._network = network
        self._proxy = urlsplit(proxy) if proxy else None
        self._tls = api.scheme == "https"
        self._api = _address(api)
        self._origin = len(f"{api.scheme}://{api.netloc}")
        self.host = _without_zone(api.netloc)
        self.peer = authority(*self._api)
        self._forwards = self._proxy is not None and not self._tls
        self._credentials: Mapping[str, str] = _credentials(self._proxy) if self._proxy else {}
        self.headers = self._credentials if self._forwards else {}
        self._trust = _make_trust(connection.ca_file) if self._tls or _is_tls(self._proxy) else None

    def target(self, url: str) -> str:
        """Return what a request line names: the path, or the whole URL where a proxy reads it (RFC 9112, 3.2)."""
        return url if self._forwards else url[self._origin :]

    async def open(self, exchange: Exchange) -> Stream:
        """Open a connection over which the API can be asked.

        Raises:
            OSError: It fails, or takes longer than connecting may.
        """
        context = None if self._trust is None else await self._trust.context(self._network)
        end = time.monotonic() + exchange.remaining(exchange.timeouts.connect)
        if self._proxy is None:
            stream = await dial(self._network, *self._api, end, exchange, Stage.CONNECT)
        else:
            stream = await dial(self._network, *_address(self._proxy), end, exchange, Stage.PROXY)
        try:
            if self._proxy is not None:
                stream = await self._through(self._proxy, stream, context, end)
            if self._tls and context is not None:
                exchange.enter(Stage.TLS, self.peer)
                stream = await _secure(stream, context, self._api[0], end)
        except BaseException:
            stream.close()
            raise
        return stream

    async def _through(self, proxy: SplitResult, stream: Stream, context: ssl.SSLContext | None, end: float) -> Stream:
        """Have a proxy take what follows: secured if it is reached over TLS, carried to the API if that is."""
        if _is_tls(proxy) and context is not None:
            stream = await _secure(stream, context, _address(proxy)[0], end)
        if self._tls:
            from .parser import Parser  # most programs have no proxy

            tunnel = Parser("CONNECT", self.peer, [("Host", self.peer), *self._credentials.items()])
            await tunnel.open_tunnel(stream, end)
        return stream


def _make_trust(ca_file: str | None) -> Trust:
    from .tls import Trust  # plain HTTP does without it, and it takes long

    return Trust(ca_file)


async def _secure(stream: Stream, context: ssl.SSLContext, host: str, end: float) -> Stream:
    from .tls import TLSStream

    secured = TLSStream(stream, context, host)
    await secured.handshake(end)
    return secured


def _address(parts: SplitResult) -> tuple[str, int]:
    return parts.hostname or "", parts.port or PORTS[parts.scheme]


def _without_zone(netloc: str) -> str:
    """Return an authority without the zone of an IPv6 address, which means nothing elsewhere (RFC 6874, 3)."""
    address, percent, rest = netloc.partition("%")
    return f"{address}]{rest.partition(']')[2]}" if percent and netloc.startswith("[") else netloc


def _is_tls(proxy: SplitResult | None) -> bool:
    return proxy is not None and proxy.scheme == "https"


def _credentials(proxy: SplitResult) -> Mapping[str, str]:
    """Return the header for a user and password in the proxy's URL."""
    if proxy.username is None:
        return {}
    from base64 import b64encode  # most programs have no proxy

    secret = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(secret).decode()}"}
