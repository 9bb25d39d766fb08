"""Converts arguments to their documented types before any request, alike for all operations.

What a parameter or attribute accepts follows from its type hint:

- `bool`: True, False, 1, 0, and the texts true, false, yes and no in any case, as templates and programs for DOBOTO 0.6
  have them.
- `int`, `float`: a number, or the text of one; never a boolean, never NaN.
- `str` in attributes that may consist of digits, such as `ports` of a rule: text, or a whole number, which is sent as
  its text: YAML and JSON have a number where nobody wrote quotes.
- `Literal`: one of its values. Attributes are not restricted like this: the API may know further values.
- a `TypedDict`: a mapping whose members are converted. Members that it does not have are collected, not refused.
"""

from __future__ import annotations

import operator
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, Literal, NotRequired, Required, TypeAlias, Union, cast

from .._json import is_finite
from ..errors import ArgumentTypeError, ArgumentValueError
from .attributes import check_choice, suggest

#: Attributes whose text may consist of digits. Others are slugs, UUIDs and the like: a number there is a mistake.
DIGITS = frozenset(
    {"data", "description", "entities", "filesystem_label", "image", "name", "names", "ports", "purpose", "ssh_keys",
     "tag", "tags"}
)  # fmt: skip
#: Converts a value; its name is for errors, and names of unknown members go into the list.
Converter: TypeAlias = Callable[[str, Any, list[str]], Any]

LISTS = (list, Sequence)
BOOLEANS: Mapping[Any, bool] = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}


@cache
def converter(hint: Any) -> Converter | None:
    """Return the converter for a type hint; None if values are taken as they are."""
    origin = typing.get_origin(hint)
    if hint in SCALARS:
        return SCALARS[hint]
    if origin in (Required, NotRequired):
        return converter(typing.get_args(hint)[0])
    if origin in (Union, UnionType):
        return _union(hint)
    if origin in LISTS:
        return _list_of(converter(typing.get_args(hint)[0]))
    if typing.is_typeddict(hint):
        return members_converter(hint)
    return None


@cache
def parameter_converter(name: str, hint: Any) -> Converter | None:
    """Return the converter for a parameter: as `converter`, and of a `Literal` only its values are accepted.

    Text is checked where it is used, which knows what a number there was meant to be.
    """
    choices = [one for one in choices_of(hint) if one is not type(None)]
    if len(choices) == 1 and typing.get_origin(choices[0]) is Literal:
        return _one_of(typing.get_args(choices[0]))
    return converter(hint) if choices == [str] else _member_converter(name, hint)


def members_converter(typed: Any, known: Collection[str] = ()) -> Converter:
    """Return the converter for a mapping with the members of a TypedDict; `known` members are accepted besides."""

    def convert(name: str, value: Any, unknown: list[str]) -> Any:
        if not isinstance(value, Mapping):
            return value  # refused where it is used
        fields = fields_of(typed)
        given: Mapping[Any, Any] = cast(Any, value)
        converted: dict[Any, Any] = {}
        for key, member in given.items():
            path = f"{name}.{key}" if name else str(key)
            if key not in fields and key not in known:
                unknown.append(f"{path}{suggest(str(key), fields)}")
            convert_member = fields.get(key)
            converted[key] = convert_member(path, member, unknown) if convert_member and member is not None else member
        return converted

    return convert


@cache
def fields_of(typed: Any) -> Mapping[str, Converter | None]:
    """Return the members of a TypedDict with their converters."""
    return {name: _member_converter(name, hint) for name, hint in typing.get_type_hints(typed).items()}


def _member_converter(name: str, hint: Any) -> Converter | None:
    choices = [one for one in choices_of(hint) if one is not type(None)]
    if name in DIGITS and choices == [str]:
        return digits_or_text
    if name in DIGITS and choices in ([list[str]], [Sequence[str]]):
        return _list_of(digits_or_text)
    return converter(hint)


def digits_or_text(name: str, value: Any, unknown: list[str]) -> str:  # noqa: ARG001 - as every converter
    """Return a text that may consist of digits. A float is refused: `1.10` without quotes has lost a digit.

    Raises:
        ValueError: The number has more digits than Python turns into text.
        TypeError: The value is neither text nor a whole number.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ArgumentTypeError("{0} must be text or a whole number, not {value}", name, value=_describe(value))
    try:
        return str(operator.index(value))
    except ValueError:  # more digits than sys.get_int_max_str_digits()
        raise ArgumentValueError("{0} must not be a number of thousands of digits", name) from None


def boolean(name: str, value: Any) -> bool:
    """Return a documented boolean.

    Raises:
        TypeError: The value is none of those that mean true or false.
    """
    key = value.strip().lower() if isinstance(value, str) else value
    if isinstance(key, str | int) and key in BOOLEANS:
        return BOOLEANS[key]
    raise ArgumentTypeError("{0} must be True or False, not {value!r}", name, value=value)


def whole_number(name: str, value: Any) -> int:
    """Return a documented whole number.

    Raises:
        ValueError: The text is not one.
        TypeError: The value is neither a whole number nor text.
    """
    if isinstance(value, str):
        digits = value.strip()
        if not digits:
            raise ArgumentValueError("{0} must not be empty", name)
        if not (digits.removeprefix("-").isascii() and digits.removeprefix("-").isdigit()):
            raise ArgumentValueError("{0} must be a whole number, not {value!r}", name, value=value)
        try:
            return int(digits)
        except ValueError:  # more digits than sys.get_int_max_str_digits()
            raise ArgumentValueError("{0} must be a whole number, not one of thousands of digits", name) from None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ArgumentTypeError("{0} must be a whole number, not {value}", name, value=_describe(value))
    index: int = operator.index(cast(Any, value))
    return index


def number(name: str, value: Any) -> float:
    """Return a documented number.

    Raises:
        ValueError: It is not finite, or the text is not a number.
        TypeError: The value is neither a number nor text.
    """
    if isinstance(value, str):
        try:
            value = float(value) if not _is_integer(value) else int(value)
        except ValueError:
            raise ArgumentValueError("{0} must be a number, not {value!r}", name, value=value) from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ArgumentTypeError("{0} must be a number, not {value}", name, value=_describe(value))
    if not is_finite(value):
        raise ArgumentValueError("{0} must be finite, not {value!r}", name, value=value)
    return value


def _is_integer(text: str) -> bool:
    return text.strip().removeprefix("-").isdecimal()


def _describe(value: Any) -> str:
    return repr(value) if isinstance(value, bool | float) or value is None else type(value).__name__


def choices_of(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union; of any other hint, itself."""
    return typing.get_args(hint) if typing.get_origin(hint) in (Union, UnionType) else (hint,)


def _union(hint: Any) -> Converter | None:
    """Return the converter for a union: that of its list for lists, that of its single type for other values."""
    choices = [one for one in typing.get_args(hint) if one is not type(None)]
    lists = [converter(one) for one in choices if typing.get_origin(one) in LISTS]
    single = [converter(one) for one in choices if typing.get_origin(one) not in LISTS]
    for_lists, for_others = (found[0] if len(found) == 1 else None for found in (lists, single))
    if for_lists is None and for_others is None:
        return None

    def convert(name: str, value: Any, unknown: list[str]) -> Any:
        chosen = for_lists if lists and is_listlike(value) else for_others
        return value if chosen is None or value is None else chosen(name, value, unknown)

    return convert


def is_listlike(value: Any) -> bool:
    """Return whether a value counts as a list: text and mappings do not."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def _list_of(each: Converter | None) -> Converter | None:
    if each is None:
        return None

    def convert(name: str, value: Any, unknown: list[str]) -> Any:
        if not is_listlike(value):
            return value  # refused where it is used
        items: Iterable[Any] = value
        return [each(f"{name}[{index}]", one, unknown) for index, one in enumerate(items)]

    return convert


def _one_of(values: tuple[Any, ...]) -> Converter:
    def convert(name: str, value: Any, unknown: list[str]) -> Any:  # noqa: ARG001 - as every converter
        return None if value is None else check_choice(name, value, values)

    return convert


SCALARS: Mapping[Any, Converter] = {
    bool: lambda name, value, _: boolean(name, value),
    int: lambda name, value, _: whole_number(name, value),
    float: lambda name, value, _: number(name, value),
}
