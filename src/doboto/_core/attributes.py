"""Attributes that things are made from: a documented dict and keyword arguments, checked before any request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from .request import text

T = TypeVar("T")


def merged(attribs: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes from both places, as a new dict, without those that are None.

    Raises:
        ValueError: An attribute came twice.
        TypeError: `attribs` is no dict.
    """
    if not isinstance(attribs, Mapping):
        raise TypeError(f"attribs must be a dict, not {type(attribs).__name__}")
    if twice := attribs.keys() & more.keys():
        raise ValueError(f"given twice: {', '.join(sorted(twice))}")
    return {name: value for name, value in {**attribs, **more}.items() if value is not None}


def refuse_unknown(operation: str, given: Iterable[str], known: Collection[str]) -> None:
    """Refuse keyword arguments that mean nothing, each with the name that it resembles.

    Raises:
        TypeError: There is one.
    """
    if unknown := [name for name in given if name not in known]:
        raise TypeError(
            f"{operation}() has no keyword argument {', '.join(_with_hint(name, known) for name in unknown)}; "
            "what the API takes and this version does not know goes into the dict attribs"
        )


def _with_hint(name: str, known: Collection[str]) -> str:
    from difflib import get_close_matches  # needed only for an error

    alike = get_close_matches(name, sorted(known), 1)
    return f"{name!r} (did you mean {alike[0]!r}?)" if alike else repr(name)


def attributes_of(
    attribs: Mapping[str, Any], more: Mapping[str, Any], *, needed: Sequence[str] = (), lists: Sequence[str] = ()
) -> dict[str, Any]:
    """Attributes from both places, with all that are needed, and lists where lists belong.

    Args:
        attribs: The documented dict.
        more: Keyword arguments.
        needed: Names of attributes that must be there, and not be empty text.
        lists: Names of attributes that must be lists where they are there.

    Raises:
        ValueError: One is missing, empty, or given twice.
        TypeError: `attribs` is no dict, or a list is none.
    """
    given = merged(attribs, more)
    for name in needed:
        required(name, given.get(name))
    return {name: listed(name, value) if name in lists else value for name, value in given.items()}


def required(name: str, value: T | None) -> T:
    """A value that must be there.

    Raises:
        ValueError: It is None, or empty text.
    """
    if value is None:
        raise ValueError(f"{name} is required")
    if isinstance(value, str):
        text(name, value)
    return value


def listed(name: str, value: Any) -> list[Any]:
    """A list; text is none, though it could be iterated over.

    Raises:
        TypeError: It is something else.
    """
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list, not {type(cast(object, value)).__name__}")
    return [*cast("Iterable[Any]", cast(object, value))]


def members(name: str, value: Any) -> dict[str, Any]:
    """A dict of its own, with what the caller's has.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a dict, not {type(value).__name__}")
    return {**cast("Mapping[str, Any]", value)}


def some(name: str, value: Any) -> list[Any]:
    """A list with something in it.

    Raises:
        ValueError: It is empty.
        TypeError: It is something else.
    """
    found = listed(name, value)
    if not found:
        raise ValueError(f"{name} must not be empty")
    return found
