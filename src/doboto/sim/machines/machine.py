"""The machine of one Droplet: what is known of it, and what the account's records want of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..catalog import ImageMembers
from ..engine import relations
from ..engine.account import Account
from ..engine.records import DROPLET, VOLUME, VPC, Record, StoredAction, StoredDroplet
from ..resources.images.state import image_of
from ..resources.ssh_keys import SSH_KEY
from ..resources.vpcs.state import network_of


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
