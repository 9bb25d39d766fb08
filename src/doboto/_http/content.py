"""A response's body as it comes in: unpacked piece by piece, and never larger than what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from .network import READ_SIZE, Exchange

if TYPE_CHECKING:
    import zlib

#: gzip by both of its names (RFC 9110, 8.4.1.3).
GZIP = frozenset({"gzip", "x-gzip"})


class ResponseTooLarge(Exception):
    """A body is larger than what is allowed."""


class InvalidResponse(Exception):
    """A response is not HTTP, its framing is ambiguous, or its body is damaged or packed in a way not asked for."""


class Content:
    """A body that is being read.

    Args:
        coding: The Content-Encoding header.
        max_size: Bytes that it may have, packed or not.

    Raises:
        InvalidResponse: It is packed in a way that was not asked for.
    """

    def __init__(self, coding: str, max_size: int) -> None:
        codings = [one for name in coding.lower().split(",") if (one := name.strip()) and one != "identity"]
        self._packed = bool(codings)
        self._max_size = max_size
        self._body = BytesIO()  # grows in place and gives its bytes away: no second copy, as joined pieces would be
        self._size = 0
        self._gzip: Any = None
        if self._packed and (len(codings) > 1 or codings[0] not in GZIP):
            raise InvalidResponse(f"the response is encoded as {coding[:40]!r}, which was not asked for")

    def add(self, data: bytes, exchange: Exchange) -> None:
        """Take in what came.

        Raises:
            ResponseTooLarge: The body is larger than what is allowed.
            InvalidResponse: It is damaged.
            TimeoutError: The deadline passed while it was unpacked.
        """
        for piece in self._unpack(bytes(data)) if self._packed else (data,):
            self._size += len(piece)
            if self._size > self._max_size:
                raise ResponseTooLarge(f"the response is larger than {self._max_size} bytes")
            exchange.remaining()
            self._body.write(piece)

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            InvalidResponse: The packed body was cut off.
        """
        if self._gzip is not None and not self._gzip.eof:
            raise InvalidResponse("the response's gzip data is cut off")
        return self._body.getvalue()

    def _unpack(self, data: bytes) -> Iterator[bytes]:
        """Yield pieces of what the data unpacks to; one gzip member may follow another (RFC 1952, 2.2)."""
        from zlib import error

        while data:
            if self._gzip is None or self._gzip.eof:
                self._gzip = _gzip()
            try:
                piece = self._gzip.decompress(data, READ_SIZE)
            except error as damage:
                raise InvalidResponse(f"the response's gzip data is damaged: {damage}") from None
            data = self._gzip.unconsumed_tail or self._gzip.unused_data
            yield piece


def _gzip() -> zlib._Decompress:
    from zlib import decompressobj  # only where a response is packed

    return decompressobj(wbits=31)  # 31: a gzip stream with its header and checksum
