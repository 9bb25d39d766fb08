"""Operations are written once, as coroutines, and serve both clients.

An operation is an `async def` that awaits nothing but other operations, the session and its `IO`. `AsyncDO` gives
the coroutine to be awaited. In `DO` everything it awaits blocks and never suspends, so one `send(None)` runs it to
its end: there is no event loop, and it works in threads and inside a running loop.

`@operation` and `@stream` are descriptors: read from a client's resource they give the method as that client calls
it, typed. `@shaped` and `@attributed`, in `_shapes`, do the same for operations whose result depends on what was
asked for. What is documented as a boolean is checked here, for all operations alike.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar, cast, overload

from ._core.request import flag

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
One = TypeVar("One", covariant=True)
Many = TypeVar("Many", covariant=True)

Coro: TypeAlias = Coroutine[Any, Any, R]


class Sync:
    """Marker: operations return their result."""


class Async:
    """Marker: operations return a coroutine."""


Mode = TypeVar("Mode")


def run(operation: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine that never suspends."""
    try:
        operation.send(None)
    except StopIteration as stop:
        return cast(R, stop.value)
    operation.close()
    raise RuntimeError("an operation of the blocking client awaited something that suspends")


def run_each(items: AsyncGenerator[R, None]) -> Iterator[R]:
    """Iterate over an asynchronous generator that never suspends; leaving early closes it."""
    try:
        while True:
            try:
                item = run(items.__anext__())
            except StopAsyncIteration:
                return
            yield item
    finally:
        run(items.aclose())


class Bound(Generic[Mode]):
    """What operations are methods of.

    `_mode` says whose operations they are; `_async_view` is the same group as an operation sees it, always suspending.
    """

    _mode: type[Any]
    _async_view: Any


class DualMethod:
    """A function for each mode, chosen by the resource that the attribute is read from."""

    def __init__(self, blocking: Callable[..., Any], suspending: Callable[..., Any]) -> None:
        self._by_mode: dict[Any, Callable[..., Any]] = {Sync: blocking, Async: suspending}
        self.__doc__ = suspending.__doc__
        self.__isabstractmethod__ = False

    def _get(self, obj: Any) -> Any:
        if obj is None:
            return self._by_mode[Sync]  # for `help(DO.droplet.info)` and documentation generators
        return MethodType(self._by_mode[obj._mode], obj)


def checked(function: Callable[..., Coro[R]]) -> Callable[..., Coro[R]]:
    """The same operation; what it declares as a boolean must be one, for the text "no" counts as true."""
    own = inspect.unwrap(function)
    code = own.__code__
    flags = [name for name, hint in own.__annotations__.items() if hint == "bool"]
    positional = code.co_varnames[1 : code.co_argcount]
    if not flags:
        return function

    @functools.wraps(function)
    async def call(self: Any, /, *args: Any, **kwargs: Any) -> R:
        given = {**dict(zip(positional, args, strict=False)), **kwargs}
        for name in flags:
            if name in given:
                flag(name, given[name])
        return await function(self, *args, **kwargs)

    return call


def _blocking(function: Callable[..., Coro[R]]) -> Callable[..., R]:
    @functools.wraps(function)
    def call(self: Any, /, *args: Any, **kwargs: Any) -> R:
        return run(function(self._async_view, *args, **kwargs))

    return call


class operation(DualMethod, Generic[P, R]):  # noqa: N801 - read as a keyword
    """Make an `async def` method callable from both clients."""

    def __init__(self, function: Callable[Concatenate[Any, P], Coro[R]]) -> None:
        sure = checked(function)
        super().__init__(_blocking(sure), sure)

    @overload
    def __get__(self, obj: None, owner: type) -> Callable[Concatenate[Any, P], R]: ...
    @overload
    def __get__(self, obj: Bound[Sync], owner: type) -> Callable[P, R]: ...
    @overload
    def __get__(self, obj: Bound[Any], owner: type) -> Callable[P, Coro[R]]: ...
    def __get__(self, obj: Any, owner: type) -> Any:
        return self._get(obj)


class stream(DualMethod, Generic[P, R]):  # noqa: N801 - read as a keyword
    """Make an `async def` generator method iterable from both clients."""

    def __init__(self, function: Callable[Concatenate[Any, P], AsyncGenerator[R, None]]) -> None:
        @functools.wraps(function)
        def each(self: Any, /, *args: Any, **kwargs: Any) -> Iterator[R]:
            return run_each(function(self._async_view, *args, **kwargs))

        signature = inspect.signature(function)
        returns = str(signature.return_annotation).replace("AsyncGenerator[", "Iterator[").replace(", None]", "]")
        setattr(each, "__signature__", signature.replace(return_annotation=returns))  # noqa: B010 - typed as a function
        super().__init__(each, function)

    @overload
    def __get__(self, obj: None, owner: type) -> Callable[Concatenate[Any, P], Iterator[R]]: ...
    @overload
    def __get__(self, obj: Bound[Sync], owner: type) -> Callable[P, Iterator[R]]: ...
    @overload
    def __get__(self, obj: Bound[Any], owner: type) -> Callable[P, AsyncGenerator[R, None]]: ...
    def __get__(self, obj: Any, owner: type) -> Any:
        return self._get(obj)
