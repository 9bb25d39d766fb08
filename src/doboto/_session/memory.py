"""Memory while large responses are decoded: the garbage collector pauses, and what was freed is kept for the next.

A page of 200 Droplets is some 60,000 new objects, none of which is garbage, and the collector looks at them again and
again while they are made: that took half of the time of decoding 10,000 (Python 3.11). Pausing it is process-wide, so
it is scoped to the decoding, a few milliseconds a page and never a wait; counted among threads; undone
however it ends; not done where the program has switched the collector off itself; and can be refused:
`DO(..., pause_collector=False)`.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache
from weakref import WeakSet

from .._core.forks import renew_in_forks

#: Bytes of a block larger than any page and its text.
LARGEST = 1 << 22


class _Decoding:
    """A response that is being decoded. A weak set forgets it even where an interruption kept `end` from doing that."""


class _Pauses:
    """The responses that are being decoded; remembers whether the collector was on before the first.

    The steps are in such an order that the handler of a signal may decode a response between any two of them.
    """

    def __init__(self) -> None:
        self._decoding: WeakSet[_Decoding] = WeakSet()
        self._was_on = False
        self._make_lock()
        renew_in_forks(self)

    def _make_lock(self) -> None:
        self._lock = threading.RLock()

    def renew(self) -> None:
        """Restore the collector in a forked process: what other threads were decoding never ends there."""
        self._make_lock()
        if self._was_on:
            gc.enable()
            self._was_on = False
        self._decoding.clear()

    def begin(self, response: _Decoding) -> None:
        """Note one more response; the first one switches the collector off."""
        with self._lock:
            self._decoding.add(response)
            if len(self._decoding) == 1:
                self._was_on = self._was_on or gc.isenabled()  # interrupted, the last `end` has not restored it
                gc.disable()

    def end(self, response: _Decoding) -> None:
        """Note one response less, if it was noted; the last one restores the collector."""
        with self._lock:
            if self._was_on and [*self._decoding] == [response]:
                _put_aside()
                gc.enable()
                self._was_on = False
            self._decoding.discard(response)


_pauses = _Pauses()


def _put_aside() -> None:
    """Make what was read count as old; left young, all of it would be looked at as soon as the collector is on again.

    Freezing and unfreezing moves all objects into the oldest generation without looking at them; the next full
    collection goes through them as ever. Where the program has frozen objects itself they stay so: nothing is moved.
    Nor is it in Python 3.12, which freezes some of its own when it starts.
    """
    if gc.get_freeze_count() == 0:
        try:
            gc.freeze()
        finally:  # also if an interruption comes after the first step
            gc.unfreeze()


@cache
def _keep_freed() -> None:
    """Have the C library keep blocks that are freed, such as the bytes of one response for those of the next one.

    glibc returns them to the system until it has seen a larger one freed (mallopt(3), M_MMAP_THRESHOLD), and each new
    one comes from there in pages of 4 KB: 0.4 ms for a response of 0.5 MB and its text. This one is never written to.
    """
    with suppress(MemoryError):  # a limit of address space, which smaller responses keep within
        bytes(LARGEST)


@contextmanager
def gc_paused() -> Generator[None]:
    """Pause the collector within the context."""
    _keep_freed()
    response = _Decoding()
    try:
        _pauses.begin(response)
        yield
    finally:
        _pauses.end(response)
