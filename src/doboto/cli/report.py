"""How a command ends that did not do what was asked: a line on standard error, and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TextIO

import click

from ..errors import DOBOTOException
from .errors import FAILED, USAGE, Failure, GoingOn, describe_error, exit_of, exit_of_interruption, line_of
from .output.text import dump_json
from .suggest import option_suggestion

MACHINE = frozenset({"json", "jsonl"})
#: What needs no traceback to be understood: wrong usage, what the API answers, what a person does.
EXPECTED = (SystemExit, KeyboardInterrupt, click.ClickException, click.exceptions.Abort, DOBOTOException, Failure)


def report_error(failure: BaseException, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Print what went wrong and return the exit code."""
    if isinstance(failure, SystemExit):
        return failure.code if isinstance(failure.code, int) else FAILED.code
    if isinstance(failure, OSError):
        _discard_unprintable_output()
    line, error = _describe(failure)
    trace = "" if "--debug" not in arguments or isinstance(failure, EXPECTED) else _trace(failure)
    machine = for_machine(arguments, environment)
    details = {**error, "traceback": trace} if trace else error
    lines = [dump_json({"error": details})] if machine else _lines(failure, line)
    with suppress(OSError):  # nobody reads it, as where the terminal is gone: the code says it all the same
        if not machine:
            click.echo(trace or _help(failure), nl=False, err=True)
        for one in lines:
            click.echo("".join(letter if letter.isprintable() else "?" for letter in one), err=True)
    return int(error["exit_code"])


def _lines(failure: BaseException, line: str) -> Sequence[str]:
    """Return the lines to print; on a terminal the command that resumes is alone on the last one."""
    stderr: TextIO | None = sys.stderr
    if isinstance(failure, GoingOn) and stderr is not None and stderr.isatty():
        return [f"doboto: {failure.prose}", failure.command]
    return [line]


def _trace(failure: BaseException) -> str:
    return "".join(traceback.format_exception(failure))


def _help(failure: BaseException) -> str:
    """Return the help of a group of which no command was given."""
    return f"{failure.ctx.get_help()}\n\n" if isinstance(failure, click.exceptions.NoArgsIsHelpError) else ""


def _discard_unprintable_output() -> None:
    """Python tries again at its end, with a message of its own and exit code 120, where standard output takes no more.

    As in Python's documentation of signals, "Note on SIGPIPE".
    """
    stdout: TextIO | None = sys.stdout
    if stdout is None:
        return
    try:
        stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())


def _describe(failure: BaseException) -> tuple[str, dict[str, Any]]:
    """Describe an error, as a line and as JSON."""
    if isinstance(failure, click.UsageError):
        where = failure.ctx.command_path if failure.ctx else "doboto"
        text = _usage(failure)
        return _usage_line(where, text), describe_error(Failure(text, USAGE.code), USAGE)
    if isinstance(failure, click.exceptions.Abort | KeyboardInterrupt):
        found = exit_of_interruption(failure)
        return "doboto: interrupted", describe_error(Failure("interrupted", found.code), found)
    if isinstance(failure, OSError) and not isinstance(failure, DOBOTOException):
        failure = Failure(line_of(failure))  # a full disk, a file that can't be read: this machine, not a mistake here
    if not isinstance(failure, DOBOTOException | Failure):
        failure = Failure(f"internal error, --debug shows where: {type(failure).__name__}: {line_of(failure)}")
    found = exit_of(failure)
    error = describe_error(failure, found)
    if found is not USAGE:
        return f"doboto: {error['message']}", error
    return _usage_line(getattr(failure, "where", None) or "doboto", error["message"]), error


def _usage_line(where: str, text: str) -> str:
    return f"usage: {where}: {text} ({where} --help)"


def _usage(failure: click.UsageError) -> str:
    if isinstance(failure, click.exceptions.NoArgsIsHelpError):
        return "a command is missing"
    if isinstance(failure, click.NoSuchOption):
        return f"no such option {failure.option_name}{option_suggestion(failure.option_name, _options(failure.ctx))}"
    text = " ".join(failure.format_message().split()).rstrip(".")
    return text[:1].lower() + text[1:]


def _options(ctx: click.Context | None) -> list[str]:
    """Return the options of the command that is at fault."""
    if ctx is None:
        return []
    return [
        flag for one in ctx.command.get_params(ctx) for flag in (*one.opts, *one.secondary_opts) if flag[:2] == "--"
    ]


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
