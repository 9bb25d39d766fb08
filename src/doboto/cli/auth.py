"""`doboto auth`: tokens by name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from .commands import CONTEXT, Described
from .completing import contexts
from .exits import UNAUTHORIZED
from .failure import Failure
from .options import Argument, Settings, common

if TYPE_CHECKING:
    from .contexts import Named


def _init(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(Settings) or Settings()).with_params(params)
    from dataclasses import replace

    from .connection import client
    from .contexts import Contexts
    from .reporting import Reporter

    _warn_if_exposed()
    token = settings.token or _asked()
    with client(replace(settings, token=token, sim=False)) as do, Reporter(settings):
        account: Any = do.request("GET", "/account")["account"]
    kept = Contexts().put(params["name"], token, settings.url)
    where = "in the keyring" if kept.source == "keyring" else "in a file that only you can read"
    click.echo(f"{params['name']}: the token of {account.get('email', 'the account')} is kept {where}", err=True)


def _asked() -> str:
    """The token, typed unseen or piped in."""
    if sys.stdin.isatty():
        token: str = click.prompt("API token", hide_input=True, err=True)
    else:
        token = sys.stdin.readline()
    if not token.strip():
        raise Failure("no token was given", UNAUTHORIZED.code)
    return token.strip()


def _list(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(Settings) or Settings()).with_params(params)
    from .contexts import Contexts
    from .output import printed

    _warn_if_exposed()
    kept = Contexts()
    rows = [_row(kept.named(name), kept.current) for name in kept.names()]
    if not rows:
        click.echo("no contexts yet: doboto auth init makes one", err=True)
    printed(rows, None, settings)


def _row(context: Named, current: str | None) -> dict[str, Any]:
    return {
        "name": context.name, "current": context.name == current, "source": context.source, "url": context.url,
    }  # fmt: skip


def _switch(name: str) -> None:
    from .contexts import Contexts

    _warn_if_exposed()
    found = Contexts().switch(name)
    click.echo(f"{found.name} is the current context", err=True)


def _warn_if_exposed() -> None:
    from .contexts import exposed

    if trouble := exposed():
        click.echo(f"doboto: warning: {trouble}", err=True)


command = click.Group("auth", help="Keep tokens by name, and choose among them.", context_settings=dict(CONTEXT))
command.add_command(
    Described(
        "init",
        help="Check a token and keep it under a name. It is asked for, or read from standard input.",
        callback=click.pass_context(_init),
        params=[
            Argument(["name"], default="default", metavar="[NAME]", text="The context's name. Default: default."),
            *common(),
        ],
    )
)
command.add_command(
    Described(
        "list",
        help="List the contexts, doctl's included. No token is shown.",
        callback=click.pass_context(_list),
        params=common(),
    )
)
command.add_command(
    Described(
        "switch",
        help="Make a context the current one.",
        callback=_switch,
        params=[Argument(["name"], text="The context's name.", shell_complete=contexts)],
    )
)
