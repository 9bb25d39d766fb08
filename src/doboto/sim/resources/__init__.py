"""One file or folder per resource, found by itself.

A file has a table `OPERATIONS`; in a folder, each file whose name ends with `routes` has one. Either may add indexes,
effects and hooks.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator

from ..http.routes import ApiOperation, Operations


def operations() -> Iterator[ApiOperation]:
    """Yield the operations of all resources."""
    for name in _modules(__path__, __name__):
        table: Operations = importlib.import_module(name).OPERATIONS
        yield from table


def _modules(path: Iterable[str], package: str) -> Iterator[str]:
    """Yield the dotted names of the modules that have a table of operations, in a fixed order."""
    for found in sorted(pkgutil.iter_modules(path), key=lambda module: module.name):
        name = f"{package}.{found.name}"
        if found.ispkg:
            yield from (one for one in _modules(importlib.import_module(name).__path__, name) if one.endswith("routes"))
        else:
            yield name
