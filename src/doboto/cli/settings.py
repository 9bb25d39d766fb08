"""Options that every command has, and what was chosen by them."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import click
from click.core import ParameterSource

from .errors import Failure

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: Key, in a command's context, of warnings of values that this version does not know.
UNKNOWN = "doboto.unknown"
FORMATS = ("table", "json", "jsonl", "csv", "yaml")
#: What begins the names of these options' parameters, so that no operation's parameter meets them.
OURS = "our_"
#: The environment's name for the file of the simulated account, where it is not the usual one.
STATE = "DOBOTO_SIM_STATE"
#: Options that name an account each in their own way, so that two of them are one too many.
CONTRADICTING = (("sim", "context"), ("sim", "url"), ("token", "context"))

#: Options, each with what of the environment it overrides: a context has a URL of its own.
OVERRIDING = (
    ("context", "sim"), ("token", "sim"), ("url", "sim"), ("context", "url"), ("token", "context"),
)  # fmt: skip


#: A text of the help, or what returns it.
Text: TypeAlias = str | Callable[[], str]


class Option(click.Option):
    """An option that stands in a section of the help.

    Args:
        args: What any option takes.
        section: The section.
        help: Its text, or what returns that: few commands show it.
        kwargs: What any option takes.
    """

    def __init__(self, *args: Any, section: str = "Options", help: Text | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section
        self._text = help

    @property
    def help(self) -> str | None:
        """Its text, which may name other options."""
        return self._text() if callable(self._text) else self._text

    @help.setter
    def help(self, text: str | None) -> None:  # pyright: ignore[reportIncompatibleVariableOverride] - click sets it
        self._text = text

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """Read the value from the environment; where it is wrong, name the variable and not the option.

        Raises:
            Failure: The value is wrong.
        """
        value = super().value_from_envvar(ctx)
        if value is None or ctx.resilient_parsing:
            return value
        try:
            self.type_cast_value(ctx, value)
        except click.BadParameter:
            names = [self.envvar] if isinstance(self.envvar, str) else list(self.envvar or ())
            name = next((one for one in names if os.environ.get(one)), "")
            allowed = "1 or 0" if self.is_flag else ", ".join(getattr(self.type, "choices", ()))
            raise Failure(f"{name} is {value!r}; set it to {allowed}", 2) from None
        return value


class Argument(click.Argument):
    """An argument with a text in the help, or what returns that."""

    def __init__(self, *args: Any, text: Text = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._text = text

    @property
    def text(self) -> str:
        """Its text, which may name options."""
        return self._text() if callable(self._text) else self._text

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Return the argument's entry in the help."""
        return (self.make_metavar(ctx), self.text)


class Seconds(click.ParamType[float]):
    """A time that can be waited for: the library takes no other.

    Args:
        positive: Whether it must be more than 0.
    """

    name = "float"

    def __init__(self, *, positive: bool = False) -> None:
        self._positive = positive

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number."""
        found = float(click.FLOAT.convert(value, param, ctx))
        if not math.isfinite(found) or found < 0:
            self.fail(f"{value!r} is no number of seconds", param, ctx)
        if self._positive and not found:
            self.fail("it must be more than 0 seconds", param, ctx)
        return found


SECONDS = Seconds()


class CliSettings(NamedTuple):
    """Values of the common options.

    Attributes:
        token: The API token; None for that of the environment or the context.
        context: The name of the context to use.
        url: The API's base URL.
        sim: Whether to use the simulated account.
        output: The format; None for a table.
        columns: Which columns, each a name or a JMESPath expression.
        no_header: Whether to leave out the line of headings.
        csv_escape: Whether to keep spreadsheets from running cells of CSV as formulas.
        query: A JMESPath expression on the result.
        quiet: Whether to suppress progress output.
        debug: Whether to show tracebacks and the client's log.
        timeout: Maximum seconds for the whole command, questions excluded; None for the library's limits.
        retries: How often a request that failed is sent again at most; None for the library's default.
        flags: Which of these are options of the command line, and not of the environment.
    """

    token: str | None = None
    context: str | None = None
    url: str | None = None
    sim: bool | None = None
    output: str | None = None
    columns: str | None = None
    no_header: bool | None = None
    csv_escape: bool | None = None
    query: str | None = None
    quiet: bool | None = None
    debug: bool | None = None
    timeout: float | None = None
    retries: int | None = None
    flags: frozenset[str] = frozenset()

    @property
    def machine(self) -> bool:
        """Whether a program reads what is printed."""
        return self.output in {"json", "jsonl"}

    def with_params(self, params: dict[str, Any], environment: frozenset[str] = frozenset()) -> CliSettings:
        """Override these settings by a command's own options, and remove those from `params`.

        Args:
            params: The command's parameters.
            environment: Which of them the environment gave.

        Raises:
            Failure: Two options contradict each other.
        """
        names = [name for name in self._fields if name != "flags"]
        found = {name: params.pop(f"{OURS}{name}", None) for name in names}
        given = {name: value for name, value in found.items() if value is not None}
        return resolve(self._replace(**given, flags=self.flags | (given.keys() - environment)))


def resolve(found: CliSettings) -> CliSettings:
    """Let options override the environment where both name an account.

    Raises:
        Failure: Two options contradict each other.
    """
    for names in CONTRADICTING:
        if found.flags.issuperset(names) and all(getattr(found, name) for name in names):
            raise Failure(f"give either --{names[0]} or --{names[1]}, not both", 2)
    for option, overridden in OVERRIDING:
        if option in found.flags and overridden not in found.flags:
            nothing: dict[str, Any] = {overridden: None}
            found = found._replace(**nothing)
    return found


def of_environment(ctx: click.Context) -> frozenset[str]:
    """Return which of the common options the environment gave."""
    return frozenset(
        name for name in CliSettings._fields if ctx.get_parameter_source(f"{OURS}{name}") is ParameterSource.ENVIRONMENT
    )


def settings_of(ctx: click.Context) -> CliSettings:
    """Return the settings from the options so far: where a shell completes, no command has kept them in the context."""
    settings = CliSettings()
    chain: list[click.Context] = []
    above: click.Context | None = ctx
    while above is not None:
        chain.insert(0, above)
        above = above.parent
    for each in chain:
        settings = settings.with_params(dict(each.params), of_environment(each))
    return settings


def complete_context(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Complete names of contexts in the shell; the outermost command, which is above all folders, knows them."""
    complete: Callable[[str], list[CompletionItem[str]]] = getattr(ctx.find_root().command, "complete_context")  # noqa: B009 - typed as a command
    return complete(incomplete)


def complete_columns(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Complete names of columns in the shell; the command of an operation knows those of its result."""
    complete: Callable[[str], list[CompletionItem[str]]] | None = getattr(ctx.command, "complete_columns", None)
    return [] if complete is None else complete(incomplete)


#: Name, flags, section, text, and further arguments for click.
COMMON: Sequence[tuple[str, tuple[str, ...], str, str, Mapping[str, Any]]] = (
    ("output", ("--output", "-o"), "Output", "How the result is printed. Default: a table.",
     {"type": click.Choice(FORMATS), "envvar": "DOBOTO_OUTPUT"}),
    ("columns", ("--columns",), "Output",
     "The columns of a table or CSV, names or JMESPath, between commas; of what --query gives, where both are given.",
     {"metavar": "A,B.C", "shell_complete": complete_columns}),
    ("no_header", ("--no-header",), "Output", "Leave out the line of headings.", {"is_flag": True}),
    ("csv_escape", ("--csv-escape",), "Output",
     "Put an apostrophe before cells of CSV that a spreadsheet would run as a formula (= + - @).",
     {"is_flag": True, "envvar": "DOBOTO_CSV_ESCAPE"}),
    ("query", ("--query",), "Output", "A JMESPath expression; its result is printed.", {"metavar": "JMESPATH"}),
    ("quiet", ("--quiet", "-q"), "Output", "Suppress progress output; errors are still shown.", {"is_flag": True}),
    ("debug", ("--debug",), "Output",
     "Log every request on standard error, without its secrets; show where an internal error was.", {"is_flag": True}),
    ("timeout", ("--timeout",), "Requests",
     "Maximum seconds for the whole command, names that are looked up and retries included.",
     {"metavar": "SECONDS", "type": Seconds(positive=True)}),
    ("retries", ("--retries",), "Requests",
     "How often a request that failed is sent again at most; 0 for never. Default: 5.",
     {"metavar": "N", "type": click.IntRange(0, 100)}),
    ("token", ("--token",), "Account", "The API token. Default: DIGITALOCEAN_TOKEN, then the context's.",
     {"metavar": "TEXT"}),
    ("context", ("--context",), "Account", "The context to use; see `doboto auth`.",
     {"metavar": "NAME", "envvar": ["DOBOTO_CONTEXT", "DIGITALOCEAN_CONTEXT"], "shell_complete": complete_context}),
    ("url", ("--url",), "Account", "The API's base URL.", {"metavar": "URL", "envvar": "DOBOTO_URL"}),
    ("sim", ("--sim/--no-sim",), "Account", "Use a simulated account, kept on this machine. No token is needed.",
     {"envvar": "DOBOTO_SIM"}),
)  # fmt: skip


def common(taken: frozenset[str] = frozenset(), *, environment: bool = False) -> list[click.Parameter]:
    """Return the common options, but for those whose flags a command has taken for its own.

    Only the outermost command reads the environment: what is written on the command line comes before it, wherever.
    """
    return [
        _option(name, flags, section, text, more, environment)
        for name, flags, section, text, more in COMMON
        if not taken & {part for flag in flags for part in flag.split("/")}
    ]


def _option(
    name: str, flags: tuple[str, ...], section: str, text: str, more: Mapping[str, Any], environment: bool
) -> Option:
    given = dict(more)
    if variable := given.pop("envvar", None):
        names = variable if isinstance(variable, str) else " or ".join(variable)
        text = f"{text} Environment: {names}."
    return Option(
        [*flags, f"{OURS}{name}"],
        section=section,
        help=text,
        envvar=variable if environment else None,
        **{"default": None, **given},
    )
