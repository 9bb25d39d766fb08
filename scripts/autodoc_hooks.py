"""What Sphinx does not know of our operations: their types, and two sections of their docstrings."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import AsyncGenerator, Callable, Iterator
from types import GenericAlias
from typing import Any

import pages
from sphinx.application import Sphinx
from sphinx.util.inspect import stringify_signature

from doboto.cli.schema.catalog import CliOperation, operations, resources
from doboto.client import Client

OPERATION = re.compile(r"doboto\.client\.DO\.(\w+)\.(\w+)$")
#: Functions that stand in an entry of a whole module.
PUBLIC = {"switchboard"}
#: Sections that become fields by themselves: they are prose, in which napoleon would look for a type before a colon.
SECTION = re.compile(r"^(Returns|Scopes|Reference):\s*")

#: Not yet between backticks. Docutils takes some of them for addresses on the Web.
SCOPE = re.compile(r"(?<![`\w:])([a-z_0-9]+:[a-z]+)(?![`\w])")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", lambda _: pages.write())
    app.connect("autodoc-skip-member", skipped)
    app.connect("autodoc-process-signature", signature)
    for change in (code, sections):
        app.connect("autodoc-process-docstring", change, priority=400)  # before napoleon's
    return {"parallel_read_safe": True}


def skipped(_: Sphinx, what: str, name: str, thing: object, *__: Any) -> bool | None:
    """Leave out the resources of clients, each of which has a page, and what a module keeps beside its classes."""
    beside = what == "module" and not (inspect.isclass(thing) or name in PUBLIC)
    return True if name in resources() or beside else None


def signature(
    _: Sphinx, what: str, name: str, _thing: object, _options: object, arguments: str | None, _returns: str | None
) -> tuple[str, str | None] | None:
    """Return the signature of an operation with types by their names; an exception, which only we raise, has none."""
    if what == "exception":
        return None if arguments is None else ("", None)
    found = OPERATION.match(name)
    if not found:
        return None
    one = operations(found[1])[found[2].replace("_", "-")]
    return written(one), ""


def written(operation: CliOperation) -> str:
    """The signature as the operation is written: one for all overloads."""
    return spelled(getattr(getattr(Client, operation.resource), operation.name), operation.hints)


def spelled(function: Callable[..., Any], hints: dict[str, Any]) -> str:
    """A signature without self."""
    known = inspect.signature(function)
    parameters = [one.replace(annotation=hints.get(one.name, one.annotation)) for one in known.parameters.values()]
    result = hints.get("return", known.return_annotation)
    if typing.get_origin(result) is AsyncGenerator:
        result = GenericAlias(Iterator, typing.get_args(result)[:1])
    known = known.replace(parameters=parameters[1:], return_annotation=result)
    return stringify_signature(known, unqualified_typehints=True)


def code(*event: Any) -> None:
    """What stands apart and further in is code, or a drawing."""
    lines: list[str] = event[-1]
    for number in range(len(lines) - 1, 1, -1):
        begins = lines[number].startswith("    ") and not lines[number - 1].strip()
        before = next((line for line in reversed(lines[:number]) if line.strip()), "")
        if begins and not before.startswith(" ") and not before.endswith("::"):
            lines[number:number] = ["::", ""]


def sections(_: Sphinx, what: str, name: str, *more: Any) -> None:
    """Put results, scopes and references into fields, beside parameters and errors."""
    lines: list[str] = more[-1]
    if not name.startswith("doboto."):
        return
    if what in ("attribute", "property"):
        lines[:0] = ["..", ""]  # else napoleon takes what stands before a colon in the first line for a type
    inside = ""
    for number, line in enumerate(lines):
        if found := SECTION.match(line):
            inside = found[1]
            line = lines[number] = SECTION.sub(f":{found[1]}: ", line)
        elif line.strip() and not line.startswith(" "):
            inside = ""
        elif inside and line.strip():
            lines[number] = "    " + line.strip()
        if inside == "Scopes":
            lines[number] = SCOPE.sub(r"`\1`", lines[number])
