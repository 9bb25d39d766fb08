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

from starlette.routing import BaseRoute, Mount, Route, Router

from ..engine.world import World
from ..faults import Faults
from ..http.routes import Stubs
from . import handlers
from .endpoint import Endpoint, Handler

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
