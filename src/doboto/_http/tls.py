"""TLS over any stream, also over another TLS: that of a proxy which is itself reached over https; whom it trusts."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar, cast

from .._core.forks import renew_in_forks
from ..errors import DOBOTOConfigurationException
from .network import READ_SIZE, Network, Stream, remaining

T = TypeVar("T")


class TLSStream:
    """A TLS connection over a stream. Seconds bound the whole of a sending, receiving or handshake.

    Args:
        inner: The stream that carries it.
        context: Whom it trusts.
        host: Whose certificate it must be.
    """

    def __init__(self, inner: Stream, context: ssl.SSLContext, host: str) -> None:
        self._inner = inner
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._buffer = memoryview(bytearray(READ_SIZE))
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def handshake(self, end: float) -> None:
        """Agree on keys, and check the certificate.

        Raises:
            ssl.SSLCertVerificationError: It is not trusted, or another host's.
            OSError: The handshake failed otherwise, or took too long.
        """
        await self._run(self._tls.do_handshake, end)

    async def send(self, data: bytes, seconds: float) -> None:
        """Send all of the data."""
        end, rest = time.monotonic() + seconds, memoryview(data)
        while rest:
            rest = rest[await self._run(partial(self._tls.write, rest), end) :]

    async def receive(self, seconds: float) -> bytes:
        """Return what has come, b"" once the other side has closed the connection properly.

        Raises:
            ssl.SSLEOFError: It was cut off, perhaps by an attacker (RFC 9112, 9.8).
        """
        return bytes(self._buffer[: await self.receive_into(self._buffer, seconds)])

    async def receive_into(self, buffer: memoryview, seconds: float) -> int:
        """Put what has come into a buffer; return how many bytes that are, 0 once it was closed properly.

        Raises:
            ssl.SSLEOFError: It was cut off, perhaps by an attacker (RFC 9112, 9.8).
        """
        end = time.monotonic() + seconds
        try:
            if not (self._tls.pending() or self._incoming.pending or self._incoming.eof):
                await self._feed(end)  # without it the first read fails, which costs more than the rest of a read
            count = await self._run(partial(self._read_into, buffer), end)
        except ssl.SSLZeroReturnError:
            return 0
        while self._incoming.pending and count < len(buffer):  # further records; each read gives one of at most 16 KB
            try:
                count += self._read_into(buffer[count:])
            except ssl.SSLError:  # it is incomplete, or what is wrong with it shows at the next read
                break
        return count

    def _read_into(self, buffer: memoryview) -> int:
        return cast("int", self._tls.read(len(buffer), buffer))

    async def _run(self, step: Callable[[], T], end: float) -> T:
        """Return what a step of TLS gives, once what it writes is sent and what it waits for has come."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._flush(end)
                await self._feed(end)
            else:
                await self._flush(end)
                return result

    async def _feed(self, end: float) -> None:
        """Take in what comes next, or that nothing will come."""
        if data := await self._inner.receive(remaining(end)):
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def _flush(self, end: float) -> None:
        if data := self._outgoing.read():
            await self._inner.send(data, remaining(end))

    def has_input(self) -> bool:
        """Return whether there is something to read, in any layer."""
        return bool(self._tls.pending() or self._incoming.pending or self._inner.has_input())

    def close(self) -> None:
        """Close the stream that carries it."""
        self._inner.close()


class Trust:
    """The TLS context of all connections of a client.

    That of the system's certificate authorities takes 20 to 200 ms to read, so it is made at the first connection, and
    in a thread where an event loop would be held up. A file of the caller's is read at once: what is wrong with it
    shows where it is named.

    Args:
        ca_file: A file of certificates to trust instead of the system's, or None.

    Raises:
        DOBOTOConfigurationException: The file holds no certificate, or something else.
    """

    def __init__(self, ca_file: str | None) -> None:
        self.renew()
        renew_in_forks(self)
        self._context = None if ca_file is None else _read(ca_file)

    def renew(self) -> None:
        """Make a new lock, in a forked process: a thread of the other one may have been reading then."""
        self._lock = threading.RLock()  # a handler of a signal may come here again

    async def context(self, network: Network) -> ssl.SSLContext:
        """Return the context."""
        if self._context is not None:
            return self._context
        return await network.run(self._make)

    def _make(self) -> ssl.SSLContext:
        """Make the context, once, whichever connections begin at the same time."""
        with self._lock:
            context = self._context or _read(None)
            self._context = context
        return context


def _read(ca_file: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as failure:  # ssl.SSLError is one
        named = "the system's certificates" if ca_file is None else f"ca_file: {ca_file!r}"
        raise DOBOTOConfigurationException(f"{named} can't be read as certificates: {failure}") from None
    if ca_file is not None and not context.cert_store_stats()["x509"]:
        raise DOBOTOConfigurationException(f"ca_file: {ca_file!r} holds no certificate")
    context.set_alpn_protocols(["http/1.1"])
    return context
