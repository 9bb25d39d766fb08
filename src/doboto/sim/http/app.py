"""The ASGI application: HTTP is known here, and nowhere below.

A request's way: path -> token -> account -> rate limit -> operation -> faults before -> scopes -> handler -> saved ->
faults after -> reply, or none where a fault says so. Nothing here suspends unless `receive`, `send` or an injected
latency does: the blocking client runs a request in process with one `send(None)` on its coroutine. State is only
touched under the simulator's lock, which is never held over an `await`, so that threads may share a simulator.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from starlette.routing import BaseRoute
from starlette.routing import Router as Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from ..engine.account import Account
from ..engine.clock import http_date, stopwatch
from ..engine.errors import SETTING, ApiError, not_found, server_error
from ..engine.limits import TokenRateLimit
from ..engine.world import World
from .incoming import Incoming, receive_request
from .messages import JSON_TYPE, NO_CONTENT, SERVICE, UNAUTHORIZED, ApiCall, ApiReply, Dropped, error_reply
from .peers import hang_up
from .routes import ApiOperation, Router, Stubs
from .scopes import Scopes, bearer, refuse_real

_log = logging.getLogger("doboto.sim")

#: Answers to a browser that asks first (API reference, introduction, on CORS).
CORS = {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    "access-control-allow-headers": "Authorization, Content-Type, X-Dangerous",
    "access-control-expose-headers": "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Total, Link",
    "access-control-max-age": "86400",
    "access-control-allow-credentials": "true",
}


class Interceptor(Protocol):
    """What may answer in place of an operation, or change its reply: the faults in force."""

    async def before(self, call: ApiCall) -> ApiReply | None:
        """Return a reply to send instead of doing anything, or None."""
        ...

    async def after(self, call: ApiCall, reply: ApiReply) -> ApiReply:
        """Return the reply to send for what has been done."""
        ...


def add_routes(routes: list[BaseRoute], api: ASGIApp) -> ASGIApp:
    """Put further routes (the admin interface, the page for people) in front of the API."""
    return Starlette(routes, redirect_slashes=False, default=api)


class Api:
    """Everything under `/v2`, and 404 in JSON for the rest.

    Args:
        world: The state that requests are about.
        router: Finds the operation for a method and a path.
        faults: Asked before and after each operation.
    """

    def __init__(self, world: World, router: Router | Stubs, faults: Interceptor) -> None:
        self.faults = faults
        #: Called with each request and its reply, if it is to get one, before the reply leaves.
        self.on_seen: list[Callable[[Incoming, ApiReply | None], None]] = []
        self._world = world
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await _lifespan(scope, receive, send)
            return
        watch = stopwatch()
        incoming = await receive_request(scope, receive)
        # What did not arrive whole was never asked for: it counts for nothing and is only noted.
        reply = None if incoming.cut_off else await self._reply(incoming)
        content = b"" if reply is None else reply.content()
        self._note(incoming, reply, content, watch())
        if incoming.cut_off:
            return
        if reply is not None:
            await _send(reply, content, incoming, send)
        if reply is None or reply.cut is not None:
            await hang_up(incoming.peer, receive)

    async def _reply(self, incoming: Incoming) -> ApiReply | None:
        try:
            reply = _preflight() if incoming.method == "OPTIONS" else await self._answer(incoming)
        except Dropped:
            return None
        except Exception:
            _log.exception("%s %s", incoming.method, incoming.path)
            reply = self._finish(error_reply(server_error()), None)
        reply.headers.setdefault("date", http_date(self._world.clock.now()))
        return reply

    async def _answer(self, incoming: Incoming) -> ApiReply:
        try:
            with self._world.lock:
                call, operation = self._admit(incoming)
        except _Refused as refused:
            return self._finish(error_reply(refused.error), refused.rate)
        instead = await self.faults.before(call)
        if instead is not None:
            return self._finish(instead, call.rate)
        with self._world.lock:
            reply = self._perform(call, operation)
        return self._finish(await self.faults.after(call, reply), call.rate)

    def _admit(self, incoming: Incoming) -> tuple[ApiCall, ApiOperation]:
        rate, operation = None, None
        now = self._world.clock.now()
        try:
            account, scopes, rate = self._authenticate(incoming.headers.get("authorization"))
            account.apply_due_events(now)
            operation, params = self._find_operation(incoming.method, incoming.path, rate, now)
            if incoming.slash and incoming.method == "GET" and operation.is_of_newer_service:
                raise not_found()  # they take what follows the slash for an empty identifier
            body = incoming.body()
        except ApiError as error:
            raise _Refused(error if operation is None else operation.word_error(error), rate) from None
        return (
            ApiCall(
                account=account,
                method=incoming.method,
                path=incoming.path,
                base=incoming.base,
                now=now,
                params=params,
                query=incoming.query,
                headers=incoming.headers,
                body=body,
                scopes=scopes,
                rate=rate,
                peer=incoming.peer,
            ),
            operation,
        )

    def _authenticate(self, header: str | None) -> tuple[Account, Scopes, TokenRateLimit]:
        """Return the account, scopes and limits of a request, else 401."""
        token = bearer(header)
        if not self._world.settings.allow_real_tokens:
            refuse_real(token)
        grant = self._world.grant(token)
        account = self._world.account_named(grant.account)
        return account, Scopes(grant.scopes), account.rates.of(token)

    def _find_operation(
        self, method: str, path: str, rate: TokenRateLimit, now: float
    ) -> tuple[ApiOperation, dict[str, str]]:
        """Find the operation asked for; the request counts against the token's limits whether there is one or not."""
        try:
            operation, params = self._router.find(method, path)
        except ApiError:
            rate.admit(now)
            raise
        rate.admit(now, operation.limit)
        return operation, params

    def _perform(self, call: ApiCall, operation: ApiOperation) -> ApiReply:
        call.now = max(self._world.clock.now(), call.now)
        call.account.apply_due_events(call.now)
        self._world.commit(call.account)
        reply = self._handle(call, operation)
        self._world.commit(call.account)
        return reply

    def _handle(self, call: ApiCall, operation: ApiOperation) -> ApiReply:
        try:
            call.scopes.require(*operation.scopes)
            result = operation.handler(call)
        except ApiError as error:
            reply = error_reply(operation.word_error(error))
            if SETTING in error.headers:
                _log.warning("%s %s: refused by the setting %s", call.method, call.path, error.headers[SETTING])
            reply.shows_request_id = operation.is_of_newer_service and not error.at_gateway
            return reply
        except Exception:
            _log.exception("%s %s", call.method, call.path)
            self._world.roll_back(call.account)
            return error_reply(server_error())
        return result if isinstance(result, ApiReply) else ApiReply(operation.status, result, operation.headers)

    def _finish(self, reply: ApiReply, rate: TokenRateLimit | None) -> ApiReply:
        """Return the reply with the headers that every reply has, unless it is of something in front of the API."""
        if reply.bare:
            return reply
        with self._world.lock:
            # A request that opened no account shows the limits of an unused token.
            limits = (rate or TokenRateLimit(self._world.settings)).headers(self._world.clock.now())
            request_id = self._world.next_request_id()
        if reply.shows_request_id and reply.body is not None:
            reply.body = {**reply.body, "request_id": request_id}
        # A 401 says nothing of rate limits (recording of 2022-06-25).
        counted = {} if reply.status == UNAUTHORIZED and rate is None else limits
        typed = {} if reply.status in NO_CONTENT else {"content-type": JSON_TYPE}
        reply.headers = {**typed, "x-request-id": request_id, **counted, **SERVICE, **reply.headers}
        return reply

    def _note(self, incoming: Incoming, reply: ApiReply | None, content: bytes, milliseconds: float) -> None:
        """Log a request and how it was answered, and call the listeners."""
        self._world.log.add(
            moment=self._world.clock.now(),
            account=self._account_name(incoming.headers.get("authorization")),
            method=incoming.method,
            path=incoming.path,
            query=incoming.query,
            status=None if reply is None else reply.status,
            request_id=None if reply is None else reply.headers.get("x-request-id"),
            milliseconds=milliseconds,
            content=incoming.content,
            response_content=content,
        )
        for listener in self.on_seen:
            listener(incoming, reply)

    def _account_name(self, header: str | None) -> str | None:
        try:
            name = self._world.grant(bearer(header)).account
        except ApiError:
            return None
        return name if name in self._world.accounts else None


class _Refused(Exception):
    def __init__(self, error: ApiError, rate: TokenRateLimit | None) -> None:
        super().__init__(error.message)
        self.error = error
        self.rate = rate


def _preflight() -> ApiReply:
    return ApiReply(200, None, dict(CORS))


async def _send(reply: ApiReply, content: bytes, incoming: Incoming, send: Send) -> None:
    origin = incoming.headers.get("origin")
    if origin:
        reply.headers.setdefault("access-control-allow-origin", origin)
        reply.headers.setdefault("access-control-expose-headers", CORS["access-control-expose-headers"])
    if reply.status not in NO_CONTENT:
        reply.headers.setdefault("content-length", str(len(content)))
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = b"" if incoming.method == "HEAD" else content[: reply.cut]
    await send({"type": "http.response.body", "body": body, "more_body": reply.cut is not None})


async def _lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "lifespan":
        raise Dropped
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
