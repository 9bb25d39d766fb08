"""A simulated DigitalOcean: accounts by token, one clock, one set of settings, reachable in process or over HTTP."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Self

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from . import admin, page
from .engine.account import Account
from .engine.clock import Clock, RealClock
from .engine.errors import ApiError
from .engine.limits import RateLimit
from .engine.log import RequestLog
from .engine.records import Key
from .engine.settings import Settings, validate_seed
from .faults import Faults
from .http.app import application
from .http.incoming import Incoming
from .http.messages import Reply
from .http.routes import Operation, Router
from .http.scopes import Grant, Scopes, bearer, label, refuse_real
from .resources import operations
from .resources.droplets import networks

if TYPE_CHECKING:
    from .http.peers import Server
    from .persistence import Persistence

_ROUTER = Router(operations())

#: An account and what was touched in it, in order.
Change = tuple[Account, list[tuple[str, Key]]]


class Simulator:
    """All accounts of one simulated DigitalOcean; safe to share among threads and tasks.

    With `state` it is kept in that file and goes on from there: with the file's seed, and on a clock that is scaled or
    moved by hand from the file's moment. Such a simulator is to be closed, or used as a context manager.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        settings: Settings | None = None,
        seed: int = 0,
        *,
        state: str | Path | None = None,
    ) -> None:
        self.clock: Clock = RealClock() if clock is None else clock
        self.settings = Settings() if settings is None else settings
        self.seed = validate_seed(seed)
        self.lock = threading.RLock()
        self.faults = Faults(self.clock, seed)
        self.log = RequestLog(self.settings.log_size)
        self.accounts: dict[str, Account] = {}
        #: Called with all that a request touched, under the lock, before its reply leaves: for whoever keeps the state.
        self.on_commit: list[Callable[[list[Change]], None]] = []
        #: Called with each token that is registered, under the lock.
        self.on_register: list[Callable[[str, Grant], None]] = []
        #: Called with each request and its reply, if it is to get one, before the reply leaves.
        self.on_seen: list[Callable[[Incoming, Reply | None], None]] = []
        self._grants: dict[str, Grant] = {}
        self._random = Random(seed)  # noqa: S311 - request ids, not secrets
        self._no_account = RateLimit(self.settings)
        self._routes: list[BaseRoute] = admin.routes(self)
        self._app: ASGIApp | None = None
        self.state: Persistence | None = None if state is None else self._resume(state)

    @property
    def app(self) -> ASGIApp:
        """The ASGI application."""
        if self._app is None:
            self._app = application(self, [*self._routes, page.route(self)])
        return self._app

    def add_routes(self, routes: Iterable[BaseRoute]) -> None:
        """Put further Starlette routes in front of the API; before `app` is first used."""
        self._routes.extend(routes)
        self._app = None

    def account(self, token: str = "token") -> Account:  # noqa: S107 - any text opens an account here
        """The account that a token opens."""
        return self.account_named(self._grant(token).account)

    def account_named(self, name: str) -> Account:
        """The account of that name; it comes into being when it is asked for."""
        with self.lock:
            found = self.accounts.get(name)
            if found is None:
                found = self.accounts[name] = Account(name, self.clock, self.settings, self.seed)
                found.world = self.accounts
            return found

    def register(self, token: str, scopes: Iterable[str] | None = None, account: str | None = None) -> None:
        """Give a token scopes, or let it open the account of another token or label."""
        grant = Grant(label(token if account is None else account), Scopes.of(scopes))
        with self.lock:
            self._grants[token] = grant
            for listener in self.on_register:
                listener(token, grant)

    def reseed(self, seed: int) -> None:
        """Draw from another seed, for accounts and faults that come into being from now on."""
        validate_seed(seed)
        with self.lock:
            self.seed = self.faults.seed = seed
            self._random = Random(seed)  # noqa: S311 - request ids, not secrets

    def use_clock(self, clock: Clock) -> None:
        """Go on with another clock; what lasts no time on it is over as soon as anybody looks."""
        with self.lock:
            self.clock = self.faults.clock = clock
            accounts = list(self.accounts.values())
            for account in accounts:
                account.adopt_clock(clock)
            self.commit(*accounts)

    def use_settings(self, settings: Settings) -> None:
        """Go on with other settings, for all accounts; what the rate limits have counted stays counted."""
        with self.lock:
            self.settings = settings
            self.log.resize(settings.log_size)
            self._no_account.adopt(settings)
            for account in self.accounts.values():
                account.settings = settings
                account.rates.adopt(settings)

    def can_connect(self, host: str, port: int) -> bool:
        """Whether a Droplet with that address is active, has booted and listens on that port."""
        with self.lock:
            return any(self._answers(account, host, port) for account in list(self.accounts.values()))

    def serve(self, host: str = "127.0.0.1", port: int = 0, *, tls: bool = False) -> AbstractContextManager[Server]:
        """Serve over HTTP while the context lasts; ready on entry, `port=0` picks a free one."""
        from .http.server import serve

        return serve(self.app, host, port, tls=tls)

    def close(self) -> None:
        """Let go of the file that the state is kept in, if there is one."""
        if self.state is not None:
            self.state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- what the app asks

    def authenticate(self, header: str | None) -> tuple[Account, Scopes, RateLimit]:
        """The account, scopes and limits of a request, else 401."""
        token = bearer(header)
        if not self.settings.allow_real_tokens:
            refuse_real(token)
        account = self.account(token)
        return account, self._grant(token).scopes, account.rates.of(token)

    def operation(self, method: str, path: str, rate: RateLimit, now: float) -> tuple[Operation, dict[str, str]]:
        """The operation asked for, counted against the token's limits whether there is one or not."""
        try:
            operation, params = _ROUTER.find(method, path)
        except Exception:
            rate.admit(now)
            raise
        rate.admit(now, operation.limit)
        return operation, params

    def commit(self, *accounts: Account) -> None:
        """Hand what a request touched to whoever keeps the state."""
        changed = [one for account in accounts for one in (account, *account.partners)]
        for account in accounts:
            account.partners = []
        changes = [(one, touched) for one in changed if (touched := one.take_touched())]
        for listener in self.on_commit if changes else ():
            listener(changes)

    def seen(self, incoming: Incoming, reply: Reply | None, milliseconds: float) -> None:
        """Note a request and what became of it."""
        status = None if reply is None else reply.status
        account = self._label(incoming.headers.get("authorization"))
        self.log.add(self.clock.now(), account, incoming.method, incoming.path, status, milliseconds)
        for listener in self.on_seen:
            listener(incoming, reply)

    def limit_headers(self, rate: RateLimit | None) -> dict[str, str]:
        """The rate-limit headers; a request that opened no account shows full ones."""
        return (rate or self._no_account).headers(self.clock.now())

    def request_id(self) -> str:
        """A new request id."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _resume(self, state: str | Path) -> Persistence:
        from .persistence import Persistence

        return Persistence(self, Path(state))

    def _grant(self, token: str) -> Grant:
        return self._grants.get(token) or Grant(label(token), Scopes())

    def _label(self, header: str | None) -> str | None:
        try:
            name = self._grant(bearer(header)).account
        except ApiError:
            return None
        return name if name in self.accounts else None

    def _answers(self, account: Account, host: str, port: int) -> bool:
        now = self.clock.now()
        account.settle(now)
        self.commit(account)
        return networks.answers(account, host, port, now)
