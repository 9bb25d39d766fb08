"""For tests of programs that talk to DigitalOcean over HTTP: one server, and for each test a simulator of its own.

    with switchboard() as board:
        account = board.connect(Simulator(InstantClock()))
        ...  # any client, with account.url and account.token

The pytest plugin makes its fixture `doboto_server` of this. Needs the extra `doboto[sim]`.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from .sim import Account, Simulator
from .sim.http.server import serve

__all__ = ["ServedAccount", "Switchboard", "switchboard"]


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """An account that any DigitalOcean client can use."""

    #: The base URL that clients take, `http://127.0.0.1:PORT/v2`.
    url: str
    #: The account's token; no other test has it.
    token: str = field(repr=False)
    #: The simulated DigitalOcean: its clock, faults and log.
    simulator: Simulator

    @property
    def account(self) -> Account:
        """What is in the account."""
        return self.simulator.account(self.token)


class Switchboard:
    """Answers each request with the simulator that was connected last.

    Starting and stopping a server takes longer than most tests, so one serves them all. The token of a request that
    comes late, from a thread that outlives its test, is unknown to the next test's simulator: it opens an account of
    its own there.
    """

    def __init__(self) -> None:
        self.url = ""
        self._app: ASGIApp | None = None
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""
        if self._app is None:
            raise LookupError("no simulator is connected")
        await self._app(scope, receive, send)

    def connect(self, simulator: Simulator) -> ServedAccount:
        """Serve this simulator from now on; the account is a new one."""
        self._app = simulator.app
        return ServedAccount(self.url, f"test-{next(self._numbers)}", simulator)


@contextmanager
def switchboard() -> Generator[Switchboard]:
    """Serve on a free port of this machine while the context lasts."""
    board = Switchboard()
    with serve(board) as server:
        board.url = server.url
        yield board
