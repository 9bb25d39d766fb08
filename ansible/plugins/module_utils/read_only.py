"""A transport that reads and never changes anything, for check mode: give it to a client as C(wrap_transport)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit


class WouldChange(Exception):
    """A request that would have changed something, and was not sent; its text is the method and the path."""


class ReadOnlyTransport:
    """Carries requests that read, and refuses all others.

    Args:
        transport: Carries the requests that read; see C(doboto.Transport).
    """

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    async def send(self, request: Any, timeouts: Any) -> Any:
        """Send a request.

        Raises:
            WouldChange: It would change something; it was not sent.
        """
        if request.method != "GET":
            raise WouldChange(f"{request.method} {urlsplit(request.url).path}")
        return await self._transport.send(request, timeouts)

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        """If true, that TCP port accepts a connection."""
        connected: bool = await self._transport.can_connect(host, port, timeout)
        return connected

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()
