"""For tests of programs that talk to DigitalOcean; the pytest plugin's fixtures are made of this.

Every client that a program makes is simulated, without a change to the program:

    with simulated() as simulator:
        ...  # DO() and AsyncDO() anywhere in this process

One server for many tests, and for each test a simulator of its own, for any client over HTTP:

    with switchboard() as board:
        account = board.connect(Simulator(InstantClock()))
        ...  # any client, with account.url and account.token

Needs the extra `doboto[sim]`.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, TypeVar, cast
from unittest import mock

from starlette.types import ASGIApp, Receive, Scope, Send

from .client import Client
from .sim import Account, InstantClock, ManualClock, Simulator
from .sim.http.server import serve
from .simulated import world

__all__ = ["ServedAccount", "Simulated", "Switchboard", "simulated", "switchboard", "without_proxy"]

F = TypeVar("F", bound=Callable[..., Any])

#: The token of the account that clients share, unless a test registers others.
TOKEN: Final = "simulated"  # noqa: S105 - any text is a token there


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
    """Serve on a free port of this machine while the context lasts; proxies of the environment are passed by."""
    board = Switchboard()
    with without_proxy(), serve(board) as server:
        board.url = server.url
        yield board


class Simulated:
    """Makes clients simulated while it lasts: a context manager, and a decorator of functions, coroutines and classes.

    Args:
        simulator: The simulated DigitalOcean. Default: a new one for each use, on a clock that waiting moves.
        environment: Serve it over HTTP, too, and pass its address to programs started while it lasts
            (`DOBOTO_URL`, `DIGITALOCEAN_TOKEN`): the command line and every `DO()` read it. A new simulator then has
            an `InstantClock`, because another process can't move one by hand.
    """

    def __init__(self, simulator: Simulator | None = None, *, environment: bool = False) -> None:
        self._given = simulator
        self._environment = environment
        self._stacks: list[ExitStack] = []

    def __enter__(self) -> Simulator:
        """Make clients simulated from now on."""
        simulator = self._given or self._new()
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(Client, "__init__", _simulated_init(simulator)))
            if self._environment:
                server = stack.enter_context(simulator.serve())
                stack.enter_context(mock.patch.dict(os.environ, _environment(server.url)))
            self._stacks.append(stack.pop_all())
        return simulator

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave new clients alone again; those that are simulated stay so."""
        self._stacks.pop().close()

    def __call__(self, target: F) -> F:
        """Do so while a function or a coroutine runs, or while any method of a class whose name begins with test."""
        if inspect.isclass(target):
            for name, method in list(vars(target).items()):
                if name.startswith("test") and callable(method):
                    setattr(target, name, self(method))
            return cast("F", target)
        if inspect.iscoroutinefunction(target):

            @functools.wraps(target)
            async def awaiting(*args: Any, **options: Any) -> Any:
                with self:
                    return await target(*args, **options)

            return cast("F", awaiting)

        @functools.wraps(target)
        def calling(*args: Any, **options: Any) -> Any:
            with self:
                return target(*args, **options)

        return cast("F", calling)

    def _new(self) -> Simulator:
        return Simulator(InstantClock() if self._environment else ManualClock())


def simulated(simulator: Simulator | None = None, *, environment: bool = False) -> Simulated:
    """Make every `DO()` and `AsyncDO()` made while it lasts a client of a simulated account.

    The code under test stays as it is: its clients share one account, with any token and URL, unless the test
    has registered the token (`Simulator.register`). Clients made before are not touched.

    Args:
        simulator: As for `Simulated`.
        environment: As for `Simulated`.

    Returns:
        A context manager that gives the simulator, and a decorator.
    """
    return Simulated(simulator, environment=environment)


def _simulated_init(simulator: Simulator) -> Callable[..., None]:
    clients: Any = Client
    original: Callable[..., None] = getattr(clients.__init__, "__wrapped__", clients.__init__)

    @functools.wraps(original)
    def simulated_init(client: Client[Any], token: str | None = None, *args: Any, **settings: Any) -> None:
        if settings.get("transport") is not None:
            original(client, token, *args, **settings)  # the program brings a transport of its own
            return
        transport, clock = world(simulator)
        found = token or os.environ.get("DIGITALOCEAN_TOKEN") or os.environ.get("DIGITALOCEAN_ACCESS_TOKEN") or TOKEN
        # All clients share an account, but for tokens that a test has registered; a real token goes nowhere.
        found = found if simulator.is_registered(found) else TOKEN
        settings = {**settings, "transport": transport, "clock": settings.get("clock") or clock}
        settings.pop("url", None)
        original(client, found, transport.url, *args[1:], **settings)

    return simulated_init


def _environment(url: str) -> Mapping[str, str]:
    return {"DOBOTO_SIM": "0", "DOBOTO_URL": url, "DIGITALOCEAN_TOKEN": TOKEN, **_no_proxy()}


def _no_proxy() -> dict[str, str]:
    """The variables that keep proxies away from this machine, with what they say already."""
    local = "localhost,127.0.0.1,::1"
    return {name: ",".join(filter(None, (os.environ.get(name), local))) for name in ("NO_PROXY", "no_proxy")}


@contextmanager
def without_proxy() -> Generator[None]:
    """Let clients reach this machine without the proxies that the environment names."""
    with mock.patch.dict(os.environ, _no_proxy()):
        yield
