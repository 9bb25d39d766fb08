"""The classes of commands: groups that suggest, commands with help in sections, the command of an operation."""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from .._json import is_array
from ..errors import DOBOTOHTTPException
from .errors import NOT_FOUND, REFUSED, USAGE, Failure, describe_error, exit_of, exit_of_interruption
from .output.text import is_terminal
from .report import command_suggestion
from .schema import catalog
from .schema.catalog import CliOperation
from .settings import Argument, CliSettings, Option, common, settings_of

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from .schema.help_text import Docstring
    from .schema.parameters import Completer

#: The variable by which a shell asks for completion.
COMPLETE = "_DOBOTO_COMPLETE"
#: Sections of a command's help, in their order.
SECTIONS = ("Options", "Waiting", "Output", "Requests", "Account")
CONTEXT: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

#: Operations on Droplets, and their options, that the file of contexts may have defaults for.
DEFAULTED = frozenset({"create", "present"})
DEFAULT_KEY = "doboto.defaults"
#: What the arguments of a list are.
PATTERNS = "Only those whose name or slug fits: web-1, 'web-*', 'db-[0-9]'. Quote it, or the shell replaces it."
#: What other tools take as the value of a switch.
ON, OFF = ("true", "yes", "1", "on"), ("false", "no", "0", "off")
#: Errors for which a value may be the reason.
ABOUT_VALUES = (USAGE, NOT_FOUND, REFUSED)
DEFAULT_NAMES = frozenset({"region", "size", "image", "ssh_keys"})


class Helping(click.Command):
    """A command with `--help`. For click's own, Python's `gettext` looks for translations, at each start."""

    _option: click.Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option:
        """Return the option that shows the help."""
        if self._option is None:
            names, text = self.get_help_option_names(ctx), "Show this message and exit."
            self._option = click.Option(
                [*names, "our_help"], is_flag=True, is_eager=True, expose_value=False, help=text, callback=_show_help
            )
        return self._option

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; an error about an option names the command, and says how a switch is turned off."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.BadOptionUsage as wrong:
            hint = _suggest_switch(self.get_params(ctx), wrong.option_name, given)
            text = f"{wrong.message.rstrip('.')}{hint}"
            raise click.BadOptionUsage(wrong.option_name, text, wrong.ctx or ctx) from wrong


def _suggest_switch(params: Iterable[click.Parameter], name: str, given: Sequence[str]) -> str:
    """Return how a switch is turned on or off that was given a value, as other tools take it: `--ipv6=false`."""
    value = next((word.partition("=")[2].lower() for word in given if word.startswith(f"{name}=")), None)
    switch = next((one for one in params if name in (*one.opts, *one.secondary_opts)), None)
    if value not in {*ON, *OFF} or switch is None:
        return ""
    same, other = (switch.opts, switch.secondary_opts) if name in switch.opts else (switch.secondary_opts, switch.opts)
    if value in ON:
        return f"; write {same[0]} alone"
    return f"; write {other[0]}" if other else f"; leave {name} out"


def _show_help(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


class Group(Helping, click.Group):
    """A group that answers a command it does not have with the one that is meant perhaps."""

    def list_suggested(self, ctx: click.Context) -> list[str]:
        """List the names that may be suggested."""
        return self.list_commands(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named; click itself would suggest those alone that are loaded."""
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(f"no such command {name!r}{command_suggestion(name, self.list_suggested(ctx))}")
        return super().resolve_command(ctx, args)


@contextmanager
def naming_command(ctx: click.Context) -> Generator[None, None, None]:
    """Name the command in a failure that is raised inside: wrong usage shows it, and its help.

    Raises:
        Failure: It was interrupted.
    """
    try:
        yield
    except KeyboardInterrupt as interruption:  # click would print an empty line, for programs, too
        if is_terminal(sys.stderr):
            click.echo(err=True)  # below the `^C` that the terminal shows
        raise Failure("interrupted", exit_of_interruption(interruption).code) from interruption
    except Failure as failure:
        failure.where = failure.where or ctx.command_path
        raise


@contextmanager
def _naming_defaults(ctx: click.Context) -> Generator[None, None, None]:
    """Name the values that nobody typed in an error about what was asked for: those of `doboto auth defaults`.

    Raises:
        Failure: It was raised inside, as such or as a refusal by the API.
    """
    try:
        yield
    except (Failure, DOBOTOHTTPException) as failure:
        kept: Mapping[str, Any] = ctx.meta.get(DEFAULT_KEY) or {}
        used = [name for name in kept if ctx.get_parameter_source(name) is ParameterSource.DEFAULT]
        found = exit_of(failure)
        if not used or found not in ABOUT_VALUES:
            raise
        values = ", ".join(f"{catalog.hyphenate(name)} {_format_default(kept[name])}" for name in used)
        described = describe_error(failure, found)
        text = f"{described.pop('message')} (from `doboto auth defaults`: {values})"
        raise Failure(text, found.code, **described) from failure


def _format_default(value: Any) -> str:
    return ",".join(value) if is_array(value) else str(value)


class Described(Helping):
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
        with naming_command(ctx):
            return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections."""
        arguments = [one for one in self.get_params(ctx) if isinstance(one, Argument)]
        write_section(formatter, "Arguments", (one.get_help_record(ctx) for one in arguments))
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        for section in SECTIONS[:2]:
            own = [one for one in options if getattr(one, "section", "Options") == section]
            write_section(formatter, section, (one.get_help_record(ctx) for one in own))
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


def write_section(formatter: click.HelpFormatter, name: str, records: Iterable[tuple[str, str] | None]) -> None:
    """Write a section of a command's help, unless it is empty."""
    if rows := [record for record in records if record is not None]:
        with formatter.section(name):
            formatter.write_dl(rows)


def _complete_values(hint: Any) -> Callable[..., list[str]] | None:
    """Return what completes the values of a member that has a fixed set of them, or None."""
    literals = [one for one in catalog.choices(hint) if typing.get_origin(one) is typing.Literal]
    values = [str(value) for one in literals for value in typing.get_args(one)]
    if not values:
        return None

    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
        return [value for value in values if value.startswith(incomplete)]

    return complete


def _read_default(name: str) -> Any:
    """Read the default of an option from the file of contexts, for the account of the command that is running."""
    from .accounts.client import find_defaults

    ctx = click.get_current_context()
    if ctx.resilient_parsing:
        return None
    if DEFAULT_KEY not in ctx.meta:  # one look at the file for all options
        ctx.meta[DEFAULT_KEY] = find_defaults(settings_of(ctx))
    return ctx.meta[DEFAULT_KEY].get(name)


class OperationCommand(Described):
    """The command of an operation; its parameters are made when it is looked at.

    Args:
        operation: The operation.
        completer: Gives what completes a parameter's values in the shell.
    """

    def __init__(self, operation: CliOperation, completer: Completer = lambda _operation, _name: None) -> None:
        super().__init__(operation.command, context_settings=dict(CONTEXT))
        self.operation = operation
        self._completer = completer
        self._parameters: list[click.Parameter] | None = None

    def own_params(self) -> list[click.Parameter]:
        """Return the operation's own arguments and options."""
        from .schema.parameters import make_parameters

        if self._parameters is None:
            self._parameters = make_parameters(self.operation, self._completer)
            if self.operation.resource == "droplet" and self.operation.name in DEFAULTED:
                for one in self._parameters:
                    if one.name in DEFAULT_NAMES:
                        one.default = partial(_read_default, one.name)
        return self._parameters

    def complete_columns(self, incomplete: str) -> list[CompletionItem[str]]:
        """Return the columns that the last of a list with commas may become, for the shell to complete."""
        from click.shell_completion import CompletionItem

        from .output.columns import COLUMNS

        kind = self.operation.result
        if kind is None:
            return []
        head, comma, last = incomplete.rpartition(",")
        columns = [column.name for column in COLUMNS.get(kind.__name__, ())]
        names = dict.fromkeys([*columns, *typing.get_type_hints(kind)])
        return [CompletionItem(f"{head}{comma}{name}") for name in names if name.startswith(last.lower())]

    @property
    def doc(self) -> Docstring:
        """What the operation's docstring says, in words of the command line."""
        from .schema.help_text import documentation_of  # few commands show it

        return documentation_of(self.operation, self.own_params())

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return all arguments and options."""
        if not self.params:
            own = [*self.own_params(), *self._beside()]
            taken = frozenset(flag for one in own for flag in (*one.opts, *one.secondary_opts))
            self.params = [*own, *common(taken)]
        return super().get_params(ctx)

    def _beside(self) -> Sequence[click.Parameter]:
        """Return what the command line adds to an operation."""
        from .run import run as running
        from .schema.parameters import replaces

        added = self._filters()
        if self.operation.resource == "droplet" and self.operation.name in running.MAKING:
            added += running.OPTIONS
        if (self.operation.resource, self.operation.name) == running.ALERTING:
            added += running.ALERT_OPTIONS
        if replaces(self.operation):
            from .run.confirm import UPDATE_OPTIONS

            added += UPDATE_OPTIONS
        if self.operation.may_ask:
            added.append(Option(["--yes", "-y", "our_yes"], is_flag=True, default=None, help=self._asking()))
        return added

    def _filters(self) -> list[click.Parameter]:
        """Return the patterns and options that a list is filtered by, where its operation has no such parameter."""
        from .output.columns import NAMES, filters_of, time_of
        from .schema.values import MOMENT

        operation, kind = self.operation, self.operation.result
        if not operation.lists or kind is None:
            return []
        members = typing.get_type_hints(kind)
        found: list[click.Parameter] = []
        if not members.keys().isdisjoint(NAMES) and not any(isinstance(one, Argument) for one in self.own_params()):
            found.append(
                Argument(
                    ["our_patterns"],
                    nargs=-1,
                    metavar="[PATTERN]...",
                    text=PATTERNS,
                    shell_complete=self._completer(operation, "id"),
                )
            )
        for name in filters_of(kind):
            if not (operation.takes(name) or operation.takes(f"{name}_name")):
                flag = f"--{catalog.hyphenate(name)}"
                text = f"Only those of this {name.replace('_', ' ')}; several between commas."
                completing = _complete_values(members.get(name)) or self._completer(operation, name)
                found.append(Option([flag, f"our_filter_{name}"], metavar="TEXT", help=text, shell_complete=completing))
        if time_of(kind):
            found += [
                Option([f"--{name}", f"our_{name}"], type=MOMENT, metavar="TIME", help=f"Only those {text}.")
                for name, text in (("after", "begun or created since: -1h, -2d, an ISO 8601 time"),
                                   ("before", "begun or created until then"))
            ]  # fmt: skip
        return found

    def _asking(self) -> str:
        info = self.operation.info
        only = " or ".join(f"--{catalog.hyphenate(name)}" for name in info.irreversible_with)
        return "Do not ask." if info.irreversible else f"Do not ask; only with {only} is there a question."

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - lines are wrapped, not cut
        """Return what the group's help says."""
        from .schema.help_text import summary_of  # few commands show it

        return summary_of(self.operation)

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

        with naming_command(ctx), _naming_defaults(ctx):
            settings = (ctx.find_object(CliSettings) or CliSettings()).with_params(ctx.params)
            run(self.operation, dict(ctx.params), self.own_params(), settings)
