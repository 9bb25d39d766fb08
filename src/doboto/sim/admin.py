"""The admin interface under `/_sim/`: the simulator itself, for whoever tests with it. JSON in and out, no token.

    GET    /_sim/accounts       which accounts there are, what they hold, what their most used token has left
    POST   /_sim/reset          empty all accounts, and take away the faults and the log; {"account"} or {"token"}: one
    GET    /_sim/state          everything as one document; PUT or POST puts such a document back, its clock included
    GET    /_sim/clock          what time it is; PUT {"speed": 100} lets a running clock run faster or slower, and
                                {"kind": "manual"} goes on with a clock of another kind: manual, instant or real
    POST   /_sim/clock/advance  {"seconds": 60} moves a manual clock
    GET    /_sim/faults         the rules in force; POST adds one or a list (`faults/rules.py`), DELETE takes all away
    DELETE /_sim/faults/{id}    take one away
    GET    /_sim/log            the last requests; `?after=NUMBER` only newer ones; DELETE forgets them
    GET    /_sim/seed           the seed; PUT {"seed": 1} for accounts and faults that come into being from now on
    GET    /_sim/settings       the settings, with the durations in force; PUT {"droplet_limit": 3} changes some of them
    GET    /_sim/glance         what the page at `/` shows: `?account=LABEL`, or the one that was used last

Errors have the form of the API's: 400 for what is no JSON object, 403 for other machines and other sites, 404, 405,
409 for what this clock can't do, 422 for what makes no sense.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from . import seeds, settings_input, snapshot
from .admin_guard import refuse_strangers
from .clock import KINDS, Clock, ManualClock, RealClock, kind_of
from .errors import ApiError, bad_request, conflict, method_not_allowed, not_found, server_error, unprocessable
from .fields import integer
from .http import JSON_TYPE
from .incoming import read_json
from .lifecycle import DURATIONS
from .page.glance import glance
from .records import Record, as_list, as_record
from .timestamps import LAST_MOMENT, http_date, iso
from .tokens import label

if TYPE_CHECKING:
    from .simulator import Simulator

_logger = logging.getLogger("doboto.sim")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the admin interface."""

    simulator: Simulator
    path: Mapping[str, str]
    query: Mapping[str, str]
    #: The JSON that was sent; nothing for no body.
    body: Any

    @property
    def members(self) -> Record:
        """The body as an object; an empty one for no body."""
        found = as_record({} if self.body is None else self.body)
        if found is None:
            raise bad_request("the body must be a JSON object")
        return found

    def number(self, name: str) -> float:
        """A finite number that must be there."""
        value = self.members.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise unprocessable(f"{name} must be a number")
        return value

    def account(self, members: Record) -> str | None:
        """The label of the account that an object names, by `account` or by `token`, if it does."""
        found = members.get("account", members.get("token"))
        if found is not None and not isinstance(found, str):
            raise unprocessable("account and token must be text")
        return None if found is None else label(found)


Handler = Callable[[Ask], Record]


def routes(simulator: Simulator) -> list[BaseRoute]:
    """The routes of the admin interface; its root with and without a slash."""
    nowhere = _Resource(simulator, {})
    below = [Route(path, _Resource(simulator, handlers), methods=None) for path, handlers in HANDLERS.items()]
    router = Router(below, redirect_slashes=False, default=nowhere)
    return [Route("/_sim", nowhere, methods=None), Mount("/_sim", app=router)]


class _Resource:
    """One path: a handler for each method."""

    def __init__(self, simulator: Simulator, handlers: Mapping[str, Handler]) -> None:
        self._simulator = simulator
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = await self._answer(Request(scope, receive))
        headers = {"content-type": JSON_TYPE, "date": http_date(self._simulator.clock.now())}
        content = json.dumps(body).encode("ascii")
        await Response(content, status, headers)(scope, receive, send)

    async def _answer(self, request: Request) -> tuple[int, Record]:
        content = await request.body()
        try:
            if not self._simulator.settings.allow_remote_admin:
                refuse_strangers(request.client, request.headers)
            handler = self._handler(request)
            ask = Ask(self._simulator, request.path_params, request.query_params, _json(content))
            with self._simulator.lock:
                return 200, handler(ask)
        except ApiError as error:
            return error.status, error.body
        except Exception:
            _logger.exception("%s %s", request.method, request.url.path)
            return 500, server_error().body

    def _handler(self, request: Request) -> Handler:
        if not self._handlers:
            raise not_found(f"The admin interface has {', '.join('/_sim' + path for path in HANDLERS)}.")
        handler = self._handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise method_not_allowed(request.method, request.url.path, self._handlers)
        return handler


def _json(content: bytes) -> Any:
    if not content.strip():
        return None
    return read_json(content)


# -- accounts and their state


def _accounts(ask: Ask) -> Record:
    now = ask.simulator.clock.now()
    return {
        "accounts": [
            {
                "account": account.name,
                "resources": {kind: len(records) for kind, records in account.dump().items() if records},
                "ratelimit_remaining": account.rates.lowest(now).remaining(now),
            }
            for account in ask.simulator.accounts.values()
        ]
    }


def _reset(ask: Ask) -> Record:
    name = ask.account(ask.members)
    if name is not None and name not in ask.simulator.accounts:
        raise not_found(f"There is no account {name}.")
    return {"reset": snapshot.reset(ask.simulator, name)}


def _state(ask: Ask) -> Record:
    return snapshot.dump(ask.simulator)


def _load(ask: Ask) -> Record:
    try:
        snapshot.load(ask.simulator, ask.body)
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    return {"loaded": list(ask.simulator.accounts)}


# -- time


def _clock(ask: Ask) -> Record:
    clock = ask.simulator.clock
    return {
        "kind": kind_of(clock),
        "now": clock.now(),
        "time": iso(clock.now()),
        "speed": clock.speed if isinstance(clock, RealClock) else None,
    }


def _set_clock(ask: Ask) -> Record:
    kind = ask.members.get("kind")
    speed = ask.number("speed") if kind is None or "speed" in ask.members else 1.0
    if speed <= 0:
        raise unprocessable("speed must be above 0")
    if kind is None:
        _run_at(ask.simulator.clock, speed)
    else:
        _use_clock(ask, kind, speed)
    return _clock(ask)


def _run_at(clock: Clock, speed: float) -> None:
    if not isinstance(clock, RealClock):
        raise conflict("This clock does not run by itself.")
    clock.run_at(speed)


def _use_clock(ask: Ask, kind: object, speed: float) -> None:
    if not isinstance(kind, str) or kind not in KINDS:
        raise unprocessable(f"kind must be one of {', '.join(KINDS)}")
    if kind != "real" and "speed" in ask.members:
        raise unprocessable("only a real clock has a speed")
    ask.simulator.use_clock(KINDS[kind](speed, ask.simulator.clock.now()))
    if ask.simulator.state is not None:
        ask.simulator.state.keep()


def _advance(ask: Ask) -> Record:
    clock, seconds = ask.simulator.clock, ask.number("seconds")
    if not isinstance(clock, ManualClock):
        raise conflict("This clock is not moved by hand.")
    if seconds < 0 or clock.now() + seconds > LAST_MOMENT:
        raise unprocessable("seconds must not be negative, and not lead beyond the year 9999")
    clock.advance(seconds)
    if ask.simulator.state is not None:
        ask.simulator.state.keep()
    return _clock(ask)


# -- faults


def _faults(ask: Ask) -> Record:
    return {"faults": [fault.shown() for fault in ask.simulator.faults]}


def _add_faults(ask: Ask) -> Record:
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


def _clear_faults(ask: Ask) -> Record:
    ask.simulator.faults.clear()
    return _faults(ask)


def _remove_fault(ask: Ask) -> Record:
    if not ask.simulator.faults.remove(integer(ask.path["id"]) or 0):
        raise not_found(f"There is no fault {ask.path['id']}.")
    return _faults(ask)


# -- the rest


def _log(ask: Ask) -> Record:
    log = ask.simulator.log
    after = integer(ask.query.get("after")) or 0
    return {"requests": [entry.shown() for entry in log.entries(after)], "total": log.total}


def _clear_log(ask: Ask) -> Record:
    ask.simulator.log.clear()
    return _log(ask)


def _seed(ask: Ask) -> Record:
    return {"seed": ask.simulator.seed}


def _set_seed(ask: Ask) -> Record:
    try:
        ask.simulator.reseed(seeds.valid(ask.members.get("seed")))
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    if ask.simulator.state is not None:
        ask.simulator.state.keep()
    return _seed(ask)


def _settings(ask: Ask) -> Record:
    settings = ask.simulator.settings
    return {"settings": {**asdict(settings), "durations": {**DURATIONS, **settings.durations}}}


def _set_settings(ask: Ask) -> Record:
    try:
        ask.simulator.use_settings(settings_input.changed(ask.simulator.settings, ask.members))
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    return _settings(ask)


def _glance(ask: Ask) -> Record:
    return {"clock": _clock(ask), **glance(ask.simulator, ask.query.get("account"))}


HANDLERS: dict[str, dict[str, Handler]] = {
    "/accounts": {"GET": _accounts},
    "/reset": {"POST": _reset},
    "/state": {"GET": _state, "PUT": _load, "POST": _load},
    "/clock": {"GET": _clock, "PUT": _set_clock},
    "/clock/advance": {"POST": _advance},
    "/faults": {"GET": _faults, "POST": _add_faults, "DELETE": _clear_faults},
    "/faults/{id}": {"DELETE": _remove_fault},
    "/log": {"GET": _log, "DELETE": _clear_log},
    "/seed": {"GET": _seed, "PUT": _set_seed},
    "/settings": {"GET": _settings, "PUT": _set_settings},
    "/glance": {"GET": _glance},
}
