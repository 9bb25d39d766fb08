"""A simulated DigitalOcean: accounts by token, one clock, one set of settings, reachable in process or over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from . import admin, page
from .engine.clock import SimulatorClock
from .engine.log import RequestLog
from .engine.settings import Settings
from .engine.world import World
from .faults import Faults
from .http.app import Api, add_routes
from .http.incoming import Incoming
from .http.messages import ApiReply
from .http.routes import Router, Stubs
from .resources import operations
from .resources.droplets import networks

if TYPE_CHECKING:
    from .http.peers import Server
    from .machines import Machines
    from .persistence import Persistence

_ROUTER = Router(operations())


class Simulator(World):
    """All accounts of one simulated DigitalOcean; safe to share among threads and tasks.

    Args:
        clock: What time it is, and how long events last; by default the machine's own clock.
        settings: How the simulated API behaves.
        seed: What identifiers and chance are drawn from.
        state: A file to keep everything in; it resumes from there with the file's seed, and on a clock that is scaled
            or moved by hand at the file's time. Such a simulator is to be closed, or used as a context manager.
        machines: The container engine that makes a machine for every Droplet, `podman` or `docker`, or a `Machines`
            with settings of its own; see `doboto.sim.machines`. Such a simulator is to be closed, too. With a `state`,
            the machines are stopped then and go on with the next simulator of that file.
    """

    def __init__(
        self,
        clock: SimulatorClock | None = None,
        settings: Settings | None = None,
        seed: int = 0,
        *,
        state: str | Path | None = None,
        machines: Machines | str | None = None,
    ) -> None:
        super().__init__(clock, settings, seed)
        self._faults = Faults(self)
        self._stubs = Stubs(_ROUTER)
        self._api = Api(self, self._stubs, self._faults)
        self._routes: list[BaseRoute] = admin.routes(self, self._faults, self._stubs)
        self._app: ASGIApp | None = None
        path = None if state is None else Path(state)
        self.machines: Machines | None = None
        self.state: Persistence | None = None
        try:
            self.machines = None if machines is None else self._attach_machines(machines, path)
            self.state = None if path is None else self._resume(path)
            if self.machines is not None:
                self.machines.start(self)
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"Simulator(clock={self.clock!r}, accounts={len(self.accounts)}, faults={len([*self._faults])})"

    @property
    def faults(self) -> Faults:
        """The rules by which requests fail."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._faults = self._api.faults = faults

    @property
    def requests(self) -> RequestLog:
        """The last requests (`Settings.log_size` of them), oldest first; `filter` picks some of them."""
        return self.log

    def stub(
        self, method: str, path: str, *, json: Any = None, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer a path with what a test says, whether the simulator has it or not.

        Such requests are authenticated, counted, logged and struck by faults like any other.

        Args:
            method: The HTTP method.
            path: The path, as `/v2/databases/{id}` or `/databases/{id}`: `{name}` stands for one segment, `*` for any
                part of one, `**` for anything.
            json: The body of the response; None for none.
            status: The status of the response.
            headers: Headers of the response beyond the usual ones.

        Raises:
            ValueError: No request to the API can have that path, or there is no such method or status.
        """
        with self.lock:
            self._stubs.add(method, path, json=json, status=status, headers=headers)

    @property
    def on_seen(self) -> list[Callable[[Incoming, ApiReply | None], None]]:
        """Called with each request and its reply, if it is to get one, before the reply leaves."""
        return self._api.on_seen

    @property
    def app(self) -> ASGIApp:
        """The ASGI application."""
        if self._app is None:
            self._app = add_routes([*self._routes, page.route(self)], self._api)
        return self._app

    def add_routes(self, routes: Iterable[BaseRoute]) -> None:
        """Put further Starlette routes in front of the API; before `app` is first used."""
        self._routes.extend(routes)
        self._app = None

    def can_connect(self, host: str, port: int) -> bool:
        """Return whether a Droplet with that address is active, has booted and listens on that port."""
        with self.lock:
            now = self.clock.now()
            for account in list(self.accounts.values()):
                account.apply_due_events(now)
                self.commit(account)
            return any(networks.answers(account, host, port, now) for account in self.accounts.values())

    def serve(self, host: str = "127.0.0.1", port: int = 0, *, tls: bool = False) -> AbstractContextManager[Server]:
        """Serve over HTTP while the context lasts; ready on entry, `port=0` picks a free one."""
        from .http.server import serve

        return serve(self.app, host, port, tls=tls)

    def close(self) -> None:
        """Close the file that the state is kept in, and remove the machines or, with such a file, stop them."""
        try:
            if self.machines is not None:
                self.machines.close()
        finally:
            if self.state is not None:
                self.state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _resume(self, state: Path) -> Persistence:
        from .persistence import Persistence

        return Persistence(self, state)

    def _attach_machines(self, machines: Machines | str, state: Path | None) -> Machines:
        from .machines import CommandEngine, Machines

        attached = Machines(CommandEngine(machines)) if isinstance(machines, str) else machines
        attached.attach(self, state)
        return attached
