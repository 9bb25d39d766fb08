"""The admin interface under `/_sim/`: the simulator itself, for those who test with it. JSON in and out, no token.

    GET    /_sim/accounts       which accounts there are, what they hold, what their most used token has left
    POST   /_sim/reset          empty all accounts, and take away the faults and the log; {"account"} or {"token"}: one
    GET    /_sim/state          everything as one document; PUT or POST puts such a document back, its clock included
    GET    /_sim/clock          what time it is; PUT {"speed": 100} lets a running clock run faster or slower, and
                                {"kind": "manual"} goes on with a clock of another kind: manual, instant or real
    POST   /_sim/clock/advance  {"seconds": 60} moves a manual clock
    GET    /_sim/faults         the rules in force; POST adds one or a list (`faults/rules.py`), DELETE takes all away
    DELETE /_sim/faults/{id}    take one away
    GET    /_sim/requests       the last requests with their bodies, secrets hidden: `?method=POST&path=/v2/droplets`,
                                `status`, `account`, `after` pick some of them; DELETE forgets them
    GET    /_sim/requests/{id}  one of them, by its number
    POST   /_sim/stubs          {"method", "path", "json", "status", "headers"}: answer a path as the test says; DELETE
                                forgets all stubs
    GET    /_sim/health         whether it answers; also to other machines
    GET    /_sim/log            the last requests; `?after=NUMBER` only newer ones; DELETE forgets them
    GET    /_sim/seed           the seed; PUT {"seed": 1} for accounts and faults that come into being from now on
    GET    /_sim/settings       the settings, with the durations in force; PUT {"droplet_limit": 3} changes some of them
    GET    /_sim/machines       the machines behind Droplets: where their SSH servers answer, the passwords that the
                                real API would mail, the last lines of their consoles; `?account`, `?droplet`
    GET    /_sim/overview       what the page at `/` shows: `?account=LABEL`, or the one that was used last

Errors have the form of the API's: 400 for what is no JSON object, 403 for other machines and other sites, 404, 405,
409 for what this clock can't do, 422 for what makes no sense.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from . import admin_handlers as handlers
from .admin_handlers import AdminRequest, Handler
from .engine.clock import http_date
from .engine.errors import ApiError, bad_request, method_not_allowed, not_found, server_error, too_large
from .engine.fields import integer
from .engine.records import Record
from .engine.world import World
from .faults import Faults
from .http.incoming import read_body, read_json, refuse_strangers
from .http.messages import JSON_TYPE
from .http.routes import Stubs

_logger = logging.getLogger("doboto.sim")

#: Bytes of a body that are read: enough for the state of about 100,000 Droplets.
LARGEST = 2**28


class Endpoint:
    """One path.

    Args:
        world: The state it is about.
        faults: The rules in force.
        stubs: Answers of a test's own.
        handlers: What answers each method; none for a path that does not exist.
        paths: Those that exist.
        open: Whether other machines may ask even if the settings refuse them.
    """

    def __init__(
        self,
        world: World,
        faults: Faults,
        stubs: Stubs,
        handlers: Mapping[str, Handler],
        paths: Iterable[str] = (),
        *,
        open: bool = False,
    ) -> None:
        self._world = world
        self._faults = faults
        self._stubs = stubs
        self._open = open
        self._handlers = handlers
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        status, body = await self._answer(Request(scope), receive)
        headers = {"content-type": JSON_TYPE, "date": http_date(self._world.clock.now())}
        content = json.dumps(body).encode("ascii")
        await Response(content, status, headers)(scope, receive, send)

    async def _answer(self, request: Request, receive: Receive) -> tuple[int, Record]:
        try:
            # Nothing of the body is read for those who may not send it.
            refuse_strangers(
                request.client, request.headers, allow_remote=self._open or self._world.settings.allow_remote_admin
            )
            handler = self._handler(request)
            body = await _read_json(request, receive)
            with self._world.lock, self._world.undo_on_failure():
                return 200, handler(
                    AdminRequest(
                        self._world, self._faults, self._stubs, request.path_params, request.query_params, body
                    )
                )
        except ApiError as error:
            return error.status, error.body
        except Exception:
            _logger.exception("%s %s", request.method, request.url.path)
            return 500, server_error().body

    def _handler(self, request: Request) -> Handler:
        if not self._handlers:
            raise not_found(f"The admin interface has {', '.join(self._paths)}.")
        handler = self._handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise method_not_allowed(request.method, request.url.path, self._handlers)
        return handler


async def _read_json(request: Request, receive: Receive) -> Any:
    announced = integer(request.headers.get("content-length")) or 0
    body = None if announced > LARGEST else await read_body(receive, LARGEST)
    if body is None or body.size > LARGEST:
        raise too_large()
    if body.cut_off:
        raise bad_request()
    content = b"".join(body.parts)
    return read_json(content) if content.strip() else None


HANDLERS: dict[str, dict[str, Handler]] = {
    "/accounts": {"GET": handlers.list_accounts},
    "/reset": {"POST": handlers.reset},
    "/state": {"GET": handlers.dump_state, "PUT": handlers.load_state, "POST": handlers.load_state},
    "/clock": {"GET": handlers.show_clock, "PUT": handlers.change_clock},
    "/clock/advance": {"POST": handlers.advance_clock},
    "/faults": {"GET": handlers.list_faults, "POST": handlers.add_faults, "DELETE": handlers.clear_faults},
    "/faults/{id}": {"DELETE": handlers.remove_fault},
    "/log": {"GET": handlers.list_requests, "DELETE": handlers.clear_log},
    "/requests": {"GET": handlers.find_requests, "DELETE": handlers.clear_log},
    "/requests/{id}": {"GET": handlers.show_request},
    "/stubs": {"POST": handlers.add_stub, "DELETE": handlers.clear_stubs},
    "/seed": {"GET": handlers.show_seed, "PUT": handlers.change_seed},
    "/settings": {"GET": handlers.show_settings, "PUT": handlers.change_settings},
    "/machines": {"GET": handlers.list_machines},
    "/overview": {"GET": handlers.show_overview},
}

#: Those for other machines, too: a container's orchestrator asks whether it answers.
OPEN: dict[str, dict[str, Handler]] = {"/health": {"GET": handlers.show_health}}


def routes(world: World, faults: Faults, stubs: Stubs) -> list[BaseRoute]:
    """Return the routes of the admin interface; its root with and without a slash."""
    nowhere = Endpoint(world, faults, stubs, {}, [f"/_sim{path}" for path in (*HANDLERS, *OPEN)])
    below = [Route(path, Endpoint(world, faults, stubs, table), methods=None) for path, table in HANDLERS.items()]
    below += [
        Route(path, Endpoint(world, faults, stubs, table, open=True), methods=None) for path, table in OPEN.items()
    ]
    router = Router(below, redirect_slashes=False, default=nowhere)
    return [Route("/_sim", nowhere, methods=None), Mount("/_sim", app=router)]
