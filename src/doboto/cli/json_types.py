"""What JSON values are, for type checkers too, which learn nothing of the inside from `isinstance`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value is a JSON object."""
    return isinstance(value, Mapping)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON array."""
    return isinstance(value, list)


def is_pair(value: object) -> TypeGuard[tuple[Any, Any]]:
    """Whether a value is what `present` gives: what is there, and what of it was created."""
    return isinstance(value, tuple)


def holds_objects(value: object) -> bool:
    """Whether a value is an array with objects or arrays in it."""
    return is_array(value) and any(is_object(one) or is_array(one) for one in value)
