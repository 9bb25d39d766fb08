"""TLS inside of TLS: the API's connection inside of that to a proxy which is itself reached over https.

Python's `SSLSocket` wraps plain sockets only; its `SSLObject` leaves carrying the bytes to us.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .exchange import till

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

T = TypeVar("T")
#: A TLS record brings 16 KB at most (RFC 8446, 5.1).
RECORD = 16_384


class NestedTLS:
    """A TLS connection that another one carries. A time-out counts for the whole of a reading, writing or handshake.

    Args:
        outer: What carries it.
        context: Whom it trusts.
        host: Whose certificate it must be.
        end: When the handshake must be over.

    Raises:
        OSError: The handshake failed.
    """

    def __init__(self, outer: ssl.SSLSocket, context: ssl.SSLContext, host: str, end: float) -> None:
        self._outer: Any = outer
        self._end = end
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._done(self._tls.do_handshake)

    def _done(self, step: Callable[[], T]) -> T:
        """What a step of TLS gives, once all that it says is carried out and all that it waits for is carried in."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._carry_out()
                self._carry_in()
            else:
                self._carry_out()
                return result

    def _carry_out(self) -> None:
        if said := self._outgoing.read():
            self._outer.settimeout(till(self._end))
            self._outer.sendall(said)

    def _carry_in(self) -> None:
        heard = bytearray(RECORD)
        self._outer.settimeout(till(self._end))
        if count := self._outer.recv_into(heard):
            self._incoming.write(memoryview(heard)[:count])
        else:
            self._incoming.write_eof()

    def settimeout(self, value: float, /) -> None:
        """Bound what is read or written next."""
        self._end = time.monotonic() + value

    def sendall(self, data: ReadableBuffer, /) -> None:
        """Write all of it."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._done(partial(self._tls.write, rest[:RECORD])) :]

    def recv_into(self, buffer: Any, /) -> int:
        """Read what there is, at least something; nothing at the end."""
        read: Any = self._tls.read  # typed for reading without a buffer
        try:
            found: int = self._done(partial(read, len(memoryview(buffer)), buffer))
        except ssl.SSLZeroReturnError:
            return 0
        return found

    def makefile(self, mode: Any, buffering: Any) -> Any:
        """What keeps the outer one open for a reader."""
        return self._outer.makefile(mode, buffering)

    def pending(self) -> int:
        """Bytes that came and were not asked for yet, in any layer."""
        count: int = self._tls.pending() + self._incoming.pending + self._outer.pending()
        return count

    def fileno(self) -> int:
        """The socket that carries all."""
        number: int = self._outer.fileno()
        return number

    def close(self) -> None:
        """Close the outer one."""
        self._outer.close()
