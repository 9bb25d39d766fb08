"""Operations are written once, as coroutines, and serve both clients.

An operation is an `async def` that awaits nothing but other operations, the session and its `IO`. `AsyncDO` gives
the coroutine to be awaited. In `DO` everything it awaits blocks (see `waits`), so one `send(None)` runs it to its end:
there is no event loop, and it works in threads and inside a running loop.

`@operation(...)` and `@stream(...)` declare what programs must know of an operation (see `OperationInfo`) and make
descriptors: read from a client's resource they give the method as that client calls it, typed.
`overloaded_operation`, in `overloads`, does the same for operations whose result depends on their arguments.
Arguments are converted to their documented types, and tracebacks shortened, for all operations alike.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from contextlib import aclosing
from types import MethodType, TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar, overload

from .._core.attributes import missing_attribute
from ..errors import DOBOTOException
from .arguments import Arguments
from .info import NOTHING, Effect, OperationInfo
from .waits import run

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
E = TypeVar("E", bound=Exception)
One = TypeVar("One", covariant=True)
Many = TypeVar("Many", covariant=True)
Gone = TypeVar("Gone", covariant=True)

Coro: TypeAlias = Coroutine[Any, Any, R]


class Sync:
    """Marker: operations return their result."""


class Async:
    """Marker: operations return a coroutine."""


Mode = TypeVar("Mode")


def run_each(items: AsyncGenerator[R, None]) -> Iterator[R]:
    """Iterate over an asynchronous generator that never suspends; leaving early closes it."""
    try:
        while True:
            try:
                item = run(items.__anext__())
            except StopAsyncIteration:
                return
            except OWN as error:
                raise shorten_traceback(error)  # noqa: B904 - it is the same error
            yield item
    finally:
        run(items.aclose())


class Bound(Generic[Mode]):
    """What operations are methods of.

    `_mode` says whose operations they are; `_async_view` is the same group as an operation sees it, always suspending.
    """

    _mode: type[Any]
    _async_view: Any

    if not TYPE_CHECKING:  # to a type checker, any name would be one that it has

        def __getattr__(self, name: str) -> Any:
            raise missing_attribute(self, name)


class DualMethod:
    """A function for each mode, chosen by the resource that the attribute is read from.

    Attributes:
        info: What the operation declares.
        signatures: The Protocols that have its overloads, for `DO` and for `AsyncDO`; empty if it has none.
    """

    def __init__(
        self,
        blocking: Callable[..., Any],
        suspending: Callable[..., Any],
        info: OperationInfo,
        signatures: tuple[Any, ...] = (),
    ) -> None:
        self._by_mode: dict[Any, Callable[..., Any]] = {Sync: blocking, Async: suspending}
        self._documented = False
        self._owner: type[Any] = object
        self.info = info
        self.signatures = signatures
        self.__isabstractmethod__ = False

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._owner = owner

    @property
    def blocking(self) -> Callable[..., Any]:
        """The function as the blocking client calls it, with its docstring complete or not yet."""
        return self._by_mode[Sync]

    @property
    def function(self) -> Callable[..., Any]:
        """The function as the blocking client calls it, with its complete docstring."""
        if not self._documented:  # at the first use, so that importing a resource composes no texts
            from .documentation import document, sibling_of

            self._documented = True
            sibling = self._docstring_of(sibling_of(self.blocking.__name__))
            document(self._by_mode.values(), self.info, self._owner, sibling)
        return self.blocking

    def _docstring_of(self, name: str | None) -> str:
        """Return the docstring, as it is written, of another operation of the class; "" if there is none."""
        sibling = inspect.getattr_static(self._owner, name, None) if name else None
        written = inspect.unwrap(sibling.blocking) if isinstance(sibling, DualMethod) else None
        return (written.__doc__ if written else None) or ""

    def _get(self, obj: Any) -> Any:
        blocking = self.function
        if obj is None:
            return blocking  # for `help(DO.droplet.info)` and documentation generators
        return self.bind(obj)

    def bind(self, resource: Any) -> Callable[..., Any]:
        """Return it as a method of a client's resource, with its docstring complete or not yet."""
        return MethodType(self._by_mode[resource._mode], resource)


class Declaration:
    """What an operation declares; called with its function it makes the descriptor.

    Args:
        ref: The operationIds of DigitalOcean's OpenAPI document that the operation requests.
        scopes: The token scopes it always needs.
        effect: What it does to the account.
        scopes_with: Further scopes, by the parameter or attribute whose use needs them.
        scopes_note: What else there is to say about scopes, as a sentence.
        irreversible: The consequence that cannot be undone, as a sentence.
        irreversible_with: Consequences of setting a parameter to true.
        bulk: Whether `id` takes a list of ids.
    """

    def __init__(
        self,
        ref: str | tuple[str, ...],
        scopes: str | tuple[str, ...] = (),
        *,
        effect: Effect = "read",
        scopes_with: Mapping[str, tuple[str, ...]] = NOTHING,
        scopes_note: str = "",
        irreversible: str | None = None,
        irreversible_with: Mapping[str, str] = NOTHING,
        bulk: bool = False,
    ) -> None:
        self.info = OperationInfo(
            ref=(ref,) if isinstance(ref, str) else ref,
            scopes=(scopes,) if isinstance(scopes, str) else scopes,
            effect=effect,
            scopes_with=scopes_with,
            scopes_note=scopes_note,
            irreversible=irreversible,
            irreversible_with=irreversible_with,
            bulk=bulk,
        )


def convert_arguments(function: Callable[..., Coro[R]], info: OperationInfo) -> Callable[..., Coro[R]]:
    """Return the same operation with its arguments converted to their documented types."""
    arguments = Arguments(function, info.effect)

    @functools.wraps(function)
    async def call(self: Any, /, *args: Any, **kwargs: Any) -> R:
        __tracebackhide__ = True
        try:
            args, kwargs = arguments.convert(args, kwargs, strict=self._session.strict)
            bounded = arguments.with_timeout(args, kwargs, self._session.timeouts.total)
            return await function(self, *args, **bounded)
        except OWN as error:
            raise shorten_traceback(error)  # noqa: B904 - it is the same error

    return call


def _make_blocking(function: Callable[..., Coro[R]]) -> Callable[..., R]:
    @functools.wraps(function)
    def call(self: Any, /, *args: Any, **kwargs: Any) -> R:
        __tracebackhide__ = True
        try:
            return run(function(self._async_view, *args, **kwargs))
        except OWN as error:
            raise shorten_traceback(error)  # noqa: B904 - it is the same error

    return call


#: Errors that operations raise on purpose.
OWN = (DOBOTOException, ValueError, TypeError)


def shorten_traceback(error: E) -> E:
    """Return an error whose traceback keeps of our frames only the last, the one that raised it.

    What was raised elsewhere, for example in a caller's callback, keeps all frames.
    """
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None or not last.tb_frame.f_globals.get("__name__", "").startswith("doboto."):
        return error
    return error.with_traceback(TracebackType(None, last.tb_frame, last.tb_lasti, last.tb_lineno))


class OperationDescriptor(DualMethod, Generic[P, R]):
    """An `async def` method that both clients can call."""

    def __init__(self, function: Callable[Concatenate[Any, P], Coro[R]], info: OperationInfo) -> None:
        converted = convert_arguments(function, info)
        super().__init__(_make_blocking(converted), converted, info)

    @overload
    def __get__(self, obj: None, owner: type) -> Callable[Concatenate[Any, P], R]: ...
    @overload
    def __get__(self, obj: Bound[Sync], owner: type) -> Callable[P, R]: ...
    @overload
    def __get__(self, obj: Bound[Any], owner: type) -> Callable[P, Coro[R]]: ...
    def __get__(self, obj: Any, owner: type) -> Any:
        return self._get(obj)


class StreamDescriptor(DualMethod, Generic[P, R]):
    """An `async def` generator method that both clients can iterate over."""

    def __init__(self, function: Callable[Concatenate[Any, P], AsyncGenerator[R, None]], info: OperationInfo) -> None:
        arguments = Arguments(function, info.effect)

        @functools.wraps(function)
        async def suspending(self: Any, /, *args: Any, **kwargs: Any) -> AsyncGenerator[R, None]:
            __tracebackhide__ = True
            try:
                args, kwargs = arguments.convert(args, kwargs, strict=self._session.strict)
                async with aclosing(function(self, *args, **kwargs)) as items:
                    async for item in items:
                        yield item
            except OWN as error:
                raise shorten_traceback(error)  # noqa: B904 - it is the same error

        @functools.wraps(function)
        def each(self: Any, /, *args: Any, **kwargs: Any) -> Iterator[R]:
            return run_each(suspending(self._async_view, *args, **kwargs))

        signature = inspect.signature(function)
        returns = str(signature.return_annotation).replace("AsyncGenerator[", "Iterator[").replace(", None]", "]")
        setattr(each, "__signature__", signature.replace(return_annotation=returns))  # noqa: B010 - typed as a function
        super().__init__(each, suspending, info)

    @overload
    def __get__(self, obj: None, owner: type) -> Callable[Concatenate[Any, P], Iterator[R]]: ...
    @overload
    def __get__(self, obj: Bound[Sync], owner: type) -> Callable[P, Iterator[R]]: ...
    @overload
    def __get__(self, obj: Bound[Any], owner: type) -> Callable[P, AsyncGenerator[R, None]]: ...
    def __get__(self, obj: Any, owner: type) -> Any:
        return self._get(obj)


class operation(Declaration):  # noqa: N801 - read as a keyword
    """Make an `async def` method callable from both clients."""

    def __call__(self, function: Callable[Concatenate[Any, P], Coro[R]]) -> OperationDescriptor[P, R]:
        return OperationDescriptor(function, self.info)


class stream(Declaration):  # noqa: N801 - read as a keyword
    """Make an `async def` generator method iterable from both clients."""

    def __call__(self, function: Callable[Concatenate[Any, P], AsyncGenerator[R, None]]) -> StreamDescriptor[P, R]:
        return StreamDescriptor(function, self.info)
