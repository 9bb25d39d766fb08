"""The rules by which requests fail."""

from __future__ import annotations

from ..engine.errors import not_found, unprocessable
from ..engine.fields import integer
from ..engine.records import Record, as_list, as_record
from .request import Ask


def shown(ask: Ask) -> Record:
    """The rules in force."""
    return {"faults": [fault.shown() for fault in ask.simulator.faults]}


def add(ask: Ask) -> Record:
    """Add one or several."""
    rules = as_list(ask.body)
    rules = [ask.body] if rules is None else rules
    try:
        added = ask.simulator.faults.load([_labelled(ask, rule) for rule in rules])
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    return {"faults": [fault.shown() for fault in added]}


def _labelled(ask: Ask, rule: object) -> object:
    members = as_record(rule)
    if members is None or not members.keys() & {"account", "token"}:
        return rule
    return {**{name: value for name, value in members.items() if name != "token"}, "account": ask.account(members)}


def clear(ask: Ask) -> Record:
    """Take all away."""
    ask.simulator.faults.clear()
    return shown(ask)


def remove(ask: Ask) -> Record:
    """Take one away."""
    if not ask.simulator.faults.remove(integer(ask.path["id"]) or 0):
        raise not_found(f"There is no fault {ask.path['id']}.")
    return shown(ask)
