"""The whole state of a simulator as one JSON document, and back.

    {"version": 1, "now": 1773138600.0, "seed": 0, "accounts": {LABEL: {KIND: [[KEY, RECORD], ...]}}}

Keys are pairs' first halves because JSON's objects would turn numbers into text. Tokens are not in it: a token finds
its account by the label computed from it. Scopes of registered tokens, faults, the request log and what the rate
limit has counted are not state.

A state is validated before it is loaded: what can't be shown, or breaks when time passes, is refused as a whole. That
works on copies of the accounts, so that nothing it does is seen.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from .engine.account import Account
from .engine.clock import LAST_MOMENT, ManualClock, RealClock
from .engine.errors import ApiError
from .engine.lifecycle import EFFECTS
from .engine.records import DROPLET, Key, Record, as_list, as_record, is_number
from .engine.settings import Settings, validate_seed
from .engine.world import World
from .http.messages import ApiCall
from .http.routes import ApiOperation
from .resources import operations

VERSION = 1
#: One record to be put back: its kind, its key, and itself.
Entry = tuple[str, Key, Record]


def dump(world: World) -> Record:
    """Return everything as it is now."""
    with world.lock:
        now = world.clock.now()
        for account in world.accounts.values():
            account.apply_due_events(now)
        return {
            "version": VERSION,
            "now": now,
            "seed": world.seed,
            "accounts": {name: _pairs(account) for name, account in world.accounts.items()},
        }


def load(world: World, state: object) -> None:
    """Put everything back as it was, the clock included; ValueError, and nothing changed, for what is no state."""
    now, seed, accounts = _read(state)
    with world.lock:
        _validate(world, now, seed, accounts)
        with world.undo_on_failure():
            world.reseed(seed)
            _move_clock(world, now)
            every = [world.account_named(name) for name in {**world.accounts, **accounts}]
            for account in every:
                _empty(account, seed)
                _fill(account, accounts.get(account.name, []))
            world.commit(*every, always=True)


def _move_clock(world: World, moment: float) -> None:
    if isinstance(world.clock, RealClock | ManualClock):
        world.clock.move_to(moment)


def _validate(world: World, now: float, seed: int, accounts: dict[str, list[Entry]]) -> None:
    copies = {name: account_to_validate(name, now, world.settings, seed) for name in accounts}
    for account in copies.values():
        account.all_accounts = copies
        _fill(account, accounts[account.name])
    validate_accounts(list(copies.values()), now)


def reset(world: World, account: str | None = None) -> list[str]:
    """Empty one account, or all of them and the log; the labels of those emptied."""
    with world.lock, world.undo_on_failure():
        emptied = [one for one in world.accounts.values() if account in (None, one.name)]
        for one in emptied:
            _empty(one, world.seed)
        world.commit(*emptied)
        if account is None:
            world.log.clear()
        return [one.name for one in emptied]


def _empty(account: Account, seed: int) -> None:
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
    if not is_number(now, 0, LAST_MOMENT):
        raise ValueError("now must be a number of seconds from 1970 to the year 9999")
    kinds = {name: _object(f"account {name}", value) for name, value in _object("accounts", accounts).items()}
    return float(now), validate_seed(seed), {name: list(_entries(name, value)) for name, value in kinds.items()}


def _entries(account: str, kinds: Record) -> Iterator[Entry]:
    _require_encodable(account, *kinds)
    for kind, pairs in kinds.items():
        for pair in as_list(pairs) or []:
            key, record = _pair(account, kind, pair)
            if not _POSSIBLE.get(kind, _is_possible)(key, record):
                raise ValueError(f"account {account} has an {kind} that can't happen: {record!r}")
            yield kind, key, record


def _pair(account: str, kind: str, pair: object) -> tuple[Key, Record]:
    key, record, *more = [*(as_list(pair) or []), None, None][:3]
    found = as_record(record)
    if more != [None] or not isinstance(key, int | str) or found is None:
        raise ValueError(f"account {account}: {kind} must hold pairs of a key and an object, not {pair!r}")
    return key, found


def _is_possible_event(key: Key, record: Record) -> bool:
    possible = can_happen(record.get("effect"), record.get("arguments"))
    return isinstance(key, int) and is_number(record.get("due")) and possible


def _is_possible_action(_key: Key, record: Record) -> bool:
    return action_can_end(record)


def _is_possible(_key: Key, _record: Record) -> bool:
    return True


#: What records of some kinds have to be, beyond being shown without an error.
_POSSIBLE = {"event": _is_possible_event, "action": _is_possible_action}


def _require_encodable(*texts: str) -> None:
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{text!r} is no text that can be kept") from None


def _object(name: str, value: Any) -> Record:
    found = as_record(value)
    if found is None:
        raise ValueError(f"{name} must be an object")
    return found


#: How far the accounts are followed: long enough for everything that a request begins to end.
AHEAD = 3600.0
NOT_FOUND = 404

_PARAMETER = re.compile(r"{(\w+?)(_id|_uuid|_name)?}")


#: As many records on a page as there can be: each list is shown at once.
ALL = 2**31 - 1


def account_to_validate(name: str, now: float, settings: Settings, seed: int) -> Account:
    """Return an empty account to put the records in that are to be validated."""
    return Account(name, ManualClock(now), replace(settings, per_page_max=ALL), seed)


def validate_accounts(accounts: Iterable[Account], now: float) -> None:
    """Show everything in the accounts, and let time pass; ValueError for what fails at it."""
    for account in accounts:
        try:
            account.apply_due_events(now)
            _show(account, now)
            account.touched.clear()
            account.apply_due_events(now + AHEAD)
            if account.touched:
                _show(account, now + AHEAD)
        except Exception as problem:
            raise ValueError(f"account {account.name} has a record that can't be used: {problem!r}") from None


def can_happen(name: object, arguments: object) -> bool:
    """Return whether there is such an effect, and takes such arguments."""
    found, given = EFFECTS.get(name) if isinstance(name, str) else None, as_record(arguments)
    if found is None or given is None:
        return False
    try:
        inspect.signature(found).bind(None, 0.0, **given)
    except TypeError:
        return False
    return True


def _show(account: Account, now: float) -> None:
    for operation in operations():
        if operation.method != "GET":
            continue
        for params, query in _requests(account, operation):
            _call(account, operation, params, query, now)


def _requests(account: Account, operation: ApiOperation) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Yield each list, and each record of the kind that the one parameter in a path is named after."""
    found = list(_PARAMETER.finditer(operation.path))
    if not found:
        yield {}, {"per_page": str(ALL)}
    elif len(found) == 1:
        parameter = "".join(filter(None, found[0].groups()))
        for key in list(account.store(found[0][1]).records):
            yield {parameter: str(key)}, {}


def _call(
    account: Account, operation: ApiOperation, params: Mapping[str, str], query: Mapping[str, str], now: float
) -> None:
    path = operation.path.format_map(params)
    try:
        operation.handler(ApiCall(account, "GET", path, "http://trial.localhost", now, params=params, query=query))
    except ApiError as refusal:
        # Other refusals are replies, too; but what has its record is there, unless it is still missing on purpose.
        if refusal.status == NOT_FOUND and operation.path.endswith("}") and not _lags(account, operation, params, now):
            raise


def _lags(account: Account, operation: ApiOperation, params: Mapping[str, str], now: float) -> bool:
    if operation.path != "/v2/droplets/{droplet_id}":
        return False
    return float(account.get(DROPLET, int(params["droplet_id"]))["found_from"]) > now


def action_can_end(record: Record) -> bool:
    """Start whether an action that is under way says what happens when it ends."""
    if record.get("status") != "in-progress" or record.get("effect") is None:
        return True
    return can_happen(record["effect"], record.get("arguments"))
