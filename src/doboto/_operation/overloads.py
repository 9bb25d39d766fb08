"""Operations whose result depends on their arguments: one or many, by id or by tag.

`@overload` does not pass through a descriptor that is typed with a `ParamSpec`, so such an operation names its two
signatures as Protocols, the blocking client's and the asynchronous one's: `overloaded_operation[Blocking, Suspending]`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, get_args, overload

from .descriptors import Bound, Coro, Declaration, DualMethod, Sync, _make_blocking, convert_arguments
from .info import OperationInfo

Blocking = TypeVar("Blocking")
Suspending = TypeVar("Suspending")


class OverloadedDescriptor(DualMethod, Generic[Blocking, Suspending]):
    """An `async def` method that both clients can call, each with a signature of its own."""

    def __init__(self, function: Callable[..., Coro[Any]], info: OperationInfo, signatures: tuple[Any, ...]) -> None:
        converted = convert_arguments(function, info)
        super().__init__(_make_blocking(converted), converted, info, signatures)

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

    def __call__(self, function: Callable[..., Coro[Any]]) -> OverloadedDescriptor[Blocking, Suspending]:
        signatures = get_args(vars(self)["__orig_class__"])  # the types in the brackets
        return OverloadedDescriptor(function, self.info, signatures)
