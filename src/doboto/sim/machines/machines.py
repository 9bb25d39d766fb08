"""Keeps a machine for every Droplet: follows what requests touch, and reports when an action is really over."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from ..engine import actions
from ..engine.account import Account
from ..engine.clock import InstantClock, RealClock
from ..engine.lifecycle import DURATIONS, Progress
from ..engine.records import ACTION, DROPLET, IMAGE, Key, StoredAction, StoredDroplet
from ..engine.settings import Settings
from ..engine.world import Change, World
from .engine import LABEL, Engine, EngineError, discard, of_dead_processes
from .jobs import ACTIONS, Job, Machine, Worker
from .settings import MachineSettings

log = logging.getLogger("doboto.sim.machines")
#: How many machines are worked on at once.
WORKERS = 4


@dataclass(eq=False)
class Tenant:
    """What belongs to one account; one that is reset or replaced is another account of the same name.

    Attributes:
        account: The account.
        machines: Machines by the ids of their Droplets.
        jobs: What is done to machines, by the ids of the actions.
        snapshots: Container images by the ids of the account's images.
    """

    account: Account
    machines: dict[Key, Machine] = field(default_factory=dict[Key, Machine])
    jobs: dict[Key, Future[None]] = field(default_factory=dict[Key, "Future[None]"])
    snapshots: dict[Key, str] = field(default_factory=dict[Key, str])


class Machines:
    """The machines of one simulator.

    Args:
        engine: Makes the containers.
        settings: How machines are made.
        answers: Whether an SSH server answers at an address; by default a connection says so.
    """

    def __init__(
        self,
        engine: Engine,
        settings: MachineSettings | None = None,
        *,
        answers: Callable[[str], bool] | None = None,
    ) -> None:
        #: Begins with the process, so that whoever finds what is left behind knows whether it is needed.
        self.id = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.settings = settings or MachineSettings()
        self.engine = engine
        self._worker = Worker(engine, self.settings, self.id, {LABEL: self.id}, answers=answers)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="doboto-machine")
        self._tenants: dict[str, Tenant] = {}
        self._created = 0

    def prepare(self) -> None:
        """Check that the engine can be used, and remove what simulators that were killed have left behind.

        Raises:
            EngineError: It cannot.
        """
        self.engine.check()
        discard(self.engine, of_dead_processes(self.engine))

    def attach(self, world: World) -> None:
        """Begin to keep the machines of a simulator.

        Raises:
            ValueError: The simulator's clock is not a real one, at whose speed machines run.
            EngineError: The engine cannot be used.
        """
        if not isinstance(world.clock, RealClock) or isinstance(world.clock, InstantClock):
            raise ValueError("machines run in real time: the simulator needs a RealClock")  # noqa: TRY004
        self.prepare()
        world.use_settings(_in_real_time(world.settings))
        world.use_executor(self)
        world.on_commit.append(self._follow)

    def close(self) -> None:
        """Remove all machines, networks and snapshots of this simulator; what is under way ends first."""
        self._worker.closing.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        discard(self.engine, (one for one in self.engine.leftovers() if self.id in one.name))

    def progress(self, account: str, action: StoredAction) -> Progress:
        """How far a Droplet's action is: it is over when its machine is where it should be."""
        tenant = self._tenants.get(account)
        if tenant is None or action["resource_type"] != "droplet" or action["type"] not in ACTIONS:
            return "completed"
        job = tenant.jobs.get(action["id"])
        if job is None:  # a new Droplet has no machine until it has its addresses; others may have none at all
            return "running" if action["type"] == "create" else "completed"
        if not job.done():
            return "running"
        if (failure := job.exception()) is None:
            return "completed"
        log.error("%s of Droplet %s failed: %s", action["type"], action["resource_id"], failure)
        return "failed"

    def console(self, account: str, droplet_id: int, lines: int = 20) -> str:
        """Return the last lines of a machine's console; empty if there is no machine."""
        tenant = self._tenants.get(account)
        machine = None if tenant is None else tenant.machines.get(droplet_id)
        return "" if machine is None else self.engine.logs(machine.name, lines)

    # -- following

    def _follow(self, changes: list[Change]) -> None:
        """Start what the changes ask for; called under the simulator's lock, so nothing here waits."""
        for account, touched in changes:
            tenant = self._tenant(account)
            for kind, key in touched:
                if follow := FOLLOWED.get(kind):
                    follow(self, tenant, key)

    def _tenant(self, account: Account) -> Tenant:
        tenant = self._tenants.get(account.name)
        if tenant is None or tenant.account is not account:
            if tenant is not None:
                for machine in tenant.machines.values():
                    self._submit(machine, self._worker.remove)
            tenant = self._tenants[account.name] = Tenant(account)
        return tenant

    def _droplet(self, tenant: Tenant, key: Key) -> None:
        """A Droplet that has got its addresses gets a machine; one that is gone loses it."""
        droplet = tenant.account.find(DROPLET, key)
        machine = tenant.machines.get(key)
        if droplet is None or droplet["destroying"]:
            if machine is not None:
                del tenant.machines[key]
                self._submit(machine, self._worker.remove)
        elif machine is None and droplet["networks"]["v4"] and droplet["status"] == "new":
            self._create(tenant, droplet)

    def _create(self, tenant: Tenant, droplet: StoredDroplet) -> None:
        history = (tenant.account.get(ACTION, key) for key in actions.of(tenant.account, "droplet", droplet["id"]))
        action = next((one for one in history if one["type"] == "create"), None)
        if action is None or action["id"] in tenant.jobs:
            return
        if sum(len(one.machines) for one in self._tenants.values()) >= self.settings.limit:
            job: Future[None] = Future()
            job.set_exception(EngineError(f"there are {self.settings.limit} machines already; see the setting `limit`"))
        else:
            self._created += 1
            name = f"doboto-{self.id}-{droplet['id']}-{self._created}"
            machine = Machine.of(tenant.account, droplet, name, tenant.snapshots)
            tenant.machines[droplet["id"]] = machine
            job = self._submit(machine, self._worker.create)
        tenant.jobs[action["id"]] = job

    def _action(self, tenant: Tenant, key: Key) -> None:
        """An action that has begun begins at the machine, too."""
        action = tenant.account.find(ACTION, key)
        if action is None:  # the account was emptied: its ids start over
            tenant.jobs.pop(key, None)
        if action is None or action["status"] != "in-progress" or key in tenant.jobs:
            return
        machine = tenant.machines.get(action["resource_id"] or 0)
        if action["resource_type"] != "droplet" or machine is None or action["type"] not in self._worker.jobs:
            return
        machine.plan(tenant.account, action)
        tenant.jobs[key] = self._submit(machine, self._worker.jobs[action["type"]])

    def _image(self, tenant: Tenant, key: Key) -> None:
        """An image that has been made of a Droplet is the disk that was committed last."""
        image = tenant.account.find(IMAGE, key)
        if image is None:
            tenant.snapshots.pop(key, None)
        machine = None if image is None else tenant.machines.get(image.get("droplet_id") or 0)
        if machine is None or key in tenant.snapshots:
            return
        if machine.commits:
            tenant.snapshots[key] = machine.commits.pop()
        else:  # an automatic backup, which no action announces
            self._submit(machine, lambda one: self._worker.back_up(one, key))

    def _submit(self, machine: Machine, job: Job) -> Future[None]:
        def run() -> None:
            with machine.lock:
                job(machine)

        return self._pool.submit(run)


def _in_real_time(settings: Settings) -> Settings:
    """Settings under which actions of Droplets take as long as their machines, unless they say otherwise."""
    at_once = {name: 0.0 for name in DURATIONS if name.startswith("droplet.")}
    return replace(settings, durations={**at_once, **settings.durations}, boot_seconds=0.0)


FOLLOWED: dict[str, Callable[[Machines, Tenant, Key], None]] = {
    "droplet": Machines._droplet,  # noqa: SLF001
    "action": Machines._action,  # noqa: SLF001
    "image": Machines._image,  # noqa: SLF001
}
