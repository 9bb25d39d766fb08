"""The command line. `main` is what the installed `doboto` runs; commands import what they need when they run.

Signals that end a command are handled like Ctrl-C, so that what goes on is reported. A second one ends it at once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import FrameType

from .. import SystemClock, __version__
from .errors import Signalled

#: The variable by which a shell asks for completion.
COMPLETE = "_DOBOTO_COMPLETE"
#: By name, for Windows has no SIGHUP.
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
#: What Python does of itself. Whoever had one ignored, as `nohup` does with SIGHUP, has it ignored here too.
USUAL = (signal.SIG_DFL, signal.default_int_handler)
#: Seconds in which a second one is the same one come twice: `timeout` of coreutils sends to its child and then to the
#: whole group (timeout.c, `cleanup`), and a terminal that closes may have both shell and kernel send SIGHUP.
TWICE = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code; see `exits`. Help and wrong usage end in `SystemExit`, as is usual."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"] and COMPLETE not in os.environ:  # before anything is imported that takes time
        sys.stdout.write(f"doboto {__version__}\n")
        return 0
    with handle_signals():
        return _run(given)


def _run(given: list[str]) -> int:
    try:
        from .report import report_error
        from .tree import root

        if COMPLETE in os.environ:
            from .commands.completion import register

            register()
    except ModuleNotFoundError as missing:
        from .errors import explain_missing

        sys.stderr.write(f"doboto: {explain_missing('the command line', missing, 'cli')}\n")
        return 1
    try:
        result = root.main(given, prog_name="doboto", complete_var=COMPLETE, standalone_mode=False)
    except BaseException as failure:  # all of them, for no traceback is shown unless asked for
        code = report_error(failure, given, os.environ)
        if code == 2:
            raise SystemExit(code) from None
        return code
    if isinstance(result, int):
        raise SystemExit(result)
    return 0


@contextmanager
def handle_signals() -> Generator[None, None, None]:
    """Raise `Signalled` on those signals; do nothing in threads other than the main one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    found = {number: signal.getsignal(number) for number in _numbers()}
    before = {number: handler for number, handler in found.items() if handler in USUAL}
    on_signal = _SignalHandler()
    try:
        for number in before:
            signal.signal(number, on_signal)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _numbers() -> list[int]:
    return [getattr(signal, name) for name in ENDING if hasattr(signal, name)]


class _SignalHandler:
    """Raises at the first signal, and ends the process at the next one with the signal's default action."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._first: float | None = None

    def __call__(self, number: int, _: FrameType | None) -> None:
        now = self._clock.monotonic()
        if self._first is None:
            self._first = now
            raise Signalled(number)
        if now - self._first > TWICE:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
