"""What a progress callback is told while a call waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a wait has come, told after every round of polling.

    Attributes:
        what: What is waited for: `create`, `power_off`, `destroy`, ...
        done: How many of them are done, without those that failed.
        total: How many there are.
        elapsed: Seconds since the call began.
        pending: For each that is not done, by its id, what it still lacks, in words.
        failed: How many of them failed.
    """

    what: str
    done: int
    total: int
    elapsed: float
    pending: Mapping[int | str, str]
    failed: int = 0

    def __str__(self) -> str:
        if self.failed:
            return f"{self.what}: {self.done} done, {self.failed} failed of {self.total} after {self.elapsed:.0f} s"
        return f"{self.what}: {self.done} of {self.total} done after {self.elapsed:.0f} s"


#: Called with a `Progress` after every round. What it returns is not used; what it raises ends the call.
OnProgress: TypeAlias = Callable[[Progress], object]
