"""How a command ends that cannot go on."""

from __future__ import annotations


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
