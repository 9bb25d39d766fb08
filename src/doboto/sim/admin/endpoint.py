"""One path of the admin interface, as ASGI has it, and a request to it as its handlers see it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..engine.clock import http_date
from ..engine.errors import ApiError, bad_request, method_not_allowed, not_found, server_error, too_large, unprocessable
from ..engine.fields import integer
from ..engine.records import Record, as_record, is_number
from ..engine.world import World, account_label
from ..faults import Faults
from ..http.incoming import read_body, read_json, refuse_strangers
from ..http.messages import JSON_TYPE
from ..http.routes import Stubs

_logger = logging.getLogger("doboto.sim")

#: Bytes of a body that are read: enough for the state of about 100,000 Droplets.
LARGEST = 2**28


@dataclass(frozen=True, slots=True)
class AdminRequest:
    """One request to the admin interface."""

    world: World
    faults: Faults
    stubs: Stubs
    path: Mapping[str, str]
    query: Mapping[str, str]
    #: The JSON that was sent; None for no body.
    body: Any

    @property
    def members(self) -> Record:
        """The body as an object; an empty one for no body."""
        found = as_record({} if self.body is None else self.body)
        if found is None:
            raise bad_request("the body must be a JSON object")
        return found

    def number(self, name: str) -> float:
        """Return a member that must be a finite number."""
        value = self.members.get(name)
        if not is_number(value):
            raise unprocessable(f"{name} must be a number")
        return value

    def account(self, members: Record) -> str | None:
        """Return the label of the account that an object names, by `account` or by `token`, if it does."""
        found = members.get("account", members.get("token"))
        if found is not None and not isinstance(found, str):
            raise unprocessable("account and token must be text")
        return None if found is None else account_label(found)


Handler = Callable[[AdminRequest], Record]


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
