"""The last requests, as a ring: what was asked when by which account, and what became of it."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass

from .clock import iso
from .records import Record


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request."""

    number: int
    #: Epoch seconds of the simulator's clock, at the end of the request.
    moment: float
    #: The account's label; nothing if the token opened none. The token itself is never kept.
    account: str | None
    method: str
    path: str
    #: Nothing if the connection was dropped before a reply.
    status: int | None
    #: Real time, from the first byte read to the reply, faults included.
    milliseconds: float

    def to_json(self) -> Record:
        """As JSON."""
        return {**asdict(self), "time": iso(self.moment), "milliseconds": round(self.milliseconds, 3)}


class RequestLog:
    """Keeps so many requests and forgets the oldest; safe to share among threads."""

    def __init__(self, size: int) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=size)
        self._lock = threading.Lock()
        self._number = 0

    def add(
        self, moment: float, account: str | None, method: str, path: str, status: int | None, milliseconds: float
    ) -> None:
        """Note a request."""
        with self._lock:
            self._number += 1
            self._entries.append(LogEntry(self._number, moment, account, method, path, status, milliseconds))

    def resize(self, size: int) -> None:
        """Keep so many from now on."""
        with self._lock:
            self._entries = deque(self._entries, maxlen=size)

    @property
    def total(self) -> int:
        """How many requests there have been, forgotten ones included."""
        return self._number

    def entries(self, after: int = 0) -> list[LogEntry]:
        """Those that are still known with a number above `after`, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry.number > after]

    def clear(self) -> None:
        """Forget them; numbers go on."""
        with self._lock:
            self._entries.clear()
