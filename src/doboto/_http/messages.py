"""HTTP/1.1 exchanges over a stream: what is plain is written and read here, all else by h11 in `parser`.

A connection is used again only if the response's framing left no doubt where it ends, and nothing came after it: else
the next exchange could read a response that is not its own (RFC 9112, 11).
"""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from .._core.response import Response
from .._io.protocol import WireRequest
from .content import Content, InvalidResponse
from .network import Exchange, Stream
from .plain import PlainHead, RequestHeaders, read_body, read_head

if TYPE_CHECKING:
    from .parser import Parser

#: Bytes of a body that is awaited as a whole, so that h11 can still be given all of it.
SHORT = 64 * 1024
#: Bytes of a body for which there is a place before it comes; much more could be announced, and never be sent.
PREPARED = 16 * 1024 * 1024


class HTTPConnection:
    """An open connection, for one exchange at a time.

    Args:
        stream: What carries it.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
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
            InvalidResponse: The response is not HTTP, its framing is ambiguous, or its body is damaged.
            ResponseTooLarge: Its body is larger than that.
            OSError: The connection broke, or the time is over.
        """
        self._is_complete = False
        message, parser = headers.message(request, target), None
        if message is None:
            parser = _begin_parser(request, target, headers)
            message = parser.message
        await self._stream.send(message, exchange.remaining(exchange.timeouts.read))
        data = await self._receive(exchange)
        if parser is None:
            response, data = await self._read_plain(data, exchange, max_size)
            if response is not None:
                return response
            parser = _begin_parser(request, target, headers)  # it reads the response from its beginning
        response = await parser.read(data, lambda: self._receive(exchange), exchange, max_size)
        self._is_complete = parser.is_complete()
        return response

    def is_complete(self) -> bool:
        """Return whether the last exchange left no doubt about where it ended."""
        return self._is_complete

    def is_reusable(self) -> bool:
        """Return whether another exchange may use it: the last one was complete, and nothing has come since."""
        return self._is_complete and not self._stream.has_input()

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

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
        coding, piece = head.headers.get("content-encoding", ""), data[head.start :]
        if not coding and len(piece) <= length <= min(max_size, PREPARED):
            body = await self._fill(piece, length, exchange)
            self._is_complete = True
            return Response(head.status, head.headers, body)
        content = Content(coding, max_size)
        while len(piece) < length:
            content.add(piece, exchange)
            length -= len(piece)
            piece = await self._receive(exchange)
            if not piece:
                raise _cut_off(length)
        content.add(piece[:length], exchange)
        response = Response(head.status, head.headers, content.finish())
        self._is_complete = len(piece) == length  # what comes after it was not asked for
        return response

    async def _fill(self, beginning: bytes, length: int, exchange: Exchange) -> bytes:
        """Return a body whose place is prepared: what comes is put there, and neither copied nor moved again."""
        body, filled = _Body(bytes(length)), len(beginning)
        with body.getbuffer() as place:
            place[:filled] = beginning
            while filled < length:
                with place[filled:] as rest:  # given back if the task is never finished, else Python 3.12.1 crashes
                    count = await self._stream.receive_into(rest, exchange.remaining(exchange.timeouts.read))
                if not count:
                    raise _cut_off(length - filled)
                filled += count
        return body.getvalue()

    async def _receive(self, exchange: Exchange) -> bytes:
        """Return what comes next, b"" at the end."""
        return await self._stream.receive(exchange.remaining(exchange.timeouts.read))


class _Body(BytesIO):
    """A body that is being filled. Where its task is never finished, the garbage collector may close it before that."""

    def close(self) -> None:
        """Close it, unless it is still filled: then it has nothing to give back, and Python would report an error."""
        with suppress(BufferError):
            super().close()


def _cut_off(missing: int) -> InvalidResponse:
    return InvalidResponse(f"the connection was closed {missing} bytes before the response's end")


def _begin_parser(request: WireRequest, target: str, headers: RequestHeaders) -> Parser:
    from .parser import Parser  # most programs do without it, and h11 takes as long to import as a plain call

    return Parser(request.method, target, headers.encode(request), request.body)
