"""`doboto watch`: the account's Droplets and running actions, redrawn in place; `q` ends it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ..errors import DOBOTOException, DOBOTOForbiddenException, DOBOTOUnauthorizedException
from . import table
from .commands import CONTEXT, Described
from .options import Option, Settings, common

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..client import DO

#: A page of the list of Droplets, and what a round costs beside those pages.
PAGE = 200
BESIDE = 1
#: The keys that end it; the last one is Escape.
ENDING = frozenset({"q", "Q", "\x1b"})


@dataclass(slots=True)
class View:
    """What is shown.

    Attributes:
        account: Whose account it is.
        droplets: The Droplets.
        actions: The actions that run.
        limit: What is known of the rate limit.
        trouble: Why the last round failed, if it did.
    """

    account: str
    droplets: Sequence[Mapping[str, Any]] = ()
    actions: Sequence[Mapping[str, Any]] = ()
    limit: str = ""
    trouble: str = ""

    def look(self, do: DO) -> None:
        """Look at the account; what a failing round would have shown stays as it was."""
        try:
            self.droplets = do.droplet.list(type="all")
            self.actions = _running(do)
            self.trouble = ""
        except DOBOTOUnauthorizedException:
            raise
        except DOBOTOException as failure:
            self.trouble = str(failure)
        known = do.ratelimit
        self.limit = "" if known is None else f"{known.remaining} of {known.limit} requests left this hour"

    @property
    def pause(self) -> float:
        """The shortest pause between two rounds: a request a second leaves room for other programs (5,000 an hour)."""
        return len(self.droplets) // PAGE + 2.0 + BESIDE


def _running(do: DO) -> Sequence[Mapping[str, Any]]:
    try:
        found: Any = do.request("GET", "/actions", query={"per_page": PAGE})
    except DOBOTOForbiddenException:
        return []  # a token may be without actions:read
    return [action for action in found["actions"] if action["status"] == "in-progress"]


def _watch(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(Settings) or Settings()).with_params(params)
    from .connection import client

    with client(settings) as do:
        view = View("simulated account" if settings.sim else do.url)
        view.look(do)
        if params["once"] or not (table.on_terminal() and sys.stdin.isatty()):
            _print(view)
            return
        _redraw(do, view, params["poll"], release=bool(settings.sim))


def _print(view: View) -> None:
    from .columns import COLUMNS
    from .output import found

    for kind, items in (("Droplet", view.droplets), ("Action", view.actions)):
        columns = COLUMNS[kind]
        rows = [[table.plain(found(column.expression, item)) for column in columns] for item in items]
        if kind == "Droplet" or rows:
            table.rows(columns, rows, header=True)


def _redraw(do: DO, view: View, poll: float, *, release: bool) -> None:
    from rich.console import Console
    from rich.live import Live

    from .keys import Keys

    console = Console(highlight=False)
    with Live(picture(view, console.width), console=console, screen=True, auto_refresh=False) as live, Keys() as keys:
        while True:
            if release:
                do.close()  # the simulated account's file: other commands want it too
            if keys.pressed(max(poll, view.pause)) in ENDING:
                return
            view.look(do)
            live.update(picture(view, console.width), refresh=True)


def picture(view: View, width: int) -> RenderableType:
    """The whole view."""
    from rich.console import Group
    from rich.text import Text

    active = sum(droplet["status"] == "active" for droplet in view.droplets)
    title = Text.assemble(("doboto watch", "bold"), f"  {view.account}")
    counts = Text(f"Droplets: {len(view.droplets)}, active: {active}, actions running: {len(view.actions)}")
    foot = Text(view.trouble, style="bold red") if view.trouble else Text(view.limit, style="dim")
    parts: list[RenderableType] = [title, counts, Text(""), table.table("Droplet", view.droplets, width)]
    if view.actions:
        parts += [Text(""), table.table("Action", view.actions, width)]
    return Group(*parts, Text(""), foot, Text("q ends this", style="dim"))


command = Described(
    "watch",
    help="Watch the account's Droplets and running actions, redrawn in place. q ends it. Without a terminal it prints "
    "them once.",
    callback=click.pass_context(_watch),
    context_settings=dict(CONTEXT),
    params=[
        Option(["--poll"], type=click.FloatRange(min=1), default=5.0, show_default=True, help="Seconds between looks."),
        Option(["--once"], is_flag=True, help="Print them once."),
        *common(),
    ],
)
