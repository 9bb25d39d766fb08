"""Trying out a state before it is taken: what can't be shown, or breaks when time passes, is refused as a whole.

The trial happens to copies of the accounts, so that nothing it does is seen.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping

from .engine.account import Account
from .engine.errors import ApiError
from .engine.lifecycle import EFFECTS
from .engine.records import Key, Record, as_record
from .http.messages import ApiCall
from .http.routes import ApiOperation
from .resources import operations

#: How far the accounts are followed: long enough for the end of whatever a request begins.
AHEAD = 3600.0
PER_PAGE = 200

_PARAMETER = re.compile(r"{(\w+?)(_id|_uuid|_name)?}")


def validate_accounts(accounts: Iterable[Account], now: float) -> None:
    """Show everything in the accounts, and let time pass; ValueError for what fails at it."""
    for account in accounts:
        try:
            account.apply_due_events(now)
            _show(account, now)
            account.apply_due_events(now + AHEAD)
            _show(account, now + AHEAD)
        except Exception as problem:
            raise ValueError(f"account {account.name} has a record that can't be used: {problem!r}") from None


def can_happen(name: object, arguments: object) -> bool:
    """Whether there is such an effect, and takes such arguments."""
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
    """Each page of a list, and each record of the kind that the one parameter in a path is named after."""
    found = list(_PARAMETER.finditer(operation.path))
    if not found:
        longest = max((len(records) for records in account.dump().values()), default=0)
        for number in range(longest // PER_PAGE + 1):
            yield {}, {"per_page": str(PER_PAGE), "page": str(number + 1)}
    elif len(found) == 1:
        parameter = "".join(filter(None, found[0].groups()))
        for key in _keys(account, found[0][1]):
            yield {parameter: str(key)}, {}


def _keys(account: Account, kind: str) -> list[Key]:
    return list(account.dump().get(kind, ()))


def _call(
    account: Account, operation: ApiOperation, params: Mapping[str, str], query: Mapping[str, str], now: float
) -> None:
    path = operation.path.format_map(params)
    try:
        operation.handler(ApiCall(account, "GET", path, "http://trial.localhost", now, params=params, query=query))
    except ApiError:
        return  # a refusal is an answer


def action_can_end(record: Record) -> bool:
    """Whether an action that is under way says what happens when it ends."""
    if record.get("status") != "in-progress" or record.get("effect") is None:
        return True
    return can_happen(record["effect"], record.get("arguments"))
