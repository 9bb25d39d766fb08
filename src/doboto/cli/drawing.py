"""Progress as it is drawn in place on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ..progress import Progress
from .table import cell

#: Lines of what is pending; a fleet would fill the screen.
MOST = 12
BAR = 24


def display() -> Live:
    """A place on standard error that is redrawn, and gone when it is over."""
    return Live(console=Console(stderr=True, highlight=False), transient=True, refresh_per_second=8)


def picture(latest: Mapping[str, Progress], named: Callable[[Any], str]) -> RenderableType:
    """All calls that run: for each a bar, and a line for each thing that is pending."""
    parts: list[RenderableType] = []
    for label, progress in latest.items():
        if progress.pending or len(latest) == 1:
            parts.append(_bar(label, progress))
            parts += [_line(named(id), state) for id, state in list(progress.pending.items())[:MOST]]
            if len(progress.pending) > MOST:
                parts.append(Text(f"    and {len(progress.pending) - MOST} more", style="dim"))
    return Group(*parts)


def _bar(label: str, progress: Progress) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    what = f"{label}: {progress.what}" if label else progress.what
    grid.add_row(
        Text(cell(what), style="bold"),
        ProgressBar(total=progress.total, completed=progress.done, width=BAR),
        Text(f"{progress.done} of {progress.total}"),
        Text(f"{progress.elapsed:.0f} s", style="dim"),
    )
    return grid


def _line(name: str, state: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Spinner("dots", style="cyan"), Text(cell(name)), Text(cell(state), style="dim"))
    return grid
