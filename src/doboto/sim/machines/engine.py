"""What machines need of a container engine: one small interface, so that tests bring an engine of their own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

#: The label of everything that belongs to a simulator; its value is the simulator's id.
LABEL = "doboto.simulator"


class EngineError(Exception):
    """The engine could not do it; the text says what it was asked for and what it answered."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A machine's place in a network.

    Attributes:
        network: The network's name.
        address: The machine's IPv4 address there.
    """

    network: str
    address: str


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """A machine to be created.

    Attributes:
        name: Its name for the engine; no other machine has it.
        hostname: The host name that it sees.
        image: The container image that it is made of.
        command: What it runs.
        environment: Variables that the command reads.
        attachments: The networks that it is in.
        labels: What it is found by afterwards.
        memory: Maximum memory in megabytes, or None for no limit.
        cpus: Maximum number of processors, or None for no limit.
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


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that a simulator has left behind.

    Attributes:
        kind: `container`, `network` or `image`.
        name: Its name or id for the engine.
        process: The id of the process that the simulator ran in.
    """

    kind: str
    name: str
    process: int


class Engine(Protocol):
    """A container engine. Every method blocks until it is done, and may be called from several threads.

    Every method may raise `EngineError`.
    """

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

    def create_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        """Create a network whose machines this machine can reach."""
        ...

    def create(self, machine: MachineSpec) -> None:
        """Create a machine and start it."""
        ...

    def start(self, name: str) -> None:
        """Start a machine that is stopped."""
        ...

    def stop(self, name: str, seconds: int) -> None:
        """Ask a machine to stop, and kill it after so many seconds."""
        ...

    def limit(self, name: str, memory: int | None, cpus: int | None) -> None:
        """Change a machine's limits."""
        ...

    def commit(self, name: str, image: str, labels: Mapping[str, str]) -> None:
        """Make an image of a machine's disk."""
        ...

    def remove(self, name: str) -> None:
        """Remove a machine, whether it runs or not; one that does not exist is fine."""
        ...

    def logs(self, name: str, lines: int) -> str:
        """Return the last lines of a machine's console."""
        ...

    def leftovers(self) -> list[Leftover]:
        """List everything that carries the label of a simulator."""
        ...

    def discard(self, leftover: Leftover) -> None:
        """Remove it."""
        ...


#: The order of removal: networks are in use while there are containers, images too.
ORDER = ("container", "network", "image")


def of_dead_processes(engine: Engine) -> list[Leftover]:
    """What belongs to simulators whose process is gone."""
    return [one for one in engine.leftovers() if not _is_alive(one.process)]


def discard(engine: Engine, leftovers: Iterable[Leftover]) -> None:
    """Remove them, containers first."""
    for one in sorted(leftovers, key=lambda one: ORDER.index(one.kind)):
        engine.discard(one)


def _is_alive(process: int) -> bool:
    if process <= 0:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
