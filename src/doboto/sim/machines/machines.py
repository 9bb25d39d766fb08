"""Keeps a machine for every Droplet: follows what requests touch, and reports when an action is really over."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

from ..engine.actions import kind_of
from ..engine.clock import InstantClock, RealClock
from ..engine.lifecycle import DURATIONS, Progress
from ..engine.records import Record, StoredAction
from ..engine.settings import Settings
from ..engine.world import World
from .engine import LABEL, STATE_LABEL, Engine, EngineError, Leftover
from .follow import MachineFollower
from .images import disk_image
from .jobs import Answers, JobQueue, Worker, log_failure
from .leftovers import data_folder, find_abandoned, new_id, remove, sort
from .machine import Machine, MachineNetworks
from .metadata import MetadataService, document
from .settings import MachineSettings
from .volumes import VolumeDirectories

log = logging.getLogger("doboto.sim.machines")
#: Seconds for which the lines of a console that were read are good enough for the page.
CONSOLE_SECONDS = 2.0
#: Seconds between two looks at what is due.
TICK = 0.25


class Machines:
    """The machines of one simulator.

    Args:
        engine: Makes the containers.
        settings: How machines are made.
        answers: Whether an SSH server answers at a host and port; by default a connection says so.
    """

    def __init__(
        self, engine: Engine, settings: MachineSettings | None = None, *, answers: Answers | None = None
    ) -> None:
        self.settings = settings or MachineSettings()
        self.engine = engine
        #: With a file that keeps the Droplets it is always the same.
        self.id = new_id()
        self._answers = answers
        self._state: Path | None = None
        self._folder = data_folder(self.settings.folder)
        self._queue = JobQueue()
        self._metadata = MetadataService(self._document)
        self._world: World | None = None
        self._time: threading.Thread | None = None
        self._ending = threading.Event()

    # -- beginning and ending

    def prepare(self) -> None:
        """Check that the engine can be used, and remove what simulators that were killed have left behind.

        Raises:
            EngineError: It cannot.
        """
        self.engine.check()
        for one in find_abandoned(self.engine, self._folder):
            try:
                remove(self.engine, self._folder, one)
            except EngineError as failure:
                if one.kind != "folder":  # files of volumes may be another user's, and do no harm
                    raise
                log.warning("%s", failure)

    def attach(self, world: World, state: Path | None = None) -> None:
        """Take over the actions of a simulator, whose accounts are still empty.

        Args:
            world: The simulator.
            state: The file that keeps its Droplets; with it, their machines are kept, too.

        Raises:
            ValueError: The simulator's clock is not a real one, at whose speed machines run.
            EngineError: The engine cannot be used.
        """
        if not isinstance(world.clock, RealClock) or isinstance(world.clock, InstantClock):
            raise ValueError("machines run in real time: the simulator needs a RealClock")  # noqa: TRY004
        self.prepare()
        labels = {LABEL: self.id}
        if state is not None:
            self._state = state.absolute()
            self.id = f"state-{hashlib.sha256(os.fsencode(self._state)).hexdigest()[:8]}"
            labels = {LABEL: self.id, STATE_LABEL: str(self._state)}
        self._directories = VolumeDirectories(self._folder / self.id, self._state)
        self._networks = MachineNetworks(self.engine, self.settings, f"doboto-{self.id}", labels)
        self._worker = Worker(
            self.engine, self.settings, self.id, labels,
            networks=self._networks, directories=self._directories, metadata=self._metadata, answers=self._answers,
        )  # fmt: skip
        self._follower = MachineFollower(
            self._worker, self._queue, self._directories, simulator=self.id, limit=self.settings.limit
        )
        if self.settings.metadata:
            self._metadata.start()  # last of what can fail: `close` is for machines that are attached
        world.use_settings(_in_real_time(world.settings))
        world.use_executor(self)

    def start(self, world: World) -> None:
        """Go on with the machines of the Droplets that the simulator has, and follow it from now on."""
        mine = [] if self._state is None else [one for one in self.engine.leftovers() if one.simulator == self.id]
        self._networks.adopt(one.name for one in mine if one.kind == "network")
        with world.lock:
            self._world = world
            resumed = [job for account in world.accounts.values() for job in self._follower.resume(account)]
            world.on_commit.append(self._follower.follow)
            machines, disks = {one.name for one in self._follower.machines()}, self._follower.known_disks()
        self._remove_unknown(mine, machines, disks)
        wait(resumed)
        self._time = threading.Thread(target=self._let_time_pass, args=(world,), name="doboto-time", daemon=True)
        self._time.start()

    def _let_time_pass(self, world: World) -> None:
        """Apply what is due also while no request comes: machines go on by themselves."""
        while not self._ending.wait(TICK):
            try:
                _apply_due_events(world)
            except Exception:  # a full disk, for example, may have space again
                log.exception("what is due could not be applied; trying again in %s s", TICK)

    def _remove_unknown(self, mine: Iterable[Leftover], machines: AbstractSet[str], disks: AbstractSet[str]) -> None:
        """Remove what a former simulator of the same file was killed before it could remove."""
        known = {disk_image(self.id, disk) for disk in disks}
        for one in mine:
            if one.kind == "container" and one.name not in machines:
                self.engine.discard(one)
            elif one.kind == "image" and one.name not in known:
                self.engine.remove_image(one.name)
        for name in set(self._directories.machines()) - machines:
            self._directories.forget(name)

    def close(self) -> None:
        """End: what is under way ends first.

        Machines, networks and disks are removed; where a file keeps the Droplets, the machines are stopped instead.
        """
        self._end_threads()
        if self._state is None:
            for one in sort(one for one in self.engine.leftovers() if one.simulator == self.id):
                self.engine.discard(one)
            self._directories.close()
            return
        with ThreadPoolExecutor() as pool:
            for machine in self._follower.machines():
                job = pool.submit(self.engine.stop, machine.name, self.settings.stop_seconds)
                log_failure(f"stop of {machine.name}", job)

    def _end_threads(self) -> None:
        """End what goes on beside the simulator, in the order in which one uses the other.

        Time ends first: it would note creations that are cut short here as failed.
        """
        self._ending.set()
        if self._time is not None:
            self._time.join()
        self._worker.closing.set()
        self._queue.close()
        self._metadata.close()

    # -- what the simulator asks

    def progress(self, account: str, action: StoredAction) -> Progress:
        """Return how far an action is: it is over when its machine, or its volume, is where it should be."""
        kind = kind_of(action)
        if kind == "backend":  # the creation of several Droplets
            pending = self._world is None or self._follower.is_any_pending(account, action["arguments"])
            return "running" if pending else "completed"
        if action["type"] not in ACTIONS.get(kind, ()):
            return "completed"
        job = None if self._world is None else self._follower.job(account, action["id"])
        if job is None:
            # A new Droplet has no machine until it has its addresses; others may have none at all.
            return "running" if self._world is None or action["type"] == "create" else "completed"
        if not job.done():
            return "running"
        if (failure := job.exception()) is None:
            return "completed"
        if self._worker.closing.is_set():  # cut short by the end; the next simulator of the file does it again
            return "running"
        log.error("%s of %s failed: %s", action["type"], action["resource"], failure)
        return "failed"

    def describe(self, account: str, droplet_id: int, *, with_console: bool = False) -> Record | None:
        """Return what is known of a Droplet's machine, or None if it has none.

        Args:
            account: The account's label.
            droplet_id: The Droplet's id.
            with_console: Whether the last lines of its console are asked for; they are those of a moment ago.
        """
        machine = None if self._world is None else self._follower.find(account, droplet_id)
        if machine is None:
            return None
        if with_console:
            self._refresh_console(machine)
        host, port = machine.ssh or (None, None)
        return {
            "container": machine.name,
            "ssh": None if host is None else {"host": host, "port": port},
            "password": machine.password,
            "metadata": self._metadata.problem is None,
            **({"console": machine.console} if with_console else {}),
        }

    def _refresh_console(self, machine: Machine) -> None:
        """Let the console be read again, unless that has just been done; the caller does not wait for it."""
        now = time.monotonic()
        if now - machine.console_asked >= CONSOLE_SECONDS:
            machine.console_asked = now
            self._queue.submit(f"console of {machine.name}", lambda: self._worker.read_console(machine))

    def _document(self, machine: Machine) -> Record:
        """Return a machine's metadata; LookupError if its Droplet is gone."""
        if self._world is None or self._follower.find(machine.account, machine.droplet_id) is not machine:
            raise LookupError(machine.name)
        with self._world.lock:
            return document(self._world.accounts[machine.account], machine)


def _apply_due_events(world: World) -> None:
    with world.lock, world.undo_on_failure():
        accounts = list(world.accounts.values())
        for account in accounts:
            account.apply_due_events(world.clock.now())
        world.commit(*accounts)


def _in_real_time(settings: Settings) -> Settings:
    """Settings under which actions of Droplets take as long as their machines, unless they say otherwise."""
    at_once = {name: 0.0 for name in DURATIONS if name.startswith(("droplet.", "volume.attach", "volume.detach"))}
    return replace(settings, durations={**at_once, **settings.durations}, boot_seconds=0.0)


#: Types of actions whose end a machine or a volume decides, by types of resources.
ACTIONS: Mapping[str, frozenset[str]] = {
    "droplet": frozenset(
        (
            "create", "power_off", "shutdown", "power_on", "reboot", "power_cycle", "password_reset", "snapshot",
            "resize", "rebuild", "restore",
        )
    ),
    "volume": frozenset(("attach_volume", "detach_volume")),
}  # fmt: skip
