"""A terminal for a command: of some width, with somebody who types, and a screen to look at."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sysconfig
import termios
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

PROGRAM = Path(sysconfig.get_path("scripts")) / "doboto"
#: Seconds that no step comes near to.
LONG = 300.0
#: Where a line or the screen is erased, or overwritten from its beginning.
BEFORE_ERASING = re.compile(rb"(?=\r?\x1b\[(?:[0-2]?[JK]|H))")


class Terminal:
    """A command in a pseudo-terminal; what it draws is on `screen`."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        width: int = 80,
        height: int = 40,
        program: str | Path = PROGRAM,
        folder: Path | None = None,
    ) -> None:
        self.screen = pyte.Screen(width, height)
        self.raw = b""
        #: What was read and is not on the screen yet.
        self._unseen: deque[bytes] = deque()
        self._stream = pyte.ByteStream(self.screen)
        self._ours, theirs = pty.openpty()
        _size(theirs, width, height)
        variables = {name: value for name, value in environment.items() if name != "COLUMNS"}
        self.process = subprocess.Popen(
            [program, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=_control, cwd=folder, env={"TERM": "xterm-256color", "COLORTERM": "truecolor", **variables},
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def read(self, till: Callable[[str], bool]) -> str:
        """Look till the screen is as wanted, and give it; nothing that was drawn is missed, however briefly it was."""
        until = time.monotonic() + LONG
        while not till(self.text):
            assert time.monotonic() < until, self.text
            if not self._draw() and not self._more(0.2) and self.process.poll() is not None and not self._more(0):
                assert till(self.text), self.text
        return self.text

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._ours, text.encode())

    def resize(self, width: int, height: int) -> None:
        """Drag the window's corner."""
        self.screen.resize(height, width)
        _size(self._ours, width, height)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Look till it has ended: its exit code."""
        until = time.monotonic() + LONG
        while self._more(0.05) or self.process.poll() is None:
            assert time.monotonic() < until, self.text
        while self._more(0):
            pass
        while self._draw():
            pass
        return self.process.returncode

    def _more(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # Linux says so where the other side is closed
            return False
        self.raw += data
        self._unseen.extend(filter(None, BEFORE_ERASING.split(data)))
        return bool(data)

    def _draw(self) -> bool:
        """Draw what was read up to where something is erased; false where nothing is left to draw."""
        if self._unseen:
            self._stream.feed(self._unseen.popleft())
            return True
        return False


def _size(terminal: int, width: int, height: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


def _control() -> None:
    """Make standard input the session's terminal, in the new process: shells control jobs by it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
