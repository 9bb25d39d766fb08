"""An engine that remembers what it was asked for, and fails where a test wants it to."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from doboto.sim.machines import EngineError, MachineSpec
from doboto.sim.machines.engine import LABEL, STATE_LABEL, Leftover


class FakeEngine:
    """Machines, networks and images by name; an image that is not in `images` cannot be pulled."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.machines: dict[str, MachineSpec] = {}
        self.running: set[str] = set()
        self.networks: dict[str, str] = {}
        #: Labels by the names of machines, networks and images.
        self.labels: dict[str, Mapping[str, str]] = {}
        self.images = {"localhost/with-ssh:1"}
        self.commits: list[str] = []
        self.left: list[Leftover] = []
        #: Whether containers' addresses can be reached from here.
        self.has_reachable_addresses = True
        #: What commands in machines got as their input, by the machines' names.
        self.inputs: dict[str, str] = {}
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
        return next(spec for name, spec in self.machines.items() if name.endswith(f"-{droplet_id}"))

    def is_up(self, address: str, port: int) -> bool:
        """Whether a machine that runs has that address and port: its SSH server answers at once."""
        if address == "127.0.0.1":
            return any(self.ssh_port(name) == port for name in self.running if self.machines[name].publishes_ssh)
        attachments = [one for name in self.running for one in self.machines[name].attachments]
        return port == 22 and any(one.address == address for one in attachments)

    # -- the interface

    def check(self) -> None:
        self._called("check")

    def has_image(self, image: str) -> bool:
        return image in self.images or image in self.commits

    def pull(self, image: str) -> None:
        self._called("pull", image)
        raise EngineError(f"fake pull failed: no registry has {image}")

    def has_program(self, image: str, programs: Sequence[str]) -> bool:
        return "with-ssh" in image

    def build(self, image: str, recipe: str) -> None:
        self._called("build", image, recipe)
        self.images.add(image)

    def remove_image(self, image: str) -> None:
        self._called("remove_image", image)
        self.commits = [one for one in self.commits if one != image]

    def create_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        self._called("create_network", name, subnet)
        if subnet in self.networks.values():
            raise EngineError(f"fake network failed: subnet {subnet} is used already")
        self.networks[name] = subnet
        self.labels[name] = labels

    def create(self, machine: MachineSpec) -> None:
        self._called("create", machine.name)
        assert self.free.wait(100)
        assert machine.name not in self.machines
        assert self.has_image(machine.image)
        self.machines[machine.name] = machine
        self.labels[machine.name] = machine.labels
        self.running.add(machine.name)

    def has_machine(self, name: str) -> bool:
        return name in self.machines

    def start(self, name: str) -> None:
        self._called("start", name)
        self.running.add(name)

    def stop(self, name: str, seconds: int) -> None:
        self._called("stop", name, str(seconds))
        self.running.discard(name)

    def run(self, name: str, command: Sequence[str], input: str = "") -> None:
        self._called("run", name)
        assert name in self.running
        self.inputs[name] = input

    def limit(self, name: str, memory: int | None, cpus: int | None) -> None:
        self._called("limit", name, str(memory), str(cpus))

    def commit(self, name: str, image: str) -> None:
        self._called("commit", name, image)
        self.commits.append(image)
        self.labels[image] = self.machines[name].labels

    def remove(self, name: str) -> None:
        self._called("remove", name)
        self.machines.pop(name, None)
        self.running.discard(name)

    def logs(self, name: str, lines: int) -> str:
        return f"console of {name}\n"

    def process(self, name: str) -> int:
        return 4711 if name in self.running else 0

    def ssh_port(self, name: str) -> int:
        return 40000 + sorted(self.machines).index(name)

    def leftovers(self) -> list[Leftover]:
        kinds = {"container": list(self.machines), "network": list(self.networks), "image": self.commits}
        named = [(kind, name, self.labels[name]) for kind, names in kinds.items() for name in names]
        mine = [Leftover(kind, name, labels[LABEL], labels.get(STATE_LABEL)) for kind, name, labels in named]
        return [*self.left, *mine]

    def discard(self, leftover: Leftover) -> None:
        self._called("discard", leftover.kind, leftover.name)
        self.machines.pop(leftover.name, None)
        self.networks.pop(leftover.name, None)
        self.left = [one for one in self.left if one != leftover]
        self.commits = [one for one in self.commits if one != leftover.name]
