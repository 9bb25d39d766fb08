"""The raw request: what ASGI hands over, read once, with the tolerance of the real API."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from .errors import bad_request
from .peers import Peer, peer_of
from .records import Record, as_record

_SLASHES = re.compile(r"/{2,}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request before anybody has been authenticated."""

    method: str
    path: str
    base: str
    query: dict[str, str]
    headers: Headers
    content: bytes
    peer: Peer

    def body(self) -> Record:
        """The JSON object sent; nothing and `null` are an empty one, and GET and HEAD may send what they like."""
        if self.method in ("GET", "HEAD") or not self.content.strip():
            return {}
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return dict(_pairs(self.content))
        try:
            value: object = json.loads(self.content)
        except (ValueError, RecursionError):
            raise bad_request() from None
        found = {} if value is None else as_record(value)
        if found is None:
            raise bad_request()
        return found


async def receive_request(scope: Scope, receive: Receive) -> Incoming:
    """Read the whole request; suspends only where `receive` does."""
    headers = Headers(scope=scope)
    host = headers.get("host") or "{}:{}".format(*(scope.get("server") or ("127.0.0.1", 80)))
    return Incoming(
        method=scope["method"],
        path=_tidy(scope["path"]),
        base=f"{scope.get('scheme', 'http')}://{host}",
        query=dict(_pairs(scope.get("query_string", b""))),
        headers=headers,
        content=await _content(receive),
        peer=peer_of(scope),
    )


async def _content(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return b"".join(parts)


def _tidy(path: str) -> str:
    # Clients join a base URL and a path carelessly: `/v2//droplets`, `/v2/droplets/` (also on POST).
    return _SLASHES.sub("/", path).rstrip("/") or "/"


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    return parse_qsl(encoded.decode("latin-1"), keep_blank_values=True)
