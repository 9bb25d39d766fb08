"""The server's side of one connection: uvicorn's, with a way for the app to close it in the middle."""

from __future__ import annotations

import asyncio
from typing import cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .peers import PEER, hang_up


class Socket:
    """A client at the other end of a socket."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def hang_up(self) -> None:
        """Close the connection with what has been written so far; over TLS without a farewell."""
        self._transport.abort()

    def waits(self, seconds: float) -> float:
        """All of it: a client that gives up closes the connection on its own account."""
        return seconds


class Connection(H11Protocol):
    """Tells the app who is at the other end."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Put the transport within the app's reach."""
        socket = cast(asyncio.Transport, transport)
        super().connection_made(socket)
        app, peer = self.app, Socket(socket)

        async def told(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {**scope.get("extensions", {}), PEER: peer}
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:
                # The server stops: a request that a fault holds up goes down with its connection.
                await hang_up(peer, receive)

        self.app = told
