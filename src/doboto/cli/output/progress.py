"""Report on standard error while a command works: ids as soon as they are known, progress, warnings.

On a terminal progress is drawn in place; elsewhere it is a line whenever something changed; where the result is JSON it
is a JSON object a line, so that a program can distinguish it from the error.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

import click

from ..._io.log import DEBUG, ERROR, INFO, WARNING, listeners, logger
from ...errors import UnknownAttributeWarning
from ..settings import UNKNOWN, CliSettings
from .text import can_encode, dump_json, format_cell, overflow, write_notice

if TYPE_CHECKING:
    import logging

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.live import Live
    from rich.spinner import Spinner

    from ... import Clock, OnEvent
    from ...events import Event, PollFailed, Progress, RateLimited, Retrying

#: Names of the events made from the client's log: notes, and warnings (True).
LEVELS = {False: "note", True: "warning"}
#: Seconds in which the same is said once, however many requests it is of.
REPEATED = 5.0
#: Lines of pending resources at most; a fleet would fill the screen.
MAX_LINES = 12
#: Lines that a small terminal needs for the bar and for the cursor.
OTHER_LINES = 2
BAR = 24
#: A terminal of fewer columns shows names without their ids.
NARROW = 70


class Reporter:
    """Reports progress, and remembers what is running for when the command is interrupted.

    Args:
        settings: Say for whom, and whether at all.
    """

    def __init__(self, settings: CliSettings) -> None:
        self.debug = settings.debug
        self._detach: Callable[[], None] | None = None
        self.machine = settings.machine
        self.quiet = bool(settings.quiet)
        stderr: TextIO | None = sys.stderr  # Python's, where it starts without one
        self.live = not self.machine and stderr is not None and stderr.isatty() and os.environ.get("TERM") != "dumb"
        #: The names of Droplets by their ids, as far as they were met.
        self.names: dict[Any, str] = {}
        #: Where what was begun goes on.
        self.where = "in the simulated account" if settings.sim else "at DigitalOcean"
        #: The kinds of the resources that this command created, by their ids.
        self.created: dict[Any, str] = {}
        #: Ids of actions that the API accepted.
        self.actions: list[Any] = []
        #: How many resources are affected by what was confirmed, or allowed by `--yes`, as they were listed before.
        self.targets = 0
        #: Whether attributes that the types lack are reported.
        self.warns = True
        #: Seconds that answers to questions took: no timeout counts them.
        self.asked = 0.0
        #: What is shown besides until the next poll: that a request is retried, or waits.
        self._note = ""
        self._noted: dict[Any, float] = {}
        #: The operation that this command calls for several resources, and what became of each.
        self.what = ""
        self.items: Sequence[Any] = ()
        self._latest: Progress | None = None
        self._reported: Any = None
        self._elapsed: Callable[[], float] | None = None
        self._display: Live | None = None
        self._mutex = threading.Lock()
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> Self:
        listeners.append(self._attach)
        if self.debug:
            logger()
        self._warnings.__enter__()
        warnings.simplefilter("always", UnknownAttributeWarning)
        warnings.showwarning = self._show_warning
        if (ctx := click.get_current_context(silent=True)) is not None:
            for text in ctx.meta.pop(UNKNOWN, ()):
                self._warn(text)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._warnings.__exit__(kind, error, trace)
        listeners.remove(self._attach)
        detach, self._detach = self._detach, None
        if detach is not None:
            detach()
        self.stop()

    def _attach(self, log: logging.Logger) -> None:
        """Print what the client logs, from its first record on; other threads wait until that is so."""
        with self._mutex:
            detach = self._detach
            self._detach = self._handle(log) if detach is None else detach

    def _handle(self, log: logging.Logger) -> Callable[[], None]:
        """Add a handler to the logger; return what takes it away."""
        import logging  # most commands log nothing

        handler, level = logging.Handler(DEBUG if self.debug else INFO), log.level
        setattr(handler, "emit", self.emit)  # noqa: B010 - a method, to type checkers

        def detach() -> None:
            log.removeHandler(handler)
            log.setLevel(level)

        log.addHandler(handler)
        log.setLevel(handler.level)
        return detach

    def _show_warning(self, message: Warning | str, *_: object, **__: object) -> None:
        """Print what Python warns of, without the place in the code."""
        if self.warns:
            self._warn(str(message))

    def _warn(self, text: str) -> None:
        if not self.quiet:
            self.line(f"doboto: warning: {text}", event=LEVELS[True])

    def stop(self) -> None:
        """Take away what is drawn in place."""
        display, self._display = self._display, None
        if display is not None:
            with suppress(OSError):  # the terminal is gone
                display.stop()

    @contextmanager
    def asking(self, clock: Clock) -> Generator[None, None, None]:
        """Count the seconds that a question takes."""
        began = clock.monotonic()
        clock.sleep(0)  # lets go of the simulated account's file: a question may stay open, and others want it
        try:
            yield
        finally:
            self.asked += clock.monotonic() - began

    # -- lines

    def line(self, text: str, **event: Any) -> None:
        """Print one line, or one JSON object for programs."""
        if self.machine:
            text = dump_json({**event, "message": text})
        elif self._display is not None:
            with suppress(OSError):
                self._display.console.print(format_cell(text), highlight=False, markup=False, soft_wrap=True)
            return
        else:
            text = format_cell(text)
        write_notice(text)

    def emit(self, record: logging.LogRecord) -> None:
        """Print what the client logs: what was created, what failed and is retried."""
        if record.levelno < INFO:  # shown even with --quiet: --debug asked for it
            self.line(record.getMessage(), event="request", **getattr(record, "exchange", {}))
            return
        from ... import events  # most commands report nothing

        event: Any = getattr(record, "event", None)
        if isinstance(event, events.Interrupted):
            return  # reported by the caller, which knows how to resume
        # What passes is shown in one line that is updated in place, where that can be.
        passes = isinstance(event, events.Retrying | events.RateLimited | events.PollFailed)
        if passes and self.live and not self.quiet and record.levelno < ERROR:
            self._draw_note(str(event))
            return
        text, known = record.getMessage(), LEVELS[record.levelno >= WARNING]
        details: dict[str, Any] = {"event": known}
        if isinstance(event, events.Created):
            details = {"event": "created", "id": event.id, **({"name": event.name} if event.name else {})}
            self.created[event.id] = event.kind
            if event.name:
                self.names[event.id] = str(event.name)
        if not self.quiet:
            if passes and self._is_repeated(event, record.created):
                return
            prefixed = details["event"] == LEVELS[True] or passes
            self.line(f"doboto: {text}" if prefixed else text, **details)

    def _is_repeated(self, event: Retrying | RateLimited | PollFailed, now: float) -> bool:
        """Whether the same was printed a moment ago, of another of many requests side by side."""
        error: Exception | None = getattr(event, "error", None)
        said: Any = (type(event), type(error), getattr(error, "status", None), getattr(event, "attempt", 0))
        before, self._noted[said] = self._noted.get(said, -math.inf), now
        if now - before < REPEATED:
            self._noted[said] = before
            return True
        return False

    # -- progress

    def begin(self, progress: Progress, clock: Clock) -> None:
        """Draw the progress at once, and keep drawing while nothing is reported; only on a terminal.

        Args:
            progress: What will be done.
            clock: The client's, which its waiting goes by.
        """
        began = clock.monotonic()
        self._elapsed = lambda: clock.monotonic() - began
        self._latest = progress
        if self.live and not self.quiet:
            with self._mutex:
                self._draw()

    def on_event(self, event: Event) -> None:
        """Show at once that the API accepted an action; it comes before the first poll, and from any thread."""
        from ...events import Started  # most commands report nothing

        if not isinstance(event, Started):
            return
        self.actions.append(event.action.get("id"))
        if self._latest is not None:
            id, state = event.action.get("resource_id", ""), f"{event.action.get('type')} is running"
            with self._mutex:
                if id in self._latest.pending:
                    self._latest = replace(self._latest, pending={**self._latest.pending, id: state})

    def note(self, progress: Progress) -> None:
        """Update the progress that is drawn, without a line of its own."""
        with self._mutex:
            if self._display is not None:
                self._latest = progress

    def progress(self, tag: str | None = None) -> OnEvent:
        """Return a callback that reports progress; where a tag's Droplets vanish, those listed before are counted."""

        def report(progress: Progress) -> None:
            progress = progress if tag is None else self._count_listed(progress, tag)
            with self._mutex:
                self._latest, self._note = progress, ""
                if not self.quiet:
                    self._report(progress)

        return report

    def _count_listed(self, progress: Progress, tag: str) -> Progress:
        """Count the deleted, which a response does not list. Until the first one the tag stands for all of them."""
        left = self.targets if tag in progress.pending else len(progress.pending)
        total = max(self.targets, left)
        return replace(progress, done=total - left, total=total)

    @property
    def pending(self) -> dict[Any, str]:
        """Everything pending at the last poll, each with what is missing."""
        return {} if self._latest is None else dict(self._latest.pending)

    def label(self, id: Any) -> str:
        """Return an id with its name, as far as it is known."""
        name = self.names.get(id)
        return f"{name} ({id})" if name else str(id)

    def _report(self, progress: Progress) -> None:
        if self.live:
            self._draw()
            return
        failed = progress.failed
        news = (progress.done, failed, tuple(progress.pending.items()))
        if self._reported == news:
            return
        self._reported = news
        pending = {str(id): state for id, state in progress.pending.items()}
        self.line(
            str(replace(progress, pending={self.label(id): state for id, state in progress.pending.items()})),
            event="progress", what=progress.what, done=progress.done, failed=failed, total=progress.total,
            elapsed=round(progress.elapsed, 1), pending=pending,
        )  # fmt: skip

    def _draw_note(self, text: str) -> None:
        """Draw one line that is replaced by the next one, and gone at the end."""
        with self._mutex:
            self._note = text
            self._draw()

    def _draw(self) -> None:
        if self._display is None:
            self._display = open_display(Drawing(self._now, self.label, lambda: self._note))
            self._display.start()
        self._display.refresh()

    def _now(self) -> Progress | None:
        """Return the latest progress with the seconds up to now."""
        if self._latest is None or self._elapsed is None:
            return self._latest
        return replace(self._latest, elapsed=self._elapsed())


# -- drawing in place; rich is imported here alone, for a pipe does without it


class Drawing:
    """Progress at the moment of drawing, so that its seconds go on between two polls.

    Args:
        current: Returns it.
        name: Returns an id with its name.
        note: Returns a line to draw below it, or an empty text.
    """

    def __init__(
        self, current: Callable[[], Progress | None], name: Callable[[Any], str], note: Callable[[], str]
    ) -> None:
        self._current = current
        self._name = name
        self._note = note

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        if (progress := self._current()) is not None:
            yield draw_progress(progress, self._name)
        if note := self._note():
            from rich.text import Text

            yield Text(format_cell(note), style="yellow", no_wrap=True, overflow=overflow(sys.stderr))


def open_display(drawing: RenderableType) -> Live:
    """Make an area on standard error that is redrawn, and removed at the end."""
    from rich.console import Console
    from rich.live import Live

    return Live(drawing, console=Console(stderr=True, highlight=False), transient=True, refresh_per_second=8)


def draw_progress(progress: Progress, name: Callable[[Any], str]) -> RenderableType:
    """Draw a bar, and below it a line for each pending resource."""
    from rich.console import Group

    return Group(_draw_bar(progress), Pending([(name(id), state) for id, state in progress.pending.items()]))


class Pending:
    """A line for each pending resource, as many as the terminal has room for.

    Args:
        lines: Names and states.
    """

    def __init__(self, lines: Sequence[tuple[str, str]]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw them."""
        from rich.table import Table
        from rich.text import Text

        room = max(1, min(MAX_LINES, console.size.height - OTHER_LINES))
        shown = self._lines if len(self._lines) <= room else self._lines[: room - 1]
        grid = Table.grid(padding=(0, 1))
        grid.add_column()
        cut = overflow(sys.stderr)
        grid.add_column(no_wrap=True, overflow=cut)
        grid.add_column(no_wrap=True, overflow=cut)
        for label, state in shown:
            # The id beside a name leaves no room for the state.
            name = label.partition(" (")[0] if options.max_width < NARROW else label
            grid.add_row(_spinner(), Text(format_cell(name)), Text(format_cell(state), style="dim"))
        if shown:
            yield grid
        if len(shown) < len(self._lines):
            yield Text(f"  and {len(self._lines) - len(shown)} more", style="dim")


@cache
def _spinner() -> Spinner:
    """Return the same spinner in every drawing, so that it goes on turning."""
    from rich.spinner import Spinner

    return Spinner("dots" if can_encode("⠋", sys.stderr) else "line", style="cyan")


def _draw_bar(progress: Progress) -> RenderableType:
    """Draw a bar as long as what is done; while the total is unknown it pulses."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    failed, total = progress.failed, progress.total
    counted = f"{progress.done} done, {failed} failed of {total} " if failed else f"{progress.done} of {total} "
    grid = Table.grid(padding=(0, 1))
    grid.add_row(
        Text(format_cell(progress.what), style="bold"),
        ProgressBar(total=total or None, completed=progress.done + failed, width=BAR, pulse=not total),
        Text(counted if total else ""),
        Text(f"{progress.elapsed:.0f} s", style="dim"),
    )
    return grid
