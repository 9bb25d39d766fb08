"""Reads our own docstrings: Google's form, with `Scopes` and `Reference` as further sections."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from inspect import cleandoc
from typing import Any, NotRequired, Required, get_args, get_origin, get_type_hints

from ... import types

SECTION = re.compile(r"^(Args|Returns|Raises|Scopes|Reference):\s*(.*)$")
ENTRY = re.compile(r"^ {4}(\*{0,2}\w[\w, ]*): *(.*)$")
#: An entry that reads on in the next one ("its name, with").
READS_ON = re.compile(r"(; or|, with|, or|;)$")


@dataclass(slots=True)
class Docstring:
    """A docstring in its parts.

    Attributes:
        summary: The first line.
        body: What follows it, paragraph by paragraph; code blocks as they are.
        args: The text of each parameter.
        returns: What comes back.
        scopes: The scopes that the token needs.
        references: Links to the API's documentation.
    """

    summary: str = ""
    body: list[str] = field(default_factory=list[str])
    args: dict[str, str] = field(default_factory=dict[str, str])
    returns: str = ""
    scopes: str = ""
    references: list[str] = field(default_factory=list[str])


def parse(text: str | None) -> Docstring:
    """Parse a docstring into its parts."""
    sections: dict[str, list[str]] = {"": []}
    lines = sections[""]
    for line in cleandoc(text or "").splitlines():
        if found := SECTION.match(line):
            lines = sections[found[1]] = [found[2]] if found[2] else []
        else:
            lines.append(line)
    summary, *body = _paragraphs(sections[""]) or [""]
    return Docstring(
        summary,
        body,
        _entries(sections.get("Args", [])),
        _join(sections.get("Returns", [])),
        _join(sections.get("Scopes", [])),
        [word.rstrip(",") for word in _join(sections.get("Reference", [])).split()],
    )


def _join(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())


def _paragraphs(lines: list[str]) -> list[str]:
    """Return paragraphs, each in one line, without indented examples and the lines that introduce them."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if not line.strip():
            paragraphs.append([])
        elif not line.startswith(" "):
            paragraphs[-1].append(line)
    return [" ".join(one) for one in paragraphs if one and not one[-1].endswith("::")]


def _entries(lines: list[str]) -> dict[str, str]:
    """Return the text of each entry, without nested lists: their items are described elsewhere."""
    entries: dict[str, list[str]] = {}
    current: list[str] = []
    listing = False
    for line in lines:
        if found := ENTRY.match(line):
            current, listing = entries.setdefault(found[1].lstrip("*"), []), False
            current.append(found[2])
        elif line.strip().startswith("- "):
            listing = True
        elif not listing:
            current.append(line)
    return {name: sentence(_join(text)) for name, text in entries.items()}


def sentence(text: str) -> str:
    """Make a text a sentence, with a capital letter and a full stop."""
    text = READS_ON.sub("", text).rstrip(" :")
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", ")", "!")) else f"{text}."


LINK = re.compile(r"\s*https?://\S+")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a TypedDict.

    Attributes:
        name: Its name.
        hint: Its type, without `NotRequired`.
        help: What the comment above it says, without links.
        required: Whether it must be given.
    """

    name: str
    hint: Any
    help: str
    required: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """A class as its source has it."""

    bases: tuple[str, ...]
    comments: dict[str, str]


def fields_of(typed: Any) -> list[Field]:
    """Return the fields of a TypedDict, in the order in which they are declared."""
    hints = get_type_hints(typed, include_extras=True)
    return [
        Field(name, _bare(hint), comment(typed.__name__, name), name in typed.__required_keys__)
        for name, hint in hints.items()
    ]


def comment(class_name: str, field_name: str) -> str:
    """Return the comment above a field, in its class or the nearest base that has one."""
    source = _sources().get(class_name)
    if source is None:
        return ""
    if found := source.comments.get(field_name):
        return found
    return next((found for base in source.bases if (found := comment(base, field_name))), "")


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) in (NotRequired, Required) else hint


@cache
def _sources() -> dict[str, _Source]:
    return dict(_read())


def _read() -> Iterator[tuple[str, _Source]]:
    for info in pkgutil.iter_modules(types.__path__):
        module = importlib.import_module(f"{types.__name__}.{info.name}")
        try:
            source = inspect.getsource(module)
        except OSError:
            continue  # installed without sources: options then have no text of their own
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                yield node.name, _Source(tuple(map(ast.unparse, node.bases)), dict(_comments(node, lines)))


def _comments(node: ast.ClassDef, lines: list[str]) -> Iterator[tuple[str, str]]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign):
            text = LINK.sub("", " ".join(_above(lines, statement.lineno - 2)))
            yield ast.unparse(statement.target), sentence(text.strip()) if text.strip() else ""


def _above(lines: list[str], last: int) -> list[str]:
    """Return the lines of a `#:` comment that ends there, without their marks."""
    first = last
    while first >= 0 and lines[first].strip().startswith("#:"):
        first -= 1
    return [line.strip().removeprefix("#:").strip() for line in lines[first + 1 : last + 1]]
