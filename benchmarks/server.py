"""An API to measure clients with: so simple that it is never what is waited for, and it counts what it is asked.

    python benchmarks/server.py --tls FOLDER

Prints its two URLs, without and with TLS. Each token is an account of its own: `POST /bench/TOKEN` sets it up, with
`Account`'s fields as JSON, and `GET /bench/TOKEN` returns what was counted. It answers the requests of listing, reading
and creating Droplets and of reading their actions; every reply comes `delay` seconds late.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import itertools
import json
import re
import socket
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from droplets import FIRST_ID, action, droplet
from uvicorn.protocols.http.h11_impl import H11Protocol

MINUTE = 60.0
#: Droplets of an account whose pages are kept; those of ten times as many would take a quarter of a gigabyte.
MOST_KEPT = 10_000
#: The most Droplets on a page.
LARGEST_PAGE = 200
Response = tuple[int, bytes, list[tuple[bytes, bytes]]]
_connections = itertools.count(1)


class Counting(H11Protocol):
    """uvicorn's HTTP protocol, with a number for each connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.app_state = {**self.app_state, "connection": next(_connections)}


@dataclasses.dataclass
class Account:
    """One client's Droplets and settings.

    Attributes:
        url: Where links lead.
        delay: Seconds that every reply takes.
        others: How many Droplets, long active, were there before.
        boot: The shortest and the longest time in which a Droplet becomes active, in seconds.
        per_minute: How many requests are answered in any minute; 0 for all.
    """

    url: str
    delay: float = 0.0
    others: int = 0
    boot: tuple[float, float] = (3.0, 3.0)
    per_minute: int = 0

    def __post_init__(self) -> None:
        self.requests = self.refused = 0
        self.connections: set[int] = set()
        self.created: list[tuple[str, float]] = []
        self.answered: deque[float] = deque()

    def counts(self) -> dict[str, int]:
        """What was asked since the account was set up."""
        return {"requests": self.requests, "refused": self.refused, "connections": len(self.connections)}

    def create(self, name: str) -> int:
        """A new Droplet, active some time from now; those of one account spread evenly over that time."""
        shortest, longest = self.boot
        part = len(self.created) * 7 % 50 / 49
        self.created.append((name, time.monotonic() + shortest + (longest - shortest) * part))
        return FIRST_ID + self.others + len(self.created) - 1

    def droplet(self, number: int) -> bytes:
        """The Droplet with that number of all, old and new."""
        if number < self.others:
            return droplet(number)
        name, active_at = self.created[number - self.others]
        return droplet(number, name, active=time.monotonic() >= active_at)

    def action(self, number: int) -> bytes:
        """The create action of a Droplet; actions have their Droplet's number."""
        done = number < self.others or time.monotonic() >= self.created[number - self.others][1]
        return action(number, done=done)

    def total(self) -> int:
        """How many Droplets there are."""
        return self.others + len(self.created)

    def full(self) -> float:
        """Seconds until one more request is answered; 0.0 if now."""
        now = time.monotonic()
        while self.answered and self.answered[0] + MINUTE <= now:
            self.answered.popleft()
        if self.per_minute and len(self.answered) >= self.per_minute:
            return self.answered[0] + MINUTE - now
        self.answered.append(now)
        return 0.0


class Server:
    """The ASGI application."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self._pages: dict[tuple[int, int, int], bytes] = {}
        self._ways: list[tuple[str, re.Pattern[str], Callable[..., Response]]] = [
            ("GET", re.compile(r"/v2/droplets"), self._list),
            ("POST", re.compile(r"/v2/droplets"), self._create),
            ("GET", re.compile(r"/v2/droplets/(\d+)"), self._info),
            ("GET", re.compile(r"/v2/actions"), self._actions),
            ("GET", re.compile(r"/v2/actions/(\d+)"), self._action),
        ]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        status, content, headers = await self._reply(scope, body)
        headers = [*headers, (b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _reply(self, scope: Any, body: bytes) -> Response:
        path = scope["path"].rstrip("/")
        if path.startswith("/bench/"):
            return self._bench(scope["method"], path.removeprefix("/bench/"), body)
        token = dict(scope["headers"])[b"authorization"].decode().removeprefix("Bearer ")
        account = self.accounts[token]
        account.requests += 1
        account.connections.add(scope["state"]["connection"])
        if wait := account.full():
            account.refused += 1
            return _problem(429, "too_many_requests", [(b"retry-after", b"%d" % (wait + 1))])
        await asyncio.sleep(account.delay)
        for method, pattern, answer in self._ways:
            if method == scope["method"] and (found := pattern.fullmatch(path)):
                query = dict(parse_qsl(scope["query_string"].decode()))
                status, content, headers = answer(account, *map(int, found.groups()), query=query, body=body)
                return status, content, [*headers, *_ratelimit()]
        return _problem(404, "not_found")

    def _bench(self, method: str, token: str, body: bytes) -> Response:
        if method == "POST":
            account = self.accounts[token] = Account(**json.loads(body))
            for number in range(1, 1 + (account.others // LARGEST_PAGE if account.others <= MOST_KEPT else 0)):
                self._kept_page(account, number, LARGEST_PAGE)  # now, so that the first contender does not pay for it
        return 200, json.dumps(self.accounts[token].counts()).encode(), []

    def _list(self, account: Account, *, query: dict[str, str], body: bytes) -> Response:  # noqa: ARG002
        number, size = int(query.get("page", 1)), int(query.get("per_page", 20))
        if account.created:
            return 200, _page(account, "droplets", range(account.total()), number, size, account.droplet), []
        if account.others > MOST_KEPT:
            return 200, _page(account, "droplets", range(account.total()), number, size, account.droplet), []
        return 200, self._kept_page(account, number, size), []

    def _kept_page(self, account: Account, number: int, size: int) -> bytes:
        place = account.others, number, size
        if place not in self._pages:
            self._pages[place] = _page(account, "droplets", range(account.total()), number, size, account.droplet)
        return self._pages[place]

    def _actions(self, account: Account, *, query: dict[str, str], body: bytes) -> Response:  # noqa: ARG002
        number, size = int(query.get("page", 1)), int(query.get("per_page", 20))
        newest_first = range(account.total() - 1, -1, -1)
        return 200, _page(account, "actions", newest_first, number, size, account.action), []

    def _info(self, account: Account, id: int, *, query: dict[str, str], body: bytes) -> Response:  # noqa: ARG002
        if not 0 <= id - FIRST_ID < account.total():
            return _problem(404, "not_found")
        return 200, b'{"droplet":' + account.droplet(id - FIRST_ID) + b"}", []

    def _action(self, account: Account, id: int, *, query: dict[str, str], body: bytes) -> Response:  # noqa: ARG002
        if not 0 <= id - FIRST_ID < account.total():
            return _problem(404, "not_found")
        return 200, b'{"action":' + account.action(id - FIRST_ID) + b"}", []

    def _create(self, account: Account, *, query: dict[str, str], body: bytes) -> Response:  # noqa: ARG002
        asked = json.loads(body)
        names = asked.get("names") or [asked["name"]]
        if len(names) > 10:  # API reference, "Create a New Droplet"
            return _problem(422, "unprocessable_entity")
        ids = [account.create(name) for name in names]
        made = [account.droplet(id - FIRST_ID) for id in ids]
        shown = b'"droplets":[' + b",".join(made) + b"]" if "names" in asked else b'"droplet":' + made[0]
        actions = [{"id": id, "rel": "create", "href": f"{account.url}/v2/actions/{id}"} for id in ids]
        return 202, b"{" + shown + b',"links":' + json.dumps({"actions": actions}).encode() + b"}", []


def _page(account: Account, key: str, numbers: range, number: int, size: int, show: Callable[[int], bytes]) -> bytes:
    last = max(1, -(-len(numbers) // size))
    link = f"{account.url}/v2/{key}?page={{}}&per_page={size}"
    pages = {"last": link.format(last), "next": link.format(number + 1)} if number < last else {}
    envelope = {"links": {"pages": pages}, "meta": {"total": len(numbers)}}
    items = b",".join(show(each) for each in numbers[(number - 1) * size : number * size])
    return f'{{"{key}":['.encode() + items + b"]," + json.dumps(envelope).encode()[1:]


def _problem(status: int, id: str, headers: list[tuple[bytes, bytes]] | None = None) -> Response:
    return status, json.dumps({"id": id, "message": id.replace("_", " ")}).encode(), headers or []


def _ratelimit() -> list[tuple[bytes, bytes]]:
    limits = {"limit": 5000, "remaining": 4000, "reset": int(time.time()) + 3600}
    return [(f"ratelimit-{name}".encode(), str(number).encode()) for name, number in limits.items()]


async def serve(tls: Path) -> None:
    """Serve without and with TLS, from one event loop, until the process is ended."""
    application = Server()
    files = {"ssl_certfile": tls / "server.pem", "ssl_keyfile": tls / "server.key"}
    serving = []
    for scheme, options in (("http", {}), ("https", files)):
        # asyncio switches Nagle's algorithm off only for sockets that say which protocol they speak.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        print(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        config = uvicorn.Config(
            application, http=Counting, log_level="error", lifespan="off", timeout_keep_alive=600, **options
        )
        serving.append(uvicorn.Server(config)._serve([listener]))  # noqa: SLF001 - `serve` takes the signals each time
    await asyncio.gather(*serving)


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tls", type=Path, required=True, help="a folder with server.pem and server.key")
    asyncio.run(serve(parser.parse_args().tls))


if __name__ == "__main__":
    main()
