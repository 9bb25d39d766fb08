"""What the library costs, as far as it can be counted: requests, connections, TLS contexts, modules, packages, bytes.

No time is measured here, as a busy machine would decide: `make bench` does that.
"""

from __future__ import annotations

import asyncio
import json
import platform
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, ClassVar

import aiohttp  # noqa: F401 - it makes contexts of its own when it is imported
import pytest
import trustme

import doboto
from doboto import DO, AsyncDO, Limiter
from doboto.sim import ManualClock, Settings, Simulator

from .test_structure import loaded_by, within

PLAN = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
FLAVOURS = pytest.mark.parametrize("flavour", ["blocking", "asynchronous"])


def run(flavour: str, work: Callable[[Any], Any], **settings: Any) -> Any:
    """Have a client of that flavour do something; `work` gets the client and returns what an operation does."""
    if flavour == "blocking":
        with DO(**settings) as do:
            return work(do)

    async def working() -> Any:
        async with AsyncDO(**settings) as ado:
            return await work(ado)

    return asyncio.run(working())


# -- requests


@dataclass
class World:
    """A simulated account that counts what it is asked; Droplets are active after 3 s."""

    simulator: Simulator = field(
        default_factory=lambda: Simulator(
            ManualClock(1_790_000_000), Settings(droplet_limit=100_000, durations={"droplet.create": 3.0})
        )
    )
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.simulator.on_seen.append(lambda incoming, reply: self.asked.append(f"{incoming.method} {incoming.path}"))

    def client(self, flavour: str) -> Any:
        kind = DO if flavour == "blocking" else AsyncDO
        return kind.simulated(self.simulator, limiter=Limiter(per_minute=100_000))

    def fill(self, droplets: int) -> None:
        names = [f"old-{number}" for number in range(droplets)]
        if names:
            self.client("blocking").droplet.create(names=names, **PLAN, wait=True, poll=10, timeout=900)
        self.asked.clear()


def create_fifty(world: World, flavour: str) -> None:
    client = world.client(flavour)
    made = client.droplet.create(names=[f"web-{number}" for number in range(50)], **PLAN, wait=True, poll=1)
    droplets = made if flavour == "blocking" else asyncio.run(made)
    assert {droplet["status"] for droplet in droplets} == {"active"}
    assert len(droplets) == 50


@FLAVOURS
def test_fifty_droplets_are_created_and_waited_for_in_nine_requests(flavour: str) -> None:
    """Five creates of ten names, a look a second at all actions, one at all Droplets."""
    world = World()
    create_fifty(world, flavour)
    assert world.asked == [*["POST /v2/droplets"] * 5, *["GET /v2/actions"] * 3, "GET /v2/droplets"]


@pytest.mark.parametrize("others", [150, 160, 190, 200, 400, 590])
def test_other_droplets_in_the_account_cost_two_requests_more_at_most(others: int) -> None:
    """However the new ones lie over the pages at the list's end, and however many pages come before those."""
    world = World()
    world.fill(others)
    create_fifty(world, "blocking")
    assert len(world.asked) <= 11


@dataclass
class Paged:
    """A transport to a list of many Droplets."""

    droplets: int
    asked: int = 0

    async def send(self, request: doboto.WireRequest, timeouts: doboto.Timeouts) -> Any:
        from doboto._core.response import Response

        self.asked += 1
        found = re.search(r"[?&]page=(\d+)", request.url)
        number = int(found[1]) if found else 1
        last = -(-self.droplets // 200)
        link = {name: f"https://api.digitalocean.com/v2/droplets?page={page}" for name, page in
                (("next", number + 1), ("last", last)) if number < last}  # fmt: skip
        ids = range((number - 1) * 200 + 1, min(number * 200, self.droplets) + 1)
        body = {"droplets": [{"id": id} for id in ids], "links": {"pages": link}, "meta": {"total": self.droplets}}
        return Response(200, {}, json.dumps(body).encode())

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        raise AssertionError("nothing is connected to")

    async def close(self) -> None:
        pass


@FLAVOURS
def test_ten_thousand_droplets_are_listed_in_fifty_requests(flavour: str) -> None:
    transport = Paged(10_000)
    listed = run(flavour, lambda client: client.droplet.list(), token="t", transport=transport, limiter=Limiter())
    assert len(listed) == 10_000
    assert transport.asked == 50


# -- connections and TLS


class Api(BaseHTTPRequestHandler):
    """Answers every request with a Droplet, over connections that are counted and kept."""

    protocol_version = "HTTP/1.1"
    connections: ClassVar[list[int]] = []
    body = b'{"droplet":{"id":1}}'

    def setup(self) -> None:
        super().setup()
        self.connections.append(1)

    def do_GET(self) -> None:
        # In one piece: two small ones would wait for each other's acknowledgement.
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(self.body), self.body))

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def https(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An HTTPS server on this machine: its URL, and a file with the CA to trust."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    Api.connections.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"https://127.0.0.1:{server.server_address[1]}", str(tmp_path / "ca.pem")
        server.shutdown()


@FLAVOURS
def test_the_context_is_made_once_at_the_first_connection_and_holds_no_task_up(
    flavour: str, https: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    makers: list[str] = []
    make = ssl.SSLContext.__new__

    def made(cls: type[ssl.SSLContext], *given: Any, **options: Any) -> ssl.SSLContext:
        makers.append(threading.current_thread().name)
        return make(cls, *given, **options)

    url, ca_file = https
    monkeypatch.setattr(ssl.SSLContext, "__new__", made)
    monkeypatch.setenv("SSL_CERT_FILE", ca_file)

    async def awaiting(client: AsyncDO) -> None:
        assert makers == []
        await asyncio.gather(*(client.droplet.info(1) for _ in range(8)))

    def calling(client: DO) -> None:
        assert makers == []
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(client.droplet.info, range(1, 9)))

    run(flavour, calling if flavour == "blocking" else awaiting, token="t", url=url)
    assert len(makers) == 1
    assert threading.main_thread().name not in makers


@FLAVOURS
def test_five_hundred_calls_over_tls_take_one_connection_and_one_context(
    flavour: str, https: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    contexts: list[ssl.SSLContext] = []
    make = ssl.SSLContext.__new__

    def made(cls: type[ssl.SSLContext], *given: Any, **options: Any) -> ssl.SSLContext:
        contexts.append(make(cls, *given, **options))
        return contexts[-1]

    url, ca_file = https
    monkeypatch.setattr(ssl.SSLContext, "__new__", made)

    async def awaiting(client: AsyncDO) -> None:
        for _ in range(500):
            await client.droplet.info(1)

    def calling(client: DO) -> None:
        for _ in range(500):
            client.droplet.info(1)

    work = calling if flavour == "blocking" else awaiting
    run(flavour, work, token="t", url=url, ca_file=ca_file, limiter=Limiter(per_minute=1000))
    assert len(Api.connections) == 1
    assert len(contexts) == 1


# -- function calls

#: Function calls, Python's and C's, of one call over TLS, the server's part left out. In November 2026 they are 276 and
#: 296; they were 626 and 684 when each message went through h11, and records of TLS were read one by one.
FUNCTION_CALLS = {"blocking": 310, "asynchronous": 350}


def counted(amounts: list[int]) -> Callable[..., None]:
    """A profiler that adds one to the last amount with each function that is called."""

    def count(frame: object, event: str, argument: object) -> None:
        amounts[-1] += event in {"call", "c_call"}

    return count


@FLAVOURS
def test_a_call_makes_few_function_calls(flavour: str, https: tuple[str, str]) -> None:
    """The least of thirty calls: the first ones load modules, and a response may come in pieces."""
    url, ca_file = https
    amounts = [0]

    async def awaiting(client: AsyncDO) -> None:
        for _ in range(30):
            amounts.append(0)
            sys.setprofile(counted(amounts))
            await client.droplet.info(1)
            sys.setprofile(None)

    def calling(client: DO) -> None:
        for _ in range(30):
            amounts.append(0)
            sys.setprofile(counted(amounts))
            client.droplet.info(1)
            sys.setprofile(None)

    before = sys.getprofile()
    try:
        run(flavour, calling if flavour == "blocking" else awaiting, token="t", url=url, ca_file=ca_file)
    finally:
        sys.setprofile(before)
    assert 100 < min(amounts[1:]) <= FUNCTION_CALLS[flavour]


# -- memory


KEPT = """
import resource
from doboto._session.memory import gc_paused
with gc_paused(): pass
def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3): b"x" * 600_000
before = faults()
for _ in range(50): b"x" * 600_000
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what another C library keeps is its own affair")
def test_the_memory_of_one_page_is_kept_for_the_next() -> None:
    """In pages of 4 KB that the system gave: 147 for each body if it were returned in between."""
    done = subprocess.run([sys.executable, "-c", KEPT], capture_output=True, text=True, check=True, timeout=300)
    assert int(done.stdout) < 50


# -- modules

FIRST_REQUEST = (
    "import doboto\ntry:\n"
    "    doboto.DO('t', 'http://127.0.0.1:9', retry=doboto.Retry.never()).droplet.info(1)\n"
    "except doboto.DOBOTOConnectionException: pass"
)
#: What takes long to import and is for other occasions: several requests at once, recovery, the asynchronous client.
HEAVY = (
    "asyncio", "aiohttp", "concurrent.futures", "multiprocessing", "subprocess", "xml", "unittest", "sqlite3",
    "decimal", "http.server", "limits", "redis", "starlette", "cryptography",
)  # fmt: skip


def brought(program: str) -> set[str]:
    """The modules that a program loads, beyond those that Python starts with."""
    return loaded_by(f"exec({program!r})") - loaded_by("pass")


def foreign(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {"doboto"}


def test_importing_loads_little() -> None:
    """No package but ours, no network, and no resource: those come with their first use."""
    assert brought("import doboto") <= {"__future__", "doboto", "doboto._version", "types"}
    modules = brought("from doboto import *")
    assert foreign(modules) == set()
    assert not {name for name in modules if within(name, *HEAVY, "ssl", "socket", "http", "email", "urllib.request")}
    assert not {name for name in modules if within(name, "doboto.resources", "doboto.types", "doboto._wait")}
    assert len({name for name in modules if within(name, "doboto")}) <= 42
    assert len(modules) <= 100


def run_command(*arguments: str) -> str:
    """A program that runs a command of the command line."""
    return f"from doboto.cli import main\ntry: main({list(arguments)!r})\nexcept SystemExit: pass"


def test_the_version_is_printed_without_the_library() -> None:
    modules = brought(run_command("--version"))
    assert modules <= {"__future__", "doboto", "doboto._version", "doboto.cli", "gc", "types"}


def test_a_first_request_loads_one_resource_and_no_package() -> None:
    modules = brought(FIRST_REQUEST)
    assert foreign(modules) == set()
    assert not {name for name in modules if within(name, *HEAVY, "logging", "textwrap")}
    assert "doboto.resources.volume" not in modules
    assert not {
        name for name in modules if within(name, "doboto._wait", "doboto.events", "doboto.resources.droplet.create")
    }
    assert len({name for name in modules if within(name, "doboto")}) <= 80
    assert len(modules) <= 140


@pytest.mark.parametrize("line", ["doboto droplet cr", "doboto droplet create --"])
def test_words_are_completed_without_the_library(line: str) -> None:
    variables = {"_DOBOTO_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": line.split()[-1]}
    modules = brought(f"import os; os.environ.update({variables!r})\n{run_command()}")
    assert modules <= {"__future__", "doboto", "doboto._version", "doboto.cli", "gc", "types"}


class OneDroplet(Api):
    """Answers every request with a list of one Droplet, over HTTP."""

    body = (
        b'{"droplets":[{"id":1,"name":"web-1","status":"active","tags":["web"],"region":{"slug":"nyc3"},'
        b'"size_slug":"s-1vcpu-1gb","size":{"price_monthly":6.0},"image":{"slug":null,"name":"mine"},"networks":'
        b'{"v4":[{"ip_address":"198.51.100.1","type":"public"}],"v6":[]}}],"links":{},"meta":{"total":1}}'
    )


@pytest.mark.parametrize("format", ["table", "json"])
def test_a_list_of_droplets_is_printed_without_what_it_does_not_need(format: str) -> None:
    """In a pipe, without rich; nothing that asks, creates, waits, resumes or keeps a file."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OneDroplet) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        environment = {"DOBOTO_URL": f"http://127.0.0.1:{server.server_address[1]}", "DIGITALOCEAN_TOKEN": "t"}
        before = f"import os; os.environ.update({environment!r})\n"
        try:
            modules = brought(before + run_command("droplet", "list", "-o", format))
        finally:
            server.shutdown()
    assert foreign(modules) == {"click"}
    assert not {
        name
        for name in modules
        if within(name, *HEAVY, "shutil", "tempfile", "csv", "bz2", "encodings.idna", "logging", "textwrap")
    }
    ours = {name.removeprefix("doboto.cli.run.") for name in modules if within(name, "doboto.cli.run")}
    assert ours <= {"doboto.cli.run", "run", "resolve"}
    assert not {name for name in modules if within(name, "doboto.cli.commands", "doboto.sim", "doboto.simulated")}
    later = ("doboto._wait", "doboto.events", "doboto.cli.schema.help_text", "pathlib", "random", "ssl")
    assert not {name for name in modules if within(name, *later)}
    assert len({name for name in modules if within(name, "doboto")}) <= 105
    assert len(modules) <= 180


# -- packages and bytes

MEGABYTE = 1_000_000


def required(name: str) -> set[str]:
    """The package and all that it brings, extras left out."""
    requirements = [one for one in distribution(name).requires or () if "extra ==" not in one]
    names = [re.match(r"[\w.-]+", one) for one in requirements]
    return {name}.union(*(required(found[0]) for found in names if found))


def test_both_clients_need_one_package() -> None:
    """The parser of HTTP, which is pure Python and needs nothing itself."""
    assert required("doboto") == {"doboto", "h11"}


def test_what_is_installed_is_small() -> None:
    """Ten megabytes are the bar, with the simulator in it; compiled files about double what is counted here."""
    ours = sum(
        path.stat().st_size
        for path in Path(doboto.__file__).parent.rglob("*")
        if path.suffix != ".pyc" and path.is_file()
    )
    assert 0 < 2.5 * ours < 10 * MEGABYTE
