"""`doboto droplet ssh`: the system's ssh on a Droplet's address."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, cast

import click

from ...addresses import private_ipv4, public_ipv4, public_ipv6
from ..command import CONTEXT, Described
from ..errors import NOT_FOUND, Failure
from ..settings import Argument, Option, Settings, common
from .wait import WAITING

#: Seconds that ssh may take to connect, unless `--timeout` is less: its own default is what the system has, minutes.
PATIENCE = 15


class Handing(Described):
    """A command whose options may stand on either side of its first argument; what follows them is handed on."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options first, then the first argument, and the rest as it is."""
        before, rest = self._options(ctx, args)
        if rest and "--" not in before:
            between, rest[1:] = self._options(ctx, rest[1:])
            before = [*before, *between]
        return super().parse_args(ctx, [*before, *rest])

    def _options(self, ctx: click.Context, args: list[str]) -> tuple[list[str], list[str]]:
        """The options that a line begins with, with their values, and the `--` that ends them; and the rest of it."""
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        command = given.get("command")
        rest = cast("tuple[str, ...]", command) if isinstance(command, tuple) else ()
        many = len(rest) + isinstance(given.get("droplet"), str)
        return args[: len(args) - many], args[len(args) - many :]


def _ssh(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(Settings) or Settings()).with_params(params)
    from ..accounts.client import open_client
    from ..output.progress import Reporter
    from ..run.droplets import resolved
    from ..run.resume import resumable, waiting
    from .wait import wait_for

    with open_client(settings) as do, Reporter(settings) as reporter:
        (id,) = resolved(do, [params["droplet"]], reporter.names)
        if settings.sim:
            raise Failure(f"{reporter.named(id)} is simulated: nobody answers at its address, so no ssh is started")
        if params["wait"]:
            port = None if params["private"] else params["port"]
            with resumable(reporter, lambda _: waiting(settings, [id], port=port)):
                wait_for(do, [id], params["poll"], params["timeout"], reporter.progress(), port)
        droplet = do.droplet.info(id)
    handed_over(command_line(droplet, params))


def command_line(droplet: Mapping[str, Any], params: Mapping[str, Any]) -> list[str]:
    """What is run.

    Raises:
        Failure: The Droplet has no such address.
    """
    address = private_ipv4(droplet) if params["private"] else public_ipv4(droplet) or public_ipv6(droplet)
    if address is None:
        kind = "private" if params["private"] else "public"
        hint = "" if params["wait"] else "; --wait waits for one"
        raise Failure(f"{droplet['name']} ({droplet['id']}) has no {kind} address{hint}", NOT_FOUND.code)
    identity = ["-i", params["identity"]] if params["identity"] else []
    patience = ["-o", f"ConnectTimeout={max(1, min(PATIENCE, int(params['timeout'])))}"]
    return ["ssh", *patience, "-p", str(params["port"]), *identity, f"{params['user']}@{address}", *params["command"]]


def handed_over(line: Sequence[str]) -> None:
    """Become that program; its exit code is then ours.

    Raises:
        Failure: There is no such program.
    """
    program = shutil.which(line[0])
    if program is None:
        raise Failure(f"there is no {line[0]} on this machine")
    if os.name == "posix":
        os.execv(program, list(line))  # noqa: S606 - no shell, arguments one by one
    raise SystemExit(subprocess.call([program, *line[1:]]))  # noqa: S603 - no shell, arguments one by one


command = Handing(
    "ssh",
    help="Log in to a Droplet with the system's ssh, or run a command there. What follows the Droplet and the options "
    "goes to ssh as it is; -- ends the options. The exit code is ssh's: the command's own, or 255 where ssh failed.",
    callback=click.pass_context(_ssh),
    context_settings={**CONTEXT, "allow_interspersed_args": False},
    params=[
        Argument(["droplet"], metavar="DROPLET", text="The Droplet, by id or name."),
        Argument(["command"], nargs=-1, metavar="[COMMAND]...", text="What to run there instead of a shell."),
        Option(["--user", "-l"], default="root", show_default=True, help="The user there."),
        Option(["--port", "-p"], type=click.INT, default=22, show_default=True, help="The port there."),
        Option(["--identity", "-i"], metavar="FILE", help="The private key to use."),
        Option(["--private"], is_flag=True, help="Use the private address, from inside of the VPC."),
        Option(["--wait/--no-wait"], default=False, section="Waiting", help="Wait till the port answers."),
        *WAITING,
        *common(frozenset({"-o"})),
    ],
)
