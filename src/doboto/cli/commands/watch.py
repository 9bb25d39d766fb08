"""`doboto watch`: the account's Droplets and running actions, redrawn in place; `q` ends it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import click

from ..._io.clock import SystemClock
from ..command import CONTEXT, Described
from ..output import table
from ..settings import Option, Settings, common
from .watch_view import View

if TYPE_CHECKING:
    from rich.live import Live

    from ..._io.protocol import Clock
    from ...client import DO

ESCAPE = "\x1b"
#: How often the terminal's size is looked at, in seconds. Its signal, SIGWINCH, is not there on Windows.
TICK = 0.25


class Pressing(Protocol):
    """Where keys are pressed."""

    def pressed(self, seconds: float) -> str | None:
        """What is pressed within that time, or None."""
        ...


def _watch(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(Settings) or Settings()).with_params(params)
    from ...types import Action, Droplet
    from ..accounts.client import client
    from ..output.formats import check
    from ..output.progress import Reporter

    check(settings, Droplet, Action)
    with client(settings) as do:
        view = View("simulated account" if settings.sim else do.url)
        if params["once"] or not _interactive(settings):
            with Reporter(settings):
                view.look(do)
            _print(view, settings)
            return
        view.look(do)
        _redraw(do, view, params["poll"], release=bool(settings.sim))


def _print(view: View, settings: Settings) -> None:
    """Two tables for people; one object for programs and for expressions on it."""
    from ...types import Action, Droplet
    from ..output.formats import printed

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

    from .watch_keys import Keys

    with Live(console=Console(highlight=False), screen=True, auto_refresh=False) as live, Keys() as keys:
        board = Board(view, live)
        while True:
            board.draw()
            if release:
                do.close()  # the simulated account's file: other commands want it too
            if ended(keys, max(poll, view.pause), SystemClock(), board.fit):
                return
            view.look_again(do)


class Board:
    """The view on a terminal, as large as that is at the moment."""

    def __init__(self, view: View, live: Live) -> None:
        self._view = view
        self._live = live
        self._size = live.console.size

    def draw(self) -> None:
        """Draw the view anew."""
        from .watch_screen import picture

        self._size = self._live.console.size
        self._live.update(picture(self._view, *self._size), refresh=True)

    def fit(self) -> None:
        """Draw it anew where the terminal has another size than before."""
        if self._live.console.size != self._size:
            self.draw()


def ended(keys: Pressing, seconds: float, clock: Clock, meanwhile: Callable[[], None]) -> bool:
    """Whether a key ends it before the pause is over. No other cuts the pause short: it keeps the rate limit."""
    until = clock.monotonic() + seconds
    while (left := until - clock.monotonic()) > 0:
        pressed = keys.pressed(min(left, TICK))
        if pressed is not None and ends(pressed):
            return True
        meanwhile()
    return False


def ends(pressed: str) -> bool:
    """Whether what was pressed ends it: `q`, or Escape alone. Arrows and the like begin with Escape too."""
    if pressed.startswith(ESCAPE):
        return pressed == ESCAPE
    return not pressed or "q" in pressed.lower()


command = Described(
    "watch",
    help="Watch the account's Droplets and running actions, redrawn in place, as far as they fit. q ends it. "
    "Without a terminal it prints them once. --debug logs nothing where it redraws, for that is on the same screen.",
    callback=click.pass_context(_watch),
    context_settings=dict(CONTEXT),
    params=[
        Option(["--poll"], type=click.FloatRange(min=1), default=5.0, show_default=True, help="Seconds between looks."),
        Option(["--once"], is_flag=True, help="Print them once."),
        *common(),
    ],
)
