"""The collection's plain Python, imported as Ansible would, and simulated accounts to run it on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from doboto import DO
from doboto.sim import ManualClock, Settings, Simulator

COLLECTION = Path(__file__).parents[2] / "ansible"


def _register() -> None:
    """Make `ansible_collections.doboto.droplets` the folder in this checkout; Ansible has a loader for that."""
    for name, path in (
        ("ansible_collections", None),
        ("ansible_collections.doboto", None),
        ("ansible_collections.doboto.droplets", COLLECTION),
    ):
        package = ModuleType(name)
        package.__path__ = [] if path is None else [str(path)]
        sys.modules.setdefault(name, package)


_register()

from ansible_collections.doboto.droplets.plugins.module_utils import (  # noqa: E402
    action_task,
    call_task,
    droplet_task,
)
from ansible_collections.doboto.droplets.plugins.module_utils.read_only import ReadOnlyTransport  # noqa: E402
from ansible_collections.doboto.droplets.plugins.module_utils.waiting import Waiting  # noqa: E402

#: What a new Droplet needs.
NEW = {"size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "region": "nyc3"}
#: The module's options where a task does not give them.
DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(
        (*droplet_task.ATTRIBUTES, "id", "ids", "name", "names", "count", "tag_name", "project", "ready_port")
    ),
    "state": "present",
    "resize_disk": False,
    "allow_reboot": False,
    "purge_tags": False,
    "on_mismatch": "warn",
    "wait": True,
    "poll": None,
    "timeout": 600,
}


#: The options that name Droplets.
TARGETS = ("id", "ids", "name", "names", "tag_name")


class World:
    """A simulated account and what it was asked."""

    def __init__(self, **settings: Any) -> None:
        self.clock = ManualClock()
        self.sim = Simulator(self.clock, Settings(**{"droplet_limit": 20_000, **settings}))
        self.requests: list[tuple[str, str]] = []
        self.sim.on_seen.append(lambda asked, _reply: self.requests.append((asked.method, asked.path)))

    def client(self, *, read_only: bool = False) -> DO:
        """A client as another run of Ansible has it: it knows nothing of what others did."""
        return DO.simulated(self.sim, wrap_transport=ReadOnlyTransport if read_only else None)

    def droplet(self, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        """The result of one task with the module `droplet`."""
        params = {**DEFAULTS, **options}
        waiting = Waiting.of(params, clock=self.clock.now)
        return droplet_task.run(self.client(), params, waiting, check_mode=check_mode)

    def action(self, action: str, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        """The result of one task with the module `droplet_action`."""
        given = ("size", "image", "new_name", "snapshot_name", "kernel_id", "backup_policy", *TARGETS)
        params = {**dict.fromkeys(given), "resize_disk": False, "wait": True, "poll": None, "timeout": 600, **options}
        waiting = Waiting.of(params, clock=self.clock.now)
        return action_task.run(self.client(), {**params, "action": action}, waiting, check_mode=check_mode)

    def call(self, operation: str, *, check_mode: bool = False, secret: Any = None, **arguments: Any) -> dict[str, Any]:
        """The result of one task with the module `call`."""
        do = self.client(read_only=check_mode)
        params = {"operation": operation, "args": arguments, "secret_args": secret}
        return call_task.run(do, params, check_mode=check_mode)

    def names(self) -> list[str]:
        """The names of the Droplets in the account."""
        return [droplet["name"] for droplet in self.client().droplet.list(type="all")]

    def count(self, method: str) -> int:
        """How many requests were made with this method."""
        return sum(asked == method for asked, _ in self.requests)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def make_world() -> Callable[..., World]:
    return World
