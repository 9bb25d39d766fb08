"""Keeps a machine for every Droplet: follows what requests touch, and tells when an action is really over."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from ..engine import actions
from ..engine.account import Account
from ..engine.clock import InstantClock, RealClock
from ..engine.lifecycle import DURATIONS, Progress
from ..engine.records import Key, Record
from ..engine.settings import Settings
from ..engine.world import Change, World
from .engine import LABEL, Engine, EngineError
from .jobs import ACTIONS, Job, Machine, Worker
from .leftovers import discard, of_dead_processes
from .settings import MachineSettings

log = logging.getLogger("doboto.sim.machines")
#: How many machines are worked on at once.
WORKERS = 4


class Machines:
    """The machines of one simulator.

    Args:
        engine: Makes the containers.
        settings: How machines are made.
    """

    def __init__(self, engine: Engine, settings: MachineSettings | None = None) -> None:
        #: Begins with the process, so that whoever finds what is left behind knows whether it is needed.
        self.id = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.settings = settings or MachineSettings()
        self.engine = engine
        self._worker = Worker(engine, self.settings, self.id, {LABEL: self.id})
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="doboto-machine")
        self._lock = threading.Lock()
        self._machines: dict[tuple[str, Key], Machine] = {}
        self._jobs: dict[tuple[str, Key], Future[None]] = {}

    def attach(self, world: World) -> None:
        """Begin to keep the machines of a simulator; what earlier ones have left behind is removed.

        Raises:
            ValueError: The simulator's clock is not a real one, at whose speed machines run.
            EngineError: The engine cannot be used.
        """
        if not isinstance(world.clock, RealClock) or isinstance(world.clock, InstantClock):
            raise ValueError("machines run in real time: the simulator needs a RealClock")  # noqa: TRY004
        self.engine.check()
        discard(self.engine, of_dead_processes(self.engine))
        world.use_settings(_in_real_time(world.settings))
        world.use_executor(self)
        world.on_commit.append(self._follow)

    def close(self) -> None:
        """Remove all machines, networks and snapshots of this simulator."""
        self._worker.closing.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        discard(self.engine, (one for one in self.engine.leftovers() if self.id in one.name))

    def progress(self, account: str, action: Record) -> Progress:
        """How far a Droplet's action is: it is over when its machine is where it should be."""
        if action["resource_type"] != "droplet" or action["type"] not in ACTIONS:
            return "completed"
        job = self._jobs.get((account, action["id"]))
        if job is None or not job.done():
            return "running"
        if (failure := job.exception()) is None:
            return "completed"
        log.error("%s of Droplet %s failed: %s", action["type"], action["resource_id"], failure)
        return "failed"

    def console(self, account: Account, droplet_id: int, lines: int = 20) -> str:
        """Return the last lines of a machine's console; empty if there is no machine."""
        machine = self._machines.get((account.name, droplet_id))
        try:
            return "" if machine is None else self.engine.logs(machine.name, lines)
        except EngineError:
            return ""

    # -- following

    def _follow(self, changes: list[Change]) -> None:
        """Start what the changes ask for; called under the simulator's lock, so nothing here waits."""
        for account, touched in changes:
            for kind, key in touched:
                FOLLOWED.get(kind, _ignore)(self, account, key)

    def _droplet(self, account: Account, key: Key) -> None:
        """A Droplet that has got its addresses gets a machine; one that is gone loses it."""
        droplet = account.find("droplet", key)
        machine = self._machines.get((account.name, key))
        if droplet is None or droplet["destroying"]:
            if machine is not None:
                del self._machines[account.name, key]
                self._submit(machine, self._worker.remove)
        elif machine is None and droplet["networks"]["v4"] and droplet["status"] == "new":
            self._create(account, droplet)

    def _create(self, account: Account, droplet: Record) -> None:
        machine = Machine.of(account, droplet, self.id)
        action = next((one for one in _actions(account, droplet["id"]) if one["type"] == "create"), None)
        if action is None:
            return
        if len(self._machines) >= self.settings.limit:
            job: Future[None] = Future()
            job.set_exception(EngineError(f"there are {self.settings.limit} machines already; see the setting `limit`"))
        else:
            self._machines[account.name, droplet["id"]] = machine
            job = self._submit(machine, self._worker.create)
        self._jobs[account.name, action["id"]] = job

    def _action(self, account: Account, key: Key) -> None:
        """An action that has begun begins at the machine, too."""
        action = account.find("action", key)
        if action is None or action["status"] != "in-progress" or (account.name, key) in self._jobs:
            return
        machine = self._machines.get((account.name, action["resource_id"] or 0))
        if action["resource_type"] != "droplet" or machine is None or action["type"] not in self._worker.jobs:
            return
        machine.plan(account, action)
        self._jobs[account.name, key] = self._submit(machine, self._worker.jobs[action["type"]])

    def _image(self, account: Account, key: Key) -> None:
        """An image that has been made of a Droplet is the disk that was committed last."""
        image = account.find("image", key)
        machine = None if image is None else self._machines.get((account.name, image["droplet_id"] or 0))
        if machine is None or (account.name, key) in self._worker.snapshots:
            return
        if machine.commits:
            self._worker.snapshots[account.name, key] = machine.commits.pop()
        else:  # an automatic backup, of which no action tells before
            self._submit(machine, lambda one: self._worker.back_up(one, (account.name, key)))

    def _submit(self, machine: Machine, job: Job) -> Future[None]:
        def run() -> None:
            with machine.lock:
                job(machine)

        return self._pool.submit(run)


def _in_real_time(settings: Settings) -> Settings:
    """Settings under which actions of Droplets take as long as their machines, unless they say otherwise."""
    at_once = {name: 0.0 for name in DURATIONS if name.startswith("droplet.")}
    return replace(settings, durations={**at_once, **settings.durations}, boot_seconds=0.0)


def _ignore(_machines: Machines, _account: Account, _key: Key) -> None:
    """Nothing to do for records of this kind."""


def _actions(account: Account, droplet_id: int) -> Iterable[Record]:
    return (account.get("action", key) for key in actions.of(account, "droplet", droplet_id))


FOLLOWED: dict[str, Callable[[Machines, Account, Key], None]] = {
    "droplet": Machines._droplet,  # noqa: SLF001
    "action": Machines._action,  # noqa: SLF001
    "image": Machines._image,  # noqa: SLF001
}
