"""What is done to machines: each job takes seconds, runs in a thread, and raises `EngineError` if it fails.

Jobs of one machine run one after another, in the order of their submission.
"""

from __future__ import annotations

import ipaddress
import itertools
import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeAlias

from ..catalog import size
from .boot import COMMAND, SET_PASSWORD, environment
from .engine import Engine, EngineError, MachineSpec, Mount
from .images import Images, disk_image
from .machine import Machine, MachineNetworks
from .metadata import MetadataService
from .settings import MachineSettings
from .volumes import TARGET, VolumeDirectories

log = logging.getLogger("doboto.sim.machines")
#: How many jobs run at once.
WORKERS = 8


class JobQueue:
    """Runs jobs, each after those of the same name and those that it names.

    A job waits only for jobs that were submitted before it, and those start first: so with any number of threads
    the oldest job waits for nothing, and no job waits forever.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="doboto-machine")
        self._lock = threading.Lock()
        self._last: dict[str, Future[None]] = {}

    def submit(self, name: str, job: Callable[[], None], *after: Future[None]) -> Future[None]:
        """Run a job when the earlier jobs of that name are over, whether they failed or not.

        Args:
            name: What the job is about, such as a machine's name.
            job: The job.
            after: Further jobs that have to be over before it starts.
        """
        with self._lock:
            former = self._last.get(name)
            earlier = [*after, *([] if former is None else [former])]

            def run() -> None:
                wait(earlier)
                job()

            submitted = self._last[name] = self._pool.submit(run)
        submitted.add_done_callback(lambda done: self._forget(name, done))
        return submitted

    def last(self, name: str) -> Future[None] | None:
        """Return the job of a name that was submitted last, unless it is over."""
        with self._lock:
            return self._last.get(name)

    def close(self) -> None:
        """Wait for the jobs that have started; the others do not run any more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _forget(self, name: str, done: Future[None]) -> None:
        with self._lock:
            if self._last.get(name) is done:
                del self._last[name]


def log_failure(what: str, job: Future[None]) -> None:
    """Log the failure of a job whose outcome no action reports.

    Args:
        what: What the job does.
        job: The job.
    """

    def log_outcome(done: Future[None]) -> None:
        if not done.cancelled() and (failure := done.exception()) is not None:
            log.error("%s failed: %s", what, failure)

    job.add_done_callback(log_outcome)


log = logging.getLogger("doboto.sim.machines")

#: Seconds between two attempts to connect to a machine that boots.
ATTEMPTS = 0.2
#: Attempts between two looks whether it still runs.
CHECKS = 10
#: Lines of a machine's console that are kept for the page.
CONSOLE_LINES = 20

Job: TypeAlias = Callable[[Machine], None]
#: Whether an SSH server answers at a host and port.
Answers: TypeAlias = Callable[[str, int], bool]


class Worker:
    """Does the jobs.

    Args:
        engine: The engine.
        settings: How machines are made.
        simulator: The simulator's id.
        labels: What everything is labelled with.
        networks: The machines' networks.
        directories: The directories of volumes.
        metadata: The metadata service.
        answers: Whether an SSH server answers at a host and port.
    """

    def __init__(
        self,
        engine: Engine,
        settings: MachineSettings,
        simulator: str,
        labels: Mapping[str, str],
        *,
        networks: MachineNetworks,
        directories: VolumeDirectories,
        metadata: MetadataService,
        answers: Answers | None = None,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._simulator = simulator
        self._labels = labels
        self._networks = networks
        self._directories = directories
        self._metadata = metadata
        #: Set when the simulator ends: nothing is waited for any more.
        self.closing = threading.Event()
        self._answers = answers or answers_ssh
        self._images = Images(engine, settings, simulator)
        self._publishes = settings.publish_ssh
        if self._publishes is None:
            self._publishes = not engine.has_reachable_addresses
        self.jobs: Mapping[str, Job] = {
            "power_off": self._stop,
            "shutdown": self._stop,
            "power_on": self._start,
            "reboot": self._restart,
            "power_cycle": self._restart,
            "password_reset": self._reset_password,
            "resize": self._limit,
            "rebuild": self._rebuild,
            "restore": self._rebuild,
        }

    def create(self, machine: Machine) -> None:
        """Create a machine and wait until its SSH server answers; one that is there already is replaced."""
        spec = self._spec(machine)
        if self._engine.has_machine(machine.name):  # the simulator was killed before it noted the end
            self._engine.remove(machine.name)
        self._begin(machine, spec)

    def resume(self, machine: Machine) -> None:
        """Go on with a machine of a former simulator, in the state that its Droplet's record has."""
        if not self._engine.has_machine(machine.name):
            log.warning("the machine of Droplet %s is not there; it starts afresh", machine.droplet_id)
            self.create(machine)
        elif machine.droplet["status"] != "off":
            self._start(machine)
        if machine.droplet["status"] == "off":
            self._stop(machine)

    def remove(self, machine: Machine) -> None:
        """Remove a machine."""
        self._engine.remove(machine.name)
        self._metadata.forget(machine)
        self._directories.forget(machine.name)

    def commit(self, machine: Machine, disk: str) -> None:
        """Commit a machine's disk to a container image."""
        image = disk_image(self._simulator, disk)
        if self._engine.has_image(image):  # the simulator was killed before it noted the end
            self._engine.remove_image(image)
        self._engine.commit(machine.name, image)

    def remove_disk(self, disk: str) -> None:
        """Remove the container image of a disk; what is made of it keeps it until the simulator ends."""
        self._engine.remove_image(disk_image(self._simulator, disk))

    def read_console(self, machine: Machine) -> None:
        """Note the last lines of a machine's console."""
        machine.console = self._engine.logs(machine.name, CONSOLE_LINES).splitlines()

    def _start(self, machine: Machine) -> None:
        self._engine.start(machine.name)
        self._await_boot(machine)

    def _stop(self, machine: Machine) -> None:
        self._engine.stop(machine.name, self._settings.stop_seconds)

    def _restart(self, machine: Machine) -> None:
        self._stop(machine)
        self._start(machine)

    def _reset_password(self, machine: Machine) -> None:
        self._engine.start(machine.name)  # it may be off
        self._set_password(machine)
        self._restart(machine)

    def _set_password(self, machine: Machine) -> None:
        password = secrets.token_urlsafe(12)
        self._engine.run(machine.name, SET_PASSWORD, f"{password}\n")
        machine.password = password
        log.info("root of Droplet %s has a new password: see the simulator's page", machine.droplet_id)

    def _limit(self, machine: Machine) -> None:
        self._engine.limit(machine.name, *self._limits(machine))

    def _rebuild(self, machine: Machine) -> None:
        spec = self._spec(machine)  # before the old one is removed: its image may not be there
        self._engine.remove(machine.name)
        self._begin(machine, spec)

    def _begin(self, machine: Machine, spec: MachineSpec) -> None:
        self._engine.create(spec)
        self._await_boot(machine)
        if not machine.keys:  # at DigitalOcean, too, such a Droplet gets a password, by mail
            self._set_password(machine)

    def _spec(self, machine: Machine) -> MachineSpec:
        has_metadata = self._metadata.problem is None
        return MachineSpec(
            machine.name,
            machine.droplet["name"],
            self._images.find(machine.image),
            COMMAND,
            environment(machine.droplet_id, machine.keys, machine.droplet["user_data"], has_metadata=has_metadata),
            self._networks.attach(machine),
            self._labels,
            *self._limits(machine),
            [Mount(self._directories.prepare(machine.name), TARGET)],
            bool(self._publishes),
        )

    def _limits(self, machine: Machine) -> tuple[int | None, int | None]:
        found = size(machine.size_slug)
        if found is None or not self._settings.memory_scale:
            return None, None
        return self._settings.memory(found["memory"]), found["vcpus"]

    def _await_boot(self, machine: Machine) -> None:
        """Wait until the SSH server of a machine that has just been started answers.

        Raises:
            EngineError: It does not, in time.
        """
        self._connect_metadata(machine)
        machine.ssh = host, port = self._find_ssh(machine)
        ends = time.monotonic() + self._settings.boot_timeout
        for attempt in itertools.count(1):
            if self._answers(host, port):
                return
            stopped = attempt % CHECKS == 0 and self._engine.process(machine.name) == 0
            if stopped or time.monotonic() >= ends or self.closing.wait(ATTEMPTS):
                reason = "the machine has stopped" if stopped else f"no SSH server answers at {host} port {port}"
                console = self._engine.logs(machine.name, 5).strip()
                raise EngineError(f"{reason}; the console's last lines: {console}")

    def _find_ssh(self, machine: Machine) -> tuple[str, int]:
        if self._publishes:
            return "127.0.0.1", self._engine.ssh_port(machine.name)
        return machine.address("public") or machine.address("private") or "", 22

    def _connect_metadata(self, machine: Machine) -> None:
        if self._metadata.problem is not None or (process := self._engine.process(machine.name)) == 0:
            return
        try:
            self._metadata.connect(machine, process)
        except OSError as failure:
            reason = failure.strerror or failure
            log.warning("Droplet %s is without its metadata service: %s", machine.droplet_id, reason)


def answers_ssh(host: str, port: int) -> bool:
    """Whether an SSH server answers there; the connection alone proves nothing where a proxy takes all of them."""
    try:
        ipaddress.ip_address(host)
        with socket.create_connection((host, port), timeout=2) as connection:
            greeting: Any = connection.recv(4)
    except (OSError, ValueError):
        return False
    return bool(greeting == b"SSH-")
