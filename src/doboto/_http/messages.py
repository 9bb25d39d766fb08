"""HTTP/1.1 messages over a stream: h11 parses what is not plain; what may be believed and kept is judged here.

A connection is used again only if the response's framing left no doubt where it ends, and nothing came after it: else
the next exchange could read a response that is not its own (RFC 9112, 11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import h11

from .._core.response import Response
from .._io.protocol import CLOSE_AFTER, WireRequest
from .content import Content
from .network import Exchange, Stream, remaining
from .plain import PlainHead, RequestHeaders, read_body, read_head

#: Bytes of a status line with all headers; Node.js takes 16 KB, nginx and Go's client up to 1 MB.
HEADERS_SIZE = 256 * 1024
#: The end of every request; h11 changes no event that it is given.
END = h11.EndOfMessage()
#: Bytes of a body that is awaited as a whole, so that h11 can still be given all of it.
SHORT = 64 * 1024


class HTTPConnection:
    """An open connection, for one exchange at a time.

    Args:
        stream: What carries it.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEADERS_SIZE)
        self._is_complete = True

    async def exchange(
        self, request: WireRequest, target: str, headers: RequestHeaders, exchange: Exchange, max_size: int
    ) -> Response:
        """Send a request, once, and read the whole response.

        Args:
            request: The request.
            target: What its request line names.
            headers: Encodes its headers, with those that every request has.
            exchange: Its bounds.
            max_size: Bytes that the response's body may have, packed or not.

        Raises:
            h11.RemoteProtocolError: The response is not HTTP, or its framing is ambiguous.
            ResponseTooLarge: Its body is larger than that.
            OSError: The connection broke, or the time is over.
        """
        self._is_complete = False
        plain = headers.message(request, target)
        message = self._message(request, target, headers) if plain is None else plain
        await self._stream.send(message, exchange.remaining(exchange.timeouts.read))
        data = await self._receive(exchange)
        if plain is not None:
            response, data = await self._read_plain(data, exchange, max_size)
            if response is not None:
                return response
            self._message(request, target, headers)  # h11 reads it from its beginning
        _feed(self._h11, data)
        return await self._read(exchange, max_size)

    def is_complete(self) -> bool:
        """Return whether the last exchange left no doubt about where it ended."""
        return self._is_complete

    def is_reusable(self) -> bool:
        """Return whether another exchange may use it: the last one was complete, and nothing has come since."""
        return self._is_complete and not self._stream.has_input()

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def _message(self, request: WireRequest, target: str, headers: RequestHeaders) -> bytes:
        """Begin an exchange of h11, and return the request as h11 writes it."""
        head = h11.Request(method=request.method, target=target, headers=headers.encode(request))
        message = self._h11.send(head)
        if request.body:
            message += self._h11.send(h11.Data(data=request.body))
        return message + self._h11.send(END)

    async def _read_plain(self, data: bytes, exchange: Exchange, max_size: int) -> tuple[Response | None, bytes]:
        """Read a plain response whose beginning has come; return it, or None, and all that has come by now."""
        head = read_head(data)
        if head is None:
            return None, data
        if head.length is not None and head.length > SHORT:
            return await self._read_long(head, head.length, data, exchange, max_size), b""
        while head.length is not None and len(data) < head.start + head.length:
            more = await self._receive(exchange)
            if not more:
                return None, data
            data += more
        body = read_body(head, data)
        if body is None:
            return None, data
        content = Content(head.headers.get("content-encoding", ""), max_size)
        content.add(body, exchange)
        response = Response(head.status, head.headers, content.finish())
        self._is_complete = True
        return response, data

    async def _read_long(
        self, head: PlainHead, length: int, data: bytes, exchange: Exchange, max_size: int
    ) -> Response:
        """Read a plain response with a long body as it comes, without the copies that h11 makes of each piece."""
        content = Content(head.headers.get("content-encoding", ""), max_size)
        piece = data[head.start :]
        while len(piece) < length:
            content.add(piece, exchange)
            length -= len(piece)
            piece = await self._receive(exchange)
            if not piece:
                raise h11.RemoteProtocolError(f"the connection was closed {length} bytes before the response's end")
        content.add(piece[:length], exchange)
        response = Response(head.status, head.headers, content.finish())
        self._is_complete = len(piece) == length  # what comes after it was not asked for
        return response

    async def _read(self, exchange: Exchange, max_size: int) -> Response:
        """Read a response by h11."""
        head = await self._head(exchange)
        known = _headers(head)
        _check_framing(head.http_version, known)
        content = Content(known.get("content-encoding", ""), max_size)
        while type(event := await self._event(exchange)) is not h11.EndOfMessage:
            content.add(event.data, exchange)
        body = content.finish()
        self._conclude(head, known)
        return Response(head.status_code, known, body)

    async def _head(self, exchange: Exchange) -> h11.Response:
        """Return status and headers of the final response; those before it are skipped (RFC 9110, 15.2)."""
        while type(event := await self._event(exchange)) is h11.InformationalResponse:
            if event.status_code == 101:
                raise h11.RemoteProtocolError("it switches to a protocol that was not asked for")
        head: h11.Response = event
        return head

    async def _event(self, exchange: Exchange) -> Any:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            _feed(self._h11, await self._receive(exchange))
        return event

    async def _receive(self, exchange: Exchange) -> bytes:
        """Return what comes next, b"" at the end."""
        return await self._stream.receive(exchange.remaining(exchange.timeouts.read))

    def _conclude(self, head: h11.Response, headers: Mapping[str, str]) -> None:
        """Make ready for another exchange, if nothing speaks against it."""
        surplus, closed = self._h11.trailing_data
        if self._h11.our_state is not h11.DONE or self._h11.their_state is not h11.DONE or surplus or closed:
            return
        if head.status_code in CLOSE_AFTER or _announces_what_it_must_not_have(head.status_code, headers):
            return
        self._h11.start_next_cycle()
        self._is_complete = True


async def open_tunnel(stream: Stream, authority: str, headers: Mapping[str, str], end: float) -> None:
    """Have a proxy carry what follows to another host (RFC 9110, 9.3.6).

    Args:
        stream: The connection to the proxy.
        authority: Host and port of the other one.
        headers: Headers for the proxy.
        end: When it must be over, on the monotonic clock.

    Raises:
        ConnectionError: The proxy refuses.
        h11.RemoteProtocolError: Its response is not HTTP.
    """
    tunnel = h11.Connection(h11.CLIENT)
    request = h11.Request(method="CONNECT", target=authority, headers=[("Host", authority), *headers.items()])
    await stream.send((tunnel.send(request) or b"") + (tunnel.send(h11.EndOfMessage()) or b""), remaining(end))
    event: Any = None
    while type(event := tunnel.next_event()) is not h11.Response:
        if event is h11.NEED_DATA:
            _feed(tunnel, await stream.receive(remaining(end)))
    if not 200 <= event.status_code < 300:
        raise ConnectionError(f"the proxy answered {event.status_code} {bytes(event.reason).decode('latin-1')}")
    if tunnel.trailing_data[0]:
        raise ConnectionError("the proxy sent more than its response")


def _feed(connection: h11.Connection, data: bytes) -> None:
    """Hand over what came.

    Raises:
        ConnectionError: It is the end, where a response is to begin.
    """
    if not data and connection.their_state is h11.SEND_RESPONSE and not connection.trailing_data[0]:
        raise ConnectionError("the connection was closed before a response came")
    connection.receive_data(data)


def _headers(head: h11.Response) -> dict[str, str]:
    """Return headers by their names in lower case, several of one name as a list (RFC 9110, 5.3)."""
    found: dict[str, str] = {}
    for name, value in head.headers.raw_items():
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _check_framing(version: bytes, headers: Mapping[str, str]) -> None:
    """Refuse what others may read in another way and what is too long, beside what h11 refuses already.

    Raises:
        h11.RemoteProtocolError: It is ambiguous or too long.
    """
    # h11 bounds what is incomplete only: headers that came in one piece would pass.
    if sum(map(len, headers)) + sum(map(len, headers.values())) > HEADERS_SIZE:
        raise h11.RemoteProtocolError("its headers are too long")
    if version not in {b"1.0", b"1.1"}:
        raise h11.RemoteProtocolError("it is of another version of HTTP")
    if "transfer-encoding" in headers and "content-length" in headers:  # RFC 9112, 6.3
        raise h11.RemoteProtocolError("it has both Transfer-Encoding and Content-Length")
    if "transfer-encoding" in headers and version == b"1.0":  # RFC 9112, 6.1
        raise h11.RemoteProtocolError("it has Transfer-Encoding in HTTP/1.0")


def _announces_what_it_must_not_have(status: int, headers: Mapping[str, str]) -> bool:
    """Return whether a 204 announces a body (RFC 9110, 8.6, and RFC 9112, 6.1), which may come or not."""
    return status == 204 and ("transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != "")
