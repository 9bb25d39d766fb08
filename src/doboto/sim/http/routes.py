"""Operations and how a path finds one.

A resource's file has a table `OPERATIONS = Operations()` and puts its handlers into it with `@OPERATIONS("GET",
"/v2/...")`; the path is written as in the API reference. Paths are compiled and matched by Starlette; literal
segments win over parameters independently of the order of the files (`/v2/droplets/autoscale` is not a Droplet).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from json import dumps
from typing import Any

from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from ..engine.errors import ApiError, method_not_allowed, not_found, not_implemented
from ..engine.log import api_path, compile_path
from ..engine.records import Record
from .messages import JSON_TYPE, NO_CONTENT, ApiCall, ApiReply

#: State and rules first, HTTP last: a body for the operation's own status, nothing for no content, or a whole reply.
Handler = Callable[[ApiCall], Record | ApiReply | None]
#: How an operation words a refusal, where that differs from all the others.
Wording = Callable[[ApiError], ApiError]


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """One operation of the API reference."""

    method: str
    path: str
    handler: Handler
    status: int
    scopes: tuple[str, ...] = ()
    #: The special rate limit that it counts against, if any.
    limit: str | None = None
    wording: Wording | None = None

    @property
    def is_of_newer_service(self) -> bool:
        """Whether one of the newer services answers: refusals repeat the request id, a last slash is an empty id."""
        return any(_within(self.path, f"/v2/{name}") for name in NEWER_SERVICES)

    @property
    def headers(self) -> dict[str, str]:
        """Headers of a success beyond the usual ones: the 204 of a destroyed Droplet alone has a content type."""
        typed = self.status in NO_CONTENT and _within(self.path, "/v2/droplets")
        return {"content-type": JSON_TYPE} if typed else {}

    def word_error(self, error: ApiError) -> ApiError:
        """Return a refusal as this operation says it."""
        return error if self.wording is None else self.wording(error)


class Operations:
    """The operations of one file."""

    def __init__(self) -> None:
        self._operations: list[ApiOperation] = []

    def __iter__(self) -> Iterator[ApiOperation]:
        return iter(self._operations)

    def __call__(
        self,
        method: str,
        path: str,
        *scopes: str,
        status: int = 200,
        limit: str | None = None,
        wording: Wording | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register a handler; `scopes` are those that the API reference lists, all of them needed."""

        def register(handler: Handler) -> Handler:
            self._operations.append(ApiOperation(method, path, handler, status, scopes, limit, wording))
            return handler

        return register


#: Beginnings of paths of the newer services, whose refusals have `request_id` in the body: recorded for load balancers
#: (2018-09-13, 2026-05-15), for the others by analogy and unverified. The older ones have none (recordings of Droplets,
#: 2026-03-17, and domains, 2020-03-11).
NEWER_SERVICES = (
    "byoip_prefixes", "certificates", "droplets/autoscale", "firewalls", "load_balancers", "monitoring", "projects",
    "reserved_ipv6", "vpc_nat_gateways", "vpc_peerings", "vpcs",
)  # fmt: skip
#: Beginnings of paths that the real API has (API reference, list of operations): those without an operation here
#: answer 501.
REAL_PATHS = (
    "add-ons", "apps", "billing", "byoip_prefixes", "cdn", "certificates", "customers", "databases",
    "dedicated-inferences", "domains", "droplets/autoscale", "firewalls", "floating_ips", "functions", "gen-ai",
    "invoices", "kubernetes", "load_balancers", "monitoring/alerts", "monitoring/sinks",
    "monitoring/metrics/apps", "monitoring/metrics/database", "monitoring/metrics/droplet",
    "monitoring/metrics/droplet_autoscale", "monitoring/metrics/load_balancer", "monitoring/metrics/volumes",
    "nfs", "partner_network_connect", "projects", "registries", "registry", "reserved_ips", "reserved_ipv6",
    "security", "spaces", "uptime", "vector-databases", "volumes", "vpc_nat_gateways", "vpc_peerings", "vpcs",
)  # fmt: skip


#: What the real API has below resources that are simulated (Terraform provider), and the API reference does not list.
_REAL_BELOW = re.compile(r"/v2/vpcs/[^/]+/subnets(/.*)?")


class Router:
    """Finds the operation for a method and a path."""

    def __init__(self, operations: Iterable[ApiOperation]) -> None:
        by_path: dict[str, dict[str, ApiOperation]] = {}
        for operation in operations:
            by_path.setdefault(operation.path, {})[operation.method] = operation
        self._families: dict[str, dict[str, dict[str, ApiOperation]]] = {}
        for path in sorted(by_path, key=_literals_first):
            self._families.setdefault(_family(path), {})[path] = by_path[path]
        self._compiled: dict[str, list[tuple[Route, dict[str, ApiOperation]]]] = {}
        real = [f"/v2/{name}" for name in REAL_PATHS]
        self._beyond = tuple(one for one in real if not any(_within(path, one) for path in by_path))

    def find(self, method: str, path: str) -> tuple[ApiOperation, dict[str, str]]:
        """Return the operation and the parameters in the path; else 404, 405 or 501."""
        if any(_within(path, real) for real in self._beyond):
            raise not_implemented(method, path)
        scope: Scope = {"type": "http", "path": path, "method": method}
        for route, operations in self._routes(_family(path)):
            match, found = route.matches(scope)
            if match is Match.FULL:
                operation = operations.get("GET" if method == "HEAD" else method)
                if operation is None:
                    raise method_not_allowed(method, path, operations)
                return operation, found["path_params"]
        if _REAL_BELOW.fullmatch(path):
            raise not_implemented(method, path)
        raise not_found()

    def _routes(self, family: str) -> list[tuple[Route, dict[str, ApiOperation]]]:
        # Compiled when the first request comes: all of them would take longer than everything else at the start.
        found = self._compiled.get(family)
        if found is None and family in self._families:
            paths = self._families[family].items()
            found = self._compiled[family] = [(Route(path, _Unused(), methods=None), table) for path, table in paths]
        return found or []


class Stubs:
    """Answers of a test's own for paths, asked before the operations of the simulator.

    Args:
        router: Finds the operation for what is not stubbed.
    """

    def __init__(self, router: Router) -> None:
        self._router = router
        self._stubs: list[tuple[str, re.Pattern[str], ApiOperation]] = []

    def __len__(self) -> int:
        return len(self._stubs)

    def add(self, method: str, path: str, *, json: Any, status: int, headers: Mapping[str, str] | None) -> None:
        """Answer a method and a path from now on; what was added last is asked first."""
        if not method.isalpha() or not 200 <= status <= 599:
            raise ValueError(f"invalid stub {method!r} {path!r} {status!r} (a method, a path, a status)")
        path = api_path(path)
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        content = b"" if json is None else dumps(json).encode()

        def answer(_call: ApiCall) -> ApiReply:
            return ApiReply(status, None, dict(sent), raw=content)

        operation = ApiOperation(method.upper(), path, answer, status)
        self._stubs.insert(0, (method.upper(), compile_path(path), operation))

    def clear(self) -> None:
        """Forget all of them."""
        self._stubs.clear()

    def find(self, method: str, path: str) -> tuple[ApiOperation, dict[str, str]]:
        """Return the stub or the operation and the parameters in the path; else 404, 405 or 501."""
        for stubbed, pattern, operation in self._stubs:
            if stubbed == ("GET" if method == "HEAD" else method) and pattern.fullmatch(path):
                return operation, {}
        return self._router.find(method, path)


class _Unused:
    # Routes only match here: the app goes on with the operation itself.
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise NotImplementedError


def _family(path: str) -> str:
    return "/".join(path.split("/", 3)[:3])


def _literals_first(path: str) -> tuple[tuple[bool, str], ...]:
    return tuple((part.startswith("{"), part) for part in path.split("/"))


def _within(path: str, beginning: str) -> bool:
    return path == beginning or path.startswith(beginning + "/")
