"""What simulators have left behind: a process that was killed could not remove its machines."""

from __future__ import annotations

import os
from collections.abc import Iterable

from .engine import Engine, Leftover

#: The order of removal: networks are in use while there are containers, images too.
ORDER = ("container", "network", "image")


def of_dead_processes(engine: Engine) -> list[Leftover]:
    """What belongs to simulators whose process is gone."""
    return [one for one in engine.leftovers() if not _is_alive(one.process)]


def discard(engine: Engine, leftovers: Iterable[Leftover]) -> None:
    """Remove them, containers first."""
    for one in sorted(leftovers, key=lambda one: ORDER.index(one.kind)):
        engine.discard(one)


def _is_alive(process: int) -> bool:
    if process <= 0:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
