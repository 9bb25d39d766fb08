"""How a command ends that cannot go on."""

from __future__ import annotations

from collections.abc import Sequence


class Failure(Exception):
    """The one line that says why.

    Args:
        message: The line.
        code: The command's exit code; see `exits`.
        details: What the error's JSON holds besides.
    """

    def __init__(self, message: str, code: int = 1, /, **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


class SeveralFailed(Failure):
    """Some of several calls failed, or all of them.

    Args:
        message: The line.
        code: The command's exit code.
        outcomes: What each call gave or raised, in order.
        details: What the error's JSON holds besides.
    """

    def __init__(self, message: str, code: int, outcomes: Sequence[object], /, **details: object) -> None:
        super().__init__(message, code, **details)
        self._outcomes = outcomes

    def places(self, kind: type[Exception]) -> list[int]:
        """The places of the calls that failed in such a way."""
        return [place for place, outcome in enumerate(self._outcomes) if isinstance(outcome, kind)]
