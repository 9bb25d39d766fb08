"""The library's operations, as a task names them: checked and converted by their metadata."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ansible_collections.doboto.droplets.plugins.module_utils.journal import TaskFailure

try:
    from doboto import catalog
except ImportError:  # the module says which library is needed
    catalog = None

#: Parameters that only programs can use: a callback.
PROGRAM_ONLY = ("progress",)
#: The parameter that takes all attributes of a resource as a dict.
ATTRIBS = "attribs"
#: What the names of operations end with that change a list which the resource itself shows.
MEMBERS = ("_add", "_remove")
TRUE, FALSE = ("yes", "on", "true", "1", "y", "t"), ("no", "off", "false", "0", "n", "f")


def operation(name: str) -> Any:
    """The operation of that name, as C(volume.create).

    Raises:
        TaskFailure: There is none.
    """
    resource, _, method = name.partition(".")
    resources = catalog.resources()
    if resource not in resources:
        raise TaskFailure(f"there is no resource {resource!r}{_suggest(resource, resources)}", changed=False)
    operations = resources[resource].operations
    names = [f"{resource}.{one}" for one in operations if one != "each"]
    if method not in operations or method == "each":
        raise TaskFailure(f"there is no operation {name!r}{_suggest(name, names)}", changed=False)
    return operations[method]


def arguments(operation: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call: known to the operation, and of the types that it declares.

    Args:
        operation: The operation.
        given: The arguments of the task; Ansible may have made text of numbers and booleans.

    Raises:
        TaskFailure: One is unknown, missing, or cannot be converted.
    """
    known = declared(operation)
    if unknown := [name for name in given if name not in known]:
        names = ", ".join(known) or "no arguments"
        hint = _suggest(unknown[0], known)
        raise TaskFailure(f"{title(operation)} has no argument {unknown[0]!r}{hint}; it takes {names}", changed=False)
    needed = [
        one.name for one in operation.parameters if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD
    ]
    if missing := [name for name in needed if name not in given and name != ATTRIBS]:
        raise TaskFailure(f"{title(operation)} needs {' and '.join(missing)}", changed=False)
    return {name: convert(f"{title(operation)}: {name}", value, known[name], name) for name, value in given.items()}


def keywords(operation: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of the call: attributes go together where the operation takes them as C(attribs).

    Args:
        operation: The operation.
        arguments: What C(arguments) returned.
    """
    own = {one.name for one in operation.parameters}
    if operation.attributes is None or ATTRIBS not in own:
        return dict(arguments)
    given = {name: value for name, value in arguments.items() if name in own}
    attributes = {name: value for name, value in arguments.items() if name not in own}
    return {**given, ATTRIBS: {**given.get(ATTRIBS, {}), **attributes}}


def title(operation: Any) -> str:
    """An operation's name as a task has it."""
    return f"{operation.resource}.{operation.name}"


def declared(operation: Any) -> dict[str, Any]:
    """The types of an operation's arguments, by name: its parameters and the attributes that it takes.

    An attribute that has the name of a parameter, as the name of a domain's record, is given in C(attribs) only.
    """
    found = {
        one.name: operation.hints.get(one.name, Any)
        for one in operation.parameters
        if one.kind is not one.VAR_KEYWORD and one.name not in PROGRAM_ONLY
    }
    if operation.attributes is None:
        return found
    if ATTRIBS in found:
        found[ATTRIBS] = operation.attributes
    return {**catalog.type_hints(operation.attributes), **found}


def convert(what: str, value: Any, hint: Any, name: str = "") -> Any:
    """A value as an operation declares it: text that Ansible made of a number or a boolean is turned back.

    Args:
        what: The argument, for the failure.
        value: The task's value.
        hint: The declared type.
        name: The name of the argument or member; some are texts that may be given as whole numbers.

    Raises:
        TaskFailure: The text is neither.
    """
    kinds = set(_kinds(hint))
    if name in catalog.DIGITS and value.__class__ is int and str in kinds and int not in kinds:
        return str(value)
    if not isinstance(value, str) or str in kinds or not kinds & {int, float, bool}:
        return _convert_members(what, value, hint, name)
    for kind, read in ((bool, _bool), (int, int), (float, float)):
        if kind in kinds:
            try:
                return read(value)
            except ValueError:
                continue
    raise TaskFailure(
        f"{what} must be {' or '.join(sorted(kind.__name__ for kind in kinds))}, not {value!r}", changed=False
    )


def _convert_members(what: str, value: Any, hint: Any, name: str) -> Any:
    """The members of a list or of a dict, each as its type says."""
    inner = [argument for one in _parts(hint) for argument in typing.get_args(one)]
    if isinstance(value, list) and inner:
        return [convert(what, member, inner[0], name) for member in value]
    if isinstance(value, Mapping) and (known := _members(hint)):
        return {key: convert(f"{what}.{key}", member, known.get(key, Any), key) for key, member in value.items()}
    if value.__class__ is str and int in _kinds(hint) and value.isdigit():
        return int(value)  # an image's id, or a slug: only ids are all digits
    return value


def _members(hint: Any) -> dict[str, Any]:
    """The types of a dict's members; none where they are not declared."""
    kinds = [part for part in _parts(hint) if typing.is_typeddict(part)]
    return {name: member for kind in kinds for name, member in catalog.type_hints(kind).items()}


def _parts(hint: Any) -> Iterable[Any]:
    """The types that a union is of, or the type itself."""
    origin = typing.get_origin(hint)
    if origin in (typing.Required, typing.NotRequired, typing.Annotated):
        return _parts(typing.get_args(hint)[0])
    if origin in (typing.Union, types.UnionType):
        return [part for argument in typing.get_args(hint) for part in _parts(argument)]
    return [hint]


def _kinds(hint: Any) -> Iterable[Any]:
    return (
        part if isinstance(part, type) else str if typing.get_origin(part) is typing.Literal else None
        for part in _parts(hint)
    )


def _bool(text: str) -> bool:
    if text.lower() in TRUE + FALSE:
        return text.lower() in TRUE
    raise ValueError(text)


def _suggest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def reader(operation: Any) -> Any:
    """The operation that reads the resource that an operation changes; None if there is none.

    Args:
        operation: The operation that changes, as C(project.update); also C(domain.record_update), for which it is
            C(domain.record_info), and C(firewall.tag_add), for which it is C(firewall.info).
    """
    prefix = operation.name.rpartition("_")[0]
    name = "info" if not prefix or operation.name.endswith(MEMBERS) else f"{prefix}_info"
    found = catalog.resources()[operation.resource].operations.get(name)
    if found is None:
        return None
    known, own = declared(operation), _needed(operation)
    readable = all(name in known or position < len(own) for position, name in enumerate(_needed(found)))
    return found if readable else None


def reading(reader: Any, operation: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with which a reader reads what an operation changes: those of the same names, or the first ones.

    Args:
        reader: What C(reader) returned.
        operation: The operation that changes; its own first parameters say which resource is meant.
        arguments: What it is called with.
    """
    renamed = dict(zip(_needed(reader), _needed(operation), strict=False))
    names = {name: name if name in arguments else renamed.get(name) for name in declared(reader)}
    return {name: arguments[given] for name, given in names.items() if given in arguments}


def _needed(operation: Any) -> list[str]:
    return [one.name for one in operation.parameters if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
