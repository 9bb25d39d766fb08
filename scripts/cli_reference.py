"""Writes `docs/cli-reference.md` from the commands themselves; with `--check`, says whether it is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click

from doboto.cli.command import OperationCommand
from doboto.cli.errors import EXITS
from doboto.cli.run.confirm import is_irrevocable
from doboto.cli.schema import catalog
from doboto.cli.settings import Argument, common
from doboto.cli.tree import LazyGroup, root

PAGE = Path(__file__).parents[1] / "docs" / "cli-reference.md"
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
        if is_irrevocable(command.operation):
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


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    if arguments == ["--check"]:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
            return 0
        sys.stderr.write(f"{PAGE} is out of date: run python scripts/cli_reference.py\n")
        return 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
