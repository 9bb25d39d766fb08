"""`doboto sim`: serve a simulated DigitalOcean until it is interrupted."""

from __future__ import annotations

import argparse
import math
import signal
import sys
import threading
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .failure import Failure

if TYPE_CHECKING:
    from ..sim import Clock, Server, Simulator

DESCRIPTION = (
    "Serve a simulated DigitalOcean. Any DigitalOcean client talks to it with the printed URL as its base URL and any "
    "text as its token; each token is an account of its own. Ctrl-C ends it."
)


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    sim: argparse.ArgumentParser = commands.add_parser("sim", help="serve a simulated account", description=DESCRIPTION)
    sim.set_defaults(run=run)
    add = sim.add_argument
    add("--host", type=_host, default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=8080, help="port to listen on, 0 for any free one (default: %(default)s)")
    add("--tls", action="store_true", help="serve https, with a certificate of an authority made for this run")
    add("--state", type=Path, metavar="FILE", help="keep the accounts in this SQLite file, and go on from there")
    add("--seed", type=int, metavar="N", help="what identifiers and addresses are drawn from (default: 0)")
    add("--faults", type=Path, metavar="FILE", help="JSON file with rules for what goes wrong")
    pace = sim.add_mutually_exclusive_group()
    pace.add_argument(
        "--speed", type=_speed, metavar="N", default=1.0, help="run the clock N times as fast as a real one"
    )
    pace.add_argument("--instant", action="store_true", help="let everything be done as soon as anybody looks")


def run(options: argparse.Namespace) -> None:
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


def _serve(simulator: Simulator, options: argparse.Namespace) -> None:
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
    print(f"listening on {server.url}", flush=True)  # noqa: T201 - the line that callers wait for
    if server.ca_file is not None:
        print(server.ca_file, flush=True)  # noqa: T201 - the certificate authority that clients are to trust


def _simulator(options: argparse.Namespace) -> Simulator:
    try:
        from ..sim import Simulator
        from ..sim.persistence import StateError
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        raise Failure(f"the simulator needs {package}: pip install 'doboto[sim]'") from missing
    try:
        return Simulator(_clock(options), seed=options.seed or 0, state=options.state)
    except StateError as failure:
        raise Failure(str(failure)) from failure


def _clock(options: argparse.Namespace) -> Clock:
    from ..sim import InstantClock, RealClock

    return InstantClock() if options.instant else RealClock(options.speed)


def _check_seed(simulator: Simulator, options: argparse.Namespace) -> None:
    # Identifiers of another seed could meet those that are in the file.
    if options.seed not in (None, simulator.seed):
        raise Failure(f"{options.state} was made with --seed {simulator.seed}, which cannot be changed any more")


def _load_faults(simulator: Simulator, path: Path | None) -> None:
    try:
        if path is not None:
            simulator.faults.load(path)
    except (OSError, ValueError) as failure:
        raise Failure(f"no faults from {path}: {failure}") from failure


def _warn(text: str) -> None:
    print(f"doboto: warning: {text}", file=sys.stderr, flush=True)  # noqa: T201 - what a command line does


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


# -- values of options


def _host(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("an address is needed; 0.0.0.0 is all of them")
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 0 to 65535")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return speed
