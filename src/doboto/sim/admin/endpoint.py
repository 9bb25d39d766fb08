"""One path of the admin interface, as ASGI has it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..engine.clock import http_date
from ..engine.errors import ApiError, method_not_allowed, not_found, server_error
from ..engine.records import Record
from ..http.guard import refuse_strangers
from ..http.incoming import read_json
from ..http.messages import JSON_TYPE
from .request import Ask, Handler

if TYPE_CHECKING:
    from ..simulator import Simulator

_logger = logging.getLogger("doboto.sim")


class Endpoint:
    """One path.

    Args:
        simulator: Whom it is about.
        handlers: What answers each method; none for a path that there is not.
        paths: Those that there are.
    """

    def __init__(self, simulator: Simulator, handlers: Mapping[str, Handler], paths: Iterable[str] = ()) -> None:
        self._simulator = simulator
        self._handlers = handlers
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
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
            raise not_found(f"The admin interface has {', '.join(self._paths)}.")
        handler = self._handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise method_not_allowed(request.method, request.url.path, self._handlers)
        return handler


def _json(content: bytes) -> Any:
    if not content.strip():
        return None
    return read_json(content)
