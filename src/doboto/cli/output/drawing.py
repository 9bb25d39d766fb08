"""Progress as it is drawn in place on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ...progress import Progress
from ..run.calls import failed_of
from .table import cell

#: Lines of what is pending; a fleet would fill the screen.
MOST = 12
#: Lines that a small terminal has for the bar and for the cursor.
BESIDE = 2
BAR = 24
#: The same one in every picture, so that it goes on turning where a picture is replaced.
SPINNER = Spinner("dots", style="cyan")


class Drawn:
    """Progress as it is at the moment of drawing, so that its seconds run between two looks.

    Args:
        now: Gives it.
        named: Gives an id with its name.
    """

    def __init__(self, now: Callable[[], Progress | None], named: Callable[[Any], str]) -> None:
        self._now = now
        self._named = named

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        if (progress := self._now()) is not None:
            yield picture(progress, self._named)


def display(drawn: RenderableType) -> Live:
    """A place on standard error that is redrawn, and gone when it is over."""
    return Live(drawn, console=Console(stderr=True, highlight=False), transient=True, refresh_per_second=8)


def picture(progress: Progress, named: Callable[[Any], str]) -> RenderableType:
    """What is waited for: a bar, and below it a line for each thing that is pending."""
    bar = _bar(progress)
    return Group(bar, Pending([(named(id), state) for id, state in progress.pending.items()]))


class Pending:
    """A line for each thing that is pending, as many as the terminal has room for beside what was printed before.

    Args:
        lines: The things' names, and what each is at.
    """

    def __init__(self, lines: Sequence[tuple[str, str]]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw them."""
        room = max(1, min(MOST, console.size.height - BESIDE))
        shown = self._lines if len(self._lines) <= room else self._lines[: room - 1]
        grid = Table.grid(padding=(0, 1))
        grid.add_column()
        grid.add_column(no_wrap=True, overflow="ellipsis")
        grid.add_column(no_wrap=True, overflow="ellipsis")
        for name, state in shown:
            grid.add_row(SPINNER, Text(cell(name)), Text(cell(state), style="dim"))
        if shown:
            yield grid
        if len(shown) < len(self._lines):
            yield Text(f"  and {len(self._lines) - len(shown)} more", style="dim")


def _bar(progress: Progress) -> RenderableType:
    """The bar is as long as what is over; where it isn't known yet how many there are, it only moves."""
    failed, total = failed_of(progress), progress.total
    counted = f"{progress.done} done, {failed} failed of {total} " if failed else f"{progress.done} of {total} "
    grid = Table.grid(padding=(0, 1))
    grid.add_row(
        Text(cell(progress.what), style="bold"),
        ProgressBar(total=total or None, completed=progress.done + failed, width=BAR, pulse=not total),
        Text(counted if total else ""),
        Text(f"{progress.elapsed:.0f} s", style="dim"),
    )
    return grid
