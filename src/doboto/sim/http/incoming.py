"""The raw request: what ASGI hands over, read once, with the tolerance of the real API; and refusing strangers.

The admin interface is for programs on this machine, unless other machines are allowed. A browser sends requests on
behalf of any page that it shows, so those that come from a page of another site are always refused. On this machine
alone, so are those for a host name that an outsider can point here (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Address, Headers
from starlette.types import Receive, Scope

from ..engine.errors import bad_request, forbidden, too_large
from ..engine.records import Record, as_record
from .peers import Peer, peer_of

#: Bytes of a body that are read. The real limit is unverified; an image or a volume never travels in a body.
LARGEST = 10_000_000

_SLASHES = re.compile(r"/{2,}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request before it is authenticated."""

    method: str
    path: str
    base: str
    query: dict[str, str]
    headers: Headers
    content: bytes
    peer: Peer
    #: More was sent than is read; `content` is empty then.
    oversize: bool = False
    #: The path ended in a slash, which `path` does not.
    slash: bool = False
    #: The client went away before it had sent everything.
    cut_off: bool = False

    def body(self) -> Record:
        """Return the JSON object sent; nothing and `null` are an empty one, and so is any body of GET and HEAD."""
        if self.oversize:
            raise too_large()
        if self.method in ("GET", "HEAD") or not self.content.strip():
            return {}
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return dict(_pairs(self.content))
        value = read_json(self.content)
        found = {} if value is None else as_record(value)
        if found is None:
            raise bad_request()
        return found


async def receive_request(scope: Scope, receive: Receive) -> Incoming:
    """Read the whole request; suspends only where `receive` does."""
    headers = Headers(scope=scope)
    body = await read_body(receive, LARGEST)
    host = headers.get("host") or "{}:{}".format(*(scope.get("server") or ("127.0.0.1", 80)))
    return Incoming(
        method=scope["method"],
        path=_tidy(scope["path"]),
        slash=scope["path"].endswith("/"),
        base=f"{scope.get('scheme', 'http')}://{host}",
        query=dict(_pairs(scope.get("query_string", b""))),
        headers=headers,
        content=b"".join(body.parts),
        peer=peer_of(scope),
        oversize=body.size > LARGEST,
        cut_off=body.cut_off,
    )


def read_json(content: bytes) -> Any:
    """Read the JSON in a body, else 400; NaN and Infinity, which Python's parser takes, are none (RFC 8259)."""
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise bad_request() from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


@dataclass(slots=True)
class Body:
    """What has arrived of a request's body."""

    #: Its pieces; none if it is larger than is read.
    parts: list[bytes] = field(default_factory=list[bytes])
    size: int = 0
    cut_off: bool = False


async def read_body(receive: Receive, limit: int) -> Body:
    """Read what arrives, up to the first message beyond the limit; the server discards the rest."""
    body, more = Body(), True
    while more and body.size <= limit:
        message = await receive()
        body.cut_off = message["type"] == "http.disconnect"
        more = not body.cut_off and message.get("more_body", False)
        body.parts.append(message.get("body", b""))
        body.size += len(body.parts[-1])
    if body.size > limit:
        body.parts.clear()
    return body


def _tidy(path: str) -> str:
    # Clients join a base URL and a path carelessly: `/v2//droplets`, `/v2/droplets/` (also on POST).
    return _SLASHES.sub("/", path).rstrip("/") or "/"


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    return parse_qsl(encoded.decode("latin-1"), keep_blank_values=True)


HINT = (
    'the setting allow_remote_admin allows it: `doboto sim --settings FILE` with {"allow_remote_admin": true} in the '
    "file, or Settings(allow_remote_admin=True)"
)


def refuse_strangers(client: Address | None, headers: Headers, *, allow_remote: bool = False) -> None:
    """Refuse a request with 403 unless it was made on this machine, and by no page of another site.

    Args:
        client: The peer's address; a request without one did not come over a network and may do everything.
        headers: The request's headers.
        allow_remote: Whether other machines may use the interface. Pages of other sites still may not.

    Raises:
        ApiError: 403.
    """
    if client is None:
        return
    host = headers.get("host", "")
    origin = headers.get("origin")
    if origin is not None and origin.partition("//")[2] != host:
        raise forbidden(f"The admin interface is not for pages of {origin!r}.")
    if allow_remote:
        return
    if not _loopback(client.host):
        raise forbidden(f"The admin interface is for programs on the simulator's own machine; {HINT}.")
    if not _local(_name(f"//{host}")):
        raise forbidden(f"The admin interface is at localhost, not at {host!r}; {HINT}.")


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _local(name: str | None) -> bool:
    return name is not None and (name == "localhost" or name.endswith(".localhost") or _loopback(name))


def _loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
