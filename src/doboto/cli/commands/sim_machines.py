"""`doboto sim --machines` and `doboto sim machines prune`: containers behind simulated Droplets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from ..command import Described, Group
from ..errors import Failure, reason
from ..settings import Option

if TYPE_CHECKING:
    from ...sim.machines import Machines

#: As `doboto.sim.machines` has them, which is only imported when machines are asked for.
ENGINES = ("podman", "docker")


class MachineOptions(Protocol):
    """The options of `doboto sim` that are about machines."""

    @property
    def machines(self) -> str | None:
        """The engine, or None for no machines."""
        ...

    @property
    def machine_settings(self) -> Path | None:
        """The file of their settings."""
        ...


def of(options: MachineOptions) -> Machines | None:
    """Return the machines that the options ask for, or None.

    Raises:
        Failure: Their settings cannot be read, or the engine cannot be used.
    """
    if options.machines is None:
        return None
    from ...sim.machines import CommandEngine, EngineError, Machines, MachineSettings
    from ...sim.machines.settings import read_file

    path = options.machine_settings
    try:
        settings = MachineSettings() if path is None else read_file(path)
    except (OSError, ValueError) as failure:
        raise Failure(f"no settings from {path}: {reason(failure)}") from failure
    machines = Machines(CommandEngine(options.machines, settings.run_options), settings)
    try:
        machines.prepare()
    except EngineError as failure:
        raise Failure(str(failure)) from failure
    return machines


def prune(engine: str) -> None:
    """Remove what simulators that have ended without tidying up left behind."""
    from ...sim.machines import CommandEngine, EngineError
    from ...sim.machines.engine import discard, of_dead_processes

    try:
        found = of_dead_processes(chosen := CommandEngine(engine))
        discard(chosen, found)
    except EngineError as failure:
        raise Failure(str(failure)) from failure
    for one in found:
        click.echo(f"removed {one.kind} {one.name}")
    if not found:
        click.echo("nothing was left behind", err=True)


command = Group("machines", help="Containers behind simulated Droplets; see `doboto sim --machines`.")
command.add_command(
    Described(
        "prune",
        help="Remove containers, networks and snapshots of simulators that were killed. Those that run keep theirs.",
        callback=prune,
        params=[Option(["--engine"], type=click.Choice(ENGINES), default="podman", show_default=True, help="Engine.")],
    )
)
