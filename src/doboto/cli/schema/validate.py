"""Whether a value that was given as JSON has the shape of its type: an object, a list, a text, a number.

What a member may say is left to the API, and so is which of them must be there.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NotRequired, Required, Union

from ..._json import is_array, is_object
from .catalog import NAMED_MEMBERS

#: What the types of single values are called, and what they take.
SINGLE: Mapping[Any, tuple[str, Callable[[Any], bool]]] = {
    str: ("a text", lambda value: isinstance(value, str)),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    int: ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    float: ("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    type(None): ("null", lambda value: value is None),
}
LISTS = (list, Sequence)
OBJECTS = (dict, Mapping)


def find_mismatch(value: Any, hint: Any, path: str = "") -> str | None:
    """Describe how a value differs from its type, or return None.

    Args:
        value: As JSON has it.
        hint: The type.
        path: Where it is, for the message.
    """
    if typing.get_origin(hint) in (Required, NotRequired):
        hint = typing.get_args(hint)[0]
    kinds = [kind for one in choices(hint) for kind in _outer_types(one)]
    wrong = [_find_mismatch_in(value, one, path) for one in kinds]
    if not wrong or None in wrong:
        return None
    # Of several types, the one whose outer type fits has the message about its members.
    outward = f"{path or 'it'} is "
    inner = next((one for one in wrong if one is not None and not one.startswith(outward)), None)
    wanted = dict.fromkeys(_type_text(one) for one in kinds if one is not type(None))
    return inner or f"{outward}{_type_name(value)}, not {' or '.join(wanted)}"


def _find_mismatch_in(value: Any, hint: Any, path: str) -> str | None:
    origin = typing.get_origin(hint)
    if typing.is_typeddict(hint) and is_object(value):
        hints = typing.get_type_hints(hint)
        inside = (
            find_mismatch(value[name], hints[name], f"{path}.{name}".lstrip("."))
            for name in value
            if name in hints and not _is_named(name, value[name])
        )
    elif origin in LISTS and is_array(value):
        (each,) = typing.get_args(hint)
        inside = (find_mismatch(one, each, f"{path}[{place}]") for place, one in enumerate(value))
    else:
        return None if _fits(value, hint, origin) else f"{path or 'it'} is {_type_name(value)}"
    return next((one for one in inside if one is not None), None)


def _is_named(name: str, value: Any) -> bool:
    """Whether a member may hold names in place of ids, and does."""
    return name in NAMED_MEMBERS and all(isinstance(one, str | int) for one in (value if is_array(value) else [value]))


def _fits(value: Any, hint: Any, origin: Any) -> bool:
    if typing.is_typeddict(hint) or origin in OBJECTS:
        return is_object(value)
    if origin in LISTS:
        return is_array(value)
    return hint not in SINGLE or SINGLE[hint][1](value)


def choices(hint: Any) -> list[Any]:
    """Return what a type may be."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        return [choice for one in typing.get_args(hint) for choice in choices(one)]
    return [hint]


def _outer_types(hint: Any) -> list[Any]:
    """Return what a type may be; of some literals, what these are."""
    literals = typing.get_origin(hint) is Literal
    return list(dict.fromkeys(map(type, typing.get_args(hint)))) if literals else [hint]


def _type_text(hint: Any) -> str:
    if hint in SINGLE:
        return SINGLE[hint][0]
    return "a list" if typing.get_origin(hint) in LISTS else "an object"


def _type_name(value: Any) -> str:
    """Name the JSON type of a value."""
    if is_object(value) or is_array(value):
        return "an object" if is_object(value) else "a list"
    return next((name for name, fits in SINGLE.values() if fits(value)), "something else")
