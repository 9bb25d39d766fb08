"""What commands are made from: the public catalog of operations, with names and texts as the command line has them."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ... import catalog
from ...catalog import typed_dicts
from .help_text import Docstring, parse, sentence


def hyphenate(name: str) -> str:
    """Replace underscores in a Python name by hyphens."""
    return name.replace("_", "-")


@dataclass(frozen=True)
class Operation(catalog.Operation):
    """An operation of a resource, as a command."""

    @property
    def command(self) -> str:
        """Its name on the command line."""
        return hyphenate(self.name)

    @cached_property
    def docstring(self) -> Docstring:
        """The parts of its docstring, for help texts alone: nothing that a command does depends on them."""
        return parse(self.method.__doc__)

    @property
    def may_ask(self) -> bool:
        """Whether some call of it does what cannot be undone, so that its command has `--yes`."""
        return bool(self.info.irreversible or self.info.irreversible_with)

    def takes(self, name: str) -> bool:
        """Whether it has a parameter of this name."""
        return any(one.name == name for one in self.parameters)


def members_of(kind: Any, above: frozenset[Any] = frozenset()) -> Iterator[str]:
    """Yield the members of a TypedDict, and of those in it, however deep."""
    for name, hint in typing.get_type_hints(kind).items():
        yield name
        for inner in typed_dicts(hint):
            if inner not in above:
                yield from members_of(inner, above | {kind})


@cache
def resources() -> dict[str, str]:
    """Return the client's resources, each with what it is, as a sentence."""
    return {name: sentence(one.summary) for name, one in catalog.resources().items()}


@cache
def operations(resource: str) -> dict[str, Operation]:
    """Return the operations of a resource, by their names on the command line, sorted."""
    found = catalog.resources()[resource].operations.values()
    return dict(sorted((hyphenate(one.name), Operation(one.resource, one.name, one.descriptor)) for one in found))
