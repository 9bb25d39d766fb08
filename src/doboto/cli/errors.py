"""How a command ends that cannot go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


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
        #: The command in which it was, as far as that is known: `doboto droplet create`.
        self.where: str | None = None


def lacking(what: str, missing: BaseException, extra: str) -> Failure:
    """A module that is not there: one of an extra, or one of our own, which no extra brings."""
    cause = missing if isinstance(missing, ModuleNotFoundError) else missing.__cause__
    name = (cause.name if isinstance(cause, ModuleNotFoundError) else None) or str(missing)
    if name.partition(".")[0] == "doboto":
        return Failure(f"this installation lacks {name}: install doboto anew")
    return Failure(f"{what} needs {name.partition('.')[0]}: pip install 'doboto[{extra}]'")


class SeveralFailed(Failure):
    """Some of several calls failed, or all of them, or did not come to their end in time.

    Args:
        message: The line.
        code: The command's exit code.
        begun: The ids of those that go on.
        details: What the error's JSON holds besides.
    """

    def __init__(self, message: str, code: int, begun: Sequence[Any], /, **details: object) -> None:
        super().__init__(message, code, **details)
        self.begun = begun


class GoingOn(Failure):
    """What was begun goes on, and a command waits for it.

    Args:
        prose: The line without the command.
        code: The command's exit code.
        command: The command.
        details: What the error's JSON holds besides.
    """

    def __init__(self, prose: str, code: int, command: str, /, **details: object) -> None:
        prose = f"{' '.join(prose.split())}. To wait for what goes on:"
        super().__init__(f"{prose} {command}", code, **details, resume=command)
        self.prose = prose
        self.command = command
