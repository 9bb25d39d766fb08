"""The types that an operation's annotations name, resolved when they are needed."""

from __future__ import annotations

import typing
from collections.abc import Callable, Collection
from types import FunctionType
from typing import Any


def type_hints(function: Callable[..., Any], names: Collection[str] | None = None) -> dict[str, Any]:
    """Return the types of a function's parameters and result (`return`), as its annotations name them.

    Args:
        function: The function as it is written. Names of `doboto.types` count even if its module does not import them.
        names: Those that are wanted. Default: all, which imports what the others name, too.
    """
    wanted = _only(function, names) if names is not None else function
    try:
        return typing.get_type_hints(wanted, include_extras=True)
    except NameError:
        from .. import types  # many times as long as the rest of a first call

        known = {name: getattr(types, name) for name in types.__all__}
        return typing.get_type_hints(wanted, localns=known, include_extras=True)


def _only(function: Any, names: Collection[str]) -> Callable[..., Any]:
    """Return a function with these annotations alone."""
    found = FunctionType(function.__code__, function.__globals__)
    found.__annotations__ = {name: hint for name, hint in function.__annotations__.items() if name in names}
    return found
