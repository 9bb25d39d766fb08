"""What is going to happen, kept as data: a due moment, the name of an effect, its arguments.

Effects are functions in a table, so that a saved account can go on after a restart. Nothing runs until somebody looks:
`Account.settle` applies what is due, in due order, each with its own moment as the present.
"""

from __future__ import annotations

from collections.abc import Callable

#: By name: called with the account, the moment, and arguments that are JSON.
EFFECTS: dict[str, Callable[..., None]] = {}


def effect(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a named effect."""

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        if name in EFFECTS:
            raise ValueError(f"two effects called {name}")
        EFFECTS[name] = function
        return function

    return declare
