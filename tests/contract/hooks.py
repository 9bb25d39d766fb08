"""Loaded by Schemathesis: most of its requests go to things that are there, and many ask for something sensible.

Identifiers and bodies that follow from the schema alone nearly always lead to 404 or 422, and then no reply of success
is ever looked at.
"""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from live import BY_NAMES, Live
from orders import IN_QUERY, ORDERS, QUERIES, WHILE

#: Of a hundred requests, how many get a path that leads somewhere, a query that does, a sensible body.
SENSIBLE_PATHS, SENSIBLE_QUERIES, SENSIBLE_BODIES = 75, 50, 50

live = Live(os.environ["CONTRACT_ORIGIN"], int(os.environ["CONTRACT_SEED"]), ORDERS)


@schemathesis.hook
def before_call(_context: Any, case: Any, **_kwargs: Any) -> None:
    for change, percent in CHANGES.items():
        if live.random.randrange(100) < percent:
            try:
                change(case)
            except LookupError:
                continue  # nothing of the kind could be made: it stays as Schemathesis made it


@schemathesis.hook
def after_call(_context: Any, case: Any, response: Any) -> None:
    if response.status_code < 300 and response.content:
        live.learn(dict(case.path_parameters or {}), response.json())


def _lead_somewhere(case: Any) -> None:
    names = frozenset(case.path_parameters or ())
    if names in BY_NAMES:
        case.path_parameters = live.parameters(names)


def _ask_about(case: Any) -> None:
    query = QUERIES.get((case.method.upper(), case.operation.path))
    if query is not None:
        case.query = {**(case.query or {}), **query(live)}
    for name in WHILE.keys() & (case.query or {}).keys():
        case.query[name] = WHILE[name]
    for name in IN_QUERY.keys() & (case.query or {}).keys():
        case.query[name] = live.one(IN_QUERY[name])


def _order(case: Any) -> None:
    path = dict(case.path_parameters or {})
    body = ORDERS[case.method.upper(), case.operation.path](live, path)  # a `KeyError` is a `LookupError`
    case.path_parameters = path
    if body is not None:
        case.body, case.media_type = body, "application/json"


CHANGES = {_lead_somewhere: SENSIBLE_PATHS, _ask_about: SENSIBLE_QUERIES, _order: SENSIBLE_BODIES}
