"""Groups of commands, and where among them something went wrong."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import click

from .errors import Failure
from .suggest import command_suggestion


class Group(click.Group):
    """A group that answers a command it does not have with the one that is meant perhaps."""

    def suggested(self, ctx: click.Context) -> list[str]:
        """What is suggested."""
        return self.list_commands(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named; click itself would suggest those alone that are loaded."""
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(f"no such command {name!r}{command_suggestion(name, self.suggested(ctx))}")
        return super().resolve_command(ctx, args)


@contextmanager
def placed(ctx: click.Context) -> Generator[None, None, None]:
    """A failure inside of it says in which command it was: wrong usage names that, and its help."""
    try:
        yield
    except Failure as failure:
        failure.where = failure.where or ctx.command_path
        raise
