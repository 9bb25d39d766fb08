"""Operations whose result depends on what was asked for: one or many, by id or by tag.

`@overload` does not pass through a descriptor that is typed with a `ParamSpec`, so such an operation names its two
signatures, the blocking client's and the asynchronous one's, as Protocols: `shaped[Blocking, Suspending]`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, overload

from ._core.attributes import refuse_unknown
from ._operation import Bound, Coro, DualMethod, Sync, _blocking, checked

Blocking = TypeVar("Blocking")
Suspending = TypeVar("Suspending")


class overloaded_operation(DualMethod, Generic[Blocking, Suspending]):  # noqa: N801 - read as a keyword
    """Make an `async def` method callable from both clients, each with a signature of its own."""

    def __init__(self, function: Callable[..., Coro[Any]]) -> None:
        sure = checked(function)
        super().__init__(_blocking(sure), sure)

    @overload
    def __get__(self, obj: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, obj: Bound[Sync], owner: type) -> Blocking: ...
    @overload
    def __get__(self, obj: Bound[Any], owner: type) -> Suspending: ...
    def __get__(self, obj: Any, owner: type) -> Any:
        return self._get(obj)


class attributes_operation(overloaded_operation[Blocking, Suspending]):  # noqa: N801 - read as a keyword
    """`overloaded_operation` for operations on `attribs`: the dict may be omitted where keyword arguments are given.

    Keyword arguments must be parameters or attributes that the type of `attribs` has: Python refuses a misspelt one
    for any other operation. The dict stays open for attributes that the API got since.
    """

    #: What parameters without a default are given when they are left out: their documented signature has none.
    absent: ClassVar[Mapping[str, Any]] = {"attribs": {}}

    def __init__(self, function: Callable[..., Coro[Any]]) -> None:
        names = function.__code__.co_varnames
        absent = {name: (names.index(name), value) for name, value in self.absent.items()}
        known = _keywords(function)

        @functools.wraps(function)
        async def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            if known is not None:
                refuse_unknown(function.__name__, kwargs, known)
            for name, (place, value) in absent.items():
                if len(args) < place:
                    kwargs.setdefault(name, value)
            return await function(self, *args, **kwargs)

        super().__init__(call)


class certificate_operation(attributes_operation[Blocking, Suspending]):  # noqa: N801 - read as a keyword
    """`overloaded_operation`, for certificates: what is uploaded may be left out where one is ordered instead."""

    absent: ClassVar[Mapping[str, Any]] = dict.fromkeys(("private_key", "leaf_certificate", "certificate_chain"))


def _keywords(function: Callable[..., Any]) -> frozenset[str] | None:
    """All keyword arguments that mean something to an operation; None where Python knows them itself."""
    parameters = inspect.signature(function).parameters
    if all(one.kind is not one.VAR_KEYWORD for one in parameters.values()):
        return None
    attributes = function.__globals__[parameters["attribs"].annotation].__annotations__
    return frozenset({*parameters, *attributes})
