"""Commands that make themselves: a group for each resource, a command for each operation, when they are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from .groups import Group, placed
from .run.confirm import irrevocable
from .schema import catalog
from .schema.catalog import Operation
from .schema.docstrings import Docstring
from .schema.text import spoken, summarised, worded
from .settings import Argument, Option, Settings, common

#: Sections of a command's help, in their order.
SECTIONS = ("Options", "Waiting", "Output", "Account")
CONTEXT: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@dataclass(frozen=True, slots=True)
class Written:
    """A command that is written by hand: where it is, and what its group's help says of it."""

    module: str
    summary: str

    def load(self) -> click.Command:
        """The command itself."""
        found: click.Command = importlib.import_module(f".commands.{self.module}", __package__).command
        return found


class Described(click.Command):
    """A command whose help has its arguments and its options in sections.

    Args:
        name: What it is called.
        prints: What it prints, for its help.
        more: What any command takes.
    """

    def __init__(self, name: str | None, prints: str = "", **more: Any) -> None:
        super().__init__(name, **more)
        self.prints = prints

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        with placed(ctx):
            return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections."""
        arguments = [one for one in self.get_params(ctx) if isinstance(one, Argument)]
        _section(formatter, "Arguments", (one.get_help_record(ctx) for one in arguments))
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        for section in SECTIONS[:2]:
            own = [one for one in options if getattr(one, "section", "Options") == section]
            _section(formatter, section, (one.get_help_record(ctx) for one in own))
        rest = [one.opts[0] for one in options if getattr(one, "section", "Options") in SECTIONS[2:]]
        if rest:
            with formatter.section("Output and account"):
                formatter.write_text(f"{', '.join(rest)}; see doboto --help.")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what comes back."""
        if self.prints:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_dl([("Prints", self.prints)])


def _section(formatter: click.HelpFormatter, name: str, records: Iterable[tuple[str, str] | None]) -> None:
    if rows := [record for record in records if record is not None]:
        with formatter.section(name):
            formatter.write_dl(rows)


class OperationCommand(Described):
    """The command of an operation; its parameters are made when it is looked at."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(operation.command, context_settings=dict(CONTEXT))
        self.operation = operation
        self._made: list[click.Parameter] | None = None

    def own_params(self) -> list[click.Parameter]:
        """The operation's own arguments and options."""
        from .schema.parameters import made

        if self._made is None:
            self._made = made(self.operation)
        return self._made

    @property
    def doc(self) -> Docstring:
        """What the operation's docstring says, in words of the command line."""
        return worded(self.operation, self.own_params())

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """All arguments and options."""
        if not self.params:
            own = [*self.own_params(), *self._beside()]
            taken = frozenset(flag for one in own for flag in (*one.opts, *one.secondary_opts))
            self.params = [*own, *common(taken)]
        return super().get_params(ctx)

    def _beside(self) -> Sequence[click.Parameter]:
        """What the command line adds to an operation."""
        from .run import ordering
        from .run import run as running

        added: list[click.Parameter] = []
        if self.operation.resource == "droplet" and self.operation.name in running.MAKING:
            added += ordering.OPTIONS
        if irrevocable(self.operation):
            added.append(Option(["--yes", "-y", "our_yes"], is_flag=True, default=None, help=self._asking()))
        return added

    def _asking(self) -> str:
        info = self.operation.info
        only = " or ".join(f"--{catalog.spelled(name)}" for name in info.irreversible_with)
        return "Do not ask." if info.irreversible else f"Do not ask; only with {only} is there a question."

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - lines are wrapped, not cut
        """What the group's help says."""
        return summarised(self.operation)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what the docstring says."""
        doc = self.doc
        for paragraph in (doc.summary, *doc.body):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(paragraph)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what comes back, the scopes, and the reference."""
        doc = self.doc
        rows = [(name, text) for name, text in (("Prints", doc.returns), ("Scopes", doc.scopes)) if text]
        formatter.write_paragraph()
        with formatter.indentation():
            if rows:
                formatter.write_dl(rows)
            for link in doc.references:
                formatter.write(f"{'':{formatter.current_indent}}{link}\n")

    def invoke(self, ctx: click.Context) -> None:
        """Run it."""
        from .run.run import run

        with placed(ctx), spoken(self.operation, self.own_params()):
            settings = (ctx.find_object(Settings) or Settings()).with_params(ctx.params)
            run(self.operation, dict(ctx.params), self.own_params(), settings)


class LazyGroup(Group):
    """A group that knows what its commands are about before it loads any."""

    def summaries(self) -> Mapping[str, Mapping[str, str]]:
        """By section of the help, the commands' names and what they do."""
        raise NotImplementedError

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of all commands."""
        return [name for section in self.summaries().values() for name in section]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands, section by section."""
        for section, commands in self.summaries().items():
            _section(formatter, section, commands.items())


class ResourceGroup(LazyGroup):
    """The operations of a resource.

    Args:
        name: The client's attribute.
        written: Commands that stand beside them.
    """

    def __init__(self, name: str, written: Mapping[str, Written]) -> None:
        super().__init__(catalog.spelled(name), help=catalog.resources()[name], context_settings=dict(CONTEXT))
        self._resource = name
        self._written = written

    def summaries(self) -> Mapping[str, Mapping[str, str]]:
        """The operations, and what is written beside them."""
        operations = {name: summarised(one) for name, one in catalog.operations(self._resource).items()}
        beside = {name: one.summary for name, one in self._written.items()}
        return {"Operations": operations, **({"Also": beside} if beside else {})}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """One of them."""
        if cmd_name in self._written:
            return self._written[cmd_name].load()
        operation = catalog.operations(self._resource).get(cmd_name)
        return None if operation is None else OperationCommand(operation)
