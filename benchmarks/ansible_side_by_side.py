"""Measures the collection `doboto.droplets` beside `community.digitalocean`, which the package `ansible` brings along.

    make bench-ansible

Both create on the simulator, each under the same faults, twice in a row: the table says how many Droplets there are
then, and what the tasks reported. It prints the tables that docs/howto/ansible.md holds.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doboto import DO
from doboto.sim import RealClock, Server, Settings, Simulator

ROOT = Path(__file__).parents[1]
#: The simulator's clock runs this much faster; the collections poll as often, by its clock, as they do by default.
SPEED = 10
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
class Contender:
    """A collection.

    Attributes:
        name: Its name.
        environment: Folder of the environment that has it.
        create: The task that creates a Droplet, given its name and the base URL.
        several: The task that creates several.
        inventory: The inventory's file name and options, given the base URL.
        variables: What of the environment it needs.
    """

    name: str
    environment: Path
    create: Callable[[str, str], dict[str, Any]]
    several: Callable[[int, str], dict[str, Any]]
    inventory: Callable[[str], tuple[str, dict[str, Any]]]
    variables: Mapping[str, str] = field(default_factory=dict)


def _ours(name: str, url: str, **more: Any) -> dict[str, Any]:
    return {"doboto.droplets.droplet": {"name": name, "url": url, "poll": 5 / SPEED, **NEW, **more}}


def _ours_several(count: int, url: str) -> dict[str, Any]:
    return _ours("web", url, count=count)


def _community(name: str, url: str) -> dict[str, Any]:
    options = {"state": "present", "name": name, "baseurl": url, "unique_name": True, "sleep_interval": 1, **NEW}
    return {"community.digitalocean.digital_ocean_droplet": options}


def _community_several(count: int, url: str) -> dict[str, Any]:
    return {**_community("web-{{ item }}", url), "loop": list(range(1, count + 1))}


def _community_inventory(url: str) -> tuple[str, dict[str, Any]]:
    options = {
        "plugin": "community.digitalocean.digitalocean",
        "baseurl": url,
        "attributes": ["id", "name", "networks"],
    }
    return "digitalocean.yml", {**options, "oauth_token": "bench"}


CONTENDERS = (
    Contender(
        "doboto.droplets",
        ROOT / ".peers" / "ansible-core-2.19",
        _ours,
        _ours_several,
        lambda url: ("account.doboto.yml", {"plugin": "doboto.droplets.inventory", "url": url}),
    ),
    Contender(
        "community.digitalocean 1.27.0",
        ROOT / ".peers" / "ansible",
        _community,
        _community_several,
        _community_inventory,
    ),
)


class Bench:
    """One contender on an account of its own."""

    def __init__(self, contender: Contender, sim: Simulator, server: Server, folder: Path) -> None:
        self._contender = contender
        self.sim = sim
        self._url = server.url
        self._folder = folder

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
            env=variables, cwd=self._folder, capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def play(self, task: dict[str, Any]) -> str:
        """What a task reports: `changed`, `ok` or `failed`."""
        file = self._folder / "play.yml"
        file.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
        code, printed = self._run("ansible-playbook", str(file))
        if code:
            return "failed"
        return "changed" if "changed=1" in printed else "ok"

    def under(self, fault: dict[str, Any]) -> tuple[str, str, int]:
        """What two runs of the same task report under a fault, and how many Droplets there are then."""
        if fault:
            self.sim.faults.load([{**CREATE, **fault}])
        task = self._contender.create("web-1", self._url)
        first, second = self.play(task), self.play(task)
        return first, second, len(self.droplets())

    def droplets(self) -> list[Any]:
        """The Droplets of the account."""
        return [*DO.simulated(self.sim, token="bench").droplet.list()]

    def several(self, count: int) -> tuple[float, int, str]:
        """Simulated seconds and requests that so many Droplets cost, and what the task reports."""
        began, asked = self.sim.clock.now(), self.sim.log.total
        reported = self.play(self._contender.several(count, self._url))
        return self.sim.clock.now() - began, self.sim.log.total - asked, reported

    def inventory(self) -> tuple[float, int, int]:
        """Seconds, requests and hosts of an inventory."""
        name, options = self._contender.inventory(self._url)
        (self._folder / name).write_text(json.dumps(options), encoding="utf-8")
        began, asked = time.monotonic(), self.sim.log.total
        _, printed = self._run("ansible", "all", "-i", name, "--list-hosts")
        hosts = sum(line.startswith("    ") for line in printed.splitlines())
        return time.monotonic() - began, self.sim.log.total - asked, hosts


@contextmanager
def bench(contender: Contender) -> Iterator[Bench]:
    """A new account."""
    sim = Simulator(RealClock(speed=SPEED), Settings(droplet_limit=20_000, requests_per_minute=0))
    with sim.serve() as server, tempfile.TemporaryDirectory() as folder:
        yield Bench(contender, sim, server, Path(folder))


def faults() -> None:
    """Print the table of faults."""
    print(f"| Fault of the create | {' | '.join(one.name for one in CONTENDERS)} |\n|---|{'---|' * len(CONTENDERS)}")
    for name, fault in FAULTS.items():
        cells: list[str] = []
        for contender in CONTENDERS:
            with bench(contender) as one:
                first, second, count = one.under(fault)
            cells.append(f"{first}, then {second}; {count} Droplet{'' if count == 1 else 's'}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def costs() -> None:
    """Print the table of costs."""
    print(f"\n| Job | {' | '.join(one.name for one in CONTENDERS)} |\n|---|{'---|' * len(CONTENDERS)}")
    created: list[str] = []
    listed: list[str] = []
    for contender in CONTENDERS:
        with bench(contender) as one:
            seconds, requests, reported = one.several(10)
            created.append(f"{requests} requests, {seconds:.0f} s, {reported}")
        with bench(contender) as one:
            do = DO.simulated(one.sim, token="bench")
            do.droplet.create(names=["twin", "twin", *(f"web-{n}" for n in range(998))], timeout=900, **NEW)
            seconds, requests, hosts = one.inventory()
            listed.append(f"{requests} requests, {hosts} hosts")
    print(f"| 10 Droplets in one task, ready | {' | '.join(created)} |")
    print(f"| inventory of 1,000 Droplets, two of one name | {' | '.join(listed)} |")


if __name__ == "__main__":
    faults()
    costs()
