"""Handle the signals that end a command like Ctrl-C, so that what goes on is reported. A second ends it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

from .._io.clock import SystemClock

#: By name, for Windows has no SIGHUP.
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
#: What Python does of itself. Whoever had one ignored, as `nohup` does with SIGHUP, has it ignored here too.
USUAL = (signal.SIG_DFL, signal.default_int_handler)
#: Seconds in which a second one is the same one come twice: `timeout` of coreutils sends to its child and then to the
#: whole group (timeout.c, `cleanup`), and a terminal that closes may have both shell and kernel send SIGHUP.
TWICE = 0.5


class Signalled(KeyboardInterrupt):
    """A signal that ends the command.

    Args:
        number: Which.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


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


def number_of(failure: BaseException) -> int:
    """Return the signal that an interruption came of, however it is wrapped; SIGINT where none is known."""
    seen: BaseException | None = failure
    while seen is not None:
        if isinstance(seen, Signalled):
            return seen.number
        seen = seen.__cause__ or seen.__context__
    return signal.SIGINT


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
