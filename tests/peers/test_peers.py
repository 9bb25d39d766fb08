"""The published clients, unchanged but for their base URL, live a whole life on the simulator.

`make test-peers` runs this: each client has an environment of its own under `.peers/`, and its program in `programs/`
uses only what the client offers to everybody. What a program prints is in `expected/`, word for word.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from doboto.sim import Account, RealClock, Server, Settings, Simulator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENVIRONMENTS = ROOT / ".peers"
#: What every program creates, does and leaves: four Droplets, and one action of each of these types for the first.
LIVED = {"create": 4, "power_on": 1, "resize": 1, "snapshot": 1, "rename": 1, "attach_volume": 1, "detach_volume": 1}
ADDRESSES = {"reserve_ip": 1, "assign_ip": 1, "unassign_ip": 1}
#: What a program must have destroyed at its end.
DESTROYED = ("droplet", "volume", "volume_snapshot", "reserved_ip", "domain", "firewall", "ssh_key")
#: How each program is refused: a Droplet that is not there, a size that is none, a resize of a running Droplet.
UNKNOWN, UNKNOWN_SIZE, RUNNING = (
    ("GET", "/v2/droplets/1", 404),
    ("POST", "/v2/droplets", 422),
    ("POST", "/v2/droplets/#/actions", 422),
)


@dataclass(frozen=True)
class Peer:
    """A published client, and what is known of the account after its program has run."""

    package: str
    version: str
    program: str
    #: Completed actions by type.
    actions: dict[str, int]
    refusals: tuple[tuple[str, str, int], ...] = (UNKNOWN, UNKNOWN_SIZE, RUNNING)
    #: Those that can be pointed at http:// run over both.
    schemes: tuple[str, ...] = ("http", "https")
    snapshots: int = 0

    @property
    def command(self) -> list[str]:
        """How its program is started."""
        name = "node" if self.program.endswith(".mjs") else str(ENVIRONMENTS / self.package / "bin" / "python")
        return [name, str(HERE / "programs" / self.program)]


PEERS = (
    # pydo's HTTP library sends no token without TLS.
    Peer("pydo", "0.44.0", "pydo_sync.py", {**LIVED, **ADDRESSES, "power_off": 4}, schemes=("https",), snapshots=1),
    Peer(
        "pydo",
        "0.44.0",
        "pydo_aio.py",
        {**LIVED, "power_off": 4, "power_on": 4, "attach_volume": 3, "detach_volume": 3},
        (UNKNOWN, RUNNING),
        schemes=("https",),
        snapshots=1,
    ),
    Peer("python-digitalocean", "1.17.0", "python_digitalocean.py", {**LIVED, **ADDRESSES, "power_off": 1}),
    Peer(
        "doboto",
        "0.6.1",
        "doboto_061.py",
        {**LIVED, **ADDRESSES, "power_off": 4, "enable_backups": 1, "password_reset": 1},
    ),
    # Its driver only talks HTTPS, and has no power_off.
    Peer(
        "apache-libcloud",
        "3.9.1",
        "apache_libcloud.py",
        {**LIVED, **ADDRESSES, "shutdown": 1, "reboot": 1, "rebuild": 1},
        (UNKNOWN, RUNNING),
        schemes=("https",),
    ),
    Peer("dots-wrapper", "3.12.12", "dots_wrapper.mjs", {**LIVED, **ADDRESSES, "power_off": 4}),
)

#: The programs that use what a client offers beside its life cycle, and how each is refused.
REST = (
    ("python-digitalocean", "python_digitalocean_rest.py", "http", (("GET", "/v2/customers/my/balance", 501),)),
    (
        "apache-libcloud",
        "apache_libcloud_rest.py",
        "https",
        (("POST", "/v2/droplets/#/actions", 422), ("POST", "/v2/domains/rest.example.com/records", 422)),
    ),
)


@dataclass
class World:
    """A served simulator and what it was asked."""

    sim: Simulator
    server: Server
    #: Method, path with `#` for numbers of Droplets, query and status.
    asked: list[tuple[str, str, dict[str, str], int]] = field(default_factory=list)

    def run(self, command: list[str], **environment: str) -> str:
        """What a program prints that runs on this simulator, which has to succeed."""
        ca_file = str(self.server.ca_file or "")
        trusted = {"REQUESTS_CA_BUNDLE": ca_file, "NODE_EXTRA_CA_CERTS": ca_file} if ca_file else {}
        where = {"DO_TOKEN": "peer", "DO_ORIGIN": self.server.origin, "DO_URL": self.server.url, "DO_CA": ca_file}
        done = subprocess.run(
            command,
            env={"PATH": os.environ["PATH"], **where, **trusted, **environment},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return done.stdout

    def refusals(self) -> list[tuple[str, str, int]]:
        """What was not done: method, path and status."""
        return [(method, path, status) for method, path, _, status in self.asked if not 200 <= status < 300]

    def account(self, token: str = "peer") -> Account:
        """A program's account when everything that it began is over."""
        account = self.sim.account(token)
        account.apply_due_events(self.sim.clock.now() + 3600)
        return account


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    # The programs show how a resize of a running Droplet is refused.
    sim = Simulator(RealClock(speed=100), Settings(droplet_limit=300, resize_needs_off=True))
    with sim.serve(tls=request.param == "https") as server:
        made = World(sim, server)
        sim.on_seen.append(
            lambda incoming, reply: made.asked.append(
                (incoming.method, re.sub(r"\d{9}", "#", incoming.path), incoming.query, reply.status if reply else 0)
            )
        )
        yield made


def needed(peer: Peer) -> None:
    """Node.js is the only thing that is asked of the machine."""
    if peer.program.endswith(".mjs") and not (shutil.which("node") and shutil.which("npm")):
        pytest.skip(f"{peer.package} needs Node.js and npm, which are not here")


RUNS = [(peer, scheme) for peer in PEERS for scheme in peer.schemes]


@pytest.mark.parametrize(("peer", "world"), RUNS, indirect=["world"], ids=[f"{p.program}-{s}" for p, s in RUNS])
def test_a_whole_life(peer: Peer, world: World) -> None:
    needed(peer)
    printed = world.run(peer.command, DO_MODULES=str(ENVIRONMENTS / peer.package))
    assert printed == (HERE / "expected" / peer.program).with_suffix(".txt").read_text(encoding="utf-8")

    assert world.refusals() == list(peer.refusals)
    assert any(path == "/v2/droplets" and query.get("page") == "2" for _, path, query, _ in world.asked)

    account = world.account()
    assert {kind: len(account.store(kind)) for kind in DESTROYED} == dict.fromkeys(DESTROYED, 0)
    assert len(account.store("image")) == peer.snapshots
    did = Counter(one["type"] for one in account.store("action") if one["status"] == "completed")
    # Of those that fill a second page some are created before they are destroyed: it depends on the machine.
    assert did.pop("create") >= peer.actions["create"]
    assert did == {type: count for type, count in peer.actions.items() if type != "create"}
    assert "in-progress" not in {one["status"] for one in account.store("action")}


@pytest.mark.parametrize(
    ("package", "program", "world", "refusals"), REST, indirect=["world"], ids=[program for _, program, *_ in REST]
)
def test_the_rest_of_a_client(
    package: str, program: str, world: World, refusals: tuple[tuple[str, str, int], ...]
) -> None:
    printed = world.run([str(ENVIRONMENTS / package / "bin" / "python"), str(HERE / "programs" / program)])
    assert printed == (HERE / "expected" / program).with_suffix(".txt").read_text(encoding="utf-8")
    assert world.refusals() == list(refusals)
    account = world.account()
    left = ("droplet", "volume", "volume_snapshot", "reserved_ip", "domain", "image", "load_balancer", "firewall")
    assert {kind: len(account.store(kind)) for kind in left} == dict.fromkeys(left, 0)
    assert {one["status"] for one in account.store("action")} == {"completed"}


@pytest.mark.parametrize(
    "peer", [peer for peer in PEERS if peer.program != "pydo_aio.py"], ids=lambda peer: peer.package
)
def test_the_clients_are_the_published_ones(peer: Peer) -> None:
    needed(peer)
    if peer.program.endswith(".mjs"):
        package = ENVIRONMENTS / peer.package / "node_modules" / peer.package / "package.json"
        assert f'"version": "{peer.version}"' in package.read_text(encoding="utf-8")
        return
    asks = f"import importlib.metadata; print(importlib.metadata.version('{peer.package}'))"
    done = subprocess.run([peer.command[0], "-I", "-c", asks], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.strip() == peer.version


@pytest.mark.parametrize("world", ["http"], indirect=True)
def test_a_program_for_the_ancestor_does_the_same_with_ours(world: World) -> None:
    """The same file prints the same with DOBOTO 0.6.1 as with this library, but for identifiers."""
    program = str(ROOT / "examples" / "doboto_06.py")
    printed = [
        world.run([python, program], DO_API_URL=world.server.url, DO_API_TOKEN=token, DO_POLL="0.1")
        for token, python in (
            ("ancestor", str(ENVIRONMENTS / "doboto" / "bin" / "python")),
            ("ours", sys.executable),
        )
    ]
    ancestor, ours = (re.sub(r"\d{9}", "#", text) for text in printed)
    assert ours == ancestor
    assert ancestor.splitlines()[-1] == "Gone: legacy-1"
    did = [Counter(one["type"] for one in world.account(token).store("action")) for token in ("ancestor", "ours")]
    assert did[0] == did[1]
