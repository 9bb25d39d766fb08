"""`doboto watch`: the account's Droplets and running actions, redrawn in place until `q` is pressed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TextIO

import click

from ... import SystemClock
from ..command import CONTEXT, Described
from ..output.text import on_terminal
from ..settings import CliSettings, Option, common

if TYPE_CHECKING:
    from rich.live import Live

    from ... import Clock
    from ...client import DO
    from .watch_view import View

ESCAPE = "\x1b"
#: Seconds between looks at the terminal's size. Its signal, SIGWINCH, does not exist on Windows.
TICK = 0.25
#: Maximum seconds for each request while the screen is redrawn: the next refresh is the retry.
REQUEST_TIMEOUT = 10.0
#: Bytes of one read: a key may send several, and a key that is held repeats itself.
CHUNK = 64
#: Seconds between two questions for keys on Windows.
WINDOWS_TICK = 0.1


def _watch(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(CliSettings) or CliSettings()).with_params(params)
    from ... import Retry
    from ...types import Action, Droplet
    from ..accounts.client import open_client, with_deadline
    from ..output.formats import check_expressions
    from ..output.progress import Reporter
    from .watch_view import View

    check_expressions(settings, Droplet, Action)
    once = params["once"] or not _is_interactive(settings)
    more: dict[str, Any] = {} if once else {"retry": Retry.never(), "timeout": settings.timeout or REQUEST_TIMEOUT}
    with open_client(settings, **more) as do:
        view = View("simulated account" if settings.sim else do.url)
        if once:
            with Reporter(settings):
                view.refresh(with_deadline(do, settings.timeout))
            _print(view, settings)
            return
        view.refresh(do, SystemClock().monotonic())
        _redraw(do, view, params["poll"], release=bool(settings.sim))


def _print(view: View, settings: CliSettings) -> None:
    """Print two tables for people; one object for programs and for expressions on it."""
    from ...types import Action, Droplet
    from ..output.formats import print_result

    if settings.query is not None or settings.output not in {None, "table"}:
        print_result({"droplets": list(view.droplets), "actions": list(view.actions)}, None, settings)
        return
    print_result(list(view.droplets), Droplet, settings)
    if view.actions:
        print_result(list(view.actions), Action, settings)


def _is_interactive(settings: CliSettings) -> bool:
    """Whether to redraw: on a terminal with a keyboard, unless another kind of output was asked for."""
    asked = (settings.query, settings.columns, None if settings.output == "table" else settings.output)
    stdin: TextIO | None = sys.stdin
    return not any(asked) and on_terminal() and stdin is not None and stdin.isatty()


def _redraw(do: DO, view: View, poll: float, *, release: bool) -> None:
    from rich.console import Console
    from rich.live import Live

    clock = SystemClock()
    with (
        Live(console=Console(highlight=False), screen=True, auto_refresh=False, vertical_overflow="crop") as live,
        Keys() as keys,
    ):
        board = Board(view, live, clock)
        while True:
            board.draw()
            if release:
                do.clock.sleep(0)  # lets go of the simulated account's file: other commands need it too
            if wait_for_quit(keys, max(poll, view.pause), clock, board.update):
                return
            view.try_refresh(do, clock.monotonic())


class Board:
    """The view on a terminal, in the terminal's present size."""

    def __init__(self, view: View, live: Live, clock: Clock) -> None:
        self._view = view
        self._live = live
        self._clock = clock
        self._drawn: tuple[object, ...] = ()

    def draw(self) -> None:
        """Draw the view."""
        from .watch_view import render

        self._drawn = self._state()
        self._live.update(render(self._view, *self._live.console.size, now=self._clock.monotonic()), refresh=True)

    def update(self) -> None:
        """Draw the view again if the terminal's size has changed, or the age of what is shown."""
        if self._state() != self._drawn:
            self.draw()

    def _state(self) -> tuple[object, ...]:
        age = round(self._clock.monotonic() - self._view.updated_at) if self._view.error else None
        return (*self._live.console.size, age)


class Keyboard(Protocol):
    """Where keys are read from."""

    def read(self, seconds: float) -> str | None:
        """Read what is pressed within that time; None if nothing is."""
        ...


def wait_for_quit(keys: Keyboard, seconds: float, clock: Clock, tick: Callable[[], None]) -> bool:
    """Wait until the pause is over or a key quits; other keys do not shorten it, which would exceed the rate limit.

    Args:
        keys: The keyboard.
        seconds: The pause.
        clock: Measures it.
        tick: Called several times a second.

    Returns:
        True if a key quits.
    """
    deadline = clock.monotonic() + seconds
    while (left := deadline - clock.monotonic()) > 0:
        pressed = keys.read(min(left, TICK))
        if pressed is not None and is_quit(pressed):
            return True
        tick()
    return False


def is_quit(pressed: str) -> bool:
    """Whether a key quits: `q`, or Escape alone. Arrows and the like begin with Escape too."""
    if pressed.startswith(ESCAPE):
        return pressed == ESCAPE
    return not pressed or "q" in pressed.lower()


class Keys:
    """The terminal's keyboard, without echo, inside a `with` statement."""

    def __init__(self) -> None:
        self._before: Any = None

    def __enter__(self) -> Self:
        if sys.platform != "win32":
            import termios
            import tty

            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if sys.platform != "win32":
            import termios

            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def read(self, seconds: float) -> str | None:
        """Read what is pressed first within that time; an empty text if the terminal is gone."""
        if sys.platform != "win32":
            import select

            # Not through `sys.stdin`: `select` does not see what its buffer holds.
            terminal = sys.stdin.fileno()
            ready, _, _ = select.select([terminal], [], [], seconds)
            return os.read(terminal, CHUNK).decode(errors="replace") if ready else None
        return _read_windows(seconds)


def _read_windows(seconds: float) -> str | None:
    import importlib

    clock, msvcrt = SystemClock(), importlib.import_module("msvcrt")
    deadline = clock.monotonic() + seconds
    while clock.monotonic() < deadline:
        if msvcrt.kbhit():
            return "".join(iter(lambda: str(msvcrt.getwch()) if msvcrt.kbhit() else "", ""))
        clock.sleep(WINDOWS_TICK)
    return None


command = Described(
    "watch",
    help="Watch the account's Droplets and running actions, redrawn in place in the terminal's size. q quits. "
    "In a pipe, print them once. --debug logs nothing while the screen is redrawn.",
    callback=click.pass_context(_watch),
    context_settings=dict(CONTEXT),
    params=[
        Option(
            ["--poll"], type=click.FloatRange(min=1), default=5.0, show_default=True, help="Seconds between refreshes."
        ),
        Option(["--once"], is_flag=True, help="Print them once."),
        *common(),
    ],
)
