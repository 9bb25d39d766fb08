"""`doboto completion SHELL`: what makes a shell complete these commands."""

from __future__ import annotations

import click

from ..command import COMPLETE, Described
from ..settings import Argument
from .shells import CLASSES, SHELLS

HOW = """Print a script for a shell.

bash, in ~/.bashrc: eval "$(doboto completion bash)"

zsh, in ~/.zshrc: eval "$(doboto completion zsh)"

fish, once: doboto completion fish > ~/.config/fish/completions/doboto.fish"""


def _print(ctx: click.Context, shell: str) -> None:
    kind = CLASSES[SHELLS.index(shell)]
    click.echo(kind(ctx.find_root().command, {}, "doboto", COMPLETE).source())


command = Described(
    "completion",
    help=HOW,
    callback=click.pass_context(_print),
    params=[Argument(["shell"], type=click.Choice(SHELLS), text="The shell.")],
)
