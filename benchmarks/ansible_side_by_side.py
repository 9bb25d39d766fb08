"""Measures the collection `doboto.droplets` beside `community.digitalocean`, which the package `ansible` brings along.

    make bench-ansible            # the tables of docs/howto/ansible.md, some twenty minutes
    make bench-ansible ARGS='--speed 10 --only off'
    make bench-ansible OFFICIAL=FOLDER   # and beside digitalocean.cloud, if FOLDER has it

DigitalOcean's own collection comes from Ansible Galaxy alone, and is measured where somebody has installed it: FOLDER
is a virtual environment with ansible-core, pydo and boto3, and with the collection in its folder `collections`. How
often its modules poll cannot be set: with another speed than that of real time, its seconds are too long.

Every job is a file of tasks for each collection, in `benchmarks/playbooks`, as one would write it: their lines are
counted there. Each is run twice on a simulated account of its own, in real time. Requests are counted by the simulator;
seconds are those of the first run of `ansible-playbook`, its start included. Faults befall the first create.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from doboto import DO
from doboto.sim import RealClock, Server, Settings, Simulator

ROOT = Path(__file__).parents[1]
PLAYBOOKS = Path(__file__).parent / "playbooks"
#: Jobs that are measured at the same time: nearly all of their time is waiting.
AT_ONCE = 4
NEW = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "tags": ["web"]}
CREATE = {"method": "POST", "path": "/v2/droplets", "count": 1}
FAULTS: Mapping[str, dict[str, Any]] = {
    "none": {},
    "503 after the effect": {"kind": "status", "when": "after", "arguments": {"status": 503}},
    "connection dropped after the effect": {"kind": "drop", "when": "after"},
    "response cut short": {"kind": "cut"},
    "429": {"kind": "status", "arguments": {"status": 429, "headers": {"retry-after": "1"}}},
    "404 while polling": {"kind": "get_lag", "arguments": {"seconds": 15}},
    "missing in lists for 20 s": {"kind": "list_lag", "arguments": {"seconds": 20}},
    "active before it has an address": {"kind": "address_after"},
}


@dataclass(frozen=True)
class Job:
    """Something to do.

    Attributes:
        title: What it is.
        playbook: The folder of its tasks.
        is_done: If true for the account afterwards, the job was done.
        existing: Names of Droplets that exist before.
    """

    title: str
    playbook: str
    is_done: Callable[[DO], bool]
    existing: tuple[str, ...] = ()


def _all_are(do: DO, status: str, **more: Any) -> bool:
    return all(one["status"] == status and more.items() <= one.items() for one in do.droplet.list())


TEN = tuple(f"web-{number}" for number in range(1, 11))
JOBS = (
    Job("10 Droplets, ready", "ten", lambda do: len(do.droplet.list()) == len(TEN) and _all_are(do, "active")),
    Job(
        "another size of a running Droplet", "resize",
        lambda do: _all_are(do, "active", size_slug="s-2vcpu-4gb"), TEN[:1],
    ),
    Job("10 Droplets off, by tag", "off", lambda do: _all_are(do, "off"), TEN),
    Job("a snapshot of a Droplet by name", "snapshot", lambda do: bool(do.snapshot.list()), TEN[:1]),
    Job("a firewall", "firewall", lambda do: [one["tags"] for one in do.firewall.list()] == [["web"]], TEN[:1]),
    Job("a volume, attached", "volume", lambda do: any(one["droplet_ids"] for one in do.volume.list()), TEN[:1]),
    Job("10 Droplets destroyed, by tag", "destroy", lambda do: not do.droplet.list(), TEN),
)  # fmt: skip


@dataclass(frozen=True)
class Contender:
    """A collection.

    Attributes:
        name: Its name.
        key: The name of its files.
        environment: Folder of the environment that has it.
        inventory: What the name of an inventory's file ends with.
        connect: The options by which its inventory finds a server.
        modules: The options that its modules need here, by module, given the server and how fast the clock is.
        tls: If true, it talks to https alone.
    """

    name: str
    key: str
    environment: Path
    inventory: str
    connect: Callable[[Server], dict[str, Any]]
    modules: Callable[[Server, float], dict[str, dict[str, Any]]]
    tls: bool = False

    def tasks(self, playbook: str) -> Path:
        """The file of a job's tasks."""
        return PLAYBOOKS / playbook / f"{self.key}.yml"

    def lines(self, playbook: str) -> int:
        """Lines that somebody writes for a job: neither blank ones nor comments."""
        lines = self.tasks(playbook).read_text(encoding="utf-8").splitlines()
        return sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)


def _ours(server: Server, speed: float) -> dict[str, dict[str, Any]]:
    url = server.url
    poll = {"poll": 5 / speed} if speed != 1 else {}
    return {
        "doboto.droplets.droplet": {"url": url, **poll},
        "doboto.droplets.droplet_action": {"url": url, **poll},
        "doboto.droplets.call": {"url": url},
    }


def _community(server: Server, speed: float) -> dict[str, dict[str, Any]]:
    prefix = "community.digitalocean.digital_ocean_"
    found: dict[str, dict[str, Any]] = {
        f"{prefix}{name}": {"baseurl": server.url}
        for name in ("droplet", "droplet_info", "snapshot", "firewall", "block_storage")
    }
    if speed != 1:
        found[f"{prefix}droplet"]["sleep_interval"] = max(1, round(10 / speed))
    return found


def _pydo(server: Server) -> dict[str, Any]:
    return {"client_override_options": {"endpoint": server.origin, "connection_verify": str(server.ca_file)}}


def _official(server: Server, _speed: float) -> dict[str, dict[str, Any]]:
    names = ("droplet", "droplets_info", "droplet_action_power", "droplet_action_snapshot", "firewall")
    return {f"digitalocean.cloud.{name}": _pydo(server) for name in (*names, "volume", "volume_action")}


PEERS = ROOT / ".peers"
CONTENDERS = (
    Contender(
        "doboto.droplets", "doboto", PEERS / "ansible-core-2.19", "account.doboto.yml",
        lambda server: {"url": server.url}, _ours,
    ),
    Contender(
        "community.digitalocean 1.27.0", "community", PEERS / "ansible", "digitalocean.yml",
        lambda server: {"baseurl": server.url}, _community,
    ),
)  # fmt: skip


def official(environment: Path) -> Contender:
    """DigitalOcean's own collection, `digitalocean.cloud`.

    Args:
        environment: A virtual environment with ansible-core, pydo and boto3, and with the collection in `collections`.
    """
    return Contender(
        "digitalocean.cloud", "official", environment.resolve(), "digitalocean.yml", _pydo, _official, tls=True,
    )  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """What a job, run twice, cost and reported.

    Attributes:
        reports: What each of the two runs reported: `changed`, `ok` or `failed`.
        requests: Requests of both runs.
        seconds: Of the first run, real ones.
        droplets: Droplets in the account afterwards.
    """

    reports: tuple[str, str]
    requests: int
    seconds: float
    droplets: int

    @property
    def outcome(self) -> str:
        """What the runs reported, in words."""
        return f"{self.reports[0]}, then {self.reports[1]}"

    @property
    def costs(self) -> tuple[int, int]:
        """Requests, and seconds as they are printed."""
        return self.requests, round(self.seconds)


class Account:
    """A simulated account that a contender works on.

    Args:
        contender: The collection.
        sim: The simulator.
        server: Serves it.
        folder: Where playbooks and inventories go.
        speed: How many times as fast as the wall's the simulator's clock is.
    """

    def __init__(self, contender: Contender, sim: Simulator, server: Server, folder: Path, speed: float) -> None:
        self._contender = contender
        self.sim = sim
        self._server = server
        self._folder = folder
        self._speed = speed

    @property
    def do(self) -> DO:
        """A client of the account."""
        return DO.simulated(self.sim, token="bench")

    def _run(self, *command: str) -> tuple[int, str]:
        environment = self._contender.environment
        variables = {
            "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self._folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "DIGITALOCEAN_TOKEN": "bench",
            "DO_API_TOKEN": "bench",
        }
        if (environment / "collections").exists():
            variables["ANSIBLE_COLLECTIONS_PATH"] = str(environment / "collections")
        done = subprocess.run(
            [str(environment / "bin" / command[0]), *command[1:]],
            env=variables, cwd=self._folder, capture_output=True, text=True, timeout=1800, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def play(self, playbook: str) -> str:
        """Run a job; return what it reports: `changed`, `ok` or `failed`."""
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": self._contender.modules(self._server, self._speed),
            "tasks": yaml.safe_load(self._contender.tasks(playbook).read_text(encoding="utf-8")),
        }
        file = self._folder / "play.yml"
        file.write_text(json.dumps([play]), encoding="utf-8")
        code, printed = self._run("ansible-playbook", str(file))
        if code:
            print(printed[-2000:], file=sys.stderr)
            return "failed"
        return "ok" if "changed=0" in printed else "changed"

    def twice(self, playbook: str) -> Measured:
        """Run a job twice."""
        asked, began = self.sim.log.total, time.monotonic()
        first = self.play(playbook)
        seconds = time.monotonic() - began
        second = self.play(playbook)
        return Measured((first, second), self.sim.log.total - asked, seconds, len(self.do.droplet.list()))

    def inventory(self) -> tuple[str, int, int]:
        """Read an inventory; return its hosts, requests and seconds."""
        options = yaml.safe_load(self._contender.tasks("inventory").read_text(encoding="utf-8"))
        name = self._contender.inventory
        written = json.dumps({**options, **self._contender.connect(self._server)})
        (self._folder / name).write_text(written, encoding="utf-8")
        asked, began = self.sim.log.total, time.monotonic()
        code, printed = self._run("ansible", "all", "-i", name, "--list-hosts")
        if code or "WARNING" in printed:
            print(printed[-2000:], file=sys.stderr)
        seconds, hosts = time.monotonic() - began, sum(line.startswith("    ") for line in printed.splitlines())
        return f"{hosts} hosts", self.sim.log.total - asked, round(seconds)


@contextmanager
def account(contender: Contender, speed: float) -> Iterator[Account]:
    """A new account."""
    sim = Simulator(RealClock(speed=speed), Settings(droplet_limit=20_000, requests_per_minute=0))
    with sim.serve(tls=contender.tls) as server, tempfile.TemporaryDirectory() as folder:
        yield Account(contender, sim, server, Path(folder), speed)


def cell(outcome: str, *costs: int) -> str:
    """What stands in a table for what happened and what it cost."""
    return f"{outcome}: {' / '.join(map(str, costs))}"


def under(fault: dict[str, Any], contender: Contender, speed: float) -> str:
    """Create a Droplet twice under a fault."""
    with account(contender, speed) as one:
        if fault:
            one.sim.faults.load([{**CREATE, **fault}])
        found = one.twice("one")
    count = "" if found.droplets == 1 else f", {found.droplets} Droplets"
    return cell(found.outcome + count, *found.costs)


def job(job: Job, contender: Contender, speed: float) -> str:
    """Do a job twice; return its cell, with the lines of its tasks."""
    with account(contender, speed) as one:
        if job.existing:
            one.do.droplet.create(names=list(job.existing), wait=True, poll=1, timeout=900, **NEW)
        found = one.twice(job.playbook)
        done = "" if job.is_done(one.do) else ", not done"
    return cell(found.outcome + done, *found.costs, contender.lines(job.playbook))


def inventory(contender: Contender, speed: float) -> str:
    """Read an inventory of 1,000 Droplets, two of which have one name."""
    with account(contender, speed) as one:
        names = ["twin", "twin", *(f"web-{number}" for number in range(998))]
        one.do.droplet.create(names=names, timeout=900, wait=True, poll=2, **NEW)
        return cell(*one.inventory(), contender.lines("inventory"))


Row = tuple[str, Callable[[Contender, float], str]]


def table(heading: str, contenders: tuple[Contender, ...], rows: list[Row], speed: float) -> None:
    """Measure and print a table with a column for each contender."""
    print(f"\n| {heading} | {' | '.join(one.name for one in contenders)} |")
    print("|---|" + "---|" * len(contenders), flush=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        cells = {title: [pool.submit(measure, one, speed) for one in contenders] for title, measure in rows}
        for title, found in cells.items():
            print(f"| {title} | {' | '.join(one.result() for one in found)} |", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", type=float, default=1.0, help="of the simulator's clock (default: real time)")
    parser.add_argument("--only", default="", help="jobs and faults whose name has this in it")
    parser.add_argument("--official", type=Path, help="environment that has digitalocean.cloud, to measure it too")
    options = parser.parse_args()
    wanted = options.only
    contenders = CONTENDERS + ((official(options.official),) if options.official else ())
    faults: list[Row] = [
        (name, lambda one, speed, fault=fault: under(fault, one, speed)) for name, fault in FAULTS.items()
    ]
    jobs: list[Row] = [(one.title, lambda who, speed, one=one: job(one, who, speed)) for one in JOBS]
    jobs.append(("inventory of 1,000 Droplets, two of one name", inventory))
    chosen = [[row for row in rows if wanted in row[0]] for rows in (faults, jobs)]
    if chosen[0]:
        table("Fault of the create (requests / s)", contenders, chosen[0], options.speed)
    if chosen[1]:
        table("Job (requests / s / lines)", contenders, chosen[1], options.speed)


if __name__ == "__main__":
    main()
