"""The two ends of a connection: where a served simulator listens, and the client, as far as faults have to do with it.

ASGI has no way to close a connection in the middle, nor to say how long a client would wait. What carries requests
to the app (the server, a transport in this process) puts a `Peer` into `scope["extensions"][PEER]`; without one a
drop leaves the app as the exception `Dropped`. This module is apart from the server, which takes long to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from starlette.types import Receive

PEER = "doboto.sim.peer"


class Dropped(Exception):
    """The connection ends here."""

    def __init__(self) -> None:
        super().__init__("connection dropped")


class Peer(Protocol):
    """Who is at the other end."""

    def hang_up(self) -> None:
        """Close the connection; `receive` then says `http.disconnect`."""
        ...

    def waits(self, seconds: float) -> float:
        """Return how much of a pause the client sits through before it gives up."""
        ...


class UnknownPeer:
    """A peer of which nothing is known."""

    def hang_up(self) -> None:
        """Leave the app."""
        raise Dropped

    def waits(self, seconds: float) -> float:
        """Return all of it."""
        return seconds


async def hang_up(peer: Peer, receive: Receive) -> None:
    """Close the connection; a server takes a reply that is not finished amiss until it has noticed."""
    peer.hang_up()
    while (await receive())["type"] != "http.disconnect":
        pass


def peer_of(scope: Mapping[str, Any]) -> Peer:
    """Return who is at the other end of an ASGI request."""
    extensions: Mapping[str, Any] = scope.get("extensions") or {}
    found: Peer = extensions.get(PEER) or UnknownPeer()
    return found


@dataclass(frozen=True, slots=True)
class Server:
    """Where a served simulator is found."""

    host: str
    port: int
    #: The certificate authority to trust, if it serves TLS.
    ca_file: Path | None = None

    @property
    def url(self) -> str:
        """The base URL that clients take, `.../v2`."""
        return f"{self.origin}/v2"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.ca_file is None else 'https'}://{host}:{self.port}"
