"""What there is to be commanded: the resources that the client declares, and their operations.

A resource is loaded when its operations are asked for; their parameters are looked at when one of them is.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from ... import types as doboto_types
from ..._operation import DualMethod
from ...catalog import OperationInfo, overloads_of
from ...client import Client, resource
from .docstrings import Docstring, parsed, sentence

#: No type variables.
NONE: Mapping[Any, Any] = MappingProxyType({})


def spelled(name: str) -> str:
    """A Python name as the command line spells it."""
    return name.replace("_", "-")


@dataclass(frozen=True)
class Operation:
    """An operation of a resource.

    Attributes:
        resource: The client's attribute: `droplet`.
        name: The method: `power_off`.
        dual: The descriptor that it is.
    """

    resource: str
    name: str
    dual: DualMethod

    @property
    def command(self) -> str:
        """What it is called on the command line."""
        return spelled(self.name)

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return sentence(" ".join((inspect.getdoc(self.dual.function) or "").partition("\n\n")[0].split()))

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The method as it is written, without what makes it callable from both clients."""
        function: Callable[..., Any] = inspect.unwrap(self.dual.function)
        return function

    @cached_property
    def doc(self) -> Docstring:
        """Its docstring."""
        return parsed(self.dual.function.__doc__)

    @property
    def info(self) -> OperationInfo:
        """What it declares."""
        return self.dual.info

    @cached_property
    def parameters(self) -> list[inspect.Parameter]:
        """Its parameters, without self."""
        return list(inspect.signature(self.function).parameters.values())[1:]

    @cached_property
    def hints(self) -> dict[str, Any]:
        """The types of its parameters and its result."""
        return hints_of(self.function)

    @cached_property
    def signatures(self) -> list[dict[str, Any]]:
        """The types in each of the signatures that it has for the blocking client, if it has any beside its own."""
        return [hints_of(call) for shape in self.dual.signatures[:1] for call in overloads_of(shape)]

    @cached_property
    def result(self) -> Any:
        """The TypedDict that it gives one or many of, or None."""
        variables = _variables(getattr(Client, self.resource))
        for hint in (self.hints.get("return"), *typing.get_args(next(iter(self.dual.signatures), None))[:1]):
            if found := next(typed_dicts(hint, variables), None):
                return found
        return None


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The types of a function's parameters; the names of our types count even where a module does not import them."""
    return typing.get_type_hints(function, localns=vars(doboto_types), include_extras=True)


def typed_dicts(hint: Any, variables: Mapping[Any, Any] = NONE) -> Iterator[Any]:
    """The TypedDicts that a type is made of, the outermost first; `variables` says what stands for type variables."""
    hint = variables.get(hint, hint) if isinstance(hint, typing.TypeVar) else hint
    if typing.is_typeddict(hint):
        yield hint
    for argument in typing.get_args(hint):
        yield from typed_dicts(argument, variables)


def _variables(kind: type[Any]) -> dict[Any, Any]:
    """What stands for the type variables of the generic classes that a class is made from."""
    bases = [base for owner in reversed(kind.__mro__) for base in vars(owner).get("__orig_bases__", ())]
    found: dict[Any, Any] = {}
    for base in bases:
        found |= zip(getattr(typing.get_origin(base), "__parameters__", ()), typing.get_args(base), strict=False)
    return found


def members_of(kind: Any, above: frozenset[Any] = frozenset()) -> Iterator[str]:
    """The members of a TypedDict, and of those in it, however deep."""
    for name, hint in typing.get_type_hints(kind).items():
        yield name
        for inner in typed_dicts(hint):
            if inner not in above:
                yield from members_of(inner, above | {kind})


@cache
def resources() -> dict[str, str]:
    """The client's resources, each with what it is."""
    return {
        name: sentence((value.__doc__ or "").partition("\n")[0])
        for owner in reversed(Client.__mro__)
        for name, value in vars(owner).items()
        if isinstance(value, resource)
    }


@cache
def operations(name: str) -> dict[str, Operation]:
    """The operations of a resource, by their names on the command line, sorted."""
    kind: type[Any] = getattr(Client, name)
    found = {
        spelled(attribute): Operation(name, attribute, value)
        for owner in reversed(kind.__mro__)
        for attribute, value in vars(owner).items()
        if isinstance(value, DualMethod) and not attribute.startswith("_")
    }
    return dict(sorted(found.items()))
