"""The fields of our TypedDicts, with the `#:` comments above them, which are in the source only."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NotRequired, Required, get_args, get_origin, get_type_hints

from ... import types
from .docstrings import sentence

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
    """The fields of a TypedDict, in the order in which they are declared."""
    hints = get_type_hints(typed, include_extras=True)
    return [
        Field(name, _bare(hint), comment(typed.__name__, name), name in typed.__required_keys__)
        for name, hint in hints.items()
    ]


def comment(class_name: str, field_name: str) -> str:
    """The comment above a field, in its class or the nearest base that has one."""
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
    """The lines of a `#:` comment that ends there, without their marks."""
    first = last
    while first >= 0 and lines[first].strip().startswith("#:"):
        first -= 1
    return [line.strip().removeprefix("#:").strip() for line in lines[first + 1 : last + 1]]
