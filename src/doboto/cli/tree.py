"""The tree of commands: resources with their operations, and commands written by hand; each made when asked for.

`doboto help`, which walks the tree, is here too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .. import __version__
from .command import CONTEXT, SECTIONS, Described, Group, OperationCommand, naming_command, write_section
from .schema import catalog
from .settings import Argument, CliSettings, Option, common, of_environment

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ..catalog import Resource


class HandwrittenCommand(NamedTuple):
    """A command that is written by hand.

    Attributes:
        summary: What its group's help says of it.
        load: Makes it.
    """

    summary: str
    load: Callable[[], click.Command]


def _load(module: str, name: str = "command") -> click.Command:
    found: click.Command = getattr(importlib.import_module(f".commands.{module}", __package__), name)
    return found


def _load_help() -> click.Command:
    return help_command


WRITTEN: Mapping[str, HandwrittenCommand] = {
    "auth": HandwrittenCommand("Keep tokens by name, and choose among them.", partial(_load, "auth")),
    "completion": HandwrittenCommand("Print what makes a shell complete these commands.", partial(_load, "completion")),
    "help": HandwrittenCommand("Show the help of a command: doboto help droplet create.", _load_help),
    "sim": HandwrittenCommand(
        "Serve a simulated DigitalOcean to others, or reset the one of --sim.", partial(_load, "sim")
    ),
    "watch": HandwrittenCommand("Watch the account's Droplets and running actions.", partial(_load, "watch")),
}
BESIDE: Mapping[str, Mapping[str, HandwrittenCommand]] = {
    "account": {
        "cost": HandwrittenCommand("Sum up what the account's resources cost in a month.", partial(_load, "cost"))
    },
    "droplet": {
        "ssh": HandwrittenCommand("Log in to a Droplet with the system's ssh.", partial(_load, "ssh")),
        "wait": HandwrittenCommand(
            "Wait until Droplets are ready and no action is running on them.", partial(_load, "droplet", "wait_command")
        ),
        "tag": HandwrittenCommand("Put a tag on Droplets.", partial(_load, "droplet", "tag_command")),
        "untag": HandwrittenCommand("Take a tag off Droplets.", partial(_load, "droplet", "untag_command")),
    },
}
#: No commands of the outermost level, but what is looked for there.
ELSEWHERE = ("--version", "auth init", "account info", "droplet ssh", "droplet wait")

HELP = """DigitalOcean from the command line.

doboto RESOURCE OPERATION does what the Python library does by the same name. With --sim, or DOBOTO_SIM=1, it does it to
a simulated account on this machine: no token, no money."""


class LazyGroup(Group):
    """A group that knows what its commands are about before it loads any."""

    def summaries(self) -> Mapping[str, Mapping[str, str]]:
        """By section of the help, the commands' names and what they do."""
        raise NotImplementedError

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return [name for section in self.summaries().values() for name in section]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands, section by section."""
        for section, commands in self.summaries().items():
            write_section(formatter, section, commands.items())


class ResourceGroup(LazyGroup):
    """The operations of a resource.

    Args:
        resource: The resource.
        written: Commands that stand beside them.
    """

    def __init__(self, resource: Resource, written: Mapping[str, HandwrittenCommand]) -> None:
        help = catalog.sentence(resource.summary)
        super().__init__(catalog.hyphenate(resource.name), help=help, context_settings=dict(CONTEXT))
        self._resource = resource.name
        self._written = written

    def summaries(self) -> Mapping[str, Mapping[str, str]]:
        """Return the operations, and what is written beside them."""
        from .schema.help_text import summary_of  # few commands show it

        found = catalog.commands(self._resource).items()
        operations = {name: summary_of(one) for name, one in found if name not in self._written}
        beside = {name: one.summary for name, one in self._written.items()}
        return {"Operations": operations, **({"Also": beside} if beside else {})}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of a name, or None."""
        if cmd_name in self._written:
            return self._written[cmd_name].load()
        operation = catalog.commands(self._resource).get(cmd_name)
        return None if operation is None else OperationCommand(operation, _complete_with)


def _complete_with(operation: catalog.CliOperation, name: str) -> Callable[..., Any]:
    """Return what completes a parameter's values; it is loaded when the shell asks."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        from .commands.completion import completer

        found = completer(operation, name) or param.type.shell_complete
        return found(ctx, param, incomplete)

    return complete


class Root(LazyGroup):
    """All commands."""

    def summaries(self) -> Mapping[str, Mapping[str, str]]:
        """Resources and commands."""
        return {
            "Resources": {catalog.hyphenate(name): text for name, text in catalog.resources().items()},
            "Commands": {name: one.summary for name, one in WRITTEN.items()},
        }

    def complete_context(self, incomplete: str) -> list[CompletionItem[str]]:
        """Return names of contexts, for the shell to complete."""
        from click.shell_completion import CompletionItem

        from .accounts.contexts import Contexts

        try:
            return [CompletionItem(name) for name in Contexts().names() if name.startswith(incomplete)]
        except Exception:  # a completion that fails must not write into the line being typed
            return []

    def list_suggested(self, ctx: click.Context) -> list[str]:
        """List all commands, and those that are sought here but are elsewhere."""
        return [*super().list_suggested(ctx), *ELSEWHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of a name, or None."""
        if cmd_name in WRITTEN:
            return WRITTEN[cmd_name].load()
        found = catalog.find_resource(cmd_name)
        return None if found is None else ResourceGroup(found, BESIDE.get(found.name, {}))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write commands first, options after them."""
        self.format_commands(ctx, formatter)
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        for section in SECTIONS:
            own = [one for one in options if getattr(one, "section", "Options") == section]
            write_section(formatter, section, (one.get_help_record(ctx) for one in own))


# -- doboto help


def _help(ctx: click.Context, words: Sequence[str]) -> None:
    found = _find_command(ctx, words)
    click.echo(found.get_help(), color=ctx.color)


def _find_command(ctx: click.Context, words: Sequence[str]) -> click.Context:
    """Return the context of a command, inside those of its groups."""
    context = ctx.find_root()
    for word in words:
        if not isinstance(context.command, click.Group):
            ctx.fail(f"{context.command_path} has no commands below it, so no {word!r}")
        _, command, _ = context.command.resolve_command(context, [word])
        if command is None:
            ctx.fail(f"no such command {word!r}")
        context = command.make_context(word, [], parent=context, resilient_parsing=True)
    return context


def _complete_commands(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return names of commands below those that are given already."""
    from click.shell_completion import CompletionItem

    try:
        context = _find_command(ctx, ctx.params.get("words") or ())
    except click.UsageError:
        return []
    below = context.command.list_commands(context) if isinstance(context.command, click.Group) else []
    return [CompletionItem(name) for name in below if name.startswith(incomplete)]


help_command: click.Command = Described(
    "help",
    help="Show the help of a command.",
    callback=click.pass_context(_help),
    context_settings=dict(CONTEXT),
    params=[
        Argument(
            ["words"],
            nargs=-1,
            metavar="[COMMAND]...",
            text="The command: droplet create.",
            shell_complete=_complete_commands,
        )
    ],
)


# -- the outermost command


def _start(ctx: click.Context, **params: object) -> None:
    with naming_command(ctx):
        ctx.obj = CliSettings().with_params(dict(params), of_environment(ctx))


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"doboto {__version__}")
        ctx.exit()


root = Root(
    "doboto",
    help=HELP,
    callback=click.pass_context(_start),
    context_settings=dict(CONTEXT),
    params=[
        Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            help="Print the version.",
            callback=_version,
        ),
        *common(environment=True),
    ],
)
