"""The tree of commands: resources with their operations, and commands written by hand; each made when asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from .._version import VERSION
from .command import CONTEXT, SECTIONS, Group, OperationCommand, placed, write_section
from .schema import catalog
from .schema.text import summary_of
from .settings import CliSettings, Option, common, of_environment

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


@dataclass(frozen=True, slots=True)
class HandwrittenCommand:
    """A command that is written by hand: where it is, and what its group's help says of it."""

    module: str
    summary: str

    def load(self) -> click.Command:
        """Load the command."""
        found: click.Command = importlib.import_module(f".commands.{self.module}", __package__).command
        return found


WRITTEN: Mapping[str, HandwrittenCommand] = {
    "auth": HandwrittenCommand("auth", "Keep tokens by name, and choose among them."),
    "completion": HandwrittenCommand("completion", "Print what makes a shell complete these commands."),
    "help": HandwrittenCommand("help", "Show the help of a command: doboto help droplet create."),
    "sim": HandwrittenCommand("sim", "Serve a simulated DigitalOcean to others, or reset the one of --sim."),
    "watch": HandwrittenCommand("watch", "Watch the account's Droplets and running actions."),
}
BESIDE: Mapping[str, Mapping[str, HandwrittenCommand]] = {
    "account": {"cost": HandwrittenCommand("cost", "Sum up what the account's resources cost in a month.")},
    "droplet": {
        "ssh": HandwrittenCommand("ssh", "Log in to a Droplet with the system's ssh."),
        "wait": HandwrittenCommand("wait", "Wait until Droplets are ready and no action is running on them."),
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
        name: The client's attribute.
        written: Commands that stand beside them.
    """

    def __init__(self, name: str, written: Mapping[str, HandwrittenCommand]) -> None:
        super().__init__(catalog.hyphenate(name), help=catalog.resources()[name], context_settings=dict(CONTEXT))
        self._resource = name
        self._written = written

    def summaries(self) -> Mapping[str, Mapping[str, str]]:
        """Return the operations, and what is written beside them."""
        found = catalog.operations(self._resource).items()
        operations = {name: summary_of(one) for name, one in found if name not in self._written}
        beside = {name: one.summary for name, one in self._written.items()}
        return {"Operations": operations, **({"Also": beside} if beside else {})}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of a name, or None."""
        if cmd_name in self._written:
            return self._written[cmd_name].load()
        operation = catalog.operations(self._resource).get(cmd_name)
        return None if operation is None else OperationCommand(operation)


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
        name = next((one for one in catalog.resources() if catalog.hyphenate(one) == cmd_name), None)
        return None if name is None else ResourceGroup(name, BESIDE.get(name, {}))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write commands first, options after them."""
        self.format_commands(ctx, formatter)
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        for section in SECTIONS:
            own = [one for one in options if getattr(one, "section", "Options") == section]
            write_section(formatter, section, (one.get_help_record(ctx) for one in own))


def _start(ctx: click.Context, **params: object) -> None:
    with placed(ctx):
        ctx.obj = CliSettings().with_params(dict(params), of_environment(ctx))


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"doboto {VERSION}")
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
