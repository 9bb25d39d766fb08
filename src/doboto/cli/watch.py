"""`doboto watch`: the account's Droplets and running actions, redrawn in place; `q` ends it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import click

from .._io.clock import SystemClock
from ..errors import DOBOTOException, DOBOTOForbiddenException, DOBOTOUnauthorizedException
from . import table
from .commands import CONTEXT, Described
from .options import Option, Settings, common

if TYPE_CHECKING:
    from rich.console import RenderableType

    from .._io.protocol import Clock
    from ..client import DO

#: A page of the list of Droplets, and what a round costs beside those pages.
PAGE = 200
BESIDE = 1
ESCAPE = "\x1b"


class Pressing(Protocol):
    """Where keys are pressed."""

    def pressed(self, seconds: float) -> str | None:
        """What is pressed within that time, or None."""
        ...


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
        """Look at the account.

        Raises:
            DOBOTOException: The API failed.
        """
        self.droplets = do.droplet.list(type="all")
        self.actions = _running(do)
        self.trouble = ""
        known = do.ratelimit
        self.limit = "" if known is None else f"{known.remaining} of {known.limit} requests left this hour"

    def look_again(self, do: DO) -> None:
        """Look once more; what a failing round would have shown stays as it was. A refused token is no use again."""
        try:
            self.look(do)
        except DOBOTOUnauthorizedException:
            raise
        except DOBOTOException as failure:
            self.trouble = str(failure)

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
    from ..types import Action, Droplet
    from .connection import client
    from .output import check

    check(settings, Droplet, Action)
    with client(settings) as do:
        view = View("simulated account" if settings.sim else do.url)
        view.look(do)
        if params["once"] or not _interactive(settings):
            _print(view, settings)
            return
        _redraw(do, view, params["poll"], release=bool(settings.sim))


def _print(view: View, settings: Settings) -> None:
    """Two tables for people; one object for programs and for expressions on it."""
    from ..types import Action, Droplet
    from .output import printed

    if settings.query is not None or settings.output not in {None, "table"}:
        printed({"droplets": list(view.droplets), "actions": list(view.actions)}, None, settings)
        return
    printed(list(view.droplets), Droplet, settings)
    if view.actions:
        printed(list(view.actions), Action, settings)


def _interactive(settings: Settings) -> bool:
    """Whether it is redrawn: on a terminal with somebody at the keys, where nothing else was asked for."""
    asked = (settings.query, settings.columns, None if settings.output == "table" else settings.output)
    stdin: TextIO | None = sys.stdin
    return not any(asked) and table.on_terminal() and stdin is not None and stdin.isatty()


def _redraw(do: DO, view: View, poll: float, *, release: bool) -> None:
    from rich.console import Console
    from rich.live import Live

    from .keys import Keys

    console = Console(highlight=False)
    with Live(picture(view, console.width), console=console, screen=True, auto_refresh=False) as live, Keys() as keys:
        while True:
            if release:
                do.close()  # the simulated account's file: other commands want it too
            if ended(keys, max(poll, view.pause), SystemClock()):
                return
            view.look_again(do)
            live.update(picture(view, console.width), refresh=True)


def ended(keys: Pressing, seconds: float, clock: Clock) -> bool:
    """Whether a key ends it before the pause is over. No other cuts the pause short: it keeps the rate limit."""
    until = clock.monotonic() + seconds
    while (left := until - clock.monotonic()) > 0:
        pressed = keys.pressed(left)
        if pressed is not None and ends(pressed):
            return True
    return False


def ends(pressed: str) -> bool:
    """Whether what was pressed ends it: `q`, or Escape alone. Arrows and the like begin with Escape too."""
    if pressed.startswith(ESCAPE):
        return pressed == ESCAPE
    return not pressed or "q" in pressed.lower()


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
