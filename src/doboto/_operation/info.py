"""What programs must know about an operation: declared where it is defined, never read from its docstring."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

#: What an operation does to the account. `present` creates unless there is one; `action` starts an Action.
Effect: TypeAlias = Literal["read", "create", "present", "update", "action", "destroy"]
NOTHING: Mapping[str, Any] = MappingProxyType({})
REFERENCE = "https://docs.digitalocean.com/reference/api/api-reference/#operation/"


class OperationInfo(NamedTuple):
    """What an operation declares.

    Attributes:
        ref: The operationIds of DigitalOcean's OpenAPI document that the operation requests.
        scopes: The token scopes that it always needs.
        effect: What it does to the account.
        scopes_with: Further scopes, by the parameter or attribute whose use needs them.
        scopes_note: What else there is to say about scopes, as a sentence.
        irreversible: The consequence that cannot be undone, as a sentence; None if there is none.
        irreversible_with: Consequences that cannot be undone of setting a parameter to true, by parameter.
        bulk: Whether `id` takes a list of ids: then it is done to each, and all are waited for together.
    """

    ref: tuple[str, ...]
    scopes: tuple[str, ...]
    effect: Effect
    scopes_with: Mapping[str, tuple[str, ...]]
    scopes_note: str
    irreversible: str | None
    irreversible_with: Mapping[str, str]
    bulk: bool = False

    @property
    def changes(self) -> bool:
        """Return whether it may change the account."""
        return self.effect != "read"

    @property
    def links(self) -> tuple[str, ...]:
        """Links to DigitalOcean's API reference."""
        return tuple(f"{REFERENCE}{id}" for id in self.ref)

    def consequence(self, arguments: Mapping[str, Any]) -> str | None:
        """Return what a call with these arguments does that cannot be undone, as sentences; None if nothing."""
        found = [self.irreversible] if self.irreversible else []
        found += [text for name, text in self.irreversible_with.items() if arguments.get(name)]
        return " ".join(found) or None

    def scopes_for(self, arguments: Mapping[str, Any]) -> frozenset[str]:
        """Return the scopes that a call with these arguments and attributes needs."""
        used = [scopes for name, scopes in self.scopes_with.items() if arguments.get(name)]
        return frozenset(self.scopes).union(*used)
