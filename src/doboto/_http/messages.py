"""HTTP/1.1 messages over a stream: h11 parses and frames them; what may be believed and kept is judged here.

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

#: Bytes of a status line with all headers; Node.js takes 16 KB, nginx and Go's client up to 1 MB.
HEADERS_SIZE = 256 * 1024

#: Methods whose requests announce a length even without a body (RFC 9110, 8.6).
WITH_LENGTH = frozenset({"POST", "PUT", "PATCH"})
#: The end of every request; h11 changes no event that it is given.
END = h11.EndOfMessage()


class RequestHeaders:
    """The headers of one client's requests, checked and encoded once as long as they stay the same: those of reads do.

    Args:
        common: Headers that every request has.
    """

    def __init__(self, common: Mapping[str, str]) -> None:
        self._common = common
        self._last: tuple[Mapping[str, str], Any] = {}, None

    def encode(self, request: WireRequest) -> Any:
        """Return a request's headers as h11 takes them.

        Raises:
            h11.LocalProtocolError: One is none that may be sent.
        """
        headers = {**self._common, **request.headers}
        if request.body or request.method in WITH_LENGTH:
            headers["Content-Length"] = str(len(request.body or b""))
        last, encoded = self._last
        if headers != last:  # h11 checks headers as they come, but takes its own as they are
            encoded = h11.Request(method="GET", target="/", headers=list(headers.items())).headers
            self._last = headers, encoded
        return encoded


class HTTPConnection:
    """An open connection, for one exchange at a time.

    Args:
        stream: What carries it.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEADERS_SIZE)

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
        await self._stream.send(self._message(request, target, headers), exchange.remaining(exchange.timeouts.read))
        await self._receive(exchange)  # nothing is there yet: see `is_reusable`
        head = await self._head(exchange)
        known = _headers(head)
        _check_framing(head.http_version, known)
        content = Content(known.get("content-encoding", ""), max_size)
        while type(event := await self._event(exchange)) is not h11.EndOfMessage:
            content.add(event.data, exchange)
        body = content.finish()
        self._conclude(head, known)
        return Response(head.status_code, known, body)

    def is_complete(self) -> bool:
        """Return whether the last exchange left no doubt about where it ended."""
        return self._h11.our_state is h11.IDLE

    def is_reusable(self) -> bool:
        """Return whether another exchange may use it: the last one was complete, and nothing has come since."""
        return self.is_complete() and not self._stream.has_input()

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def _message(self, request: WireRequest, target: str, headers: RequestHeaders) -> bytes:
        head = h11.Request(method=request.method, target=target, headers=headers.encode(request))
        message = self._h11.send(head)
        if request.body:
            message += self._h11.send(h11.Data(data=request.body))
        return message + self._h11.send(END)

    async def _head(self, exchange: Exchange) -> h11.Response:
        """Return status and headers of the final response; those before it are skipped (RFC 9110, 15.2)."""
        while type(event := await self._event(exchange)) is h11.InformationalResponse:
            if event.status_code == 101:
                raise h11.RemoteProtocolError("it switches to a protocol that was not asked for")
        head: h11.Response = event
        return head

    async def _event(self, exchange: Exchange) -> Any:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            await self._receive(exchange)
        return event

    async def _receive(self, exchange: Exchange) -> None:
        """Take in what comes next, or that nothing will come."""
        _feed(self._h11, await self._stream.receive(exchange.remaining(exchange.timeouts.read)))

    def _conclude(self, head: h11.Response, headers: Mapping[str, str]) -> None:
        """Make ready for another exchange, if nothing speaks against it."""
        surplus, closed = self._h11.trailing_data
        if self._h11.our_state is not h11.DONE or self._h11.their_state is not h11.DONE or surplus or closed:
            return
        if head.status_code in CLOSE_AFTER or _announces_what_it_must_not_have(head.status_code, headers):
            return
        self._h11.start_next_cycle()


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
