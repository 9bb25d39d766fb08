"""The arguments of operations: converted to their documented types and checked by name, before any request."""

from __future__ import annotations

import inspect
import sys
import typing
import warnings
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from types import FunctionType
from typing import Any

from .._core.attributes import refuse_unknown
from .._core.conversion import Converter, choices_of, fields_of, members_converter, parameter_converter
from .._core.keys import refuse_private_keys
from ..errors import UnknownAttributeWarning
from .info import Effect

#: Positions of arguments, in words.
ORDINALS = ("first", "second", "third", "fourth")


class Arguments:
    """Converts the arguments of one operation.

    Type hints are resolved when an argument is given that has one: importing a resource, and a first call, stay fast.

    Args:
        function: The operation as it is written.
        effect: What it does; an update also accepts attributes that only responses have, so that a resource can be
            read, changed and sent back.
    """

    def __init__(self, function: Callable[..., Any], effect: Effect) -> None:
        self._function: Any = inspect.unwrap(function)
        code = self._function.__code__
        self._effect = effect
        self._positional: tuple[str, ...] = code.co_varnames[1 : code.co_argcount]
        self._names = frozenset(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])
        self._is_open = bool(code.co_flags & inspect.CO_VARKEYWORDS)
        self._hints: dict[str, Any] = {}
        self._converters: dict[str, Converter | None] = {}

    def convert(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, strict: bool
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Convert positional and keyword arguments.

        Raises:
            ValueError, TypeError: An argument is not what its type hint says, or there is no such keyword argument; if
                `strict` is true, also if a mapping has unknown attributes.
        """
        unknown: list[str] = []
        named = dict(zip(self._positional, args, strict=False))
        if kwargs:
            refuse_unknown(self._function.__name__, kwargs, self._known, attribs=self._ordinal)
            named, kwargs = self._separate(named, kwargs)
        given = {**named, **kwargs} if kwargs else named
        for name, value in given.items():
            refuse_private_keys(name, value)
        converted = {
            name: self._convert_one(name, value, unknown)
            for name, value in given.items()
            if value is not None or not self._is_flag(name)
        }
        if unknown:
            _report(unknown, strict=strict)
        if len(args) > len(self._positional) or (kwargs and named.keys() & kwargs.keys()):  # Python refuses them
            return args, dict(kwargs)
        return (), converted

    def with_timeout(self, args: tuple[Any, ...], kwargs: dict[str, Any], total: float) -> dict[str, Any]:
        """Let the client's timeout bound a call that does not wait and was given none; the default is for waiting."""
        if "timeout" not in self._names or "timeout" in kwargs or args:
            return kwargs
        if "wait" not in self._names or kwargs.get("wait"):
            return kwargs
        return {**kwargs, "timeout": total}

    def _separate(self, named: dict[str, Any], kwargs: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, Any]]:
        """Move keyword arguments that are attributes called like a parameter into `attribs`.

        A domain's record has a name as the domain has: `record_create("example.com", name="www", type="A")`.
        """
        doubled = {name: value for name, value in kwargs.items() if name in named and name in self._attributes}
        if not doubled or "attribs" not in self._names:
            return named, kwargs
        rest = {name: value for name, value in kwargs.items() if name not in doubled}
        given: Mapping[str, Any] = rest.pop("attribs", None) or named.get("attribs") or {}
        return {**named, "attribs": {**given, **doubled}}, rest

    def _convert_one(self, name: str, value: Any, unknown: list[str]) -> Any:
        convert = self._converter(name)
        return value if convert is None or value is None else convert("" if name == "attribs" else name, value, unknown)

    def _is_flag(self, name: str) -> bool:
        """Return whether a parameter is boolean; None means its default there, as in DOBOTO 0.6."""
        return name in self._names and self._hint(name) is bool

    def _hint(self, name: str) -> Any:
        """Return the type of a parameter, or of the result (`return`); None if there is no such parameter."""
        if name not in self._hints:
            self._hints[name] = type_hints(self._function, {name}).get(name)
        return self._hints[name]

    @cached_property
    def _typed_attributes(self) -> Any:
        """The TypedDict of the attributes, or None."""
        hint = self._hint("attribs") or next(iter(typing.get_args(self._hint("attributes"))), None)
        return next((one for one in choices_of(hint) if typing.is_typeddict(one)), None)

    @cached_property
    def _attributes(self) -> Mapping[str, Converter | None]:
        return fields_of(self._typed_attributes) if self._typed_attributes else {}

    @cached_property
    def _ordinal(self) -> str | None:
        """Which positional argument the dict of attributes is; None if attributes are not keyword arguments too."""
        if not self._is_open or "attribs" not in self._positional:
            return None
        return ORDINALS[self._positional.index("attribs")]

    @cached_property
    def _known(self) -> frozenset[str]:
        """The keyword arguments that it has."""
        return self._names.union(self._attributes) if self._is_open else self._names

    def _converter(self, name: str) -> Converter | None:
        """Return what converts a parameter, or an attribute given as a keyword argument; None if nothing does."""
        if name not in self._converters:
            self._converters[name] = self._make_converter(name)
        return self._converters[name]

    def _make_converter(self, name: str) -> Converter | None:
        if name == "attribs" and name in self._names and self._typed_attributes:
            result = self._hint("return") if self._effect == "update" else None
            readable: Mapping[str, Any] = fields_of(result) if typing.is_typeddict(result) else {}
            return members_converter(self._typed_attributes, readable)
        if name in self._names:
            return parameter_converter(name, self._hint(name))
        return self._attributes.get(name) if self._is_open else None


def _report(unknown: list[str], *, strict: bool) -> None:
    """Report attributes that the types do not have; the API may know them.

    Raises:
        TypeError: `strict` is true.
    """
    message = f"unknown attribute {', '.join(unknown)}"
    if strict:
        raise TypeError(message)
    warnings.warn(f"{message}; it is sent as it is", UnknownAttributeWarning, stacklevel=_callers_level())


def _callers_level() -> int:
    """The stack level of the nearest frame outside this package, for a warning raised by the caller."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("doboto."):
        level, frame = level + 1, frame.f_back
    return level


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
