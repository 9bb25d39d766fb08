"""Updates that replace a whole configuration: the rest is kept unless asked otherwise, and what changes is shown.

The API resets what such a request leaves out (API reference, firewalls_update, loadBalancers_update).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..._json import is_object
from ..errors import REFUSED, Failure
from ..output.text import dump_json, format_cell
from ..schema.catalog import Operation, hyphenate
from ..schema.parameters import attributes
from ..schema.help_text import noun_of
from ..settings import Option
from .affected import reader_of
from .confirm import ask, can_ask

if TYPE_CHECKING:
    from ...client import DO
    from ..output.progress import Reporter

#: Attributes of which the API takes one: one that is given rules out the others.
RIVALS: Sequence[frozenset[str]] = (frozenset({"droplet_ids", "tag"}), frozenset({"size", "size_unit"}))
EMPTY: Sequence[Any] = (None, "", [], {})
OPTIONS: Sequence[click.Parameter] = (
    Option(["--replace", "our_replace"], is_flag=True, default=None,
           help="Reset what is not given. Default: what is not given stays as it is."),
    Option(["--yes", "-y", "our_yes"], is_flag=True, default=None, help="Do not ask."),
)  # fmt: skip


def complete_update(
    do: DO, operation: Operation, call: Mapping[str, Any], reporter: Reporter, account: str, *, replace: bool, yes: bool
) -> dict[str, Any]:
    """Add what is not given to an update's arguments, as it is now; show what changes, and ask on a terminal.

    Args:
        do: The client.
        operation: The update.
        call: Its arguments.
        reporter: Shows what changes.
        account: The account, in words.
        replace: If true, leave out what is not given, so that it is reset.
        yes: If true, do not ask.

    Raises:
        Failure: The answer is no; or something is reset, and there is nobody to ask.
    """
    found = attributes(operation)
    names, inside = [one.name for one in found], any(one.inside for one in found)
    given: Mapping[str, Any] = (
        call.get("attribs", {}) if inside else {name: call[name] for name in names if name in call}
    )
    current = _current(do, operation, call["id"], names)
    new = dict(given) if replace else {**_without_rivals(current, given), **given}
    changes = list(_changes(current, new))
    for line in changes:
        if not reporter.quiet:
            reporter.line(format_cell(line), event="change")
    _confirm(do, operation, call["id"], account, replace=replace, yes=yes)
    return {**call, "attribs": new} if inside else {**call, **new}


def _current(do: DO, operation: Operation, id: Any, names: Sequence[str]) -> dict[str, Any]:
    """Read the current attributes, in the form in which they are given: a region by its slug."""
    reader = reader_of(operation)
    assert reader is not None  # noqa: S101 - a test finds it for each of them
    read: Callable[..., Mapping[str, Any]] = getattr(getattr(do, reader.resource), reader.name)
    now = read(id)
    values = {name: now[name] for name in names if now.get(name) not in (None, "")}
    region = values.get("region")
    return {**values, "region": region["slug"]} if is_object(region) else values


def _without_rivals(current: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Drop current attributes that the API refuses beside given ones, or beside another that is kept."""
    kept = dict(current)
    for rivals in RIVALS:
        filled = (*given, *(name for name, value in kept.items() if value not in EMPTY))
        chosen = next((name for name in filled if name in rivals), None)
        for name in rivals - {chosen}:
            kept.pop(name, None)
    return kept


def _changes(current: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield what changes, a line for each attribute."""
    for name in dict.fromkeys([*new, *current]):
        before, after = current.get(name), new.get(name)
        if before == after or (before in EMPTY and after in EMPTY):
            continue
        text = "reset" if name not in new else dump_json(after)
        yield f"{hyphenate(name)}: {'none' if before in EMPTY else dump_json(before)} -> {text}"


def _confirm(do: DO, operation: Operation, id: Any, account: str, *, replace: bool, yes: bool) -> None:
    if yes:
        return
    what = f"{operation.resource.replace('_', ' ')} {operation.command}"
    if can_ask():
        do.clock.sleep(0)  # lets go of the simulated account's file while the question is open
        ask(what, f"Update {noun_of(operation)} {format_cell(id)} in {account}?")
    elif replace:
        raise Failure(
            f"{what} --replace resets what is not given; pass --yes when not running interactively", REFUSED.code
        )
