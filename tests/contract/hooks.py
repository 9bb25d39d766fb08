"""Loaded by Schemathesis: most of its requests go to things that are there, and many ask for something sensible.

Identifiers and bodies that follow from the schema alone nearly always lead to 404 or 422, and then no reply of success is
ever looked at.
"""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from live import Live
from orders import ORDERS

#: Of a hundred requests, how many get the path of something that is there, and how many a sensible body.
PATHS, BODIES = 75, 40

live = Live(int(os.environ["CONTRACT_SEED"]))


def _now_and_then(percent: int) -> bool:
    return live.random.randrange(100) < percent


@schemathesis.hook
def before_call(_context: Any, case: Any, **_kwargs: Any) -> None:
    found = live.parameters(frozenset(case.path_parameters or ()))
    if found is not None and _now_and_then(PATHS):
        case.path_parameters = dict(found)
    order = ORDERS.get((case.method.upper(), case.operation.path))
    if order is not None and _now_and_then(BODIES):
        try:
            case.body = order(live)
        except LookupError:
            return
        case.media_type = "application/json"


@schemathesis.hook
def after_call(_context: Any, case: Any, response: Any) -> None:
    asked = dict(case.path_parameters or {})
    if response.status_code == 404 or case.method.upper() == "DELETE":
        live.forget(asked)
    elif response.status_code < 300 and response.content:
        live.learn(asked, response.json())
