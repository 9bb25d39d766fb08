"""Keys pressed on the terminal, without echo."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Any, Self

#: What one read takes: a key may send several bytes, and a key that is held sends itself again and again.
CHUNK = 64
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
        """What is pressed first within that time: all that has come by then; empty text if the terminal is gone."""
        if sys.platform != "win32":
            import select

            # Not through `sys.stdin`: what its buffer holds, `select` does not see.
            terminal = sys.stdin.fileno()
            ready, _, _ = select.select([terminal], [], [], seconds)
            return os.read(terminal, CHUNK).decode(errors="replace") if ready else None
        return _on_windows(seconds)


def _on_windows(seconds: float) -> str | None:
    import importlib

    from ..._io.clock import SystemClock

    clock, msvcrt = SystemClock(), importlib.import_module("msvcrt")
    until = clock.monotonic() + seconds
    while clock.monotonic() < until:
        if msvcrt.kbhit():
            return "".join(iter(lambda: str(msvcrt.getwch()) if msvcrt.kbhit() else "", ""))
        clock.sleep(TICK)
    return None
