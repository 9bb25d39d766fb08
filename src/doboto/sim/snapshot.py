"""The whole state of a simulator as one JSON document, and back.

    {"version": 1, "now": 1773138600.0, "seed": 0, "accounts": {LABEL: {KIND: [[KEY, RECORD], ...]}}}

Keys are pairs' first halves because JSON's objects would turn numbers into text. Tokens are not in it: a token finds
its account by the label computed from it. Scopes of registered tokens, faults, the request log and what the rate
limit has counted are not state.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any

from .account import Account
from .clock import ManualClock, RealClock
from .events import EFFECTS
from .records import Key, Record, as_list, as_record

if TYPE_CHECKING:
    from .simulator import Simulator

VERSION = 1
#: One record to be put back: its kind, its key, and itself.
Entry = tuple[str, Key, Record]


def dump(simulator: Simulator) -> Record:
    """Everything as it is now."""
    with simulator.lock:
        now = simulator.clock.now()
        for account in simulator.accounts.values():
            account.settle(now)
        return {
            "version": VERSION,
            "now": now,
            "seed": simulator.seed,
            "accounts": {name: _pairs(account) for name, account in simulator.accounts.items()},
        }


def load(simulator: Simulator, state: object) -> None:
    """Put everything back as it was, the clock included; ValueError, and nothing changed, for what is no state."""
    now, seed, accounts = _read(state)
    with simulator.lock:
        for name, entries in accounts.items():
            _fill(Account(name, simulator.clock, simulator.settings, seed), entries)  # a trial: it can still fail
        simulator.reseed(seed)
        if isinstance(simulator.clock, RealClock | ManualClock):
            simulator.clock.move_to(now)
        every = [simulator.account_named(name) for name in {**simulator.accounts, **accounts}]
        for account in every:
            _renew(account, seed)
            _fill(account, accounts.get(account.name, []))
        simulator.commit(*every)


def reset(simulator: Simulator, account: str | None = None) -> list[str]:
    """Empty one account, or all of them and the faults and the log; the labels of those emptied."""
    with simulator.lock:
        emptied = [one for one in simulator.accounts.values() if account in (None, one.name)]
        for one in emptied:
            _renew(one, simulator.seed)
        simulator.commit(*emptied)
        if account is None:
            simulator.faults.clear()
            simulator.log.clear()
        return [one.name for one in emptied]


def _renew(account: Account, seed: int) -> None:
    account.clear()
    account.seed = seed


def _pairs(account: Account) -> Record:
    kinds = account.dump().items()
    return {kind: [[key, record] for key, record in records.items()] for kind, records in kinds if records}


def _fill(account: Account, entries: list[Entry]) -> None:
    try:
        for kind, key, record in entries:
            account.load(kind, key, record)
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise ValueError(f"account {account.name} has a record that can't be used: {problem!r}") from None


def _read(state: object) -> tuple[float, int, dict[str, list[Entry]]]:
    document = as_record(state) or {}
    if document.get("version") != VERSION:
        raise ValueError(f"a state has version {VERSION}, not {document.get('version')!r}")
    now, seed, accounts = (document.get(name) for name in ("now", "seed", "accounts"))
    if not _number(now) or not isinstance(seed, int):
        raise ValueError("now and seed must be numbers")
    kinds = {name: _object(f"account {name}", value) for name, value in _object("accounts", accounts).items()}
    return float(now or 0), seed, {name: list(_entries(name, value)) for name, value in kinds.items()}


def _entries(account: str, kinds: Record) -> Iterator[Entry]:
    for kind, pairs in kinds.items():
        for pair in as_list(pairs) or []:
            key, record = _pair(account, kind, pair)
            if kind == "event" and not _event(record):
                raise ValueError(f"account {account} has an event that can't happen: {record!r}")
            yield kind, key, record


def _pair(account: str, kind: str, pair: object) -> tuple[Key, Record]:
    key, record, *more = [*(as_list(pair) or []), None, None][:3]
    found = as_record(record)
    if more != [None] or not isinstance(key, int | str) or found is None:
        raise ValueError(f"account {account}: {kind} must hold pairs of a key and an object, not {pair!r}")
    return key, found


def _event(record: Record) -> bool:
    return _number(record.get("due")) and record.get("effect") in EFFECTS and isinstance(record.get("arguments"), dict)


def _object(name: str, value: Any) -> Record:
    found = as_record(value)
    if found is None:
        raise ValueError(f"{name} must be an object")
    return found


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
