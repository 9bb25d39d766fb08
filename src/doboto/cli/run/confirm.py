"""Asks before what cannot be undone, after it has shown what that will hit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..errors import Failure
from ..exit_codes import NOT_FOUND, REFUSED
from ..output import table
from ..schema.catalog import Operation
from .questions import question
from .targets import Target, hit

if TYPE_CHECKING:
    from ...client import DO
    from ..output.progress import Reporter


def irrevocable(operation: Operation) -> bool:
    """Whether an operation may do what cannot be undone, so that its command has `--yes`."""
    return bool(operation.info.irreversible or operation.info.irreversible_with)


def asks(operation: Operation, values: Mapping[str, Any]) -> bool:
    """Whether it does so with these values."""
    return operation.info.consequence(values) is not None


def confirm(
    do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter, *, yes: bool
) -> list[Mapping[str, Any]]:
    """Show what will be hit, and ask. What is hit by tag is shown without a question too.

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
        _tell(what, targets, reporter)
    elif hits:
        price = _price(do, operation, calls[0])
        do.close()  # the simulated account's file: a question may stay open, and other commands want it too
        _ask(what, targets, lambda: question(operation, targets, calls[0], price))
    return [call for call, _ in hits]


def _price(do: DO, operation: Operation, call: Mapping[str, Any]) -> str:
    """What a Droplet's new size costs, as far as that is known."""
    from . import slugs

    price = slugs.price(do, call["size"]) if operation.resource == "droplet" and call.get("size") else None
    return f" (${price[1]:g}/month)" if price else ""


def _ask(what: str, targets: Sequence[Target], worded: Callable[[], str]) -> None:
    if not _somebody_there():
        raise _nobody(what, targets)
    if not targets:
        raise Failure("there is no such Droplet", NOT_FOUND.code)
    for line in _pictured(targets):
        click.echo(line, err=True)
    click.echo(f"{worded()} [y/N] ", nl=False, err=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Failure(f"{what}: not done", REFUSED.code)


def _pictured(targets: Sequence[Target]) -> Iterator[str]:
    """Lines that show them, a table; under it the Droplets that carry a tag."""
    headings = list(dict.fromkeys(name for target in targets for name in target.cells))
    rows = [[table.cell(target.cells.get(name)) for name in headings] for target in targets]
    yield from table.aligned([[name.upper() for name in headings], *rows])
    for target in targets:
        if target.droplets:
            many = len(target.droplets)
            stay = "a Droplet, which stays" if many == 1 else f"{many} Droplets, which stay"
            yield f"{table.cell(target.name)} is on {stay}:"
            yield from _pictured(target.droplets)


def _somebody_there() -> bool:
    """Whether somebody sees the question, on standard error, and can answer it; either may be closed."""
    streams: Sequence[TextIO | None] = (sys.stdin, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def _tell(what: str, targets: Sequence[Target], reporter: Reporter) -> None:
    if not reporter.quiet:
        for one in targets:
            reporter.line(f"{what}: {one.name} ({one.id})", event="target", id=one.id, name=one.name)


def _nobody(what: str, targets: Sequence[Target], most: int = 20) -> Failure:
    """The refusal where there is no terminal; it names what would be hit."""
    more = f" and {len(targets) - most} more" if len(targets) > most else ""
    told = f"{', '.join(map(str, targets[:most]))}{more}" if targets else "nothing that is there now"
    return Failure(
        f"{what} can't be undone and would hit {told}: say --yes where there is no terminal to ask on",
        REFUSED.code,
        targets=[one.described() for one in targets],
    )
