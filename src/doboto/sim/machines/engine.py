"""What machines need of a container engine: one small interface, so that tests bring an engine of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

#: The label of everything that belongs to a simulator; its value is the simulator's id.
LABEL = "doboto.simulator"
#: The label of what outlives its simulator, because a file keeps the Droplets; its value is the file's path.
STATE_LABEL = "doboto.state"


class EngineError(Exception):
    """The engine could not do it; the text says what it was asked for and what it answered."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A machine's connection to a network.

    Attributes:
        network: The network's name.
        address: The machine's IPv4 address there.
    """

    network: str
    address: str


@dataclass(frozen=True, slots=True)
class Mount:
    """A directory of the host that a machine sees.

    Attributes:
        source: The directory on the host.
        target: Where the machine has it.
    """

    source: Path
    target: str


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """A machine to be created.

    Attributes:
        name: Its name for the engine; no other machine has it.
        hostname: The host name that it sees.
        image: The container image that it is made of.
        command: What it runs.
        environment: Variables that the command reads; there may be secrets in them.
        attachments: The networks that it is in.
        labels: What it is found by afterwards.
        memory: Maximum memory in megabytes, or None for no limit.
        cpus: Maximum number of processors, or None for no limit.
        mounts: Directories of the host that it sees.
        publishes_ssh: Whether its SSH port is published on the host's loopback address.
    """

    name: str
    hostname: str
    image: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    attachments: Sequence[Attachment]
    labels: Mapping[str, str]
    memory: int | None = None
    cpus: int | None = None
    mounts: Sequence[Mount] = ()
    publishes_ssh: bool = False


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that belongs to a simulator, whether it runs or not.

    Attributes:
        kind: `container`, `network`, `image`, or `folder` for one with files of volumes.
        name: Its name for the engine, or the folder's.
        simulator: The simulator's id.
        state: The file that keeps the simulator's Droplets, or None.
    """

    kind: str
    name: str
    simulator: str
    state: str | None = None


class Engine(Protocol):
    """A container engine. Every method blocks until it is done, and may be called from several threads.

    Every method may raise `EngineError`.
    """

    @property
    def has_reachable_addresses(self) -> bool:
        """Whether programs on this machine can connect to containers' addresses."""
        ...

    def check(self) -> None:
        """Raise unless the engine can be used."""
        ...

    def has_image(self, image: str) -> bool:
        """Whether the image is on this machine."""
        ...

    def pull(self, image: str) -> None:
        """Fetch an image from its registry."""
        ...

    def has_program(self, image: str, programs: Sequence[str]) -> bool:
        """Whether one of these programs is in the image."""
        ...

    def build(self, image: str, recipe: str) -> None:
        """Build an image from the text of a Containerfile."""
        ...

    def remove_image(self, image: str) -> None:
        """Remove an image; one that is in use stays, and one that does not exist is fine."""
        ...

    def create_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        """Create a network whose machines this machine can reach."""
        ...

    def create(self, machine: MachineSpec) -> None:
        """Create a machine and start it."""
        ...

    def has_machine(self, name: str) -> bool:
        """Whether there is a machine of that name, running or not."""
        ...

    def start(self, name: str) -> None:
        """Start a machine; one that runs goes on."""
        ...

    def stop(self, name: str, seconds: int) -> None:
        """Ask a machine to stop, and kill it after so many seconds; one that is stopped stays so."""
        ...

    def run(self, name: str, command: Sequence[str], input: str = "") -> None:
        """Run a command in a machine that runs, with that text as its standard input."""
        ...

    def limit(self, name: str, memory: int | None, cpus: int | None) -> None:
        """Change a machine's limits."""
        ...

    def commit(self, name: str, image: str) -> None:
        """Make an image of a machine's disk; it has the machine's labels."""
        ...

    def remove(self, name: str) -> None:
        """Remove a machine, whether it runs or not; one that does not exist is fine."""
        ...

    def logs(self, name: str, lines: int) -> str:
        """Return the last lines of a machine's console."""
        ...

    def process(self, name: str) -> int:
        """Return the id of a machine's first process on the host; 0 if it does not run."""
        ...

    def ssh_port(self, name: str) -> int:
        """Return the port of the loopback address that a running machine's SSH port is published at."""
        ...

    def leftovers(self) -> list[Leftover]:
        """List everything that carries the label of a simulator."""
        ...

    def discard(self, leftover: Leftover) -> None:
        """Remove it; what does not exist is fine."""
        ...
