"""Every test of an operation runs in both flavours from one source: `api` is the blocking client, then the other one.

The asynchronous client's operations are run to their end by a small proxy, so that a test reads the same for both.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import trustme

from doboto import DO, AsyncDO, Limiter
from doboto.sim import ManualClock, Settings, Simulator
from doboto.sim.http.scopes import UNGRANTABLE, Scopes

from .contract import Contract
from .patience import AMPLE
from .references import Held, References

SIZE, IMAGE, REGION = "s-1vcpu-1gb", "ubuntu-24-04-x64", "nyc3"


@dataclass
class Log:
    """The requests that reached the simulator, as `METHOD path?query`."""

    lines: list[str] = field(default_factory=list)

    def take(self) -> list[str]:
        """Those since the last call."""
        taken, self.lines[:] = list(self.lines), []
        return taken

    def count(self, beginning: str) -> int:
        return sum(line.startswith(beginning) for line in self.lines)


class Blockingly:
    """An object of the asynchronous client whose operations block: what an `await` would do, in a loop of its own."""

    def __init__(self, target: Any, runner: asyncio.Runner) -> None:
        self._target = target
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if inspect.iscoroutinefunction(found):
            return lambda *args, **kwargs: self._runner.run(found(*args, **kwargs))
        if inspect.isasyncgenfunction(found):
            return lambda *args, **kwargs: self._iterate(found(*args, **kwargs))
        if type(found).__module__.startswith("doboto.resources"):
            return Blockingly(found, self._runner)
        if isinstance(found, AsyncDO):
            return Blockingly(found, self._runner)
        if inspect.ismethod(found):
            return lambda *args, **kwargs: self._wrapped(found(*args, **kwargs))
        return found

    def _wrapped(self, result: Any) -> Any:
        return Blockingly(result, self._runner) if isinstance(result, AsyncDO) else result

    def _iterate(self, items: Any) -> Iterator[Any]:
        try:
            while True:
                try:
                    yield self._runner.run(items.__anext__())
                except StopAsyncIteration:
                    return
        finally:
            self._runner.run(items.aclose())


@pytest.fixture(scope="session")
def parts() -> tuple[str, str, str]:
    """A private key, a certificate for it, and the authority's."""
    authority = trustme.CA()
    issued = authority.issue_cert("www.example.com", "example.com")
    leaf = issued.cert_chain_pems[0].bytes().decode()
    return issued.private_key_pem.bytes().decode(), leaf, authority.cert_pem.bytes().decode()


@pytest.fixture
def settings() -> Settings:
    """How the simulated DigitalOcean behaves; a test file may say otherwise."""
    return Settings(droplet_limit=100_000)


@pytest.fixture
def sim(settings: Settings) -> Simulator:
    """A simulated DigitalOcean whose clock only moves when somebody sleeps."""
    return Simulator(clock=ManualClock(1_790_000_000), settings=settings)


@pytest.fixture
def contract(sim: Simulator, openapi: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Contract:
    """Holds every request and every reply of the test against the official specification, and notes its scopes."""
    contract = Contract(openapi)
    monkeypatch.setattr(Scopes, "require", lambda _, *scopes: contract.required.update({*scopes} - {*UNGRANTABLE}))
    sim.on_seen.append(contract)
    return contract


@pytest.fixture
def log(sim: Simulator) -> Log:
    """What reaches it."""
    log = Log()
    sim.on_seen.append(lambda incoming, reply: log.lines.append(seen(incoming)))
    return log


def seen(incoming: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in incoming.query.items() if name != "per_page")
    return f"{incoming.method} {incoming.path.removeprefix('/v2')}{'?' + query if query else ''}"


@pytest.fixture(params=["blocking", "asynchronous"])
def flavour(request: pytest.FixtureRequest) -> str:
    """Which client."""
    kind: str = request.param
    return kind


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """An event loop for the asynchronous client."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def references(openapi: dict[str, Any]) -> References:
    """What the documentation of each operation links to."""
    return References(openapi)


@pytest.fixture
def api(request: pytest.FixtureRequest, flavour: str, sim: Simulator, runner: asyncio.Runner) -> Any:
    """A client of the simulator, in process; with `contract`, each call is held against what it links to as well."""
    made = client(flavour, runner, sim)
    if "contract" not in request.fixturenames:
        return made
    return Held(made, request.getfixturevalue("contract"), request.getfixturevalue("references"))


@pytest.fixture
def clients(flavour: str, runner: asyncio.Runner) -> Iterator[Callable[..., Any]]:
    """Makes clients of that flavour that ask a server, with time for a busy machine, and closes them at the end."""
    made: list[Any] = []
    ample = dict.fromkeys(("timeout", "connect_timeout", "read_timeout"), AMPLE)

    def one(url: str, token: str = "t", **settings: Any) -> Any:
        made.append(
            (DO if flavour == "blocking" else AsyncDO)(token, url, **{"limiter": Limiter(), **ample, **settings})
        )
        return made[-1] if flavour == "blocking" else Blockingly(made[-1], runner)

    yield one
    for client in made:
        client.close() if flavour == "blocking" else runner.run(client.aclose())


def client(flavour: str, runner: asyncio.Runner, sim: Simulator, **settings: Any) -> Any:
    """A client of that flavour."""
    if flavour == "blocking":
        return DO.simulated(sim, **settings)
    return Blockingly(AsyncDO.simulated(sim, **settings), runner)


def one(name: str = "web-1", **more: Any) -> dict[str, Any]:
    """The attributes of a Droplet."""
    return {"name": name, "region": REGION, "size": SIZE, "image": IMAGE, **more}


def several(*names: str, **more: Any) -> dict[str, Any]:
    """The attributes of several."""
    return {"names": list(names), "region": REGION, "size": SIZE, "image": IMAGE, **more}
