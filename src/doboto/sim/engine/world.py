"""The state of one simulated DigitalOcean: accounts, the tokens that open them, clock, settings, seed, request log.

It knows nothing of HTTP. The application, the admin interface, the page and persistence work on a `World`;
`Simulator` is one that can be reached.
"""

from __future__ import annotations

import hashlib
import re
import threading
import uuid
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from .account import Account
from .clock import RealClock, SimulatorClock
from .lifecycle import Executor
from .log import RequestLog
from .records import Key
from .settings import Settings, validate_seed
from .store import Touched

#: An account and what was touched in it, in order.
Change = tuple[Account, list[tuple[str, Key]]]

_LABEL = re.compile(r"account-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token opens: an account by its label, with some scopes or, if None, with full access."""

    account: str
    scopes: frozenset[str] | None = None


class World:
    """All accounts of one simulated DigitalOcean; safe to share among threads if `lock` is held.

    Args:
        clock: What time it is, and how long events last; by default the machine's own clock.
        settings: How the simulated API behaves.
        seed: What identifiers and chance are drawn from.
    """

    def __init__(self, clock: SimulatorClock | None = None, settings: Settings | None = None, seed: int = 0) -> None:
        self.clock: SimulatorClock = RealClock() if clock is None else clock
        self.settings = Settings() if settings is None else settings
        self.seed = validate_seed(seed)
        self.lock = threading.RLock()
        self.log = RequestLog(self.settings.log_size)
        self.accounts: dict[str, Account] = {}
        #: Called with all that a request touched, under the lock, before its reply leaves: for persistence.
        self.on_commit: list[Callable[[list[Change]], None]] = []
        #: Called with each token that is registered, under the lock.
        self.on_register: list[Callable[[str, Grant], None]] = []
        self._grants: dict[str, Grant] = {}
        self._executor: Executor | None = None
        self._random = Random(seed)  # noqa: S311 - request ids, not secrets

    # -- accounts and tokens

    def account(self, token: str = "token") -> Account:  # noqa: S107 - any text opens an account here
        """Return the account that a token opens."""
        return self.account_named(self.grant(token).account)

    def account_named(self, name: str) -> Account:
        """Return the account with that label, a new one if there is none."""
        with self.lock:
            found = self.accounts.get(name)
            if found is None:
                found = self.accounts[name] = Account(name, self.clock, self.settings, self.seed)
                found.all_accounts = self.accounts
                found.executor = self._executor
            return found

    def register(self, token: str, scopes: Iterable[str] | None = None, account: str | None = None) -> None:
        """Give a token scopes, or let it open the account of another token or label."""
        name = account_label(token if account is None else account)
        grant = Grant(name, None if scopes is None else frozenset(scopes))
        with self.lock:
            for listener in self.on_register:
                listener(token, grant)
            self._grants[token] = grant

    def is_registered(self, token: str) -> bool:
        """Return whether a token has been registered."""
        return token in self._grants

    def grant(self, token: str) -> Grant:
        """Return what a token opens; one that is not registered opens an account of its own."""
        return self._grants.get(token) or Grant(account_label(token))

    # -- time, settings, chance

    def reseed(self, seed: int) -> None:
        """Draw from another seed, for accounts and faults that are created from now on."""
        with self.lock:
            self.seed = validate_seed(seed)
            self._random = Random(seed)  # noqa: S311 - request ids, not secrets

    def next_request_id(self) -> str:
        """Draw the id of a request."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def use_clock(self, clock: SimulatorClock) -> None:
        """Continue with another clock; what takes no time on it is over at the next request."""
        with self.lock:
            self.clock = clock
            accounts = list(self.accounts.values())
            for account in accounts:
                account.adopt_clock(clock)
            self.commit(*accounts, always=True)

    def use_settings(self, settings: Settings) -> None:
        """Continue with other settings, for all accounts; what the rate limits have counted stays counted."""
        with self.lock:
            self.settings = settings
            self.log.resize(settings.log_size)
            for account in self.accounts.values():
                account.settings = settings
                account.rates.adopt(settings)

    def use_executor(self, executor: Executor) -> None:
        """Let actions of all accounts be carried out outside of the simulator, too."""
        with self.lock:
            self._executor = executor
            for account in self.accounts.values():
                account.executor = executor

    # -- keeping

    def commit(self, *accounts: Account, always: bool = False) -> None:
        """Hand what a request touched in these accounts, and in those touched with them, to persistence.

        What cannot be kept (a full disk) is undone, and the failure raised.

        Args:
            *accounts: The accounts.
            always: If true, have the time and the seed kept though no account has changed.
        """
        changed = self._take_touched(accounts)
        if not changed and not always:
            return
        try:
            self._notify([(account, list(touched)) for account, touched in changed])
        except BaseException:
            for account, touched in changed:
                account.restore(touched)
            raise

    def roll_back(self, *accounts: Account) -> None:
        """Undo what was touched in these accounts, and in those touched with them, since the last commit."""
        for account, touched in self._take_touched(accounts):
            account.restore(touched)

    @contextmanager
    def undo_on_failure(self) -> Generator[None]:
        """Undo what a block changes if it fails, clock and seeds included: what cannot be kept did not happen."""
        accounts, clock = dict(self.accounts), self.clock
        former = [_members(self, "clock", "seed", "_random"), _members(clock, *getattr(clock, "__dict__", ()))]
        former += [_members(account, "clock", "seed", "rates") for account in accounts.values()]
        try:
            yield
        except BaseException:
            self.roll_back(*self.accounts.values())
            for name in self.accounts.keys() - accounts.keys():
                del self.accounts[name]
            for one, members in former:
                for name, value in members.items():
                    setattr(one, name, value)
            raise

    @staticmethod
    def _take_touched(accounts: Iterable[Account]) -> list[tuple[Account, Touched]]:
        changed = [one for account in accounts for one in (account, *account.touched_accounts)]
        for account in accounts:
            account.touched_accounts = []
        return [(one, touched) for one in changed if (touched := one.take_touched())]

    def _notify(self, changes: list[Change]) -> None:
        for listener in self.on_commit:
            listener(changes)


def _members(one: object, *names: str) -> tuple[object, dict[str, Any]]:
    return one, {name: getattr(one, name) for name in names}


def account_label(token: str) -> str:
    """Return the label of a token's account: always the same, and the token can't be read from it.

    A label stands for itself, so that it opens the account by itself.
    """
    if _LABEL.fullmatch(token):
        return token
    return f"account-{hashlib.sha256(token.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
