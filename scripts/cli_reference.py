"""Writes `docs/cli-reference.md`, and the words that shells complete, from the commands themselves.

With `--check`, says whether they are up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click

import doboto.cli
from doboto.cli import SHARED
from doboto.cli.command import OperationCommand
from doboto.cli.errors import EXITS
from doboto.cli.schema import catalog
from doboto.cli.settings import Argument, common
from doboto.cli.tree import LazyGroup, root

PAGE = Path(__file__).parents[1] / "docs" / "cli-reference.md"
WORDS = Path(doboto.cli.__file__).with_name(doboto.cli.WORDS)
HEAD = """# Reference of the command line

Written by `python scripts/cli_reference.py` from the commands themselves; a test holds it. [The guide](cli.md) comes
first.
"""


def page() -> str:
    """The whole page."""
    resources = [part for name in catalog.resources() for part in _resource(name)]
    return "\n".join([HEAD, *_exits(), *_common(), *_written(), *resources])


def _inside(group: click.Group, name: str, context: click.Context) -> click.Command:
    found = group.get_command(context, name)
    if found is None:
        raise LookupError(name)
    return found


def _exits() -> Iterator[str]:
    yield "## Exit codes\n\n| Code | In JSON | Given when |\n|---|---|---|"
    yield from (f"| {one.code} | `{one.name}` | {one.meaning} |" for one in EXITS)
    yield ""


def _common() -> Iterator[str]:
    yield "## Options of every command\n\n| Option | What it does |\n|---|---|"
    context = click.Context(click.Command("doboto"))
    yield from (_row(context, one) for one in common(environment=True))
    yield ""


def _written() -> Iterator[str]:
    context = click.Context(root, info_name="doboto")
    for name in root.summaries()["Commands"]:
        command = _inside(root, name, context)
        yield from _command(command, f"doboto {name}", "##")
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                yield from _command(_inside(command, below, context), f"doboto {name} {below}", "###")


def _resource(name: str) -> Iterator[str]:
    context = click.Context(root, info_name="doboto")
    group = cast(LazyGroup, _inside(root, catalog.hyphenate(name), context))
    yield f"## doboto {group.name}\n\n{group.help}\n"
    for below in sorted(group.list_commands(context)):
        yield from _command(_inside(group, below, context), f"doboto {group.name} {below}", "###")


def _command(command: click.Command, path: str, level: str) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    known = {one.name for one in common()}
    own = [one for one in command.get_params(context) if one.name not in known and "--help" not in one.opts]
    usage = " ".join([path, *(one.make_metavar(context) for one in own if isinstance(one, Argument))])
    options = " [OPTIONS]" if any(isinstance(one, click.Option) for one in own) else ""
    yield f"{level} {path}\n\n```\n{usage}{options}\n```\n"
    if isinstance(command, OperationCommand):
        doc = command.doc
        yield "\n\n".join([doc.summary, *doc.body]) + "\n"
        if command.operation.may_ask:
            yield "It shows what it will hit, and asks.\n"
    else:
        yield f"{command.help}\n"
    if own:
        yield "| Option | What it does |\n|---|---|"
        yield from (_row(context, one) for one in own)
        yield ""
    if isinstance(command, OperationCommand):
        yield from (f"{name}: {text}\n" for name, text in (("Prints", doc.returns), ("Scopes", doc.scopes)) if text)


def _row(context: click.Context, one: click.Parameter) -> str:
    if isinstance(one, Argument):
        flags, text = one.make_metavar(context), one.text
    else:
        flags, text = one.get_help_record(context) or ("", "")
    required = " Required." if one.required and isinstance(one, click.Option) else ""
    text = text.replace("[required]", "").strip()
    return f"| `{_escaped(flags)}` | {_escaped(text)}{required} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def words() -> str:
    """A line for each command and option: the words of its command, the word itself, what it is about."""
    return "".join(
        f"{path}\t{word}\t{text}\n"
        for path, word, text in _words(root, click.Context(root, **root.context_settings), "")
    )


def _flags(one: click.Parameter) -> Iterator[tuple[str, str]]:
    if isinstance(one, click.Option):
        yield from ((word, one.help or "") for word in (*one.opts, *one.secondary_opts))


def _help_option(context: click.Context) -> Iterator[click.Parameter]:
    found = context.find_root().command.get_help_option(context)
    yield from [found] if found else []


def _words(command: click.Command, context: click.Context, path: str) -> Iterator[tuple[str, str, str]]:
    options = [(word, text) for one in command.get_params(context) for word, text in _flags(one)]
    shared = [(word, text) for one in [*common(), *_help_option(context)] for word, text in _flags(one)]
    own = options[: -len(shared)] if options[-len(shared) :] == shared else options
    yield from ((path, word, text) for word, text in own)
    if own != options:
        yield path, SHARED, ""
    if path == "":
        yield from ((SHARED, word, text) for word, text in shared)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = _inside(command, name, context)
            yield path, name, below.get_short_help_str()
            yield from _words(below, click.Context(below, parent=context, info_name=name), f"{path} {name}".strip())


def main(arguments: list[str]) -> int:
    """Write the files, or check them."""
    files = {PAGE: page(), WORDS: words()}
    if arguments != ["--check"]:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        sys.stderr.write(f"{path} is out of date: run python scripts/cli_reference.py\n")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
