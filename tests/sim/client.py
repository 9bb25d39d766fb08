"""The smallest possible client: one request, one answer, in process or over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import urllib3
from starlette.types import ASGIApp, Message

from doboto.sim import Simulator

from .specification import Specification

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content) if self.content else None

    @property
    def message(self) -> str:
        return str(self.body["message"])


Transport = Callable[[str, str, Headers, bytes], Answer]


class Client:
    """A user's program with a token; every answer is checked against the specification where there is one."""

    def __init__(self, sim: Simulator, transport: Transport, specification: Specification | None) -> None:
        self.sim = sim
        self.token: str | None = "token"
        self._transport = transport
        self._specification = specification

    def send(self, method: str, path: str, content: bytes = b"", **headers: str) -> Answer:
        """A request with any bytes."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent.setdefault("authorization", f"Bearer {self.token}")
        answer = self._transport(method, path, sent, content)
        assert answer.status != 500, (method, path, content)
        # A 401 says nothing of rate limits.
        limits = () if answer.status == 401 else ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")
        for name in (*limits, "x-request-id"):
            assert name in answer.headers, (method, path, name)
        if self._specification is not None and method != "HEAD":
            self._specification.check(method, unquote(path.partition("?")[0]), answer.status, answer.body)
        return answer

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """A request with a JSON body, or without one."""
        headers.setdefault("content_type", "application/json")
        return self.send(method, path, b"" if body is None else json.dumps(body).encode(), **headers)

    def get(self, path: str) -> Any:
        """The body of a GET that must work."""
        answer = self.call("GET", path)
        assert answer.status == 200, answer
        return answer.body

    def post(self, path: str, body: object = None, status: int = 201) -> Any:
        """The body of a POST that must work."""
        answer = self.call("POST", path, body)
        assert answer.status == status, answer
        return answer.body

    def create(self, name: str = "web-01", **attributes: Any) -> Any:
        """A new Droplet."""
        wanted = {"name": name, "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", **attributes}
        return self.post("/v2/droplets", wanted, status=202)["droplet"]

    def create_active(self, name: str = "web-01", **attributes: Any) -> Any:
        """A Droplet whose creation is over."""
        droplet = self.create(name, **attributes)
        self.sim.clock.advance(60)  # type: ignore[attr-defined]
        return self.get(f"/v2/droplets/{droplet['id']}")["droplet"]

    def act(self, droplet: Any, type: str, **attributes: Any) -> Any:
        """An action that completes, and the Droplet after it."""
        path = f"/v2/droplets/{droplet['id']}"
        action = self.post(f"{path}/actions", {"type": type, **attributes})["action"]
        self.sim.clock.advance(60)  # type: ignore[attr-defined]
        assert self.get(f"/v2/actions/{action['id']}")["action"]["status"] == "completed"
        return self.get(path)["droplet"]


def in_process(app: ASGIApp, client: tuple[str, int] | None = None) -> Transport:
    """Runs the app on the spot: one `send(None)`, no event loop, and it must not suspend."""

    def transport(method: str, path: str, headers: Headers, content: bytes) -> Answer:
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        route, _, query = path.partition("?")
        sent = [(name.encode(), value.encode("latin-1")) for name, value in {"host": "sim.test", **headers}.items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(route),
            "raw_path": route.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": sent,
            "client": client,
        }
        coroutine: Any = app(scope, receive, send)
        try:
            coroutine.send(None)
        except StopIteration:
            pass
        else:
            coroutine.close()
            raise AssertionError("the app suspended")
        start, *rest = messages
        received = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        return Answer(start["status"], received, b"".join(message["body"] for message in rest))

    return transport


def over_http(origin: str, ca_file: object = None) -> tuple[Transport, urllib3.PoolManager]:
    """Sends through a socket."""
    pool = urllib3.PoolManager(retries=False, ca_certs=None if ca_file is None else str(ca_file))

    def transport(method: str, path: str, headers: Headers, content: bytes) -> Answer:
        reply = pool.request(method, origin + path, headers=headers, body=content or None)
        received = {name.lower(): value for name, value in reply.headers.items()}
        return Answer(reply.status, received, reply.data)

    return transport, pool
