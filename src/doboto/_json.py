"""JSON of a shape that nobody has promised, read without surprises: another type counts as nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard, cast


def mapping(found: Any) -> Mapping[str, Any]:
    """The object itself, or an empty one."""
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def items(found: Any) -> Sequence[Any]:
    """The list itself, or an empty one."""
    return cast("Sequence[Any]", found) if isinstance(found, list) else ()


def records(found: Any) -> list[Mapping[str, Any]]:
    """The objects in a list."""
    return [mapping(item) for item in items(found) if isinstance(item, Mapping)]


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value is a JSON object; type checkers learn its type, which `isinstance` does not give them."""
    return isinstance(value, Mapping)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON array."""
    return isinstance(value, list)


def holds_objects(value: object) -> bool:
    """Whether a value is an array that has objects or arrays in it."""
    return is_array(value) and any(is_object(one) or is_array(one) for one in value)
