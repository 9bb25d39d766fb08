"""The clients' resources and operations as data, for programs that generate something from them.

    >>> from doboto import catalog
    >>> operation = catalog.resources()["droplet"].operations["destroy"]
    >>> operation.info.irreversible
    'The Droplet and all data on its disk are lost.'
    >>> [parameter.name for parameter in operation.parameters][:2]
    ['id', 'tag_name']

The command line, the reference and the tests are made from it. A resource's module is imported when its operations are
first asked for, and parameters are inspected when those of an operation are.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any

from ._client.resources import Resources, resource
from ._core.conversion import DIGITS
from ._operation import DualMethod
from ._operation.arguments import type_hints
from ._operation.info import NOTHING, Effect, OperationInfo

__all__ = ["DIGITS", "Effect", "Operation", "OperationInfo", "Resource", "operations", "resources"]


@dataclass(frozen=True)
class Operation:
    """An operation of a resource.

    Attributes:
        resource: The client's attribute: `droplet`.
        name: The method: `power_off`.
        descriptor: The descriptor that it is in its class.
    """

    resource: str
    name: str
    descriptor: DualMethod

    @property
    def info(self) -> OperationInfo:
        """What it declares: its effect, scopes and references, and whether it is irreversible."""
        return self.descriptor.info

    @property
    def method(self) -> Callable[..., Any]:
        """The method as the blocking client calls it, unbound, with its complete docstring."""
        return self.descriptor.function

    def bind(self, client: Any) -> Callable[..., Any]:
        """Return it as a method of a client, without its complete docstring."""
        return self.descriptor.bind(getattr(client, self.resource))

    @property
    def doc(self) -> str:
        """Its complete docstring, without indentation; empty under `python -OO`."""
        return inspect.getdoc(self.method) or ""

    @property
    def summary(self) -> str:
        """The first paragraph of its docstring, in one line."""
        return " ".join(self.doc.partition("\n\n")[0].split())

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function as it is written, without the wrappers that make it callable from both clients."""
        function: Callable[..., Any] = inspect.unwrap(self.descriptor.blocking)
        return function

    @cached_property
    def parameters(self) -> list[inspect.Parameter]:
        """Its parameters, without `self`."""
        return list(inspect.signature(self.function).parameters.values())[1:]

    @cached_property
    def hints(self) -> dict[str, Any]:
        """The types of its parameters and of its result (`return`)."""
        return type_hints(self.function)

    @cached_property
    def overloads(self) -> list[dict[str, Any]]:
        """The types in each of its overloads for the blocking client; empty if it has none."""
        if not self.descriptor.signatures:
            return []
        return [type_hints(call) for call in overloads_of(self.descriptor.signatures[0])]

    @cached_property
    def attributes(self) -> Any:
        """The TypedDict of the attributes that it takes as a dict or as keyword arguments, or None."""
        hints = [self.hints.get(name) for name in ("attribs", "attributes")]
        return next((found for hint in hints for found in typed_dicts(hint)), None)

    @cached_property
    def result(self) -> Any:
        """The TypedDict that it returns one or many of, or None."""
        variables = _type_variables(getattr(Resources, self.resource))
        for hint in (self.hints.get("return"), *typing.get_args(next(iter(self.descriptor.signatures), None))[:1]):
            if found := next(typed_dicts(hint, variables), None):
                return found
        return None


@dataclass(frozen=True)
class Resource:
    """A resource of the clients.

    Attributes:
        name: The client's attribute: `droplet`.
        summary: What it is, in one line.
    """

    name: str
    summary: str

    @cached_property
    def kind(self) -> type[Any]:
        """Its class."""
        kind: type[Any] = getattr(Resources, self.name)
        return kind

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """Its operations by name, sorted."""
        found = {
            name: Operation(self.name, name, value)
            for owner in reversed(self.kind.__mro__)
            for name, value in vars(owner).items()
            if isinstance(value, DualMethod) and not name.startswith("_")
        }
        return dict(sorted(found.items()))


@cache
def resources() -> Mapping[str, Resource]:
    """The clients' resources by name, sorted."""
    found = {
        name: Resource(name, (value.__doc__ or "").partition("\n")[0])
        for name, value in vars(Resources).items()
        if isinstance(value, resource)
    }
    return dict(sorted(found.items()))


def operations() -> Iterator[Operation]:
    """Every operation of every resource."""
    return (operation for one in resources().values() for operation in one.operations.values())


def overloads_of(protocol: Any) -> list[Callable[..., Any]]:
    """The overloads of a Protocol's `__call__`, or that method itself."""
    protocol = typing.get_origin(protocol) or protocol
    # The class keeps a stand-in of the overloads only; they are registered under its name.
    named: Any = SimpleNamespace(__module__=protocol.__module__, __qualname__=f"{protocol.__qualname__}.__call__")
    return list(typing.get_overloads(named)) or [vars(protocol)["__call__"]]


def typed_dicts(hint: Any, variables: Mapping[Any, Any] = NOTHING) -> Iterator[Any]:
    """The TypedDicts that a type is made of, the outermost first; `variables` has the values of type variables."""
    hint = variables.get(hint, hint) if isinstance(hint, typing.TypeVar) else hint
    if typing.is_typeddict(hint):
        yield hint
    for argument in typing.get_args(hint):
        yield from typed_dicts(argument, variables)


def _type_variables(kind: type[Any]) -> dict[Any, Any]:
    """The values of the type variables of the generic classes that a class is made from."""
    bases = [base for owner in reversed(kind.__mro__) for base in vars(owner).get("__orig_bases__", ())]
    found: dict[Any, Any] = {}
    for base in bases:
        found |= zip(getattr(typing.get_origin(base), "__parameters__", ()), typing.get_args(base), strict=False)
    return found
