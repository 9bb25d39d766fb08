"""`doboto completion SHELL`: what makes a shell complete these commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from .commands import Described
from .options import Argument

SHELLS = ("bash", "zsh", "fish")
HOW = """Print a script for a shell.

bash: eval "$(doboto completion bash)" in ~/.bashrc; zsh: the same with zsh in ~/.zshrc; fish: doboto completion fish >
~/.config/fish/completions/doboto.fish"""


def _print(ctx: click.Context, shell: str) -> None:
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - one of SHELLS, which click knows
    click.echo(kind(ctx.find_root().command, {}, "doboto", "_DOBOTO_COMPLETE").source())


command = Described(
    "completion",
    help=HOW,
    callback=click.pass_context(_print),
    params=[Argument(["shell"], type=click.Choice(SHELLS), text="The shell.")],
)
