"""The engine's command line: podman and docker understand the same commands."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .engine import LABEL, EngineError, Leftover, MachineSpec

#: Engines whose command line is known.
ENGINES = ("podman", "docker")
#: Seconds that a command may take; fetching and building images may take longer.
TIMEOUT, SLOW = 120.0, 1800.0
#: How the names of what a simulator may leave behind are listed, by kind.
LISTS: Mapping[str, Sequence[str]] = {
    "container": ("ps", "--all", "--format", "{{.Names}}"),
    "network": ("network", "ls", "--format", "{{.Name}}"),
    "image": ("images", "--format", "{{.Repository}}:{{.Tag}}"),
}
#: The id of the simulator's process in such a name; labels are printed by each engine in its own way.
PROCESS = re.compile(r"(?:doboto|snapshot)-(\d+)-")
REMOVE: Mapping[str, Sequence[str]] = {
    "container": ("rm", "--force"),
    "network": ("network", "rm"),
    "image": ("rmi", "--force"),
}
#: Words of the engines for something that is not there, in any case.
ABSENT = ("no such", "not found", "no container with name")


@dataclass(frozen=True)
class CommandEngine:
    """podman or docker, by its command line.

    Attributes:
        program: The program's name or path.
        run_options: Further options for every machine, such as `--runtime`.
    """

    program: str
    run_options: Sequence[str] = ()

    def check(self) -> None:
        """Raise unless the engine can be used."""
        self._run("ps", "--quiet")

    def has_image(self, image: str) -> bool:
        """Whether the image is on this machine."""
        return self._call("image", "inspect", image).returncode == 0

    def pull(self, image: str) -> None:
        """Fetch an image from its registry."""
        self._run("pull", "--quiet", image, timeout=SLOW)

    def has_program(self, image: str, programs: Sequence[str]) -> bool:
        """Whether one of these programs is in the image."""
        test = " || ".join(f"command -v {program}" for program in programs)
        options = ("run", "--rm", "--network", "none", *self.run_options)
        return self._call(*options, image, "/bin/sh", "-c", test).returncode == 0

    def build(self, image: str, recipe: str) -> None:
        """Build an image from the text of a Containerfile."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "Containerfile"
            file.write_text(recipe, encoding="utf-8")
            self._run("build", "--tag", image, "--file", str(file), folder, timeout=SLOW)

    def create_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        """Create a network whose machines this machine can reach."""
        self._run("network", "create", "--subnet", subnet, *_labels(labels), name)

    def create(self, machine: MachineSpec) -> None:
        """Create a machine and start it."""
        first, *further = machine.attachments
        limits = _limits(machine.memory, machine.cpus)
        variables = [option for name, value in machine.environment.items() for option in ("--env", f"{name}={value}")]
        place = ("--network", first.network, "--ip", first.address)
        options = ("--name", machine.name, "--hostname", machine.hostname, *place, *limits, *variables)
        self._run("create", *self.run_options, *options, *_labels(machine.labels), machine.image, *machine.command)
        for one in further:
            self._run("network", "connect", "--ip", one.address, one.network, machine.name)
        self.start(machine.name)

    def start(self, name: str) -> None:
        """Start a machine that is stopped."""
        self._run("start", name)

    def stop(self, name: str, seconds: int) -> None:
        """Ask a machine to stop, and kill it after so many seconds."""
        self._run("stop", "--time", str(seconds), name)

    def limit(self, name: str, memory: int | None, cpus: int | None) -> None:
        """Change a machine's limits."""
        if limits := _limits(memory, cpus):
            self._run("update", *limits, name)

    def commit(self, name: str, image: str, labels: Mapping[str, str]) -> None:
        """Make an image of a machine's disk."""
        changes = [option for key, value in labels.items() for option in ("--change", f"LABEL {key}={value}")]
        self._run("commit", "--pause=false", *changes, name, image, timeout=SLOW)

    def remove(self, name: str) -> None:
        """Remove a machine, whether it runs or not; one that does not exist is fine."""
        self.discard(Leftover("container", name, 0))

    def logs(self, name: str, lines: int) -> str:
        """Return the last lines of a machine's console."""
        done = self._call("logs", "--tail", str(lines), name)
        return done.stdout + done.stderr

    def leftovers(self) -> list[Leftover]:
        """List everything that carries the label of a simulator."""
        return [one for kind in LISTS for one in self._labelled(kind)]

    def discard(self, leftover: Leftover) -> None:
        """Remove it."""
        done = self._call(*REMOVE[leftover.kind], leftover.name)
        if done.returncode != 0 and not any(words in done.stderr.lower() for words in ABSENT):
            raise EngineError(f"{self.program} could not remove {leftover.kind} {leftover.name}: {_last(done.stderr)}")

    def _labelled(self, kind: str) -> list[Leftover]:
        names = self._run(*LISTS[kind], "--filter", f"label={LABEL}").split()
        found = [(name, PROCESS.search(name)) for name in names]
        return [Leftover(kind, name, int(process[1])) for name, process in found if process is not None]

    def _run(self, *arguments: str, timeout: float = TIMEOUT) -> str:
        """What a command prints.

        Raises:
            EngineError: It failed, took too long, or there is no such program.
        """
        done = self._call(*arguments, timeout=timeout)
        if done.returncode != 0:
            raise EngineError(f"{self.program} {arguments[0]} failed: {_last(done.stderr)}")
        return done.stdout

    def _call(self, *arguments: str, timeout: float = TIMEOUT) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603 - no shell; every argument is made here or checked by the API
                [self.program, *arguments], capture_output=True, text=True, timeout=timeout, check=False
            )
        except FileNotFoundError as missing:
            raise EngineError(f"there is no program {self.program!r} on this machine; install it") from missing
        except OSError as failure:
            raise EngineError(f"{self.program} cannot be run: {failure.strerror}") from failure
        except subprocess.TimeoutExpired as late:
            raise EngineError(f"{self.program} {arguments[0]} took longer than {timeout:g} s") from late


def _labels(labels: Mapping[str, str]) -> list[str]:
    return [option for name, value in labels.items() for option in ("--label", f"{name}={value}")]


def _limits(memory: int | None, cpus: int | None) -> list[str]:
    options = [] if memory is None else ["--memory", f"{memory}m"]
    return options if cpus is None else [*options, "--cpus", str(cpus)]


def _last(text: str) -> str:
    """The last line of what an engine complains of; podman warns of other things before it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("Error: ") if lines else "no reason given"
