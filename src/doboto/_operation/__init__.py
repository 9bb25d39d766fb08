"""Operations: written once, as coroutines, with what programs must know of them; called from both clients.

`descriptors` has the decorators, `info` what an operation declares, `arguments` the conversion of arguments,
`documentation` the texts that docstrings share, and `overloads` operations whose result depends on their arguments.
"""

from .descriptors import Async, Bound, Coro, DualMethod, Gone, Many, Mode, One, Sync, operation, run, stream

__all__ = [
    "Async",
    "Bound",
    "Coro",
    "DualMethod",
    "Gone",
    "Many",
    "Mode",
    "One",
    "Sync",
    "operation",
    "run",
    "stream",
]
