"""Asks before what cannot be undone, after it has shown what that will hit."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..errors import DOBOTOException
from . import table
from .catalog import Operation
from .exits import NOT_FOUND, REFUSED
from .failure import Failure
from .shape import is_object

if TYPE_CHECKING:
    from ..client import DO
    from .reporting import Reporter

#: Names of what cannot be undone, or begins with such a word.
WORDS = frozenset({"destroy", "delete"})
#: What only reads or repeats what somebody has said yes to.
HARMLESS = frozenset({"destroy_status"})
#: What the docstring of such an operation says.
PHRASES = ("can't be undone", "is lost", "can't be taken away", "never shrinks", "never gets smaller")
#: Where only an option makes it so.
ONLY_WITH: Mapping[tuple[str, str], str] = {("droplet", "resize"): "disk"}


def irrevocable(operation: Operation) -> bool:
    """Whether an operation may do what cannot be undone, so that its command has `--yes`."""
    if operation.name in HARMLESS:
        return False
    text = " ".join([operation.doc.summary, *operation.doc.body])
    return (
        bool(WORDS & set(operation.name.split("_")))
        or any(phrase in text for phrase in PHRASES)
        or (operation.resource, operation.name) in ONLY_WITH
    )


def asks(operation: Operation, values: Mapping[str, Any]) -> bool:
    """Whether it does so with these values."""
    condition = ONLY_WITH.get((operation.resource, operation.name))
    return irrevocable(operation) and (condition is None or bool(values.get(condition)))


def confirm(do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter, *, yes: bool) -> None:
    """Show what will be hit, and ask. What is hit by tag is shown without a question too.

    Raises:
        Failure: The answer is no, or there is nobody to ask.
    """
    what = f"{operation.resource.replace('_', ' ')} {operation.command}"
    by_tag = any(call.get("tag_name") for call in calls)
    if yes and not by_tag:
        return
    headings, things = _hit(do, operation, calls)
    if yes:
        _tell(what, things, reporter)
        return
    if not _somebody_there():
        raise _nobody(what, things)
    if not things:
        raise Failure("there is no such Droplet", NOT_FOUND.code)
    for line in table.aligned([[table.cell(text) for text in row] for row in [headings, *things]]):
        click.echo(line, err=True)
    more = f" ALL {len(things)} of them" if by_tag else ""
    click.echo(f"{what}{more}? It can't be undone. [y/N] ", nl=False, err=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Failure(f"{what}: not done", REFUSED.code)


def _somebody_there() -> bool:
    """Whether somebody sees the question, on standard error, and can answer it; either may be closed."""
    streams: Sequence[TextIO | None] = (sys.stdin, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def _tell(what: str, things: Sequence[Sequence[Any]], reporter: Reporter) -> None:
    if not reporter.quiet:
        for name, id, *_ in things:
            reporter.line(f"{what}: {name} ({id})", event="target", id=id, name=name)


def _nobody(what: str, things: Sequence[Sequence[Any]], most: int = 20) -> Failure:
    """The refusal where there is no terminal; it names what would be hit."""
    named = [f"{name} ({id})" if name else str(id) for name, id, *_ in things]
    more = f" and {len(named) - most} more" if len(named) > most else ""
    told = f"{', '.join(named[:most])}{more}" if named else "nothing that is there now"
    return Failure(
        f"{what} can't be undone and would hit {told}: say --yes where there is no terminal to ask on",
        REFUSED.code,
        targets=[{"id": id, "name": name} for name, id, *_ in things],
    )


DROPLET = ("NAME", "ID", "TAGS", "REGION", "PRICE")


def _hit(do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]]) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """Headings, and a line for each thing that will be hit: its name, its id, what else is known."""
    if operation.resource == "droplet":
        return DROPLET, [_droplet(droplet) for call in calls for droplet in _droplets(do, call)]
    return ("NAME", "ID", "REGION"), [_thing(do, operation, call) for call in calls]


def _droplets(do: DO, call: Mapping[str, Any]) -> Sequence[Any]:
    if call.get("tag_name"):
        return do.droplet.list(tag_name=call["tag_name"])
    return [do.droplet.info(call["id"])] if "id" in call else []


def _droplet(droplet: Mapping[str, Any]) -> Sequence[Any]:
    size: Mapping[str, Any] = droplet.get("size") or {}
    price = f"${size['price_monthly']:g}/month" if "price_monthly" in size else ""
    region: Mapping[str, Any] = droplet.get("region") or {}
    return (droplet["name"], droplet["id"], droplet.get("tags"), region.get("slug"), price)


def _thing(do: DO, operation: Operation, call: Mapping[str, Any]) -> Sequence[Any]:
    """What is known of a thing that is no Droplet; at least how it was named."""
    given = [value for value in call.values() if isinstance(value, str | int) and not isinstance(value, bool)]
    info = getattr(getattr(do, operation.resource), "info", None)
    try:
        found: Any = info(given[0]) if info and given and operation.command in {"destroy", "delete"} else {}
    except (DOBOTOException, TypeError, ValueError):
        found = {}
    region = found.get("region")
    return (
        found.get("name") or call.get("name") or "",
        found.get("id") or " ".join(map(str, given)),
        region.get("slug") if is_object(region) else region,
    )
