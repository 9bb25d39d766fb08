"""`doboto droplet ssh`: the system's ssh, connected to a Droplet's address."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import click
from click.shell_completion import CompletionItem

from ...addresses import private_ipv4, public_ipv4, public_ipv6
from ..command import CONTEXT, Described
from ..errors import NOT_FOUND, USAGE, Failure
from ..settings import Argument, CliSettings, Option, common
from .completion import complete_droplets
from .droplet import WAITING

#: Seconds for ssh to connect, unless `--timeout` is less; its own default is the system's, minutes.
CONNECT_TIMEOUT = 15
#: `user@name:port`; names of Droplets have neither `@` nor `:` in them.
DESTINATION = re.compile(r"(?:(?P<user>[^@]*)@)?(?P<droplet>[^@:]*)(?::(?P<port>[^@:]*))?")
#: A user on a Linux machine or in a directory: nothing that ssh or a shell there would take for something else.
USER = re.compile(r"[A-Za-z0-9_][\w.+\\-]*\$?")
#: Seconds for a simulator to say where a machine answers.
SIMULATOR_TIMEOUT = 5.0
PORT = click.IntRange(1, 65535)
ROOT = "root"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to log in, as the command line has it.

    Attributes:
        droplet: The Droplet's name or id.
        user: The user, or None.
        port: The port, or None.
    """

    droplet: str
    user: str | None = None
    port: int | None = None


def parse_destination(text: str) -> Destination:
    """Parse `[USER@]DROPLET[:PORT]`.

    Raises:
        Failure: It has another form.
    """
    found = DESTINATION.fullmatch(text)
    if found is None or not found["droplet"] or found["user"] == "":
        raise Failure(f"invalid destination {text!r}: write [USER@]DROPLET[:PORT]", USAGE.code)
    port = found["port"]
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Failure(f"invalid port {port!r} in {text!r}: use a number from 1 to 65535", USAGE.code)
    return Destination(found["droplet"], found["user"], None if port is None else int(port))


class PassThrough(Described):
    """A command with options on either side of its first argument, which passes on what follows them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse options first, then the first argument, and keep the rest as it is."""
        before, rest = self._options(ctx, args)
        if rest and "--" not in before:
            between, rest[1:] = self._options(ctx, rest[1:])
            before = [*before, *between]
        return super().parse_args(ctx, [*before, *rest])

    def _options(self, ctx: click.Context, args: list[str]) -> tuple[list[str], list[str]]:
        """Divide a line into the options that it begins with, the `--` after them included, and the rest."""
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        command = given.get("command")
        rest = cast("tuple[str, ...]", command) if isinstance(command, tuple) else ()
        many = len(rest) + isinstance(given.get("droplet"), str)
        return args[: len(args) - many], args[len(args) - many :]


def _ssh(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(CliSettings) or CliSettings()).with_params(params)
    from ..accounts.client import open_client, with_deadline
    from ..output.progress import Reporter
    from ..run.resolve import explain_missing, resolve_droplets
    from ..run.resume import offer_resume, wait_command
    from .droplet import choose_timeout, wait_for

    destination = parse_destination(params["droplet"])
    params["timeout"] = choose_timeout(params["timeout"], settings)
    user = _choose("user", destination.user, params["user"])
    params["user"] = user or _default_user(settings)
    params["port"] = _choose("port", destination.port, params["port"]) or 22
    if not USER.fullmatch(params["user"]):
        origin = "" if user else " (from `doboto auth defaults`)"
        raise Failure(f"invalid user {params['user']!r}{origin}", USAGE.code)
    with (
        open_client(settings) as client,
        Reporter(settings) as reporter,
        explain_missing(do := with_deadline(client, params["timeout"])),
    ):
        (id,) = resolve_droplets(do, [destination.droplet], reporter.names)
        if settings.sim:
            raise Failure(f"{reporter.label(id)} is simulated: nothing answers at its address, so ssh is not started")
        if params["wait"]:
            port = None if params["private"] else params["port"]
            with offer_resume(reporter, lambda _: wait_command(settings, [id], port=port)):
                wait_for(do, [id], {**params, "ready_port": port}, reporter)
        droplet = do.droplet.info(id)
    execute(command_line(droplet, params, _published_endpoint(settings, droplet, params)))


def _published_endpoint(
    settings: CliSettings, droplet: Mapping[str, Any], params: Mapping[str, Any]
) -> tuple[str, int] | None:
    """Return where a simulated Droplet's port 22 is published on this machine, if it is."""
    if settings.sim or params["private"] or params["port"] != 22:
        return None
    from ..accounts.client import find_account

    return find_endpoint(find_account(settings).url, droplet)


def _complete_destination(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Complete the Droplet's name behind `user@`."""
    user, at, name = incomplete.rpartition("@")
    return [CompletionItem(f"{user}{at}{one.value}", help=one.help) for one in complete_droplets(ctx, param, name)]


def _choose(name: str, inside: Any, option: Any) -> Any:
    """Choose between what a destination says and what an option says.

    Raises:
        Failure: They contradict each other.
    """
    if inside is not None and option not in (None, inside):
        raise Failure(f"two values for the {name}: {inside!r} and --{name} {option!r}; give one", USAGE.code)
    return option if inside is None else inside


def _default_user(settings: CliSettings) -> str:
    from ..accounts.client import find_defaults

    user: str = find_defaults(settings).get("ssh_user", ROOT)
    return user


def command_line(
    droplet: Mapping[str, Any], params: Mapping[str, Any], endpoint: tuple[str, int] | None = None
) -> list[str]:
    """Make the command line of ssh.

    Args:
        droplet: The Droplet.
        params: The command's options.
        endpoint: The host and port to connect to, unless they are the Droplet's address and the option's port.

    Raises:
        Failure: The Droplet has no such address.
    """
    address = private_ipv4(droplet) if params["private"] else public_ipv4(droplet) or public_ipv6(droplet)
    address, port = endpoint or (address, params["port"])
    if address is None:
        kind = "private" if params["private"] else "public"
        hint = "" if params["wait"] else "; pass --wait to wait for one"
        raise Failure(f"{droplet['name']} ({droplet['id']}) has no {kind} address{hint}", NOT_FOUND.code)
    identity = ["-i", params["identity"]] if params["identity"] else []
    timeout = ["-o", f"ConnectTimeout={max(1, min(CONNECT_TIMEOUT, int(params['timeout'])))}"]
    # After -- ssh takes nothing for an option of its own: not the destination, nor the command's.
    destination = ["--", f"{params['user']}@{address}"]
    return ["ssh", *timeout, "-p", str(port), *identity, *destination, *params["command"]]


def execute(line: Sequence[str]) -> None:
    """Become that program; its exit code is then ours.

    Raises:
        Failure: There is no such program.
    """
    program = shutil.which(line[0])
    if program is None:
        raise Failure(f"{line[0]} is not installed on this machine, or not in PATH")
    if os.name == "posix":
        os.execv(program, list(line))  # noqa: S606 - no shell, arguments one by one
    raise SystemExit(subprocess.call([program, *line[1:]]))  # noqa: S603 - no shell, arguments one by one


# -- machines of a simulator


def find_endpoint(url: str | None, droplet: Mapping[str, Any]) -> tuple[str, int] | None:
    """Find where a Droplet's SSH server answers, or None where that is its address.

    Only a simulator on this machine is asked: a server on another machine could send the user elsewhere.

    Args:
        url: The API's base URL.
        droplet: The Droplet.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(url or "")
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        return None
    machines = _ask(parts.hostname or "", parts.port or 80, f"/_sim/machines?droplet={droplet['id']}")
    addresses = {one["ip_address"] for one in droplet["networks"]["v4"]}
    for machine in machines:
        ssh: dict[str, Any] = machine.get("ssh") or {}
        if machine.get("name") == droplet["name"] and ssh.get("host") not in (None, *addresses):
            return str(ssh["host"]), int(ssh["port"])
    return None


def _ask(host: str, port: int, path: str) -> list[dict[str, Any]]:
    """Ask the simulator; an API that is none has no machines."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(host, port, timeout=SIMULATOR_TIMEOUT)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        found: dict[str, Any] = json.loads(response.read()) if response.status == 200 else {}
    except (OSError, HTTPException, ValueError):
        return []
    finally:
        connection.close()
    return [*(found.get("machines") or ())]


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


command = PassThrough(
    "ssh",
    help="Log in to a Droplet with the system's ssh, or run a command there. What follows the Droplet and the options "
    "goes to ssh as it is; -- ends the options. The exit code is ssh's: the command's own, or 255 where ssh failed.",
    callback=click.pass_context(_ssh),
    context_settings={**CONTEXT, "allow_interspersed_args": False},
    params=[
        Argument(
            ["droplet"],
            metavar="[USER@]DROPLET[:PORT]",
            text="The Droplet, by id or name.",
            shell_complete=_complete_destination,
        ),
        Argument(["command"], nargs=-1, metavar="[COMMAND]...", text="What to run there instead of a shell."),
        Option(
            ["--user", "-l"],
            metavar="TEXT",
            help="The user there. Default: the default ssh-user of the account, else root.",
        ),
        Option(["--port", "-p"], type=PORT, metavar="PORT", help="The port there. Default: 22."),
        Option(["--identity", "-i"], metavar="FILE", help="The private key to use."),
        Option(["--private"], is_flag=True, help="Use the private address, from inside of the VPC."),
        Option(["--wait/--no-wait"], default=False, section="Waiting", help="Wait until the port answers."),
        *WAITING,
        *common(frozenset({"-o", "--timeout"})),
    ],
)
