"""Sockets of asyncio. They are bound to a loop only while a task waits for them.

A client may so be used from several event loops, one after the other or in threads of their own.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from .blocking import new_socket, readable_waiter, send_at_once
from .network import READ_SIZE, ConnectAttempt, Stream

T = TypeVar("T")


class AsyncSocketStream:
    """A connected socket.

    Args:
        sock: The socket, whose owner this is from now on.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._wait_readable = readable_waiter(sock)
        self._loop = asyncio.get_running_loop()

    async def send(self, data: bytes, seconds: float) -> None:
        """Send all of the data; the seconds bound all of it, not each piece."""
        sent = send_at_once(self._socket, data)
        if sent < len(data):
            async with asyncio.timeout(seconds):
                await self._loop.sock_sendall(self._socket, memoryview(data)[sent:])

    async def receive(self, seconds: float) -> bytes:
        """Return the bytes that come next, b"" at the end of the stream."""
        async with asyncio.timeout(seconds):
            return await self._loop.sock_recv(self._socket, READ_SIZE)

    async def receive_into(self, buffer: memoryview, seconds: float) -> int:
        """Put the bytes that come next into a buffer; return how many these are, 0 at the end of the stream."""
        async with asyncio.timeout(seconds):
            return await self._loop.sock_recv_into(self._socket, buffer)

    def has_input(self) -> bool:
        """Return whether there is something to read, the end of the stream included, without waiting.

        True in another event loop too: on Windows a socket works in the loop that used it first, so it is not used
        again.
        """
        return self._loop is not asyncio.get_running_loop() or self._wait_readable(0)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def __del__(self) -> None:
        self._socket.close()  # a client that was not closed


class _Attempt:
    """A task that connects a socket."""

    def __init__(self, family: int, address: Any) -> None:
        self._socket = new_socket(family)
        self.task = asyncio.ensure_future(asyncio.get_running_loop().sock_connect(self._socket, address))
        self.task.add_done_callback(_retrieve)

    def failure(self) -> OSError | None:
        failure = self.task.exception()
        if failure is None:
            return None
        if not isinstance(failure, OSError):
            raise failure
        # asyncio's text is "Connect call failed" for every reason.
        return OSError(failure.errno, os.strerror(failure.errno)) if failure.errno else failure

    def stream(self) -> Stream:
        return AsyncSocketStream(self._socket)

    def cancel(self) -> None:
        if self.task.done():
            self._socket.close()
        else:  # closed only then: the loop must not forget another socket that is given the same number
            self.task.add_done_callback(lambda _: self._socket.close())
            self.task.cancel()


def _retrieve(task: asyncio.Future[None]) -> None:
    """Look at a task's exception, so that the loop does not log one of an attempt that was given up."""
    if not task.cancelled():
        task.exception()


class _Gate:
    """An event that other threads may set."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._event.wait()
        return self._event.is_set()

    def open(self) -> None:
        with suppress(RuntimeError):  # the loop has been closed, so no task waits any more
            self._loop.call_soon_threadsafe(self._event.set)


class AsyncNetwork:
    """Sockets for `AsyncDO`: see `Network`."""

    async def run(self, job: Callable[[], T]) -> T:
        """Run a job in a thread, or here where the system has no further one or the program is ending."""
        try:
            return await asyncio.to_thread(job)
        except RuntimeError:
            return job()

    def gate(self) -> _Gate:
        """Make a closed gate, for a task of the running loop."""
        return _Gate()

    def start(self, family: int, address: Any) -> ConnectAttempt:
        """Begin to connect to an address, without waiting."""
        return _Attempt(family, address)

    async def wait_any(self, attempts: Sequence[ConnectAttempt], seconds: float) -> Sequence[ConnectAttempt]:
        """Wait until some attempts have ended, well or not."""
        tasks = {attempt.task: attempt for attempt in attempts if isinstance(attempt, _Attempt)}
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return [tasks[task] for task in done]
