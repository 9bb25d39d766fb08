"""The machine of one Droplet, and the networks that machines are in.

What is known of a machine, and what the account's records want of it; one network for the simulator's public addresses
and one for each VPC, each created at its first use.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..catalog import ImageMembers
from ..engine import relations
from ..engine.account import Account
from ..engine.records import DROPLET, VOLUME, VPC, Record, StoredAction, StoredDroplet
from ..resources.images import image_of
from ..resources.ssh_keys import SSH_KEY
from ..resources.vpcs import network_of
from .engine import Attachment, Engine, EngineError
from .settings import MachineSettings


@dataclass(eq=False)
class Machine:
    """The machine of one Droplet, and what is wanted of it.

    Attributes:
        account: The label of the account.
        droplet_id: The Droplet.
        name: The container; no other has the name, though Droplets of two accounts may have one id.
        droplet: The Droplet's record, as it was when the last job was planned.
        image: The record of the image that the next creation or rebuild is of.
        keys: Public SSH keys of its root.
        vpc: The VPC's id and address range.
        size_slug: The size that it is to have.
        volumes: The directories of the volumes that are attached to it, by their ids.
        ssh: The address and port that its SSH server answers at, on the machine that the simulator runs on.
        hardware_addresses: The MAC addresses of its interfaces, by their IPv4 addresses.
        console: The last lines of its console, as they were last read.
        console_asked: The time (`time.monotonic`) when they were last asked for.
        password: The password of its root that was set last; the real API would have mailed it.
    """

    account: str
    droplet_id: int
    name: str
    droplet: StoredDroplet
    image: ImageMembers
    keys: list[str]
    vpc: tuple[str, str]
    size_slug: str
    volumes: dict[str, str]
    ssh: tuple[str, int] | None = None
    hardware_addresses: Mapping[str, str] = field(default_factory=dict[str, str])
    console: list[str] = field(default_factory=list[str])
    console_asked: float = -math.inf
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, account: Account, droplet: StoredDroplet, name: str) -> Machine:
        """Read from the account what a Droplet's machine needs."""
        keys = [account.find(SSH_KEY, key) for key in droplet["ssh_keys"]]
        vpc = account.get(VPC, droplet["vpc_uuid"])
        volumes = [account.get(VOLUME, key) for key in relations.volumes_of(account, droplet["id"])]
        return cls(
            account.name,
            droplet["id"],
            name,
            droplet,
            image_of(account, droplet),
            [key["public_key"] for key in keys if key is not None],
            (vpc["id"], str(network_of(vpc))),
            droplet["size_slug"],
            {volume["id"]: directory_of(volume["name"]) for volume in volumes},
        )

    def plan(self, account: Account, action: StoredAction) -> None:
        """Read from the account what an action that has begun needs."""
        self.droplet = account.get(DROPLET, self.droplet_id)
        wanted: Record = action["arguments"].get("wanted") or {}
        self.size_slug = wanted.get("size") or self.size_slug
        if "image" in wanted:
            rebuilt: StoredDroplet = {**self.droplet, "image_id": wanted["image"]}
            self.image = image_of(account, rebuilt)

    def address(self, type: str) -> str | None:
        """Its IPv4 address of a type, `public` or `private`."""
        addresses = self.droplet["networks"]["v4"]
        return next((one["ip_address"] for one in addresses if one["type"] == type), None)


def directory_of(volume: str) -> str:
    """Return the name of a volume's directory in `/mnt`, as DigitalOcean's automatic mounts have it.

    See https://docs.digitalocean.com/products/volumes/details/naming-conventions/: dashes become underscores.

    Args:
        volume: The volume's name.
    """
    return volume.replace("-", "_")


log = logging.getLogger("doboto.sim.machines")

#: The network of the simulator's public addresses (RFC 2544, benchmarks).
PUBLIC = "198.18.0.0/15"


class MachineNetworks:
    """The networks of one simulator.

    Args:
        engine: Creates them.
        settings: Whether machines have private addresses.
        prefix: What their names begin with.
        labels: What they are labelled with.
    """

    def __init__(self, engine: Engine, settings: MachineSettings, prefix: str, labels: Mapping[str, str]) -> None:
        self._engine = engine
        self._settings = settings
        self._prefix = prefix
        self._labels = labels
        #: By name, each with why it could not be created.
        self._known: dict[str, EngineError | None] = {}
        self._lock = threading.Lock()

    def adopt(self, names: Iterable[str]) -> None:
        """Use networks that are there already."""
        self._known.update(dict.fromkeys(names))

    def names(self, machine: Machine) -> list[str]:
        """Return the names of the networks that a machine may be in."""
        return [self._prefix, self._private_name(machine)]

    def attach(self, machine: Machine) -> list[Attachment]:
        """Return what a machine is attached to: the public network, and its VPC's unless that cannot be created.

        Raises:
            EngineError: There is no network that it could be in.
        """
        found: list[Attachment] = []
        if public := machine.address("public"):
            found.append(self._attachment(self._prefix, PUBLIC, public))
        private = machine.address("private")
        if private and (self._settings.private_networks or not found):
            try:
                found.append(self._attachment(self._private_name(machine), machine.vpc[1], private))
            except EngineError as failure:  # this machine has that range, or another account's VPC
                if not found:
                    raise
                log.warning("Droplet %s is without its private address: %s", machine.droplet_id, failure)
        return found

    def _private_name(self, machine: Machine) -> str:
        return f"{self._prefix}-{machine.vpc[0][:8]}"

    def _attachment(self, network: str, subnet: str, address: str) -> Attachment:
        """Return an attachment to a network, which is created at its first use.

        Raises:
            EngineError: It cannot be created.
        """
        with self._lock:
            if isinstance(failure := self._known.get(network), EngineError):
                raise failure
            if network not in self._known:
                self._known[network] = None
                try:
                    self._engine.create_network(network, subnet, self._labels)
                except EngineError as failure:
                    self._known[network] = failure
                    raise
        return Attachment(network, address)
