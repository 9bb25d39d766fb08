"""What became of each of several Droplets that one call was for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

#: `completed`: done. `failed`: refused, or begun and failed. `running`: accepted, and not completed yet. `unknown`:
#: sent, and its response was lost or has not come. `not_begun`: not sent, or refused while another action was running.
OutcomeState: TypeAlias = Literal["completed", "failed", "running", "unknown", "not_begun"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several.

    Attributes:
        id: The Droplet's id.
        state: How it ended, or how far it came: see `OutcomeState`.
        action: Its action as last seen, or None.
        error: Why it failed, or why its outcome is unknown; None otherwise.
        pending: What it was waiting for, in words; empty when it is over.
    """

    id: int
    state: OutcomeState
    action: Mapping[str, Any] | None = None
    error: Exception | None = None
    pending: str = ""

    def __str__(self) -> str:
        why = str(self.error) if self.error is not None else self.pending
        return f"{self.id} {self.state.replace('_', ' ')}{f': {why}' if why else ''}"
