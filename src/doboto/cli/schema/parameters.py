"""An operation's parameters as arguments and options, made from its signature, types and docstring."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import click

from ...errors import ArgumentError, DOBOTOException
from ..errors import USAGE, Failure, line_of
from ..settings import SECONDS, Argument, Option
from .catalog import (
    BACKUP,
    CliOperation,
    choices,
    hyphenate,
    naming_of,
    source_of,
    takes_droplet,
    takes_slug,
    target_of,
)
from .values import MOMENT, Choice, IdOrSlug, Names, OpenChoice, Several, Structure, Structures, type_of

if TYPE_CHECKING:
    from .help_text import Field

#: Gives a callback that completes values of an operation's parameter in the shell, or None.
Completer: TypeAlias = Callable[[CliOperation, str], Any]
#: Given by the command line itself.
INTERNAL = frozenset({"progress"})
WAITING = frozenset({"wait", "poll", "timeout", "ready_port"})
#: Times that are waited.
PAUSES = frozenset({"poll", "timeout"})
#: Points in time, with what they are unless given.
MOMENTS: Mapping[tuple[str, str], str] = {("monitoring", "start"): "-1h", ("monitoring", "end"): "now"}
#: Shorter names that options have besides their own.
SHORT: Mapping[str, tuple[str, ...]] = {
    "tag_name": ("--tag",), "tags": ("--tag",), "size_gigabytes": ("--size",), "snapshot_name": ("--name",),
    "project_id": ("--project",),
}  # fmt: skip
#: Attributes that the API requires and that the command line fills in, each with what it is then, in words.
FILLED_IN: Mapping[tuple[str, str], Mapping[str, str | None]] = {
    ("monitoring", "alert_create"): {
        "type": "v1/insights/droplet/cpu", "compare": "GreaterThan", "value": "80, where it is percent",
        "window": "5m", "description": "one made from the rest", "entities": "none", "tags": "none, for all Droplets",
        "enabled": "true", "alerts": None,
    },
}  # fmt: skip
#: Attributes that are an argument, for there is nothing else to name what is to be made.
NAMES = ("names", "name")
#: Operations whose request replaces everything: the API resets what it leaves out.
REPLACING = frozenset({
    ("firewall", "update"), ("load_balancer", "update"), ("autoscale", "update"), ("nat_gateway", "update"),
    ("monitoring", "alert_update"),
})  # fmt: skip
NOTHING: Mapping[str, str | None] = {}
#: Letters of choices that stand beside an option in its help; more stand in its text, where lines are wrapped.
LONG = 40
#: And of choices that stand there; of metrics there are more than forty, most as long as a line.
LISTED = 200


class Parameter(NamedTuple):
    """One parameter of an operation as the command line has it.

    Attributes:
        name: Its name in Python.
        hint: Its type.
        explain: Returns what it means; few commands show it.
        required: Whether it must be given.
        default: What holds if it is not given, or None.
        attribute: Whether it is one of the attributes of what is to be made.
        inside: Whether it goes into the dict `attribs`, which such an operation takes in no other way.
        nullable: Whether None is given for it where the command line gives nothing.
    """

    name: str
    hint: Any
    explain: Callable[[], str]
    required: bool
    default: Any = None
    attribute: bool = False
    inside: bool = False
    nullable: bool = False

    @property
    def key(self) -> str:
        """What it is called among the command's parameters: an attribute may have the name of a parameter."""
        return f"attribs_{self.name}" if self.inside else self.name


def parameters(operation: CliOperation) -> list[Parameter]:
    """Return all parameters of an operation."""
    own = [one for one in operation.parameters if one.name not in INTERNAL]
    found = [
        _make_parameter(operation, one) for one in own if one.kind is not one.VAR_KEYWORD and one.name != "attribs"
    ]
    names = {one.name for one in found}
    return [*(one for one in attributes(operation) if one.inside or one.name not in names), *found]


def _make_parameter(operation: CliOperation, one: inspect.Parameter) -> Parameter:
    required = one.default is one.empty
    hint = operation.hints[one.name]
    nullable = required and type(None) in typing.get_args(hint)
    return Parameter(
        one.name,
        hint,
        partial(_explain, operation, one.name),
        required and not nullable,
        None if required else one.default,
        nullable=nullable,
    )


def _explain(operation: CliOperation, name: str) -> str:
    from .help_text import docstring_of

    return docstring_of(operation).args.get(name, "")


def attributes(operation: CliOperation) -> list[Parameter]:
    """Return the attributes of a create: the fields of the TypedDicts that its signatures unpack."""
    signatures = operation.overloads or [operation.hints]
    variants = [found for hints in signatures if (found := _attributes_in(hints)) is not None]
    plain = {one.name for one in operation.parameters if one.kind is not one.VAR_KEYWORD}
    shared = any(plain & typing.get_type_hints(variant).keys() for variant in variants)
    inside = shared or not any(one.kind is one.VAR_KEYWORD for one in operation.parameters)
    fields: dict[str, list[Field]] = {}
    for variant in variants:
        from .help_text import fields_of  # most operations have none

        for field in fields_of(variant):
            fields.setdefault(field.name, []).append(field)
    needed = {name for name, same in fields.items() if len(same) == len(variants) and all(one.required for one in same)}
    filled_in = FILLED_IN.get((operation.resource, operation.name), NOTHING)
    needed = set[str]() if replaces(operation) else needed - filled_in.keys()  # what is not given stays as it is
    return [
        Parameter(
            name,
            same[0].hint,
            partial(getattr, same[0], "help"),
            name in needed,
            filled_in.get(name),
            attribute=True,
            inside=inside,
        )
        for name, same in fields.items()
    ]


def replaces(operation: CliOperation) -> bool:
    """Whether an operation's request replaces a whole configuration."""
    return (operation.resource, operation.name) in REPLACING


def _attributes_in(hints: Mapping[str, Any]) -> Any:
    """Return the TypedDict of all attributes in a signature: of `attribs`, or else of its keyword arguments."""
    if "attribs" in hints:
        return next((one for one in choices(hints["attribs"]) if typing.is_typeddict(one)), None)
    unpacked = hints.get("attributes")
    return typing.get_args(unpacked)[0] if typing.get_origin(unpacked) is typing.Unpack else None


def takes_name(operation: CliOperation, one: Parameter) -> bool:
    """Whether a parameter takes the name of a resource as well as its id."""
    by_name = takes_droplet(operation, one.name) or (operation.resource, operation.name, one.name) == BACKUP
    return by_name or (not one.inside and naming_of(operation, one.name) is not None)


def argument_of(found: Sequence[Parameter]) -> Parameter | None:
    """Return the parameter given as an argument, which names the resource; all others are options."""
    by_name = {one.name: one for one in found if not one.inside}
    if "id" in by_name:
        return by_name["id"]
    if named := next((by_name[name] for name in NAMES if name in by_name and by_name[name].attribute), None):
        return named
    first = next((one for one in by_name.values() if one.required or (one.default is not None and one.attribute)), None)
    return first if first is not None and not isinstance(type_of(first.hint)[0], Structure | Structures) else None


def make_parameters(operation: CliOperation, completer: Completer) -> list[click.Parameter]:
    """Make the operation's arguments and options, those first that must be given.

    Args:
        operation: The operation.
        completer: Gives what completes a parameter's values in the shell.
    """
    found = sorted(parameters(operation), key=lambda one: not one.required)
    argument = argument_of(found)
    flags = {one.name: f"--{hyphenate(one.name)}" for one in found if one is not argument}
    _refuse_clashes(operation, [one for one in found if one is not argument])
    result: list[click.Parameter] = []
    if argument is not None:
        result.append(_argument(operation, argument, flags, completer))
    skipped = set(NAMES) if argument is not None and argument.name == "names" else set[str]()
    result += [
        _option(operation, one, flags, completer) for one in found if one is not argument and one.name not in skipped
    ]
    return result


def _refuse_clashes(operation: CliOperation, options: Sequence[Parameter]) -> None:
    names = [one.name for one in options]
    if len(set(names)) < len(names):
        raise TypeError(f"{operation.resource} {operation.name} has a parameter and an attribute of the same name")


def _argument(operation: CliOperation, one: Parameter, flags: Mapping[str, str], completer: Completer) -> Argument:
    type, several = type_of(one.hint, one.name)
    if takes_droplet(operation, one.name):
        type = click.STRING
    elif takes_name(operation, one):
        type = _by_name(type)
    metavar = _name_metavar(operation, one) or ("NAME" if one.name == "names" else one.name.upper())
    several = several or one.name == target_of(operation)
    kind = partial(Names, source=partial(source_of, operation, one.name)) if several else Argument
    return kind(
        [one.name],
        type=type.each if isinstance(type, Several) else type,
        nargs=-1 if several else 1,
        required=one.required and not (several and one.attribute),
        metavar=f"{metavar if one.required else f'[{metavar}]'}{'...' * several}",
        text=partial(_help_text, operation, one, flags, type),
        shell_complete=completer(operation, one.name),
    )


def _option(operation: CliOperation, one: Parameter, flags: Mapping[str, str], completer: Completer) -> Option:
    type, several = type_of(one.hint, one.name)
    if one.attribute and isinstance(type, Choice):
        type = OpenChoice(type.choices)
    if takes_droplet(operation, one.name):
        type = Several(click.STRING) if several else click.STRING
    elif takes_name(operation, one):
        type = Several(_by_name(type)) if several else _by_name(type)
    elif one.name in PAUSES:
        type = SECONDS
    elif one.name == "record_id":
        type = IdOrSlug()
    elif (operation.resource, one.name) in MOMENTS:
        type = MOMENT
    declared = [*SHORT.get(one.name, ()), flags[one.name], one.key]
    metavar = metavar_of(operation, one, type)
    more: dict[str, Any] = {"type": type, "multiple": several, "metavar": metavar}
    if type is click.BOOL:
        more = {"is_flag": True, "default": None}
        declared[-2] = f"{flags[one.name]}/--no-{hyphenate(one.name)}"
    if type is MOMENT:
        more |= {"default": MOMENTS[operation.resource, one.name], "show_default": True}
    return Option(
        declared,
        help=partial(_help_text, operation, one, flags, type if metavar else None),
        required=one.required and "default" not in more,
        section="Waiting" if one.name in WAITING else "Options",
        shell_complete=completer(operation, one.name),
        **more,
    )


def _by_name(type: click.ParamType[Any]) -> click.ParamType[Any]:
    """Return the type of an id that may be a name: numbers stay numbers."""
    each = type.each if isinstance(type, Several) else type
    return IdOrSlug() if each is click.INT else each


def _name_metavar(operation: CliOperation, one: Parameter) -> str | None:
    """Return the metavar of a parameter that takes ids or names, else None."""
    if takes_droplet(operation, one.name):
        return "DROPLET"
    if takes_slug(operation, one.name):
        return "ID|SLUG|NAME"
    return "ID|NAME" if takes_name(operation, one) else None


def metavar_of(operation: CliOperation, one: Parameter, type: click.ParamType[Any]) -> str | None:
    """Return the metavar of an option."""
    if named := _name_metavar(operation, one):
        return named
    if isinstance(type, click.Choice):
        return one.name.upper() if len("|".join(type.choices)) > LONG else None
    return str(type.name).upper()


def _help_text(
    operation: CliOperation, one: Parameter, flags: Mapping[str, str], type: click.ParamType[Any] | None
) -> str:
    """Return the help text of an argument or option, with its choices if the type has any."""
    return text_of(operation, one, flags) + _choices(type, one.explain())


def _choices(type: click.ParamType[Any] | None, text: str) -> str:
    """Return a sentence with the choices, if neither the metavar nor the text has them."""
    if not isinstance(type, click.Choice) or all(choice in text for choice in type.choices):
        return ""
    listed = ", ".join(type.choices)
    return f" One of {listed}." if len(listed) <= LISTED else f" One of {len(type.choices)}, which the shell completes."


def text_of(operation: CliOperation, one: Parameter, flags: Mapping[str, str]) -> str:
    """Return the help text of a parameter, with other parameters named as options."""
    from .help_text import HelpText  # few commands show it

    text = HelpText(operation, flags).text(one.explain())
    if takes_name(operation, one):
        first, stop, rest = text.partition(". ")
        text = f"{first.rstrip('.')}, or {'their names' if type_of(one.hint)[1] else 'its name'}.{stop[1:]}{rest}"
    elif takes_slug(operation, one.name):
        text = f"{text} One of your own by its name, too."
    if isinstance(type_of(one.hint)[0], Structures):
        text = f"{text} As key=value, as JSON, one or a list, or as @FILE; may be given several times."
    if one.default not in (None, False) and "Default" not in text:
        text = f"{text} Default: {one.default}."
    return text


def values_of(params: Mapping[str, Any], command: Sequence[click.Parameter]) -> dict[str, Any]:
    """Return the given values as an operation takes them, with one list for a repeated option."""
    return dict(_values(params, command))


def _values(params: Mapping[str, Any], command: Sequence[click.Parameter]) -> Iterator[tuple[str, Any]]:
    for one in command:
        value = params.get(one.name or "")
        if value is None or value == ():
            continue
        if isinstance(one, click.Option) and one.multiple:
            value = [item for part in value for item in (part if isinstance(one.type, Several) else [part])]
        yield one.name or "", list[Any](value) if one.nargs == -1 else value


def assemble(operation: CliOperation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Assemble the arguments of a call: attributes in their dict, None for nullable parameters not given."""
    found = parameters(operation)
    inside = {one.key: one.name for one in found if one.inside}
    call: dict[str, Any] = {one.name: None for one in found if one.nullable}
    call |= {name: value for name, value in values.items() if name not in inside}
    if inside:
        call["attribs"] = {inside[key]: value for key, value in values.items() if key in inside}
    return call


@contextmanager
def as_usage(operation: CliOperation) -> Generator[None, None, None]:
    """Report the library's errors about arguments as wrong usage, with an operation's options for its parameters.

    Raises:
        Failure: It has found something.
    """
    try:
        yield
    except (ValueError, TypeError) as wrong:
        if isinstance(wrong, DOBOTOException):
            raise
        text = describe_argument_error(operation, wrong) if isinstance(wrong, ArgumentError) else line_of(wrong)
        raise Failure(text, USAGE.code) from wrong


def describe_argument_error(operation: CliOperation, error: ArgumentError) -> str:
    """Return the message of an error about arguments of an operation, with its options for parameters."""
    from .help_text import help_text_of  # only for an error

    return help_text_of(operation, make_parameters(operation, lambda _operation, _name: None)).error(error)
