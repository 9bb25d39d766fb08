"""JSON of a shape that nobody has promised, read without surprises: another type counts as nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast


def mapping(found: Any) -> Mapping[str, Any]:
    """The object itself, or an empty one."""
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def items(found: Any) -> Sequence[Any]:
    """The list itself, or an empty one."""
    return cast("Sequence[Any]", found) if isinstance(found, list) else ()


def records(found: Any) -> list[Mapping[str, Any]]:
    """The objects in a list."""
    return [mapping(item) for item in items(found) if isinstance(item, Mapping)]
