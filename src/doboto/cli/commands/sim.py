"""`doboto sim`: serve a simulated DigitalOcean, with containers behind its Droplets if asked for.

`sim reset` empties the simulated account of `--sim`; `sim machines prune` removes containers that were left behind.
"""

from __future__ import annotations

import math
import signal
import threading
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..command import CONTEXT, Described, Group
from ..errors import Failure, explain_missing, reason
from ..settings import Option
from .auth import confirm

if TYPE_CHECKING:
    from ...sim import Server, Settings, Simulator, SimulatorClock
    from ...sim.machines import Machines, MachineSettings

DESCRIPTION = (
    "Serve a simulated DigitalOcean. Any DigitalOcean client talks to it with the printed URL as its base URL and any "
    "text as its token; each token is an account of its own. Ctrl-C ends it."
)

#: As `doboto.sim.machines` has them, which is only imported when machines are asked for.
ENGINES = ("podman", "docker")
FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command's options say."""

    host: str
    port: int
    tls: bool
    state: Path | None
    seed: int | None
    faults: Path | None
    speed: float | None
    instant: bool
    manual: bool
    settings: Path | None
    machines: str | None
    machine_settings: Path | None


def _sim(ctx: click.Context, **params: Any) -> None:
    if ctx.invoked_subcommand is not None:
        return
    clocks = [f"--{name}" for name in ("speed", "instant", "manual") if params[name] not in (None, False)]
    if len(clocks) > 1:
        raise click.UsageError(f"{clocks[0]} is not allowed with {clocks[1]}", ctx)
    refused = [f"--{name}" for name in ("instant", "manual") if params[name] not in (None, False)]
    if params["machines"] is not None and refused:
        raise click.UsageError(f"--machines is not allowed with {refused[0]}", ctx)
    if params["machines"] is None and params["machine_settings"] is not None:
        raise click.UsageError("--machine-settings needs --machines", ctx)
    run(Options(**params))


def run(options: Options) -> None:
    """Serve until Ctrl-C (or SIGTERM), both of which are the usual way to end it."""
    # A shell that starts a command in the background has it ignore Ctrl-C, and kill -INT with it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with _simulator(options) as simulator:
            _check_seed(simulator, options)
            _load_faults(simulator, options.faults)
            _serve(simulator, options)
    except KeyboardInterrupt:
        return


def _serve(simulator: Simulator, options: Options) -> None:
    if not _is_loopback(options.host):
        _warn(f"{options.host} is no loopback address: other machines may reach this simulator, with any token")
    try:
        with simulator.serve(options.host, options.port, tls=options.tls) as server:
            _announce(server)
            never = threading.Event()
            while not never.wait(0.5):  # and not without a limit: Windows delivers Ctrl-C only in between
                pass
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise Failure(f"cannot listen on {options.host} port {options.port}: {reason}") from failure


def _announce(server: Server) -> None:
    click.echo(f"listening on {server.url}")  # the line that callers wait for
    if server.ca_file is not None:
        click.echo(server.ca_file)  # the certificate authority that clients are to trust


def _simulator(options: Options) -> Simulator:
    try:
        from ...sim import Simulator
        from ...sim.persistence import StateError
    except ModuleNotFoundError as missing:
        raise explain_missing("the simulator", missing, "sim") from missing
    errors: tuple[type[Exception], ...] = (StateError, *_engine_errors(options))
    try:
        clock, settings, machines = _clock(options), _settings(options), _open_machines(options)
        return Simulator(clock, settings, seed=options.seed or 0, state=options.state, machines=machines)
    except errors as failure:
        raise Failure(str(failure)) from failure


def _engine_errors(options: Options) -> tuple[type[Exception], ...]:
    """The errors of container engines, which are only imported where there are machines."""
    if options.machines is None:
        return ()
    from ...sim.machines import EngineError

    return (EngineError,)


def _clock(options: Options) -> SimulatorClock:
    from ...sim import InstantClock, ManualClock, RealClock

    if options.manual:
        return ManualClock()
    return InstantClock() if options.instant else RealClock(options.speed or 1.0)


def _settings(options: Options) -> Settings | None:
    from ...sim.engine.settings import read_file

    try:
        return None if options.settings is None else read_file(options.settings)
    except (OSError, ValueError) as failure:
        raise Failure(f"no settings from {options.settings}: {reason(failure)}") from failure


def _check_seed(simulator: Simulator, options: Options) -> None:
    # Identifiers of another seed could meet those that are in the file.
    if options.seed not in (None, simulator.seed):
        raise Failure(f"{options.state} was made with --seed {simulator.seed}, which cannot be changed any more")


def _load_faults(simulator: Simulator, path: Path | None) -> None:
    try:
        if path is not None:
            simulator.faults.load(path)
    except (OSError, ValueError) as failure:
        raise Failure(f"no faults from {path}: {reason(failure)}") from failure


def _warn(text: str) -> None:
    click.echo(f"doboto: warning: {text}", err=True)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _reset(*, yes: bool) -> None:
    from ..accounts.simulated import state_file

    path = state_file()
    confirm("sim reset", f"Empty the simulated account in {path}? Its resources can't be recovered.", yes=yes)
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        each.unlink(missing_ok=True)
    click.echo(f"{path} is empty", err=True)


# -- containers


def _open_machines(options: Options) -> Machines | None:
    """Return the machines that the options ask for, or None.

    Raises:
        Failure: Their settings cannot be read, or the engine cannot be used.
    """
    if options.machines is None:
        return None
    from ...sim.machines import CommandEngine, EngineError, Machines

    settings = _machine_settings(options.machine_settings)
    machines = Machines(CommandEngine(options.machines, settings.run_options), settings)
    try:
        machines.prepare()
    except EngineError as failure:
        raise Failure(str(failure)) from failure
    return machines


def _machine_settings(path: Path | None) -> MachineSettings:
    from ...sim.machines.settings import MachineSettings, read_file

    try:
        return MachineSettings() if path is None else read_file(path)
    except (OSError, ValueError) as failure:
        raise Failure(f"no settings from {path}: {reason(failure)}") from failure


def prune(engine: str, state: Path | None, machine_settings: Path | None) -> None:
    """Remove what simulators have left behind, or what a file of Droplets has been keeping."""
    from ...sim.machines import CommandEngine, EngineError
    from ...sim.machines.leftovers import data_folder, find_abandoned, find_kept, remove

    chosen, folder = CommandEngine(engine), data_folder(_machine_settings(machine_settings).folder)
    try:
        _check_unused(state)
        found = find_abandoned(chosen, folder) if state is None else find_kept(chosen, folder, state)
        for one in found:
            remove(chosen, folder, one)
            click.echo(f"removed {one.kind} {one.name}")
    except EngineError as failure:
        raise Failure(str(failure)) from failure
    if not found:
        click.echo("nothing was left behind", err=True)


def _check_unused(state: Path | None) -> None:
    from ...sim.persistence import is_in_use

    if state is not None and is_in_use(state):
        raise Failure(f"{state} is in use by a simulator; end that first")


# -- values of options


def _host(_ctx: click.Context, _param: click.Parameter, text: str) -> str:
    if not text:
        raise click.BadParameter("an address is needed; 0.0.0.0 is all of them")
    return text


def _port(_ctx: click.Context, _param: click.Parameter, text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 2**16):
        raise click.BadParameter(f"{text!r} is no port from 0 to 65535")
    return int(text)


def _seed(_ctx: click.Context, _param: click.Parameter, seed: int | None) -> int | None:
    if seed is not None and not 0 <= seed < 2**63:  # as the simulator has it, which is only loaded to serve
        raise click.BadParameter(f"{seed} is no number from 0 to 2**63 - 1")
    return seed


def _speed(_ctx: click.Context, _param: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed < math.inf:
        raise click.BadParameter(f"{text!r} is no number above 0")
    return speed


PARAMS = (
    Option(["--host"], callback=_host, default="127.0.0.1", show_default=True, help="Address to listen on."),
    Option(["--port"], callback=_port, default="8080", show_default=True, help="Port to listen on; 0 for a free one."),
    Option(["--tls"], is_flag=True, help="Serve https, with the certificate of an authority made for this run."),
    Option(["--state"], type=FILE, metavar="FILE", help="Keep the accounts in this SQLite file, and go on from there."),
    Option(
        ["--seed"],
        type=int,
        callback=_seed,
        metavar="N",
        help="What identifiers and addresses are drawn from. Default: 0.",
    ),
    Option(["--faults"], type=FILE, metavar="FILE", help="JSON file with rules for what goes wrong."),
    Option(["--speed"], callback=_speed, metavar="N", help="Run the clock N times as fast as a real one. Default: 1."),
    Option(["--instant"], is_flag=True, help="Complete every event at once, by the next request."),
    Option(["--manual"], is_flag=True, help="Stop the clock: it moves when `POST /_sim/clock/advance` moves it."),
    Option(["--settings"], type=FILE, metavar="FILE", help="JSON file with an object of settings to change."),
    Option(
        ["--machines"],
        type=click.Choice(ENGINES),
        help="Put a container behind every Droplet, to log in to. Needs podman or docker.",
    ),
    Option(
        ["--machine-settings"], type=FILE, metavar="FILE", help="JSON file with an object of settings of --machines."
    ),
)
machines_command = Group("machines", help="Containers behind simulated Droplets; see `doboto sim --machines`.")
machines_command.add_command(
    Described(
        "prune",
        help="Remove what simulators that were killed have left behind: containers, networks, disks, files of volumes. "
        "Simulators that run keep theirs, and so do files of --state.",
        callback=prune,
        params=[
            Option(["--engine"], type=click.Choice(ENGINES), default="podman", show_default=True, help="Engine."),
            Option(
                ["--state"],
                type=FILE,
                metavar="FILE",
                help="Remove the machines that were kept for this file instead.",
            ),
            Option(
                ["--machine-settings"],
                type=FILE,
                metavar="FILE",
                help="The settings that the simulators had: their `folder` is where files of volumes are.",
            ),
        ],
    )
)
command = Group(
    "sim",
    help=DESCRIPTION,
    invoke_without_command=True,
    callback=click.pass_context(_sim),
    params=list(PARAMS),
    context_settings=dict(CONTEXT),
)
command.add_command(
    Described(
        "reset",
        help="Empty the simulated account that --sim and DOBOTO_SIM=1 use. DOBOTO_SIM_STATE names another file for it.",
        callback=_reset,
        params=[Option(["--yes", "-y"], is_flag=True, help="Do not ask.")],
    )
)
command.add_command(machines_command)
