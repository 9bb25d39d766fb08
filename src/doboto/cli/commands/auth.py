"""`doboto auth`: keep tokens under names, choose among them, and keep defaults of options with them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from ..._json import is_object
from ...errors import DOBOTOException
from ..command import CONTEXT, Described, Group
from ..errors import REFUSED, UNAUTHORIZED, USAGE, Failure, line_of
from ..settings import Argument, CliSettings, Option, common, complete_context

if TYPE_CHECKING:
    from ..accounts.contexts import ContextInfo, Contexts

#: Seconds for the request that checks a token.
TIMEOUT = 10.0
#: Defaults that one account may have and another not.
OF_ONE_ACCOUNT = frozenset({"image", "ssh-keys"})
YES = Option(["--yes", "-y"], is_flag=True, help="Do not ask.")


def confirm(what: str, question: str, *, yes: bool) -> None:
    """Ask a question on the terminal; only `y` and `yes` are a yes, the end of the input (Ctrl-D) is a no.

    Args:
        what: What the question is about, for the error: `auth remove work`.
        question: The question.
        yes: If true, do not ask.

    Raises:
        Failure: The answer is no, or there is no terminal to ask on.
    """
    from ..output.text import clean

    if yes:
        return
    if not (sys.stdin and sys.stdin.isatty()):
        raise Failure(f"{what}: pass --yes when not running interactively", REFUSED.code)
    click.echo(f"{clean(question)} [y/N] ", nl=False, err=True)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        click.echo(err=True)
    if answer.strip().lower() not in {"y", "yes"}:
        raise Failure(f"{what}: not done", REFUSED.code)


def _init(ctx: click.Context, name: str, *, yes: bool, **params: Any) -> None:
    settings = _settings_of(ctx, params)
    if settings.sim and "sim" in settings.flags:
        raise Failure("the simulated account needs no token; pass --sim to use it", USAGE.code)
    if not name or not name.isprintable():
        raise Failure(f"invalid context name {name!r}: use visible characters", USAGE.code)
    from ...client import API_URL
    from ..accounts.client import check_url, warn
    from ..accounts.contexts import Contexts
    from ..output.progress import Reporter

    check_url(settings)
    kept = Contexts()
    warn(kept.find_exposure(), settings)
    _ask_to_replace(kept, name, yes=yes)
    with Reporter(settings) as reporter:
        if not settings.quiet:
            elsewhere = ", not in the simulated account" if settings.sim else ""
            reporter.line(f"checking the token at {(settings.url or API_URL).rstrip('/')}{elsewhere}", event="note")
        token = settings.token or _read_token()
        account = _check_token(token, settings)
        before = kept.current
        made = kept.put(name, token, settings.url)
        if not settings.quiet:
            reporter.line(_describe(made, account, before), event="kept", name=made.name, source=made.source)


def _ask_to_replace(kept: Contexts, name: str, *, yes: bool) -> None:
    """Ask before the token of a context of ours is replaced; one of doctl's is only shadowed."""
    if name not in kept.names() or (found := kept.info(name)).source == "doctl":
        return
    at = f" at {found.url}" if found.url else ""
    confirm(f"auth init {name}", f"Replace the token of the context {name}{at}?", yes=yes)


def _check_token(token: str, settings: CliSettings) -> Mapping[str, Any] | None:
    """Read the account of a token, once: the user is waiting and can try again.

    Returns:
        The account; None if the token is valid and lacks the scope to read it.
    """
    from ... import Retry
    from ...errors import DOBOTOForbiddenException
    from ..accounts.client import open_client

    try:
        with open_client(settings._replace(token=token, sim=False), retry=Retry.never(), timeout=TIMEOUT) as do:
            account: Any = do.request("GET", "/account")["account"]
    except DOBOTOForbiddenException:
        return None  # a wrong token is 401
    return account if is_object(account) else {}


def _describe(made: ContextInfo, account: Mapping[str, Any] | None, before: str | None) -> str:
    """Say what has become of a token."""
    where = "in the keyring" if made.source == "keyring" else "in a file that only you can read"
    instead = f" instead of {before}" if before not in (None, made.name) else ""
    owner = "" if account is None else f" of {account.get('email', 'the account')}"
    scope = "; it lacks the scope account:read, so its account is unknown" if account is None else ""
    return f"{made.name}: the token{owner} is kept {where}{scope}; {made.name} is the current context{instead}"


def _read_token() -> str:
    """Read the token, typed unseen or from a pipe."""
    if sys.stdin and sys.stdin.isatty():
        try:
            token: str = click.prompt("API token", hide_input=True, err=True)
        except click.Abort as abort:
            if not isinstance(abort.__context__, EOFError):
                raise
            token = ""  # Ctrl-D
    else:
        token = sys.stdin.readline() if sys.stdin else ""
    if not token.strip():
        raise Failure("no token was given", UNAUTHORIZED.code)
    return token.strip()


def _list(ctx: click.Context, **params: Any) -> None:
    settings = _settings_of(ctx, params)
    from ..accounts.client import find_account, warn
    from ..accounts.contexts import Contexts
    from ..output.formats import print_result

    kept = Contexts()
    warn(kept.find_exposure(), settings)
    used = find_account(settings, kept)
    current = used.name if used.source == "context" else None
    rows = [
        {"name": one.name, "current": one.name == current, "source": one.source, "url": one.url}
        for one in map(kept.info, kept.names())
    ]
    if not rows:
        _note(settings, "no contexts yet; create one with: doboto auth init")
    if used.source not in {"context", "none"} or (current != kept.current and current is not None):
        instead = f" instead of context {kept.current}" if kept.current in kept.names() else ""
        _note(settings, f"commands use {used}{instead}")
    print_result(rows, None, settings)


def _switch(ctx: click.Context, name: str, **params: Any) -> None:
    settings = _settings_of(ctx, params)
    from ..accounts.client import find_account, warn
    from ..accounts.contexts import Contexts

    kept = Contexts()
    warn(kept.find_exposure(), settings)
    found = kept.switch(name)
    _note(settings, f"{found.name} is the current context")
    used = find_account(settings, kept)
    if (used.source, used.name) != ("context", name):
        _note(settings, f"commands still use {used}, which comes first")


def _remove(ctx: click.Context, name: str, *, yes: bool, **params: Any) -> None:
    settings = _settings_of(ctx, params)
    from ..accounts.client import warn
    from ..accounts.contexts import Contexts

    kept = Contexts()
    warn(kept.find_exposure(), settings)
    kept.info(name)
    confirm(f"auth remove {name}", f"Remove the context {name} and its token?", yes=yes)
    was_current = kept.current == name
    if problem := kept.remove(name):
        warn(f"the keyring may still have the token of {name}: {problem}", settings)
    rest = "there is no current context"
    if kept.current:
        theirs = "doctl's " if kept.current in kept.names() and kept.info(kept.current).source == "doctl" else ""
        rest = f"{theirs}{kept.current} is the current context"
    _note(settings, f"{name} is removed{f'; {rest}' if was_current else ''}")


def _defaults(ctx: click.Context, values: Sequence[str], **params: Any) -> None:
    settings = _settings_of(ctx, params)
    from ..accounts.client import find_defaults, warn
    from ..accounts.contexts import Contexts, check_defaults, parse_defaults
    from ..output.formats import print_result

    kept = Contexts()
    warn(kept.find_exposure(), settings)
    if not values:
        print_result(find_defaults(settings), None, settings)
        return
    changes = parse_defaults(values)
    name = settings.context if "context" in settings.flags else None
    _check_values({key: value for key, value in changes.items() if value is not None}, settings, of_all=name is None)
    kept.set_defaults(changes, name)
    print_result(check_defaults(kept.defaults if name is None else kept.defaults_of(name)), None, settings)


def _check_values(values: Mapping[str, Any], settings: CliSettings, *, of_all: bool) -> None:
    """Check that defaults exist, as far as a request can be sent; warn of those that could not be checked.

    Args:
        values: The defaults.
        settings: They name the account.
        of_all: Whether they are for all accounts: another one may have the key or the image that this one lacks.

    Raises:
        Failure: One does not exist.
    """
    from ... import Retry
    from ..accounts.client import find_account, open_client, warn
    from ..run.create import default_checks
    from ..run.resolve import explain_missing
    from .ssh import USER

    if (user := values.get("ssh_user")) is not None and not USER.fullmatch(user):
        raise Failure(f"invalid user {user!r}", USAGE.code)
    account = find_account(settings)
    if account.source == "none" or not (checks := default_checks(values)):
        return
    try:
        with open_client(settings, retry=Retry.never()) as do:
            bounded = do.with_options(deadline=TIMEOUT)
            for name, check in checks.items():
                try:
                    with explain_missing(bounded):
                        check(bounded)
                except Failure as failure:
                    if not of_all or name not in OF_ONE_ACCOUNT:
                        raise Failure(line_of(failure), USAGE.code) from failure
                    warn(f"{name} is kept, though not in {account}: {failure}", settings)
    except DOBOTOException as failure:
        warn(f"kept without being checked: {line_of(failure)}", settings)


def _complete_defaults(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    from .completion import complete_default

    return complete_default(ctx, param, incomplete)


def _settings_of(ctx: click.Context, params: dict[str, Any]) -> CliSettings:
    return (ctx.find_object(CliSettings) or CliSettings()).with_params(params)


def _note(settings: CliSettings, text: str) -> None:
    from ..output.progress import Reporter

    if not settings.quiet:
        Reporter(settings).line(text, event="note")


command = Group("auth", help="Keep tokens under names, and choose among them.", context_settings=dict(CONTEXT))
command.add_command(
    Described(
        "init",
        help="Check a token and keep it under a name. It is asked for, or read from standard input.",
        callback=click.pass_context(_init),
        params=[
            Argument(["name"], default="default", metavar="[NAME]", text="The context's name. Default: default."),
            Option(["--yes", "-y"], is_flag=True, help="Do not ask before replacing a token."),
            *common(),
        ],
    )
)
command.add_command(
    Described(
        "list",
        help="List the contexts, doctl's included, and say which account commands use. No token is shown.",
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
        help="Remove a context and its token, from the file and from the keyring. The token itself stays valid.",
        callback=click.pass_context(_remove),
        params=[Argument(["name"], text="The context's name.", shell_complete=complete_context), YES, *common()],
    )
)
command.add_command(
    Described(
        "defaults",
        help="Show or set defaults: region, size, image, ssh-keys, ssh-user. With --context they are that context's, "
        "else those of all accounts; NAME= removes one. What a command line says comes before them.",
        prints="The defaults.",
        callback=click.pass_context(_defaults),
        params=[
            Argument(
                ["values"],
                nargs=-1,
                metavar="[NAME=VALUE]...",
                text="What to set. Default: show what is set.",
                shell_complete=_complete_defaults,
            ),
            *common(),
        ],
    )
)
