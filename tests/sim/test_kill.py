"""A simulator that is killed while it writes: nothing that was acknowledged is lost, and nothing is there by half."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
import urllib3

from doboto import DO
from doboto.sim import InstantClock, Simulator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")

ROUNDS = 120
CHILD = Path(__file__).with_name("serving_child.py")
NEW = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}

#: What an account holds: the tags of each Droplet by name.
Model = dict[str, frozenset[str]]
#: A request, and what the account holds once it took effect.
Change = tuple[str, str, object, Model]


@dataclass
class Writer:
    """A user's program: changes one thing after the other until the server is gone."""

    token: str
    random: Random
    model: Model = field(default_factory=dict)
    #: The account as it would be if the request without an answer took effect.
    otherwise: Model = field(default_factory=dict)
    acknowledged: int = 0
    lost: int = 0
    made: int = 0
    failure: Exception | None = None

    def run(self, url: str, acknowledged: threading.Semaphore) -> None:
        """One round."""
        try:
            with urllib3.PoolManager(retries=False) as pool:
                self.verify(self.held(self.ask(pool, "GET", f"{url}/droplets?per_page=200")))
                while True:
                    self.change(pool, url)
                    acknowledged.release()
        except urllib3.exceptions.HTTPError:
            self.lost += 1
        except Exception as failure:
            self.failure = failure
        acknowledged.release(100)  # nobody waits for a writer that has ended

    def verify(self, held: Model) -> None:
        """The account is as acknowledged; the last request, which got no answer, took effect wholly or not at all."""
        assert held in (self.model, self.otherwise), (held, self.model, self.otherwise)
        self.model = self.otherwise = held

    def held(self, answer: Any) -> Model:
        return {droplet["name"]: frozenset(droplet["tags"]) for droplet in answer["droplets"]}

    def change(self, pool: urllib3.PoolManager, url: str) -> None:
        droplets = self.ask(pool, "GET", f"{url}/droplets?per_page=200")["droplets"]
        method, path, body, self.otherwise = self.choose(droplets)
        self.ask(pool, method, url + path, body)
        self.model = self.otherwise
        self.acknowledged += 1

    def choose(self, droplets: list[Any]) -> Change:
        if len(droplets) < 8:
            return self.create()
        kinds = [self.create, self.rename, self.untag, self.destroy, self.destroy_tagged]
        kind: Any = self.random.choice(kinds if len(droplets) < 40 else kinds[3:])
        return kind() if kind == self.create else kind(self.random.choice(droplets))

    def name(self) -> str:
        self.made += 1
        return f"web-{self.made}"

    def create(self) -> Change:
        names, tags = [self.name() for _ in range(5)], [f"batch-{self.made}", "all"]
        made = dict.fromkeys(names, frozenset(tags))
        return "POST", "/droplets", {**NEW, "names": names, "tags": tags}, {**self.model, **made}

    def rename(self, droplet: Any) -> Change:
        name = self.name()
        after = {name if old == droplet["name"] else old: tags for old, tags in self.model.items()}
        return "POST", f"/droplets/{droplet['id']}/actions", {"type": "rename", "name": name}, after

    def untag(self, droplet: Any) -> Change:
        name = droplet["name"]
        resources = [{"resource_id": str(droplet["id"]), "resource_type": "droplet"}]
        after = {**self.model, name: self.model[name] - {"all"}}
        return "DELETE", "/tags/all/resources", {"resources": resources}, after

    def destroy(self, droplet: Any) -> Change:
        after = {name: tags for name, tags in self.model.items() if name != droplet["name"]}
        return "DELETE", f"/droplets/{droplet['id']}", None, after

    def destroy_tagged(self, droplet: Any) -> Change:
        tag = max(droplet["tags"])  # its batch
        after = {name: tags for name, tags in self.model.items() if tag not in tags}
        return "DELETE", f"/droplets?tag_name={tag}", None, after

    def ask(self, pool: urllib3.PoolManager, method: str, url: str, body: object = None) -> Any:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        reply = pool.request(method, url, headers=headers, body=None if body is None else json.dumps(body))
        assert reply.status < 300, (method, url, reply.status, reply.data)
        return json.loads(reply.data) if reply.data else None


@contextmanager
def children(state: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, CHILD, state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        try:
            yield starter
        finally:
            assert starter.stdin is not None
            starter.stdin.close()


def kill_round(starter: subprocess.Popen[str], writers: list[Writer], acknowledgements: int) -> None:
    assert starter.stdin is not None
    assert starter.stdout is not None
    print(file=starter.stdin, flush=True)
    pid, url = starter.stdout.readline().split()
    acknowledged = threading.Semaphore(0)
    threads = [threading.Thread(target=writer.run, args=(url, acknowledged)) for writer in writers]
    for thread in threads:
        thread.start()
    for _ in range(acknowledgements):
        acknowledged.acquire()
    os.kill(int(pid), signal.SIGKILL)
    for thread in threads:
        thread.join()


def test_no_acknowledged_change_is_lost_however_often_the_server_is_killed(tmp_path: Path) -> None:
    state, random = tmp_path / "state.db", Random(1)
    writers = [Writer(token, Random(token)) for token in ("one", "two")]
    with children(state) as starter:
        for number in range(ROUNDS):
            kill_round(starter, writers, random.randint(1, 6))
            for writer in writers:
                if writer.failure is not None:
                    raise AssertionError(f"round {number}, account {writer.token}") from writer.failure

    with Simulator(InstantClock(), state=state) as simulator:
        for writer in writers:
            with DO.simulated(simulator, token=writer.token) as do:
                writer.verify(writer.held({"droplets": do.droplet.list()}))
            assert writer.lost == ROUNDS, "each kill met a request"
            assert writer.acknowledged > 0
    assert sum(writer.acknowledged for writer in writers) > 2 * ROUNDS
