"""Loaded by Schemathesis: most of its requests go to things that are there, and many ask for something sensible.

Identifiers and bodies that follow from the schema alone nearly always lead to 404 or 422, and then no reply of success is
ever looked at.
"""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from live import BY_NAMES, Live
from orders import ORDERS

#: Of a hundred requests, how many get a path that leads somewhere, how many a query that does, how many a sensible body.
PATHS, QUERIES, BODIES = 75, 50, 40
#: Which parameter of a path a parameter of a query is of the same kind as.
IN_QUERY = {"tag_name": "tag_id", "host_id": "droplet_id", "autoscale_pool_id": "autoscale_pool_id"}

live = Live(os.environ["CONTRACT_ORIGIN"], int(os.environ["CONTRACT_SEED"]), ORDERS)


@schemathesis.hook
def before_call(_context: Any, case: Any, **_kwargs: Any) -> None:
    for change, percent in ((_lead_somewhere, PATHS), (_ask_about, QUERIES), (_order, BODIES)):
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
    for name in IN_QUERY.keys() & (case.query or {}).keys():
        case.query[name] = live.one(IN_QUERY[name])


def _order(case: Any) -> None:
    path = dict(case.path_parameters or {})
    body = ORDERS[case.method.upper(), case.operation.path](live, path)
    case.path_parameters = path
    if body is not None:
        case.body, case.media_type = body, "application/json"
