"""Asks before what cannot be undone, after it has shown what that will hit."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..errors import NOT_FOUND, REFUSED, Failure
from ..output.table import align
from ..output.text import format_cell
from ..schema.catalog import Operation, spelled
from ..schema.text import written
from .affected import Target, hit, reader_of, total_of

if TYPE_CHECKING:
    from ...client import DO
    from ..output.progress import Reporter


def irrevocable(operation: Operation) -> bool:
    """Whether an operation may do what cannot be undone, so that its command has `--yes`."""
    return operation.may_ask


def asks(operation: Operation, values: Mapping[str, Any]) -> bool:
    """Whether it does so with these values."""
    return operation.info.consequence(values) is not None


def confirm(
    do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter, account: str, *, yes: bool
) -> list[Mapping[str, Any]]:
    """Show what is affected, and ask. What is affected by tag is shown without a question too.

    Args:
        do: The client.
        operation: What is to be done.
        calls: The arguments of each call.
        reporter: Shows what is affected by tag.
        account: The account, in words.
        yes: If true, do not ask.

    Returns:
        The calls that are left to do: without those whose thing is not there, where that is fine.

    Raises:
        Failure: The answer is no, or there is nobody to ask.
        DOBOTONotFoundException: There is no such thing.
    """
    what = f"{operation.resource.replace('_', ' ')} {operation.command}"
    by_tag = any(call.get("tag_name") for call in calls)
    if yes and not by_tag:
        return list(calls)
    hits = [(call, found) for call in calls if (found := hit(do, operation, call)) is not None]
    targets = [target for _, found in hits for target in found]
    reporter.targets = len(targets)
    if yes:
        _report_targets(what, targets, reporter)
    elif hits:
        price = _price(do, operation, calls[0])
        do.clock.sleep(0)  # lets go of the simulated account's file: a question may stay open, and others want it
        notes = [total_of(targets), *_obstacles(operation, targets), f"Account: {account}."]
        _ask(what, account, targets, [note for note in notes if note], question(operation, targets, calls[0], price))
    return [call for call, _ in hits]


def _price(do: DO, operation: Operation, call: Mapping[str, Any]) -> str:
    """What a Droplet's new size costs, as far as that is known."""
    from .droplets import price_of

    price = price_of(do, call["size"]) if operation.resource == "droplet" and call.get("size") else None
    return f" (${price[1]:g}/month)" if price else ""


def _obstacles(operation: Operation, targets: Sequence[Target]) -> list[str]:
    """Why it would be refused as things are, and the command that helps."""
    running = [target.id for target in targets if target.cells.get("status") == "active"]
    return [power_off_hint(running)] if operation.name == "resize" and running else []


def power_off_hint(ids: Sequence[Any]) -> str:
    """The command that powers off what must be off."""
    command = f"doboto droplet power-off {' '.join(map(str, ids))} --wait"
    return f"A running Droplet may be restarted by a resize, or refuse it; to power it off first: {command}"


def _ask(what: str, account: str, targets: Sequence[Target], notes: Sequence[str], question: str) -> None:
    if not can_ask():
        raise _nobody(what, account, targets)
    if not targets:
        raise Failure("there is no such Droplet", NOT_FOUND.code)
    for line in [*_pictured(targets), *map(format_cell, notes)]:
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


def _pictured(targets: Sequence[Target]) -> Iterator[str]:
    """Lines that show them, a table; under it the Droplets that carry a tag."""
    headings = list(dict.fromkeys(name for target in targets for name in target.cells))
    rows = [[format_cell(target.cells.get(name)) for name in headings] for target in targets]
    yield from align([[name.upper() for name in headings], *rows])
    for target in targets:
        if target.droplets:
            many = len(target.droplets)
            stay = "a Droplet, which stays" if many == 1 else f"{many} Droplets, which stay"
            yield f"{format_cell(target.name)} is on {stay}:"
            yield from _pictured(target.droplets)
        if target.along:
            yield f"Destroyed along with {format_cell(target.name)}:"
            yield from _pictured(target.along)


def can_ask() -> bool:
    """Whether somebody sees the question, on standard error, and can answer it; either may be closed."""
    streams: Sequence[TextIO | None] = (sys.stdin, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def _report_targets(what: str, targets: Sequence[Target], reporter: Reporter) -> None:
    if not reporter.quiet:
        for one in targets:
            reporter.line(f"{what}: {one.name} ({one.id})", event="target", id=one.id, name=one.name)


def _nobody(what: str, account: str, targets: Sequence[Target], most: int = 20) -> Failure:
    """The refusal where there is no terminal; it names what would be affected."""
    more = f" and {len(targets) - most} more" if len(targets) > most else ""
    affected = f"{', '.join(map(str, targets[:most]))}{more}" if targets else "nothing that is there now"
    return Failure(
        f"{what} can't be undone and would affect {affected}, in {account}; pass --yes when not running interactively",
        REFUSED.code,
        account=account,
        targets=[one.described() for one in targets],
    )


#: How a value reads in a sentence; another one follows "with" and its parameter's name.
READS: Mapping[str, str] = {"size": "to size", "image": "from image"}
#: What is said besides of how it is done, and nothing of what becomes of the thing.
ASIDE = frozenset({"tag_name", "missing_ok", "wait", "poll", "timeout"})
#: More names than these are not repeated under the table that has them.
NAMED = 5


def question(operation: Operation, targets: Sequence[Target], values: Mapping[str, Any], price: str = "") -> str:
    """What is asked: what is to be done, to which things, with which values, and what becomes of it.

    Args:
        operation: What is to be done.
        targets: To what.
        values: What one call gives.
        price: What a new size costs.
    """
    verb, noun, aside = _parts(operation)
    about = f"{noun} of " if noun and operation.resource == "droplet" else ""
    things = _things(operation, noun, targets, values.get("tag_name"))
    said = " ".join([f"{verb} {about}{things}", *_given(operation, values, price)])
    return f"{said}{aside}? {operation.info.consequence(values)}"


def _parts(operation: Operation) -> tuple[str, str, str]:
    """The verb in an operation's name, what stands before it, and what stands behind it."""
    first, *rest = operation.name.split("_")
    if rest and first != "destroy":
        return rest[-1].capitalize(), written([first, *rest[:-1]]), ""
    return first.capitalize(), "", f" ({' '.join(rest)})" if rest else ""


def _things(operation: Operation, noun: str, targets: Sequence[Target], tag: str | None) -> str:
    """List the resources by name, with the word for their kind where a name alone is ambiguous."""
    kind = written(operation.resource.split("_"))
    kind = kind if operation.resource == "droplet" or not noun else f"{kind} {noun}"
    if tag:
        many = f"ALL {len(targets)} {kind}s" if len(targets) > 1 else f"the one {kind}"
        return f"{many} with tag {format_cell(tag)}"
    names = [format_cell(one.name or one.id) for one in targets]
    if len(names) > 1:
        listed = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
        return f"{len(names)} {kind}s: {listed}"
    return names[0] if operation.resource == "droplet" else f"{kind} {names[0]}"


def _given(operation: Operation, values: Mapping[str, Any], price: str) -> Iterator[str]:
    """The values that say what becomes of the thing; not those that only name it."""
    reader = reader_of(operation)
    naming = {one.name for one in reader.parameters} if reader is not None else set[str]()
    for name, value in values.items():
        if name in naming | ASIDE or name == operation.parameters[0].name or value in (None, False):
            continue
        text = f"with --{spelled(name)}" if value is True else f"{READS.get(name, f'with {name}')} {format_cell(value)}"
        yield text + (price if name == "size" else "")
