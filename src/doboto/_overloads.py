"""Operations whose result depends on their arguments: one or many, by id or by tag.

`@overload` does not pass through a descriptor that is typed with a `ParamSpec`, so such an operation names its two
signatures as Protocols, the blocking client's and the asynchronous one's: `overloaded_operation[Blocking, Suspending]`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, get_args, overload

from ._core.attributes import refuse_unknown
from ._operation import Bound, Coro, Declaration, DualMethod, Sync, _blocking, checked
from ._operation_info import OperationInfo

Blocking = TypeVar("Blocking")
Suspending = TypeVar("Suspending")


class OverloadedOperation(DualMethod, Generic[Blocking, Suspending]):
    """An `async def` method that both clients can call, each with a signature of its own."""

    def __init__(self, function: Callable[..., Coro[Any]], info: OperationInfo, signatures: tuple[Any, ...]) -> None:
        sure = checked(function)
        super().__init__(_blocking(sure), sure, info, signatures)

    @overload
    def __get__(self, obj: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, obj: Bound[Sync], owner: type) -> Blocking: ...
    @overload
    def __get__(self, obj: Bound[Any], owner: type) -> Suspending: ...
    def __get__(self, obj: Any, owner: type) -> Any:
        return self._get(obj)


class overloaded_operation(Declaration, Generic[Blocking, Suspending]):  # noqa: N801 - read as a keyword
    """Make an `async def` method callable from both clients, each with a signature of its own."""

    def __call__(self, function: Callable[..., Coro[Any]]) -> OverloadedOperation[Blocking, Suspending]:
        signatures = get_args(vars(self)["__orig_class__"])  # the types in the brackets
        return OverloadedOperation(function, self.info, signatures)


class attributes_operation(overloaded_operation[Blocking, Suspending]):  # noqa: N801 - read as a keyword
    """`overloaded_operation` for operations on `attribs`: the dict may be omitted where keyword arguments are given.

    Keyword arguments must be parameters or attributes that the type of `attribs` has: Python refuses a misspelt one
    for any other operation. The dict stays open for attributes that the API got since.
    """

    #: Values of parameters without a default when they are omitted: their documented signature has none.
    absent: ClassVar[Mapping[str, Any]] = {"attribs": {}}

    def __call__(self, function: Callable[..., Coro[Any]]) -> OverloadedOperation[Blocking, Suspending]:
        names = function.__code__.co_varnames
        absent = {name: (names.index(name), value) for name, value in self.absent.items()}
        known = _keywords(function)

        @functools.wraps(function)
        async def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            if known is not None:
                refuse_unknown(function.__name__, kwargs, known)
            for name, (index, value) in absent.items():
                if len(args) < index:
                    kwargs.setdefault(name, value)
            return await function(self, *args, **kwargs)

        return super().__call__(call)


class certificate_operation(attributes_operation[Blocking, Suspending]):  # noqa: N801 - read as a keyword
    """`overloaded_operation`, for certificates: the PEM parts may be omitted where Let's Encrypt issues one."""

    absent: ClassVar[Mapping[str, Any]] = dict.fromkeys(("private_key", "leaf_certificate", "certificate_chain"))


def _keywords(function: Callable[..., Any]) -> frozenset[str] | None:
    """All keyword arguments that mean something to an operation; None where Python knows them itself."""
    parameters = inspect.signature(function).parameters
    if all(one.kind is not one.VAR_KEYWORD for one in parameters.values()):
        return None
    attributes = function.__globals__[parameters["attribs"].annotation].__annotations__
    return frozenset({*parameters, *attributes})
