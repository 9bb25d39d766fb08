"""How fast the simulator answers with few and with many Droplets in an account: prints a table of milliseconds.

    python benchmarks/simulator.py [--droplets 10000] [--rounds 50]
    python benchmarks/simulator.py --droplets 100000

Medians; next to them the slowest of the rounds, in which Python collected garbage or the machine did something else.
"In process" is the ASGI application called without a socket, "over HTTP" a round trip through one, both in this
process, so that the client's share is in it. The ratio is that of the page of 200 among many to the one among 200. At
the end the memory that a Droplet with its action takes, and how long a state of all of them takes to be loaded.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import urllib3

from doboto.sim import ManualClock, Settings, Simulator, snapshot

#: Two regions, since the default VPC of one has room for 65,000 Droplets.
REGIONS = ("nyc3", "ams3")
PLAN = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
TOKEN = {"authorization": "Bearer benchmark"}
START = "import time; began = time.perf_counter(); from doboto import DO; {}; print(time.perf_counter() - began)"
FIRST = {"import": "import doboto.sim", "import and first request": "DO.simulated().droplet.list()"}

#: Sends a method, a path and a body; gives status and content.
Send = Callable[[str, str, bytes], tuple[int, bytes]]


@dataclass(frozen=True)
class Row:
    """One kind of request; in its path and body stand `{id}`, `{vpc}` and `{number}`."""

    name: str
    path: str
    body: dict[str, Any] | None = None

    def send(self, send: Send, **places: object) -> None:
        method, content = "GET", b""
        if self.body is not None:
            method, content = "POST", json.dumps({**self.body, **_own(places)}).encode()
        status, answer = send(method, self.path.format(**places), content)
        assert status < 300, answer


def _own(places: Mapping[str, object]) -> dict[str, object]:
    number = int(str(places["number"]))
    return {"name": f"web-{number}", "region": REGIONS[number % len(REGIONS)]}


ROWS = (
    Row("create", "/v2/droplets", {**PLAN, "tags": ["all"]}),
    Row("info", "/v2/droplets/{id}"),
    Row("page of 20", "/v2/droplets"),
    Row("page of 200", "/v2/droplets?per_page=200"),
    Row("page of 200, the tenth", "/v2/droplets?per_page=200&page=10"),
    Row("by tag, page of 200", "/v2/droplets?tag_name=all&per_page=200"),
    Row("by name", "/v2/droplets?name=web-7"),
    Row("actions, page of 200", "/v2/actions?per_page=200"),
    Row("members of the VPC, page of 200", "/v2/vpcs/{vpc}/members?per_page=200"),
    Row("resources of the project, page of 200", "/v2/projects/default/resources?per_page=200"),
)


LIMITS = Settings(droplet_limit=10**9, requests_per_hour=0, requests_per_minute=0, default_vpc_prefix=16)


class Bench:
    """A simulator with one account that grows."""

    def __init__(self, rounds: int) -> None:
        self.simulator = Simulator(ManualClock(), LIMITS)
        self.rounds = rounds
        self.account = self.simulator.account("benchmark")
        self.clock = self.simulator.clock
        status, answer = self.in_process(
            "POST", "/v2/vpcs", json.dumps({"name": "own", "region": "nyc3", "ip_range": "10.200.0.0/16"}).encode()
        )
        assert status == 201, answer
        self.vpc = json.loads(answer)["vpc"]["id"]
        self._number = 0

    def in_process(self, method: str, target: str, content: bytes) -> tuple[int, bytes]:
        """Calls the application, which never suspends."""
        messages: list[Any] = []
        path, _, query = target.partition("?")
        headers = [(b"host", b"localhost"), *((name.encode(), value.encode()) for name, value in TOKEN.items())]
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers}

        async def receive() -> Any:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        coroutine: Any = self.simulator.app(scope, receive, send)
        try:
            coroutine.send(None)
        except StopIteration:
            return messages[0]["status"], b"".join(message["body"] for message in messages[1:])
        raise AssertionError("the application suspended")

    def grow(self, droplets: int) -> tuple[float, float]:
        """Create Droplets up to that number, then make them active; return the seconds that each took."""
        began, row = perf_counter(), ROWS[0]
        while len(self.account.store("droplet")) < droplets:
            self._once(row, self.in_process)
        created = perf_counter()
        self.clock.advance(600)  # type: ignore[attr-defined]
        self.in_process("GET", "/v2/account", b"")
        return created - began, perf_counter() - created

    def measure(self, row: Row, send: Send) -> list[float]:
        """Milliseconds of each round, sorted."""
        return sorted(self._once(row, send) for _ in range(self.rounds))

    def _once(self, row: Row, send: Send) -> float:
        self._number += 1
        ids = list(self.account.store("droplet").records) if "{id}" in row.path else [0]
        places = {"id": ids[self._number * 7919 % len(ids)], "vpc": self.vpc, "number": self._number}
        began = perf_counter()
        row.send(send, **places)
        return (perf_counter() - began) * 1000


def over_http(origin: str) -> Send:
    """Sends through a socket, on one connection."""
    pool = urllib3.PoolManager()

    def send(method: str, path: str, content: bytes) -> tuple[int, bytes]:
        reply = pool.request(method, origin + path, body=content or None, headers=TOKEN)
        return reply.status, reply.data

    return send


def memory() -> int:
    """Bytes that this process holds (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def load(bench: Bench) -> None:
    """Print how long the state takes to be loaded, as a document and from a file."""
    document = snapshot.dump(bench.simulator)
    began = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        with Simulator(ManualClock(), LIMITS, state=path) as other:
            snapshot.load(other, document)
            loaded = perf_counter()
        size = path.stat().st_size
        closed = perf_counter()
        Simulator(ManualClock(), LIMITS, state=path).close()
    print(f"\nstate as a document: loaded, validated and written in {loaded - began:.1f} s")
    print(f"state in a file of {size / 1e6:.0f} MB: opened in {perf_counter() - closed:.1f} s")


def start() -> None:
    """How long a fresh process takes."""
    for name, code in FIRST.items():
        command = [sys.executable, "-c", START.format(code)]
        found = [float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(3)]
        print(f"{name}: {min(found) * 1000:.0f} ms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--droplets", type=int, default=10_000, help="the larger account (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=50, help="requests of each kind (default: %(default)s)")
    options = parser.parse_args()
    start()
    bench = Bench(options.rounds)
    begin, pages = 0, list[float]()
    with bench.simulator.serve() as server:
        ways = {"in process": bench.in_process, "over HTTP": over_http(server.origin)}
        for droplets in (200, options.droplets):
            created, activated = bench.grow(droplets)
            print(f"\n{droplets} Droplets: created in {created:.2f} s, made active in {activated:.2f} s\n")
            print(f"{'':40}" + "".join(f"{way + ' (slowest)':>24}" for way in ways))
            for row in ROWS:
                found = [bench.measure(row, send) for send in ways.values()]
                print(f"{row.name:40}" + "".join(f"{median(one):14.2f} ({one[-1]:7.2f})" for one in found))
                if row.name == "page of 200":
                    pages.append(median(found[0]))
            if droplets == 200:
                begin = memory()
    number = len(bench.account.store("droplet"))
    print(f"\npage of 200 among {number} Droplets: {pages[-1] / pages[0]:.2f} times one among 200")
    print(f"memory for each Droplet and its action: {(memory() - begin) / (number - 200) / 1000:.1f} kB")
    load(bench)


if __name__ == "__main__":
    main()
