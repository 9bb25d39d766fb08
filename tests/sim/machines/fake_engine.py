"""An engine that remembers what it was asked for, and fails where a test wants it to."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from doboto.sim.machines import EngineError, MachineSpec
from doboto.sim.machines.engine import Leftover


class FakeEngine:
    """Machines, networks and images by name; an image that is not in `images` cannot be pulled."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.machines: dict[str, MachineSpec] = {}
        self.running: set[str] = set()
        self.networks: dict[str, str] = {}
        self.images = {"localhost/with-ssh:1"}
        self.commits: list[str] = []
        self.left: list[Leftover] = []
        #: By name of a method: what it raises.
        self.failures: dict[str, EngineError] = {}
        #: Cleared, `create` waits until it is set.
        self.free = threading.Event()
        self.free.set()

    def _called(self, *call: str) -> None:
        self.calls.append(call)
        if failure := self.failures.get(call[0]):
            raise failure

    def named(self, method: str) -> list[tuple[str, ...]]:
        """The calls of one method."""
        return [call for call in self.calls if call[0] == method]

    def of(self, droplet_id: int) -> MachineSpec:
        """The machine of a Droplet."""
        return next(spec for name, spec in self.machines.items() if f"-{droplet_id}-" in name)

    def is_up(self, address: str) -> bool:
        """Whether a machine that runs has that address: its SSH server answers at once."""
        return any(one.address == address for name in self.running for one in self.machines[name].attachments)

    # -- the interface

    def check(self) -> None:
        self._called("check")

    def has_image(self, image: str) -> bool:
        return image in self.images

    def pull(self, image: str) -> None:
        self._called("pull", image)
        raise EngineError(f"fake pull failed: no registry has {image}")

    def has_program(self, image: str, programs: Sequence[str]) -> bool:
        return "with-ssh" in image

    def build(self, image: str, recipe: str) -> None:
        self._called("build", image, recipe)
        self.images.add(image)

    def create_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        self._called("create_network", name, subnet)
        if subnet in self.networks.values():
            raise EngineError(f"fake network failed: subnet {subnet} is used already")
        self.networks[name] = subnet

    def create(self, machine: MachineSpec) -> None:
        self._called("create", machine.name)
        assert self.free.wait(30)
        assert machine.name not in self.machines
        assert machine.image in self.images | set(self.commits)
        self.machines[machine.name] = machine
        self.running.add(machine.name)

    def start(self, name: str) -> None:
        self._called("start", name)
        self.running.add(name)

    def stop(self, name: str, seconds: int) -> None:
        self._called("stop", name, str(seconds))
        self.running.discard(name)

    def limit(self, name: str, memory: int | None, cpus: int | None) -> None:
        self._called("limit", name, str(memory), str(cpus))

    def commit(self, name: str, image: str, labels: Mapping[str, str]) -> None:
        self._called("commit", name, image)
        self.commits.append(image)

    def remove(self, name: str) -> None:
        self._called("remove", name)
        self.machines.pop(name, None)
        self.running.discard(name)

    def logs(self, name: str, lines: int) -> str:
        return f"console of {name}\n"

    def leftovers(self) -> list[Leftover]:
        process = 1
        mine = [Leftover("container", name, process) for name in self.machines]
        mine += [Leftover("network", name, process) for name in self.networks]
        return [*self.left, *mine, *(Leftover("image", name, process) for name in self.commits)]

    def discard(self, leftover: Leftover) -> None:
        self._called("discard", leftover.kind, leftover.name)
        self.machines.pop(leftover.name, None)
        self.networks.pop(leftover.name, None)
        self.left = [one for one in self.left if one != leftover]
        self.commits = [one for one in self.commits if one != leftover.name]
