"""A token that no repr, log, pickle or traceback shows."""

from __future__ import annotations

from typing import Any


class SecretHeaders(dict[str, str]):
    """Headers whose repr has no values: a traceback that shows local variables does not show the token."""

    def __repr__(self) -> str:
        return f"SecretHeaders({', '.join(self)})"


class Secret:
    """A token; only `reveal` returns its text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the token's text."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a token is not pickled")
