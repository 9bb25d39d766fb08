"""Progress as it is drawn in place on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ..progress import Progress
from .table import cell

#: Lines of what is pending; a fleet would fill the screen.
MOST = 12
#: Lines that a small terminal has for the bar and for the cursor.
BESIDE = 2
BAR = 24
#: The same one in every picture, so that it goes on turning where a picture is replaced.
SPINNER = Spinner("dots", style="cyan")


def display() -> Live:
    """A place on standard error that is redrawn, and gone when it is over."""
    return Live(console=Console(stderr=True, highlight=False), transient=True, refresh_per_second=8)


def picture(latest: Mapping[str, Progress], named: Callable[[Any], str]) -> RenderableType:
    """All calls that run: a bar, and below it a line for each thing that is pending."""
    progresses = list(latest.values())
    if not all(latest):  # the only call has no label
        (progress,) = progresses
        lines = [(named(id), state) for id, state in progress.pending.items()]
        bar = _bar(progress.what, progress.done, progress.total, progress.elapsed)
    else:
        lines = [(label, _state(progress)) for label, progress in latest.items() if progress.pending]
        done = sum(not progress.pending for progress in progresses)
        bar = _bar(progresses[0].what, done, len(progresses), max(progress.elapsed for progress in progresses))
    return Group(bar, Pending(lines))


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


def _state(progress: Progress) -> str:
    """What a call with a label is at; what is pending there is the action, which nobody knows by its id."""
    if progress.total == 1:
        return f"{progress.what} is running"
    return f"{progress.what}: {progress.done} of {progress.total}"


def _bar(what: str, done: int, total: int, elapsed: float) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(
        Text(cell(what), style="bold"),
        ProgressBar(total=total, completed=done, width=BAR),
        Text(f"{done} of {total} "),
        Text(f"{elapsed:.0f} s", style="dim"),
    )
    return grid
