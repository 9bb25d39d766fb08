"""`doboto help`: the help of a command, as its `--help` has it."""

from __future__ import annotations

from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

from ..command import CONTEXT, Described
from ..settings import Argument


def _help(ctx: click.Context, words: Sequence[str]) -> None:
    found = _found(ctx, words)
    click.echo(found.get_help(), color=ctx.color)


def _found(ctx: click.Context, words: Sequence[str]) -> click.Context:
    """Return the context of a command, inside those of its groups."""
    place = ctx.find_root()
    for word in words:
        if not isinstance(place.command, click.Group):
            ctx.fail(f"{place.command_path} has no commands below it, so no {word!r}")
        _, command, _ = place.command.resolve_command(place, [word])
        if command is None:
            ctx.fail(f"no such command {word!r}")
        place = command.make_context(word, [], parent=place, resilient_parsing=True)
    return place


def _names(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return names of commands below those that are given already."""
    try:
        place = _found(ctx, ctx.params.get("words") or ())
    except click.UsageError:
        return []
    below = place.command.list_commands(place) if isinstance(place.command, click.Group) else []
    return [CompletionItem(name) for name in below if name.startswith(incomplete)]


command = Described(
    "help",
    help="Show the help of a command.",
    callback=click.pass_context(_help),
    context_settings=dict(CONTEXT),
    params=[
        Argument(
            ["words"], nargs=-1, metavar="[COMMAND]...", text="The command: droplet create.", shell_complete=_names
        )
    ],
)
