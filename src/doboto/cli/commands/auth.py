"""`doboto auth`: tokens by name."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..._json import is_object
from ..command import CONTEXT, Described, Group
from ..errors import REFUSED, UNAUTHORIZED, USAGE, Failure
from ..settings import Argument, Option, Settings, common, complete_context

if TYPE_CHECKING:
    from ..accounts.contexts import Named

#: How long a token is tried, in seconds.
PATIENCE = 10.0


def _init(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(Settings) or Settings()).with_params(params)
    if settings.sim and "sim" in settings.flags:
        raise Failure("the simulated account needs no token: --sim is all it takes", USAGE.code)
    from ..._settings import URL
    from ..accounts.contexts import Contexts
    from ..output.progress import Reporter

    _warn_if_exposed(settings)
    url = (settings.url or URL).rstrip("/")
    with Reporter(settings) as reporter:
        if not settings.quiet:
            not_there = ", not on the simulated account" if settings.sim else ""
            reporter.line(f"the token is tried at {url}{not_there}", event="note")
        token = settings.token or _asked()
        account = _tried(token, settings)
        before = Contexts().current
        kept = Contexts().put(params["name"], token, settings.url)
        if not settings.quiet:
            reporter.line(_told(kept, account, before), event="kept", name=kept.name, source=kept.source)


def _tried(token: str, settings: Settings) -> Mapping[str, Any]:
    """The account of a token. It is tried once: somebody waits, and can try again."""
    from ... import Retry
    from ..accounts.client import open_client

    with open_client(replace(settings, token=token, sim=False), retry=Retry.never(), timeout=PATIENCE) as do:
        account: Any = do.request("GET", "/account")["account"]
    return account if is_object(account) else {}


def _told(kept: Named, account: Mapping[str, Any], before: str | None) -> str:
    """What has become of a token."""
    where = "in the keyring" if kept.source == "keyring" else "in a file that only you can read"
    instead = f" instead of {before}" if before not in (None, kept.name) else ""
    current = f"{kept.name} is the current context{instead}"
    return f"{kept.name}: the token of {account.get('email', 'the account')} is kept {where}; {current}"


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
    from ..accounts.contexts import Contexts
    from ..output.formats import print_result

    _warn_if_exposed(settings)
    kept = Contexts()
    rows = [_row(kept.named(name), kept.current) for name in kept.names()]
    if not rows:
        _tell(settings, "no contexts yet: doboto auth init makes one", "note")
    print_result(rows, None, settings)


def _row(context: Named, current: str | None) -> dict[str, Any]:
    return {
        "name": context.name, "current": context.name == current, "source": context.source, "url": context.url,
    }  # fmt: skip


def _switch(ctx: click.Context, name: str, **params: Any) -> None:
    settings = (ctx.find_object(Settings) or Settings()).with_params(params)
    from ..accounts.contexts import Contexts

    _warn_if_exposed(settings)
    found = Contexts().switch(name)
    _tell(settings, f"{found.name} is the current context", "note")


def _tell(settings: Settings, text: str, event: str) -> None:
    from ..output.progress import Reporter

    if not settings.quiet:
        Reporter(settings).line(text, event=event)


def _remove(ctx: click.Context, name: str, *, yes: bool, **params: Any) -> None:
    settings = (ctx.find_object(Settings) or Settings()).with_params(params)
    from ..accounts.contexts import Contexts

    contexts = Contexts()
    contexts.named(name)
    if not yes and not sys.stdin.isatty():
        raise Failure(f"auth remove {name}: say --yes where there is no terminal to ask on", REFUSED.code)
    if not yes and not click.confirm(f"Forget the context {name} and its token?", err=True):
        raise Failure("auth remove: not done", REFUSED.code)
    was_current = contexts.current == name
    if trouble := contexts.remove(name):
        _tell(settings, f"doboto: warning: the keyring may still have the token of {name}: {trouble}", "warning")
    rest = f"{contexts.current} is the current context" if contexts.current else "no context is the current one"
    _tell(settings, f"{name} is forgotten{f'; {rest}' if was_current else ''}", "note")


def _warn_if_exposed(settings: Settings) -> None:
    from ..accounts.contexts import exposed

    if trouble := exposed():
        _tell(settings, f"doboto: warning: {trouble}", "warning")


command = Group("auth", help="Keep tokens by name, and choose among them.", context_settings=dict(CONTEXT))
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
        callback=click.pass_context(_switch),
        params=[Argument(["name"], text="The context's name.", shell_complete=complete_context), *common()],
    )
)
command.add_command(
    Described(
        "remove",
        help="Forget a context and its token, in the file and in the keyring. The token itself stays valid.",
        callback=click.pass_context(_remove),
        params=[
            Argument(["name"], text="The context's name.", shell_complete=complete_context),
            Option(["--yes", "-y"], is_flag=True, help="Do not ask."),
            *common(),
        ],
    )
)
