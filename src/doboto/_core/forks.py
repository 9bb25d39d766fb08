"""Objects that begin again in a forked process: what its other threads held and waited for never ends there."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Renewable(Protocol):
    """What can begin again."""

    def renew(self) -> None:
        """Begin again."""
        ...


_OBJECTS: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_in_forks(renewable: Renewable) -> None:
    """Call an object's `renew` in each process that this one forks, as long as the object exists."""
    _OBJECTS.add(renewable)


def _renew_all() -> None:
    for renewable in list(_OBJECTS):
        renewable.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
