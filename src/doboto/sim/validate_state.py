"""Validation of a state before it is loaded: what can't be shown, or breaks when time passes, is refused as a whole.

It works on copies of the accounts, so that nothing it does is seen.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from .engine.account import Account
from .engine.clock import ManualClock
from .engine.errors import ApiError
from .engine.lifecycle import EFFECTS
from .engine.records import DROPLET, Record, as_record
from .engine.settings import Settings
from .http.messages import ApiCall
from .http.routes import ApiOperation
from .resources import operations

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
