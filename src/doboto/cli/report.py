"""How a command ends that did not do what was asked: a line on standard error, and an exit code.

The line suggests what was meant, after a typing error or a word of another command line.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TextIO

import click

from ..errors import DOBOTOException
from .errors import (
    FAILED,
    USAGE,
    Failure,
    GoingOn,
    describe_error,
    exit_of,
    exit_of_interruption,
    line_of,
    question_of,
    reason,
    suggestion,
)
from .output.text import discard, dump_json, write_notice

#: Errors of an output that takes no more.
FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EIO})
MACHINE = frozenset({"json", "jsonl"})
#: What needs no traceback to be understood: wrong usage, what the API answers, what a person does.
EXPECTED = (SystemExit, KeyboardInterrupt, click.ClickException, click.exceptions.Abort, DOBOTOException, Failure)

#: How like a command or option must be: a wrong guess is worse than none ("delete" is as like "create" as 0.67).
ALIKE = 0.75
#: What others call it, each with what it may be called here, the likeliest first.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "account-balance": ("account",),
    "add": ("add", "create", "attach"),
    "add-tag": ("tag",),
    "change": ("update",),
    "compute": ("droplet",),
    "configure": ("auth init",),
    "delete": ("destroy", "remove"),
    "describe": ("info",),
    "dns": ("domain",),
    "domain-record": ("domain",),
    "droplet-action": ("droplet",),
    "droplets": ("droplet",),
    "edit": ("update",),
    "get": ("info",),
    "ip": ("reserved-ip",),
    "keys": ("ssh-key",),
    "kill": ("destroy",),
    "lb": ("load-balancer",),
    "login": ("auth init",),
    "label": ("tag",),
    "ls": ("list",),
    "make": ("create",),
    "modify": ("update",),
    "new": ("create",),
    "record": ("domain", "record-list"),
    "records": ("domain", "record-list"),
    "remove": ("remove", "destroy", "detach"),
    "remove-tag": ("untag",),
    "reset": ("power-cycle",),
    "restart": ("reboot",),
    "rm": ("destroy", "remove"),
    "server": ("droplet",),
    "servers": ("droplet",),
    "set": ("update",),
    "show": ("info",),
    "ssh": ("droplet ssh",),
    "sshkey": ("ssh-key",),
    "start": ("power-on",),
    "stop": ("shutdown",),
    "terminate": ("destroy",),
    "use": ("switch",),
    "version": ("--version",),
    "vm": ("droplet",),
    "wait": ("droplet wait", "action wait"),
    "whoami": ("account info",),
}
#: What other command lines call options (doctl's `--format` has columns), each with what they may be called here.
OTHER_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "--access-token": ("--token",),
    "--all": ("--tag",),
    "--api-url": ("--url",),
    "--enable-backups": ("--backups",),
    "--enable-ipv6": ("--ipv6",),
    "--enable-monitoring": ("--monitoring",),
    "--enable-private-networking": ("--private-networking", "--vpc-uuid"),
    "--check": ("--dry-run",),
    "--disable-backups": ("--no-backups",),
    "--droplet-agent": ("--with-droplet-agent",),
    "--dryrun": ("--dry-run",),
    "--filter": ("--query",),
    "--force": ("--yes",),
    "--format": ("--columns", "--output"),
    "--gpus": ("--type",),
    "--http-retry-max": ("--retries",),
    "--interval": ("--poll",),
    "--json": ("--output",),
    "--label": ("--tag",),
    "--max-retries": ("--retries",),
    "--since": ("--after",),
    "--ssh-key-path": ("--identity",),
    "--ssh-private-ip": ("--private",),
    "--ssh-retry-max": ("--wait",),
    "--ssh-user": ("--user",),
    "--ssh-port": ("--port",),
    "--plan": ("--dry-run",),
    "--preview": ("--dry-run",),
    "--simulate": ("--dry-run", "--sim"),
    "--state": ("--until", "--status"),
    "--tag-names": ("--tag",),
    "--trace": ("--debug",),
    "--user-data-file": ("--user-data",),
    "--verbose": ("--debug",),
    "--vpc": ("--vpc-uuid",),
    "--wait-timeout": ("--timeout",),
    "--what-if": ("--dry-run",),
}

#: What other command lines call an option that only shows what would be done.
REHEARSALS = frozenset({"--check", "--dry-run", "--dryrun", "--plan", "--preview", "--simulate", "--what-if"})
#: How to see it of a command that asks.
REHEARSAL = "; without --yes it shows what it would affect and asks, or does nothing when not running interactively"


def report_error(failure: BaseException, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Print what went wrong and return the exit code."""
    if isinstance(failure, SystemExit):
        return failure.code if isinstance(failure.code, int) else FAILED.code
    if isinstance(failure, OSError) and (_discard_unprintable_output() or _is_full(failure)):
        failure = Failure(f"standard output takes no more, so the result can't be printed: {reason(failure)}")
    line, error = _describe(failure)
    trace = "" if "--debug" not in arguments or isinstance(failure, EXPECTED) else _trace(failure)
    machine = for_machine(arguments, environment)
    details = {**error, "traceback": trace} if trace else error
    lines = [dump_json({"error": details})] if machine else _lines(failure, line)
    if not machine and (before := (trace or _help(failure)).rstrip("\n")):
        lines = [*before.splitlines(), *([] if trace else [""]), *lines]
    for one in lines:
        write_notice(one)
    return int(error["exit_code"])


def _lines(failure: BaseException, line: str) -> Sequence[str]:
    """Return the lines to print; on a terminal the command that resumes is alone on the last one."""
    stderr: TextIO | None = sys.stderr
    if isinstance(failure, GoingOn) and stderr is not None and stderr.isatty():
        return [f"doboto: {failure.prose}", failure.command]
    return [line]


def _trace(failure: BaseException) -> str:
    import traceback  # only `--debug` shows one

    return "".join(traceback.format_exception(failure))


def _help(failure: BaseException) -> str:
    """Return the help of a group of which no command was given."""
    return f"{failure.ctx.get_help()}\n\n" if isinstance(failure, click.exceptions.NoArgsIsHelpError) else ""


def _discard_unprintable_output() -> bool:
    """Discard what standard output does not take, and return whether there was any."""
    stdout: TextIO | None = sys.stdout
    if stdout is None:
        return False
    try:
        stdout.flush()
    except OSError:
        discard(stdout)
        return True
    return False


def _is_full(failure: OSError) -> bool:
    """Whether an unbuffered standard output takes no more: what is written to files has their names in its errors."""
    return failure.filename is None and failure.errno in FULL


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
        given, options = failure.option_name, _options(failure.ctx)
        if argument := _find_argument(failure.ctx, given):
            return f"no such option {given}; write {argument} without it"
        return f"no such option {given}{REHEARSAL if _rehearses(given, options) else option_suggestion(given, options)}"
    text = " ".join(failure.format_message().split()).rstrip(".")
    return text[:1].lower() + text[1:]


def _find_argument(ctx: click.Context | None, option: str) -> str | None:
    """Return the argument that stands without an option here, though its name was given as one."""
    if ctx is None:
        return None
    name = option.lstrip("-")
    found = [one for one in ctx.command.get_params(ctx) if isinstance(one, click.Argument)]
    metavars = {one.make_metavar(ctx).strip("[]."): one.name or "" for one in found}
    for index, (text, own) in enumerate(metavars.items()):
        resource = ctx.parent.info_name if ctx.parent is not None and index == 0 else None
        if name in (own.replace("_", "-"), text.lower(), resource):
            return text
    return None


def _rehearses(given: str, options: Sequence[str]) -> bool:
    """Whether an option asks to see what would be done, of a command that shows it before it asks."""
    return given in REHEARSALS and "--yes" in options and "--dry-run" not in options


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
    for index, argument in enumerate(arguments):
        if argument in {"--output", "-o"}:
            chosen = arguments[index + 1] if index + 1 < len(arguments) else ""
        elif argument.startswith("--output="):
            chosen = argument.removeprefix("--output=")
        elif argument.startswith("-o") and not argument.startswith("--"):
            chosen = argument.removeprefix("-o").removeprefix("=")
    return chosen in MACHINE


# -- what may have been meant


def command_suggestion(given: str, among: Collection[str]) -> str:
    """Return a question, if a command means the same by another name; else if one is spelled much like it."""
    meant = next((name for name in _meant(given) if name in among), None)
    return suggestion(given, among, ALIKE) if meant is None else question_of([meant])


def option_suggestion(given: str, among: Collection[str]) -> str:
    """Return a question, if an option is called otherwise elsewhere; else if one is spelled much like it."""
    meant = [name for name in OTHER_OPTIONS.get(given, ()) if name in among]
    return question_of(meant) if meant else suggestion(given, among, ALIKE)


def _meant(given: str) -> Iterator[str]:
    """Yield names that mean the same: `delete-record` is `record-destroy`, `ssh_keys` is `ssh-key`."""
    name = given.lower().replace("_", "-")
    yield name
    yield from SYNONYMS.get(name, ())
    for words in (name.split("-"), name.split("-")[::-1]):
        yield "-".join(words)
        for index, word in enumerate(words):
            for meant in (*SYNONYMS.get(word, ()), *_singular(word)):
                yield "-".join([*words[:index], meant, *words[index + 1 :]])


def _singular(word: str) -> list[str]:
    return [word.removesuffix(ending) for ending in ("s", "es") if len(word) > len(ending) and word.endswith(ending)]
