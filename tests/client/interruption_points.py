"""Ctrl-C at any bytecode of some files: the n-th instruction that runs there raises KeyboardInterrupt instead.

CPython handles signals after calls, at jumps back and where functions begin. All of these are bytecode boundaries, and
most boundaries are tried beyond them. Left out are those at which it never does: between the end of a `with` block and
the call of `__exit__` (bpo-29988), where an interruption would leave any lock locked; at jumps forward; and at a
function's return.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Collection
from functools import cache
from types import CodeType, FrameType
from typing import Any, Self


@cache
def protected(code: CodeType) -> frozenset[int]:
    """The offsets of instructions that leave a `with` block or a function, or jump forward: no signal is handled there.

    Leaving a block is three times None and the call of `__exit__`; leaving a function is loading and returning.
    """
    found: set[int] = set()
    instructions = [one for one in dis.get_instructions(code) if one.opname != "CACHE"]
    for place, one in enumerate(instructions):
        if one.opname in {"WITH_EXCEPT_START", "PUSH_EXC_INFO", "JUMP_FORWARD"}:
            found.add(one.offset)
        if one.opname == "RETURN_VALUE":
            found.update(each.offset for each in instructions[max(0, place - 1) : place + 1])
        following = instructions[place : place + 5]
        if [(each.opname, each.argval) for each in following[:3]] == [("LOAD_CONST", None)] * 3:
            found.update(each.offset for each in following if each.opname in {"LOAD_CONST", "PRECALL", "CALL"})
    return frozenset(found)


def _interrupt() -> None:
    raise KeyboardInterrupt


class Interruption:
    """A context in which one instruction is interrupted.

    Args:
        files: Ends of the names of the files whose instructions count.
        nth: Which instruction, from 0; None only counts them.
        handle: What is done there instead, as the handler of another signal does it. Default: raise KeyboardInterrupt.

    Attributes:
        count: How many there were.
        where: The function and line that was interrupted, or None.
    """

    def __init__(
        self, files: Collection[str], nth: int | None = None, handle: Callable[[], object] | None = None
    ) -> None:
        self._files = tuple(files)
        self._nth = nth
        self._handle = _interrupt if handle is None else handle
        self.count = 0
        self.where: str | None = None

    def __enter__(self) -> Self:
        sys._getframe().f_trace_opcodes = True  # Python 3.12 has no events of opcodes unless a frame asked before
        sys.settrace(self._trace)
        return self

    def __exit__(self, *failure: object) -> None:
        sys.settrace(None)

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        if not frame.f_code.co_filename.endswith(self._files):
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._step

    def _step(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        if event == "opcode" and frame.f_lasti not in protected(frame.f_code):
            nth, self.count = self.count, self.count + 1
            if nth == self._nth:
                self.where = f"{frame.f_code.co_qualname}, line {frame.f_lineno}"
                sys.settrace(None)
                self._handle()
        return self._step


def count_points(files: Collection[str], work: Callable[[Interruption], object]) -> int:
    """Return how many instructions of some files a piece of work runs.

    It is done twice: Python 3.13 has events of a function's instructions from the function's second call on.

    Args:
        files: Ends of the names of the files.
        work: Done within the context that it is given.
    """
    count = 0
    for _ in range(2):
        counting = Interruption(files)
        work(counting)
        count = counting.count
    return count
