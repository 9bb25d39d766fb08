"""Asks before what cannot be undone, after it has shown what that will hit."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import DOBOTOException
from . import table
from .catalog import Operation
from .exits import REFUSED
from .failure import Failure
from .shape import is_object

if TYPE_CHECKING:
    from ..client import DO

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


def confirm(do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]], *, yes: bool) -> None:
    """Show what will be hit, and ask.

    Raises:
        Failure: The answer is no, or there is nobody to ask.
    """
    what = f"{operation.resource.replace('_', ' ')} {operation.command}"
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure(f"{what} can't be undone: say --yes where there is no terminal to ask on", REFUSED.code)
    hit = _hit(do, operation, calls)
    for line in table.aligned([[table.cell(text) for text in row] for row in hit]):
        click.echo(line, err=True)
    more = f" ALL {len(hit) - 1} of them" if any("tag_name" in call for call in calls) else ""
    click.echo(f"{what}{more}? It can't be undone. [y/N] ", nl=False, err=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Failure(f"{what}: not done", REFUSED.code)


DROPLET = ("NAME", "ID", "TAGS", "REGION", "PRICE")


def _hit(do: DO, operation: Operation, calls: Sequence[Mapping[str, Any]]) -> list[Sequence[Any]]:
    """A line for each thing that will be hit, below a line of headings."""
    if operation.resource == "droplet":
        droplets = [droplet for call in calls for droplet in _droplets(do, call)]
        if not droplets:
            raise Failure("there is no such Droplet", 3)
        return [DROPLET, *(_droplet(droplet) for droplet in droplets)]
    return [("NAME", "ID", "REGION"), *(_thing(do, operation, call) for call in calls)]


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
