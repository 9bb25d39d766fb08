"""The question before what cannot be undone, made from the operation's name, its docstring and the values given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..output.table import cell
from ..schema.catalog import Operation, spelled
from .targets import Target, reader_of

#: How a value reads in a sentence; another one follows "with" and its parameter's name.
READS: Mapping[str, str] = {"size": "to size", "image": "from image"}
#: What is said besides of how it is done, and nothing of what becomes of the thing.
ASIDE = frozenset({"tag_name", "missing_ok", "wait", "poll", "timeout"})
#: Words that are not written as the names of resources and operations have them.
WRITTEN: Mapping[str, str] = {
    "droplet": "Droplet", "ip": "IP", "ipv6": "IPv6", "nat": "NAT", "ssh": "SSH", "vpc": "VPC",
}  # fmt: skip
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
        return rest[-1].capitalize(), _written([first, *rest[:-1]]), ""
    return first.capitalize(), "", f" ({' '.join(rest)})" if rest else ""


def _written(words: Sequence[str]) -> str:
    return " ".join(WRITTEN.get(word, word) for word in words)


def _things(operation: Operation, noun: str, targets: Sequence[Target], tag: str | None) -> str:
    """The things by their names, with the word for their kind where a name alone does not tell."""
    kind = _written(operation.resource.split("_"))
    kind = kind if operation.resource == "droplet" or not noun else f"{kind} {noun}"
    if tag:
        many = f"ALL {len(targets)} {kind}s" if len(targets) > 1 else f"the one {kind}"
        return f"{many} with tag {cell(tag)}"
    names = [cell(one.name or one.id) for one in targets]
    if len(names) > 1:
        told = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
        return f"{len(names)} {kind}s: {told}"
    return names[0] if operation.resource == "droplet" else f"{kind} {names[0]}"


def _given(operation: Operation, values: Mapping[str, Any], price: str) -> Iterator[str]:
    """The values that say what becomes of the thing; not those that only name it."""
    reader = reader_of(operation)
    naming = {one.name for one in reader.parameters} if reader is not None else set[str]()
    for name, value in values.items():
        if name in naming | ASIDE or name == operation.parameters[0].name or value in (None, False):
            continue
        told = f"with --{spelled(name)}" if value is True else f"{READS.get(name, f'with {name}')} {cell(value)}"
        yield told + (price if name == "size" else "")
