"""How long a task may take, and how it waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: The options, as C(AnsibleModule) takes them.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "wait": {"type": "bool", "default": True},
    "poll": {"type": "float"},
    "timeout": {"type": "float", "default": 600},
}
#: Seconds between polls, unless C(poll) says otherwise.
POLL = 5.0
#: Seconds that a call gets at least, so that an exhausted task fails in the library, which knows what was left.
LEAST = 1.0


@dataclass(frozen=True)
class Waiting:
    """One deadline for all calls of a task.

    Attributes:
        wait: If true, wait until what was started has completed.
        poll: Seconds between polls.
        ends: When the task's time is over, by C(clock).
        clock: Seconds of a monotonic clock.
    """

    wait: bool
    poll: float
    ends: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def of(cls, params: Mapping[str, Any], clock: Callable[[], float] = time.monotonic) -> Waiting:
        """Read the options; the task's time begins now."""
        return cls(
            params["wait"], POLL if params["poll"] is None else params["poll"], clock() + params["timeout"], clock
        )

    def options(self, *, wait: bool | None = None, most: float | None = None) -> dict[str, Any]:
        """The arguments of a call of the library.

        Args:
            wait: Whether to wait, where that is not the user's choice.
            most: Maximum seconds for this call.
        """
        left = max(self.ends - self.clock(), LEAST)
        timeout = left if most is None else min(left, most)
        return {"wait": self.wait if wait is None else wait, "poll": self.poll, "timeout": timeout}
