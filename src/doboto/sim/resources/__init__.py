"""One file a resource. A new file is found by itself: it needs `OPERATIONS`, and may add indexes, effects, hooks."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from ..routes import Operation, Operations


def operations() -> Iterator[Operation]:
    """The operations of all files in this package."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        table: Operations = importlib.import_module(f"{__name__}.{module.name}").OPERATIONS
        yield from table
