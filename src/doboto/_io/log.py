"""The library's logger, `doboto`, for the library and its command line.

`logging` takes long to import, so that is done for the first record that anybody may see: as long as a program has not
imported it, Python shows warnings alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging

#: Python's numbers of the levels.
DEBUG, INFO, WARNING, ERROR = 10, 20, 30, 40
#: Called with the logger before each record, in any thread, by who shows them.
listeners: list[Callable[[logging.Logger], None]] = []


def is_heard(level: int) -> bool:
    """Return whether anybody may see a record of a level; listeners show those from `INFO` on."""
    return level >= WARNING or (level >= INFO and bool(listeners)) or "logging" in sys.modules


def logger() -> logging.Logger:
    """Return the logger."""
    found = _logger()
    for attach in tuple(listeners):  # the first come first, as each keeps the level that it found
        attach(found)
    return found


@cache
def _logger() -> logging.Logger:
    import logging

    return logging.getLogger("doboto")
