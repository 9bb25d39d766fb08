"""Objects with a lock that may never be released: by another thread, to a forked process; by a handler's own thread.

In a forked process they begin again: what its other threads held and waited for never ends there. A signal's handler
interrupts what its thread is doing, perhaps while that holds a lock: what the handler calls may take the lock again in
that thread, and must wait for no other thread that needs it.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, Protocol


class Renewable(Protocol):
    """What can begin again."""

    @property
    def _lock(self) -> Any:
        """A lock that its holder may take again."""

    def renew(self) -> None:
        """Begin again."""
        ...


_OBJECTS: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_in_forks(renewable: Renewable) -> None:
    """Call an object's `renew` in each process that this one forks, as long as the object exists."""
    _OBJECTS.add(renewable)


def is_lock_held_here() -> bool:
    """Return whether this thread holds the lock of one of them, so that this is the handler of a signal."""
    return any(_is_held(renewable._lock) for renewable in list(_OBJECTS))  # noqa: SLF001 - the protocol above has it


def _is_held(lock: Any) -> bool:
    try:
        threading.Condition(lock).notify(0)
    except RuntimeError:  # this thread does not hold it
        return False
    return True


def _renew_all() -> None:
    for renewable in list(_OBJECTS):
        renewable.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
