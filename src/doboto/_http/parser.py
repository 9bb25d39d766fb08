"""Exchanges that are not plain: h11 writes and parses them; what may be believed and kept is judged here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import h11

from .._core.response import Response
from .._io.protocol import CLOSE_AFTER
from .content import Content, InvalidResponse
from .network import Exchange, Stream, remaining

#: Bytes of a status line with all headers; Node.js takes 16 KB, nginx and Go's client up to 1 MB.
HEADERS_SIZE = 256 * 1024
#: The end of every request; h11 changes no event that it is given.
END = h11.EndOfMessage()


class Parser:
    """One exchange of a connection, as h11 writes and reads it.

    Args:
        method: The request's method.
        target: What its request line names.
        headers: Its headers.
        body: Its body, if it has one.

    Attributes:
        message: The request as it is sent.

    Raises:
        h11.LocalProtocolError: The request is none that may be sent.
    """

    def __init__(self, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes | None = None) -> None:
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEADERS_SIZE)
        request = h11.Request(method=method, target=target, headers=list(headers))
        events = [request, h11.Data(data=body), END] if body else [request, END]
        self.message = b"".join(self._h11.send(event) or b"" for event in events)
        self._is_complete = False

    def is_complete(self) -> bool:
        """Return whether the response left no doubt about where it ended, and the connection may be used again."""
        return self._is_complete

    async def read(
        self, data: bytes, receive: Callable[[], Awaitable[bytes]], exchange: Exchange, max_size: int
    ) -> Response:
        """Read the whole response.

        Args:
            data: What has come of it.
            receive: Gives what comes next, b"" at the end.
            exchange: Its bounds.
            max_size: Bytes that its body may have, packed or not.

        Raises:
            InvalidResponse: It is not HTTP, its framing is ambiguous, or its body is damaged.
            ResponseTooLarge: Its body is larger than that.
            OSError: The connection broke, or the time is over.
        """
        with _explained():
            self._feed(data)
            head = await self._head(receive)
            known = _headers(head)
            _check_framing(head.http_version, known)
            content = Content(known.get("content-encoding", ""), max_size)
            while type(event := await self._event(receive)) is not h11.EndOfMessage:
                content.add(event.data, exchange)
            body = content.finish()
            self._is_complete = self._may_go_on(head, known)
        return Response(head.status_code, known, body)

    async def open_tunnel(self, stream: Stream, end: float) -> None:
        """Have a proxy carry what follows to another host, which the request names (RFC 9110, 9.3.6).

        Args:
            stream: The connection to the proxy.
            end: When it must be over, on the monotonic clock.

        Raises:
            ConnectionError: The proxy refuses.
            InvalidResponse: Its response is not HTTP.
        """
        await stream.send(self.message, remaining(end))
        with _explained():
            head = await self._head(lambda: stream.receive(remaining(end)))
        if not 200 <= head.status_code < 300:
            raise ConnectionError(f"the proxy answered {head.status_code} {bytes(head.reason).decode('latin-1')}")
        if self._h11.trailing_data[0]:
            raise ConnectionError("the proxy sent more than its response")

    async def _head(self, receive: Callable[[], Awaitable[bytes]]) -> h11.Response:
        """Return status and headers of the final response; those before it are skipped (RFC 9110, 15.2)."""
        while type(event := await self._event(receive)) is h11.InformationalResponse:
            if event.status_code == 101:
                raise InvalidResponse("it switches to a protocol that was not asked for")
        head: h11.Response = event
        return head

    async def _event(self, receive: Callable[[], Awaitable[bytes]]) -> Any:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            self._feed(await receive())
        return event

    def _feed(self, data: bytes) -> None:
        """Hand over what came.

        Raises:
            ConnectionError: It is the end, where a response is to begin.
        """
        if not data and self._h11.their_state is h11.SEND_RESPONSE and not self._h11.trailing_data[0]:
            raise ConnectionError("the connection was closed before a response came")
        self._h11.receive_data(data)

    def _may_go_on(self, head: h11.Response, headers: Mapping[str, str]) -> bool:
        """Return whether nothing speaks against another exchange over the connection."""
        surplus, closed = self._h11.trailing_data
        if self._h11.our_state is not h11.DONE or self._h11.their_state is not h11.DONE or surplus or closed:
            return False
        return head.status_code not in CLOSE_AFTER and not _announces_what_it_must_not_have(head.status_code, headers)


@contextmanager
def _explained() -> Generator[None]:
    """Have what h11 refuses be an `InvalidResponse`, so that those who handle it need not import h11."""
    try:
        yield
    except h11.RemoteProtocolError as refused:
        raise InvalidResponse(str(refused)) from None


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
        InvalidResponse: It is ambiguous or too long.
    """
    # h11 bounds what is incomplete only: headers that came in one piece would pass.
    if sum(map(len, headers)) + sum(map(len, headers.values())) > HEADERS_SIZE:
        raise InvalidResponse("its headers are too long")
    if version not in {b"1.0", b"1.1"}:
        raise InvalidResponse("it is of another version of HTTP")
    if "transfer-encoding" in headers and "content-length" in headers:  # RFC 9112, 6.3
        raise InvalidResponse("it has both Transfer-Encoding and Content-Length")
    if "transfer-encoding" in headers and version == b"1.0":  # RFC 9112, 6.1
        raise InvalidResponse("it has Transfer-Encoding in HTTP/1.0")


def _announces_what_it_must_not_have(status: int, headers: Mapping[str, str]) -> bool:
    """Return whether a 204 announces a body (RFC 9110, 8.6, and RFC 9112, 6.1), which may come or not."""
    return status == 204 and ("transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != "")
