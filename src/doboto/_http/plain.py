"""Plain exchanges: requests written, and responses read, in one step each, where h11 would come to the same.

h11 takes a quarter of a call's CPU: for each message it goes through its states for head, body and end, and checks each
header by itself. Plain is a subset of what it accepts that leaves no doubt: printable ASCII, no name twice, no word
about the connection but that it is kept, and a body of one length or in chunks that has come as a whole. All else that
comes is h11's, and is refused there if it has to be; `tests/client/test_plain.py` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from .._io.protocol import CLOSE_AFTER, WireRequest

#: Methods whose responses have a body after their head (RFC 9112, 6.3): HEAD's and CONNECT's have not.
PLAIN_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
#: Methods whose requests announce a length even without a body (RFC 9110, 8.6).
WITH_LENGTH = frozenset({"POST", "PUT", "PATCH"})
#: Headers with which h11 writes, or keeps, a request in another way (RFC 9110, 7.6.1 and 10.1.1; RFC 9112, 6.1).
FRAMING = frozenset({"connection", "content-length", "expect", "transfer-encoding", "upgrade"})
TARGET = re.compile(r"/[!-~]*")
#: Headers as they are sent: each a name and a value of printable ASCII without blanks around it (RFC 9112, 5).
LINES = re.compile(r"(?:[-!#$%&'*+.^_`|~0-9A-Za-z]+: (?:[!-~](?:[ -~]*[!-~])?)?\r\n)+\r\n")
#: A status after which there may be a body, any reason, and at least one header (RFC 9112, 4 and 5).
HEAD = re.compile(rb"HTTP/1\.1 (20[0-2]|[45][0-9]{2}) [ -~]*\r\n((?:[-!#$%&'*+.^_`|~0-9A-Za-z]+:[ -~]*\r\n)+)\r\n")
LENGTH = re.compile(r"[0-9]{1,9}")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,7})\r\n")


class RequestHeaders:
    """The headers of one client's requests, checked and encoded once as long as they stay the same: those of reads do.

    Args:
        common: Headers that every request has.
    """

    def __init__(self, common: Mapping[str, str]) -> None:
        self._common = common
        self._last: tuple[Mapping[str, str], bytes | None] = {}, None

    def encode(self, request: WireRequest) -> list[tuple[str, str]]:
        """Return a request's headers as h11 takes them."""
        return list(self._with_length(request).items())

    def message(self, request: WireRequest, target: str) -> bytes | None:
        """Return a plain request as it is sent, None for another one, or one that may not be sent."""
        if request.method not in PLAIN_METHODS or not TARGET.fullmatch(target):
            return None
        headers = self._with_length(request)
        last, lines = self._last
        if headers != last:
            lines = _encode(headers)
            self._last = headers, lines
        if lines is None or not FRAMING.isdisjoint(map(str.lower, request.headers)):
            return None
        return f"{request.method} {target} HTTP/1.1\r\n".encode() + lines + (request.body or b"")

    def _with_length(self, request: WireRequest) -> dict[str, str]:
        headers = {**self._common, **request.headers}
        if request.body or request.method in WITH_LENGTH:
            headers["Content-Length"] = str(len(request.body or b""))
        return headers


def _encode(headers: Mapping[str, str]) -> bytes | None:
    """Return plain headers as they are sent, with the blank line after them; None if one is not plain."""
    try:
        lines = "".join(f"{': '.join(header)}\r\n" for header in headers.items()) + "\r\n"
    except TypeError:  # a program's transport gave one that is no text: h11 takes bytes, and refuses all else
        return None
    if lines.count("\n") > len(headers) + 1 or len({*map(str.lower, headers)}) < len(headers):
        return None  # a value with a line end would be two headers
    return lines.encode("ascii") if LINES.fullmatch(lines) else None


class PlainHead(NamedTuple):
    """The status line and headers of a response.

    Attributes:
        status: The status.
        headers: Headers by their names in lower case.
        start: Where the body begins.
        length: How long the body is, None if it comes in chunks.
    """

    status: int
    headers: Mapping[str, str]
    start: int
    length: int | None


def read_head(data: bytes) -> PlainHead | None:
    """Read the head that a response begins with, None if it is not plain."""
    found = HEAD.match(data)
    if found is None or (status := int(found[1])) in CLOSE_AFTER:
        return None
    lines = found[2].decode("ascii").split("\r\n")[:-1]
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip(" ")
    if len(headers) != len(lines) or headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    if length is None and coding == "chunked":
        return PlainHead(status, headers, found.end(), None)
    if length is None or coding is not None or not LENGTH.fullmatch(length):
        return None
    return PlainHead(status, headers, found.end(), int(length))


def read_body(head: PlainHead, data: bytes) -> bytes | None:
    """Read the body of a response, None if it is incomplete, has something after it, or is not plain.

    Args:
        head: Its head.
        data: All of it, the head included.
    """
    if head.length is None:
        return _join_chunks(data, head.start)
    return data[head.start :] if len(data) == head.start + head.length else None


def _join_chunks(data: bytes, position: int) -> bytes | None:
    """Return what is in chunks without extensions and trailers (RFC 9112, 7.1), None if they are others."""
    pieces: list[bytes] = []
    while size := CHUNK.match(data, position):
        start, end = size.end(), size.end() + int(size[1], 16)
        if start == end:
            return b"".join(pieces) if data[start:] == b"\r\n" else None
        if data[end : end + 2] != b"\r\n":
            return None
        pieces.append(data[start:end])
        position = end + 2
    return None
