"""How a command ends that did not do what was asked: a line on standard error, and an exit code."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import click

from ..errors import DOBOTOException
from .exits import FAILED, INTERRUPTED, USAGE, described, exit_of, line_of
from .failure import Failure
from .output import compact

MACHINE = frozenset({"json", "jsonl"})


def ended(failure: BaseException, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Tell what went wrong and give the exit code."""
    if "--debug" in arguments and not isinstance(failure, SystemExit | click.ClickException):
        traceback.print_exception(failure)
    if isinstance(failure, SystemExit):
        return failure.code if isinstance(failure.code, int) else FAILED.code
    line, error = _told(failure)
    if for_machine(arguments, environment):
        line = compact({"error": error})
    click.echo("".join(letter if letter.isprintable() else "?" for letter in line), err=True)
    return int(error["exit_code"])


def _told(failure: BaseException) -> tuple[str, dict[str, Any]]:
    """The line for people and the object for programs."""
    if isinstance(failure, click.UsageError):
        where = failure.ctx.command_path if failure.ctx else "doboto"
        text = _usage(failure)
        return f"usage: {where}: {text} ({where} --help)", described(Failure(text, USAGE.code), USAGE)
    if isinstance(failure, click.exceptions.Abort | KeyboardInterrupt):
        return "doboto: interrupted", described(Failure("interrupted", INTERRUPTED.code), INTERRUPTED)
    if not isinstance(failure, DOBOTOException | Failure):
        failure = Failure(f"internal error, --debug shows where: {type(failure).__name__}: {line_of(failure)}")
    found = exit_of(failure)
    error = described(failure, found)
    label = "usage: doboto" if found is USAGE else "doboto"
    return f"{label}: {error['message']}", error


def _usage(failure: click.UsageError) -> str:
    if isinstance(failure, click.exceptions.NoArgsIsHelpError):
        return "a command is missing"
    text = " ".join(failure.format_message().split()).rstrip(".")
    return text[:1].lower() + text[1:]


def for_machine(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether a program reads the error: what the options say, even where they could not all be understood."""
    chosen = environment.get("DOBOTO_OUTPUT", "")
    for place, argument in enumerate(arguments):
        if argument in {"--output", "-o"}:
            chosen = arguments[place + 1] if place + 1 < len(arguments) else ""
        elif argument.startswith("--output="):
            chosen = argument.removeprefix("--output=")
        elif argument.startswith("-o") and not argument.startswith("--"):
            chosen = argument.removeprefix("-o").removeprefix("=")
    return chosen in MACHINE
