"""Keys pressed on the terminal, one by one, without echo."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

#: How often Windows' terminal is asked, in seconds.
TICK = 0.1


class Keys:
    """The terminal's keys, while the context lasts."""

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

    def pressed(self, seconds: float) -> str | None:
        """The key that is pressed within that time, or None."""
        if sys.platform != "win32":
            import select

            ready, _, _ = select.select([sys.stdin], [], [], seconds)
            return sys.stdin.read(1) if ready else None
        return _on_windows(seconds)


def _on_windows(seconds: float) -> str | None:
    import importlib

    from .._io.clock import SystemClock

    clock, msvcrt = SystemClock(), importlib.import_module("msvcrt")
    until = clock.monotonic() + seconds
    while clock.monotonic() < until:
        if msvcrt.kbhit():
            return str(msvcrt.getwch())
        clock.sleep(TICK)
    return None
