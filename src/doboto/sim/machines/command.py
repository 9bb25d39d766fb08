"""The engine's command line: podman and docker understand the same commands.

Commands and options are those that both document: https://docs.docker.com/reference/cli/docker/ and
https://docs.podman.io/en/latest/Commands.html. Where they differ, what both have is used: `stop -t`, since Docker 28
renamed `--time`; no option for `commit`, since Docker 29 replaced `--pause`. An image that is committed has the
container's labels (moby/moby#36321 for Docker).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .engine import LABEL, STATE_LABEL, EngineError, Leftover, MachineSpec

#: Engines whose command line is known.
ENGINES = ("podman", "docker")
#: Seconds that a command may take; fetching and building images may take longer.
TIMEOUT, SLOW = 120.0, 1800.0
#: How the names of what belongs to simulators are listed, by kind.
LISTS: Mapping[str, Sequence[str]] = {
    "container": ("ps", "--all", "--format", "{{.Names}}"),
    "network": ("network", "ls", "--format", "{{.Name}}"),
    "image": ("images", "--format", "{{.Repository}}:{{.Tag}}"),
}
REMOVE: Mapping[str, Sequence[str]] = {
    "container": ("rm", "--force"),
    "network": ("network", "rm"),
    "image": ("rmi", "--force"),
}
#: Words of the engines for something that is not there, in any case.
ABSENT = ("no such", "not found", "not known", "no container with name")
#: What to do about failures, by the engines' words in any case.
HINTS: Sequence[tuple[str, str]] = (
    ("permission denied", "run the simulator as root, or give this user access to the engine"),
    ("operation not permitted", "run the simulator as root, or give this user access to the engine"),
    ("cannot connect to the docker daemon", "start Docker"),
    ("is the docker daemon running", "start Docker"),
    ("is already used on the host", "end the other simulator with machines, or prune what a --state file keeps"),
    ("pool overlaps", "end the other simulator with machines, or prune what a --state file keeps"),
    ("no space left on device", "free space, for example with `system prune` of the engine"),
)
#: An address and port as `port` prints them: `127.0.0.1:40123`.
PUBLISHED = re.compile(r"^(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class CommandEngine:
    """podman or docker, by its command line.

    Attributes:
        program: The program's name or path.
        run_options: Further options for every machine, such as `--runtime`.
    """

    program: str
    run_options: Sequence[str] = ()

    @property
    def has_reachable_addresses(self) -> bool:
        """Whether programs on this machine can connect to containers' addresses.

        Docker Desktop and podman elsewhere than on Linux run containers in a virtual machine, podman without root runs
        them in a network of its own.
        """
        rootless = Path(self.program).name == "podman" and sys.platform == "linux" and os.geteuid() != 0
        return sys.platform == "linux" and not rootless

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

    def remove_image(self, image: str) -> None:
        """Remove an image; one that is in use stays, and one that does not exist is fine."""
        self._call("rmi", image)

    def create_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        """Create a network whose machines this machine can reach."""
        self._run("network", "create", "--subnet", subnet, *_labels(labels), name)

    def create(self, machine: MachineSpec) -> None:
        """Create a machine and start it."""
        first, *further = machine.attachments
        options = ["--name", machine.name, "--hostname", machine.hostname]
        options += ["--network", first.network, "--ip", first.address, *_limits(machine.memory, machine.cpus)]
        # Variables by name, whose values the engine takes from its own environment: other users see no secret in the
        # list of processes.
        options += [option for name in machine.environment for option in ("--env", name)]
        options += [option for one in machine.mounts for option in ("--volume", f"{one.source}:{one.target}:z")]
        options += ["--publish", "127.0.0.1::22"] if machine.publishes_ssh else []
        options += _labels(machine.labels)
        command = ["create", *self.run_options, *options, machine.image, *machine.command]
        self._run(*command, environment=machine.environment)
        for one in further:
            self._run("network", "connect", "--ip", one.address, one.network, machine.name)
        self.start(machine.name)

    def has_machine(self, name: str) -> bool:
        """Whether there is a machine of that name, running or not."""
        return self._call("container", "inspect", name).returncode == 0

    def start(self, name: str) -> None:
        """Start a machine; one that runs goes on."""
        self._run("start", name)

    def stop(self, name: str, seconds: int) -> None:
        """Ask a machine to stop, and kill it after so many seconds; one that is stopped stays so."""
        self._run("stop", "-t", str(seconds), name)

    def run(self, name: str, command: Sequence[str], input: str = "") -> None:
        """Run a command in a machine that runs, with that text as its standard input."""
        self._run("exec", "--interactive", name, *command, input=input)

    def limit(self, name: str, memory: int | None, cpus: int | None) -> None:
        """Change a machine's limits."""
        if limits := _limits(memory, cpus):
            self._run("update", *limits, name)

    def commit(self, name: str, image: str) -> None:
        """Make an image of a machine's disk; it has the machine's labels."""
        self._run("commit", name, image, timeout=SLOW)

    def remove(self, name: str) -> None:
        """Remove a machine, whether it runs or not; one that does not exist is fine."""
        self.discard(Leftover("container", name, ""))

    def logs(self, name: str, lines: int) -> str:
        """Return the last lines of a machine's console."""
        done = self._call("logs", "--tail", str(lines), name)
        return done.stdout + done.stderr

    def process(self, name: str) -> int:
        """Return the id of a machine's first process on the host; 0 if it does not run."""
        found = self._call("container", "inspect", "--format", "{{.State.Pid}}", name).stdout.strip()
        return int(found) if found.isdecimal() else 0

    def ssh_port(self, name: str) -> int:
        """Return the port of the loopback address that a running machine's SSH port is published at."""
        printed = self._run("port", name, "22/tcp")
        found = PUBLISHED.search(printed)
        if found is None:
            raise EngineError(f"{self.program} port printed no address of {name}: {printed.strip()!r}")
        return int(found[1])

    def leftovers(self) -> list[Leftover]:
        """List everything that carries the label of a simulator."""
        return [one for kind in LISTS for one in self._list_labelled(kind)]

    def discard(self, leftover: Leftover) -> None:
        """Remove it; what does not exist is fine."""
        done = self._call(*REMOVE[leftover.kind], leftover.name)
        if done.returncode != 0 and not any(words in done.stderr.lower() for words in ABSENT):
            reason = _explain(done.stderr)
            raise EngineError(f"{self.program} could not remove {leftover.kind} {leftover.name}: {reason}")

    def _list_labelled(self, kind: str) -> Iterator[Leftover]:
        names = self._run(*LISTS[kind], "--filter", f"label={LABEL}").split()
        if names:  # what is removed in between is missing in the output, and makes the command fail
            yield from _read_leftovers(kind, names, self._call(kind, "inspect", *names).stdout)

    def _run(self, *arguments: str, timeout: float = TIMEOUT, **more: Any) -> str:
        """What a command prints.

        Raises:
            EngineError: It failed, took too long, or there is no such program.
        """
        done = self._call(*arguments, timeout=timeout, **more)
        if done.returncode != 0:
            raise EngineError(f"{self.program} {arguments[0]} failed: {_explain(done.stderr)}")
        return done.stdout

    def _call(
        self,
        *arguments: str,
        timeout: float = TIMEOUT,
        input: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        variables = None if environment is None else {**os.environ, **environment}
        try:
            return subprocess.run(  # noqa: S603 - no shell; every argument is made here or checked by the API
                [self.program, *arguments],
                capture_output=True, text=True, timeout=timeout, check=False, input=input, env=variables,
            )  # fmt: skip
        except FileNotFoundError as missing:
            raise EngineError(f"there is no program {self.program!r} on this machine; install it") from missing
        except OSError as failure:
            raise EngineError(f"{self.program} cannot be run: {failure.strerror}") from failure
        except subprocess.TimeoutExpired as late:
            raise EngineError(f"{self.program} {arguments[0]} took longer than {timeout:g} s") from late


def _labels(labels: Mapping[str, str]) -> list[str]:
    return [option for name, value in labels.items() for option in ("--label", f"{name}={value}")]


def _limits(memory: int | None, cpus: int | None) -> list[str]:
    # No swap beyond the memory: Docker refuses to raise one above the other by itself (docker/docker#25461).
    limit = [] if memory is None else ["--memory", f"{memory}m", "--memory-swap", f"{memory}m"]
    return [*limit, *([] if cpus is None else ["--cpus", str(cpus)])]


def _read_leftovers(kind: str, names: Sequence[str], printed: str) -> Iterator[Leftover]:
    """Read the output of `inspect`, in which each engine writes labels and names in its own way."""
    for entry in json.loads(printed or "[]"):
        found: dict[str, Any] = {key.lower(): value for key, value in entry.items()}
        config: dict[str, Any] = found.get("config") or {}
        labels: dict[str, str] = found.get("labels") or config.get("Labels") or {}
        own = {str(found.get("name", "")).removeprefix("/"), *(found.get("repotags") or ())}
        for name in names:
            if name in own and LABEL in labels:
                yield Leftover(kind, name, labels[LABEL], labels.get(STATE_LABEL))


def _explain(printed: str) -> str:
    """The last line of what an engine has printed on standard error, and what to do about it."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    last = lines[-1].removeprefix("Error: ") if lines else "it says nothing"
    hint = next((hint for words, hint in HINTS if words in last.lower()), None)
    return last if hint is None else f"{last} ({hint})"
