"""The simulator over HTTP or HTTPS: uvicorn in a thread of its own, on a socket that is bound before it starts."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from ..engine.clock import real_monotonic
from .peers import PEER, Server, hang_up

#: Seconds in which requests may end when the server stops; those that a fault holds up longer are cut off.
GRACE = 1.0
#: Seconds for the server to start, which takes it a few hundredths of one.
START = 30.0
#: Seconds for which a connection is kept on which the client has to send something. uvicorn's 5 are as long as a usual
#: pause between two polls, so that every other one would meet a connection that is being closed.
KEPT = 75


@contextmanager
def serve(app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, tls: bool = False) -> Generator[Server]:
    """Serve while the context lasts; connections are accepted from its first line on."""
    with ExitStack() as stack:
        bound = stack.enter_context(_bind(host, port))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="doboto-sim-"))) if tls else None
        config = uvicorn.Config(
            app,
            http=ServerConnection,
            log_level="warning",
            timeout_keep_alive=KEPT,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,  # else FORWARDED_ALLOW_IPS lets any client pass for a program of this machine
            date_header=False,  # replies carry the simulated date
        )
        ca_file = None if folder is None else _issue_certificate(config, folder, host)
        stack.enter_context(_run_server(_Server(config), bound))
        yield Server(host, bound.getsockname()[1], ca_file)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only for sockets that say they are TCP: each reply would wait 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(2048)
    except OSError:
        bound.close()
        raise
    return bound


def _issue_certificate(config: uvicorn.Config, folder: Path, host: str) -> Path:
    """Return a certificate authority of our own, and a certificate of it for this machine."""
    import trustme  # here, because it takes longer to load than a plain server takes to start

    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1", "::1", host)
    chain = folder / "server.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(chain)
    config.ssl_certfile = chain
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    return ca_file


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose timers go off while a test has frozen time (freezegun, time-machine)."""

    def time(self) -> float:
        return real_monotonic()


class _Server(uvicorn.Server):
    """Sets `ready` when it accepts connections or has failed."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.failure: BaseException | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # No client waits for replies any more, and a polite end of a TLS connection can take asyncio half a minute.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)

    def run_in_thread(self, bound: socket.socket) -> None:
        try:
            with asyncio.Runner(loop_factory=_Loop) as runner:
                runner.run(self.serve(sockets=[bound]))
        except BaseException as failure:
            self.failure = failure
        finally:
            self.ready.set()


@contextmanager
def _run_server(server: _Server, bound: socket.socket) -> Generator[None]:
    thread = threading.Thread(target=server.run_in_thread, args=(bound,), name="doboto-sim", daemon=True)
    thread.start()
    if not server.ready.wait(START):
        raise TimeoutError(f"the simulator did not start within {START} s")
    if server.failure is not None:
        raise server.failure
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(GRACE)
        server.force_exit = True
        # A thread that hangs ends with the process: it must not hold up a test run.
        thread.join(GRACE)


class SocketPeer:
    """A client at the other end of a socket."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def hang_up(self) -> None:
        """Close the connection with what has been written so far; over TLS without a farewell."""
        self._transport.abort()

    def waits(self, seconds: float) -> float:
        """Return all of it: a client that gives up closes the connection on its own account."""
        return seconds


class ServerConnection(H11Protocol):
    """Gives the app the peer of each request, and ends when the client keeps it waiting.

    uvicorn bounds only the time between two requests: a connection on which none was ever sent, or a part of one, would
    stay open for good.
    """

    _timer: asyncio.TimerHandle | None = None
    _awaited: Literal["request", "body"] | None = None

    def data_received(self, data: bytes) -> None:
        """Handle what the client sent."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def _watch(self) -> None:
        awaited = self._awaits()
        if awaited == "request" == self._awaited:
            return  # each byte of a request's head does not give it more time; pieces of a body do
        self._stop_timer()
        self._awaited = awaited
        if awaited is not None:
            self._timer = self.loop.call_later(KEPT, self.transport.abort)

    def _awaits(self) -> Literal["request", "body"] | None:
        """Return what the client has to send next; None while a request is answered."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or cycle.response_complete:
            return "request"
        return "body" if cycle.more_body else None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._awaited = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Put the transport within the app's reach."""
        socket = cast(asyncio.Transport, transport)
        super().connection_made(socket)
        self._watch()
        app, peer = self.app, SocketPeer(socket)

        async def with_peer(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {**scope.get("extensions", {}), PEER: peer}
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:
                # The server stops: a request that a fault holds up goes down with its connection.
                await hang_up(peer, receive)

        self.app = with_peer
