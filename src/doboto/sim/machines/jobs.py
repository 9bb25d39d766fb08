"""What is done to machines: each job takes seconds, runs in a thread, and raises `EngineError` if it fails."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..catalog import size
from ..engine.account import Account
from ..engine.records import DROPLET, VPC, Key, Record, StoredAction, StoredDroplet
from ..resources.images.state import image_of
from ..resources.ssh_keys import SSH_KEY
from ..resources.vpcs.state import network_of
from .boot import COMMAND, environment
from .engine import Attachment, Engine, EngineError, MachineSpec
from .images import Images, snapshot_name
from .settings import MachineSettings

log = logging.getLogger("doboto.sim.machines")

#: The network of the simulator's public addresses (RFC 2544, benchmarks).
PUBLIC = "198.18.0.0/15"
#: Seconds between two attempts to connect to a machine that boots.
ATTEMPTS = 0.2


@dataclass(eq=False)
class Machine:
    """The machine of one Droplet, and what is wanted of it.

    Attributes:
        droplet_id: The Droplet.
        name: The container; no other has the name, though Droplets of two accounts may have one id.
        snapshots: Container images by the ids of the account's images.
        droplet: The Droplet's record, as it was when the last job was planned.
        slug: The slug of its image, or None.
        keys: Public SSH keys of its root.
        vpc: The VPC's id and address range.
        image_id: The id of the image that the next creation or rebuild is of.
        size_slug: The size that it is to have.
        commits: Images that its disk was committed to and that are no snapshot yet.
        lock: Held while a job runs.
    """

    droplet_id: int
    name: str
    snapshots: dict[Key, str]
    droplet: StoredDroplet
    slug: str | None
    keys: list[str]
    vpc: tuple[str, str]
    image_id: int
    size_slug: str
    commits: list[str] = field(default_factory=list[str])
    lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, account: Account, droplet: StoredDroplet, name: str, snapshots: dict[Key, str]) -> Machine:
        """Read from the account what a new Droplet's machine needs."""
        keys = [account.find(SSH_KEY, key) for key in droplet["ssh_keys"]]
        vpc = account.get(VPC, droplet["vpc_uuid"])
        return cls(
            droplet["id"],
            name,
            snapshots,
            droplet,
            image_of(account, droplet)["slug"],
            [key["public_key"] for key in keys if key is not None],
            (vpc["id"], str(network_of(vpc))),
            droplet["image_id"],
            droplet["size_slug"],
        )

    def plan(self, account: Account, action: StoredAction) -> None:
        """Read from the account what an action that has begun needs."""
        self.droplet = account.get(DROPLET, self.droplet_id)
        wanted: Record = action["arguments"].get("wanted") or {}
        self.size_slug = wanted.get("size") or self.size_slug
        if "image" in wanted:
            self.image_id = wanted["image"]
            rebuilt: StoredDroplet = {**self.droplet, "image_id": self.image_id}
            self.slug = image_of(account, rebuilt)["slug"]

    def address(self, type: str) -> str | None:
        """Its IPv4 address of a type, `public` or `private`."""
        addresses = self.droplet["networks"]["v4"]
        return next((one["ip_address"] for one in addresses if one["type"] == type), None)


Job: TypeAlias = Callable[[Machine], None]


class Worker:
    """Does the jobs.

    Args:
        engine: The engine.
        settings: How machines are made.
        simulator: The simulator's id.
        labels: What everything is labelled with.
        answers: Whether an SSH server answers at an address.
    """

    def __init__(
        self,
        engine: Engine,
        settings: MachineSettings,
        simulator: str,
        labels: Mapping[str, str],
        *,
        answers: Callable[[str], bool] | None = None,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._simulator = simulator
        self._labels = labels
        #: Set when the simulator ends: nothing is waited for any more.
        self.closing = threading.Event()
        self._answers = answers or answers_ssh
        self._images = Images(engine, settings)
        #: Networks by name, each with why it could not be created.
        self._networks: dict[str, EngineError | None] = {}
        self._lock = threading.Lock()
        self._numbers = iter(range(1, 1_000_000))
        self.jobs: Mapping[str, Job] = {
            "power_off": self._stop,
            "shutdown": self._stop,
            "power_on": self._start,
            "reboot": self._restart,
            "power_cycle": self._restart,
            "password_reset": self._restart,
            "snapshot": self._commit,
            "resize": self._limit,
            "rebuild": self._rebuild,
            "restore": self._rebuild,
        }

    def create(self, machine: Machine) -> None:
        """Create a machine and wait until its SSH server answers."""
        self._engine.create(self._spec(machine))
        self._await_boot(machine)

    def remove(self, machine: Machine) -> None:
        """Remove a machine."""
        self._engine.remove(machine.name)

    def back_up(self, machine: Machine, key: Key) -> None:
        """Commit a machine's disk to an image that exists already."""
        self._commit(machine)
        machine.snapshots[key] = machine.commits.pop()

    def _start(self, machine: Machine) -> None:
        self._engine.start(machine.name)
        self._await_boot(machine)

    def _stop(self, machine: Machine) -> None:
        self._engine.stop(machine.name, self._settings.stop_seconds)

    def _restart(self, machine: Machine) -> None:
        self._stop(machine)
        self._start(machine)

    def _commit(self, machine: Machine) -> None:
        image = snapshot_name(self._simulator, machine.droplet_id, next(self._numbers))
        self._engine.commit(machine.name, image, self._labels)
        machine.commits.append(image)

    def _limit(self, machine: Machine) -> None:
        self._engine.limit(machine.name, *self._limits(machine))

    def _rebuild(self, machine: Machine) -> None:
        spec = self._spec(machine)  # before the old one is removed: its image may not be there
        self._engine.remove(machine.name)
        self._engine.create(spec)
        self._await_boot(machine)

    def _spec(self, machine: Machine) -> MachineSpec:
        snapshot = machine.snapshots.get(machine.image_id)
        return MachineSpec(
            machine.name,
            machine.droplet["name"],
            snapshot or self._images.of_slug(machine.slug),
            COMMAND,
            environment(machine.droplet_id, machine.keys, machine.droplet["user_data"]),
            self._attachments(machine),
            self._labels,
            *self._limits(machine),
        )

    def _limits(self, machine: Machine) -> tuple[int | None, int | None]:
        found = size(machine.size_slug)
        if found is None or not self._settings.memory_scale:
            return None, None
        return self._settings.memory(found["memory"]), found["vcpus"]

    def _attachments(self, machine: Machine) -> list[Attachment]:
        found: list[Attachment] = []
        if public := machine.address("public"):
            found.append(self._attachment(f"doboto-{self._simulator}", PUBLIC, public))
        private = machine.address("private")
        if private and (self._settings.private_networks or not found):
            id, subnet = machine.vpc
            try:
                found.append(self._attachment(f"doboto-{self._simulator}-{id[:8]}", subnet, private))
            except EngineError as failure:  # this machine has that range, or another account's VPC
                if not found:
                    raise
                log.warning("Droplet %s is without its private address: %s", machine.droplet_id, failure)
        return found

    def _attachment(self, network: str, subnet: str, address: str) -> Attachment:
        """A place in a network, which is created at its first use.

        Raises:
            EngineError: It cannot be created.
        """
        with self._lock:
            if isinstance(failure := self._networks.get(network), EngineError):
                raise failure
            if network not in self._networks:
                self._networks[network] = None
                try:
                    self._engine.create_network(network, subnet, self._labels)
                except EngineError as failure:
                    self._networks[network] = failure
                    raise
        return Attachment(network, address)

    def _await_boot(self, machine: Machine) -> None:
        """Wait until the machine's SSH server answers.

        Raises:
            EngineError: It does not, in time.
        """
        address = machine.address("public") or machine.address("private") or ""
        ends = time.monotonic() + self._settings.boot_timeout
        while not self._answers(address):
            if time.monotonic() >= ends or self.closing.wait(ATTEMPTS):
                console = self._engine.logs(machine.name, 5).strip()
                raise EngineError(f"no SSH server answers at {address}; the console's last lines: {console}")


#: Types of actions whose end a machine decides.
ACTIONS = frozenset(
    (
        "create", "power_off", "shutdown", "power_on", "reboot", "power_cycle", "password_reset", "snapshot", "resize",
        "rebuild", "restore",
    )
)  # fmt: skip


def answers_ssh(address: str, port: int = 22) -> bool:
    """Whether an SSH server answers there; the connection alone proves nothing where a proxy takes all of them."""
    try:
        ipaddress.ip_address(address)
        with socket.create_connection((address, port), timeout=2) as connection:
            greeting: Any = connection.recv(4)
    except (OSError, ValueError):
        return False
    return bool(greeting == b"SSH-")
