"""Operations: written once, as coroutines, with what programs must know of them; called from both clients.

`descriptors` has the decorators, `info` what an operation declares, `arguments` the conversion of arguments,
`documentation` the texts that docstrings share, `overloads` operations whose result depends on their arguments, and
`waits` how the blocking client runs them.
"""

from .descriptors import Async, Bound, Coro, DualMethod, Gone, Many, Mode, One, Sync, operation, stream
from .waits import Wait, run

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
    "Wait",
    "operation",
    "run",
    "stream",
]
