"""What the simulator stores, checked at run time against the types that its records are declared to have."""

from __future__ import annotations

import importlib
import pkgutil
import types
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import doboto.sim
from doboto.sim import Account, Simulator

#: Of each kind in an account so many records are looked at.
MOST = 20


def find_types() -> dict[str, Any]:
    """The type of each kind's records, by the kind's name."""
    found: dict[str, Any] = {}
    for module in pkgutil.walk_packages(doboto.sim.__path__, "doboto.sim."):
        members = importlib.import_module(module.name)
        hints = {name: hint for name, hint in getattr(members, "__annotations__", {}).items() if "Kind[" in str(hint)}
        for name in hints:
            found[str(getattr(members, name))] = get_args(get_type_hints(members)[name])[0]
    return found


DECLARED = find_types()


def problems(value: Any, wanted: Any, where: str) -> list[str]:
    """What about a value is not as its type says."""
    if is_typeddict(wanted):
        return _of_object(value, wanted, where)
    origin, of = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        return [] if any(not problems(value, one, where) for one in of) else [f"{where}: {value!r} is not {wanted}"]
    if origin is Literal:
        return [] if value in of else [f"{where}: {value!r} is not one of {of}"]
    if origin is list and isinstance(value, list):
        return [one for number, item in enumerate(value) for one in problems(item, of[0], f"{where}[{number}]")]
    if origin is dict and isinstance(value, dict):
        return [one for key, item in value.items() for one in problems(item, of[1], f"{where}.{key}")]
    expected = (int, float) if wanted is float else origin or wanted
    right = wanted is Any or (isinstance(value, expected) and (wanted is bool or not isinstance(value, bool)))
    return [] if right else [f"{where}: {value!r} is not {wanted}"]


def _of_object(value: Any, wanted: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no object"]
    hints = get_type_hints(wanted, include_extras=True)
    optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    found = [f"{where} lacks {name}" for name in hints.keys() - optional - value.keys()]
    found += [f"{where} has {name}, which {wanted.__name__} does not know" for name in value.keys() - hints.keys()]
    plain = get_type_hints(wanted)
    return found + [
        one for name in value.keys() & plain.keys() for one in problems(value[name], plain[name], f"{where}.{name}")
    ]


def problems_of(account: Account) -> list[str]:
    """What is stored in an account and is not as declared."""
    return [
        one
        for kind, records in account.dump().items()
        for key, record in list(records.items())[:MOST]
        for one in problems(record, DECLARED[kind], f"{kind} {key}")
    ]


def check(simulator: Simulator) -> None:
    """Fail unless everything in all accounts is as declared."""
    assert [one for account in simulator.accounts.values() for one in problems_of(account)] == []
