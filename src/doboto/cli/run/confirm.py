"""Ask for confirmation, of irreversible operations after showing what they affect, of updates after showing changes.

An update whose request replaces a whole configuration keeps the rest unless asked otherwise: the API resets what such a
request leaves out (API reference, firewalls_update, loadBalancers_update).
"""

from __future__ import annotations

import dataclasses
import sys
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..._json import is_array, is_object
from ...catalog import typed_dicts
from ..errors import NOT_FOUND, REFUSED, Failure
from ..output.table import align
from ..output.text import dump_json, format_cell, terminal_width, width_of
from ..schema.catalog import CliOperation, hyphenate
from ..schema.help_text import join_words, noun_of, plural_of, word_for_several
from ..schema.parameters import attributes
from ..settings import CliSettings, Option
from .affected import AffectedResource, find_affected, reader_of, suggest_like, total_of
from .resume import power_off_hint

if TYPE_CHECKING:
    from ...client import DO
    from ..output.progress import Reporter


def asks(operation: CliOperation, values: Mapping[str, Any]) -> bool:
    """Whether an operation does what cannot be undone with these values, so that its command asks."""
    return operation.info.consequence(values) is not None


def confirm(
    do: DO,
    operation: CliOperation,
    calls: Sequence[Mapping[str, Any]],
    reporter: Reporter,
    account: str,
    settings: CliSettings,
    *,
    yes: bool,
) -> list[Mapping[str, Any]]:
    """Show what is affected, and ask. What is affected by tag is shown without a question too.

    Args:
        do: The client.
        operation: What is to be done.
        calls: The arguments of each call.
        reporter: Shows what is affected by tag.
        account: The account, in words.
        settings: Options that name the account in a command that is offered.
        yes: If true, do not ask.

    Returns:
        The calls that are left to do: without those whose resource does not exist, if `missing_ok` is true.

    Raises:
        Failure: The answer is no, or there is no terminal to ask on.
        DOBOTONotFoundException: There is no such resource.
    """
    what = f"{operation.resource.replace('_', ' ')} {operation.command}"
    by_tag = any(call.get("tag_name") for call in calls)
    if yes and not by_tag:
        return list(calls)
    affected = [(call, found) for call in calls if (found := find_affected(do, operation, call)) is not None]
    targets = [target for _, found in affected for target in found]
    reporter.targets = len(targets)
    if by_tag and not targets and not calls[0].get("missing_ok"):
        raise unused_tag_error(do, str(calls[0]["tag_name"]))
    if yes:
        _report_targets(what, targets, reporter)
    elif affected:
        price = _price(do, operation, calls[0])
        notes = [total_of(targets), *_find_obstacles(operation, targets, settings), f"Account: {account}."]
        said = " ".join(_describe_values(operation, calls[0], price))
        if not can_ask():
            raise _not_interactive(what, account, targets, said)
        with reporter.asking(do.clock):
            _ask(what, targets, [note for note in notes if note], question(operation, targets, calls[0], price))
    return [call for call, _ in affected]


def _price(do: DO, operation: CliOperation, call: Mapping[str, Any]) -> str:
    """Return the price of a Droplet's new size, if known."""
    from .create import price_of

    price = price_of(do, call["size"]) if operation.resource == "droplet" and call.get("size") else None
    return f" (${price[1]:g}/month)" if price else ""


def _find_obstacles(operation: CliOperation, targets: Sequence[AffectedResource], settings: CliSettings) -> list[str]:
    """Find reasons why the call would be refused now, with the command that helps."""
    running = [target.id for target in targets if target.cells.get("status") == "active"]
    return [power_off_hint(settings, running)] if operation.name == "resize" and running else []


def unused_tag_error(do: DO, tag: str) -> Failure:
    """Return the error for a tag that no Droplet has: a mistyped one must not count as success."""
    return Failure(f"no Droplet has the tag {tag!r}{suggest_like(do, '/tags', [tag])}", NOT_FOUND.code)


def _ask(what: str, targets: Sequence[AffectedResource], notes: Sequence[str], question: str) -> None:
    for line in [*_draw_targets(targets), *map(format_cell, notes)]:
        click.echo(line, err=True)
    ask(what, question)


def ask(what: str, question: str) -> None:
    """Ask a question on the terminal.

    Raises:
        Failure: The answer is not yes.
    """
    click.echo(f"{question} [y/N] ", nl=False, err=True)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # Ctrl-D: what follows must not stand behind the question
        click.echo(err=True)
    if answer.strip().lower() not in {"y", "yes"}:
        raise Failure(f"{what}: not done", REFUSED.code)


def _draw_targets(targets: Sequence[AffectedResource]) -> Iterator[str]:
    """Yield a table of the resources, or a line for each where the terminal is narrower; below it tagged Droplets."""
    headings = list(dict.fromkeys(name for target in targets for name in target.cells))
    rows = [[format_cell(target.cells.get(name)) for name in headings] for target in targets]
    table = list(align([[name.upper() for name in headings], *rows]))
    fits = max(map(width_of, table), default=0) <= terminal_width()
    yield from table if fits else (format_cell(str(dataclasses.replace(one, droplets=(), along=()))) for one in targets)
    for target in targets:
        if target.droplets:
            many = len(target.droplets)
            stay = "a Droplet, which stays" if many == 1 else f"{many} Droplets, which stay"
            yield f"{format_cell(target.name)} is on {stay}:"
            yield from _draw_targets(target.droplets)
        if target.along:
            yield f"Destroyed along with {format_cell(target.name)}:"
            yield from _draw_targets(target.along)


def can_ask() -> bool:
    """Return whether the question can be seen, on standard error, and answered; either stream may be closed."""
    streams: Sequence[TextIO | None] = (sys.stdin, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def _report_targets(what: str, targets: Sequence[AffectedResource], reporter: Reporter) -> None:
    if not reporter.quiet:
        for one in targets:
            reporter.line(f"{what}: {one.name} ({one.id})", event="target", id=one.id, name=one.name)


def _not_interactive(
    what: str, account: str, targets: Sequence[AffectedResource], said: str, most: int = 20
) -> Failure:
    """Return the error for use without a terminal, with what would be affected, and by which values."""
    more = f" and {len(targets) - most} more" if len(targets) > most else ""
    affected = f"{', '.join(map(str, targets[:most]))}{more}" if targets else "nothing that is there now"
    return Failure(
        f"{what}{said and f' {said}'} can't be undone and would affect {affected}, in {account}; "
        "pass --yes when not running interactively",
        REFUSED.code,
        account=account,
        targets=[one.to_dict() for one in targets],
    )


#: How a value reads in a sentence; another one follows "with" and its parameter's name.
READS: Mapping[str, str] = {"size": "to size", "image": "from image"}
#: Parameters that say how it is done, and nothing of what becomes of the resource.
ASIDE = frozenset({"tag_name", "missing_ok", "wait", "poll", "timeout"})
#: More names than these are not repeated under the table that has them.
NAMED = 5


def question(
    operation: CliOperation, targets: Sequence[AffectedResource], values: Mapping[str, Any], price: str = ""
) -> str:
    """Return the question: what is done, to which resources, with which values, and the consequence.

    Args:
        operation: What is to be done.
        targets: To what.
        values: What one call gives.
        price: What a new size costs.
    """
    verb, noun, aside = _split_name(operation)
    about = f"{noun} of " if noun and operation.resource == "droplet" else ""
    targets_text = _describe_targets(operation, noun, targets, values.get("tag_name"))
    said = " ".join([f"{verb} {about}{targets_text}", *_describe_values(operation, values, price)])
    consequence = operation.info.consequence(values) or ""
    return f"{said}{aside}? {word_for_several(consequence) if len(targets) > 1 else consequence}"


def _split_name(operation: CliOperation) -> tuple[str, str, str]:
    """Split an operation's name into the verb, the words before it, and those after it."""
    first, *rest = operation.name.split("_")
    if rest and first != "destroy":
        return rest[-1].capitalize(), join_words([first, *rest[:-1]]), ""
    return first.capitalize(), "", f" ({' '.join(rest)})" if rest else ""


def _describe_targets(operation: CliOperation, noun: str, targets: Sequence[AffectedResource], tag: str | None) -> str:
    """List the resources by name, with the word for their kind where a name alone is ambiguous."""
    kind = join_words(operation.resource.split("_"))
    kind = kind if operation.resource == "droplet" or not noun else f"{kind} {noun}"
    if tag:
        many = f"ALL {len(targets)} {plural_of(kind)}" if len(targets) > 1 else f"the one {kind}"
        return f"{many} with tag {format_cell(tag)}"
    names = [format_cell(one.name or one.id) for one in targets]
    if len(names) > 1:
        listed = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
        return f"{len(names)} {plural_of(kind)}: {listed}"
    return names[0] if operation.resource == "droplet" else f"{kind} {names[0]}"


def _describe_values(operation: CliOperation, values: Mapping[str, Any], price: str) -> Iterator[str]:
    """Describe the given values, without those that only name the resource."""
    reader = reader_of(operation)
    naming = {one.name for one in reader.parameters} if reader is not None else set[str]()
    for name, value in values.items():
        if name in naming | ASIDE or name == operation.parameters[0].name or value in (None, False):
            continue
        text = (
            f"with --{hyphenate(name)}" if value is True else f"{READS.get(name, f'with {name}')} {format_cell(value)}"
        )
        yield text + (price if name == "size" else "")


# -- updates

#: Attributes of which the API takes one: one that is given rules out the others.
RIVALS: Sequence[frozenset[str]] = (frozenset({"droplet_ids", "tag"}), frozenset({"size", "size_unit"}))
EMPTY: Sequence[Any] = (None, "", [], {})
UPDATE_OPTIONS: Sequence[click.Parameter] = (
    Option(["--replace", "our_replace"], is_flag=True, default=None,
           help="Reset what is not given. Default: what is not given stays as it is."),
    Option(["--yes", "-y", "our_yes"], is_flag=True, default=None, help="Do not ask."),
)  # fmt: skip


def complete_update(
    do: DO,
    operation: CliOperation,
    call: Mapping[str, Any],
    reporter: Reporter,
    account: str,
    *,
    replace: bool,
    yes: bool,
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
        Failure: The answer is no; or something is reset, and there is no terminal to ask on.
    """
    found = attributes(operation)
    names, inside = [one.name for one in found], any(one.inside for one in found)
    given: Mapping[str, Any] = (
        call.get("attribs", {}) if inside else {name: call[name] for name in names if name in call}
    )
    current = _read_current(do, operation, call["id"], names)
    reporter.names.setdefault(call["id"], str(current.get("name") or ""))
    new = dict(given) if replace else {**_without_rivals(current, given), **given}
    # What was read may have members that the types lack; only what was typed is worth a warning.
    reporter.warns = any(_has_unknown(given[one.name], one.hint) for one in found if one.name in given)
    # Of rivals that are both there the API keeps one itself, which is no change.
    before = {**_without_rivals(current, {}), **{name: current[name] for name in given if name in current}}
    for line in _changes(before, new):
        if not reporter.quiet:
            reporter.line(format_cell(line), event="change")
    with reporter.asking(do.clock):
        label = reporter.label(call["id"])
        _confirm_update(operation, label, account, replace=replace, yes=yes)
    return {**call, "attribs": new} if inside else {**call, **new}


def _read_current(do: DO, operation: CliOperation, id: Any, names: Sequence[str]) -> dict[str, Any]:
    """Read the current attributes, in the form in which they are given: a region by its slug."""
    reader = reader_of(operation)
    assert reader is not None  # noqa: S101 - a test finds it for each of them
    read: Callable[..., Mapping[str, Any]] = getattr(getattr(do, reader.resource), reader.name)
    now = read(id)
    hints, shown = {one.name: one.hint for one in attributes(operation)}, _members(operation.result)
    values = {
        name: _leave_out_read_only(now[name], hints[name], shown.get(name))
        for name in names
        if now.get(name) not in (None, "")
    }
    region = values.get("region")
    return {**values, "region": region["slug"]} if is_object(region) else values


def _leave_out_read_only(value: Any, request: Any, result: Any) -> Any:
    """Leave out what results have and requests do not; a member that neither type has may be new, and stays.

    Args:
        value: A value of a result.
        request: Its type in requests.
        result: Its type in results.
    """
    if is_array(value):
        return [_leave_out_read_only(one, request, result) for one in value]
    if not is_object(value):
        return value
    taken, shown = _members(request), _members(result)
    return {
        name: _leave_out_read_only(one, taken.get(name), shown.get(name))
        for name, one in value.items()
        if not taken or name in taken or name not in shown
    }


def _has_unknown(value: Any, hint: Any) -> bool:
    """Whether a value has members, at any depth, that its type lacks."""
    if is_array(value):
        return any(_has_unknown(one, hint) for one in value)
    taken = _members(hint)
    if not is_object(value) or not taken:
        return False
    return any(name not in taken or _has_unknown(one, taken[name]) for name, one in value.items())


def _members(hint: Any) -> dict[str, Any]:
    """Return the members of the TypedDicts in a type, with their types."""
    return {name: one for kind in typed_dicts(hint) for name, one in typing.get_type_hints(kind).items()}


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


def _confirm_update(operation: CliOperation, label: str, account: str, *, replace: bool, yes: bool) -> None:
    if yes:
        return
    what = f"{operation.resource.replace('_', ' ')} {operation.command}"
    if can_ask():
        ask(what, f"Update {noun_of(operation)} {format_cell(label)} in {account}?")
    elif replace:
        raise Failure(
            f"{what} --replace resets what is not given; pass --yes when not running interactively", REFUSED.code
        )
