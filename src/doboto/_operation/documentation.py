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
from typing import Any, NamedTuple, TypeAlias

from .info import OperationInfo

SECTION = re.compile(r"^(Args|Returns|Raises):\s*(.*)$")
ENTRY = re.compile(r"^ {4}(\*{0,2}\w[\w, ]*):")
WIDTH = 112
#: The lines of each section of a docstring, by its title.
Sections: TypeAlias = dict[str, list[str]]


class Subject(NamedTuple):
    """An operation, as the texts below need it.

    Attributes:
        name: The method's name.
        parameters: The names of its parameters, without `self`.
        info: What it declares.
        noun: What its class calls one of its resources: "load balancer".
        nouns: The plural.
        iterates: Whether it is an iterator.
    """

    name: str
    parameters: frozenset[str]
    info: OperationInfo
    noun: str = "resource"
    nouns: str = "resources"
    iterates: bool = False

    def fill(self, text: str) -> str:
        """Return a text with the nouns in it."""
        return text.format(noun=self.noun, nouns=self.nouns)


#: A condition on an operation.
Condition = Callable[[Subject], bool]

#: Parameters that mean the same in every operation.
PARAMETERS: Mapping[str, str] = {
    "id": "The {noun}'s id.",
    "action_id": "The action's id.",
    "droplet_id": "The Droplet's id.",
    "droplet_ids": "The Droplets' ids.",
    "wait": "If true, wait until the action has completed; before that, until no other action is running there.",
    "poll": "Seconds between polls while waiting.",
    "timeout": "Maximum seconds for the whole call; 0 to look once while waiting.",
    "progress": "Called with a `Progress` after every poll.",
    "missing_ok": "If true, do not raise when the resource does not exist.",
    "attributes": "Attributes as keyword arguments.",
    "until": "`ready`, or `gone`: until it no longer exists.",
}
EXISTING = (
    "The {noun}'s attributes, as for `create`; an existing one is left as it is, and what differs is reported as the "
    "event `Differs`."
)
#: Parameters that mean the same in every operation of an effect.
BY_EFFECT: Mapping[str, Mapping[str, str]] = {
    "present": {"attribs": EXISTING, "attributes": EXISTING},
    "destroy": {"wait": "If true, wait until it no longer exists."},
}


def _effect(*effects: str) -> Condition:
    return lambda one: one.info.effect in effects


def _takes(*names: str) -> Condition:
    return lambda one: one.parameters.issuperset(names)


def _is_called(*names: str) -> Condition:
    """Return whether the operation has one of these names, or one that ends with it: `record_list`."""
    return lambda one: one.name in names or one.name.rpartition("_")[2] in names


def _identifies(one: Subject) -> bool:
    return not one.parameters.isdisjoint(IDENTIFIERS)


def _requires(one: Subject) -> bool:
    return _identifies(one) and "missing_ok" not in one.parameters


def _is_bulk_change(one: Subject) -> bool:
    return one.info.bulk and one.info.changes


def _waits(one: Subject) -> bool:
    return one.info.bulk and "until" in one.parameters


def _is_bulk_action(one: Subject) -> bool:
    return one.info.bulk and one.info.effect == "action"


def _acts_by_tag(one: Subject) -> bool:
    return _is_bulk_action(one) and "tag_name" in one.parameters


def _sends_attributes(one: Subject) -> bool:
    return one.info.effect in {"create", "update"} and not one.parameters.isdisjoint({"attribs", "attributes"})


def _changes_and_waits(one: Subject) -> bool:
    return one.info.effect == "update" and "wait" in one.parameters


def _changes_members(one: Subject) -> bool:
    return one.info.effect == "update" and not one.parameters.isdisjoint(MEMBERS)


def _filters(one: Subject) -> bool:
    return one.info.effect == "read" and not one.parameters.isdisjoint(FILTERS)


def _always(_: Subject) -> bool:
    return True


#: Operations that take what another one takes, by the last words of their names.
SIBLINGS: Mapping[str, str] = {"each": "list", "present": "create"}
#: Parameters that name one resource.
IDENTIFIERS = frozenset({"id", "ip", "id_slug", "id_fingerprint", "transfer_id", "peering_id", "snapshot_id"})
#: Parameters that are lists of what is added or removed.
MEMBERS = frozenset({"droplet_ids", "tags", "forwarding_rules", "resources"})
#: Parameters that narrow what is read.
FILTERS = frozenset({"name", "region", "type", "state", "resource_type", "fqdn"})
INVALID = "ValueError, TypeError"
#: Errors that many operations have: the condition, the error and its description. An operation that describes an error
#: itself has that description alone.
ERRORS: Sequence[tuple[Condition, str, str]] = (
    (_takes("id", "tag_name"), "ValueError", "Neither or both of `id` and `tag_name` are given, or it is empty."),
    (
        _acts_by_tag,
        "DOBOTONotFoundException",
        "There is no such Droplet, or no Droplet has the tag.",
    ),
    (_waits, "ValueError", "An id is empty or given twice, or `until` is unknown; nothing was sent."),
    (_filters, "ValueError", "A filter is empty or has an unknown value."),
    (_takes("attribs"), INVALID, "An attribute is missing, unknown or invalid; nothing was sent."),
    (_takes("attributes"), INVALID, "An attribute is missing, unknown or invalid; nothing was sent."),
    (_changes_members, INVALID, "It is not a list, is empty, or has an empty item; nothing was sent."),
    (_takes("action_id"), "DOBOTONotFoundException", "The {noun} does not exist, or has no such action."),
    (_requires, "DOBOTONotFoundException", "The resource does not exist."),
    (_identifies, "DOBOTONotFoundException", "The resource does not exist, and `missing_ok` is false."),
    (_sends_attributes, "DOBOTOUnprocessableException", "The API refused them."),
    (_changes_and_waits, "DOBOTOActionException", "The change failed, while waiting."),
    (_effect("action"), "DOBOTOPendingEventException", "Another action is running there, and `wait` is false."),
    (_effect("action"), "DOBOTOActionException", "The action ended as errored, while waiting."),
    (_waits, "DOBOTOActionException", "The {noun} failed; it is in `result`."),
    (_waits, "DOBOTOVanishedException", "The {noun} was destroyed while it was waited for."),
    (_waits, "DOBOTOPollingException", "It took longer than `timeout`; its `polling` has the {nouns} as last seen."),
    (_takes("wait", "progress"), "DOBOTOPollingException", "It took longer than `timeout`, while waiting."),
    (_is_bulk_change, "DOBOTOBulkException", "For a list of ids, it was not done to all; `outcomes` has each."),
    (
        _effect("create", "present", "action"),
        "DOBOTOOutcomeUnknownException",
        "The response was lost and the outcome could not be determined.",
    ),
    (_always, "DOBOTOException", "The request failed for another reason."),
)
#: Errors that are described before an operation's own.
FIRST = 10
#: What `present` returns.
PRESENT = (
    "A tuple of the {noun} and the same {noun} if it was created, else None. Two calls at the same time, of one "
    "program or two, get the same one where the API takes its name or key only once, else may create one each."
)
#: What operations return that do not say it themselves: the first whose condition holds.
RETURNS: Sequence[tuple[Condition, str]] = (
    (
        _acts_by_tag,
        "The Action if by one `id`; a list of Actions, one for each Droplet, if by several or by `tag_name`.",
    ),
    (_is_bulk_action, "The Action; a list of Actions, in the order given, for a list of ids."),
    (_waits, 'The {noun}; a list, in the order given, for a list of ids; nothing with `until="gone"`.'),
    (_effect("action"), "The Action."),
    (_is_called("action_list"), "A list of Actions."),
    (_is_called("action_info"), "The Action."),
    (lambda one: one.iterates, "An iterator over {nouns}; an asynchronous one in `AsyncDO`."),
    (_effect("present"), PRESENT),
    (_effect("create"), "The {noun}."),
    (_is_called("list"), "A list of {nouns}."),
    (_is_called("info"), "The {noun}."),
    (_is_called("update"), "The {noun} as it is now."),
)


def sibling_of(name: str) -> str:
    """Return the name of the operation whose descriptions one inherits: `record_list` for `record_each`; "" if none."""
    stem, underscore, last = name.rpartition("_")
    return f"{stem}{underscore}{SIBLINGS[last]}" if last in SIBLINGS else ""


def document(functions: Iterable[Callable[..., Any]], info: OperationInfo, owner: type[Any], sibling: str = "") -> None:
    """Complete the docstrings of an operation's functions; without docstrings (`python -OO`) leave them alone.

    Args:
        functions: The functions.
        info: What the operation declares.
        owner: The class that it is a method of; `_noun` and `_nouns` are what it calls its resources, `_parameters`
            describes parameters that its operations share.
        sibling: The docstring of an operation that takes the same: parameters and errors of arguments that are not
            described are described as there.
    """
    inherited = _sections(cleandoc(sibling))
    shared = {**PARAMETERS, **BY_EFFECT.get(info.effect, {}), **getattr(owner, "_parameters", {})}
    noun: str = getattr(owner, "_noun", "resource")
    for function in functions:
        if function.__doc__:
            parameters, nouns = _parameters(function), getattr(owner, "_nouns", f"{noun}s")
            iterates = inspect.isasyncgenfunction(inspect.unwrap(function))
            one = Subject(function.__name__, frozenset(parameters), info, noun, nouns, iterates)
            if _waits(one):
                shared |= {
                    name: f"{shared[name].rstrip('.')}, or a list of ids." for name in IDENTIFIERS & shared.keys()
                }
            if "attribs" in parameters:
                shared["attributes"] = PARAMETERS["attributes"]
            function.__doc__ = complete_docstring(function.__doc__, parameters, one, shared, inherited)


def complete_docstring(
    text: str, parameters: Sequence[str], one: Subject, shared: Mapping[str, str], inherited: Sections
) -> str:
    """Return a docstring with everything that the operation shares with others.

    Args:
        text: The docstring as the source has it.
        parameters: The names of the parameters, in order, without `self`.
        one: The operation.
        shared: Descriptions of parameters that it does not describe itself.
        inherited: The sections of a docstring whose parameters and errors of arguments it shares.
    """
    sections, info = _sections(cleandoc(text)), one.info
    body = "\n".join(sections[""]).strip()
    if warnings := [w for w in [info.irreversible, *info.irreversible_with.values()] if w]:
        body += "\n\n" + _wrap(f"Irreversible: {' '.join(warnings)}", more="")
    parts = [body]
    own = BY_EFFECT.get(info.effect, {})
    above = {name: lines for name, lines in _entries(inherited["Args"]).items() if name not in own}
    if args := [*_args(above | _entries(sections["Args"]), parameters, one, shared)]:
        parts.append("\n".join(["Args:", *args]))
    if returns := sections["Returns"] or _returns(one):
        parts.append("\n".join(["Returns:", *returns]).strip())
    errors = _entries(sections["Raises"])
    if all(names.startswith("DOBOTO") for names in errors):
        above = {name: lines for name, lines in _entries(inherited["Raises"]).items() if not name.startswith("DOBOTO")}
        errors = above | errors
    parts.append("\n".join(["Raises:", *_errors(errors, one)]))
    parts += [_wrap(f"Scopes: {scopes(info)}"), "Reference: " + ",\n    ".join(info.links)]
    return "\n\n".join(parts)


def scopes(info: OperationInfo) -> str:
    """Return the scopes that an operation needs, as a sentence."""
    parts = [", ".join(info.scopes) or "none"]
    parts += [f"with `{name}` also {', '.join(more)}" for name, more in info.scopes_with.items()]
    return "; ".join([*parts, info.scopes_note] if info.scopes_note else parts) + "."


def _parameters(function: Callable[..., Any]) -> list[str]:
    code: Any = getattr(inspect.unwrap(function), "__code__")  # noqa: B009 - typed as a callable
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return list(code.co_varnames[1:count])


def _sections(text: str) -> Sections:
    sections: Sections = {"": [], "Args": [], "Returns": [], "Raises": []}
    lines = sections[""]
    for line in text.splitlines():
        if found := SECTION.match(line):
            lines = sections[found[1]]
        else:
            lines.append(line)
    return {name: _strip_empty_lines(lines) for name, lines in sections.items()}


def _strip_empty_lines(lines: list[str]) -> list[str]:
    """Lines without empty ones at the end."""
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _entries(lines: list[str]) -> dict[str, list[str]]:
    """Return the lines of each entry of a section, by what stands before its colon, in order; one may come twice."""
    entries: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if found := ENTRY.match(line):
            current = entries.setdefault(found[1], [])
        current.append(line)
    return entries


def _args(
    own: Mapping[str, list[str]], parameters: Sequence[str], one: Subject, shared: Mapping[str, str]
) -> Iterator[str]:
    for name in parameters:
        if name in own:
            yield from own[name]
        elif name in shared:
            yield _wrap(f"{name}: {one.fill(shared[name])}", " " * 4, " " * 8)


def _returns(one: Subject) -> list[str]:
    """Return the lines for what an operation returns that does not say it itself; none if it returns nothing."""
    found = next((text for condition, text in RETURNS if condition(one)), None)
    return [] if found is None else [_wrap(one.fill(found), " " * 4, " " * 4)]


def _errors(own: Mapping[str, list[str]], one: Subject) -> list[str]:
    """Return the lines for an operation's errors: bad arguments, then its own, then those that others have too."""
    described = {name.strip() for names in own for name in names.split(",")}
    before: list[str] = []
    after: list[str] = []
    for number, (condition, names, text) in enumerate(ERRORS):
        if names.split(", ")[0] not in described and condition(one):
            described.update(names.split(", "))
            line = _wrap(f"{names}: {one.fill(text)}", " " * 4, " " * 8)
            (before if number < FIRST else after).append(line)
    arguments = [line for names, lines in own.items() if not names.startswith("DOBOTO") for line in lines]
    specific = [line for names, lines in own.items() if names.startswith("DOBOTO") for line in lines]
    return [*arguments, *before, *specific, *after]


def _wrap(text: str, indent: str = "", more: str = "    ") -> str:
    """Return a text in lines of our width, as `textwrap.fill` does, which takes a millisecond to import."""
    lines = [indent]
    for word in text.split():
        blank = "" if lines[-1].isspace() or not lines[-1] else " "
        if blank and len(lines[-1]) + len(word) + 1 > WIDTH:
            lines.append(more + word)
        else:
            lines[-1] += blank + word
    return "\n".join(lines)
