"""Sockets for `DO`: what is waited for is a `Wait`, which blocks, or suspends where a scheduler runs the coroutine."""

from __future__ import annotations

import os
import select
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar, cast

from .._operation import Wait
from .network import READ_SIZE, ConnectAttempt, Stream, remaining

T = TypeVar("T")


class SocketStream:
    """A connected socket.

    Args:
        sock: The socket, whose owner this is from now on.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._readable = ((sock, selectors.EVENT_READ),)
        self._wait_readable = readable_waiter(sock)
        #: Whether the last reading took all that had come, so that there is nothing to be read without waiting.
        self._is_drained = True

    async def send(self, data: bytes, seconds: float) -> None:
        """Send all of the data; the seconds bound all of it, not each piece."""
        sent = send_at_once(self._socket, data)
        if sent < len(data):
            await self._send_rest(memoryview(data)[sent:], time.monotonic() + seconds)

    async def _send_rest(self, data: memoryview, end: float) -> None:
        writable = (self._socket, selectors.EVENT_WRITE)
        while data:
            if not await Wait(partial(ready, [writable]), remaining(end), [writable]):
                raise TimeoutError("not all was sent in time")
            data = data[send_at_once(self._socket, data) :]

    async def receive(self, seconds: float) -> bytes:
        """Return the bytes that come next, b"" at the end of the stream."""
        data = await self._receive(partial(self._socket.recv, READ_SIZE), seconds)
        self._is_drained = len(data) < READ_SIZE
        return data

    async def receive_into(self, buffer: memoryview, seconds: float) -> int:
        """Put the bytes that come next into a buffer; return how many these are, 0 at the end of the stream."""
        count = await self._receive(partial(self._socket.recv_into, buffer), seconds)
        self._is_drained = count < len(buffer)
        return count

    async def _receive(self, receive: Callable[[], T], seconds: float) -> T:
        """Return what comes next, once something has come."""
        end = time.monotonic() + seconds
        while True:
            if self._is_drained and not await Wait(self._wait_readable, remaining(end), self._readable):
                raise TimeoutError("nothing came in time")
            try:
                return receive()
            except BlockingIOError:  # what had come was dropped, such as a segment with a wrong checksum
                self._is_drained = True

    def has_input(self) -> bool:
        """Return whether there is something to read, the end of the stream included, without waiting."""
        return self._wait_readable(0)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def __del__(self) -> None:
        self._socket.close()  # an interruption may have dropped it


class _Attempt:
    """A socket that is being connected."""

    def __init__(self, family: int) -> None:
        self.socket = new_socket(family)

    def failure(self) -> OSError | None:
        code = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return OSError(code, os.strerror(code)) if code else None

    def stream(self) -> Stream:
        return SocketStream(self.socket)

    def cancel(self) -> None:
        self.socket.close()


class _Gate:
    """A lock that is held while the gate is closed.

    Attributes:
        notify: Called once it is open, for a scheduler, which waits for sockets too.
    """

    def __init__(self) -> None:
        self.notify: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._lock.acquire()

    async def wait(self, seconds: float) -> bool:
        passed: bool = await Wait(self._pass, seconds, gate=self)
        return passed

    def _pass(self, seconds: float) -> bool:
        return self._lock.acquire(timeout=seconds)

    def is_open(self) -> bool:
        return not self._lock.locked()

    def open(self) -> None:
        with suppress(RuntimeError):  # it is open already
            self._lock.release()
        if self.notify is not None:
            self.notify()


class BlockingNetwork:
    """Sockets for `DO`: see `Network`."""

    async def run(self, job: Callable[[], T]) -> T:
        """Run a job here: there are no other tasks."""
        return job()

    def gate(self) -> _Gate:
        """Make a closed gate."""
        return _Gate()

    def start(self, family: int, address: Any) -> ConnectAttempt:
        """Begin to connect to an address, without waiting."""
        attempt = _Attempt(family)
        try:
            with suppress(BlockingIOError):  # it is being made
                attempt.socket.connect(address)
        except BaseException:
            attempt.cancel()
            raise
        return attempt

    async def wait_any(self, attempts: Sequence[ConnectAttempt], seconds: float) -> Sequence[ConnectAttempt]:
        """Wait until some attempts have ended, well or not."""
        by_socket = {cast(_Attempt, attempt).socket: attempt for attempt in attempts}
        sockets = [(sock, selectors.EVENT_WRITE) for sock in by_socket]
        return [by_socket[sock] for sock in await Wait(partial(ready, sockets), seconds, sockets)]


def ready(sockets: Sequence[tuple[socket.socket, int]], seconds: float) -> list[socket.socket]:
    """Wait until some sockets are ready for their events; return them, none when the time is over."""
    with selectors.DefaultSelector() as selector:
        for sock, events in sockets:
            selector.register(sock, events)
        return [cast(socket.socket, key.fileobj) for key, _ in selector.select(seconds)]


def new_socket(family: int) -> socket.socket:
    """Make a TCP socket that does not block, and sends small pieces at once."""
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.settimeout(0)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def send_at_once(sock: socket.socket, data: bytes | memoryview) -> int:
    """Send what a socket that does not block takes now, all of a usual request; return how many bytes that are."""
    try:
        return sock.send(data)
    except BlockingIOError:
        return 0


def readable_waiter(sock: socket.socket) -> Callable[[float], bool]:
    """Return a function that waits, that many seconds at most, until a socket has something to read or has ended.

    It returns whether that is so. One poll object serves all waits, and the socket's own timeout stays 0: setting that
    takes a system call each time.
    """
    if sys.platform == "win32" or not hasattr(select, "poll"):
        return lambda seconds: bool(select.select([sock], [], [], seconds)[0])
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return lambda seconds: bool(poll.poll(seconds * 1000))
