"""Completes the docstrings of operations: what many of them share is described here, once.

The source of an operation describes what is specific to it. Parameters such as `wait` and `timeout`, the errors that
every action or every list can raise, the scopes and the links are added when a docstring is first asked for, so that
`help()`, `inspect.getdoc`, the reference and the command line's help are complete.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import cleandoc
from textwrap import fill
from typing import Any

from .info import NOTHING, OperationInfo

SECTION = re.compile(r"^(Args|Returns|Raises):\s*(.*)$")
ENTRY = re.compile(r"^ {4}(\*{0,2}\w[\w, ]*):")
WIDTH = 112

#: Parameters that mean the same in every operation.
PARAMETERS: Mapping[str, str] = {
    "wait": "If true, wait until the action has completed; before that, until no other action is running there.",
    "poll": "Seconds between polls while waiting.",
    "timeout": "Maximum seconds for the whole call; 0 to look once while waiting.",
    "progress": "Called with a `Progress` after every poll.",
    "missing_ok": "If true, do not raise when the resource does not exist.",
    "attributes": "Attributes as keyword arguments.",
}

#: A condition on an operation's declaration and its parameters.
Condition = Callable[[OperationInfo, frozenset[str]], bool]


def _effect(*effects: str) -> Condition:
    return lambda info, _: info.effect in effects


def _takes(*names: str) -> Condition:
    return lambda _, parameters: parameters.issuperset(names)


def _names_one(_: OperationInfo, parameters: frozenset[str]) -> bool:
    return not parameters.isdisjoint(IDENTIFIERS)


def _requires_one(info: OperationInfo, parameters: frozenset[str]) -> bool:
    return _names_one(info, parameters) and "missing_ok" not in parameters


def _is_bulk(info: OperationInfo, _: frozenset[str]) -> bool:
    return info.bulk


def _is_bulk_action(info: OperationInfo, _: frozenset[str]) -> bool:
    return info.bulk and info.effect == "action"


def _acts_by_tag(info: OperationInfo, parameters: frozenset[str]) -> bool:
    return _is_bulk_action(info, parameters) and "tag_name" in parameters


def _sends_attributes(info: OperationInfo, parameters: frozenset[str]) -> bool:
    return info.effect in {"create", "update"} and not parameters.isdisjoint({"attribs", "attributes"})


def _changes_and_waits(info: OperationInfo, parameters: frozenset[str]) -> bool:
    return info.effect == "update" and "wait" in parameters


def _filters(info: OperationInfo, parameters: frozenset[str]) -> bool:
    return info.effect == "read" and bool(parameters & {"name", "region", "type", "state", "resource_type", "fqdn"})


def _always(_: OperationInfo, __: frozenset[str]) -> bool:
    return True


#: Parameters that name one resource.
IDENTIFIERS = frozenset({"id", "ip", "id_slug", "id_fingerprint", "transfer_id", "peering_id", "snapshot_id"})
INVALID = "ValueError, TypeError"
#: Errors that many operations have: the condition, the error and its description. An operation that describes an error
#: itself has that description alone.
ERRORS: Sequence[tuple[Condition, str, str]] = (
    (_takes("id", "tag_name"), "ValueError", "Neither or both of `id` and `tag_name` are given, or it is empty."),
    (
        _acts_by_tag,
        "DOBOTONotFoundException",
        "There is no such Droplet; what an unknown tag gives is not documented.",
    ),
    (_filters, "ValueError", "A filter is empty or has an unknown value."),
    (_takes("attribs"), INVALID, "An attribute is missing, unknown or invalid; nothing was sent."),
    (_takes("attributes"), INVALID, "An attribute is missing, unknown or invalid; nothing was sent."),
    (_requires_one, "DOBOTONotFoundException", "The resource does not exist."),
    (_names_one, "DOBOTONotFoundException", "The resource does not exist, and `missing_ok` is false."),
    (_sends_attributes, "DOBOTOUnprocessableException", "The API refused them."),
    (_changes_and_waits, "DOBOTOActionException", "The change failed, while waiting."),
    (_effect("action"), "DOBOTOPendingEventException", "Another action is running there, and `wait` is false."),
    (_effect("action"), "DOBOTOActionException", "The action ended as errored, while waiting."),
    (_takes("wait", "progress"), "DOBOTOPollingException", "It took longer than `timeout`, while waiting."),
    (_is_bulk, "DOBOTOBulkException", "For a list of ids, it was not done to all; `outcomes` has each."),
    (
        _effect("create", "present", "action"),
        "DOBOTOOutcomeUnknownException",
        "The response was lost and the outcome could not be determined.",
    ),
    (_always, "DOBOTOException", "The request failed for another reason."),
)
#: Errors that are described before an operation's own.
FIRST = 7
#: What the actions return that do not say it themselves: the first whose condition holds.
RETURNS: Sequence[tuple[Condition, str]] = (
    (
        _acts_by_tag,
        "The Action if by one `id`; a list of Actions, one for each Droplet, if by several or by `tag_name`.",
    ),
    (_is_bulk_action, "The Action; a list of Actions, in the order given, for a list of ids."),
    (_effect("action"), "The Action."),
)


def document(
    functions: Iterable[Callable[..., Any]], info: OperationInfo, parameters: Mapping[str, str] = NOTHING
) -> None:
    """Complete the docstrings of an operation's functions; without docstrings (`python -OO`) leave them alone.

    Args:
        functions: The functions.
        info: What the operation declares.
        parameters: Descriptions of parameters that operations of its class share.
    """
    for function in functions:
        if function.__doc__:
            function.__doc__ = completed(function.__doc__, _parameters(function), info, {**PARAMETERS, **parameters})


def completed(text: str, parameters: Sequence[str], info: OperationInfo, shared: Mapping[str, str]) -> str:
    """A docstring with everything that the operation shares with others.

    Args:
        text: The docstring as the source has it.
        parameters: The names of the parameters, without `self`.
        info: What the operation declares.
        shared: Descriptions of parameters that it does not describe itself.
    """
    sections = _sections(cleandoc(text))
    body = "\n".join(sections[""]).strip()
    if warnings := [w for w in [info.irreversible, *info.irreversible_with.values()] if w]:
        body += "\n\n" + _wrapped(f"Irreversible: {' '.join(warnings)}", more="")
    parts = [body]
    if args := [*_args(_entries(sections["Args"]), parameters, shared)]:
        parts.append("\n".join(["Args:", *args]))
    if returns := sections["Returns"] or _returns(frozenset(parameters), info):
        parts.append("\n".join(["Returns:", *returns]).strip())
    parts.append("\n".join(["Raises:", *_errors(_entries(sections["Raises"]), frozenset(parameters), info)]))
    parts += [_wrapped(f"Scopes: {scopes(info)}"), "Reference: " + ",\n    ".join(info.links)]
    return "\n\n".join(parts)


def scopes(info: OperationInfo) -> str:
    """The scopes that an operation needs, as a sentence."""
    parts = [", ".join(info.scopes) or "none"]
    parts += [f"with `{name}` also {', '.join(more)}" for name, more in info.scopes_with.items()]
    return "; ".join([*parts, info.scopes_note] if info.scopes_note else parts) + "."


def _parameters(function: Callable[..., Any]) -> list[str]:
    code: Any = getattr(inspect.unwrap(function), "__code__")  # noqa: B009 - typed as a callable
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return list(code.co_varnames[1:count])


def _sections(text: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {"": [], "Args": [], "Returns": [], "Raises": []}
    lines = sections[""]
    for line in text.splitlines():
        if found := SECTION.match(line):
            lines = sections[found[1]]
        else:
            lines.append(line)
    return {name: _stripped(lines) for name, lines in sections.items()}


def _stripped(lines: list[str]) -> list[str]:
    """Lines without empty ones at the end."""
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _entries(lines: list[str]) -> dict[str, list[str]]:
    """The lines of each entry of a section, by what stands before its colon; in order, an error may come twice."""
    entries: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if found := ENTRY.match(line):
            current = entries.setdefault(found[1], [])
        current.append(line)
    return entries


def _args(own: Mapping[str, list[str]], parameters: Sequence[str], shared: Mapping[str, str]) -> Iterator[str]:
    for name in parameters:
        if name in own:
            yield from own[name]
        elif name in shared:
            yield _wrapped(f"{name}: {shared[name]}", " " * 4, " " * 8)


def _returns(parameters: frozenset[str], info: OperationInfo) -> list[str]:
    """What an operation returns that does not say it itself."""
    found = next((text for condition, text in RETURNS if condition(info, parameters)), None)
    return [] if found is None else [_wrapped(found, " " * 4, " " * 4)]


def _errors(own: Mapping[str, list[str]], parameters: frozenset[str], info: OperationInfo) -> list[str]:
    """An operation's errors: bad arguments first, then its own, then those that others have too."""
    described = {name.strip() for names in own for name in names.split(",")}
    before: list[str] = []
    after: list[str] = []
    for number, (condition, names, text) in enumerate(ERRORS):
        if names.split(", ")[0] not in described and condition(info, parameters):
            described.update(names.split(", "))
            (before if number < FIRST else after).append(_wrapped(f"{names}: {text}", " " * 4, " " * 8))
    arguments = [line for names, lines in own.items() if not names.startswith("DOBOTO") for line in lines]
    specific = [line for names, lines in own.items() if names.startswith("DOBOTO") for line in lines]
    return [*arguments, *before, *specific, *after]


def _wrapped(text: str, indent: str = "", more: str = "    ") -> str:
    """A text in lines of our width."""
    return fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=more, break_long_words=False, break_on_hyphens=False
    )
