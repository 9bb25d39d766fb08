"""What the operations declare of DigitalOcean's API reference, and holding calls against it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from doboto import catalog

from .contract import Contract

#: What any change may read: its action, by whichever list it is in.
ACTIONS = frozenset({"actions_get", "actions_list"})


def table() -> dict[tuple[str, str], frozenset[str]]:
    """For each operation, as resource and name, the operations of the API that it declares."""
    return {(one.resource, one.name): frozenset(one.info.ref) for one in catalog.operations()}


def methods(openapi: dict[str, Any]) -> dict[str, str]:
    """The HTTP method of each operation of the document."""
    return {
        operation["operationId"]: method.upper()
        for path in openapi["paths"].values()
        for method, operation in path.items()
        if isinstance(operation, dict) and "operationId" in operation
    }


class References:
    """Which operations of the API a call may ask for.

    An operation that only reads asks for nothing but what it links to. One that changes something may also read: to
    see whether the thing is there, to wait, to find what an answer that was lost would have told. It reads what
    operations of its own resource read, and actions.
    """

    def __init__(self, openapi: dict[str, Any]) -> None:
        self.linked = table()
        methods_by_id = methods(openapi)
        self.reads = {id for id, method in methods_by_id.items() if method == "GET"}

    def may(self, group: str, name: str) -> frozenset[str]:
        """All that it may ask for."""
        own = self.linked[group, name]
        if own <= self.reads:
            return own
        read = {id for (other, _), ids in self.linked.items() if other == group for id in ids & self.reads}
        return own | read | ACTIONS

    def check(self, group: str, name: str, asked: list[str]) -> None:
        """Fail if it asked for anything else."""
        strange = set(asked) - self.may(group, name)
        assert not strange, f"{group}.{name} asks for {sorted(strange)}, which it does not declare"


class Held:
    """A client each of whose calls is held against what its documentation links to."""

    def __init__(self, client: Any, contract: Contract, references: References) -> None:
        self._client = client
        self._contract = contract
        self._references = references

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name in catalog.resources():
            return HeldResource(found, name, self._contract, self._references)
        if name == "with_options":
            return lambda **options: Held(found(**options), self._contract, self._references)
        return found


class HeldResource:
    """One of its resources."""

    def __init__(self, target: Any, group: str, contract: Contract, references: References) -> None:
        self._target = target
        self._group = group
        self._contract = contract
        self._references = references

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._target, name)
        if (self._group, name) not in self._references.linked:
            return operation

        def call(*args: Any, **kwargs: Any) -> Any:
            before = len(self._contract.asked)
            self._contract.required.clear()
            try:
                made = operation(*args, **kwargs)
            finally:
                self._check(name, before)
                self._check_scopes(name, args, kwargs)
            return self._each(name, made) if inspect.isgenerator(made) else made

        return call

    def _each(self, name: str, items: Iterator[Any]) -> Iterator[Any]:
        while True:
            before = len(self._contract.asked)
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self._check(name, before)
            yield item

    def _check_scopes(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Fail if the call required scopes that the operation does not declare for such arguments."""
        one = catalog.resources()[self._group].operations[name]
        if "resource" in one.info.scopes_note:
            return  # those of whatever resources it is given
        given = dict(zip([parameter.name for parameter in one.parameters], args, strict=False)) | kwargs
        attribs = given.get("attribs")
        attributes = attribs if isinstance(attribs, dict) else {}
        declared = one.info.scopes_for({**attributes, **given})
        families = {scope.partition(":")[0] for scope in declared} if self._contract.lost else set[str]()
        recovering = {f"{family}:read" for family in families}  # to look for what a lost response did
        missing = self._contract.required - declared - recovering
        strange = {scope for scope in missing if scope not in one.info.scopes_note}
        assert not strange, f"{self._group}.{name} requires {sorted(strange)}, which it does not declare"

    def _check(self, name: str, before: int) -> None:
        self._references.check(self._group, name, self._contract.asked[before:])
